/**
 * Bulk tasks: a change of all objects that match, in the background, page by page. Before a page is worked on, what it
 * consists of is written down with the ids of the requests that will do it; a request that has a receipt was done. So
 * a server that is killed goes on where it was, and no object is changed twice.
 */
import { randomUUID } from "node:crypto";
import { checkActions } from "../ingest/index.ts";
import type { JsonValue, StoredDocument } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf } from "./context.ts";
import { type KeptTask, shownTask, type Task, type TaskOrder } from "./task.ts";
import { carryOut, planOf } from "./task-page.ts";

/** The tasks of a server. */
export interface Tasks {
  /** Orders a task; it begins at once, or when those before it are done. @throws AppError `invalid_request` */
  order(acting: Acting, order: TaskOrder): Promise<Task>;
  list(workspaceId: string): Promise<readonly Task[]>;
  /** @throws AppError `not_found` */
  get(workspaceId: string, taskId: string): Promise<Task>;
  /** Stops a task after the page it is at; what is done stays done. @throws AppError `not_found` */
  cancel(acting: Acting, taskId: string): Promise<Task>;
  /** Finishes the page under way, then rests; another start goes on. */
  close(): Promise<void>;
}

/** What tasks are made of. */
export interface TaskParts extends ManageParts {
  readonly onFault: (message: string, cause: unknown) => void;
  /** How often tasks are looked for that another server has left behind. */
  readonly lookEveryMs?: number;
}

/** Objects of a page: a request that is stored in well under a second. */
const PAGE_ITEMS = 500;

/** Tasks that a workspace may have waiting or running. */
const OPEN_TASKS_MAX = 20;

/** Finished tasks are kept so long. */
const KEEP_FINISHED_MS = 30 * 86_400_000;

/** A server that did not write within this time is taken for dead. */
const LEASE_MS = 30_000;

const LOOK_EVERY_MS = 10_000;
const KIND = "task";
const LIST_MAX = 1_000;

/** Starts the tasks of a server, with those that an earlier run has left. */
export function startTasks(parts: TaskParts): Tasks {
  const owner = randomUUID();
  let closing = false;
  let working: Promise<void> = Promise.resolve();
  let scheduled = false;

  /** One worker: pages of several tasks would only take turns at the same store. */
  function wake(): void {
    if (scheduled || closing) {
      return;
    }
    scheduled = true;
    working = working.then(async () => {
      scheduled = false;
      await workOff(parts, owner, () => closing).catch((cause: unknown) =>
        parts.onFault("bulk tasks could not go on", cause),
      );
    });
  }

  const timer = setInterval(wake, parts.lookEveryMs ?? LOOK_EVERY_MS);
  timer.unref();
  wake();

  return {
    async order(acting, order) {
      const task = await orderTask(parts, acting, order);
      wake();
      return task;
    },
    list: async (workspaceId) =>
      (await keptTasks(parts, workspaceId))
        .map(({ kept }) => shownTask(kept))
        .toSorted((one, other) => other.orderedAt.localeCompare(one.orderedAt)),
    get: async (workspaceId, taskId) =>
      shownTask((await requireTask(parts, workspaceId, taskId)).kept),
    cancel: (acting, taskId) => cancelTask(parts, acting, taskId),
    async close() {
      closing = true;
      clearInterval(timer);
      await working;
    },
  };
}

interface Found {
  readonly kept: KeptTask;
  readonly revision: number;
}

async function orderTask(parts: TaskParts, acting: Acting, order: TaskOrder): Promise<Task> {
  checkActions(order.actions);
  if (order.delete === true ? order.actions.length > 0 : order.actions.length === 0) {
    throw new AppError("invalid_request", "A task either deletes or has actions.", {
      field: "actions",
    });
  }
  const all = await keptTasks(parts, acting.workspaceId);
  if (all.filter(({ kept }) => isOpen(kept)).length >= OPEN_TASKS_MAX) {
    throw new AppError("conflict", `${OPEN_TASKS_MAX} tasks are waiting already: cancel one.`);
  }
  await makeRoom(parts, all);
  const { workspaceId } = acting;
  const expected = await parts.store.countMatches({
    workspaceId,
    ...(order.condition === undefined ? {} : { condition: order.condition }),
  });
  const task: KeptTask = {
    taskId: randomUUID(),
    workspaceId,
    order,
    state: "waiting",
    progress: { expected, seen: 0, changed: 0, unchanged: 0, failed: 0 },
    faults: [],
    reason: null,
    orderedBy: acting.actor,
    orderedAt: parts.now().toISOString(),
    finishedAt: null,
    caller: acting.caller,
    page: 0,
    cursor: null,
    atEnd: false,
    plan: null,
    lease: null,
    cancelAsked: false,
  };
  await parts.documents.commit(
    [{ kind: "put", key: keyOf(task), content: asJson(task), ifRevision: 0 }],
    [noteOf(acting, { action: "task.order", target: task.taskId, after: order })],
  );
  return shownTask(task);
}

/** A workspace keeps so many tasks that one list holds them all: the oldest finished ones go first. */
async function makeRoom(parts: TaskParts, all: readonly Found[]): Promise<void> {
  const finished = all
    .filter(({ kept }) => !isOpen(kept))
    .toSorted((one, other) =>
      (one.kept.finishedAt ?? "").localeCompare(other.kept.finishedAt ?? ""),
    );
  const tooMany = finished.slice(0, Math.max(0, all.length + 1 - LIST_MAX));
  await parts.documents.commit(
    tooMany.map(({ kept }) => ({ kind: "remove", key: keyOf(kept) }) as const),
  );
}

