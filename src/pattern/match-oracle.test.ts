/**
 * Goal: the search finds a binding exactly when there is one. An oracle that enumerates every binding, as the
 * standard words it, judges random expressions over a few random observations.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compilePattern } from "./match.ts";
import { normalisePattern } from "./normalise.ts";
import type { Observation } from "./observation.ts";
import type { ObservationExpression, Qualifier } from "./pattern.ts";
import { printPattern } from "./print.ts";

/** Times in whole seconds; `kinds` are the values of x:k that were seen. */
interface Seen {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly kinds: readonly number[];
}

interface Binding {
  /** Instances used, by observation. */
  readonly used: readonly number[];
  readonly first: number;
  readonly last: number;
}

function timestampOf(second: number): string {
  return `2020-01-01T00:00:${String(second).padStart(2, "0")}Z`;
}

function secondOf(timestamp: string): number {
  return Number(timestamp.slice(17, 19));
}

function joined(left: Binding, right: Binding, seen: readonly Seen[]): Binding | undefined {
  const used = left.used.map((count, place) => count + (right.used[place] ?? 0));
  return used.some((count, place) => count > (seen[place]?.count ?? 0))
    ? undefined
    : { used, first: Math.max(left.first, right.first), last: Math.min(left.last, right.last) };
}

function distinct(bindings: readonly Binding[]): Binding[] {
  return [...new Map(bindings.map((binding) => [JSON.stringify(binding), binding])).values()];
}

function pairs(
  lefts: readonly Binding[],
  rights: readonly Binding[],
  seen: readonly Seen[],
  allowed: (left: Binding, right: Binding) => boolean,
): Binding[] {
  return distinct(
    lefts.flatMap((left) =>
      rights.flatMap((right) => (allowed(left, right) ? (joined(left, right, seen) ?? []) : [])),
    ),
  );
}

function qualifiedBindings(
  bindings: readonly Binding[],
  qualifier: Qualifier,
  seen: readonly Seen[],
): readonly Binding[] {
  if (qualifier.kind === "WITHIN") {
    const seconds = Number(qualifier.seconds);
    return seconds > 0 ? bindings.filter(({ first, last }) => first <= last + seconds) : [];
  }
  if (qualifier.kind === "STARTSTOP") {
    const start = secondOf(qualifier.start);
    const stop = secondOf(qualifier.stop);
    return bindings.filter(({ used }) =>
      used.every((count, place) => {
        const { first = 0, last = 0 } = seen[place] ?? {};
        return count === 0 || (start < stop && last >= start && first < stop);
      }),
    );
  }
  let repeated: readonly Binding[] = Number(qualifier.times) > 0 ? bindings : [];
  for (let time = 1; time < Number(qualifier.times); time++) {
    repeated = pairs(repeated, bindings, seen, () => true);
  }
  return repeated;
}

function bindingsOf(expression: ObservationExpression, seen: readonly Seen[]): readonly Binding[] {
  let bindings: readonly Binding[];
  if (expression.kind === "observation") {
    const { comparison } = expression;
    const kind = comparison.kind === "test" ? Number(comparison.values[0]?.text) : 0;
    bindings = seen.flatMap(({ first, last, kinds }, place) =>
      kinds.includes(kind)
        ? [{ used: seen.map((_, other) => Number(other === place)), first, last }]
        : [],
    );
  } else {
    const { kind } = expression;
    bindings = expression.items
      .map((item) => bindingsOf(item, seen))
      .reduce((left, right) =>
        kind === "OR"
          ? distinct(left.concat(right))
          : pairs(left, right, seen, (a, b) => kind !== "FOLLOWEDBY" || a.first <= b.last),
      );
  }
  return expression.qualifiers.reduce<readonly Binding[]>(
    (found, qualifier) => qualifiedBindings(found, qualifier, seen),
    bindings,
  );
}

const second = fc.integer({ min: 0, max: 9 });
const seenOne: fc.Arbitrary<Seen> = fc
  .record({
    first: second,
    length: fc.constantFrom(0, 0, 1, 3),
    count: fc.integer({ min: 1, max: 2 }),
    kinds: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
  })
  .map(({ first, length, count, kinds }) => ({ first, last: first + length, count, kinds }));
const qualifier: fc.Arbitrary<Qualifier> = fc.oneof(
  fc
    .integer({ min: 0, max: 4 })
    .map((value): Qualifier => ({ kind: "WITHIN", seconds: String(value), offset: 0 })),
  fc
    .integer({ min: 1, max: 3 })
    .map((value): Qualifier => ({ kind: "REPEATS", times: String(value), offset: 0 })),
  fc.tuple(second, second).map(
    ([start, stop]): Qualifier => ({
      kind: "STARTSTOP",
      start: timestampOf(start),
      stop: timestampOf(stop),
      offset: 0,
    }),
  ),
);
const qualifiers = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(qualifier, { minLength: 1, maxLength: 2 }) },
);
const bracketed = fc.record({
  kind: fc.constant("observation" as const),
  comparison: fc.integer({ min: 1, max: 3 }).map((value) => ({
    kind: "test" as const,
    path: { type: "x", steps: ["k"], offset: 0, signed: false },
    negated: false,
    operator: "=" as const,
    values: [{ kind: "integer" as const, text: String(value), offset: 0 }],
    offset: 0,
  })),
  qualifiers,
});
const { expression } = fc.letrec<{ expression: ObservationExpression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    bracketed,
    fc.record({
      kind: fc.constantFrom("AND" as const, "OR" as const, "FOLLOWEDBY" as const),
      items: fc.array(tie("expression"), { minLength: 2, maxLength: 3 }),
      qualifiers,
    }),
    fc.record({
      kind: fc.constant("group" as const),
      items: fc.tuple(tie("expression")),
      qualifiers,
    }),
  ),
}));

/** The oracle's work grows with every instance that is used; larger expressions are left to other tests. */
function instancesOf(node: ObservationExpression): number {
  const inner =
    node.kind === "observation" ? 1 : node.items.reduce((sum, item) => sum + instancesOf(item), 0);
  return node.qualifiers.reduce(
    (count, each) => (each.kind === "REPEATS" ? count * Number(each.times) : count),
    inner,
  );
}

function observationOf({ first, last, count, kinds }: Seen): Observation {
  return {
    first_observed: timestampOf(first),
    last_observed: timestampOf(last),
    number_observed: count,
    objects: new Map(kinds.map((k) => [String(k), { type: "x", k }])),
  };
}

test("a binding is found exactly when the enumeration of all bindings has one", () => {
  let matches = 0;
  let runs = 0;
  fc.assert(
    fc.property(
      expression.filter((node) => instancesOf(node) <= 7),
      fc.array(seenOne, { minLength: 1, maxLength: 5 }),
      (node, seen) => {
        const expected = bindingsOf(node, seen).length > 0;
        const { match } = compilePattern({ expression: node }).matches(seen.map(observationOf));
        const plain = compilePattern(normalisePattern({ expression: node }));
        assert.equal(plain.matches(seen.map(observationOf)).match, expected, "normalised");
        matches += Number(expected);
        runs++;
        assert.equal(
          match,
          expected,
          `${printPattern({ expression: node })} ${JSON.stringify(seen)}`,
        );
      },
    ),
    { numRuns: 2000 },
  );
  // Both answers must have been judged often enough for the test to mean something.
  assert.ok(matches > runs / 20 && matches < (runs * 19) / 20, `${matches} of ${runs}`);
});
