/**
 * Writes versions into the mirror, in the order of changes, with the number of the last one in the same transaction:
 * whatever happens, the mirror is as the store was at one change.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import type { ObjectVersion } from "../store/index.ts";
import { INDICATOR_TYPE, indicatorRows, objectRow } from "../tables/index.ts";
import type { MirrorMark } from "./database.ts";
import { quoteText, STORED_TABLE, schemaOf } from "./names.ts";
import { INDICATOR_COLUMNS, OBJECT_COLUMNS, type StoredColumn } from "./stored-columns.ts";
import { type TableWriter, tableWriter } from "./table-writer.ts";
import { deleteObjects, tombstonesFrom } from "./tombstones.ts";
import type { Workspaces } from "./workspaces.ts";

/** Writes into the mirror; calls follow one another. */
export interface Feed {
  /** Adds versions to the transaction under way, or to a new one. */
  add(versions: readonly ObjectVersion[]): Promise<void>;
  /** Rows in the transaction under way. */
  pendingRows(): number;
  /** The last change that others see. A transaction may have to end before `commit` is called. */
  committed(): MirrorMark;
  /** Makes what was added visible. */
  commit(): Promise<void>;
  /** Forgets what was added since the last commit. */
  rollback(): Promise<void>;
}

/** Tells a version from that of the same change in another store. */
export function markOf({ requestId, recordIndex }: ObjectVersion): string {
  return `${requestId}/${recordIndex}`;
}

/** Prepares writing on a connection of its own. */
export function createFeed(
  connection: DuckDBConnection,
  workspaces: Workspaces,
  start: MirrorMark,
): Feed {
  const writers = createWriters(connection);
  let committed = start;
  let position = start;
  /** Workspaces that the transaction under way sees; undefined when none is. */
  let visible: ReadonlySet<string> | undefined;
  let pendingRows = 0;

  async function begin(workspaceId: string): Promise<void> {
    if (visible?.has(workspaceId)) {
      return;
    }
    await workspaces.ensure(workspaceId);
    if (visible !== undefined) {
      await commit();
    }
    await connection.run("BEGIN TRANSACTION");
    visible = new Set(workspaces.known);
  }

  async function commit(): Promise<void> {
    writers.flush();
    if (visible !== undefined) {
      const { change, mark } = position;
      await connection.run(
        `UPDATE main."~position" SET Change = ${change}, Mark = ${quoteText(mark)}`,
      );
      await connection.run("COMMIT");
      visible = undefined;
      committed = position;
      pendingRows = 0;
    }
  }

  return {
    async add(versions) {
      for (let at = 0; at < versions.length; ) {
        const version = versions[at] as ObjectVersion;
        await begin(version.workspaceId);
        const deleted = tombstonesFrom(versions, at);
        if (deleted.length > 0) {
          writers.flush();
          await deleteObjects(connection, deleted);
        }
        pendingRows += deleted.length === 0 ? await writers.add(version) : deleted.length;
        at += Math.max(1, deleted.length);
        const last = versions[at - 1] as ObjectVersion;
        position = { change: last.change, mark: markOf(last) };
      }
    },
    pendingRows: () => pendingRows,
    committed: () => committed,
    commit,
    async rollback() {
      writers.abandon();
      position = committed;
      pendingRows = 0;
      if (visible !== undefined) {
        visible = undefined;
        await connection.run("ROLLBACK");
      }
    },
  };
}

/** The open appenders, one for each table that versions have gone into. */
function createWriters(connection: DuckDBConnection) {
  const open = new Map<string, TableWriter<never>>();

  async function writerOf<Row>(
    workspaceId: string,
    table: string,
    columns: readonly StoredColumn<Row>[],
  ): Promise<TableWriter<Row>> {
    const key = `${table} ${workspaceId}`;
    const known = open.get(key) as TableWriter<Row> | undefined;
    if (known !== undefined) {
      return known;
    }
    const appender = await connection.createAppender(table, schemaOf(workspaceId));
    const writer = tableWriter(appender, columns);
    open.set(key, writer as unknown as TableWriter<never>);
    return writer;
  }

  return {
    /** Adds the rows of a version, and gives their number. */
    async add(version: ObjectVersion): Promise<number> {
      const { workspaceId, change } = version;
      if (version.facts.type !== INDICATOR_TYPE) {
        const writer = await writerOf(workspaceId, STORED_TABLE.object, OBJECT_COLUMNS);
        writer.add(objectRow(version), change);
        return 1;
      }
      const writer = await writerOf(workspaceId, STORED_TABLE.indicator, INDICATOR_COLUMNS);
      const rows = indicatorRows(version);
      for (const row of rows) {
        writer.add(row, change);
      }
      return rows.length;
    },
    flush(): void {
      for (const writer of open.values()) {
        writer.close();
      }
      open.clear();
    },
    abandon(): void {
      for (const writer of open.values()) {
        writer.abandon();
      }
      open.clear();
    },
  };
}
