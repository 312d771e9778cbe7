/** Goal: rows are written as PostgreSQL's manual describes the binary form of COPY. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CopyKind, type CopyValue, copyData } from "./copy.ts";

const HEAD = `${Buffer.from("PGCOPY\n").toString("hex")}ff0d0a00${"00000000".repeat(2)}`;

function hexOf(kinds: readonly CopyKind[], rows: readonly (readonly CopyValue[])[]): string {
  const columns = Object.fromEntries(kinds.map((kind, at) => [`column${at}`, kind]));
  return Buffer.concat(copyData({ name: "t", columns }, rows)).toString("hex");
}

test("each kind of value has its length and its bytes", () => {
  const cases = [
    ["bigint", 0, "000000080000000000000000"],
    ["bigint", 2 ** 52 - 1, "00000008000fffffffffffff"],
    ["bigint", 2 ** 32, "000000080000000100000000"],
    ["bigint", -1, "00000008ffffffffffffffff"],
    ["integer", 258, "0000000400000102"],
    ["boolean", true, "0000000101"],
    ["boolean", false, "0000000100"],
    ["text", "é1", "00000003c3a931"],
    ["text", "", "00000000"],
    ["bytes", Uint8Array.of(1, 2), "000000020102"],
  ] as const;
  for (const [kind, value, hex] of cases) {
    assert.equal(hexOf([kind], [[value]]), `${HEAD}0001${hex}ffff`);
  }
});

test("rows follow one another, and none are an empty copy", () => {
  const rows = [
    [1, "a"],
    [2, "b"],
  ];
  assert.equal(
    hexOf(["integer", "text"], rows),
    `${HEAD}0002${"0000000400000001"}${"0000000161"}0002${"0000000400000002"}${"0000000162"}ffff`,
  );
  assert.equal(hexOf(["integer"], []), `${HEAD}ffff`);
});

test("rows that fill more than one piece arrive whole", () => {
  const text = "é".repeat(100_000);
  const rows = Array.from({ length: 7 }, (_, at) => [at, text] as const);
  const one = (at: number) =>
    `0002000000040000000${at}00030d40${Buffer.from(text).toString("hex")}`;
  assert.equal(
    hexOf(["integer", "text"], rows),
    `${HEAD}${rows.map(([at]) => one(at)).join("")}ffff`,
  );
});
