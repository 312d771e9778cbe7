/**
 * Goal: over random instants, spans and counts the calendar in SQL agrees with plain arithmetic on ticks and with the
 * calendar of JavaScript.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KqlType } from "../types.ts";
import { call, lit, openEvaluator } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

const EPOCH = 621_355_968_000_000_000n;
const LAST = 3_155_378_975_999_999_990n;
const DAY = 864_000_000_000n;

const micros = fc.bigInt({ min: 0n, max: LAST / 10n });
/** Instants as ticks: anywhere, around midnights, at the last tick of a day. */
const instants = fc
  .oneof(
    micros.map((value) => value * 10n),
    micros.map((value) => ((value * 10n) / DAY) * DAY),
    micros.map((value) => ((value * 10n) / DAY) * DAY + DAY - 1n),
  )
  .map((ticks) => (ticks % 10_000_000n === 9_999_990n ? ticks + 9n : ticks));
const spans = fc.oneof(
  fc.constantFrom(10n, 10_000_000n, 600_000_000n, 36_000_000_000n, DAY, 7n * DAY, 30n * DAY),
  fc.bigInt({ min: 1n, max: 400n * DAY }).map((ticks) => ticks * 10n),
);
const counts = fc.integer({ min: -3000, max: 3000 });
const rows = fc.array(fc.tuple(instants, instants, spans, counts), {
  minLength: 20,
  maxLength: 40,
});

const columnOf = (name: string, type: KqlType): SqlExpr => ({
  sql: `v.${name}`,
  type,
  nonNull: false,
});
const [T, U] = [columnOf("t", "datetime"), columnOf("u", "datetime")];
const [N, C] = [columnOf("n", "timespan"), columnOf("c", "long")];
const text = (value: string): SqlExpr => lit("string", value);
const run = (name: string, type: KqlType, ...args: SqlExpr[]): SqlExpr =>
  call(SCALARS, name, type, ...args);

/** Ticks as the database holds them: whole microseconds, of which the last of a second is its last tick. */
function held(ticks: bigint): string | null {
  if (ticks < 0n || ticks > LAST + 9n) {
    return null;
  }
  const whole = ticks - (ticks % 10n);
  return String(whole % 10_000_000n === 9_999_990n ? whole + 9n : whole);
}

function heldSpan(ticks: bigint): string | null {
  return BigInt.asIntN(64, ticks) === ticks ? String(ticks) : null;
}

function dateOf(ticks: bigint): Date {
  return new Date(Number((ticks - EPOCH - (ticks % DAY)) / 10_000n));
}

function ticksOf(year: number, month: number, day = 1): bigint {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return BigInt(date.getTime()) * 10_000n + EPOCH;
}

/** The same day of another month, or its last. */
function addMonths(ticks: bigint, months: number): string | null {
  const date = dateOf(ticks);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const length = Number((ticksOf(year, month + 1) - ticksOf(year, month)) / DAY);
  const target = ticksOf(year, month, Math.min(date.getUTCDate(), length));
  return held(target + (ticks % DAY));
}

interface Row {
  readonly t: bigint;
  readonly u: bigint;
  readonly n: bigint;
  readonly c: number;
}

const week = (ticks: bigint): bigint => (ticks / DAY + 1n) / 7n;
const monthNumber = (ticks: bigint): bigint =>
  BigInt(dateOf(ticks).getUTCFullYear() * 12 + dateOf(ticks).getUTCMonth());

