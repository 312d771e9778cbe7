/** Compares trees by what they mean to a reader of the grammar: everything but the offsets. */
import type {
  Comparison,
  Literal,
  ObjectPath,
  ObservationExpression,
  Pattern,
  Qualifier,
} from "./pattern.ts";

/** Whether two patterns have the same tree; offsets and signs of list indexes do not count. */
export function samePattern(left: Pattern, right: Pattern): boolean {
  return sameExpression(left.expression, right.expression);
}

function sameExpression(left: ObservationExpression, right: ObservationExpression): boolean {
  if (left.kind !== right.kind || !sameList(left.qualifiers, right.qualifiers, sameQualifier)) {
    return false;
  }
  if (left.kind === "observation" && right.kind === "observation") {
    return sameComparison(left.comparison, right.comparison);
  }
  const leftItems = left.kind === "observation" ? [] : left.items;
  const rightItems = right.kind === "observation" ? [] : right.items;
  return sameList(leftItems, rightItems, sameExpression);
}

/** Whether two comparisons have the same tree. */
export function sameComparison(left: Comparison, right: Comparison): boolean {
  if (left.kind === "test") {
    return (
      right.kind === "test" &&
      left.negated === right.negated &&
      left.operator === right.operator &&
      samePath(left.path, right.path) &&
      sameList(left.values, right.values, sameLiteral)
    );
  }
  if (left.kind === "exists") {
    return (
      right.kind === "exists" && left.negated === right.negated && samePath(left.path, right.path)
    );
  }
  return left.kind === right.kind && sameList(left.items, right.items, sameComparison);
}

function samePath(left: ObjectPath, right: ObjectPath): boolean {
  return left.type === right.type && sameList(left.steps, right.steps, Object.is);
}

/** Whether two constants have the same kind and text. */
export function sameLiteral(left: Literal, right: Literal): boolean {
  return left.kind === right.kind && left.text === right.text;
}

function sameQualifier(left: Qualifier, right: Qualifier): boolean {
  if (left.kind === "WITHIN") {
    return right.kind === "WITHIN" && left.seconds === right.seconds;
  }
  if (left.kind === "REPEATS") {
    return right.kind === "REPEATS" && left.times === right.times;
  }
  return right.kind === "STARTSTOP" && left.start === right.start && left.stop === right.stop;
}

function sameList<Item>(
  left: readonly Item[],
  right: readonly Item[],
  same: (left: Item, right: Item) => boolean,
): boolean {
  return (
    left.length === right.length &&
    left.every((item, place) => {
      const other = right[place];
      return other !== undefined && same(item, other);
    })
  );
}
