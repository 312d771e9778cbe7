/**
 * Timestamps of patterns and observed objects: `YYYY-MM-DDTHH:mm:ss[.s+]Z`, at whatever precision they are
 * written. Nothing goes through Date, which would cut the fraction at milliseconds.
 */
import { isDigit } from "./characters.ts";

/** Where the two-digit fields stand, and the greatest value of each; 60 seconds is a leap second. */
const FIELDS: readonly (readonly [start: number, min: number, max: number])[] = [
  [5, 1, 12],
  [8, 1, 31],
  [11, 0, 23],
  [14, 0, 59],
  [17, 0, 60],
];
const SEPARATORS: readonly (readonly [place: number, code: number])[] = [
  [4, 0x2d],
  [7, 0x2d],
  [10, 0x54],
  [13, 0x3a],
  [16, 0x3a],
];
const WHOLE_SECONDS_LENGTH = 19;

/** Whether the text has the form and its fields are in range; the calendar is another question. */
export function isTimestamp(text: string): boolean {
  const last = text.length - 1;
  if (last < WHOLE_SECONDS_LENGTH || text.charCodeAt(last) !== 0x5a) {
    return false;
  }
  if (SEPARATORS.some(([place, code]) => text.charCodeAt(place) !== code)) {
    return false;
  }
  for (let at = 0; at < 4; at++) {
    if (!isDigit(text.charCodeAt(at))) {
      return false;
    }
  }
  for (const [start, min, max] of FIELDS) {
    const value = twoDigits(text, start);
    if (value < min || value > max) {
      return false;
    }
  }
  return last === WHOLE_SECONDS_LENGTH || isFraction(text, WHOLE_SECONDS_LENGTH, last);
}

/** Whether a text that isTimestamp accepts names a day of the Gregorian calendar. */
export function isCalendarDay(timestamp: string): boolean {
  const year = Number(timestamp.slice(0, 4));
  const month = twoDigits(timestamp, 5);
  return twoDigits(timestamp, 8) <= daysIn(year, month);
}

/**
 * Orders two instants: negative, zero or positive.
 * The fields have fixed widths, so text order is time order; fractions count as if padded with zeros.
 */
export function compareTimestamps(left: string, right: string): number {
  for (let at = 0; at < WHOLE_SECONDS_LENGTH; at++) {
    const difference = left.charCodeAt(at) - right.charCodeAt(at);
    if (difference !== 0) {
      return difference;
    }
  }
  const length = Math.max(left.length, right.length) - 1;
  for (let at = WHOLE_SECONDS_LENGTH + 1; at < length; at++) {
    const difference = fractionDigit(left, at) - fractionDigit(right, at);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** The digit at a place of the fraction, zero beyond its end. */
function fractionDigit(timestamp: string, at: number): number {
  return at < timestamp.length - 1 ? timestamp.charCodeAt(at) - 0x30 : 0;
}

function isFraction(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) !== 0x2e || end === start + 1) {
    return false;
  }
  for (let at = start + 1; at < end; at++) {
    if (!isDigit(text.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

/** The value of two digits, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : -1;
}

function daysIn(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Digits of a second that instants keep as integers: far finer than any clock. Further digits are cut. */
const FRACTION_DIGITS = 30;
const DAYS_PER_400_YEARS = 146_097n;

/** The instant as an integer number of 10^-30 seconds, for arithmetic; the text must satisfy isTimestamp. */
export function ticksOf(timestamp: string): bigint {
  const days = dayNumber(
    Number(timestamp.slice(0, 4)),
    twoDigits(timestamp, 5),
    twoDigits(timestamp, 8),
  );
  const minutes = (days * 24n + BigInt(twoDigits(timestamp, 11))) * 60n;
  const seconds =
    (minutes + BigInt(twoDigits(timestamp, 14))) * 60n + BigInt(twoDigits(timestamp, 17));
  return ticksOfSeconds(`${seconds}.${timestamp.slice(WHOLE_SECONDS_LENGTH + 1, -1)}`);
}

/** A number of seconds such as `5`, `.5` or `1.25` in the same unit; without a minus sign. */
export function ticksOfSeconds(seconds: string): bigint {
  const [whole = "", fraction = ""] = seconds.replace("+", "").split(".");
  return BigInt(whole + fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, "0"));
}

/** Days since 1 March of year 0 in the Gregorian calendar, whose years here begin in March. */
function dayNumber(year: number, month: number, day: number): bigint {
  const isEarly = month < 3;
  const marchYear = isEarly ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (isEarly ? 9 : -3)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return BigInt(era) * DAYS_PER_400_YEARS + BigInt(yearOfEra * 365 + leapDays + dayOfYear);
}
