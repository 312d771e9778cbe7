/**
 * Files as a source: a STIX document or a table is received once, tried out, and then stored, the valid records or
 * nothing. Each record that can't be stored is named with its line. The file waits on the disk of the server that
 * received it, for a day.
 */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { ClientError } from "../client/index.ts";
import { type IngestionRule, prepareRecords } from "../ingest/index.ts";
import type { Page } from "../store/index.ts";
import { AppError, type ReceiptCaller } from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf, settled } from "./context.ts";
import {
  failInterrupted,
  forgetImports,
  keepImport,
  listImports,
  readImport,
} from "./import-documents.ts";
import { filesOf, forgetOldFiles, requireFile, save, writeFaults } from "./import-files.ts";
import type { Import, ImportFault, ImportOrder } from "./import-order.ts";
import { batchesOf, type FileRecord } from "./import-records.ts";

/** The imports of a server. */
export interface Imports {
  /**
   * Receives a file and tries it out; nothing is stored yet.
   * @throws AppError `body_too_large`, `invalid_request`, `conflict` when too many are under way
   */
  receive(acting: Acting, order: ImportOrder, body: Readable): Promise<Import>;
  /** Stores what was received: the valid records, or nothing when one is invalid. @throws AppError `not_found`, `conflict` */
  commit(acting: Acting, importId: string, mode: "valid" | "all"): Promise<Import>;
  /** Without the faults of each. */
  list(workspaceId: string, limit: number, cursor?: string): Promise<Page<Import>>;
  /** @throws AppError `not_found` */
  get(workspaceId: string, importId: string): Promise<Import>;
  /** All faults as lines of CSV. @throws AppError `not_found` */
  faults(workspaceId: string, importId: string): Promise<Readable>;
  /** Removes files after a day and imports after thirty. */
  forgetOld(): Promise<void>;
  close(): Promise<void>;
}

/** What imports are made of. */
export interface ImportParts extends ManageParts {
  /** Folder for files that wait. */
  readonly directory: string;
  readonly rulesOf: (workspaceId: string) => Promise<readonly IngestionRule[]>;
}

/** Largest files, as Sentinel takes them. @see Microsoft Learn, "Import threat intelligence from a file" */
export const IMPORT_BYTES_MAX: Readonly<Record<ImportOrder["format"], number>> = {
  stix: 250 * 1_048_576,
  csv: 50 * 1_048_576,
};

/** A document is held in memory while it is read. */
const UNDER_WAY_MAX = 2;

const FAULTS_SHOWN_MAX = 1_000;
const FAULTS_KEPT_MAX = 100_000;
/** A record of a hundred wrong properties has a hundred sentences; the first ones will do. */
const FAULT_MESSAGE_LENGTH_MAX = 2_000;
const SOURCE_LENGTH_MAX = 256;
const RESERVED_SOURCE = "microsoft sentinel";

