/**
 * An upload from its first object to its last: reads objects, cuts them into requests, keeps some of these
 * under way at once, and tells what became of each object. Requests that carry the same id go one after
 * the other, because the service keeps what it got last.
 */
import { GENERATIONS, RESTRICTED_SOURCE_SYSTEM, SOURCE_SYSTEM_LENGTH_MAX } from "../wire/index.ts";
import {
  type Batch,
  batchesOf,
  bodyOf,
  digestOf,
  endOf,
  halvesOf,
  type IndexedObject,
} from "./batches.ts";
import { ClientError, type InputPosition } from "./client-error.ts";
import type { AcknowledgedBatch, Journal, Rejection } from "./journal.ts";
import type { CheckedOptions } from "./options.ts";
import { type StopSignals, throwIfStopped } from "./retry.ts";
import type { Service } from "./service.ts";
import type { UploadObject } from "./upload-object.ts";
import { TOO_LARGE, verdictOf } from "./verdict.ts";

/** What to upload, and whom to tell. */
export interface UploadRequest {
  /** `sourcesystem` of objects that bring none, 1-256 characters. */
  readonly source: string;
  readonly objects: AsyncIterable<UploadObject> | Iterable<UploadObject>;
  /** Stops the upload; requests on the wire get some seconds to be answered. */
  readonly signal?: AbortSignal | undefined;
  /** Acknowledged objects of earlier runs are read, compared and not sent again. */
  readonly journal?: Journal | undefined;
  /** Called after each change of a figure. */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** Called for each acknowledged request, in the order of the answers. */
  readonly onBatch?: ((batch: AcknowledgedBatch) => void) | undefined;
}

/** How far an upload is, in objects. */
export interface UploadProgress {
  readonly read: number;
  /** Acknowledged and stored, earlier runs included. */
  readonly accepted: number;
  /** Acknowledged and not stored, earlier runs included. */
  readonly rejected: number;
  /** Of the acknowledged: by earlier runs. */
  readonly resumed: number;
  /** Acknowledged requests of this run. */
  readonly requests: number;
}

/** What became of an upload that came to its end. */
export interface UploadResult extends UploadProgress {
  /** The first 10,000, in the order of the input. */
  readonly rejections: readonly Rejection[];
  /** Rejections beyond those. */
  readonly rejectionsOmitted: number;
}

/** Rejections that are kept for the result; `onBatch` gives them all. */
const REJECTIONS_KEPT_MAX = 10_000;

/** Time for requests on the wire after a stop: most are answered by then and need not be sent again. */
const STOP_GRACE_MS = 5_000;

/**
 * Checks the name of a source.
 *
 * @throws ClientError options_invalid, or input_invalid when an input brought it
 * @see Upload API, "Request body"
 */
export function checkSource(source: string, position?: InputPosition): void {
  const rule =
    source.length === 0 || source.length > SOURCE_SYSTEM_LENGTH_MAX
      ? `must have 1-${SOURCE_SYSTEM_LENGTH_MAX} characters`
      : source.trim().toLowerCase() === RESTRICTED_SOURCE_SYSTEM.toLowerCase()
        ? `must not be "${RESTRICTED_SOURCE_SYSTEM}", which the service keeps for itself`
        : undefined;
  if (rule !== undefined) {
    throw position === undefined
      ? new ClientError("options_invalid", `source ${rule}.`, { field: "source" })
      : new ClientError("input_invalid", `The sourcesystem ${rule}.`, { position });
  }
}

/** Address of the upload of a workspace (Upload API, "Request URI"). */
function uploadAddress(options: CheckedOptions): string {
  const path = GENERATIONS.v3.path.replace(":workspaceId", options.workspaceId);
  return `${options.endpoint}${path}?api-version=${encodeURIComponent(options.apiVersion)}`;
}

/**
 * Uploads all objects.
 *
 * @throws ClientError when not every object could be acknowledged; `onProgress` has told how far it came
 */
