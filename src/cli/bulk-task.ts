/** Changes of all objects that match, as a task of the server: ordered, watched, and cancelled by Ctrl-C. */
import type { SearchCondition } from "../store/index.ts";
import { type ApiRun, confirmed, EXIT } from "./api-command.ts";
import { countOfObjects, plain } from "./api-objects.ts";
import { createStatusLine } from "./status-line.ts";
import { countOf, numberOf } from "./upload-progress.ts";

/** What is ordered. */
export interface BulkOrder {
  /** Name of the command, for messages. */
  readonly command: string;
  /** Every object when left out. */
  readonly condition: SearchCondition | undefined;
  readonly actions: readonly object[];
  /** What it does, for the question: "Add phishing to". */
  readonly what: string;
  readonly isAgreed: boolean;
  /** Only order it. */
  readonly isDetached: boolean;
  readonly json: boolean;
}

interface Task {
  readonly taskId: string;
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  readonly progress: {
    readonly expected: { readonly count: number; readonly exact: boolean };
    readonly seen: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly failed: number;
  };
  readonly faults: readonly { readonly stixId: string; readonly message: string }[];
  readonly reason: string | null;
}

/** Often enough to see it move. */
const POLL_MS = 500;

/** Orders the task and follows it to its end; gives the exit code. */
export async function runBulkTask(run: ApiRun, order: BulkOrder): Promise<number> {
  const { stdout, stderr } = run.surroundings;
  const { condition, actions } = order;
  const { count, exact } = await countOfObjects(run.api, condition);
  if (count === 0) {
    stderr.write(`stixgate ${order.command}: Nothing was found.\n`);
    return EXIT.incomplete;
  }
  const many = `${exact ? "" : "at least "}${countOf(count, "object")}`;
  if (!(await confirmed(run.surroundings, `${order.what} ${many}?`, order.isAgreed))) {
    return EXIT.incomplete;
  }
  const task = (await run.api.call({
    name: "the task",
    method: "POST",
    path: "/tasks",
    body: { ...(condition === undefined ? {} : { condition }), actions },
    isOnce: true,
  })) as Task;
  const ended = order.isDetached ? task : await followed(run, task);
  stdout.write(order.json ? `${JSON.stringify(ended)}\n` : `${summaryOf(ended)}\n`);
  for (const { stixId, message } of ended.faults) {
    stderr.write(`${plain(stixId)}: ${plain(message)}\n`);
  }
  return exitCodeOf(ended, order.isDetached);
}

function exitCodeOf({ state, progress }: Task, isDetached: boolean): number {
  if (state === "cancelled") {
    return EXIT.interrupted;
  }
  return isDetached || (state === "done" && progress.failed === 0) ? EXIT.done : EXIT.incomplete;
}

async function followed(run: ApiRun, ordered: Task): Promise<Task> {
  const { api, surroundings } = run;
  const line = createStatusLine(surroundings);
  const path = `/tasks/${ordered.taskId}`;
  let task = ordered;
  let isCancelling = false;
  const interrupted = surroundings.untilSignal().then(() => "interrupted" as const);
  try {
    while (task.state === "waiting" || task.state === "running") {
      line.show(`${task.state}: ${figuresOf(task)}`);
      const waited = new Promise<"waited">((resolve) => {
        setTimeout(() => resolve("waited"), POLL_MS);
      });
      const event = await (isCancelling ? waited : Promise.race([waited, interrupted]));
      if (event === "interrupted") {
        isCancelling = true;
        line.clear();
        surroundings.stderr.write(
          "Cancelling the task; what is done stays done. Once more to leave it to the server.\n",
        );
        await api.call({ name: "the cancellation", method: "POST", path: `${path}/cancel` });
      }
      task = (await api.call({ name: "the task", method: "GET", path })) as Task;
    }
    return task;
  } finally {
    line.clear();
  }
}

function figuresOf({ progress }: Task): string {
  const { expected, seen, changed, failed } = progress;
  const total = `${expected.exact ? "" : "at least "}${numberOf(expected.count)}`;
  const faults = failed === 0 ? "" : `, ${numberOf(failed)} failed`;
  return `${numberOf(seen)} of ${total}, ${numberOf(changed)} changed${faults}`;
}

function summaryOf(task: Task): string {
  const { taskId, state, progress, reason } = task;
  if (state === "waiting" || state === "running") {
    return `Task ${taskId} is ordered.`;
  }
  const { changed, unchanged, failed } = progress;
  const why = reason === null ? "" : ` ${plain(reason)}`;
  return `Task ${taskId} is ${state}: ${numberOf(changed)} changed, ${numberOf(unchanged)} unchanged, ${numberOf(failed)} failed.${why}`;
}
