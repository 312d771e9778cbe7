/** A small set of data to query, in this process, at a time that the test says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openQueries, QUERY_FOLDER } from "../../src/app/query-parts.ts";
import { loadSettings } from "../../src/app/settings.ts";
import { type Teardown, takeDown } from "../../src/app/teardown.ts";
import { openProcessor } from "../../src/app/upload-parts.ts";
import type { LogRecord, Queries } from "../../src/query/index.ts";
import { openSqliteDocumentStore, openSqliteStore } from "../../src/store/index.ts";

const WORKSPACE = "0a1b2c3d-0000-4000-8000-00000000000b";

/** One upload of STIX objects. */
export interface SetUpload {
  readonly receivedAt: string;
  readonly source: string;
  readonly objects: readonly object[];
}

export interface SetWatchlist {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What there is to query. */
export interface SetContent {
  readonly now: string;
  readonly uploads: readonly SetUpload[];
  readonly logs: Readonly<Record<string, readonly LogRecord[]>>;
  readonly watchlists?: Readonly<Record<string, SetWatchlist>>;
}

/** An answer: its columns' names, and its rows as the API's client reads them. */
export interface SetAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly visualization: string | null;
}

export interface QuerySet {
  /** Runs a query. @throws Error that tells the fault */
  readonly ask: (query: string) => Promise<SetAnswer>;
  readonly close: () => Promise<void>;
}

/** Puts the set in stores of its own. */
export async function openQuerySet(content: SetContent): Promise<QuerySet> {
  const teardown: Teardown = [];
  try {
    return await build(content, teardown);
  } catch (error) {
    await takeDown(teardown);
    throw error;
  }
}

async function build(content: SetContent, teardown: Teardown): Promise<QuerySet> {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-set-"));
  teardown.push(() => rmSync(directory, { recursive: true, force: true }));
  const { settings } = loadSettings({});
  const now = (): Date => new Date(content.now);
  await fillStore(directory, content.uploads, teardown);
  const documents = openSqliteDocumentStore({ file: ":memory:", now });
  teardown.push(() => documents.close());
  const { queries } = await openQueries(
    {
      settings: {
        ...settings,
        "query.freshSeconds": 60,
        "query.republishDays": 0,
        "logs.retentionDays": 0,
      },
      directory: join(directory, QUERY_FOLDER),
      source: { kind: "sqlite", directory },
      documents,
      now,
      onNotice: () => undefined,
      onFault: () => undefined,
    },
    teardown,
  );
  await fillQueries(queries, content);
  return {
    ask: (query) => askSet(queries, query, now()),
    close: () => takeDown(teardown),
  };
}

async function fillStore(
  directory: string,
  uploads: readonly SetUpload[],
  teardown: Teardown,
): Promise<void> {
  const { settings } = loadSettings({});
  let storeNow = "";
  const store = await openSqliteStore({
    directory,
    pendingAppendsMax: 1000,
    clock: () => new Date(storeNow),
  });
  teardown.push(() => store.close());
  const process = openProcessor({ ...settings, "server.workers": 0 }, {} as never, teardown);
  for (const [place, { receivedAt, source, objects }] of uploads.entries()) {
    storeNow = receivedAt;
    const processed = await process({
      request: {
        requestId: `request-${place}`,
        workspaceId: WORKSPACE,
        receivedAt,
        generation: "v3",
        apiVersion: "2024-02-01-preview",
        caller: { tenantId: "tenant", objectId: "object", appId: "app", userAgent: "test" },
      },
      text: JSON.stringify({ sourcesystem: source, stixobjects: objects }),
      notes: [],
      objectsMax: 1000,
      revoked: [],
    });
    if (processed.errors.length > 0) {
      throw new Error(JSON.stringify(processed.errors));
    }
    await store.waitIndexed(await store.append(processed.prepared));
  }
}

async function fillQueries(queries: Queries, content: SetContent): Promise<void> {
  for (const [table, records] of Object.entries(content.logs)) {
    const receipt = await queries.logs.append(WORKSPACE, table, records);
    const lost = [...receipt.unknownColumns.keys(), ...receipt.unfitColumns.keys()];
    if (lost.length > 0) {
      throw new Error(`${table} does not take ${lost.join(", ")}`);
    }
  }
  for (const [alias, list] of Object.entries(content.watchlists ?? {})) {
    await queries.watchlists.put({ workspaceId: WORKSPACE, alias, ...list, actor: "test" });
  }
}

async function askSet(queries: Queries, query: string, now: Date): Promise<SetAnswer> {
  const outcome = await queries.run({ workspaceId: WORKSPACE, query, range: null, now });
  if (outcome.kind === "fault") {
    const { code, message, position } = outcome.error;
    throw new Error(`${code} at ${position?.start}: ${message}`);
  }
  const { answer, render } = outcome;
  return {
    columns: answer.columns.map(({ name }) => name),
    rows: answer.rows(),
    visualization: render?.visualization ?? null,
  };
}
