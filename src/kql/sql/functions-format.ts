/**
 * Instants, spans and sizes as text by a format that the query gives as a constant: `format_datetime`,
 * `format_timespan`, `format_bytes`.
 */

import { argument, certain, constantText } from "./build.ts";
import { conversion } from "./convert.ts";
import { ticksOf } from "./functions-arithmetic.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Longest format that is read; the documented ones have a few dozen characters. */
const FORMAT_LENGTH_MAX = 200;

/** Emitters of the functions that write with a format. */
export const FORMATS: Readonly<Record<string, Emitter>> = Object.freeze({
  format_datetime: formatDatetime,
  format_timespan: formatTimespan,
  format_bytes: formatBytes,
});

/** Letters of a format and the longest run of each that means something. */
const DATETIME_LETTERS = /^(?:y{1,4}|M{1,2}|d{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|tt)/;
const TIMESPAN_LETTERS = /^(?:d{1,8}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7})/;
/** Characters that stand for themselves. */
const DELIMITERS = /^[ /\-:,._[\]]+/;

/** What strftime calls the letters of the language. */
const STRFTIME: Readonly<Record<string, string>> = Object.freeze({
  yyyy: "%Y",
  yy: "%y",
  y: "%-y",
  MM: "%m",
  M: "%-m",
  dd: "%d",
  d: "%-d",
  HH: "%H",
  H: "%-H",
  hh: "%I",
  h: "%-I",
  mm: "%M",
  m: "%-M",
  ss: "%S",
  s: "%-S",
  tt: "%p",
});

/** The parts of a format in order: runs of letters, and literal text in quotes. @throws KqlRefusal for other characters */
function tokens(site: CallSite, letters: RegExp): readonly string[] {
  const format = constantText(site, 1);
  if (format.length > FORMAT_LENGTH_MAX) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      `the format of ${site.name}() may have ${FORMAT_LENGTH_MAX} characters`,
      site.span,
    );
  }
  const found: string[] = [];
  for (let rest = format; rest !== ""; ) {
    const letter = letters.exec(rest)?.[0];
    const delimiter = DELIMITERS.exec(rest)?.[0];
    const token = letter ?? delimiter;
    if (token === undefined) {
      throw new KqlRefusal(
        "KQL_ARGUMENT",
        `${site.name}() does not know '${rest[0]}' in the format '${format}'`,
        site.span,
      );
    }
    found.push(letter === undefined ? quoteText(token) : token);
    rest = rest.slice(token.length);
  }
  return found;
}

/** Pieces of text one after the other; nothing for null. */
function joined(pieces: readonly string[]): string {
  return pieces.length === 0 ? "''" : `coalesce(${pieces.join(" || ")}, '')`;
}

function formatDatetime(site: CallSite): SqlExpr {
  const instant = conversion(argument(site, 0), "datetime", site.span);
  const parts = tokens(site, DATETIME_LETTERS);
  const sql = once([instant, ticksOf(instant)], (t = "", ticks = "") =>
    joined(
      parts.map((token) => {
        const directive = STRFTIME[token === "yyy" ? "yy" : token];
        if (directive !== undefined) {
          const text = `strftime(${t}, '${directive}')`;
          return token === "yyy" ? `${text} || strftime(${t}, '%-y')` : text;
        }
        return fraction(token, `format('{:07d}', ${ticks} % 10000000)`);
      }),
    ),
  );
  return certain(sql, "string");
}

/** `f` writes that many digits of the second's fraction, `F` the same without zeros at the end. */
function fraction(token: string, digits: string): string {
  if (token.startsWith("f")) {
    return `left(${digits}, ${token.length})`;
  }
  return token.startsWith("F") ? `rtrim(left(${digits}, ${token.length}), '0')` : token;
}

/** The units of a span: ticks of one, and how many make the next. */
const SPAN_UNITS: Readonly<Record<string, readonly [string, string | null]>> = Object.freeze({
  d: ["864000000000", null],
  h: ["36000000000", "24"],
  H: ["36000000000", "24"],
  m: ["600000000", "60"],
  s: ["10000000", "60"],
});

function formatTimespan(site: CallSite): SqlExpr {
  const span = conversion(argument(site, 0), "timespan", site.span);
  const parts = tokens(site, TIMESPAN_LETTERS);
  const sql = once([span], (n = "") =>
    joined(
      [
        `CASE WHEN ${n} < 0 THEN '-' ELSE '' END`,
        ...parts.map((token) => {
          const unit = SPAN_UNITS[token[0] ?? ""];
          if (unit === undefined) {
            return fraction(token, `format('{:07d}', abs(${n} % 10000000))`);
          }
          const [ticks, next] = unit;
          const whole = `abs(${n} // ${ticks}${next === null ? "" : ` % ${next}`})`;
          return `format('{:0${token.length}d}', ${whole})`;
        }),
      ].map((piece) => (piece.startsWith("CASE") ? `(${piece})` : piece)),
    ),
  );
  return certain(sql, "string");
}

const BYTE_UNITS: readonly string[] = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
const BYTES_STEP = 1024;
/** As many digits after the point as a real can carry. */
const PRECISION_MAX = 15;

/** A count of bytes in the largest unit that leaves at least one, or in the unit asked for. */
function formatBytes(site: CallSite): SqlExpr {
  const size = conversion(argument(site, 0), "real", site.span);
  const precision = wholePrecision(site);
  const wanted = site.args[2] === undefined ? null : constantText(site, 2).toUpperCase();
  const index = BYTE_UNITS.indexOf(wanted ?? "");
  if (wanted !== null && index < 0) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      `'${wanted}' is no unit of format_bytes(); it knows ${BYTE_UNITS.join(", ")}`,
      site.span,
    );
  }
  const scaled = (x: string, step: number): string => {
    const number = `format('{:.${precision}f}', round(${x} / ${BYTES_STEP ** step}, ${precision}))`;
    const trimmed = precision === 0 ? number : `rtrim(rtrim(${number}, '0'), '.')`;
    return `${trimmed} || ' ${BYTE_UNITS[step]}'`;
  };
  const sql = once([size], (x = "") => {
    if (index >= 0) {
      return `coalesce(${scaled(x, index)}, '')`;
    }
    const branches = BYTE_UNITS.slice(0, -1).map(
      (_, step) => `WHEN abs(${x}) < ${BYTES_STEP ** (step + 1)}::DOUBLE THEN ${scaled(x, step)}`,
    );
    return `coalesce(CASE ${branches.join(" ")} ELSE ${scaled(x, BYTE_UNITS.length - 1)} END, '')`;
  });
  return certain(sql, "string");
}

function wholePrecision(site: CallSite): number {
  const literal = site.args[1]?.literal;
  if (site.args[1] === undefined) {
    return 0;
  }
  const digits = Number(literal?.value ?? Number.NaN);
  if (!Number.isInteger(digits) || digits < 0 || digits > PRECISION_MAX) {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      `the precision of format_bytes() has to be a constant from 0 to ${PRECISION_MAX}`,
      site.span,
    );
  }
  return digits;
}
