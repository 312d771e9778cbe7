/**
 * The typed intermediate form of a query's expressions: what the binder understood, in our own words. No node of the
 * official parser and no SQL crosses it. Operators over tables are in `relation.ts`.
 */
import type { Relation } from "./relation.ts";
import type { KqlColumn, KqlType, TextSpan } from "./types.ts";

/** A value written in the query. Numbers of 64 bits, ticks and decimals are texts, so that no digit is lost. */
export interface LiteralExpr {
  readonly kind: "literal";
  readonly type: KqlType;
  /**
   * null: a typed null. bool: true or false. int, real: number (NaN and infinities included). long: decimal digits.
   * timespan: ticks of 100 ns as digits. datetime: ticks of 100 ns since 0001-01-01 as digits. decimal: digits.
   * string, guid: the text. dynamic: JSON text.
   */
  readonly value: string | number | boolean | null;
}

/** A column of the input. */
export interface ColumnExpr {
  readonly kind: "column";
  readonly type: KqlType;
  readonly name: string;
}

/**
 * A function or operator. The name is the one of the language, in lower case for operators (`==`, `has_any`, `!in~`,
 * `between`, `+`, `and`, `not`, `[]` for element access by index or key, `matches regex`); a member `a.b` is `[]` with
 * a literal string; the unary minus is `-` with one argument. Deprecated names arrive under their modern ones (`iif` →
 * `iff`, `makeset` → `make_set`).
 */
export interface CallExpr {
  readonly kind: "call";
  readonly type: KqlType;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: TextSpan;
}

/** A query that gives one value, the first column of its first row: `toscalar(...)`. */
interface ScalarQueryExpr {
  readonly kind: "scalarQuery";
  readonly type: KqlType;
  readonly query: Relation;
}

/** All values of a query's first column as one array: the right side of `has_any (T | project x)`. */
interface ListQueryExpr {
  readonly kind: "listQuery";
  readonly type: "dynamic";
  readonly query: Relation;
}

/** Whether a value is among those of a query's first column: `x in (T | project y)`. */
interface InQueryExpr {
  readonly kind: "inQuery";
  readonly type: "bool";
  /** `in`, `!in`, `in~` or `!in~`. */
  readonly name: string;
  readonly value: Expr;
  readonly query: Relation;
  readonly span: TextSpan;
}

/** An expression with its type. */
export type Expr =
  | LiteralExpr
  | ColumnExpr
  | CallExpr
  | ScalarQueryExpr
  | ListQueryExpr
  | InQueryExpr;

/** An aggregate of `summarize` and of the like, perhaps inside an expression. */
export interface AggregateExpr {
  readonly kind: "aggregate";
  readonly type: KqlType;
  /** Name in the language, modern spelling. */
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: TextSpan;
}

/** A named expression of `extend`, `project` and of the like. */
export interface NamedExpr {
  readonly column: KqlColumn;
  readonly expr: Expr;
}
