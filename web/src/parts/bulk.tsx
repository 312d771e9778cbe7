/** What is done to many objects at once: to those that are chosen, or to all that match. */
import {
  Body1,
  Button,
  Field,
  Input,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  ProgressBar,
} from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { Condition, ObjectView, Task } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Exporter } from "./exporter.tsx";

const POLL_MS = 1_000;

/** The bar above the list. */
export function BulkBar({
  chosen,
  condition,
  onDone,
}: {
  readonly chosen: readonly ObjectView[];
  readonly condition: Condition | undefined;
  readonly onDone: () => void;
}): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const [all, setAll] = useState(false);
  const [tag, setTag] = useState("");
  const [taskId, setTaskId] = useState<string | null>(null);
  const order = useMutation({
    mutationFn: (what: object) =>
      call<Task>(`${base}/tasks`, {
        method: "POST",
        body: { ...what, ...(target === undefined ? {} : { condition: target }) },
      }),
    onSuccess: (task) => {
      setTaskId(task.taskId);
      onDone();
    },
  });
  const target: Condition | undefined = all
    ? condition
    : { kind: "id", anyOf: chosen.map(({ stixId }) => stixId) };
  const isActive = all || chosen.length > 0;
  const onTag = (event: FormEvent): void => {
    event.preventDefault();
    if (tag.trim() !== "") {
      order.mutate({ actions: [{ kind: "addLabels", labels: [tag.trim()] }] });
      setTag("");
    }
  };
  return (
    <div className="bulk">
      {canWrite ? (
        <>
          <span role="status">{all ? "All that match" : `${chosen.length} chosen`}</span>
          <Button
            size="small"
            appearance={all ? "primary" : "secondary"}
            onClick={() => setAll(!all)}
          >
            All that match
          </Button>
          <form className="inline" onSubmit={onTag}>
            <Input
              size="small"
              placeholder="Tag"
              aria-label="Tag to add"
              value={tag}
              onChange={(_event, data) => setTag(data.value)}
              disabled={!isActive}
            />
            <Button size="small" type="submit" disabled={!isActive || tag.trim() === ""}>
              Add tag
            </Button>
          </form>
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Button size="small" disabled={!isActive}>
                More…
              </Button>
            </MenuTrigger>
            <MenuPopover>
              <MenuList>
                <MenuItem
                  onClick={() => order.mutate({ actions: [{ kind: "setRevoked", value: true }] })}
                >
                  Revoke
                </MenuItem>
                <MenuItem
                  onClick={() =>
                    order.mutate({ actions: [{ kind: "extendValidUntil", days: 30 }] })
                  }
                >
                  Extend validity by 30 days
                </MenuItem>
                <MenuItem
                  onClick={() => {
                    if (
                      confirm(all ? "Delete all that match?" : `Delete ${chosen.length} objects?`)
                    ) {
                      order.mutate({ delete: true });
                    }
                  }}
                >
                  Delete
                </MenuItem>
              </MenuList>
            </MenuPopover>
          </Menu>
        </>
      ) : null}
      <Exporter condition={chosen.length > 0 && !all ? target : condition} />
      {order.error === null ? null : <Body1 role="alert">{order.error.message}</Body1>}
      {taskId === null ? null : <TaskProgress taskId={taskId} onClose={() => setTaskId(null)} />}
    </div>
  );
}

function TaskProgress({
  taskId,
  onClose,
}: {
  readonly taskId: string;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const task = useQuery({
    queryKey: ["task", base, taskId],
    queryFn: async ({ signal }) => {
      const now = await call<Task>(`${base}/tasks/${taskId}`, { signal });
      if (isOver(now)) {
        void queries.invalidateQueries({ queryKey: ["objects"] });
        void queries.invalidateQueries({ queryKey: ["facet"] });
      }
      return now;
    },
    refetchInterval: ({ state }) =>
      state.data !== undefined && isOver(state.data) ? false : POLL_MS,
  });
  const cancel = useMutation({
    mutationFn: () => call(`${base}/tasks/${taskId}/cancel`, { method: "POST" }),
  });
  if (task.data === undefined) {
    return null;
  }
  const { progress, state, reason } = task.data;
  const total = Math.max(progress.expected.count, progress.seen, 1);
  return (
    <div className="task" role="status">
      <Field
        validationMessage={`${state}: ${progress.changed.toLocaleString("en")} changed, ${progress.unchanged.toLocaleString("en")} left as they were, ${progress.failed.toLocaleString("en")} not possible${reason === null ? "" : `: ${reason}`}`}
        validationState={state === "failed" || progress.failed > 0 ? "warning" : "none"}
      >
        <ProgressBar
          value={isOver(task.data) ? 1 : progress.seen / total}
          aria-label="Bulk change"
        />
      </Field>
      {isOver(task.data) ? (
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      ) : (
        <Button size="small" onClick={() => cancel.mutate()}>
          Cancel
        </Button>
      )}
    </div>
  );
}

function isOver({ state }: Task): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}
