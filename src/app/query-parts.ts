/** Opens what queries need: the compiler, the mirror, and the use cases over them. */

import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createKqlCompiler, type KqlCompiler } from "../kql/index.ts";
import { type ChangeSource, type Mirror, type MirrorNotice, openMirror } from "../mirror/index.ts";
import {
  createLogTables,
  createQueries,
  type LogTables,
  mirrorColumns,
  type Queries,
} from "../query/index.ts";
import { type DocumentStore, openSqliteDocumentStore } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import type { Settings } from "./settings-table.ts";
import { type Teardown, takeDown } from "./teardown.ts";

/** Settings that bound queries. */
export type QuerySettings = Pick<
  Settings,
  | "query.timeoutSeconds"
  | "query.rowsMax"
  | "query.bytesMax"
  | "query.freshSeconds"
  | "query.republishDays"
  | "query.memoryBytesMax"
  | "query.temporaryBytesMax"
  | "query.threads"
  | "query.concurrentMax"
  | "query.queuedMax"
  | "logs.retentionDays"
  | "logs.bytesMax"
>;

/** What queries are opened with. */
export interface QueryPartsOptions {
  readonly settings: QuerySettings;
  /** Folder of the mirror's files. */
  readonly directory: string;
  readonly source: ChangeSource;
  readonly documents: DocumentStore;
  readonly now: () => Date;
  readonly onNotice: (notice: MirrorNotice) => void;
  readonly onFault: (cause: unknown) => void;
}

/** Opened queries. */
export interface OpenedQueries {
  readonly queries: Queries;
  readonly mirror: Mirror;
  readonly compiler: KqlCompiler;
}

const MS_PER_SECOND = 1000;

/** Folder of the mirror's files in a data directory. */
export const QUERY_FOLDER = "query";

/** Opens queries; the teardown closes them. @throws AppError `store_unavailable` */
export async function openQueries(
  options: QueryPartsOptions,
  teardown: Teardown,
): Promise<OpenedQueries> {
  const { settings, documents, now } = options;
  const logTables = createLogTables(documents);
  await logTables.refresh();
  const compiler = createKqlCompiler({ onFault: options.onFault });
  teardown.push(() => compiler.close());
  const mirror = openMirror({
    ...mirrorLimits(settings),
    directory: options.directory,
    source: options.source,
    republishDays: settings["query.republishDays"],
    logColumns: mirrorColumns(logTables),
    onNotice: options.onNotice,
  });
  teardown.push(() => mirror.close());
  return {
    compiler,
    mirror,
    queries: queriesOf({ compiler, mirror, documents, logTables, settings, now }),
  };
}

interface QueriesOfParts {
  readonly compiler: KqlCompiler;
  readonly mirror: Mirror;
  readonly documents: DocumentStore;
  readonly logTables: LogTables;
  readonly settings: QuerySettings;
  readonly now: () => Date;
}

function queriesOf(parts: QueriesOfParts): Queries {
  const { compiler, mirror, documents, logTables, settings, now } = parts;
  return createQueries({
    compile: compiler.compile,
    mirror,
    documents,
    logTables,
    freshMsMax: settings["query.freshSeconds"] * MS_PER_SECOND,
    now,
    monotonicMs: () => performance.now(),
  });
}

/** The bounds of the mirror that the settings name. */
export function mirrorLimits(
  settings: QuerySettings,
): Pick<Parameters<typeof openMirror>[0], "limits" | "engine" | "logs"> {
  return {
    limits: {
      timeMs: settings["query.timeoutSeconds"] * MS_PER_SECOND,
      rowsMax: settings["query.rowsMax"],
      bytesMax: settings["query.bytesMax"],
    },
    engine: {
      memoryBytesMax: settings["query.memoryBytesMax"],
      temporaryBytesMax: settings["query.temporaryBytesMax"],
      threads: settings["query.threads"] || availableParallelism(),
      concurrentMax: settings["query.concurrentMax"],
      queuedMax: settings["query.queuedMax"],
    },
    logs: {
      days: settings["logs.retentionDays"],
      bytesMax: settings["logs.bytesMax"],
    },
  };
}

/** Queries of which none is run: for what stands in documents alone. */
export async function openQueriesWithoutData(
  documents: DocumentStore,
  now: () => Date,
  teardown: Teardown,
): Promise<Queries> {
  const logTables = createLogTables(documents);
  await logTables.refresh();
  const compiler = createKqlCompiler();
  teardown.push(() => compiler.close());
  const refuse = async (): Promise<never> => {
    throw new AppError("internal", "Nothing is run here.");
  };
  return createQueries({
    compile: compiler.compile,
    mirror: {
      run: refuse,
      waitCurrent: refuse,
      appendLogRows: refuse,
      columnsOf: mirrorColumns(logTables),
    },
    documents,
    logTables,
    freshMsMax: 0,
    now,
    monotonicMs: () => performance.now(),
  });
}

/** Queries without a server and without data: tables are empty, what a query makes itself is there. */
export interface EmptyQueries extends OpenedQueries {
  /** The workspace to name. */
  readonly workspaceId: string;
  readonly close: () => Promise<void>;
}

const NO_WORKSPACE = "00000000-0000-0000-0000-000000000000";

/** Opens queries over nothing, in a folder that is removed afterwards. */
export async function openEmptyQueries(settings: QuerySettings): Promise<EmptyQueries> {
  const teardown: Teardown = [];
  const directory = await mkdtemp(join(tmpdir(), "stixgate-query-"));
  teardown.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const now = (): Date => new Date();
  const documents = openSqliteDocumentStore({ file: ":memory:", now });
  teardown.push(() => documents.close());
  const opened = await openQueries(
    {
      // Without tables there is nothing to share out, and one thread keeps groups in the order of their first rows.
      settings: { ...settings, "query.freshSeconds": 0, "query.threads": 1 },
      directory,
      source: { kind: "store", changes: async () => [] },
      documents,
      now,
      onNotice: () => undefined,
      onFault: () => undefined,
    },
    teardown,
  );
  return {
    ...opened,
    workspaceId: NO_WORKSPACE,
    close: () => takeDown(teardown),
  };
}
