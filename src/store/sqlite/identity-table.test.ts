/** Goal: the table in memory finds every object that was added and no other, at any size. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createIdentityTable } from "./identity-table.ts";
import {
  createRevokedBits,
  revokedComplete,
  revokedMarker,
  revokedTest,
} from "./revoked-filter.ts";

const hash = fc.integer({ min: 0, max: 2 ** 52 - 1 });

test("what was added is found, also where hashes are equal or close", () => {
  fc.assert(
    fc.property(fc.array(hash), fc.array(hash), (added, asked) => {
      const table = createIdentityTable();
      const all = [...added, ...added.map((each) => each ^ 1).filter((each) => each >= 0)];
      all.forEach((each, at) => {
        table.add(each, at + 1);
      });
      const objectsOf = (each: number): number[] =>
        all.flatMap((other, at) => (other === each ? [at + 1] : []));
      for (const each of [...all, ...asked]) {
        assert.deepEqual(
          table.find(each).toSorted((a, b) => a - b),
          objectsOf(each),
        );
      }
      assert.equal(table.size(), all.length);
    }),
  );
});

test("it grows from nothing, and in one part alone", () => {
  const table = createIdentityTable();
  const count = 20_000;
  for (let at = 1; at <= count; at += 1) {
    table.add(at * 7, at);
  }
  for (let at = 1; at <= count; at += 1) {
    assert.deepEqual(table.find(at * 7), [at]);
  }
  assert.deepEqual(table.find(8), []);
});

test("a marked id tests true, and hardly any other does", () => {
  const bits = createRevokedBits();
  const mark = revokedMarker(bits);
  const test = revokedTest(bits);
  const idOf = (at: number): string => `indicator--${at.toString(16).padStart(12, "0")}`;
  for (let at = 0; at < 10_000; at += 1) {
    mark(idOf(at));
  }
  const others = Array.from({ length: 10_000 }, (_, at) => idOf(at + 10_000));
  assert.ok(others.every(test), "until all are marked, each may be");
  revokedComplete(bits);
  assert.ok(Array.from({ length: 10_000 }, (_, at) => idOf(at)).every(test));
  const wrong = others.filter(test).length;
  assert.ok(wrong < 100, `${wrong} of 10,000 share a bit`);
});
