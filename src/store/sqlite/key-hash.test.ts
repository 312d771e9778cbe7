/** Goal: hashes of different keys differ, depend on the seed, and fit a number that SQLite keeps exactly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createKeyHash } from "./key-hash.ts";

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test("a hash is a whole number below 2^52, the same for the same key and seed", () => {
  fc.assert(
    fc.property(seed, seed, fc.string({ unit: "binary" }), (lower, upper, key) => {
      const hash = createKeyHash(lower, upper)(key);
      assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 52, String(hash));
      assert.equal(createKeyHash(lower, upper)(key), hash);
    }),
  );
});

test("keys as feeds have them don't collide, and the bits are evenly set", () => {
  const hash = createKeyHash(123_456_789, 3_987_654_321);
  const hashes = new Set<number>();
  const ones = Array.from({ length: 52 }, () => 0);
  const count = 200_000;
  for (let at = 0; at < count; at += 1) {
    const each = hash(
      `1/2/indicator--8a1f3c52-6b0e-4d97-9e24-${at.toString(16).padStart(12, "0")}`,
    );
    hashes.add(each);
    for (let bit = 0; bit < ones.length; bit += 1) {
      ones[bit] = (ones[bit] ?? 0) + (Math.floor(each / 2 ** bit) % 2);
    }
  }
  assert.equal(hashes.size, count);
  for (const [bit, set] of ones.entries()) {
    assert.ok(Math.abs(set / count - 0.5) < 0.01, `bit ${bit} is set in ${set} of ${count}`);
  }
});

test("another seed gives other hashes", () => {
  const one = createKeyHash(1, 2);
  const other = createKeyHash(3, 4);
  const keys = Array.from({ length: 1_000 }, (_, at) => `1/2/${at}`);
  assert.deepEqual(
    keys.filter((key) => one(key) === other(key)),
    [],
  );
});
