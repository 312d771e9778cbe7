/** Goal: a trial run counts what an upload would send, and refuses what an upload would refuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { planUpload } from "./plan.ts";
import { type UploadObject, uploadObjectsOf } from "./upload-object.ts";

async function* streamOf(objects: Iterable<UploadObject>): AsyncGenerator<UploadObject> {
  yield* objects;
}

test("counts objects, requests, bytes, types and sources", async () => {
  const values = [{ type: "a" }, { type: "b" }, { type: "a" }, 5];
  const objects = [...uploadObjectsOf(values)].map((object, place) =>
    place === 1 ? { ...object, source: "own" } : object,
  );
  const read: number[] = [];
  const plan = await planUpload({
    source: "s",
    objects: streamOf(objects),
    onProgress: (count) => read.push(count),
  });
  assert.deepEqual(plan, {
    objects: 4,
    requests: 3,
    bytes: 151,
    types: { a: 2, b: 1, "(none)": 1 },
    sources: { s: 3, own: 1 },
  });
  assert.deepEqual(read, [1, 2, 4]);
});

test("names no more than a hundred types", async () => {
  const values = Array.from({ length: 250 }, (_, place) => ({ type: `x-${place}` }));
  const plan = await planUpload({ source: "s", objects: streamOf(uploadObjectsOf(values)) });
  assert.equal(Object.keys(plan.types).length, 101);
  assert.equal(plan.types["(other)"], 150);
});

test("refuses a source that the service keeps, and stops when told", async () => {
  const objects = (): AsyncGenerator<UploadObject> => streamOf(uploadObjectsOf([{ type: "a" }]));
  const reserved = planUpload({ source: "Microsoft Sentinel", objects: objects() });
  await assert.rejects(reserved, /source must not be|sourcesystem must not be/);
  const stopped = planUpload({ source: "s", objects: objects(), signal: AbortSignal.abort() });
  await assert.rejects(stopped, { code: "aborted" });
});