/** A function over the columns and the plain code that says what it gives, ticks for instants. */
const CASES: readonly (readonly [string, SqlExpr, (row: Row) => string | null])[] = [
  ["bin", run("bin", "datetime", T, N), ({ t, n }) => held(t - (t % n))],
  ["t + n", run("+", "datetime", T, N), ({ t, n }) => held(t + n)],
  ["t - n", run("-", "datetime", T, N), ({ t, n }) => held(t - n)],
  ["t - u", run("-", "timespan", T, U), ({ t, u }) => String(t - u)],
  ["n * c", run("*", "timespan", N, C), ({ n, c }) => heldSpan(n * BigInt(c))],
  [
    "bin of a span",
    run("bin", "timespan", run("-", "timespan", T, U), N),
    ({ t, u, n }) => String(t - u - ((((t - u) % n) + n) % n)),
  ],
  [
    "days apart",
    run("datetime_diff", "long", text("day"), T, U),
    ({ t, u }) => String(t / DAY - u / DAY),
  ],
  [
    "weeks apart",
    run("datetime_diff", "long", text("week"), T, U),
    ({ t, u }) => String(week(t) - week(u)),
  ],
  [
    "months apart",
    run("datetime_diff", "long", text("month"), T, U),
    ({ t, u }) => String(monthNumber(t) - monthNumber(u)),
  ],
  [
    "seconds apart",
    run("datetime_diff", "long", text("second"), T, U),
    ({ t, u }) => String(t / 10_000_000n - u / 10_000_000n),
  ],
  [
    "add months",
    run("datetime_add", "datetime", text("month"), C, T),
    ({ t, c }) => addMonths(t, c),
  ],
  [
    "add hours",
    run("datetime_add", "datetime", text("hour"), C, T),
    ({ t, c }) => held(t + BigInt(c) * 36_000_000_000n),
  ],
  [
    "startofday",
    run("startofday", "datetime", T, C),
    ({ t, c }) => held(t - (t % DAY) + BigInt(c) * DAY),
  ],
  ["endofday", run("endofday", "datetime", T), ({ t }) => held(t - (t % DAY) + DAY - 1n)],
  [
    "startofweek",
    run("startofweek", "datetime", T, C),
    ({ t, c }) => held((week(t) * 7n - 1n + 7n * BigInt(c)) * DAY),
  ],
  [
    "startofmonth",
    run("startofmonth", "datetime", T, C),
    ({ t, c }) => held(ticksOf(dateOf(t).getUTCFullYear(), dateOf(t).getUTCMonth() + c)),
  ],
  [
    "endofmonth",
    run("endofmonth", "datetime", T, C),
    ({ t, c }) => held(ticksOf(dateOf(t).getUTCFullYear(), dateOf(t).getUTCMonth() + c + 1) - 1n),
  ],
  [
    "startofyear",
    run("startofyear", "datetime", T, C),
    ({ t, c }) => held(ticksOf(dateOf(t).getUTCFullYear() + c, 0)),
  ],
  [
    "text and back",
    run("make_datetime", "datetime", {
      sql: "kql_datetime_text(v.t)",
      type: "string",
      nonNull: true,
    }),
    ({ t }) => held(t),
  ],
  [
    "format and back",
    run(
      "make_datetime",
      "datetime",
      run("format_datetime", "string", T, text("MM/dd/yyyy hh:mm:ss.fffffff tt")),
    ),
    ({ t }) => held(t),
  ],
  [
    "span text and back",
    run("make_timespan", "timespan", {
      sql: "kql_timespan_text(v.n)",
      type: "string",
      nonNull: true,
    }),
    ({ n }) => String(n),
  ],
  [
    "dayofyear",
    run("dayofyear", "int", T),
    ({ t }) => String((t - (t % DAY) - ticksOf(dateOf(t).getUTCFullYear(), 0)) / DAY + 1n),
  ],
  [
    "quarter",
    run("datetime_part", "int", text("quarter"), T),
    ({ t }) => String(Math.floor(dateOf(t).getUTCMonth() / 3) + 1),
  ],
];

