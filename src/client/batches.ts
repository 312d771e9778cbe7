/**
 * Gathers objects into requests: at most so many objects and bytes, one source each, in the order of the
 * input, and without gaps, so that a request is described by its first index and its length.
 */
import { createHash } from "node:crypto";
import type { UploadObject } from "./upload-object.ts";

/** Objects that travel together. */
export interface Batch {
  /** Index of the first object in the input, from 0. */
  readonly from: number;
  readonly objects: readonly UploadObject[];
  /** `sourcesystem` of the request. */
  readonly source: string;
}

export interface BatchLimits {
  readonly objectsPerRequestMax: number;
  readonly bodyBytesMax: number;
}

/** Bytes around the objects of a body, besides the source. */
const FRAME_BYTES = Buffer.byteLength('{"sourcesystem":,"stixobjects":[]}');

/** The request body of a batch (Upload API, "Request body"). */
export function bodyOf(batch: Batch): string {
  const objects = batch.objects.map(({ text }) => text).join(",");
  return `{"sourcesystem":${JSON.stringify(batch.source)},"stixobjects":[${objects}]}`;
}

/** Index behind the last object of a batch. */
export function endOf(batch: Batch): number {
  return batch.from + batch.objects.length;
}

/** Two halves of a batch of two or more, for a service that finds the whole too large. */
export function halvesOf(batch: Batch): readonly [Batch, Batch] {
  const middle = Math.ceil(batch.objects.length / 2);
  return [
    { ...batch, objects: batch.objects.slice(0, middle) },
    { ...batch, from: batch.from + middle, objects: batch.objects.slice(middle) },
  ];
}

/** Hash of what a batch uploads: the same objects of the same source give the same. */
export function digestOf(source: string, objects: readonly UploadObject[]): string {
  const hash = createHash("sha256").update(source);
  for (const { text } of objects) {
    hash.update("\n").update(text);
  }
  return hash.digest("hex");
}

/** An object with its index in the input. */
export interface IndexedObject {
  readonly index: number;
  readonly object: UploadObject;
}

/**
 * Cuts a stream of objects into batches.
 *
 * @param source for objects that bring none
 */
export async function* batchesOf(
  objects: AsyncIterable<IndexedObject>,
  source: string,
  limits: BatchLimits,
): AsyncGenerator<Batch> {
  let open: UploadObject[] = [];
  let from = 0;
  let openSource = source;
  let bytes = 0;
  for await (const { index, object } of objects) {
    const ownSource = object.source ?? source;
    const size = Buffer.byteLength(object.text) + 1;
    const fits =
      index === from + open.length &&
      ownSource === openSource &&
      open.length < limits.objectsPerRequestMax &&
      bytes + size <= limits.bodyBytesMax;
    if (!fits && open.length > 0) {
      yield { from, objects: open, source: openSource };
      open = [];
    }
    if (open.length === 0) {
      from = index;
      openSource = ownSource;
      bytes = FRAME_BYTES + Buffer.byteLength(JSON.stringify(ownSource));
    }
    open.push(object);
    bytes += size;
  }
  if (open.length > 0) {
    yield { from, objects: open, source: openSource };
  }
}
