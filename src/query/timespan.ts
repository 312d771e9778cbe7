/**
 * The time range of a query request, ISO 8601:
 *
 *     timespan = duration / instant "/" instant / instant "/" duration / duration "/" instant
 *     duration = "P" [n "Y"] [n "M"] [n "W"] [n "D"] ["T" [n "H"] [n "M"] [n "S"]]
 *
 * A duration alone ends now. A year counts 365 days and a month 30, as in .NET. An instant without a zone is UTC.
 */

import { AppError } from "../wire/index.ts";

/** A range of time, both ends included; RFC 3339 in UTC. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

const MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;

/** Milliseconds of each part of a duration, in the order of the groups. */
const PART_MS: readonly number[] = [
  365 * MS.day,
  30 * MS.day,
  7 * MS.day,
  MS.day,
  MS.hour,
  MS.minute,
  MS.second,
];

const INSTANT =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i;

/** First and last instant that a datetime of the language holds. */
const INSTANT_MS_MIN = Date.parse("0001-01-01T00:00:00.000Z");
const INSTANT_MS_MAX = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * Reads a time range; null where none is asked for, which an empty text says, too.
 * @throws AppError `invalid_request` with the field `timespan`
 */
export function readTimespan(text: string | undefined, now: Date): TimeRange | null {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") {
    return null;
  }
  const [first = "", second, ...rest] = trimmed.split("/");
  if (rest.length > 0) {
    throw invalid(trimmed);
  }
  const [from, to] = endsOf(first, second, now) ?? [Number.NaN, Number.NaN];
  if (!isInstant(from) || !isInstant(to)) {
    throw invalid(trimmed);
  }
  if (from > to) {
    throw new AppError("invalid_request", `timespan '${trimmed}' ends before it begins.`, {
      field: "timespan",
    });
  }
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function endsOf(
  first: string,
  second: string | undefined,
  now: Date,
): readonly [from: number, to: number] | undefined {
  const firstMs = durationMs(first);
  if (second === undefined) {
    return firstMs === undefined ? undefined : [now.getTime() - firstMs, now.getTime()];
  }
  const secondMs = durationMs(second);
  if (firstMs !== undefined) {
    const to = instantMs(second);
    return secondMs === undefined ? [to - firstMs, to] : undefined;
  }
  const from = instantMs(first);
  return [from, secondMs === undefined ? instantMs(second) : from + secondMs];
}

function durationMs(text: string): number | undefined {
  const match = DURATION.exec(text.toUpperCase());
  return match === null
    ? undefined
    : PART_MS.reduce(
        (sum, ms, part) => sum + Number((match[part + 1] ?? "0").replace(",", ".")) * ms,
        0,
      );
}

function instantMs(text: string): number {
  const match = INSTANT.exec(text);
  if (match === null) {
    return Number.NaN;
  }
  const hasTime = /[T ]/i.test(text);
  return Date.parse(hasTime && match.groups?.["zone"] === undefined ? `${text}Z` : text);
}

function isInstant(ms: number): boolean {
  return ms >= INSTANT_MS_MIN && ms <= INSTANT_MS_MAX;
}

function invalid(text: string): AppError {
  return new AppError(
    "invalid_request",
    `timespan '${text.slice(0, 100)}' is no ISO 8601 duration (P1D, PT12H) and no range (start/end, start/duration, duration/end).`,
    { field: "timespan" },
  );
}
