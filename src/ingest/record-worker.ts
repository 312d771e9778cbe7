/**
 * The thread that reads and validates bodies. It answers each job with what became of it, and hands the
 * prepared records over without copying them.
 */

import { parentPort, workerData } from "node:worker_threads";
import { AppError, type AppErrorCode } from "../wire/index.ts";
import {
  type ProcessedRecords,
  processRecords,
  type RecordJob,
  type RecordOptions,
} from "./records.ts";

/** A job on its way to the thread. */
export interface RecordCall {
  readonly id: number;
  readonly job: RecordJob;
}

/** The thread's answer. */
export type RecordAnswer =
  | { readonly id: number; readonly processed: ProcessedRecords }
  | { readonly id: number; readonly refusal: RecordRefusal };

/** An AppError as it crosses threads. */
interface RecordRefusal {
  readonly code: AppErrorCode;
  readonly message: string;
  readonly detail: string | undefined;
  readonly field: string | undefined;
}

const options = workerData as RecordOptions;

parentPort?.on("message", ({ id, job }: RecordCall) => {
  const answer = answerOf(id, job);
  const objects = "processed" in answer ? answer.processed.prepared.objects : null;
  parentPort?.postMessage(answer, objects === null ? [] : [objects.buffer]);
});

function answerOf(id: number, job: RecordJob): RecordAnswer {
  try {
    return { id, processed: processRecords(job, options) };
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    const { code, message, detail, field } = error;
    return { id, refusal: { code, message, detail, field } };
  }
}