async function cancelTask(parts: TaskParts, acting: Acting, taskId: string): Promise<Task> {
  for (;;) {
    const { kept, revision } = await requireTask(parts, acting.workspaceId, taskId);
    if (!isOpen(kept) || kept.cancelAsked) {
      return shownTask(kept);
    }
    const waits = kept.state === "waiting";
    const next: KeptTask = {
      ...kept,
      cancelAsked: true,
      ...(waits ? { state: "cancelled", finishedAt: parts.now().toISOString() } : {}),
    };
    const key = keyOf(kept);
    try {
      await parts.documents.commit(
        [{ kind: "put", key, content: asJson(next), ifRevision: revision }],
        [noteOf(acting, { action: "task.cancel", target: taskId })],
      );
      return shownTask(next);
    } catch (error) {
      // The worker has written its progress meanwhile: look again.
      if (!isOvertaken(error)) {
        throw error;
      }
    }
  }
}

async function workOff(parts: TaskParts, owner: string, isClosing: () => boolean): Promise<void> {
  const now = parts.now();
  const all = (await parts.documents.everywhere(KIND)).map(foundOf);
  await forgetOld(parts, all, now);
  const open = all
    .filter(({ kept }) => isOpen(kept) && mayTake(kept, owner, now))
    .toSorted((one, other) => one.kept.orderedAt.localeCompare(other.kept.orderedAt));
  for (const found of open) {
    await workOn(parts, found, { owner, isClosing });
    if (isClosing()) {
      return;
    }
  }
}

interface Worker {
  readonly owner: string;
  readonly isClosing: () => boolean;
}

async function workOn(parts: TaskParts, start: Found, worker: Worker): Promise<void> {
  let found = start;
  try {
    while (isOpen(found.kept) && !worker.isClosing()) {
      const kept = await nextStep(parts, found.kept);
      const lease = {
        owner: worker.owner,
        until: new Date(parts.now().getTime() + LEASE_MS).toISOString(),
      };
      found = await write(parts, found, { ...kept, lease: isOpen(kept) ? lease : null });
    }
  } catch (error) {
    if (isOvertaken(error)) {
      // Cancelled, or taken over: the next round sees what stands there now.
      return;
    }
    if (isPassing(error)) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const finishedAt = parts.now().toISOString();
    await write(parts, found, { ...found.kept, state: "failed", reason, finishedAt, lease: null });
    parts.onFault(`the bulk task ${found.kept.taskId} failed`, error);
  }
}

/** One step: write a plan down, carry it out, or finish. */
async function nextStep(parts: TaskParts, kept: KeptTask): Promise<KeptTask> {
  if (kept.plan !== null) {
    return carryOut(parts, kept, kept.plan);
  }
  const finishedAt = parts.now().toISOString();
  if (kept.cancelAsked) {
    return { ...kept, state: "cancelled", finishedAt };
  }
  if (kept.atEnd) {
    return { ...kept, state: "done", finishedAt };
  }
  const { workspaceId, order, cursor } = kept;
  // In the order of their arrival, which no change alters, every object comes once.
  const page = await parts.store.searchObjects({
    workspaceId,
    sort: { by: "ingested", direction: "ascending" },
    limit: PAGE_ITEMS,
    ...(order.condition === undefined ? {} : { condition: order.condition }),
    ...(cursor === null ? {} : { cursor }),
  });
  return {
    ...kept,
    state: "running",
    page: kept.page + 1,
    cursor: page.next,
    atEnd: page.next === null,
    plan: planOf(kept.taskId, kept.page + 1, page.items),
  };
}

async function write(parts: TaskParts, { revision }: Found, next: KeptTask): Promise<Found> {
  const [stored] = await parts.documents.commit([
    { kind: "put", key: keyOf(next), content: asJson(next), ifRevision: revision },
  ]);
  return { kept: next, revision: stored?.revision ?? 0 };
}

async function forgetOld(parts: TaskParts, all: readonly Found[], now: Date): Promise<void> {
  const limit = new Date(now.getTime() - KEEP_FINISHED_MS).toISOString();
  const old = all.filter(({ kept }) => kept.finishedAt !== null && kept.finishedAt < limit);
  await parts.documents.commit(
    old.map(({ kept }) => ({ kind: "remove", key: keyOf(kept) }) as const),
  );
}

async function keptTasks(parts: TaskParts, workspaceId: string): Promise<readonly Found[]> {
  const page = await parts.documents.list({ workspaceId, kind: KIND, limit: LIST_MAX });
  return page.items.map(foundOf);
}

async function requireTask(parts: TaskParts, workspaceId: string, taskId: string): Promise<Found> {
  const found = await parts.documents.get({ workspaceId, kind: KIND, name: taskId });
  if (found === undefined) {
    throw new AppError("not_found", `There is no task ${taskId}.`, { field: "taskId" });
  }
  return foundOf(found);
}

function foundOf({ content, revision }: StoredDocument): Found {
  return { kept: content as unknown as KeptTask, revision };
}

function keyOf({ workspaceId, taskId }: Pick<KeptTask, "workspaceId" | "taskId">): {
  workspaceId: string;
  kind: string;
  name: string;
} {
  return { workspaceId, kind: KIND, name: taskId };
}

function isOpen({ state }: KeptTask): boolean {
  return state === "waiting" || state === "running";
}

function mayTake({ lease }: KeptTask, owner: string, now: Date): boolean {
  return lease === null || lease.owner === owner || lease.until <= now.toISOString();
}

function isOvertaken(error: unknown): boolean {
  return error instanceof AppError && error.code === "precondition_failed";
}

/** A fault that passes: the task is tried again in the next round. */
function isPassing(error: unknown): boolean {
  const codes = ["overloaded", "store_unavailable", "shutting_down"];
  return error instanceof AppError && codes.includes(error.code);
}

function asJson(task: KeptTask): JsonValue {
  return task as unknown as JsonValue;
}