export async function runUpload(
  service: Service,
  options: CheckedOptions,
  request: UploadRequest,
): Promise<UploadResult> {
  checkSource(request.source);
  const tally = createTally(request);
  const halt = new AbortController();
  const stop = AbortSignal.any([halt.signal, ...(request.signal ? [request.signal] : [])]);
  const { signals, release } = withGrace(stop);
  const underWay = new Map<Promise<void>, ReadonlySet<string>>();
  let failure: unknown;
  let complete = false;

  const launch = (batch: Batch): void => {
    const ids = new Set(batch.objects.flatMap(({ id }) => (id === undefined ? [] : [id])));
    const done = sendBatch(batch, { service, options, signals })
      .then(async (acknowledged) => {
        await request.journal?.record(acknowledged);
        tally.acknowledge(acknowledged);
      })
      .catch((error: unknown) => {
        failure ??= error;
        halt.abort(error);
      })
      .finally(() => underWay.delete(done));
    underWay.set(done, ids);
  };

  try {
    const objects = unacknowledged(untilStopped(request.objects, stop), request, tally);
    for await (const batch of batchesOf(objects, request.source, options)) {
      checkSource(batch.source, batch.objects[0]?.position);
      while (underWay.size >= options.concurrencyMax || sharesId(batch, underWay)) {
        await Promise.race(underWay.keys());
      }
      if (stop.aborted) {
        break;
      }
      launch(batch);
      tally.tell();
    }
    complete = !stop.aborted;
  } catch (error) {
    // What was read before a broken input is still worth being acknowledged.
    failure ??= error;
  }
  await Promise.all(underWay.keys());
  release();
  if (failure !== undefined || !complete) {
    throwIfStopped(request.signal);
    throw failure;
  }
  return tally.result();
}

function sharesId(batch: Batch, underWay: ReadonlyMap<unknown, ReadonlySet<string>>): boolean {
  return batch.objects.some(
    ({ id }) => id !== undefined && [...underWay.values()].some((ids) => ids.has(id)),
  );
}

/** A stop that ends waits at once and requests on the wire after a while. */
function withGrace(stop: AbortSignal): { signals: StopSignals; release: () => void } {
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    timer = setTimeout(() => cut.abort(stop.reason), STOP_GRACE_MS);
  };
  if (stop.aborted) {
    onStop();
  }
  stop.addEventListener("abort", onStop, { once: true });
  return {
    signals: { stop, cut: cut.signal },
    release: () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", onStop);
    },
  };
}

/** Passes items on until the signal fires, even while the source keeps it waiting. */
async function* untilStopped<T>(
  source: AsyncIterable<T> | Iterable<T>,
  stop: AbortSignal,
): AsyncGenerator<T> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  // A new promise for every item: one that outlives them all would remember each race.
  let wake: (() => void) | undefined;
  const onStop = (): void => wake?.();
  stop.addEventListener("abort", onStop, { once: true });
  let ended = false;
  try {
    while (!stop.aborted) {
      const stopped = new Promise<undefined>((resolve) => {
        wake = () => resolve(undefined);
      });
      const step = await Promise.race([iterator.next(), stopped]);
      if (step === undefined || step.done) {
        ended = step !== undefined;
        return;
      }
      yield step.value;
    }
  } finally {
    stop.removeEventListener("abort", onStop);
    if (!ended) {
      // Not awaited: a source that is still waiting for input would keep the upload from ending.
      Promise.resolve(iterator.return?.()).catch(() => {});
    }
  }
}

/** Numbers the objects and leaves out those that earlier runs got acknowledged. */
async function* unacknowledged(
  objects: AsyncIterable<UploadObject>,
  request: UploadRequest,
  tally: Tally,
): AsyncGenerator<IndexedObject> {
  const ranges = request.journal?.acknowledged ?? [];
  let index = 0;
  let place = 0;
  let held: UploadObject[] = [];
  for await (const object of objects) {
    tally.countRead();
    const range = ranges[place];
    if (range === undefined || index < range.from) {
      yield { index, object };
    } else {
      held.push(object);
      if (held.length === range.count) {
        checkUnchanged(range, held, request.source);
        tally.resume(range);
        held = [];
        place += 1;
      }
    }
    index += 1;
  }
  if (place < ranges.length && !request.signal?.aborted) {
    throw changedInput(index);
  }
}

