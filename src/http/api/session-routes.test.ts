/** Goal: whoever has signed in is sent to a page of ours and nowhere else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ownPath } from "./session-routes.ts";

const CASES: readonly (readonly [path: string | undefined, sentTo: string])[] = [
  [undefined, "/"],
  ["", "/"],
  ["/overview", "/overview"],
  ["/objects?type=indicator#top", "/objects?type=indicator#top"],
  ["/a/../b", "/b"],
  ["/\u20ac", "/%E2%82%AC"],
  ["/a\r\nset-cookie: x=y", "/aset-cookie:%20x=y"],
  ["overview", "/"],
  ["//elsewhere.example", "/"],
  ["/\\elsewhere.example", "/"],
  ["/\t/elsewhere.example", "/"],
  ["/\n/elsewhere.example", "/"],
  ["/.//elsewhere.example", "/"],
  ["/a/..//elsewhere.example", "/"],
  ["https://elsewhere.example/", "/"],
  ["javascript:alert(1)", "/"],
  [`/${"\u20ac".repeat(500)}`, "/"],
];

for (const [path, sentTo] of CASES) {
  test(`${JSON.stringify(path)} leads to ${sentTo}`, () => {
    assert.equal(ownPath(path), sentTo);
  });
}
