/**
 * Drops what has been kept long enough, a little in each transaction, for all processes on a database: whoever has
 * the lock for the length of a transaction takes the next step, and none of them waits for another. A process that
 * dies leaves whole steps behind, and the next one goes on from there.
 */

import type { Client } from "pg";
import { dropsVersions, RETENTION_ROWS, type RetentionCutoffs } from "../retention.ts";
import { bigints } from "./array-parameters.ts";
import { createLogGarbage } from "./log-garbage.ts";
import { LOCK } from "./migrate.ts";
import type { Ask, Statement } from "./sessions.ts";
import { createValueCleaner } from "./value-cleaner.ts";
import { createVersionRetention, type SettledPosition } from "./version-retention.ts";

/** The rounds of one process. */
export interface PostgresRetention {
  /**
   * Drops a little of what is due; the number of rows it has looked at, 0 when nothing is left or another process
   * is at it. One call at a time. @throws what the client throws
   */
  retain(cutoffs: RetentionCutoffs): Promise<number>;
  /** Gives the connection back after the call under way. */
  end(): Promise<void>;
}

/** What the rounds are made of. */
export interface RetentionOptions {
  /** Makes a connection, which is kept for the length of a round. @throws what the client throws */
  readonly connect: () => Promise<Client>;
  /** Versions dropped before their values are taken out of the index, where not as usual. */
  readonly cleanedVersionsMin?: number;
}

/** Does one thing in one transaction, and returns how many rows it has looked at. */
type Step = () => Promise<number>;

/** The steps on one connection. */
interface Round {
  readonly client: Client;
  /** Where the index is now. */
  readonly position: SettledPosition;
  /** Up to where this round looks; undefined in the first one. */
  readonly until: SettledPosition | undefined;
  readonly stepsOf: (cutoffs: RetentionCutoffs, until: SettledPosition) => readonly Step[];
}

const TAKE_LOCK = `SELECT pg_try_advisory_xact_lock(${LOCK.retention}) AS taken`;

const POSITION: Statement = {
  name: "retention-indexed",
  text: "SELECT sequence, change FROM stixgate.index_position WHERE id = 1",
};

/** Prepares the rounds. */
export function createRetention(options: RetentionOptions): PostgresRetention {
  let round: Round | undefined;
  let settled: SettledPosition | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function leave(): Promise<void> {
    const client = round?.client;
    round = undefined;
    await client?.end().catch(() => undefined);
  }

  async function retain(cutoffs: RetentionCutoffs): Promise<number> {
    try {
      round ??= await beginRound(options, settled);
      const { client, position, until, stepsOf } = round;
      const rows = until === undefined ? 0 : await takeTurns(client, stepsOf(cutoffs, until));
      if (rows === 0) {
        settled = position;
        await leave();
      }
      return rows;
    } catch (error) {
      await leave();
      throw error;
    }
  }

  return {
    retain(cutoffs) {
      const call = retain(cutoffs);
      running = call.catch(() => undefined);
      return call;
    },
    async end() {
      await running;
      await leave();
    },
  };
}

/**
 * A round looks at what was indexed before the one before it: in a Citus cluster a commit is seen at the coordinator
 * a moment before it is seen at every worker.
 */
async function beginRound(
  { connect, cleanedVersionsMin }: RetentionOptions,
  until: SettledPosition | undefined,
): Promise<Round> {
  const client = await connect();
  const ask: Ask = async (statement, values) => (await client.query({ ...statement, values })).rows;
  const [row] = await ask<Record<"sequence" | "change", string>>(POSITION, []);
  const position = { sequence: Number(row?.sequence), change: Number(row?.change) };
  return { client, position, until, stepsOf: createSteps(ask, cleanedVersionsMin) };
}

