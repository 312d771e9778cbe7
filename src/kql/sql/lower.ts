/** What the parts of the SQL generator share: aliases, shared subqueries, and the way down to expressions and relations. */
import type { Expr } from "../ir.ts";
import { PLAN_SQL_LENGTH_MAX, QUERY_EXPRESSIONS_MAX } from "../limits.ts";
import type { Relation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { literalSql } from "./literal.ts";
import { SCALARS } from "./scalar-table.ts";
import type { AliasSource, Select } from "./select.ts";
import { columnOf, sealText } from "./select.ts";
import { type CallSite, KqlRefusal, type SqlExpr } from "./sql-expr.ts";
import { WINDOW_NAMES } from "./windows.ts";

/** The generator of one plan. */
export interface Lowering extends AliasSource {
  readonly lower: (relation: Relation) => Select;
  /** SELECTs that subqueries start from, by the id of their context. */
  readonly contexts: Map<number, Select>;
  /** Definitions of shared subqueries, in order. */
  readonly shared: string[];
  /** Only rows of the request's time range. */
  readonly timeFiltered: boolean;
  expressions: number;
  /** True when a shared subquery refers to itself. */
  recursive: boolean;
}

/** What expressions see: the columns, and for window functions the order of the rows. */
export interface Sight {
  readonly select: Select;
  readonly window?: string;
}

/** The SQL of an expression over the columns of a SELECT. */
export function expressionSql(expr: Expr, sight: Sight, lowering: Lowering): SqlExpr {
  lowering.expressions += 1;
  switch (expr.kind) {
    case "literal":
      return literalSql(expr);
    case "column":
      return columnOf(sight.select, expr.name).expr;
    case "call":
      return callSql(expr, sight, lowering);
    case "scalarQuery":
      return scalarQuerySql(expr.query, lowering);
    case "listQuery":
      return listQuerySql(expr.query, lowering);
    case "inQuery":
      return inQuerySql(expr, sight, lowering);
  }
}

function callSql(expr: Extract<Expr, { kind: "call" }>, sight: Sight, lowering: Lowering): SqlExpr {
  // Only calls make expressions grow, and they know their place.
  if (lowering.expressions > QUERY_EXPRESSIONS_MAX) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `the plan has more than ${QUERY_EXPRESSIONS_MAX} expressions, inlined ones included`,
      expr.span,
    );
  }
  const emit = Object.hasOwn(SCALARS, expr.name) ? SCALARS[expr.name] : undefined;
  if (emit === undefined) {
    throw new KqlRefusal("KQL_UNSUPPORTED", `${expr.name} is not supported`, expr.span);
  }
  const args = expr.args.map((arg) => expressionSql(arg, sight, lowering));
  const site: CallSite = {
    name: expr.name,
    args,
    type: expr.type,
    span: expr.span,
    ...(sight.window === undefined ? {} : { window: sight.window }),
  };
  if (WINDOW_NAMES.has(expr.name) && sight.window === undefined) {
    throw new KqlRefusal("KQL_SERIALIZE", `${expr.name}() needs rows in a fixed order`, expr.span);
  }
  const piece = emit(site);
  if (piece.sql.length > PLAN_SQL_LENGTH_MAX) {
    throw new KqlRefusal("KQL_LIMIT", "the plan of the query is too long", expr.span);
  }
  return piece;
}

/** The first column of the first row; null, or the empty text, when there is none. */
function scalarQuerySql(query: Relation, lowering: Lowering): SqlExpr {
  const text = firstColumnText(query, lowering, { limit: "1" });
  const type = query.columns[0]?.type ?? "dynamic";
  return type === "string"
    ? { sql: `coalesce((${text}), '')`, type, nonNull: true }
    : { sql: `(${text})`, type, nonNull: false };
}

