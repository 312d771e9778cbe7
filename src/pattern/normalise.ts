/**
 * Rewrites a tree into its plain form, in which patterns that differ only in spelling become the same text.
 *
 * What matches before matches after, with one intended exception: mis-spelt hash algorithms and digests in
 * capitals, which match nothing that is written by the book, get the spelling that does.
 */
import { canonicalNumber, canonicalPath, canonicalValue } from "./canonical.ts";
import { hashAlgorithmAt } from "./check.ts";
import type {
  Comparison,
  ComparisonJoin,
  Literal,
  ObservationExpression,
  ObservationJoin,
  Operator,
  Pattern,
  Qualifier,
  Test,
} from "./pattern.ts";
import { sameComparison, sameLiteral } from "./same.ts";

/** Longer lists are left with their repetitions, as finding them compares every pair. */
const DEDUPLICATED_MAX = 64;

/** NOT before an operator, where another operator says the same, also of values of another type. */
const OPPOSITES: Readonly<Partial<Record<Operator, Operator>>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  ">": "<=",
  "<=": ">",
  ">=": "<",
};

/**
 * Rewrites a pattern into its plain form: joins flattened, repetitions in one comparison dropped, NOT folded
 * into its operator, one-member sets as equality, numbers and hexadecimal in their shortest form, hash
 * algorithms spelt as the vocabulary does and hexadecimal digests in lower case.
 */
export function normalisePattern(pattern: Pattern): Pattern {
  return { expression: normaliseExpression(pattern.expression) };
}

function normaliseExpression(expression: ObservationExpression): ObservationExpression {
  const qualifiers = expression.qualifiers.map(normaliseQualifier);
  if (expression.kind === "observation") {
    return { ...expression, comparison: normaliseComparison(expression.comparison), qualifiers };
  }
  if (expression.kind === "group") {
    return { ...expression, items: [normaliseExpression(expression.items[0])], qualifiers };
  }
  const items = expression.items.flatMap((item) => spread(normaliseExpression(item), expression));
  return { ...expression, items, qualifiers };
}

/** The operands of an unqualified join of the same kind, which needs no parentheses; else the item itself. */
function spread(
  item: ObservationExpression,
  outer: ObservationJoin,
): readonly ObservationExpression[] {
  return item.kind === outer.kind && item.qualifiers.length === 0
    ? (item as ObservationJoin).items
    : [item];
}

function normaliseComparison(comparison: Comparison): Comparison {
  if (comparison.kind === "test") {
    return normaliseTest(comparison);
  }
  if (comparison.kind === "exists") {
    return { ...comparison, path: canonicalPath(comparison.path) };
  }
  const { kind } = comparison;
  const items = withoutRepetitions(
    comparison.items.flatMap((item) => {
      const plain = normaliseComparison(item);
      return plain.kind === kind ? (plain as ComparisonJoin).items : [plain];
    }),
    sameComparison,
  );
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind, items };
}

function normaliseTest(test: Test): Test {
  const path = canonicalPath(test.path);
  const values = withoutRepetitions(
    test.values.map((literal) => normaliseLiteral(test, literal)),
    sameLiteral,
  );
  const operator = test.operator === "IN" && values.length === 1 ? "=" : test.operator;
  const opposite = test.negated ? OPPOSITES[operator] : undefined;
  return opposite === undefined
    ? { ...test, path, values, operator }
    : { ...test, path, values, operator: opposite, negated: false };
}

/** Strings other than whole digests stay as they are: comparison is character by character. */
function normaliseLiteral(test: Test, literal: Literal): Literal {
  const { kind, offset } = literal;
  if (kind === "integer" || kind === "float") {
    const text = canonicalNumber(literal.text);
    return { kind: text.includes(".") ? "float" : "integer", text, offset };
  }
  const isEquality = test.operator === "=" || test.operator === "!=" || test.operator === "IN";
  const isDigest = kind === "string" && isEquality && hashAlgorithmAt(test.path) !== undefined;
  return kind === "hex" || isDigest
    ? { ...literal, text: canonicalValue(test.path, literal) }
    : literal;
}

function normaliseQualifier(qualifier: Qualifier): Qualifier {
  switch (qualifier.kind) {
    case "WITHIN":
      return { ...qualifier, seconds: canonicalNumber(qualifier.seconds) };
    case "REPEATS":
      return { ...qualifier, times: canonicalNumber(qualifier.times) };
    case "STARTSTOP":
      return qualifier;
  }
}

function withoutRepetitions<Item>(
  items: readonly Item[],
  same: (left: Item, right: Item) => boolean,
): readonly Item[] {
  if (items.length > DEDUPLICATED_MAX) {
    return items;
  }
  return items.filter((item, place) => items.findIndex((other) => same(other, item)) === place);
}
