/** Orders background tasks, says that they run, and keeps the way to undo those of which that is exactly possible. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call } from "../api/client.ts";
import type { Condition, MatchCount, ObjectView, Task } from "../api/types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase } from "../shell/session.tsx";
import { rememberUndo, showTasks } from "../shell/task-store.ts";
import { objectsText } from "./object-changes.ts";
import { type ObjectAction, orderText, type TaskOrder } from "./task-text.ts";

/** As many as a condition may name one by one. */
export const CHOSEN_MAX = 1_000;

/** Exactly these objects: an id alone may be another source's as well. */
export function conditionOfChosen(views: readonly ObjectView[]): Condition {
  const bySource = Map.groupBy(views, ({ source }) => source);
  const parts = [...bySource].map(
    ([source, members]): Condition => ({
      kind: "and",
      conditions: [
        { kind: "source", anyOf: [source] },
        { kind: "id", anyOf: members.map(({ stixId }) => stixId) },
      ],
    }),
  );
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "or", conditions: parts };
}

/** The way to order a task. */
export function useBulk(): (order: TaskOrder) => Promise<void> {
  const base = useApiBase();
  const queries = useQueryClient();
  const notices = useNotices();
  return useCallback(
    async (order) => {
      try {
        const isFresh = await isFreshTag(base, order);
        const task = await call<Task>(`${base}/tasks`, { method: "POST", body: order });
        if (isFresh) {
          rememberUndo(task.taskId, () => untag(base, task, order, queries));
        }
        queries.setQueryData<readonly Task[]>(["tasks", base, "open"], (open = []) => [
          ...open,
          task,
        ]);
        notices.done(`${orderText(order)}: ordered`, {
          detail: `It runs in the background, over ${task.progress.expected.exact ? "" : "more than "}${objectsText(task.progress.expected.count)}.`,
          action: { label: "Show progress", run: () => showTasks(true) },
        });
      } catch (error) {
        notices.failed("The task was not ordered", error);
      }
    },
    [base, queries, notices],
  );
}

/**
 * Whether adding a tag to many can be taken back exactly: only when no object of the workspace has it yet. Otherwise
 * nobody could tell those that got it from those that had it.
 */
async function isFreshTag(base: string, { actions = [] }: TaskOrder): Promise<boolean> {
  const label = addedTag(actions);
  return label !== undefined && (await tagged(base, label)).count === 0;
}

function addedTag(actions: readonly ObjectAction[]): string | undefined {
  const [action, ...others] = actions;
  return others.length === 0 && action?.kind === "addLabels" && action.labels.length === 1
    ? action.labels[0]
    : undefined;
}

function tagged(base: string, label: string, countMax = 1): Promise<MatchCount> {
  return call<MatchCount>(`${base}/objects/count`, {
    method: "POST",
    body: { condition: { kind: "label", anyOf: [label] }, countMax },
  });
}

/** Counting further would take seconds; so large a task is not undone by a button. */
const UNDONE_MAX = 100_000;

async function untag(
  base: string,
  { taskId }: Task,
  { actions = [] }: TaskOrder,
  queries: ReturnType<typeof useQueryClient>,
): Promise<string> {
  const label = addedTag(actions) ?? "";
  const { progress } = await call<Task>(`${base}/tasks/${taskId}`);
  const now = await tagged(base, label, UNDONE_MAX);
  if (!now.exact || now.count !== progress.changed) {
    throw new Error(
      `${objectsText(now.count)} have the tag ${label} by now, and the task has tagged ${progress.changed.toLocaleString("en")}: others would lose theirs. Take it off by hand.`,
    );
  }
  const order: TaskOrder = {
    condition: { kind: "label", anyOf: [label] },
    actions: [{ kind: "removeLabels", labels: [label] }],
  };
  const task = await call<Task>(`${base}/tasks`, { method: "POST", body: order });
  queries.setQueryData<readonly Task[]>(["tasks", base, "open"], (open = []) => [...open, task]);
  return `The tag ${label} is being taken off again`;
}
