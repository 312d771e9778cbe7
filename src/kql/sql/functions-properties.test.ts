/** Goal: for random texts and random values, the SQL agrees with plain JavaScript of the same meaning. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { call, lit, openEvaluator } from "./evaluate.conformance.ts";
import { quoteText } from "./print.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

const column = (name: string, type: "dynamic" | "long" | "string"): SqlExpr => ({
  sql: name,
  type,
  nonNull: true,
});
const [TEXT, SOUGHT, START, COUNT] = [
  column("s", "string"),
  column("t", "string"),
  column("a", "long"),
  column("n", "long"),
];
const bool = (name: string): string => call(SCALARS, name, "bool", TEXT, SOUGHT).sql;

test("operators on text", async () => {
  const evaluator = await openEvaluator();
  const letters = fc.string({ unit: fc.constantFrom(..."abAB1 _-.é".split("")), maxLength: 8 });
  const short = fc.string({ unit: fc.constantFrom(..."abAB1-é".split("")), maxLength: 3 });
  const cases = fc.sample(fc.tuple(letters, short, fc.integer({ min: -10, max: 10 }), fc.nat(9)), {
    numRuns: 800,
    seed: 1,
  });
  try {
    const list = cases.map(
      ([s, t, a, n]) => `(${quoteText(s)}, ${quoteText(t)}, ${a}::BIGINT, ${n}::BIGINT)`,
    );
    const got = await evaluator.rows(
      `SELECT ${bool("contains")}, ${bool("startswith")}, ${bool("endswith_cs")}, ${bool("=~")}, ${bool("has")},
        ${bool("hasprefix_cs")}, ${call(SCALARS, "substring", "string", TEXT, START, COUNT).sql},
        ${call(SCALARS, "indexof", "long", TEXT, SOUGHT).sql}
       FROM (VALUES ${list.join(", ")}) v(s, t, a, n)`,
    );
    assert.deepEqual(
      got,
      cases.map(([s, t, a, n]) => plain(s, t, a, n)),
    );
  } finally {
    evaluator.close();
  }
});

function plain(s: string, t: string, a: number, n: number): unknown[] {
  const [folded, sought] = [s.toLowerCase(), t.toLowerCase()];
  const start = a < 0 ? Math.max(s.length + a, 0) : a;
  return [
    folded.includes(sought),
    folded.startsWith(sought),
    s.endsWith(t),
    folded === sought,
    occursAs(folded, sought, true, true),
    occursAs(s, t, true, false),
    s.slice(start, start + n),
    String(s.indexOf(t)),
  ];
}

/** Whether a text occurs where it does not go on with a letter or digit. */
function occursAs(text: string, term: string, atStart: boolean, atEnd: boolean): boolean {
  const isWord = (character: string | undefined): boolean =>
    character !== undefined && /[\p{L}\p{N}]/u.test(character);
  return Array.from({ length: text.length - term.length + 1 }, (_, index) => index).some(
    (index) =>
      text.startsWith(term, index) &&
      !(atStart && isWord(term[0]) && isWord(text[index - 1])) &&
      !(atEnd && isWord(term.at(-1)) && isWord(text[index + term.length])),
  );
}

test("members and elements", async () => {
  const evaluator = await openEvaluator();
  const key = fc.constantFrom("a", "b c", "d.e", "*", 'q"', "0");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.constant(null),
      fc.string(),
      tie("list"),
      tie("bag"),
    ),
    list: fc.array(tie("value"), { maxLength: 3 }),
    bag: fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  }));
  const step = fc.oneof(key, fc.integer({ min: -3, max: 3 }));
  const cases = fc.sample(fc.tuple(value, fc.array(step, { minLength: 1, maxLength: 2 })), {
    numRuns: 150,
    seed: 2,
  });
  try {
    const expressions = cases.map(([root, steps]) => {
      const walked = steps.reduce<SqlExpr>(
        (base, next) =>
          call(
            SCALARS,
            "[]",
            "dynamic",
            base,
            typeof next === "string" ? lit("string", next) : lit("long", String(next)),
          ),
        { sql: `json(${quoteText(JSON.stringify(root))})`, type: "dynamic", nonNull: false },
      );
      return walked.sql;
    });
    const [got] = await evaluator.rows(`SELECT ${expressions.join(", ")}`);
    assert.deepEqual(
      got?.map((json) => (json === null ? null : JSON.parse(String(json)))),
      cases.map(([root, steps]) => JSON.parse(JSON.stringify(steps.reduce(reached, root)))),
    );
  } finally {
    evaluator.close();
  }
});

function reached(base: unknown, step: string | number): unknown {
  if (typeof step === "number") {
    return Array.isArray(base) ? (base.at(step) ?? null) : null;
  }
  const isBag = typeof base === "object" && base !== null && !Array.isArray(base);
  return isBag ? ((base as Record<string, unknown>)[step] ?? null) : null;
}