test("the calendar in SQL agrees with plain code", async () => {
  const evaluator = await openEvaluator();
  const outputs = CASES.map(([, expr]) =>
    expr.type === "datetime" ? `kql_ticks(${expr.sql})::VARCHAR` : `(${expr.sql})::VARCHAR`,
  );
  try {
    await fc.assert(
      fc.asyncProperty(rows, async (sample) => {
        const values = sample.map(
          ([t, u, n, c]) =>
            `(${lit("datetime", String(t)).sql}, ${lit("datetime", String(u)).sql}, ${n}, ${c})`,
        );
        const got = await evaluator.rows(
          `SELECT ${outputs.join(", ")} FROM (SELECT t, u, n::BIGINT AS n, c::BIGINT AS c FROM (VALUES ${values.join(", ")}) w(t, u, n, c)) v`,
        );
        sample.forEach(([t, u, n, c], index) => {
          CASES.forEach(([name, , expected], place) => {
            const wanted = expected({ t, u, n, c });
            assert.equal(got[index]?.[place], wanted, `${name} of t=${t}, u=${u}, n=${n}, c=${c}`);
          });
        });
      }),
      { numRuns: 5, seed: 7, endOnFailure: true },
    );
  } finally {
    evaluator.close();
  }
});

test("whole numbers wrap, divide and leave remainders as in 64 bits", async () => {
  const evaluator = await openEvaluator();
  const edge = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -10n, max: 10n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
  );
  const wrap = (value: bigint): string => String(BigInt.asIntN(64, value));
  const modulo = (a: bigint, b: bigint): string => {
    const size = b < 0n ? -b : b;
    return String(((a % size) + size) % size);
  };
  const [A, B] = [columnOf("a", "long"), columnOf("b", "long")];
  const cases: readonly (readonly [string, SqlExpr, (a: bigint, b: bigint) => string | null])[] = [
    ["+", run("+", "long", A, B), (a, b) => wrap(a + b)],
    ["-", run("-", "long", A, B), (a, b) => wrap(a - b)],
    ["*", run("*", "long", A, B), (a, b) => wrap(a * b)],
    ["/", run("/", "long", A, B), (a, b) => (b === 0n ? null : wrap(a / b))],
    ["%", run("%", "long", A, B), (a, b) => (b === 0n ? null : modulo(a, b))],
    ["unary -", run("-", "long", A), (a) => wrap(-a)],
    ["abs", run("abs", "long", A), (a) => wrap(a < 0n ? -a : a)],
    ["bin", run("bin", "long", A, B), (a, b) => (b <= 0n ? null : wrap(a - BigInt(modulo(a, b))))],
    [
      "bin_at",
      run("bin_at", "long", A, B, lit("long", "3")),
      (a, b) => (b <= 0n ? null : wrap(a - BigInt(modulo(a - 3n, b)))),
    ],
    ["binary_and", run("binary_and", "long", A, B), (a, b) => wrap(a & b)],
    ["binary_or", run("binary_or", "long", A, B), (a, b) => wrap(a | b)],
    ["binary_xor", run("binary_xor", "long", A, B), (a, b) => wrap(a ^ b)],
    ["binary_not", run("binary_not", "long", A), (a) => wrap(~a)],
    [
      "shift left",
      run("binary_shift_left", "long", A, B),
      (a, b) => wrap(a << BigInt.asUintN(6, b)),
    ],
    [
      "shift right",
      run("binary_shift_right", "long", A, B),
      (a, b) => wrap(a >> BigInt.asUintN(6, b)),
    ],
  ];
  const outputs = cases.map(([, expr]) => `(${expr.sql})::VARCHAR`).join(", ");
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(edge, edge), { minLength: 20, maxLength: 40 }),
        async (sample) => {
          const values = sample.map(([a, b]) => `('${a}'::BIGINT, '${b}'::BIGINT)`).join(", ");
          const got = await evaluator.rows(`SELECT ${outputs} FROM (VALUES ${values}) v(a, b)`);
          sample.forEach(([a, b], index) => {
            cases.forEach(([name, , expected], place) => {
              assert.equal(got[index]?.[place], expected(a, b), `${name} of ${a}, ${b}`);
            });
          });
        },
      ),
      { numRuns: 12, seed: 11, endOnFailure: true },
    );
  } finally {
    evaluator.close();
  }
});
