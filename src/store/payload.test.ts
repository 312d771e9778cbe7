/** Goal: what goes into the log's blobs comes out unchanged, and damage is noticed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeObject,
  decodeObjects,
  encodeObjects,
  pack,
  unpack,
  withoutRecords,
} from "./payload.ts";
import { factsOf } from "./samples.conformance.ts";

test("the layout is count, entries, facts, texts", () => {
  const facts = factsOf({ stixId: "x--1" });
  const bytes = encodeObjects([{ recordIndex: 5, json: "{ü}", facts, warnings: [] }]);
  const factsText = JSON.stringify(facts);
  assert.deepEqual(
    Buffer.from(bytes),
    Buffer.concat([
      Buffer.from([1, 0, 0, 0, 5, 0, 0, 0, factsText.length % 256, 1, 0, 0, 4, 0, 0, 0]),
      Buffer.from(`${factsText}{ü}`),
    ]),
  );
});

test("every record survives encoding and packing", () => {
  const record = fc.record({
    recordIndex: fc.integer({ min: 0, max: 4_294_967_295 }),
    json: fc.string({ unit: "grapheme", maxLength: 300 }),
    name: fc.string({ unit: "binary" }),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), (records) => {
      const objects = records.map(({ recordIndex, json, name }) => ({
        ...{ recordIndex, json, warnings: [] },
        facts: factsOf({ name, labels: [json] }),
      }));
      const bytes = encodeObjects(objects);
      const decoded = decodeObjects(unpack(pack(bytes)));
      assert.deepEqual(
        objects.map((_, record) => decodeObject(bytes, record)),
        decodeObjects(bytes),
      );
      assert.equal(decodeObject(bytes, objects.length), undefined);
      assert.deepEqual(
        decoded.map(({ recordIndex, facts, text }) => ({
          ...{ recordIndex, json: text.toString(), warnings: [] },
          facts: JSON.parse(facts.toString()),
        })),
        objects,
      );
    }),
  );
});

test("a blob is compressed only where that makes it smaller", () => {
  assert.equal(pack(new Uint8Array(255)).codec, 0);
  assert.equal(pack(new Uint8Array(256)).codec, 1);
  const noise = crypto.getRandomValues(new Uint8Array(1000));
  assert.deepEqual(pack(noise), { codec: 0, payload: noise });
});

test("damaged blobs are errors, never wrong records", () => {
  const bytes = encodeObjects([{ recordIndex: 0, json: "{}", facts: factsOf(), warnings: [] }]);
  assert.throws(() => decodeObjects(bytes.subarray(0, -1)), RangeError);
  assert.throws(() => decodeObjects(bytes.subarray(0, 3)), RangeError);
  assert.throws(() => decodeObject(bytes.subarray(0, -1), 0), RangeError);
  assert.throws(() => unpack({ codec: 1, payload: bytes }));
  assert.throws(() => unpack({ codec: 2, payload: bytes }), /unknown codec 2/);
});

test("records that aren't kept leave their places empty", () => {
  const objects = ["{1}", "{2}", "{3}"].map((json, recordIndex) => ({
    ...{ recordIndex: recordIndex * 2, json, warnings: [] },
    facts: factsOf({ name: json }),
  }));
  const bytes = encodeObjects(objects);
  const kept = decodeObjects(withoutRecords(bytes, new Set([1])));
  assert.deepEqual(
    kept.map(({ recordIndex, facts, text }) => [recordIndex, facts.length > 0, text.toString()]),
    [
      [0, false, ""],
      [2, true, "{2}"],
      [4, false, ""],
    ],
  );
  assert.deepEqual(withoutRecords(bytes, new Set([0, 1, 2])), bytes);
});