function createSteps(ask: Ask, cleanedVersionsMin: number | undefined): Round["stepsOf"] {
  const garbage = createLogGarbage(ask);
  const versions = createVersionRetention(ask, garbage.add);
  const clean = createValueCleaner(ask, cleanedVersionsMin);
  const drop = createReceiptRetention(ask);
  return (cutoffs, until) => {
    const { receiptsBefore, rejectedBefore, versionsMax, versionsBefore, tombstonesBefore } =
      cutoffs;
    const steps: (Step | false)[] = [
      receiptsBefore !== null && (() => drop.withoutObjects(receiptsBefore, until.sequence)),
      receiptsBefore !== null && (() => drop.emptied(receiptsBefore)),
      rejectedBefore !== null && (() => drop.quarantine(rejectedBefore)),
      rejectedBefore !== null && (() => drop.warnings(rejectedBefore)),
    ];
    if (dropsVersions(cutoffs)) {
      steps.push(
        () => versions.countRepeated(until),
        versionsMax !== null && (() => versions.dropBeyond(versionsMax, until)),
        versionsBefore !== null && (() => versions.dropAged(versionsBefore, until)),
        tombstonesBefore !== null && (() => versions.dropDeleted(tombstonesBefore, until)),
        garbage.rewrite,
        () => clean(until),
      );
    }
    return steps.filter((step) => step !== false);
  };
}

/** The rows that all steps have looked at; 0 as soon as another process is at it. */
async function takeTurns(client: Client, steps: readonly Step[]): Promise<number> {
  let rows = 0;
  for (const step of steps) {
    const looked = await inTurn(client, step);
    if (looked === undefined) {
      return 0;
    }
    rows += looked;
  }
  return rows;
}

/** A transaction that holds the lock; undefined while another process holds it. */
async function inTurn(client: Client, step: Step): Promise<number | undefined> {
  await client.query("BEGIN");
  try {
    const { rows } = await client.query<{ taken: boolean }>(TAKE_LOCK);
    const looked = rows[0]?.taken === true ? await step() : undefined;
    await client.query("COMMIT");
    return looked;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

const OLD_QUARANTINE = oldRows("quarantine");
const OLD_WARNINGS = oldRows("request_warnings");

function oldRows(table: string): Statement {
  return {
    name: `retention-old-${table}`,
    text: `SELECT sequence FROM stixgate.${table} WHERE received_at < $1 ORDER BY received_at LIMIT $2`,
  };
}

const WITHOUT_OBJECTS: Statement = {
  name: "retention-without-objects",
  text: `SELECT sequence FROM stixgate.request
    WHERE accepted = 0 AND received_at COLLATE "C" < $1 AND sequence <= $3
    ORDER BY received_at COLLATE "C" LIMIT $2`,
};

/** They are in the order of their arrival: where none of the first is due, none is. */
const EMPTIED: Statement = {
  name: "retention-emptied",
  text: "SELECT sequence FROM stixgate.log_garbage WHERE records = 0 ORDER BY sequence LIMIT $1",
};

const RECEIVED: Statement = {
  name: "retention-received",
  text: `SELECT sequence FROM stixgate.request
    WHERE sequence = ANY ($1::bigint[]) AND received_at COLLATE "C" < $2`,
};

/** What belongs to a request whose receipt goes. */
const REQUEST_TABLES = ["request", "index_result", "quarantine", "request_warnings", "log_garbage"];

function dropFrom(table: string): Statement {
  return {
    name: `retention-drop-${table}`,
    text: `DELETE FROM stixgate.${table} WHERE sequence = ANY ($1::bigint[])`,
  };
}

/** Receipts, and what is only there to be read with them. */
function createReceiptRetention(ask: Ask) {
  async function drop(tables: readonly string[], rows: readonly Sequenced[]): Promise<number> {
    for (const table of rows.length === 0 ? [] : tables) {
      await ask(dropFrom(table), [sequencesOf(rows)]);
    }
    return rows.length;
  }

  return {
    quarantine: async (before: string) =>
      drop(["quarantine"], await ask<Sequenced>(OLD_QUARANTINE, [before, RETENTION_ROWS])),
    warnings: async (before: string) =>
      drop(["request_warnings"], await ask<Sequenced>(OLD_WARNINGS, [before, RETENTION_ROWS])),
    withoutObjects: async (before: string, until: number) =>
      drop(REQUEST_TABLES, await ask<Sequenced>(WITHOUT_OBJECTS, [before, RETENTION_ROWS, until])),
    emptied: async (before: string) => {
      const first = await ask<Sequenced>(EMPTIED, [RETENTION_ROWS]);
      return drop(
        REQUEST_TABLES,
        first.length === 0 ? [] : await ask<Sequenced>(RECEIVED, [sequencesOf(first), before]),
      );
    },
  };
}

interface Sequenced {
  readonly sequence: string;
}

function sequencesOf(rows: readonly Sequenced[]): Buffer {
  return bigints(rows.map(({ sequence }) => Number(sequence)));
}
