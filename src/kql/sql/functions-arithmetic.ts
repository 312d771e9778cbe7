/**
 * The operators + - * / % and the unary minus over numbers, instants and spans of time. The types the binder found
 * choose the SQL. Whole numbers wrap at 64 bits, instants outside the years 1 to 9999 are null, a remainder is never
 * negative.
 */

import type { KqlType } from "../types.ts";
import { argument, certain, invoke, strict, unsupported, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { foldedLiteral } from "./fold.ts";
import { constantWhole } from "./growth.ts";
import { literalSql } from "./literal.ts";
import { once } from "./once.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

const TICKS_PER_MICROSECOND = 10n;
const TICKS_PER_SECOND = 10_000_000n;
/** A span this long takes any instant out of the calendar; longer ones could take the sum out of 64 bits. */
const CALENDAR_TICKS = 3_155_378_976_000_000_000n;
const DECIMAL = "DECIMAL(38, 12)";
const SIGNED: ReadonlySet<KqlType> = new Set(["int", "long", "real", "decimal", "timespan"]);
const CONVERT_FIRST = " (which needs tolong() or toreal())";

/** Emitters of the arithmetic operators. */
export const ARITHMETIC: Readonly<Record<string, Emitter>> = Object.freeze({
  "+": typed(plus),
  "-": typed((site) => (site.args.length === 1 ? negative(site) : minus(site))),
  "*": typed(times),
  "/": typed(dividedBy),
  "%": typed(remainder),
});

/** Whole numbers are computed as long; where the binder says otherwise the result is made that. */
function typed(emitter: Emitter): Emitter {
  return (site) => conversion(folded(site) ?? emitter(site), site.type, site.span);
}

function folded(site: CallSite): SqlExpr | null {
  const [left, right] = site.args.map(({ literal }) => literal);
  if (left === undefined || right === undefined) {
    return null;
  }
  const literal = foldedLiteral(site.name, left, right);
  return literal === null ? null : literalSql(literal);
}

/** An instant as ticks; of a constant all digits are known. */
export function ticksOf(instant: SqlExpr): SqlExpr {
  const { literal } = instant;
  if (literal?.type === "datetime" && literal.value !== null) {
    return certain(`'${BigInt(literal.value)}'::BIGINT`, "long");
  }
  return strict(
    once([instant], (t) => `kql_ticks(${t})`),
    "long",
    [instant],
  );
}

function plus(site: CallSite): SqlExpr {
  const [left, right] = operands(site);
  if (left.type === "datetime" && isSpan(right)) {
    return shifted(left, asSpan(right), 1n);
  }
  if (right.type === "datetime" && isSpan(left)) {
    return shifted(right, asSpan(left), 1n);
  }
  if (left.type === "timespan" || right.type === "timespan") {
    return spanSum("+", asSpan(left), asSpan(right));
  }
  return numeric(site, "+", [left, right]);
}

function minus(site: CallSite): SqlExpr {
  const [left, right] = operands(site);
  if (left.type === "datetime" && right.type === "datetime") {
    const sql = `(${ticksOf(left).sql} - ${ticksOf(right).sql})`;
    return strict(sql, "timespan", [left, right]);
  }
  if (left.type === "datetime" && isSpan(right)) {
    return shifted(left, asSpan(right), -1n);
  }
  if (left.type === "timespan" || right.type === "timespan") {
    return spanSum("-", asSpan(left), asSpan(right));
  }
  return numeric(site, "-", [left, right]);
}

function negative(site: CallSite): SqlExpr {
  const operand = resolved(argument(site, 0), site.type);
  if (!SIGNED.has(operand.type)) {
    throw unsupported(
      `- before a value of type ${operand.type}${operand.type === "dynamic" ? CONVERT_FIRST : ""}`,
      site.span,
    );
  }
  const { literal } = operand;
  if (literal !== undefined && literal.value !== null) {
    const negated = negatedLiteral(literal.type, literal.value);
    if (negated !== null) {
      return literalSql({ kind: "literal", type: negated.type, value: negated.value });
    }
  }
  if (operand.type === "long" || operand.type === "timespan") {
    return strict(invoke("kql_wrap", `-(${operand.sql}::HUGEINT)`), operand.type, [operand]);
  }
  const widened = operand.type === "int" ? conversion(operand, "long") : operand;
  return strict(`(-(${widened.sql}))`, widened.type, [operand]);
}

/** Constants stay constants, for functions that need one: `startofweek(t, -1)`. */
function negatedLiteral(
  type: KqlType,
  literal: string | number | boolean,
): { type: KqlType; value: string | number } | null {
  if (type === "real") {
    return { type, value: -Number(literal) };
  }
  if (type === "int" || type === "long" || type === "timespan") {
    const negated = -BigInt(literal);
    return negated < (type === "int" ? 2n ** 31n : 2n ** 63n)
      ? { type, value: type === "int" ? Number(negated) : String(negated) }
      : null;
  }
  return null;
}

function times(site: CallSite): SqlExpr {
  const [left, right] = operands(site);
  if (left.type === "timespan" || right.type === "timespan") {
    const [span, factor] = left.type === "timespan" ? [left, right] : [right, left];
    if (isWhole(factor)) {
      const sql = invoke("kql_span", `${span.sql}::HUGEINT * ${factor.sql}`);
      return value(sql, "timespan");
    }
    const scaled = `trunc(${span.sql} * ${conversion(factor, "real").sql})`;
    return value(invoke("kql_span", scaled), "timespan");
  }
  return numeric(site, "*", [left, right]);
}

function dividedBy(site: CallSite): SqlExpr {
  const [left, right] = operands(site);
  if (left.type === "timespan" && right.type === "timespan") {
    return strict(`(${left.sql}::DOUBLE / ${right.sql})`, "real", [left, right]);
  }
  if (left.type === "timespan") {
    const divisor = conversion(right, isWhole(right) ? "long" : "real");
    return isWhole(right)
      ? wholeQuotient(left, divisor, "timespan")
      : value(invoke("kql_span", `trunc(${left.sql} / ${divisor.sql})`), "timespan");
  }
  if (site.type === "long" || site.type === "int") {
    return wholeQuotient(conversion(left, "long"), conversion(right, "long"), "long");
  }
  if (site.type === "decimal") {
    const [a, b] = [conversion(left, "decimal"), conversion(right, "decimal")];
    const sql = `try_cast(${a.sql}::DOUBLE / ${b.sql}::DOUBLE AS ${DECIMAL})`;
    return value(sql, "decimal");
  }
  const [a, b] = [conversion(left, "real"), conversion(right, "real")];
  return strict(`(${a.sql} / ${b.sql})`, "real", [a, b]);
}

/** Division that drops the fraction; by 0 it is null, and the one quotient that does not fit wraps. */
function wholeQuotient(left: SqlExpr, right: SqlExpr, type: KqlType): SqlExpr {
  const divisor = constantWhole(right);
  if (divisor !== null && divisor !== 0n && divisor !== -1n) {
    return strict(`(${left.sql} // ${right.sql})`, type, [left]);
  }
  return value(invoke("kql_wrap", `${left.sql}::HUGEINT // ${right.sql}`), type);
}

function remainder(site: CallSite): SqlExpr {
  const [left, right] = operands(site);
  if (left.type === "timespan" || right.type === "timespan") {
    return wholeRemainder(asSpan(left), asSpan(right), "timespan");
  }
  if (left.type === "datetime") {
    return wholeRemainder(ticksOf(left), asSpan(right), "timespan");
  }
  if (site.type === "real" || site.type === "decimal") {
    const [a, b] = [conversion(left, site.type), conversion(right, site.type)];
    const sql = once(
      [a, b],
      (x, n) => `(CASE WHEN ${x} % ${n} < 0 THEN ${x} % ${n} + abs(${n}) ELSE ${x} % ${n} END)`,
    );
    return site.type === "real" ? strict(sql, "real", [a, b]) : value(sql, "decimal");
  }
  return wholeRemainder(conversion(left, "long"), conversion(right, "long"), "long");
}

function wholeRemainder(left: SqlExpr, right: SqlExpr, type: KqlType): SqlExpr {
  const divisor = constantWhole(right);
  if (divisor !== null && divisor > 0n && divisor < 2n ** 62n) {
    const sql = `((${left.sql} % ${right.sql} + ${right.sql}) % ${right.sql})`;
    return strict(sql, type, [left]);
  }
  const sql = once(
    [left, right],
    (x, n) => `((${x}::HUGEINT % ${n} + abs(${n}::HUGEINT)) % abs(${n}::HUGEINT))::BIGINT`,
  );
  return value(`(${sql})`, type);
}

/** An instant moved by a span, forwards or backwards. */
function shifted(instant: SqlExpr, span: SqlExpr, direction: 1n | -1n): SqlExpr {
  const constant = constantWhole(span);
  if (constant !== null && constant % TICKS_PER_SECOND === 0n) {
    const ticks =
      constant < CALENDAR_TICKS && -constant < CALENDAR_TICKS ? constant : CALENDAR_TICKS;
    const micros = (direction * ticks) / TICKS_PER_MICROSECOND;
    const sql = once([instant], (t) => `kql_add_micros(${t}, (${micros}))`);
    return value(sql, "datetime");
  }
  const ticks = direction === 1n ? span : value(`(-(${span.sql}::HUGEINT))`, "timespan");
  return value(
    once([instant, ticks], (t, n) => `kql_add(${t}, ${n})`),
    "datetime",
  );
}

function spanSum(operator: "+" | "-", left: SqlExpr, right: SqlExpr): SqlExpr {
  return value(invoke("kql_span", `${left.sql}::HUGEINT ${operator} ${right.sql}`), "timespan");
}

function numeric(site: CallSite, operator: "+" | "-" | "*", pair: readonly SqlExpr[]): SqlExpr {
  const sides = pair.map((side) =>
    conversion(side, site.type === "int" ? "long" : site.type, site.span),
  );
  const [left, right] = sides.map(({ sql }) => sql) as [string, string];
  if (site.type === "real") {
    return strict(`(${left} ${operator} ${right})`, "real", sides);
  }
  if (site.type === "decimal") {
    return value(decimalSql(operator, left, right), "decimal");
  }
  if (site.type !== "long" && site.type !== "int") {
    const types = site.args.map(({ type }) => type);
    throw unsupported(
      `${operator} between ${types.join(" and ")}${types.includes("dynamic") ? CONVERT_FIRST : ""}`,
      site.span,
    );
  }
  // Two ints cannot leave the range of long.
  if (pair.every(({ type }) => type === "int" || type === "bool")) {
    return strict(`(${left} ${operator} ${right})`, "long", sides);
  }
  return strict(invoke("kql_wrap", `${left}::HUGEINT ${operator} ${right}`), "long", sides);
}

/** A product of decimals has more digits than fit; a sum that does not fit is null. */
function decimalSql(operator: string, left: string, right: string): string {
  return operator === "*"
    ? invoke("kql_decimal_product", left, right)
    : `kql_decimal_${operator === "+" ? "sum" : "difference"}(${left}, ${right})`;
}

/** Both operands; a dynamic one is read as the other's type. */
function operands(site: CallSite): [SqlExpr, SqlExpr] {
  const [left, right] = [argument(site, 0), argument(site, 1)];
  const known = [left.type, right.type].find((type) => type !== "dynamic");
  const fallback: KqlType = known ?? (site.type === "dynamic" ? "real" : site.type);
  return [resolved(left, fallback), resolved(right, fallback)];
}

function resolved(piece: SqlExpr, type: KqlType): SqlExpr {
  return piece.type === "dynamic" && type !== "dynamic" ? conversion(piece, type) : piece;
}

function isWhole({ type }: SqlExpr): boolean {
  return type === "int" || type === "long";
}

function isSpan(piece: SqlExpr): boolean {
  return piece.type === "timespan" || isWhole(piece);
}

function asSpan(piece: SqlExpr): SqlExpr {
  return conversion(piece, "timespan");
}
