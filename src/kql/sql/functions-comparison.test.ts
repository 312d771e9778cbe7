/** Goal: comparison and logic with nulls, NaN and dynamic values give what KQL gives, in values and in filters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiteralExpr } from "../ir.ts";
import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

type Operand = readonly [type: KqlType, value: LiteralExpr["value"]];
type Row = readonly [left: Operand, operator: string, right: Operand, expected: boolean | null];

const NULL: Operand = ["long", null];
const ONE: Operand = ["long", "1"];
const TWO: Operand = ["int", 2];
const NAN: Operand = ["real", Number.NaN];
const HALF: Operand = ["real", 1.5];
const TEXT: Operand = ["string", "a"];
const GUID = "74be27de-1e4e-49d9-b579-fe0b331d3642";

/** Every row in values and as a filter, where null is as good as false. */
function rows(list: readonly Row[]): Check[] {
  return list.flatMap(([left, operator, right, expected]) =>
    [lit, cell].flatMap((make): Check[] => {
      const made = call(SCALARS, operator, "bool", make(...left), make(...right));
      const title = `${left.join(" ")} ${operator} ${right.join(" ")}${make === cell ? " of rows" : ""}`;
      const filter: SqlExpr = { ...made, sql: `coalesce(${made.filterSql ?? made.sql}, false)` };
      return [
        [title, made, expected],
        [`${title} in a filter`, filter, expected ?? false],
      ];
    }),
  );
}

checkAll("equality is total and order is not", () =>
  rows([
    [ONE, "==", ONE, true],
    [ONE, "==", TWO, false],
    [ONE, "!=", TWO, true],
    [ONE, "==", NULL, false],
    [NULL, "!=", ONE, true],
    [NULL, "==", NULL, null],
    [NULL, "!=", NULL, null],
    [NULL, "<", ONE, null],
    [ONE, ">=", NULL, null],
    [TWO, ">", HALF, true],
    [HALF, "<=", ONE, false],
    [NAN, "==", NAN, false],
    [NAN, "!=", NAN, true],
    [NAN, "<", HALF, false],
    [NAN, ">", HALF, false],
    [HALF, "<", NAN, false],
    [HALF, ">=", NAN, false],
    [TEXT, "==", ["string", "A"], false],
    [TEXT, "<", ["string", "b"], true],
    [["bool", true], "==", ["bool", null], false],
    [["guid", GUID], "==", ["string", GUID.toUpperCase()], true],
    [["datetime", "637134336000000000"], "<", ["datetime", "637134336000000010"], true],
    [["timespan", "10"], ">", ["timespan", null], null],
    [["decimal", "1.5"], "==", HALF, true],
  ]),
);

checkAll("dynamic values are compared as what they hold", () =>
  rows([
    [["dynamic", '"a"'], "==", TEXT, true],
    [["dynamic", "null"], "==", TEXT, false],
    [["dynamic", "null"], "!=", TEXT, true],
    [["dynamic", "1"], "==", ONE, true],
    [["dynamic", "1.5"], "==", ONE, false],
    [["dynamic", "1.5"], ">", ONE, true],
    [["dynamic", "null"], ">", ONE, null],
    [["dynamic", "true"], "==", ["bool", true], true],
    [["dynamic", "[1,2]"], "==", ["dynamic", "[1, 2]"], true],
    [["dynamic", "[1,2]"], "!=", ["dynamic", "[2,1]"], true],
  ]),
);

const values = (...list: readonly (string | null)[]): SqlExpr[] =>
  list.map((value) => cell("long", value));
const bool = (name: string, ...args: readonly SqlExpr[]): SqlExpr =>
  call(SCALARS, name, "bool", ...args);
const truths = [true, false, null];

checkAll("membership and ranges", () => [
  ["in a list", bool("in", ...values("1", "2", "1")), true],
  ["not in a list with null", bool("in", ...values("1", "2", null)), false],
  ["null in a list", bool("in", ...values(null, "2")), false],
  ["null not in a list", bool("!in", ...values(null, "2")), true],
  ["in an array", bool("in", cell("long", "2"), lit("dynamic", "[1,2]")), true],
  ["in an array of rows", bool("in", cell("long", "2"), cell("dynamic", "[1,2]")), true],
  ["text in an array of rows", bool("in", cell("string", "b"), cell("dynamic", '["a","b"]')), true],
  [
    "text in an array without case",
    bool("in~", cell("string", "B"), cell("dynamic", '["a","b"]')),
    true,
  ],
  [
    "text in an array that is null",
    bool("in", cell("string", "b"), cell("dynamic", "null")),
    false,
  ],
  [
    "dynamic in texts",
    bool("in", cell("dynamic", '"b"'), lit("string", "a"), lit("string", "b")),
    true,
  ],
  ["dynamic null in texts", bool("in", cell("dynamic", "null"), lit("string", "")), false],
  ["between", bool("between", ...values("2", "1", "2")), true],
  ["not between", bool("!between", ...values("3", "1", "2")), true],
  ["between with null", bool("between", ...values(null, "1", "2")), null],
  [
    "between an instant and a span from it",
    bool(
      "between",
      cell("datetime", "637134336000000000"),
      cell("datetime", "637134336000000000"),
      lit("timespan", "10"),
    ),
    true,
  ],
]);

/** The two operators as plain JavaScript has them, with null for what is not known. */
function joint(a: boolean | null, b: boolean | null, deciding: boolean): boolean | null {
  if (a === deciding || b === deciding) {
    return deciding;
  }
  return a === null || b === null ? null : !deciding;
}

checkAll("and, or and not have three values", () => [
  ...truths.flatMap((a) =>
    truths.flatMap((b): Check[] => [
      [`${a} and ${b}`, bool("and", cell("bool", a), cell("bool", b)), joint(a, b, false)],
      [`${a} or ${b}`, bool("or", cell("bool", a), cell("bool", b)), joint(a, b, true)],
    ]),
  ),
  ["not null", bool("not", cell("bool", null)), null],
  ["not true", bool("not", cell("bool", true)), false],
]);

test("types without a common one are not compared", () => {
  const made = (): unknown => bool("!=", cell("datetime", null), lit("long", "5"));
  assert.match(refusal(made), /datetime and long/);
});

test("what the scan can use stays plain", () => {
  const column: SqlExpr = { sql: '"s"', type: "string", nonNull: true };
  const number: SqlExpr = { sql: '"n"', type: "long", nonNull: false };
  const plain = (piece: SqlExpr): string => piece.filterSql ?? piece.sql;
  assert.equal(plain(bool("==", column, lit("string", "x"))), "(\"s\" = 'x')");
  assert.equal(plain(bool("==", number, lit("long", "5"))), '("n" = 5::BIGINT)');
  assert.equal(plain(bool(">=", number, lit("long", "5"))), '("n" >= 5::BIGINT)');
  assert.equal(
    plain(bool("in", column, lit("string", "x"), lit("dynamic", '["y"]'))),
    "(\"s\" IN ('x', 'y'))",
  );
  assert.equal(
    plain(
      bool("and", bool("==", number, lit("long", "5")), bool("==", column, lit("string", "x"))),
    ),
    '(("n" = 5::BIGINT) AND ("s" = \'x\'))',
  );
  assert.equal(plain(bool("=~", column, lit("string", "X"))), "(lower(\"s\") = lower('X'))");
  assert.equal(
    plain(bool("contains", column, lit("string", "X"))),
    "contains(lower(\"s\"), lower('X'))",
  );
});
