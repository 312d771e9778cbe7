/** Whether the rows of an answer are those that were expected. */
import type { KqlColumn } from "../src/kql/index.ts";

type Rows = readonly (readonly unknown[])[];

/** How rows are compared. */
export interface RowComparison {
  readonly columns: readonly KqlColumn[];
  /** False to compare as multisets. */
  readonly ordered: boolean;
}

/** Relative difference up to which two reals are the same. */
const REAL_TOLERANCE = 1e-9;

/** Compares rows; reals by value, instants at microseconds, dynamics by their structure. */
export function sameRows(expected: Rows, got: Rows, { columns, ordered }: RowComparison): boolean {
  if (expected.length !== got.length) {
    return false;
  }
  const sameRow = (a: readonly unknown[], b: readonly unknown[]): boolean =>
    a.length === b.length && a.every((cell, index) => sameCell(cell, b[index], columns[index]));
  if (ordered) {
    return expected.every((row, index) => sameRow(row, got[index] ?? []));
  }
  const left = [...got];
  return expected.every((row) => {
    const found = left.findIndex((candidate) => sameRow(row, candidate));
    if (found >= 0) {
      left.splice(found, 1);
    }
    return found >= 0;
  });
}

function sameCell(expected: unknown, got: unknown, column: KqlColumn | undefined): boolean {
  const type = column?.type;
  if (type === "guid" && typeof expected === "string") {
    return expected.replaceAll("'", "") === got;
  }
  if (type === "datetime" && typeof expected === "string" && typeof got === "string") {
    return toMicros(expected) === toMicros(got);
  }
  return sameValue(expected, got);
}

function toMicros(iso: string): string {
  return iso.replace(/(\.\d{6})\d*Z$/, "$1Z");
}

function sameValue(expected: unknown, got: unknown): boolean {
  if (typeof expected === "number" || typeof got === "number") {
    return sameNumber(expected, got);
  }
  if (Array.isArray(expected) && Array.isArray(got)) {
    return (
      expected.length === got.length &&
      expected.every((element, index) => sameValue(element, got[index]))
    );
  }
  if (isObject(expected) && isObject(got)) {
    const keys = Object.keys(expected);
    return (
      keys.length === Object.keys(got).length &&
      keys.every((key) => Object.hasOwn(got, key) && sameValue(expected[key], got[key]))
    );
  }
  if (
    typeof expected === "string" &&
    typeof got === "string" &&
    /^\d{4}-\d\d-\d\dT/.test(expected)
  ) {
    return toMicros(expected) === toMicros(got);
  }
  return expected === got;
}

/** A long beyond 2^53 is a text in the corpus or in the answer. */
function sameNumber(expected: unknown, got: unknown): boolean {
  const isNumeric = (value: unknown): boolean =>
    typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value));
  if (!isNumeric(expected) || !isNumeric(got)) {
    return false;
  }
  const [a, b] = [Number(expected), Number(got)];
  return a === b || Math.abs(a - b) <= REAL_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
