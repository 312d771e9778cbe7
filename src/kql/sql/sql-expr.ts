/**
 * A piece of SQL with what the generator has to know of it. Every function of the language is an entry of a table from
 * its name to an emitter over these pieces; operators are functions here.
 */

import type { LiteralExpr } from "../ir.ts";
import type { KqlType, TextSpan } from "../types.ts";

/** SQL of one value. */
export interface SqlExpr {
  /** An expression that can stand anywhere: parenthesised where its outermost operator could bind wrongly. */
  readonly sql: string;
  readonly type: KqlType;
  /** True when it can be proved that the value is never NULL; `string` always is. */
  readonly nonNull: boolean;
  /** The literal it was made of, for emitters that need a constant (a regex, a bin size, a format). */
  readonly literal?: LiteralExpr;
  /**
   * A condition that is true for the same rows as `sql` but may be NULL where that is false: what `where` and the
   * conditions of joins use, since DuckDB hands such plain comparisons down to the scan.
   */
  readonly filterSql?: string;
  /** Where a dynamic value lies within another one, so that a walk of several steps is read with one JSON path. */
  readonly place?: JsonPlace;
  /** The text of a dynamic value, NULL for null, where it can be had without making the JSON. */
  readonly text?: string;
  /** The elements of a dynamic array as a VARCHAR[], where all are texts and it need not become JSON first. */
  readonly texts?: string;
}

/** A place within a JSON value: the SQL of that value and the JSON path from it. */
interface JsonPlace {
  readonly root: string;
  readonly path: string;
}

/** One use of a function or operator. */
export interface CallSite {
  readonly name: string;
  readonly args: readonly SqlExpr[];
  /** Type the binder gives the result. */
  readonly type: KqlType;
  readonly span: TextSpan;
  /**
   * For aggregates that keep an order (make_list): `ORDER BY …` to stand inside the aggregate's parentheses, when the
   * input is sorted.
   */
  readonly orderBy?: string;
  /**
   * For window functions (row_number, prev, row_cumsum): what stands in the parentheses of OVER, the order of the
   * input; may be empty. A frame may be appended to it.
   */
  readonly window?: string;
}

/** Makes the SQL of a call. @throws KqlRefusal for arguments that are not supported */
export type Emitter = (site: CallSite) => SqlExpr;

/** A use of an aggregate: the same, inside a grouping. */
export type AggregateEmitter = (site: CallSite) => SqlExpr;

/** A query that is not run: it is wrong, or needs something that is not supported. */
export class KqlRefusal extends Error {
  readonly code: string;
  readonly span: TextSpan | null;

  constructor(code: string, message: string, span: TextSpan | null) {
    super(message);
    this.name = "KqlRefusal";
    this.code = code;
    this.span = span;
  }
}
