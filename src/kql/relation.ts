/**
 * The intermediate form of a query's operators: relations over relations. Operators of the language that are
 * combinations of others do not appear; they are taken apart by the binder. A relation may be referred to from several
 * places; that is how `let` is shared.
 */
import type { AggregateExpr, Expr, NamedExpr } from "./ir.ts";
import type { KqlTable } from "./plan.ts";
import type { KqlColumn, TextSpan } from "./types.ts";

interface RelationBase {
  readonly columns: readonly KqlColumn[];
}

/** A table of the catalogue. */
export interface TableRelation extends RelationBase {
  readonly kind: "table";
  readonly table: KqlTable;
}

/** Rows written in the query: `datatable`, `print`. */
export interface ValuesRelation extends RelationBase {
  readonly kind: "values";
  readonly rows: readonly (readonly Expr[])[];
}

/** `range`: one column from, to (inclusive), step. */
export interface RangeRelation extends RelationBase {
  readonly kind: "range";
  readonly from: Expr;
  readonly to: Expr;
  readonly step: Expr;
  readonly span: TextSpan;
}

/** The rows for which the condition is true. */
export interface FilterRelation extends RelationBase {
  readonly kind: "filter";
  readonly input: Relation;
  readonly condition: Expr;
}

/** New columns from each row; everything is evaluated on the input row. */
export interface ProjectRelation extends RelationBase {
  readonly kind: "project";
  readonly input: Relation;
  readonly items: readonly NamedExpr[];
}

/** An aggregate and the column that stands for it. */
export interface AggregateItem {
  readonly column: KqlColumn;
  readonly aggregate: AggregateExpr;
}

/** The row of a group that has the greatest or smallest key, or any row: `arg_max(key, outputs…)`, `take_any(…)`. */
export interface PickItem {
  readonly pick: "max" | "min" | "any";
  readonly key: Expr | null;
  readonly outputs: readonly NamedExpr[];
}

/** Grouping. Columns are the keys, then the aggregates and picks in any order; a project puts them in theirs. */
export interface SummarizeRelation extends RelationBase {
  readonly kind: "summarize";
  readonly input: Relation;
  readonly keys: readonly NamedExpr[];
  readonly aggregates: readonly AggregateItem[];
  readonly picks: readonly PickItem[];
}

/** How rows of two sides are matched. */
export type JoinKind =
  | "inner"
  | "innerunique"
  | "leftouter"
  | "rightouter"
  | "fullouter"
  | "leftsemi"
  | "rightsemi"
  | "leftanti"
  | "rightanti"
  | "cross";

/** Where a column of a join comes from. */
export interface JoinOutput {
  readonly column: KqlColumn;
  readonly side: "left" | "right";
  readonly name: string;
}

/** `join` and `lookup`. The keys of each pair are evaluated on their own side; null equals null. */
export interface JoinRelation extends RelationBase {
  readonly kind: "join";
  readonly joinKind: JoinKind;
  readonly left: Relation;
  readonly right: Relation;
  readonly on: readonly { readonly left: Expr; readonly right: Expr }[];
  readonly outputs: readonly JoinOutput[];
}

/** All rows of the inputs; a column that an input lacks is null there. `source` names a column with the input's name. */
export interface UnionRelation extends RelationBase {
  readonly kind: "union";
  readonly inputs: readonly UnionInput[];
  readonly source: string | null;
}

/** One input of a union: for each output column the input's expression. */
export interface UnionInput {
  readonly name: string;
  readonly input: Relation;
  /** The input's column for each output column; null where it has none. */
  readonly from: readonly (string | null)[];
}

