/** Goal: what is printed parses back to the same tree, for every tree and every published pattern. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkPattern } from "./check.ts";
import { normalisePattern } from "./normalise.ts";
import { observablesOf } from "./observables.ts";
import { parsePattern } from "./parse.ts";
import type {
  Comparison,
  Literal,
  ObjectPath,
  ObservationExpression,
  Operator,
  Pattern,
  Qualifier,
} from "./pattern.ts";
import { printPattern } from "./print.ts";
import { samePattern } from "./same.ts";

const digits = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String);
const instant = fc
  .date({
    min: new Date("2000-01-01T00:00:00Z"),
    max: new Date("2030-01-01T00:00:00Z"),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

const literal: fc.Arbitrary<Literal> = fc
  .oneof(
    fc.record({ kind: fc.constant("string" as const), text: fc.string({ unit: "binary" }) }),
    fc.record({ kind: fc.constant("integer" as const), text: digits }),
    fc.record({ kind: fc.constant("integer" as const), text: digits.map((text) => `-${text}`) }),
    fc.record({
      kind: fc.constant("float" as const),
      text: fc.tuple(digits, digits).map(([a, b]) => `${a}.${b}`),
    }),
    fc.record({ kind: fc.constant("boolean" as const), text: fc.constantFrom("true", "false") }),
    fc.record({ kind: fc.constant("timestamp" as const), text: instant }),
    fc.record({
      kind: fc.constant("hex" as const),
      text: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("hex")),
    }),
    fc.record({
      kind: fc.constant("binary" as const),
      text: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    }),
  )
  .map((value) => ({ ...value, offset: 0 }));

const key = fc.oneof(
  fc.constantFrom("value", "hashes", "SHA-256", "sha256", "IN", "EXISTS", "*", "", "a.b"),
  fc.string({ unit: "binary" }),
);
const step = fc.oneof(key, fc.maxSafeInteger(), fc.constant(null));
const path: fc.Arbitrary<ObjectPath> = fc.record({
  type: fc.constantFrom("file", "ipv4-addr", "x-custom", "EXISTS", "_A", "network-traffic", "t"),
  steps: fc.tuple(key, fc.array(step, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
  offset: fc.constant(0),
  signed: fc.constant(false),
});

const ORDERINGS: readonly Operator[] = ["<", ">", "<=", ">="];
const TEXTUAL: readonly Operator[] = ["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"];
const operation = fc.oneof(
  fc.tuple(
    fc.constantFrom<Operator>("=", "!="),
    literal.map((value) => [value]),
  ),
  fc.tuple(
    fc.constantFrom(...ORDERINGS),
    literal.filter(({ kind }) => kind !== "boolean").map((value) => [value]),
  ),
  fc.tuple(
    fc.constantFrom(...TEXTUAL),
    literal.filter(({ kind }) => kind === "string").map((value) => [value]),
  ),
  fc.tuple(fc.constant<Operator>("IN"), fc.array(literal, { maxLength: 4 })),
);
const atom: fc.Arbitrary<Comparison> = fc.oneof(
  fc.tuple(path, fc.boolean(), operation).map(
    ([where, negated, [operator, values]]): Comparison => ({
      kind: "test",
      path: where,
      negated,
      operator,
      values,
      offset: 0,
    }),
  ),
  fc
    .tuple(path, fc.boolean())
    .map(([where, negated]): Comparison => ({ kind: "exists", path: where, negated, offset: 0 })),
);

const qualifier: fc.Arbitrary<Qualifier> = fc.oneof(
  fc.record({
    kind: fc.constant("WITHIN" as const),
    seconds: fc.oneof(
      digits,
      digits.map((text) => `0.${text}`),
    ),
    offset: fc.constant(0),
  }),
  fc.record({ kind: fc.constant("REPEATS" as const), times: digits, offset: fc.constant(0) }),
  fc.record({
    kind: fc.constant("STARTSTOP" as const),
    start: instant,
    stop: instant,
    offset: fc.constant(0),
  }),
);
const qualifiers = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(qualifier, { maxLength: 3 }) },
);

const { comparison } = fc.letrec<{ comparison: Comparison }>((tie) => ({
  comparison: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    atom,
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      items: fc.array(tie("comparison"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));
const observation = fc.record({
  kind: fc.constant("observation" as const),
  comparison,
  qualifiers,
});
const { expression } = fc.letrec<{ expression: ObservationExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    observation,
    fc.record({
      kind: fc.constantFrom("AND" as const, "OR" as const, "FOLLOWEDBY" as const),
      items: fc.array(tie("expression"), { minLength: 2, maxLength: 3 }),
      qualifiers,
    }),
    // A group exists only between two sets of qualifiers.
    fc
      .tuple(tie("expression"), fc.array(qualifier, { minLength: 1, maxLength: 2 }))
      .map(
        ([inner, outer]): ObservationExpression =>
          inner.qualifiers.length === 0
            ? { ...inner, qualifiers: outer }
            : { kind: "group", items: [inner], qualifiers: outer },
      ),
  ),
}));
const pattern: fc.Arbitrary<Pattern> = fc.record({ expression });

function reparsed(tree: Pattern): Pattern {
  const text = printPattern(tree);
  const result = parsePattern(text);
  assert.ok(result.ok, `${text}: ${result.ok ? "" : result.error.message}`);
  return result.pattern;
}

test("a printed tree parses back to itself", () => {
  fc.assert(
    fc.property(pattern, (tree) => {
      assert.ok(samePattern(reparsed(tree), tree), printPattern(tree));
    }),
    { numRuns: 1000 },
  );
});

test("a normalised tree parses back to itself, and normalising it again changes nothing", () => {
  fc.assert(
    fc.property(pattern, (tree) => {
      const plain = normalisePattern(tree);
      assert.ok(samePattern(reparsed(plain), plain), printPattern(plain));
      assert.equal(printPattern(normalisePattern(plain)), printPattern(plain));
    }),
    { numRuns: 500 },
  );
});

test("checks and extraction accept every tree", () => {
  fc.assert(
    fc.property(pattern, (tree) => {
      checkPattern(tree);
      const found = observablesOf(tree);
      assert.equal(
        new Set(found.map(({ key: name, value }) => `${name}\n${value}`)).size,
        found.length,
      );
    }),
    { numRuns: 500 },
  );
});

const NORMAL_FORMS: readonly (readonly [string, string])[] = [
  ["[(a:b = 1 AND a:c = 2) AND a:d = 3]", "[a:b = 1 AND a:c = 2 AND a:d = 3]"],
  ["[a:b = 1 OR (a:b = 1 OR a:b = +1)]", "[a:b = 1]"],
  ["[a:b NOT != 1 AND a:b NOT < 5.50]", "[a:b = 1 AND a:b >= 5.5]"],
  ["[a:b NOT IN (1, 1.0)]", "[a:b != 1]"],
  ["[a:b = h'0AFF']", "[a:b = h'0aff']"],
  ["[a:b NOT LIKE 'X']", "[a:b NOT LIKE 'X']"],
  ["[file:hashes.sha256 = 'ABCD']", "[file:hashes.'SHA-256' = 'abcd']"],
  ["[file:hashes.sha256 LIKE 'AB%']", "[file:hashes.'SHA-256' LIKE 'AB%']"],
  ["([a:b = 1] AND [a:b = 1]) AND [a:b = 1]", "[a:b = 1] AND [a:b = 1] AND [a:b = 1]"],
  [
    "([a:b = 1] AND [a:b = 1]) REPEATS +2 TIMES AND [a:b = 1]",
    "([a:b = 1] AND [a:b = 1]) REPEATS 2 TIMES AND [a:b = 1]",
  ],
  ["[a:b = -0.0 OR a:b = 00.50]", "[a:b = 0 OR a:b = 0.5]"],
];

test("patterns that differ in spelling get one form", () => {
  for (const [text, normal] of NORMAL_FORMS) {
    const result = parsePattern(text);
    assert.ok(result.ok, text);
    assert.equal(printPattern(normalisePattern(result.pattern)), normal);
  }
});