function firstColumnText(
  query: Relation,
  lowering: Lowering,
  tail: { readonly limit?: string },
): string {
  const select = lowering.lower(query);
  const [first] = select.columns;
  if (first === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", "the subquery has no column", null);
  }
  const ordered = tail.limit !== undefined;
  const narrow: Select = {
    ...select,
    columns: new Map([first]),
    order: ordered ? select.order : [],
  };
  return narrowText(narrow, { orderBy: ordered, ...tail });
}

/** A subquery that stands for a value may have one column, so its order may not become a second. */
function narrowText(
  select: Select,
  tail: { readonly orderBy: boolean; readonly limit?: string },
): string {
  const [entry] = select.columns.values();
  const { text, names } = sealText({ ...select, order: [] });
  if (!tail.orderBy || select.order.length === 0) {
    return `${text}${tail.limit === undefined ? "" : ` LIMIT ${tail.limit}`}`;
  }
  const terms = select.order.map(
    ({ sql, descending, nullsFirst }) =>
      `${sql} ${descending ? "DESC" : "ASC"} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
  );
  return entry === undefined || names.size === 0
    ? text
    : `${text} ORDER BY ${terms.join(", ")} LIMIT ${tail.limit ?? "1"}`;
}

/** All values of the first column in one array; arrays in it are flattened. */
function listQuerySql(query: Relation, lowering: Lowering): SqlExpr {
  const select = lowering.lower(query);
  const [first] = select.columns.values();
  const type = query.columns[0]?.type ?? "dynamic";
  if (first === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", "the subquery has no column", null);
  }
  const alias = lowering.nextAlias("t");
  const element = type === "dynamic" ? first.expr : conversion(first.expr, "dynamic");
  const column: Select = {
    ...select,
    order: [],
    columns: new Map([["e", { expr: element, plain: false }]]),
  };
  const { text } = sealText(column);
  const flat = type === "dynamic" ? `flatten(list(kql_elements(${alias}.e)))` : `list(${alias}.e)`;
  return {
    sql: `(SELECT coalesce(to_json(${flat}), '[]'::JSON) FROM (${text}) AS ${alias})`,
    type: "dynamic",
    nonNull: true,
  };
}

/** Null is in no list, as it equals nothing; the test itself is never null. */
function inQuerySql(
  expr: Extract<Expr, { kind: "inQuery" }>,
  sight: Sight,
  lowering: Lowering,
): SqlExpr {
  const value = expressionSql(expr.value, sight, lowering);
  const type = expr.query.columns[0]?.type ?? "dynamic";
  const folded = expr.name.endsWith("~");
  const select = lowering.lower(expr.query);
  const [name, column] = [...select.columns][0] ?? [];
  if (name === undefined || column === undefined) {
    throw new KqlRefusal("KQL_SYNTAX", "the subquery has no column", expr.span);
  }
  const wanted = type === value.type || isNumber(type) === isNumber(value.type) ? value : value;
  const sides = [wanted, comparable(column.expr, value)];
  const [left = "", right = ""] = sides.map((side) => (folded ? `lower(${side.sql})` : side.sql));
  const text = sealText({
    ...select,
    order: [],
    columns: new Map([
      ["value", { expr: { sql: right, type, nonNull: column.expr.nonNull }, plain: false }],
    ]),
  }).text;
  const found = `${left} IN (${text})`;
  const total = value.nonNull && column.expr.nonNull ? found : `coalesce(${found}, false)`;
  return {
    sql: expr.name.startsWith("!") ? `(NOT ${total})` : `(${total})`,
    type: "bool",
    nonNull: true,
  };
}

function isNumber(type: SqlExpr["type"]): boolean {
  return type === "int" || type === "long" || type === "real" || type === "decimal";
}

/** The subquery's values as the type of the value that is looked for. */
function comparable(piece: SqlExpr, wanted: SqlExpr): SqlExpr {
  return piece.type === wanted.type || (isNumber(piece.type) && isNumber(wanted.type))
    ? piece
    : conversion(piece, wanted.type);
}