function checkUnchanged(
  range: AcknowledgedBatch,
  objects: readonly UploadObject[],
  source: string,
): void {
  if (digestOf(objects[0]?.source ?? source, objects) !== range.digest) {
    throw changedInput(range.from);
  }
}

function changedInput(index: number): ClientError {
  return new ClientError(
    "journal_mismatch",
    `The input or its source changed since the upload was interrupted (at object ${index + 1}). Upload it without resuming.`,
  );
}

interface Sending {
  readonly service: Service;
  readonly options: CheckedOptions;
  readonly signals: StopSignals;
}

async function sendBatch(batch: Batch, sending: Sending): Promise<AcknowledgedBatch> {
  const { service, options, signals } = sending;
  const name = `the upload of ${placesOf(batch)}`;
  const call = { name, method: "POST", url: uploadAddress(options), body: bodyOf(batch) } as const;
  const reply = await service.call(call, signals);
  const verdict = verdictOf(reply, batch.objects.length, name);
  if (verdict === TOO_LARGE && batch.objects.length > 1) {
    return sendHalves(batch, sending);
  }
  const rejected =
    verdict === TOO_LARGE
      ? new Map([[0, [`The service finds the object too large. ${reply.message}`.trim()]]])
      : verdict;
  return {
    from: batch.from,
    count: batch.objects.length,
    digest: digestOf(batch.source, batch.objects),
    requestId: reply.requestId,
    rejections: [...rejected]
      .sort(([a], [b]) => a - b)
      .map(([recordIndex, messages]) => ({
        index: batch.from + recordIndex,
        id: batch.objects[recordIndex]?.id,
        type: batch.objects[recordIndex]?.type,
        position: batch.objects[recordIndex]?.position,
        messages,
        requestId: reply.requestId,
        recordIndex,
      })),
  };
}

/** One half after the other; acknowledged as a whole when both are. */
async function sendHalves(batch: Batch, sending: Sending): Promise<AcknowledgedBatch> {
  const [first, second] = halvesOf(batch);
  const one = await sendBatch(first, sending);
  const other = await sendBatch(second, sending);
  return {
    ...other,
    from: batch.from,
    count: batch.objects.length,
    digest: digestOf(batch.source, batch.objects),
    rejections: [...one.rejections, ...other.rejections],
  };
}

function placesOf(batch: Batch): string {
  const position = batch.objects[0]?.position;
  const where = position === undefined ? "" : ` (from ${position.file}:${position.line})`;
  return `objects ${batch.from + 1}-${endOf(batch)}${where}`;
}

interface Tally {
  countRead(): void;
  acknowledge(batch: AcknowledgedBatch): void;
  resume(batch: AcknowledgedBatch): void;
  tell(): void;
  result(): UploadResult;
}

function createTally(request: UploadRequest): Tally {
  const figures = { read: 0, accepted: 0, rejected: 0, resumed: 0, requests: 0 };
  const rejections: Rejection[] = [];
  const tell = (): void => request.onProgress?.({ ...figures });
  const add = (batch: AcknowledgedBatch): void => {
    figures.accepted += batch.count - batch.rejections.length;
    figures.rejected += batch.rejections.length;
    rejections.push(...batch.rejections.slice(0, REJECTIONS_KEPT_MAX - rejections.length));
  };
  return {
    tell,
    countRead: () => {
      figures.read += 1;
    },
    acknowledge: (batch) => {
      add(batch);
      figures.requests += 1;
      request.onBatch?.(batch);
      tell();
    },
    resume: (batch) => {
      add(batch);
      figures.resumed += batch.count;
      tell();
    },
    result: () => ({
      ...figures,
      rejections: rejections.sort((a, b) => a.index - b.index),
      rejectionsOmitted: figures.rejected - rejections.length,
    }),
  };
}
