/** What an upload would send, without sending it: for a trial run. */
import { type BatchLimits, batchesOf, bodyOf, type IndexedObject } from "./batches.ts";
import { abortedError } from "./client-error.ts";
import { DEFAULT_BODY_BYTES_MAX, DEFAULT_OBJECTS_PER_REQUEST_MAX } from "./options.ts";
import { checkSource } from "./upload.ts";
import type { UploadObject } from "./upload-object.ts";

/** An upload to be looked at. */
export interface PlanRequest {
  readonly source: string;
  readonly objects: AsyncIterable<UploadObject>;
  readonly objectsPerRequestMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of objects read, after each request that would be sent. */
  readonly onProgress?: ((objects: number) => void) | undefined;
}

/** The figures of an upload that was not sent. */
export interface UploadPlan {
  readonly objects: number;
  readonly requests: number;
  /** Bytes of all request bodies. */
  readonly bytes: number;
  /** Objects by `type`; the first 100 types by name, the others as `(other)`, no type as `(none)`. */
  readonly types: Readonly<Record<string, number>>;
  /** Objects by `sourcesystem`. */
  readonly sources: Readonly<Record<string, number>>;
}

const NAMES_MAX = 100;

/**
 * Reads the objects to their end and counts.
 *
 * @throws ClientError input_invalid and the other codes of the readers, options_invalid, aborted
 */
export async function planUpload(request: PlanRequest): Promise<UploadPlan> {
  const limits: BatchLimits = {
    objectsPerRequestMax: request.objectsPerRequestMax ?? DEFAULT_OBJECTS_PER_REQUEST_MAX,
    bodyBytesMax: DEFAULT_BODY_BYTES_MAX,
  };
  const types = new Map<string, number>();
  const sources = new Map<string, number>();
  const figures = { objects: 0, requests: 0, bytes: 0 };
  for await (const batch of batchesOf(numbered(request.objects), request.source, limits)) {
    if (request.signal?.aborted) {
      throw abortedError(request.signal);
    }
    checkSource(batch.source, batch.objects[0]?.position);
    figures.requests += 1;
    figures.objects += batch.objects.length;
    figures.bytes += Buffer.byteLength(bodyOf(batch));
    count(sources, batch.source, batch.objects.length);
    for (const { type } of batch.objects) {
      count(types, type ?? "(none)", 1);
    }
    request.onProgress?.(figures.objects);
  }
  return { ...figures, types: Object.fromEntries(types), sources: Object.fromEntries(sources) };
}

function count(counts: Map<string, number>, name: string, more: number): void {
  const key = counts.has(name) || counts.size < NAMES_MAX ? name : "(other)";
  counts.set(key, (counts.get(key) ?? 0) + more);
}

async function* numbered(objects: AsyncIterable<UploadObject>): AsyncGenerator<IndexedObject> {
  let index = 0;
  for await (const object of objects) {
    yield { index, object };
    index += 1;
  }
}
