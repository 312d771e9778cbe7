/**
 * How a constant of a pattern compares with a value of an observed object.
 *
 * @see STIX 2.1 §9.6.1: types that cannot be compared make every test false but `!=`
 */
import { isByteText, Octets, octetsOfBase64, octetsOfHex } from "./octets.ts";
import type { Literal } from "./pattern.ts";
import { compareTimestamps, isTimestamp } from "./timestamp.ts";

/** Negative, zero or positive as the value is less than, equal to or greater than the constant. */
export type Comparer = (value: unknown) => number | undefined;

/** A function that compares values with the constant, undefined where the types are incompatible. */
export function comparerOf(literal: Literal): Comparer {
  const { kind, text } = literal;
  switch (kind) {
    case "integer":
    case "float": {
      const number = Number(text);
      return (value) => (typeof value === "number" ? compareNumbers(value, number) : undefined);
    }
    case "boolean": {
      const truth = text === "true";
      return (value) => (typeof value === "boolean" ? Number(value) - Number(truth) : undefined);
    }
    case "string":
      return stringComparer(text);
    case "hex":
      return octetsComparer(octetsOfHex(text)?.octets);
    case "binary":
      return octetsComparer(octetsOfBase64(text)?.octets);
    case "timestamp":
      return (value) =>
        typeof value === "string" && isTimestamp(value)
          ? compareTimestamps(value, text)
          : undefined;
  }
}

/** Not a subtraction, because numbers of JSON can be too large for one. */
function compareNumbers(left: number, right: number): number {
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}

function stringComparer(text: string): Comparer {
  const isBytes = isByteText(text);
  return (value) => {
    if (typeof value === "string") {
      return compareCodePoints(value, text);
    }
    return isBytes && value instanceof Octets ? compareCodePoints(value.octets, text) : undefined;
  };
}

function octetsComparer(octets: string | undefined): Comparer {
  return (value) => {
    if (octets === undefined) {
      return undefined;
    }
    if (value instanceof Octets) {
      return compareCodePoints(value.octets, octets);
    }
    return typeof value === "string" && isByteText(value)
      ? compareCodePoints(value, octets)
      : undefined;
  };
}

/**
 * Orders two texts by code point. UTF-16 units order the same way, except that surrogates (characters beyond
 * U+FFFF) come before U+E000 to U+FFFF; lifting them above makes both orders one.
 */
function compareCodePoints(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const leftUnit = left.charCodeAt(at);
    const rightUnit = right.charCodeAt(at);
    if (leftUnit !== rightUnit) {
      return liftedSurrogate(leftUnit) - liftedSurrogate(rightUnit);
    }
  }
  return left.length - right.length;
}

function liftedSurrogate(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
