/** Background tasks of the workspace: those that run with their progress, those that have ended with what became of them. */
import {
  Badge,
  Body1,
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  OverlayDrawer,
  ProgressBar,
} from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Task } from "../api/types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Failure, Loading } from "./loading.tsx";
import { isOver, orderText, progressText, type TaskOrder, targetText } from "./task-text.ts";
import { Time } from "./time.tsx";

const POLL_MS = 1_000;
const TASKS_MAX = 50;
/** Faults that are listed at once; the rest is behind them. */
const FAULTS_SHOWN = 5;

/** The drawer. */
export function TaskDrawer({ onClose }: { readonly onClose: () => void }): ReactNode {
  const base = useApiBase();
  const tasks = useQuery({
    queryKey: ["tasks", base, "all"],
    queryFn: ({ signal }) => call<readonly Task[]>(`${base}/tasks?limit=${TASKS_MAX}`, { signal }),
    refetchInterval: ({ state }) =>
      (state.data ?? []).every(isOver) && state.status === "success" ? false : POLL_MS,
  });
  return (
    <OverlayDrawer
      open
      position="end"
      size="medium"
      aria-label="Background tasks"
      onOpenChange={(_event, { open }) => !open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label="Close"
              onClick={onClose}
            />
          }
        >
          Background tasks
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        {tasks.isPending ? (
          <Loading />
        ) : tasks.data === undefined ? (
          <Failure error={tasks.error} onRetry={() => void tasks.refetch()} />
        ) : tasks.data.length === 0 ? (
          <Body1>
            Nothing runs, and nothing has run in the last thirty days. Changes of all objects that
            match appear here.
          </Body1>
        ) : (
          <ul className="taskList">
            {tasks.data.map((task) => (
              <li key={task.taskId} className="taskEntry" tabIndex={-1}>
                <Entry task={task} />
              </li>
            ))}
          </ul>
        )}
      </DrawerBody>
    </OverlayDrawer>
  );
}

const COLOURS = {
  waiting: "informative",
  running: "brand",
  done: "success",
  cancelled: "warning",
  failed: "danger",
} as const;

function Entry({ task }: { readonly task: Task }): ReactNode {
  const { state, progress, reason, orderedBy, orderedAt, finishedAt } = task;
  const order = task.order as TaskOrder;
  const total = Math.max(progress.expected.count, progress.seen, 1);
  const expected = `${progress.expected.exact ? "" : "more than "}${progress.expected.count.toLocaleString("en")}`;
  return (
    <>
      <div className="inline">
        <h3>{orderText(order)}</h3>
        <Badge appearance="tint" color={COLOURS[state]}>
          {state}
        </Badge>
      </div>
      <span className="taskMeta">Of: {targetText(order)}</span>
      {isOver(task) ? null : (
        <ProgressBar value={progress.seen / total} aria-label={orderText(order)} />
      )}
      <span>
        {isOver(task) ? "" : `${progress.seen.toLocaleString("en")} of ${expected} seen: `}
        {progressText(task)}
      </span>
      {reason === null ? null : <span>{reason}</span>}
      <Faults task={task} />
      <span className="taskMeta">
        {orderedBy.name}, <Time instant={orderedAt} />
        {finishedAt === null ? null : (
          <>
            ; ended <Time instant={finishedAt} />
          </>
        )}
      </span>
      {isOver(task) ? null : <Cancel task={task} />}
    </>
  );
}

function Faults({ task: { faults } }: { readonly task: Task }): ReactNode {
  if (faults.length === 0) {
    return null;
  }
  const rows = (part: Task["faults"]): ReactNode => (
    <ul>
      {part.map(({ stixId, source, message }) => (
        <li key={`${source} ${stixId}`}>
          {stixId} ({source}): {message}
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {rows(faults.slice(0, FAULTS_SHOWN))}
      {faults.length > FAULTS_SHOWN ? (
        <details>
          <summary>More that were not possible</summary>
          {rows(faults.slice(FAULTS_SHOWN))}
        </details>
      ) : null}
    </>
  );
}

function Cancel({ task }: { readonly task: Task }): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const queries = useQueryClient();
  const notices = useNotices();
  const cancel = useMutation({
    mutationFn: () => call(`${base}/tasks/${task.taskId}/cancel`, { method: "POST" }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["tasks"] }),
    onError: (error) => notices.failed("The task could not be cancelled", error),
  });
  return canWrite ? (
    <div>
      <Button
        size="small"
        disabled={cancel.isPending}
        onClick={({ currentTarget }) => {
          // The button goes with the task; the keys stay at its entry.
          currentTarget.closest("li")?.focus();
          cancel.mutate();
        }}
      >
        Cancel
      </Button>
    </div>
  ) : null;
}
