/** An engine in the test's own process, in a folder that is removed afterwards, and versions to feed it with. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KqlColumn } from "../kql/index.ts";
import type { ObjectVersion } from "../store/index.ts";
import { type EngineDatabase, openDatabase } from "./database.ts";
import { createFeed, type Feed } from "./feed.ts";
import type { EngineLimits, QueryLimits, WireCell } from "./mirror.ts";
import type { QueryEnd } from "./protocol.ts";
import { startQuery } from "./query.ts";
import { createWorkspaces, type Workspaces } from "./workspaces.ts";

export const WORKSPACE = "0a1b2c3d-0000-4000-8000-00000000000a";

export const ENGINE_LIMITS: EngineLimits = {
  memoryBytesMax: 256 * 1024 * 1024,
  temporaryBytesMax: 256 * 1024 * 1024,
  threads: 1,
  concurrentMax: 2,
  queuedMax: 2,
};

const QUERY_LIMITS: QueryLimits = { timeMs: 20_000, rowsMax: 1_000, bytesMax: 1_000_000 };

/** What a test asks. */
interface Asked {
  readonly sql: string;
  readonly columns: readonly KqlColumn[];
  readonly now?: string;
  readonly workspaceId?: string;
  readonly limits?: Partial<QueryLimits>;
}

/** An engine for one test. */
export interface TestEngine {
  readonly directory: string;
  readonly database: EngineDatabase;
  readonly workspaces: Workspaces;
  readonly feed: Feed;
  /** Adds versions and commits. */
  apply(...versions: readonly ObjectVersion[]): Promise<void>;
  ask(
    asked: Asked,
  ): Promise<{ readonly rows: readonly (readonly WireCell[])[]; readonly end: QueryEnd }>;
  run(sql: string, parameters?: Record<string, string>): Promise<void>;
}

/** Opens an engine for the time of `work`. */
export async function withEngine(work: (engine: TestEngine) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-mirror-"));
  const database = await openDatabase(directory, ENGINE_LIMITS, {
    isOfThisStore: async () => true,
    onDiscarded: (reason) => {
      throw new Error(reason);
    },
  });
  try {
    const workspaces = await createWorkspaces(await database.connect());
    const feed = createFeed(await database.connect(), workspaces, database.position);
    const own = await database.connect();
    await work({
      ...{ directory, database, workspaces, feed },
      async apply(...versions) {
        await feed.add(versions);
        await feed.commit();
      },
      async ask({
        sql,
        columns,
        now = "2026-11-20T00:00:00.000Z",
        workspaceId = WORKSPACE,
        limits,
      }) {
        await workspaces.ensure(workspaceId);
        const pieces: string[] = [];
        const query = startQuery(
          {
            plan: { sql, columns, tables: [], parameters: [] },
            workspaceId,
            parameters: { now, from: null, to: null },
            limits: { ...QUERY_LIMITS, ...limits },
            logTables: [],
          },
          {
            connect: () => database.connect(),
            change: () => 0,
            onRows: (rows) => pieces.push(rows),
          },
        );
        const end = await query.end;
        return { rows: JSON.parse(`[${pieces.join(",")}]`), end };
      },
      async run(sql, parameters = {}) {
        await own.run(sql, parameters);
      },
    });
  } finally {
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

let changes = 0;

/** A version of an indicator with one value, ingested at an instant; each call has the next change. */
export function indicatorVersion(
  number: number,
  ingestedAt: string,
  rest: Partial<ObjectVersion> & { readonly facts?: Partial<ObjectVersion["facts"]> } = {},
): ObjectVersion {
  changes += 1;
  const stixId = `indicator--${String(number).padStart(4, "0")}`;
  const { facts, ...others } = rest as { facts?: Partial<ObjectVersion["facts"]> };
  return {
    change: changes,
    requestId: `request-${changes}`,
    sequence: changes,
    recordIndex: 0,
    ingestedAt,
    workspaceId: WORKSPACE,
    sourceSystem: "Feed",
    stixId,
    revoked: false,
    deleted: false,
    json: `{"type":"indicator","id":"${stixId}","pattern":"[ipv4-addr:value = '203.0.113.${number}']"}`,
    ...others,
    facts: {
      stixId,
      type: "indicator",
      specVersion: "2.1",
      created: null,
      modified: null,
      validFrom: null,
      validUntil: null,
      name: null,
      confidence: null,
      tlp: null,
      labels: [],
      revoked: false,
      keepRevoked: true,
      observables: [{ key: "ipv4-addr:value", value: `203.0.113.${number}` }],
      ...facts,
    },
  };
}

/** The version with which an object is deleted. */
export function tombstone(number: number, ingestedAt: string, type = "indicator"): ObjectVersion {
  const version = indicatorVersion(number, ingestedAt, {
    deleted: true,
    json: "",
    facts: { type, observables: [] },
  } as never);
  return version;
}
