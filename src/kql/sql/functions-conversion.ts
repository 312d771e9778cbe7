/** `tostring`, `toint` and their kind, and the tests for what a value is. */

import type { KqlType } from "../types.ts";
import { argument, certain, invoke, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

export const CONVERSION_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  tostring: to("string"),
  toint: to("int"),
  tolong: to("long"),
  toreal: to("real"),
  todouble: to("real"),
  todecimal: to("decimal"),
  tobool: to("bool"),
  toboolean: to("bool"),
  toguid: to("guid"),
  todatetime: to("datetime"),
  totimespan: to("timespan"),
  tohex,
  isnull: (site) => nullness(argument(site, 0)),
  isnotnull: (site) => opposite(nullness(argument(site, 0))),
  isempty: (site) => emptiness(argument(site, 0)),
  isnotempty: (site) => opposite(emptiness(argument(site, 0))),
  new_guid: () => certain("uuid()::VARCHAR", "guid"),
  assert: asserted,
  iff: conditional,
  iif: conditional,
  case: cases,
  coalesce,
  max_of: (site) => extreme(site, "greatest"),
  min_of: (site) => extreme(site, "least"),
});

function to(type: KqlType): Emitter {
  return (site) => conversion(argument(site, 0), type, site.span);
}

function truth(sql: string): SqlExpr {
  return certain(sql, "bool");
}

function opposite(condition: SqlExpr): SqlExpr {
  return truth(`(NOT ${condition.sql})`);
}

/** A string is never null. */
function nullness(piece: SqlExpr): SqlExpr {
  return truth(piece.nonNull ? "false" : `(${piece.text ?? piece.sql} IS NULL)`);
}

/** Empty is a text without characters, and null. */
function emptiness(piece: SqlExpr): SqlExpr {
  if (piece.type === "string") {
    return truth(`(${piece.sql} = '')`);
  }
  if (piece.type === "dynamic") {
    return truth(`(${conversion(piece, "string").sql} = '')`);
  }
  return nullness(piece);
}

/** Hexadecimal digits, in lower case, of the 64 bits. */
function tohex(site: CallSite): SqlExpr {
  const number = conversion(argument(site, 0), "long", site.span).sql;
  const digits = `lower(to_hex(${number}))`;
  const padded =
    site.args.length < 2
      ? digits
      : `lpad(${digits}, greatest(${conversion(argument(site, 1), "long").sql}, length(${digits}))::INTEGER, '0')`;
  return certain(`coalesce(${padded}, '')`, "string");
}

/** A condition that ends the query where it is not true. */
function asserted(site: CallSite): SqlExpr {
  const message = conversion(argument(site, 1), "string", site.span).sql;
  return truth(
    `(CASE WHEN ${tested(argument(site, 0), site)} THEN true ELSE error('assert(): ' || ${message})::BOOLEAN END)`,
  );
}

/** Whole numbers do not become reals by themselves here, unlike in arithmetic. */
function branches(site: CallSite, pieces: readonly SqlExpr[]): readonly SqlExpr[] {
  const whole = pieces.some(({ type }) => type === "int" || type === "long");
  const fraction = pieces.find(({ type }) => type === "real" || type === "decimal");
  if (whole && fraction !== undefined) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      `the values of ${site.name}() are whole numbers and ${fraction.type}: convert one`,
      site.span,
    );
  }
  return alike(site, pieces);
}

/** All values as the type of the whole; a dynamic one stays the JSON it is. */
function alike(site: CallSite, pieces: readonly SqlExpr[]): readonly SqlExpr[] {
  return pieces.map((piece) => conversion(piece, site.type, site.span));
}

/** A condition that is null is not true. */
function conditional(site: CallSite): SqlExpr {
  const [then, otherwise] = branches(site, [argument(site, 1), argument(site, 2)]) as [
    SqlExpr,
    SqlExpr,
  ];
  const sql = `(CASE WHEN ${tested(argument(site, 0), site)} THEN ${then.sql} ELSE ${otherwise.sql} END)`;
  return { sql, type: site.type, nonNull: then.nonNull && otherwise.nonNull };
}

function tested(piece: SqlExpr, site: CallSite): string {
  const condition = conversion(piece, "bool", site.span);
  return condition.filterSql ?? condition.sql;
}

function cases(site: CallSite): SqlExpr {
  if (site.args.length % 2 === 0) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      "case() needs a value for each condition and one for none of them",
      site.span,
    );
  }
  const count = (site.args.length - 1) / 2;
  const conditions = Array.from({ length: count }, (_, index) =>
    tested(argument(site, 2 * index), site),
  );
  const results = branches(site, [
    ...conditions.map((_, index) => argument(site, 2 * index + 1)),
    argument(site, site.args.length - 1),
  ]);
  const whens = conditions
    .map((condition, index) => `WHEN ${condition} THEN ${results[index]?.sql}`)
    .join(" ");
  const sql = `(CASE ${whens} ELSE ${results.at(-1)?.sql} END)`;
  return { sql, type: site.type, nonNull: results.every((result) => result.nonNull) };
}

/** The first value that is not null; of strings, the first that is not empty. */
function coalesce(site: CallSite): SqlExpr {
  const pieces = branches(site, site.args);
  if (site.type === "string") {
    const texts = pieces.map((piece, index) =>
      index === pieces.length - 1 ? piece.sql : `nullif(${piece.sql}, '')`,
    );
    return certain(invoke("coalesce", ...texts), "string");
  }
  const sql = invoke("coalesce", ...pieces.map((piece) => piece.sql));
  return { sql, type: site.type, nonNull: pieces.some((piece) => piece.nonNull) };
}

/** Nulls are passed over; a real that is no number is both the greatest and the least. */
function extreme(site: CallSite, name: "greatest" | "least"): SqlExpr {
  const pieces = alike(site, site.args);
  const sqls = pieces.map((piece) => piece.sql);
  const found = invoke(name, ...sqls);
  const nan = sqls.map((sql) => `isnan(${sql})`).join(" OR ");
  // DuckDB already holds NaN for the greatest.
  const sql =
    site.type === "real" && name === "least"
      ? `(CASE WHEN ${nan} THEN 'nan'::DOUBLE ELSE ${found} END)`
      : found;
  return site.type === "string" ? certain(sql, "string") : value(sql, site.type);
}
