/**
 * Literals of the language read from their text. The official parser's own values are not used: as transpiled it reads
 * `0x1F` and `time(1.02:03:04)` as zero.
 */
import type { LiteralExpr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlType } from "../types.ts";

const TICKS_PER_MILLISECOND = 10_000n;
const TICKS_PER_SECOND = 10_000_000n;
/** Ticks from 0001-01-01 to 1970-01-01. */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const LONG_MAX = 2n ** 63n - 1n;
const INT_MAX = 2n ** 31n - 1n;

/** Ticks of one unit, by every spelling of a timespan literal's unit. */
const UNIT_TICKS: Readonly<Record<string, bigint>> = Object.freeze({
  ...spellings(["d", "day", "days"], 864_000_000_000n),
  ...spellings(["h", "hr", "hrs", "hour", "hours"], 36_000_000_000n),
  ...spellings(["m", "min", "minute", "minutes"], 600_000_000n),
  ...spellings(["s", "sec", "second", "seconds"], TICKS_PER_SECOND),
  ...spellings(
    ["ms", "milli", "millis", "millisec", "millisecond", "milliseconds"],
    TICKS_PER_MILLISECOND,
  ),
  ...spellings(["micro", "micros", "microsec", "microsecond", "microseconds"], 10n),
  ...spellings(["nano", "nanos", "nanosec", "nanosecond", "nanoseconds"], 0n),
  ...spellings(["tick", "ticks"], 1n),
});

function spellings(names: readonly string[], ticks: bigint): Record<string, bigint> {
  return Object.fromEntries(names.map((name) => [name, ticks]));
}

const TYPE_OF_KIND: Readonly<Record<string, KqlType>> = Object.freeze({
  BooleanLiteralExpression: "bool",
  IntLiteralExpression: "int",
  LongLiteralExpression: "long",
  RealLiteralExpression: "real",
  DecimalLiteralExpression: "decimal",
  DateTimeLiteralExpression: "datetime",
  TimespanLiteralExpression: "timespan",
  GuidLiteralExpression: "guid",
  RawGuidLiteralExpression: "guid",
  StringLiteralExpression: "string",
  CompoundStringLiteralExpression: "string",
});

/** The literal of a node, or `undefined` when the node is none. @throws KqlRefusal for a value out of range */
export function literalOf(node: SyntaxNode): LiteralExpr | undefined {
  if (node.kind === "DynamicExpression") {
    return dynamicLiteral(node);
  }
  const type = TYPE_OF_KIND[node.kind];
  const text = node.literal?.valueText;
  if (type === undefined || text === undefined) {
    return undefined;
  }
  if (type === "string") {
    return { kind: "literal", type, value: text };
  }
  const value = text.trim() === "null" || text.trim() === "" ? null : READERS[type](text.trim());
  if (value === undefined) {
    throw new KqlRefusal("KQL_LITERAL", `${text} is not a value of type ${type}`, node.span);
  }
  return { kind: "literal", type, value };
}

type Reader = (text: string) => string | number | boolean | null | undefined;

