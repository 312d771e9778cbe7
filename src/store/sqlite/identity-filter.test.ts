/** Goal: nothing that was added is denied, however much was; little else is affirmed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentityFilter } from "./identity-filter.ts";
import { createKeyHash } from "./key-hash.ts";

const hashOf = createKeyHash(1, 2);

test("what was added is there, beyond the number expected; few others seem to be", () => {
  const filter = createIdentityFilter(0);
  const count = 350_000;
  for (let at = 0; at < count; at += 1) {
    filter.add(hashOf(`in/${at}`));
  }
  let missing = 0;
  let wrong = 0;
  for (let at = 0; at < count; at += 1) {
    missing += filter.mayHave(hashOf(`in/${at}`)) ? 0 : 1;
    wrong += filter.mayHave(hashOf(`out/${at}`)) ? 1 : 0;
  }
  assert.equal(missing, 0);
  assert.ok(wrong < count * 0.02, `${wrong} of ${count} are wrong`);
});

test("an empty filter has nothing; the ends of the range of a hash are taken", () => {
  const filter = createIdentityFilter(10);
  const ends = [0, 2 ** 32 - 1, 2 ** 32, 2 ** 52 - 1];
  assert.deepEqual(ends.map(filter.mayHave), [false, false, false, false]);
  ends.map(filter.add);
  assert.deepEqual(ends.map(filter.mayHave), [true, true, true, true]);
});
