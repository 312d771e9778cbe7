/** Goal: a cursor is read only by the list that wrote it, and in the one spelling it was written in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "../wire/index.ts";
import { checkLimit, cursorAfter, positionOf } from "./paging.ts";

test("a cursor is the list and the position in base64url", () => {
  assert.equal(cursorAfter("objects", 12), "b2JqZWN0czoxMg");
  assert.equal(positionOf("objects", "b2JqZWN0czoxMg"), 12);
  assert.equal(positionOf("objects", undefined), undefined);
});

test("any other text is refused", () => {
  const cursors = [
    "b2JqZWN0czowMTI",
    "b2JqZWN0czoxMjoz",
    "b2JqZWN0czoxZTM",
    "b2JqZWN0czo",
    "a",
    "",
  ];
  for (const cursor of [...cursors, cursorAfter("receipts", 12)]) {
    assert.throws(() => positionOf("objects", cursor), {
      code: "invalid_request",
      field: "cursor",
    });
  }
});

test("every position survives, no random text passes", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (position) => {
      assert.equal(positionOf("receipts", cursorAfter("receipts", position)), position);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.throws(() => positionOf("receipts", text), AppError);
    }),
  );
});

test("a limit is a whole number in its range", () => {
  checkLimit(1, 5);
  checkLimit(5, 5);
  for (const limit of [0, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => checkLimit(limit, 5), { code: "invalid_request", field: "limit" });
  }
});
