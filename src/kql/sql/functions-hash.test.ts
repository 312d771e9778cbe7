/** Goal: xxHash64 gives the published values, for texts below and above one stripe and for numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";

checkAll("xxHash64", () => [
  ["empty", call(SCALARS, "hash", "long", lit("string", "")), "-1205034819632174695"],
  ["World", call(SCALARS, "hash", "long", lit("string", "World")), "1846988464401551951"],
  ["Hello", call(SCALARS, "hash_xxhash64", "long", lit("string", "Hello")), "753694413698530628"],
  [
    "more than a stripe",
    call(SCALARS, "hash", "long", lit("string", "The quick brown fox jumps over the lazy dog")),
    "802816344064684476",
  ],
  [
    "an instant",
    call(SCALARS, "hash", "long", lit("datetime", "635556672000000000")),
    "1380966698541616202",
  ],
  ["null", call(SCALARS, "hash", "long", lit("long", null)), null],
]);

test("what depends on the service's storage is refused", () => {
  assert.match(
    refusal(() => call(SCALARS, "hash_md5", "string", lit("long", "1"))),
    /hash_md5\(\) of long/,
  );
  assert.match(
    refusal(() => call(SCALARS, "hash", "long", lit("real", 1))),
    /hash\(\) of real/,
  );
});
