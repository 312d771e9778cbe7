/** Goal: batches hold every object once, in order, without gaps, one source each, within both limits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Batch, batchesOf, bodyOf, endOf, halvesOf, type IndexedObject } from "./batches.ts";

async function* streamOf(objects: readonly IndexedObject[]): AsyncGenerator<IndexedObject> {
  yield* objects;
}

async function cut(
  objects: readonly IndexedObject[],
  objectsPerRequestMax: number,
  bodyBytesMax: number,
): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of batchesOf(streamOf(objects), "défaut", {
    objectsPerRequestMax,
    bodyBytesMax,
  })) {
    batches[batches.length] = batch;
  }
  return batches;
}

const object = fc.record({
  text: fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => JSON.stringify({ text })),
  source: fc.constantFrom(undefined, undefined, "défaut", "ö"),
  id: fc.constant(undefined),
  type: fc.constant(undefined),
});

/** Objects with rising indexes, some of which are missing, as after a resumed upload. */
const indexed = fc
  .array(fc.tuple(object, fc.constantFrom(1, 1, 1, 5)), { maxLength: 60 })
  .map((rows) => {
    let index = -1;
    return rows.map(([one, step]) => {
      index += step;
      return { index, object: one };
    });
  });

test("whatever the objects and limits", async () => {
  await fc.assert(
    fc.asyncProperty(
      indexed,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 60, max: 400 }),
      async (objects, countMax, bytesMax) => {
        const batches = await cut(objects, countMax, bytesMax);
        assert.deepEqual(
          batches.flatMap((batch) =>
            batch.objects.map((one, place) => ({ index: batch.from + place, object: one })),
          ),
          objects,
        );
        for (const batch of batches) {
          assert.ok(batch.objects.length >= 1 && batch.objects.length <= countMax);
          assert.ok(batch.objects.every(({ source }) => (source ?? "défaut") === batch.source));
          const bytes = Buffer.byteLength(bodyOf(batch));
          assert.ok(bytes <= bytesMax || batch.objects.length === 1, `${bytes} > ${bytesMax}`);
          const body = JSON.parse(bodyOf(batch)) as { stixobjects: unknown[] };
          assert.equal(body.stixobjects.length, batch.objects.length);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("halves are the whole", () => {
  const objects = ["1", "2", "3"].map((text) => ({ text, id: undefined, type: undefined }));
  const [first, second] = halvesOf({ from: 10, objects, source: "s" });
  assert.deepEqual([first.from, endOf(first), second.from, endOf(second)], [10, 12, 12, 13]);
  assert.deepEqual([...first.objects, ...second.objects], objects);
});
