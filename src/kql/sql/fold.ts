/**
 * Arithmetic between constants, done while the query is compiled: a size such as `2 * 30m` stays a constant, which
 * several functions need, and constants keep the seventh digit of a second that stored instants do not have.
 */
import type { LiteralExpr } from "../ir.ts";
import type { KqlType } from "../types.ts";

const INSTANT_MAX = 3_155_378_975_999_999_999n;
const LONG_BITS = 64;

/** The value of `left operator right`, or `null` when it has to be computed in the database. */
export function foldedLiteral(
  operator: string,
  left: LiteralExpr,
  right: LiteralExpr,
): LiteralExpr | null {
  const [a, b] = [wholeOf(left), wholeOf(right)];
  if (a === null || b === null) {
    return null;
  }
  const fold = FOLDS[`${kindOf(left)} ${operator} ${kindOf(right)}`];
  const result = fold?.(a, b);
  return result === undefined || result === null ? null : { kind: "literal", ...result };
}

interface Folded {
  readonly type: KqlType;
  readonly value: string | null;
}

type Fold = (a: bigint, b: bigint) => Folded | null;

const FOLDS: Readonly<Record<string, Fold>> = Object.freeze({
  "instant + span": (a, b) => instant(a + b),
  "span + instant": (a, b) => instant(a + b),
  "instant - span": (a, b) => instant(a - b),
  "instant - instant": (a, b) => span(a - b),
  "span + span": (a, b) => span(a + b),
  "span - span": (a, b) => span(a - b),
  "span * number": (a, b) => span(a * b),
  "number * span": (a, b) => span(a * b),
  "span / number": (a, b) => (b === 0n ? null : span(a / b)),
  "number + number": (a, b) => number(a + b),
  "number - number": (a, b) => number(a - b),
  "number * number": (a, b) => number(a * b),
  "number / number": (a, b) => (b === 0n ? null : number(a / b)),
});

function kindOf({ type }: LiteralExpr): string {
  return type === "datetime" ? "instant" : type === "timespan" ? "span" : "number";
}

function wholeOf({ type, value }: LiteralExpr): bigint | null {
  const isWhole = type === "datetime" || type === "timespan" || type === "long" || type === "int";
  return isWhole && value !== null ? BigInt(value) : null;
}

/** Outside of the calendar there is null. */
function instant(ticks: bigint): Folded {
  return { type: "datetime", value: ticks >= 0n && ticks <= INSTANT_MAX ? String(ticks) : null };
}

function span(ticks: bigint): Folded {
  return {
    type: "timespan",
    value: BigInt.asIntN(LONG_BITS, ticks) === ticks ? String(ticks) : null,
  };
}

/** Whole numbers wrap. */
function number(whole: bigint): Folded {
  return { type: "long", value: String(BigInt.asIntN(LONG_BITS, whole)) };
}
