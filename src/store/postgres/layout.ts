/**
 * How large tables are spread: over the partitions of one server, or over the workers of a Citus cluster.
 * A table is spread by the hash of one column in both cases; tables spread by columns of one meaning lie
 * together, so that what belongs together is joined in place.
 */

/** Where the rows of large tables go. */
export type Layout = "partitions" | "citus";

/** A table to be spread. */
export interface SpreadTable {
  /** Its name with the schema. */
  readonly name: string;
  /** Its columns, as they stand between the parentheses of CREATE TABLE. */
  readonly columns: string;
  /** Column whose hash chooses the place; part of every unique index. */
  readonly by: string;
  /** A column of bytes that are compressed already: PostgreSQL need not try again. */
  readonly compressed?: string;
  /** A table before it whose rows lie with its rows; without it, it is the first of its kind. */
  readonly beside?: string;
}

/**
 * Partitions of a table on one server: each has a B-tree of its own, vacuumed by itself, an eighth as high
 * a pile; more would make planning slower than that is worth.
 */
const PARTITIONS = 8;

/** The statements that make a spread table; indexes are made afterwards, on its name, in both layouts. */
export function createSpreadTable(table: SpreadTable, layout: Layout): string {
  return layout === "citus" ? distributed(table) : partitioned(table);
}

function distributed(table: SpreadTable): string {
  const { name, columns, by, beside } = table;
  return `CREATE TABLE ${name} (${columns});
${storage(table)}SELECT create_distributed_table('${name}', '${by}', colocate_with => '${beside ?? "none"}');
`;
}

function partitioned(table: SpreadTable): string {
  const { name, columns, by } = table;
  const partitions = Array.from(
    { length: PARTITIONS },
    (_, at) => `CREATE TABLE ${name}_${at} PARTITION OF ${name}
  FOR VALUES WITH (MODULUS ${PARTITIONS}, REMAINDER ${at});
`,
  );
  return `CREATE TABLE ${name} (${columns}) PARTITION BY HASH (${by});
${storage(table)}${partitions.join("")}`;
}

/** Said before the table is spread, so that its parts take it over. */
function storage({ name, compressed }: SpreadTable): string {
  return compressed === undefined
    ? ""
    : `ALTER TABLE ${name} ALTER COLUMN ${compressed} SET STORAGE EXTERNAL;
`;
}
