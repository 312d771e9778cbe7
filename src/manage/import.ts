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
import type { JsonValue, Page } from "../store/index.ts";
import { AppError, type ReceiptCaller } from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf, settled } from "./context.ts";
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
  list(workspaceId: string, limit: number, cursor?: string): Promise<Page<Import>>;
  /** @throws AppError `not_found` */
  get(workspaceId: string, importId: string): Promise<Import>;
  /** All faults as lines of CSV. @throws AppError `not_found` */
  faults(workspaceId: string, importId: string): Promise<Readable>;
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
const SOURCE_LENGTH_MAX = 256;
const KIND = "import";
const RESERVED_SOURCE = "microsoft sentinel";

/** Makes the imports of a server. */
export function createImports(parts: ImportParts): Imports {
  const underWay = new Set<Promise<unknown>>();

  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (underWay.size >= UNDER_WAY_MAX) {
      throw new AppError("overloaded", "Other files are being imported: try again in a moment.");
    }
    const running = work();
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
      const page = await parts.documents.list({
        workspaceId,
        kind: KIND,
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      return { items: page.items.map(({ content }) => asImport(content)), next: page.next };
    },
    get: (workspaceId, importId) => requireImport(parts, workspaceId, importId),
    async faults(workspaceId, importId) {
      await requireImport(parts, workspaceId, importId);
      const file = filesOf(parts.directory, importId).faults;
      await requireFile(file);
      return createReadStream(file);
    },
    async close() {
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
  await forgetOldFiles(parts.directory, parts.now());
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
  await keep(parts, begun);
  try {
    const checked = await check(parts, acting, begun);
    await keep(parts, checked);
    return checked;
  } catch (error) {
    const failed = failure(begun, error, parts.now());
    await keep(parts, failed);
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
  const checked = await requireImport(parts, acting.workspaceId, importId);
  if (checked.state !== "checked") {
    throw new AppError(
      "conflict",
      `The import is ${checked.state}; only one that is checked can be stored.`,
    );
  }
  if (mode === "all" && checked.invalid > 0) {
    throw new AppError(
      "conflict",
      `${checked.invalid} of ${checked.total} records are invalid, and all or nothing was asked for.`,
      { facts: { faults: checked.faults.slice(0, 100) } },
    );
  }
  await requireFile(filesOf(parts.directory, importId).data);
  let current: Import = { ...checked, state: "storing" };
  await keep(parts, current);
  let sequence = 0;
  try {
    for await (const batch of batchesOf(
      filesOf(parts.directory, importId).data,
      checked.order,
      parts.now(),
    )) {
      const { prepared } = await prepareBatch(parts, acting, checked, batch);
      sequence = await parts.store.append(prepared);
      current = { ...current, stored: current.stored + prepared.accepted };
    }
    await settled(parts, sequence);
    current = { ...current, state: "done", finishedAt: parts.now().toISOString() };
  } catch (error) {
    current = failure(current, error, parts.now());
  }
  await rm(filesOf(parts.directory, importId).data, { force: true });
  await parts.documents.commit(
    [{ kind: "put", key: keyOf(current), content: asJson(current) }],
    [
      noteOf(acting, {
        action: "import.store",
        target: importId,
        after: {
          file: current.order.fileName,
          source: current.order.source,
          stored: current.stored,
        },
      }),
    ],
  );
  return current;
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
            message: errors.map(({ message }) => message).join(" "),
          },
        ];
  });
  return {
    prepared,
    faults: [...unreadable, ...invalid].toSorted((one, other) => one.index - other.index),
  };
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

async function keep(parts: ImportParts, current: Import): Promise<void> {
  await parts.documents.commit([{ kind: "put", key: keyOf(current), content: asJson(current) }]);
}

async function requireImport(
  { documents }: ImportParts,
  workspaceId: string,
  importId: string,
): Promise<Import> {
  const found = await documents.get({ workspaceId, kind: KIND, name: importId });
  if (found === undefined) {
    throw new AppError("not_found", `There is no import ${importId}.`, { field: "importId" });
  }
  return asImport(found.content);
}

function failure(current: Import, error: unknown, now: Date): Import {
  if (error instanceof AppError && error.code !== "invalid_request") {
    throw error;
  }
  const line = error instanceof ClientError ? error.position?.line : undefined;
  const message = error instanceof Error ? error.message : String(error);
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

function keyOf({ workspaceId, importId }: Import): {
  workspaceId: string;
  kind: string;
  name: string;
} {
  return { workspaceId, kind: KIND, name: importId };
}

function asJson(current: Import): JsonValue {
  return current as unknown as JsonValue;
}

function asImport(content: JsonValue): Import {
  return content as unknown as Import;
}
