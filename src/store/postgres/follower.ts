/**
 * Follows the log on a connection of its own. Of all processes on a database the one that holds the lock
 * indexes; the others only hear how far it is. The server gives the lock back when the connection of its
 * holder ends, so the next one takes over within a poll. A second lock, on the row of the position, keeps
 * two from indexing the same requests even if both believe they are the one.
 *
 * Notifications tell of every append and every batch; where one is missed the poll finds it.
 */

import type { Client } from "pg";
import { describeFault } from "./faults.ts";
import { createIndexer, type Indexer } from "./indexer.ts";
import { LOCK } from "./migrate.ts";

/** What a process knows of the log and the index. */
export interface KnownPosition {
  readonly appended?: number;
  readonly indexed?: number;
}

/** How to follow. */
export interface FollowerOptions {
  readonly connect: () => Promise<Client>;
  readonly pollIntervalMs: number;
  readonly onPosition: (position: KnownPosition) => void;
}

/** A loop that runs until it is stopped. */
export interface Follower {
  /** Why following or indexing doesn't work now; undefined when it does. */
  fault(): string | undefined;
  /** Ends after the batch that is under way. */
  stop(): Promise<void>;
}

/** Back-off after a failure: doubled from the first to the last value. */
const RETRY_DELAY_MS = { first: 100, last: 5_000 };

/** How long the connection may take to end. */
const END_MS = 2_000;

const POSITION = `SELECT
  (SELECT appended FROM stixgate.log_position WHERE id = 1) AS appended,
  (SELECT sequence FROM stixgate.index_position WHERE id = 1) AS indexed`;

/** Where the log and the index are. */
export async function readPosition(client: Client): Promise<Required<KnownPosition>> {
  const { rows } = await client.query<{ appended: string; indexed: string }>(POSITION);
  return { appended: Number(rows[0]?.appended), indexed: Number(rows[0]?.indexed) };
}

/** Starts to follow, and goes on through every fault of the server. */
export function startFollower({ connect, pollIntervalMs, onPosition }: FollowerOptions): Follower {
  const bell = createBell();
  let stopping = false;
  let fault: string | undefined;
  let delayMs = 0;

  async function follow(client: Client): Promise<void> {
    client.on("notification", ({ payload = "" }) => {
      const [what, sequence] = payload.split(" ");
      onPosition(
        what === "indexed" ? { indexed: Number(sequence) } : { appended: Number(sequence) },
      );
      bell.ring();
    });
    client.on("end", bell.ring);
    await client.query("LISTEN stixgate_position");
    let indexer: Indexer | undefined;
    while (!stopping) {
      indexer ??= (await takeLock(client)) ? createIndexer(client) : undefined;
      onPosition(await readPosition(client));
      const done = indexer === undefined || (await indexNext(indexer));
      fault = undefined;
      delayMs = 0;
      if (done && !stopping) {
        await bell.rung(pollIntervalMs);
      }
    }
  }

  async function indexNext(indexer: Indexer): Promise<boolean> {
    const { indexed, done } = await indexer.indexBatch();
    onPosition({ indexed });
    return done;
  }

  async function run(): Promise<void> {
    while (!stopping) {
      let client: Client | undefined;
      try {
        client = await connect();
        await follow(client);
      } catch (error) {
        fault = describeFault(error);
        delayMs = Math.min(Math.max(delayMs * 2, RETRY_DELAY_MS.first), RETRY_DELAY_MS.last);
        await bell.rung(delayMs);
      } finally {
        await ended(client);
      }
    }
  }

  const running = run();
  return {
    fault: () => fault,
    async stop() {
      stopping = true;
      bell.ring();
      await running;
    },
  };
}

async function takeLock(client: Client): Promise<boolean> {
  const sql = `SELECT pg_try_advisory_lock(${LOCK.index}) AS taken`;
  const { rows } = await client.query<{ taken: boolean }>(sql);
  return rows[0]?.taken === true;
}

async function ended(client: Client | undefined): Promise<void> {
  if (client !== undefined) {
    const bell = createBell();
    void client.end().then(bell.ring, bell.ring);
    await bell.rung(END_MS);
  }
}

/** Something to wait for: rung at any time, by anyone; a ring that nobody waits for is kept. */
function createBell() {
  let wake: (() => void) | undefined;
  let isRung = false;
  return {
    ring(): void {
      isRung = true;
      wake?.();
    },
    async rung(withinMs: number): Promise<void> {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isRung = false;
      wake = undefined;
    },
  };
}
