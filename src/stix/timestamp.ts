/**
 * Timestamps as text, at any precision: reading, converting to UTC and comparing without `Date`, which
 * cuts at milliseconds.
 *
 *   strict  = 4DIGIT "-" 2DIGIT "-" 2DIGIT "T" 2DIGIT ":" 2DIGIT ":" 2DIGIT [ "." 1*DIGIT ] "Z"
 *   lenient = as strict, but "T" may be "t" or a space, and "Z" may be "z", an offset or nothing (UTC)
 *   offset  = ( "+" / "-" ) 2DIGIT ":" 2DIGIT
 *
 * A leap second (…:60) is a real time. STIX 2.1 §2.16; RFC 3339 §5.6.
 */

const ZERO = 48;
const SECONDS_END = 19;
const DAYS_IN_MONTH: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const HOUR_MAX = 23;
const MINUTE_MAX = 59;
const LEAP_SECOND = 60;
const MINUTES_A_DAY = 1_440;

/** Stands for no number: so low that no sum with it is a date or a time. */
const NO_NUMBER = -1_000_000;

/** Two digits as a number, or `NO_NUMBER`. Whole numbers only: NaN would make every caller slower. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_NUMBER;
}

/** A number from 0 to `max`. */
function isUpTo(max: number, value: number): boolean {
  return value >= 0 && value <= max;
}

function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) {
    return 0;
  }
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/** Whether the first 19 characters are a real date and time, whatever stands between the two. */
function isCalendar(text: string): boolean {
  const year = two(text, 0) * 100 + two(text, 2);
  const day = two(text, 8);
  return (
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 &&
    year >= 0 &&
    day >= 1 &&
    day <= daysIn(year, two(text, 5)) &&
    isUpTo(HOUR_MAX, two(text, 11)) &&
    isUpTo(MINUTE_MAX, two(text, 14)) &&
    isUpTo(LEAP_SECOND, two(text, 17))
  );
}

/** The end of the fraction that may follow the seconds: 19 without one, -1 where it is malformed. */
function fractionEnd(text: string): number {
  if (text.charCodeAt(SECONDS_END) !== 46) {
    return SECONDS_END;
  }
  let end = SECONDS_END + 1;
  while (end < text.length && isUpTo(9, text.charCodeAt(end) - ZERO)) {
    end += 1;
  }
  return end === SECONDS_END + 1 ? -1 : end;
}

/** Whether a text is a timestamp exactly as the standard writes it. @see STIX 2.1 §2.16 */
export function isTimestamp(text: string): boolean {
  if (text.length <= SECONDS_END) {
    return false;
  }
  const end = fractionEnd(text);
  return (
    end === text.length - 1 &&
    text.charCodeAt(end) === 90 &&
    text.charCodeAt(10) === 84 &&
    isCalendar(text)
  );
}

/** Number of fraction digits of a timestamp in strict or lenient form. */
export function fractionDigits(text: string): number {
  const end = fractionEnd(text);
  return end <= SECONDS_END ? 0 : end - SECONDS_END - 1;
}

/**
 * Reads a timestamp in lenient form and returns it in strict form, with as many fraction digits; a missing
 * zone counts as UTC. Undefined where it is no real date and time.
 */
export function normaliseTimestamp(text: string): string | undefined {
  if (isTimestamp(text)) {
    return text;
  }
  const end = fractionEnd(text);
  const separator = text.charCodeAt(10) | 32;
  if (end < 0 || (separator !== 116 && separator !== 32) || !isCalendar(text)) {
    return undefined;
  }
  // The bitwise or folds the letter's case and also maps NUL to a space, which is no separator.
  if (text.charCodeAt(10) === 0) {
    return undefined;
  }
  const offsetMinutes = readOffset(text, end);
  if (offsetMinutes === undefined) {
    return undefined;
  }
  const local = `${text.slice(0, 10)}T${text.slice(11, end)}`;
  return offsetMinutes === 0 ? `${local}Z` : shift(local, -offsetMinutes);
}

/**
 * A timestamp that `normaliseTimestamp` can read, in strict form. Looks at two characters only where
 * that is enough: the other forms differ from the strict one in the separator or at the end.
 */
export function strictForm(readable: string): string {
  const isStrict =
    readable.charCodeAt(10) === 84 && readable.charCodeAt(readable.length - 1) === 90;
  return isStrict ? readable : (normaliseTimestamp(readable) ?? readable);
}

/** Minutes east of UTC that the rest of the text says; undefined where it says nothing readable. */
function readOffset(text: string, from: number): number | undefined {
  const rest = text.slice(from);
  if (rest === "" || rest === "Z" || rest === "z") {
    return 0;
  }
  const hours = two(rest, 1);
  const minutes = two(rest, 4);
  const isOffset =
    rest.length === 6 &&
    (rest[0] === "+" || rest[0] === "-") &&
    rest[3] === ":" &&
    isUpTo(HOUR_MAX, hours) &&
    isUpTo(MINUTE_MAX, minutes);
  if (!isOffset) {
    return undefined;
  }
  return (rest[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** Moves a local time by less than a day; undefined beyond the years 0000 to 9999. */
function shift(local: string, byMinutes: number): string | undefined {
  let year = two(local, 0) * 100 + two(local, 2);
  let month = two(local, 5);
  let day = two(local, 8);
  let minutes = two(local, 11) * 60 + two(local, 14) + byMinutes;
  if (minutes < 0) {
    minutes += MINUTES_A_DAY;
    day -= 1;
  } else if (minutes >= MINUTES_A_DAY) {
    minutes -= MINUTES_A_DAY;
    day += 1;
  }
  if (day < 1) {
    month -= 1;
    year = month < 1 ? year - 1 : year;
    month = month < 1 ? 12 : month;
    day = daysIn(year, month);
  } else if (day > daysIn(year, month)) {
    day = 1;
    month += 1;
    year = month > 12 ? year + 1 : year;
    month = month > 12 ? 1 : month;
  }
  if (year < 0 || year > 9_999) {
    return undefined;
  }
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return `${date}T${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}${local.slice(16)}Z`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

/**
 * Compares two timestamps in strict form, exactly at any precision: negative, zero or positive as `left`
 * is before, at or after `right`.
 */
export function compareTimestamps(left: string, right: string): number {
  for (let at = 0; at < SECONDS_END; at += 1) {
    const difference = left.charCodeAt(at) - right.charCodeAt(at);
    if (difference !== 0) {
      return difference;
    }
  }
  const end = Math.max(left.length, right.length) - 1;
  for (let at = SECONDS_END + 1; at < end; at += 1) {
    const difference = fractionDigit(left, at) - fractionDigit(right, at);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** The digit at this place; zero past the last one. */
function fractionDigit(text: string, at: number): number {
  return at < text.length - 1 ? text.charCodeAt(at) - ZERO : 0;
}