/** One key of an order. */
export interface SortKey {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The rows in an order that the following operators see. */
export interface SortRelation extends RelationBase {
  readonly kind: "sort";
  readonly input: Relation;
  readonly keys: readonly SortKey[];
}

/** The first rows, or any when there is no order. */
export interface TakeRelation extends RelationBase {
  readonly kind: "take";
  readonly input: Relation;
  readonly count: Expr;
  /** True to choose at random. */
  readonly random: boolean;
  /** Columns for each of whose values the rows are counted anew; empty to count all. */
  readonly groups: readonly string[];
}

/** One array that is expanded: to a new column, or in place of one. */
export interface Expansion {
  readonly column: KqlColumn;
  readonly expr: Expr;
}

/** `mv-expand`: a row for each element; several arrays side by side. */
export interface ExpandRelation extends RelationBase {
  readonly kind: "expand";
  readonly input: Relation;
  readonly expansions: readonly Expansion[];
  /** Bags become `[key, value]` pairs instead of bags of one member. */
  readonly pairs: boolean;
  readonly index: string | null;
  readonly limit: Expr | null;
}

/** The rows that a subquery of `mv-apply` or `partition` starts from. */
export interface ContextRelation extends RelationBase {
  readonly kind: "context";
  readonly id: number;
}

/** `mv-apply`: a subquery over the elements of each row, beside the row's own columns. */
export interface ApplyRelation extends RelationBase {
  readonly kind: "apply";
  readonly input: Relation;
  readonly expansions: readonly Expansion[];
  readonly index: string | null;
  readonly limit: Expr | null;
  readonly context: ContextRelation;
  readonly subquery: Relation;
  /** Columns that are taken from the input's row; the others are the subquery's. */
  readonly kept: readonly string[];
}

/** `partition by`: a subquery over the rows of each value of a key. */
export interface PartitionRelation extends RelationBase {
  readonly kind: "partition";
  readonly input: Relation;
  readonly key: string;
  readonly context: ContextRelation;
  readonly subquery: Relation;
}

/** How one part of a pattern of `parse` reads. */
export interface ParseCapture {
  readonly column: KqlColumn;
}

/** `parse`: columns from the groups of a regular expression; columns of other types than string are converted. */
export interface ParseRelation extends RelationBase {
  readonly kind: "parse";
  readonly input: Relation;
  readonly source: Expr;
  /** RE2, with one group for each capture in order. */
  readonly regex: string;
  readonly captures: readonly ParseCapture[];
  /** Rows without a match are dropped (`parse-where`). */
  readonly dropUnmatched: boolean;
  /** In the relaxed mode a capture that does not convert is null; otherwise the whole row counts as unmatched. */
  readonly relaxed: boolean;
}

/** `parse-kv`: columns from the values of keys in a text of pairs; the first pair of a key counts. */
export interface ParseKvRelation extends RelationBase {
  readonly kind: "parseKv";
  readonly input: Relation;
  readonly source: Expr;
  /** RE2 of one pair: group 1 is the key, 2 the value; when `quoted`, 2 is a quoted and 3 a bare value. */
  readonly pairRegex: string;
  readonly quoted: boolean;
  readonly keys: readonly KqlColumn[];
}

/** One array of `make-series`: an expression over aggregates, and what stands where a step has no rows. */
export interface SeriesAggregate {
  readonly column: KqlColumn;
  readonly expr: Expr;
  readonly otherwise: Expr | null;
}

/** `make-series` */
export interface SeriesRelation extends RelationBase {
  readonly kind: "series";
  readonly input: Relation;
  readonly axis: Expr;
  /** Null to begin with the first row's step. */
  readonly from: Expr | null;
  /** Not included, unless `inclusive`; null to end with the last row's step. */
  readonly to: Expr | null;
  readonly step: Expr;
  readonly inclusive: boolean;
  readonly keys: readonly NamedExpr[];
  readonly aggregates: readonly AggregateItem[];
  readonly series: readonly SeriesAggregate[];
  readonly axisName: string;
  /** One row even when there is no input. */
  readonly nonempty: boolean;
}

/** `scan` with one step. Columns are the input's, then the state's. */
export interface ScanRelation extends RelationBase {
  readonly kind: "scan";
  readonly input: Relation;
  /** Over the row's columns and, with `$previous.` before the name, those of the last matching row and its state. */
  readonly condition: Expr;
  /** The state's columns with their first values. */
  readonly state: readonly NamedExpr[];
  /** Their values after a matching row. */
  readonly next: readonly NamedExpr[];
}

/** `materialize` or a shared `let`: evaluated once. */
interface MaterializeRelation extends RelationBase {
  readonly kind: "materialize";
  readonly input: Relation;
}

/** Fixes the order in which rows come, so that window functions can follow. */
export interface SerializeRelation extends RelationBase {
  readonly kind: "serialize";
  readonly input: Relation;
}

/** Any relation. */
export type Relation =
  | TableRelation
  | ValuesRelation
  | RangeRelation
  | FilterRelation
  | ProjectRelation
  | SummarizeRelation
  | JoinRelation
  | UnionRelation
  | SortRelation
  | TakeRelation
  | ExpandRelation
  | ContextRelation
  | ApplyRelation
  | PartitionRelation
  | ParseRelation
  | ParseKvRelation
  | SeriesRelation
  | ScanRelation
  | MaterializeRelation
  | SerializeRelation;