/** Makes the imports of a server; those that its last run has left half done have failed. */
export function createImports(parts: ImportParts): Imports {
  const underWay = new Set<Promise<unknown>>();
  let recovering: Promise<void> | undefined;

  /** Where it does not succeed, the next call tries again and says why. */
  function recovered(): Promise<void> {
    recovering ??= failInterrupted(parts).catch((error: unknown) => {
      recovering = undefined;
      throw error;
    });
    return recovering;
  }
  recovered().catch(() => undefined);

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (underWay.size >= UNDER_WAY_MAX) {
      throw new AppError("overloaded", "Other files are being imported: try again in a moment.");
    }
    const running = recovered().then(work);
    const watched = running.catch(() => undefined);
    underWay.add(watched);
    try {
      return await running;
    } finally {
      underWay.delete(watched);
    }
  }

  return {
    receive: (acting, order, body) => bounded(() => receive(parts, acting, order, body)),
    commit: (acting, importId, mode) => bounded(() => commit(parts, acting, importId, mode)),
    async list(workspaceId, limit, cursor) {
      await recovered();
      return listImports(parts, {
        workspaceId,
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
    },
    async get(workspaceId, importId) {
      await recovered();
      return (await readImport(parts, workspaceId, importId)).found;
    },
    async faults(workspaceId, importId) {
      await readImport(parts, workspaceId, importId);
      const file = filesOf(parts.directory, importId).faults;
      await requireFile(file);
      return createReadStream(file);
    },
    async forgetOld() {
      await forgetOldFiles(parts.directory, parts.now());
      await forgetImports(parts);
    },
    async close() {
      await recovering?.catch(() => undefined);
      await Promise.all(underWay);
    },
  };
}

async function receive(
  parts: ImportParts,
  acting: Acting,
  order: ImportOrder,
  body: Readable,
): Promise<Import> {
  checkSource(order.source);
  const importId = randomUUID();
  const files = filesOf(parts.directory, importId);
  await mkdir(parts.directory, { recursive: true, mode: 0o700 });
  const bytes = await save(body, files.data, IMPORT_BYTES_MAX[order.format]);
  const begun: Import = {
    importId,
    workspaceId: acting.workspaceId,
    order,
    state: "checking",
    bytes,
    total: 0,
    valid: 0,
    invalid: 0,
    warned: 0,
    stored: 0,
    faults: [],
    reason: null,
    orderedBy: acting.actor,
    orderedAt: parts.now().toISOString(),
    finishedAt: null,
  };
  await keepImport(parts, begun, 0);
  try {
    const checked = await check(parts, acting, begun);
    await keepImport(parts, checked);
    return checked;
  } catch (error) {
    const failed = failureOf(begun, error, parts.now());
    await keepImport(parts, failed);
    await rm(files.data, { force: true });
    return failed;
  }
}

/** Reads the file once and validates every record; nothing is stored. */
async function check(parts: ImportParts, acting: Acting, begun: Import): Promise<Import> {
  const kept: ImportFault[] = [];
  const count = { total: 0, invalid: 0, warned: 0 };
  for await (const batch of batchesOf(
    filesOf(parts.directory, begun.importId).data,
    begun.order,
    parts.now(),
  )) {
    const { prepared, faults } = await prepareBatch(parts, acting, begun, batch);
    count.total += batch.length;
    count.invalid += faults.length;
    count.warned += prepared.warned;
    kept.push(...faults.slice(0, FAULTS_KEPT_MAX - kept.length));
  }
  await writeFaults(filesOf(parts.directory, begun.importId).faults, kept);
  return {
    ...begun,
    state: "checked",
    total: count.total,
    valid: count.total - count.invalid,
    invalid: count.invalid,
    warned: count.warned,
    faults: kept.slice(0, FAULTS_SHOWN_MAX),
  };
}

async function commit(
  parts: ImportParts,
  acting: Acting,
  importId: string,
  mode: "valid" | "all",
): Promise<Import> {
  const begun = await begin(parts, { workspaceId: acting.workspaceId, importId, mode });
  const finished = await storeRecords(parts, acting, begun);
  const { fileName: file, source } = finished.order;
  const note = noteOf(acting, {
    action: "import.store",
    target: importId,
    after: { file, source, stored: finished.stored },
  });
  await keepImport(parts, finished, undefined, [note]);
  // Only now: while the file is there, an import that is not finished belongs to this server.
  await rm(filesOf(parts.directory, importId).data, { force: true });
  return finished;
}

/** Takes an import for storing; of two callers only one can. @throws AppError `not_found`, `conflict` */
async function begin(
  parts: ImportParts,
  wanted: {
    readonly workspaceId: string;
    readonly importId: string;
    readonly mode: "valid" | "all";
  },
): Promise<Import> {
  const { found, revision } = await readImport(parts, wanted.workspaceId, wanted.importId);
  if (found.state !== "checked") {
    throw notChecked(found.state);
  }
  if (wanted.mode === "all" && found.invalid > 0) {
    throw new AppError(
      "conflict",
      `${found.invalid} of ${found.total} records are invalid, and all or nothing was asked for.`,
      { facts: { faults: found.faults.slice(0, 100) } },
    );
  }
  await requireFile(filesOf(parts.directory, wanted.importId).data);
  const begun: Import = { ...found, state: "storing" };
  try {
    await keepImport(parts, begun, revision);
    return begun;
  } catch (error) {
    throw error instanceof AppError && error.code === "precondition_failed"
      ? notChecked("storing")
      : error;
  }
}

function notChecked(state: Import["state"]): AppError {
  const reason = `The import is ${state}; only one that is checked can be stored.`;
  return new AppError("conflict", reason);
}

/** Reads the file again and stores what is valid; gives the import as it ended. */
async function storeRecords(parts: ImportParts, acting: Acting, begun: Import): Promise<Import> {
  const { data } = filesOf(parts.directory, begun.importId);
  let stored = 0;
  let sequence = 0;
  try {
    for await (const batch of batchesOf(data, begun.order, parts.now())) {
      const { prepared } = await prepareBatch(parts, acting, begun, batch);
      sequence = await parts.store.append(prepared);
      stored += prepared.accepted;
    }
  } catch (error) {
    return failureOf({ ...begun, stored }, error, parts.now());
  }
  // What is on disk is stored, whether or not the index is behind.
  await settled(parts, sequence).catch(() => undefined);
  return { ...begun, stored, state: "done", finishedAt: parts.now().toISOString() };
}

interface PreparedBatch {
  readonly prepared: ReturnType<typeof prepareRecords>["prepared"];
  readonly faults: readonly ImportFault[];
}

async function prepareBatch(
  parts: ImportParts,
  acting: Acting,
  { order, importId, workspaceId }: Import,
  batch: readonly FileRecord[],
): Promise<PreparedBatch> {
  const readable = batch.filter(({ fault }) => fault === null);
  const caller: ReceiptCaller = acting.caller;
  const { prepared, rejections } = prepareRecords({
    request: {
      requestId: randomUUID(),
      workspaceId,
      receivedAt: parts.now().toISOString(),
      generation: "v3",
      apiVersion: "import/v1",
      caller,
    },
    sourceSystem: order.source,
    records: readable,
    notes: [`import ${importId} of ${order.fileName}`],
    // Templates of tables and exports of other tools write numbers as texts. @see sentinel-api, conflict C10
    validation: { ...parts.validation, coerceNumericStrings: true },
    unrevoke: "allow",
    revoked: new Set(),
    rules: await parts.rulesOf(workspaceId),
  });
  const unreadable = batch.flatMap(({ index, line, fault }) =>
    fault === null ? [] : [{ index, line, stixId: null, pointer: "", message: fault }],
  );
  const invalid = rejections.flatMap(({ recordIndex, stixId, errors }) => {
    const record = readable[recordIndex];
    return record === undefined
      ? []
      : [
          {
            index: record.index,
            line: record.line,
            stixId,
            pointer: pointerOf(errors[0]?.path ?? ""),
            message: shortened(errors.map(({ message }) => message).join(" ")),
          },
        ];
  });
  return {
    prepared,
    faults: [...unreadable, ...invalid].toSorted((one, other) => one.index - other.index),
  };
}

function shortened(text: string): string {
  return text.length > FAULT_MESSAGE_LENGTH_MAX
    ? `${text.slice(0, FAULT_MESSAGE_LENGTH_MAX - 1)}…`
    : text;
}

/** `external_references[0].url` as a JSON Pointer. @see RFC 6901 */
function pointerOf(path: string): string {
  return path === ""
    ? ""
    : `/${path
        .replaceAll("~", "~0")
        .replaceAll("/", "~1")
        .replaceAll(/\[(\d+)\]/g, ".$1")
        .split(".")
        .join("/")}`;
}

/** An import whose file, or whose server, made an end of it. */
function failureOf(current: Import, error: unknown, now: Date): Import {
  const line = error instanceof ClientError ? error.position?.line : undefined;
  const message = shortened(error instanceof Error ? error.message : String(error));
  const reason = line === undefined ? message : `line ${line}: ${message}`;
  return { ...current, state: "failed", reason, finishedAt: now.toISOString() };
}

function checkSource(source: string): void {
  const text = source.trim();
  if (text === "" || text.length > SOURCE_LENGTH_MAX || text.toLowerCase() === RESERVED_SOURCE) {
    throw new AppError(
      "invalid_request",
      `source must have 1 to ${SOURCE_LENGTH_MAX} characters and not be "Microsoft Sentinel".`,
      { field: "source" },
    );
  }
}
