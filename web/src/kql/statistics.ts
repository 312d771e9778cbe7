/** What a column of an answer holds, in figures. */
import { type Column, compareValues, isNumeric, type Row, textOfValue } from "./answer.ts";

/** The figures; those that a type has none of are null. */
export interface ColumnStatistics {
  readonly count: number;
  /** Null or empty. */
  readonly missing: number;
  readonly distinct: number;
  readonly min: string | null;
  readonly max: string | null;
  readonly sum: number | null;
  readonly average: number | null;
  /** The most frequent values. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
}

const TOP_MAX = 5;
/** Types that are ordered; a member of another one is neither first nor last. */
const ORDERED: ReadonlySet<string> = new Set(["datetime", "timespan", "string", "guid"]);

/** The figures of a column over all rows that are shown. */
export function statisticsOf({ type }: Column, rows: readonly Row[], at: number): ColumnStatistics {
  const all = rows.map((row) => row[at]);
  const values = all.filter((value) => value !== null && value !== undefined && value !== "");
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = textOfValue(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const numbers = isNumeric(type) ? values.map(Number).filter(Number.isFinite) : [];
  const sum = numbers.reduce((total, value) => total + value, 0);
  const sorted =
    isNumeric(type) || ORDERED.has(type)
      ? values.toSorted((first, second) => compareValues(first, second, type))
      : [];
  return {
    count: all.length,
    missing: all.length - values.length,
    distinct: counts.size,
    min: sorted.length === 0 ? null : textOfValue(sorted[0]),
    max: sorted.length === 0 ? null : textOfValue(sorted.at(-1)),
    sum: numbers.length === 0 ? null : sum,
    average: numbers.length === 0 ? null : sum / numbers.length,
    top: [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((first, second) => second.count - first.count)
      .slice(0, TOP_MAX),
  };
}
