/** What a bulk task is, and how it is kept. */

import type { ObjectAction } from "../ingest/index.ts";
import type { SearchCondition } from "../store/index.ts";
import type { ReceiptCaller } from "../wire/index.ts";

/** What to do to every object that matches. */
export interface TaskOrder {
  /** All current objects of the workspace when left out. */
  readonly condition?: SearchCondition;
  /** Empty together with `delete`. */
  readonly actions: readonly ObjectAction[];
  readonly delete?: boolean;
}

/** Where a task is. */
export type TaskState = "waiting" | "running" | "done" | "cancelled" | "failed";

/** How far it is. */
interface TaskProgress {
  /** Objects that matched when it was ordered; a task goes on with what matches when it gets there. */
  readonly expected: { readonly count: number; readonly exact: boolean };
  readonly seen: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Objects that the change would have made invalid. */
  readonly failed: number;
}

/** An object that could not be changed. */
export interface TaskFault {
  readonly stixId: string;
  readonly source: string;
  readonly message: string;
}

/** A task as it is shown. */
export interface Task {
  readonly taskId: string;
  readonly workspaceId: string;
  readonly order: TaskOrder;
  readonly state: TaskState;
  readonly progress: TaskProgress;
  /** The first hundred. */
  readonly faults: readonly TaskFault[];
  /** Why it failed as a whole. */
  readonly reason: string | null;
  readonly orderedBy: { readonly id: string; readonly name: string };
  readonly orderedAt: string;
  readonly finishedAt: string | null;
}

/** A task as it is kept: with what is needed to go on after a crash. */
export interface KeptTask extends Task {
  readonly caller: ReceiptCaller;
  readonly page: number;
  /** Where the search goes on; null at its beginning. */
  readonly cursor: string | null;
  readonly atEnd: boolean;
  /** What the page under way consists of, written down before anything is done. */
  readonly plan: readonly PlannedRequest[] | null;
  /** Which server works on it, and until when nobody else may. */
  readonly lease: { readonly owner: string; readonly until: string } | null;
  readonly cancelAsked: boolean;
}

/** One request of a page: objects of one source. Its id is the proof that it was done. */
export interface PlannedRequest {
  readonly requestId: string;
  readonly sourceSystem: string;
  readonly stixIds: readonly string[];
}

/** What is shown of what is kept. */
export function shownTask(kept: KeptTask): Task {
  const { taskId, workspaceId, order, state, progress, faults, reason } = kept;
  const { orderedBy, orderedAt, finishedAt } = kept;
  return {
    ...{ taskId, workspaceId, order, state, progress, faults, reason },
    ...{ orderedBy, orderedAt, finishedAt },
  };
}
