/** Background tasks in the frame: how many run, what became of those that have ended, and the way to their drawer. */
import { Button, CounterBadge, Tooltip } from "@fluentui/react-components";
import { TasksAppRegular } from "@fluentui/react-icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { call } from "../api/client.ts";
import type { Task } from "../api/types.ts";
import { orderText, progressText, type TaskOrder } from "../parts/task-text.ts";
import { useNotices } from "./notices.tsx";
import { useApiBase } from "./session.tsx";
import { showTasks, takeUndo, useTasksShown } from "./task-store.ts";

const TaskDrawer = lazy(() =>
  import("../parts/task-drawer.tsx").then(({ TaskDrawer: component }) => ({ default: component })),
);

const POLL_MS = 1_000;
/** Somebody else may have ordered something. */
const LOOK_MS = 60_000;

/** The button. */
export function TasksButton(): ReactNode {
  const base = useApiBase();
  const isShown = useTasksShown();
  const { data: open = [] } = useQuery({
    queryKey: ["tasks", base, "open"],
    queryFn: ({ signal }) => call<readonly Task[]>(`${base}/tasks?open=true`, { signal }),
    refetchInterval: ({ state }) => ((state.data?.length ?? 0) > 0 ? POLL_MS : LOOK_MS),
  });
  useEndings(open);
  const label = open.length === 0 ? "Background tasks" : `Background tasks: ${open.length} open`;
  return (
    <>
      <Tooltip content={label} relationship="label">
        <Button
          appearance="subtle"
          icon={
            <span className="tasksIcon">
              <TasksAppRegular />
              {open.length > 0 ? (
                <CounterBadge className="tasksBadge" size="small" count={open.length} />
              ) : null}
            </span>
          }
          onClick={() => showTasks(true)}
        />
      </Tooltip>
      <Suspense fallback={null}>
        {isShown ? <TaskDrawer onClose={() => showTasks(false)} /> : null}
      </Suspense>
    </>
  );
}

/** Tells of each task that was open and is not any more; what it has changed is asked anew. */
function useEndings(open: readonly Task[]): void {
  const base = useApiBase();
  const queries = useQueryClient();
  const notices = useNotices();
  const before = useRef<readonly Task[]>([]);
  useEffect(() => {
    const ended = before.current.filter(
      ({ taskId }) => !open.some((each) => each.taskId === taskId),
    );
    before.current = open;
    for (const { taskId } of ended) {
      void call<Task>(`${base}/tasks/${taskId}`).then(
        (task) => {
          for (const name of ["objects", "object", "facet", "count", "tasks"]) {
            void queries.invalidateQueries({ queryKey: [name] });
          }
          const what = orderText(task.order as TaskOrder);
          const undo = takeUndo(taskId);
          notices.done(`${what}: ${task.state}`, {
            detail: progressText(task),
            ...(undo === undefined || task.progress.changed === 0
              ? { action: { label: "Show", run: () => showTasks(true) } }
              : { undo }),
          });
        },
        // A workspace that was left takes its tasks along.
        () => undefined,
      );
    }
  }, [open, base, queries, notices]);
}
