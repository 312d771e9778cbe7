/**
 * The scalar types of KQL, spelled as on the wire, and how each is held in DuckDB.
 * Nothing else of the language stands here.
 */

/** A scalar type of KQL. */
export type KqlType =
  | "bool"
  | "datetime"
  | "decimal"
  | "dynamic"
  | "guid"
  | "int"
  | "long"
  | "real"
  | "string"
  | "timespan";

/**
 * How a type is held in DuckDB. `dynamic` is always JSON text made canonical when it is written, `timespan` is a
 * count of 100 ns ticks, `datetime` has microseconds, `string` is never NULL, `guid` is its lower-case text.
 */
export const DUCKDB_TYPES: Readonly<Record<KqlType, string>> = Object.freeze({
  bool: "BOOLEAN",
  datetime: "TIMESTAMP",
  decimal: "DECIMAL(38, 12)",
  dynamic: "JSON",
  guid: "VARCHAR",
  int: "INTEGER",
  long: "BIGINT",
  real: "DOUBLE",
  string: "VARCHAR",
  timespan: "BIGINT",
});

/** A column of a table or of a result. */
export interface KqlColumn {
  readonly name: string;
  readonly type: KqlType;
}

/** A stretch of the query's text: offset and length in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly length: number;
}
