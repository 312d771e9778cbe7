/**
 * Follows the log on connections of its own. Of all processes on a database the one that holds the lock
 * indexes; the others only hear how far it is. The server gives the lock back when the connection of its
 * holder ends, so the next one takes over within a poll. A second lock, on the row of the position, keeps
 * two from indexing the same requests even if both believe they are the one.
 *
 * Notifications tell of every append and every batch; where one is missed the poll finds it.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { describeFault } from "./faults.ts";

/** What a process knows of the log and the index. */
export interface KnownPosition {
  readonly appended?: number;
  readonly indexed?: number;
  readonly searchable?: number;
}

/** What is followed, and by what. */
export interface FollowedIndex {
  /** Whoever holds it indexes. */
  readonly lock: string;
  /** The position that it follows. */
  readonly follows: "appended" | "indexed";
  /** While uploads come, it rests so many times as long as it has worked: they need the server more. */
  readonly restRatio: number;
  /** Makes what indexes, on the connection that holds the lock and others that it opens. */
  readonly create: (parts: IndexerParts) => Promise<FollowingIndexer>;
}

/** What an indexer is made of. */
interface IndexerParts extends Connections {
  readonly connect: () => Promise<Client>;
}

/** Takes what is new, a batch at a time. */
interface FollowingIndexer {
  /** @throws what the client throws */
  indexBatch(): Promise<KnownPosition & { readonly done: boolean }>;
}

/** How to follow. */
export interface FollowerOptions {
  readonly index: FollowedIndex;
  readonly connect: () => Promise<Client>;
  readonly pollIntervalMs: number;
  readonly onPosition: (position: KnownPosition) => void;
}

/** A loop that runs until it is stopped. */
export interface Follower {
  /** Tries at once where the last attempt failed; resolves with what is wrong, if anything is. */
  check(): Promise<string | undefined>;
  /** Ends after the batch that is under way. */
  stop(): Promise<void>;
}

/** Uploads are coming when the last was committed no longer ago than this. */
const BUSY_MS = 250;

/** A rest is no longer, since a store that closes waits for its end. */
const REST_MS_MAX = 500;

/** Back-off after a failure: doubled from the first to the last value. */
const RETRY_DELAY_MS = { first: 100, last: 5_000 };

/** How long the connection may take to end. */
const END_MS = 2_000;

const POSITION = `SELECT
  (SELECT appended FROM stixgate.log_position WHERE id = 1) AS appended,
  (SELECT sequence FROM stixgate.index_position WHERE id = 1) AS indexed,
  (SELECT sequence FROM stixgate.search_position WHERE id = 1) AS searchable`;

/** Where the log and the index are. */
export async function readPosition(client: Client): Promise<Required<KnownPosition>> {
  const { rows } = await client.query<Record<keyof KnownPosition, string>>(POSITION);
  const { appended, indexed, searchable } = rows[0] ?? {};
  return {
    appended: Number(appended),
    indexed: Number(indexed),
    searchable: Number(searchable),
  };
}

/** Starts to follow, and goes on through every fault of the server. */
export function startFollower(options: FollowerOptions): Follower {
  const { index, connect, pollIntervalMs, onPosition } = options;
  const bell = createBell();
  let stopping = false;
  let fault: string | undefined;
  let delayMs = 0;
  let attempted = Promise.withResolvers<void>();

  function endAttempt(outcome?: string): void {
    fault = outcome;
    attempted.resolve();
    attempted = Promise.withResolvers();
  }

  async function tryToIndex(connections: Connections): Promise<FollowingIndexer | undefined> {
    const isTaken = await takeLock(connections.client, index.lock);
    return isTaken ? await index.create({ ...connections, connect }) : undefined;
  }

  async function follow(connections: Connections): Promise<void> {
    const { client } = connections;
    let indexer: FollowingIndexer | undefined;
    let uploadedMs = -BUSY_MS;
    client.on("notification", ({ payload = "" }) => {
      const [what = "", sequence] = payload.split(" ");
      onPosition({ [what]: Number(sequence) });
      uploadedMs = what === "appended" ? performance.now() : uploadedMs;
      if (what === index.follows && indexer !== undefined) {
        bell.ring();
      }
    });
    client.on("end", bell.ring);
    await client.query("LISTEN stixgate_position");
    while (!stopping) {
      indexer ??= await tryToIndex(connections);
      const startMs = performance.now();
      const batch = await indexer?.indexBatch();
      const endMs = performance.now();
      onPosition(batch?.done === false ? batch : await readPosition(client));
      endAttempt();
      delayMs = 0;
      if (index.restRatio > 0 && endMs - uploadedMs < BUSY_MS && !stopping) {
        await sleep(Math.min(index.restRatio * (endMs - startMs), REST_MS_MAX));
      }
      if (batch?.done !== false && !stopping) {
        await bell.rung(pollIntervalMs);
      }
    }
  }

  async function attempt(): Promise<void> {
    const client = await connect();
    const also: Client[] = [];
    try {
      await follow({ client, also });
    } finally {
      await Promise.all([client, ...also].map(ended));
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        await attempt();
      } catch (error) {
        endAttempt(describeFault(error));
        delayMs = Math.min(Math.max(delayMs * 2, RETRY_DELAY_MS.first), RETRY_DELAY_MS.last);
        await bell.rung(delayMs);
      }
    }
  }

  const running = run();
  return {
    async check() {
      if (fault !== undefined) {
        const { promise } = attempted;
        bell.ring();
        await promise;
      }
      return fault;
    },
    async stop() {
      stopping = true;
      bell.ring();
      await running;
      attempted.resolve();
    },
  };
}

/** The one that listens and holds the lock, and what has been opened beside it. */
interface Connections {
  readonly client: Client;
  readonly also: Client[];
}

async function takeLock(client: Client, lock: string): Promise<boolean> {
  const sql = `SELECT pg_try_advisory_lock(${lock}) AS taken`;
  const { rows } = await client.query<{ taken: boolean }>(sql);
  return rows[0]?.taken === true;
}

/** Ends a connection, which gives its lock back; a dead one is left behind after a while. */
async function ended(client: Client): Promise<void> {
  const bell = createBell();
  void client.end().then(bell.ring, bell.ring);
  await bell.rung(END_MS);
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
