/** Appends rows to a table in chunks, column by column. */

import {
  BIGINT,
  BOOLEAN,
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import type { StoredColumn, StoredType } from "./stored-columns.ts";

/** Rows in a chunk: the engine's own vector size. */
const CHUNK_ROWS = 2_048;

const TYPES: Readonly<Record<StoredType, DuckDBType>> = {
  BIGINT,
  BOOLEAN,
  INTEGER,
  JSON: VARCHAR,
  TIMESTAMP,
  VARCHAR,
};

/** Rows on their way into one table. */
export interface TableWriter<Row> {
  add(row: Row, change: number): void;
  /** Writes what is left. */
  close(): void;
  /** Forgets what is not written. */
  abandon(): void;
}

/** Starts writing by an appender of the table. */
export function tableWriter<Row>(
  appender: DuckDBAppender,
  columns: readonly StoredColumn<Row>[],
): TableWriter<Row> {
  const types = columns.map(({ type }) => TYPES[type]);
  let cells: DuckDBValue[][] = columns.map(() => []);
  let rows = 0;

  function write(): void {
    if (rows > 0) {
      const chunk = DuckDBDataChunk.create(types, rows);
      chunk.setColumns(cells);
      appender.appendDataChunk(chunk);
      cells = columns.map(() => []);
      rows = 0;
    }
  }

  return {
    add(row, change) {
      for (let place = 0; place < columns.length; place += 1) {
        cells[place]?.push(columns[place]?.value(row, change) ?? null);
      }
      rows += 1;
      if (rows === CHUNK_ROWS) {
        write();
      }
    },
    close() {
      write();
      appender.closeSync();
    },
    abandon() {
      appender.clear();
      appender.closeSync();
    },
  };
}
