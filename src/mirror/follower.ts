/**
 * Keeps the mirror in step with the store: reads what is new, writes it in transactions that are large while there is
 * much to catch up with, and looks again after a short while.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import type { MirrorMark } from "./database.ts";
import { createFeed } from "./feed.ts";
import { messageOf } from "./message-of.ts";
import type { MirrorNotice } from "./mirror.ts";
import { createSerial } from "./serial.ts";
import { instant } from "./stored-columns.ts";
import type { VersionSource } from "./version-source.ts";
import type { Workspaces } from "./workspaces.ts";

/** Versions of one read. */
const READ_VERSIONS = 2_000;

/** Rows of one transaction: a row group of the engine, which it then compresses once and for all. */
const TRANSACTION_ROWS = 122_880;

/** Waits after failures, doubled from the first to the last. */
const RETRY_MS = { first: 500, last: 30_000 };

/** What a follower works with. */
export interface FollowerOptions {
  /** Its own: nothing else runs on it. */
  readonly connection: DuckDBConnection;
  readonly workspaces: Workspaces;
  readonly source: VersionSource;
  readonly start: MirrorMark;
  readonly onPosition: (applied: number, stored: number) => void;
  readonly onNotice: (notice: MirrorNotice) => void;
}

/** Follows the store. */
export interface Follower {
  /** Begins to follow; `onCaughtUp` is called once, when the mirror is first in step. */
  start(onCaughtUp: () => void): void;
  /** Resolves when everything is applied that is in the store now. */
  refresh(): Promise<void>;
  /** Runs a statement on kept rows between two transactions; `$now` is bound. */
  update(sql: string, now: string): Promise<void>;
  applied(): number;
  stop(): Promise<void>;
}

/** Makes a follower that rests until it is started. */
export function createFollower(options: FollowerOptions): Follower {
  const { connection, workspaces, source, onPosition } = options;
  const feed = createFeed(connection, workspaces, options.start);
  const serial = createSerial();
  let applied = options.start.change;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = RETRY_MS.first;

  function tell(): void {
    applied = feed.committed().change;
    onPosition(applied, Math.max(applied, source.latest()));
  }

  /** Applies everything that is new when it starts, and perhaps more. */
  async function catchUp(): Promise<void> {
    let after = applied;
    try {
      while (!stopped) {
        const versions = await source.changes(after, READ_VERSIONS);
        if (versions.length === 0) {
          break;
        }
        await feed.add(versions);
        after = versions.at(-1)?.change ?? after;
        if (feed.pendingRows() >= TRANSACTION_ROWS) {
          await feed.commit();
          tell();
        }
        // Queries that have arrived meanwhile get their turn.
        await new Promise(setImmediate);
      }
      if (after !== applied) {
        await feed.commit();
        tell();
      }
    } catch (error) {
      await feed.rollback();
      tell();
      throw error;
    }
  }

  async function round(onCaughtUp: () => void): Promise<void> {
    let waitMs = source.pollMs;
    let next = onCaughtUp;
    try {
      await serial(catchUp);
      retryMs = RETRY_MS.first;
      onCaughtUp();
      next = () => undefined;
    } catch (error) {
      const message = `The mirror can't follow the store and tries again: ${messageOf(error)}`;
      options.onNotice({ level: "error", message });
      waitMs = retryMs;
      retryMs = Math.min(retryMs * 2, RETRY_MS.last);
    }
    if (!stopped) {
      timer = setTimeout(() => void round(next), waitMs);
    }
  }

  return {
    start(onCaughtUp) {
      tell();
      void round(onCaughtUp);
    },
    refresh: () => serial(catchUp),
    update: (sql, now) =>
      serial(async () => {
        const statement = await connection.prepare(sql);
        statement.bindTimestamp(statement.parameterIndex("now"), instantOf(now));
        await statement.run();
      }),
    applied: () => applied,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await serial(() => Promise.resolve());
    },
  };
}

function instantOf(text: string): NonNullable<ReturnType<typeof instant>> {
  const value = instant(text);
  if (value === null) {
    throw new RangeError(`no instant: ${text}`);
  }
  return value;
}