const READERS: Readonly<Record<Exclude<KqlType, "string">, Reader>> = Object.freeze({
  bool: readBool,
  int: (text) => readWhole(text, INT_MAX),
  long: (text) => readWhole(text, LONG_MAX),
  real: readReal,
  decimal: readDecimal,
  datetime: (text) => readDatetime(text),
  timespan: readTimespan,
  guid: (text) => text.replaceAll(/["'{}]/g, "").toLowerCase(),
  dynamic: (text) => text,
});

function readBool(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") {
    return lower === "true";
  }
  return /^[+-]?\d+$/.test(text) ? BigInt(text) !== 0n : undefined;
}

function readWhole(text: string, max: bigint): string | number | undefined {
  const parts = /^([+-]?)\s*(0[xX][\da-fA-F]+|\d+)$/.exec(text);
  if (parts === null) {
    return undefined;
  }
  const magnitude = BigInt(parts[2] ?? "0");
  const whole = parts[1] === "-" ? -magnitude : magnitude;
  // Hexadecimal digits spell the bits, the sign bit included.
  const bits = /^0x/i.test(parts[2] ?? "") && whole > max ? whole - (max + 1n) * 2n : whole;
  if (bits > max || bits < -max - 1n) {
    return undefined;
  }
  return max === INT_MAX ? Number(bits) : bits.toString();
}

function readReal(text: string): number | undefined {
  const word = text.toLowerCase().replaceAll(/\s/g, "");
  if (word === "nan") {
    return Number.NaN;
  }
  if (/^[+-]?inf(inity)?$/.test(word)) {
    return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const value = Number(word.replace(/^0x/, "0x"));
  return word === "" || Number.isNaN(value) ? undefined : value;
}

function readDecimal(text: string): string | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? text : undefined;
}

/**
 * A timespan: a number with a unit (`1.5h`), a number of days, or `[-][days.]hours:minutes[:seconds[.fraction]]`.
 */
export function readTimespan(text: string): string | undefined {
  const bare = text.replace(/^(['"])(.*)\1$/, "$2");
  const unit = /^([+-]?)(\d+)(?:\.(\d+))?\s*([a-z]*)$/i.exec(bare);
  if (unit !== null) {
    const [, sign = "", whole = "0", fraction = "", name = ""] = unit;
    const ticks = name === "" ? UNIT_TICKS["d"] : UNIT_TICKS[name.toLowerCase()];
    if (ticks === undefined) {
      return undefined;
    }
    return signed(sign, BigInt(whole) * ticks + fractionOf(fraction, ticks));
  }
  const clock = /^([+-]?)(?:(\d+)\.)?(\d+):(\d+)(?::(\d+)(?:\.(\d{1,7}))?)?$/.exec(bare);
  if (clock === null) {
    return undefined;
  }
  const [, sign = "", days = "0", hours = "0", minutes = "0", seconds = "0", fraction = ""] = clock;
  if (Number(minutes) > 59 || Number(seconds) > 59) {
    return undefined;
  }
  const whole =
    ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  return signed(sign, whole * TICKS_PER_SECOND + BigInt(fraction.padEnd(7, "0")));
}

function signed(sign: string, ticks: bigint): string {
  return (sign === "-" ? -ticks : ticks).toString();
}

function fractionOf(digits: string, unit: bigint): bigint {
  return digits === "" ? 0n : (BigInt(digits) * unit) / 10n ** BigInt(digits.length);
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const ISO_DATE =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const SLASH_DATE =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: +(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(am|pm)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** Years, months and days without a sign between them, or with commas. */
const BARE_DATE = /^(\d{4})(?:(\d{2})(\d{2})|\s*,\s*(\d{1,2})\s*,\s*(\d{1,2}))$/;
const MAIL_DATE =
  /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{2,4})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(Z|GMT|UTC|[+-]\d{2}:?\d{2})?$/i;

/** A datetime in one of the spellings that a `datetime(…)` literal takes, as ticks since 0001-01-01. */
export function readDatetime(text: string): string | undefined {
  const bare = text.replace(/^(['"])(.*)\1$/, "$2").trim();
  const iso = ISO_DATE.exec(bare);
  if (iso !== null) {
    return ticksOf({ date: [iso[1], iso[2], iso[3]], clock: iso.slice(4, 8), zone: iso[8] });
  }
  const digits = BARE_DATE.exec(bare);
  if (digits !== null) {
    const [, year, ...rest] = digits;
    const [month, day] = rest.filter((part) => part !== undefined);
    return ticksOf({ date: [year, month, day], clock: [], zone: undefined });
  }
  const slash = SLASH_DATE.exec(bare);
  if (slash !== null) {
    const [, month, day, year, hour, ...rest] = slash;
    const half = slash[8]?.toLowerCase();
    const hours =
      half === undefined ? hour : String((Number(hour) % 12) + (half === "pm" ? 12 : 0));
    return ticksOf({
      date: [year, month, day],
      clock: [hours, ...rest.slice(0, 3)],
      zone: slash[9],
    });
  }
  const mail = MAIL_DATE.exec(bare);
  if (mail === null) {
    return undefined;
  }
  const month = MONTHS.indexOf((mail[2] ?? "").toLowerCase()) + 1;
  const year = (mail[3] ?? "").length === 2 ? twoDigitYear(Number(mail[3])) : mail[3];
  return month === 0
    ? undefined
    : ticksOf({ date: [year, String(month), mail[1]], clock: mail.slice(4, 8), zone: mail[8] });
}

/** Two digits of a year mean 1950 to 2049, as in .NET. */
function twoDigitYear(year: number): string {
  return String(year < 50 ? 2000 + year : 1900 + year);
}

interface DatetimeParts {
  readonly date: readonly (string | undefined)[];
  /** Hours, minutes, seconds, fraction. */
  readonly clock: readonly (string | undefined)[];
  readonly zone: string | undefined;
}

function ticksOf({ date, clock, zone }: DatetimeParts): string | undefined {
  const [year = 1, month = 1, day = 1] = date.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  const [hours = 0, minutes = 0, seconds = 0] = clock
    .slice(0, 3)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  const isDay = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day;
  if (!isDay || year < 1 || hours > 24 || minutes > 59 || seconds > 59) {
    return undefined;
  }
  const fraction = BigInt((clock[3] ?? "").slice(0, 7).padEnd(7, "0"));
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const ticks =
    BigInt(instant.getTime()) * TICKS_PER_MILLISECOND +
    EPOCH_TICKS +
    (whole - zoneSeconds(zone)) * TICKS_PER_SECOND +
    fraction;
  return ticks < 0n ? undefined : ticks.toString();
}

function zoneSeconds(zone: string | undefined): bigint {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (parts === null) {
    return 0n;
  }
  const seconds = BigInt(Number(parts[2]) * 3600 + Number(parts[3]) * 60);
  return parts[1] === "-" ? -seconds : seconds;
}

function dynamicLiteral(node: SyntaxNode): LiteralExpr {
  const inner = node.child("Expression");
  const value = inner === undefined ? null : jsonOf(inner);
  return { kind: "literal", type: "dynamic", value: value === "null" ? null : value };
}

/** JSON text of the inside of `dynamic(…)`; literals of other types stand in it as their texts. */
function jsonOf(node: SyntaxNode): string {
  switch (node.kind) {
    case "JsonObjectExpression": {
      const members = node.list("Pairs").map((pair) => {
        const value = pair.child("Value");
        return `${JSON.stringify(keyOf(pair))}:${value === undefined ? "null" : jsonOf(value)}`;
      });
      return `{${members.join(",")}}`;
    }
    case "JsonArrayExpression":
      return `[${node.list("Values").map(jsonOf).join(",")}]`;
    case "NullLiteralExpression":
      return "null";
    case "UnaryMinusExpression": {
      const inner = node.child("Expression");
      return inner === undefined ? "null" : `-${jsonOf(inner)}`;
    }
    case "UnaryPlusExpression": {
      const inner = node.child("Expression");
      return inner === undefined ? "null" : jsonOf(inner);
    }
    default:
      return scalarJson(node);
  }
}

function keyOf(pair: SyntaxNode): string {
  const name = pair.child("Name");
  const text = name?.text.trim() ?? "";
  const value = name?.literal?.valueText;
  if (value !== undefined) {
    return value;
  }
  return unquote(text);
}

/** JSON may have whole numbers beyond long; they are read as reals. */
const BARE_WHOLE = /^\d{19,}$/;

function scalarJson(node: SyntaxNode): string {
  const text = node.text.trim();
  if (node.kind === "LongLiteralExpression" && BARE_WHOLE.test(text)) {
    return text;
  }
  const literal = literalOf(node);
  if (literal === undefined) {
    throw new KqlRefusal("KQL_LITERAL", "dynamic() takes JSON or a literal", node.span);
  }
  const { type, value } = literal;
  if (value === null) {
    return "null";
  }
  if (type === "real" && !Number.isFinite(Number(value))) {
    throw new KqlRefusal("KQL_LITERAL", "the number is beyond the range of real", node.span);
  }
  if (type === "real") {
    return realJson(node.text.trim(), Number(value));
  }
  if (type === "long" || type === "int" || type === "bool" || type === "dynamic") {
    return String(value);
  }
  return JSON.stringify(type === "string" ? value : (node.literal?.valueText ?? String(value)));
}

/** The spelling is kept where JSON allows it, so that 1.0 stays a real. */
function realJson(text: string, value: number): string {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? text : JSON.stringify(value);
}

/** The text inside the quotes of a JSON key. */
function unquote(text: string): string {
  if (text.startsWith('"')) {
    try {
      return String(JSON.parse(text));
    } catch {
      return text.slice(1, -1);
    }
  }
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("\\'", "'") : text;
}
