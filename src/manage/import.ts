/**
 * Files as a source: a STIX document or a table is received once, tried out, put right where somebody wants to, and then
 * stored: what was chosen of it, or nothing. The file waits on the disk of the server that received it, for a day.
 */
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Page } from "../store/index.ts";
import { AppError, type StixObject } from "../wire/index.ts";
import { type Acting, noteOf } from "./context.ts";
import {
  forgetImports,
  type KeptImport,
  keepImport,
  listImports,
  openImports,
  readImport,
  shown,
} from "./import-documents.ts";
import {
  faultsText,
  filesOf,
  forgetOldFiles,
  type ImportFiles,
  isHere,
  removeFiles,
  requireFile,
} from "./import-files.ts";
import { receiveText } from "./import-intake.ts";
import {
  type Import,
  type ImportChoice,
  type ImportOrder,
  type ImportRecord,
  NO_RECORDS,
  type RecordStatus,
} from "./import-order.ts";
import { fixRecord, type RecordView, viewRecord } from "./import-record-view.ts";
import { readRecords } from "./import-results.ts";
import {
  checkStep,
  failureOf,
  type ImportParts,
  type StepParts,
  storeStep,
} from "./import-steps.ts";
import { createTurns } from "./turns.ts";

/** The imports of a server. */
export interface Imports {
  /**
   * Receives a file and tries it out; nothing is stored yet.
   * @param waits false: gives the import as soon as the file is here, and goes on in the background
   * @throws AppError `body_too_large`, `invalid_request`, `overloaded` when too many are under way
   */
  receive(acting: Acting, order: ImportOrder, body: Readable, waits?: boolean): Promise<Import>;
  /**
   * Stores what was chosen, or nothing when one is invalid and that was asked for.
   * @param waits false: gives the import at once, and goes on in the background
   * @throws AppError `not_found`, `conflict`, `overloaded`
   */
  commit(acting: Acting, importId: string, choice: ImportChoice, waits?: boolean): Promise<Import>;
  /** Without the faults of each. */
  list(workspaceId: string, limit: number, cursor?: string): Promise<Page<Import>>;
  /** @throws AppError `not_found` */
  get(workspaceId: string, importId: string): Promise<Import>;
  /** Records of an import as they were found, while its files are kept. @throws AppError `not_found` */
  records(workspaceId: string, importId: string, query: RecordQuery): Promise<ImportRecordPage>;
  /** A record, and what storing it would change. @throws AppError `not_found` */
  record(workspaceId: string, importId: string, index: number): Promise<RecordView>;
  /** Writes another object in the place of a record and tries it out. @throws AppError `not_found`, `conflict` */
  fix(acting: Acting, importId: string, index: number, object: StixObject): Promise<RecordView>;
  /** All faults as lines of CSV, or as JSON with the records. @throws AppError `not_found` */
  faults(workspaceId: string, importId: string, format: "csv" | "json"): Promise<Readable>;
  /** Forgets an import that nobody wants to store. @throws AppError `not_found`, `conflict` while it is worked on */
  discard(acting: Acting, importId: string): Promise<Import>;
  /** Removes files after a day and imports after thirty. */
  forgetOld(): Promise<void>;
  /** Ends the steps where they are; another start goes on. */
  close(): Promise<void>;
}

/** Which records are asked for, in the order of the file. */
export interface RecordQuery {
  readonly statuses: readonly RecordStatus[];
  readonly limit: number;
  /** Place of the first record that may be given. */
  readonly from: number;
}

/** A page of records. */
export interface ImportRecordPage {
  readonly items: readonly ImportRecord[];
  /** `from` of the next page; null on the last. */
  readonly next: number | null;
}

/** Largest files, as Sentinel takes them. @see Microsoft Learn, "Import threat intelligence from a file" */
export const IMPORT_BYTES_MAX: Readonly<Record<ImportOrder["format"], number>> = {
  stix: 250 * 1_048_576,
  csv: 50 * 1_048_576,
};

/** A document is held in memory while it is read. */
const UNDER_WAY_MAX = 2;

/** Files that may be on their way here, or wait for their turn: each takes room on the disk. */
const WAITING_MAX = 20;

const SOURCE_LENGTH_MAX = 256;
const RESERVED_SOURCE = "microsoft sentinel";

/** Makes the imports of a server; those that its last run has left in the middle go on. */
export function createImports(given: ImportParts): Imports {
  let closing = false;
  const parts: StepParts = {
    ...given,
    importValidation: { ...given.validation, coerceNumericStrings: true },
    isClosing: () => closing,
  };
  const turns = createTurns(UNDER_WAY_MAX);
  let receiving = 0;
  let leftOvers: Promise<readonly KeptImport[]> | undefined;
  /** One after the other: two could be put right at the same moment. */
  let fixing: Promise<unknown> = Promise.resolve();

  /** Takes up what an earlier run has left, before anything new begins. Where that fails the next call tries again. */
  async function resumed(): Promise<void> {
    if (leftOvers === undefined) {
      leftOvers = openImports(parts);
      leftOvers.then(
        (left) => void turns.take(() => goOn(parts, left)).catch(() => undefined),
        () => {
          leftOvers = undefined;
        },
      );
    }
    await leftOvers;
  }
  resumed().catch(() => undefined);

  async function mayBegin(): Promise<void> {
    await resumed();
    if (receiving + turns.waiting() >= WAITING_MAX) {
      throw new AppError("overloaded", "Other files are being imported: try again in a moment.");
    }
  }

  /** Does a step, here or in the background; what it says of itself stands in the import. */
  async function carryOut(
    begun: KeptImport,
    step: (parts: StepParts, begun: KeptImport) => Promise<KeptImport>,
    waits: boolean,
  ): Promise<Import> {
    const running = turns.take(() => step(parts, begun));
    if (waits) {
      return shown(parts, await running);
    }
    running.catch(() => undefined);
    return shown(parts, begun);
  }

  return {
    async receive(acting, order, body, waits = true) {
      await mayBegin();
      receiving += 1;
      const begun = await receive(parts, acting, order, body).finally(() => {
        receiving -= 1;
      });
      return begun.state === "failed" ? shown(parts, begun) : carryOut(begun, checkStep, waits);
    },
    async commit(acting, importId, choice, waits = true) {
      await mayBegin();
      return carryOut(await begin(parts, acting, importId, choice), storeStep, waits);
    },
    ...readsOf(parts),
    fix(acting, importId, index, object) {
      const fixed = fixing.then(async () => {
        await filesHere(parts, acting.workspaceId, importId);
        return fixRecord(parts, acting, { importId, index, object });
      });
      fixing = fixed.catch(() => undefined);
      return fixed;
    },
    discard: (acting, importId) => discard(parts, acting, importId),
    async forgetOld() {
      await forgetOldFiles(parts.directory, parts.now());
      await forgetImports(parts);
    },
    async close() {
      closing = true;
      await leftOvers?.catch(() => undefined);
      await fixing;
      await turns.idle();
    },
  };
}

type Reads = Pick<Imports, "list" | "get" | "records" | "record" | "faults">;

function readsOf(parts: StepParts): Reads {
  return {
    list: (workspaceId, limit, cursor) =>
      listImports(parts, { workspaceId, limit, ...(cursor === undefined ? {} : { cursor }) }),
    async get(workspaceId, importId) {
      return shown(parts, (await readImport(parts, workspaceId, importId)).found);
    },
    async records(workspaceId, importId, query) {
      const { items, next } = await readRecords(
        await filesHere(parts, workspaceId, importId),
        query,
      );
      return { items: items.map(({ json: _json, isDraft: _isDraft, ...record }) => record), next };
    },
    async record(workspaceId, importId, index) {
      await filesHere(parts, workspaceId, importId);
      const { found } = await readImport(parts, workspaceId, importId);
      return viewRecord(parts, found, index);
    },
    async faults(workspaceId, importId, format) {
      return Readable.from(faultsText(await filesHere(parts, workspaceId, importId), format));
    },
  };
}

/** The files of an import that is known. @throws AppError `not_found` */
async function filesHere(
  parts: StepParts,
  workspaceId: string,
  importId: string,
): Promise<ImportFiles> {
  await readImport(parts, workspaceId, importId);
  const found = filesOf(parts.directory, importId);
  await requireFile(found.index);
  return found;
}

/** Finishes what an earlier run has left in the middle, as far as its files are on this server. */
async function goOn(parts: StepParts, all: readonly KeptImport[]): Promise<void> {
  for (const left of all) {
    const files = filesOf(parts.directory, left.importId);
    if (left.state === "checking" && (await isHere(files.data))) {
      await checkStep(parts, left);
    } else if (left.state === "storing" && (await isHere(files.index))) {
      await storeStep(parts, left);
    }
  }
}

async function receive(
  parts: StepParts,
  acting: Acting,
  order: ImportOrder,
  body: Readable,
): Promise<KeptImport> {
  checkSource(order.source);
  const importId = newImportId(parts.now());
  await mkdir(parts.directory, { recursive: true, mode: 0o700 });
  const { bytes, fault } = await receiveText(body, filesOf(parts.directory, importId).data, {
    bytesMax: IMPORT_BYTES_MAX[order.format],
    fileName: order.fileName,
  });
  const begun: KeptImport = {
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
    counts: NO_RECORDS,
    progress: { records: 0, share: 0 },
    faults: [],
    reason: null,
    orderedBy: acting.actor,
    orderedAt: parts.now().toISOString(),
    finishedAt: null,
    acting,
    choice: null,
    batches: 0,
  };
  const kept = fault === null ? begun : failureOf(begun, fault, parts.now());
  await keepImport(parts, kept, 0);
  if (fault !== null) {
    await removeFiles(filesOf(parts.directory, importId));
  }
  return kept;
}

/** Lists are in the order of names, so the first 48 bits are the time, backwards: the newest comes first. */
function newImportId(now: Date): string {
  const time = (2 ** 48 - 1 - now.getTime()).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-8${randomUUID().slice(15)}`;
}

/** Takes an import for storing; of two callers only one can. @throws AppError `not_found`, `conflict` */
async function begin(
  parts: StepParts,
  acting: Acting,
  importId: string,
  choice: ImportChoice,
): Promise<KeptImport> {
  const { found, revision } = await readImport(parts, acting.workspaceId, importId);
  if (found.state !== "checked") {
    throw notChecked(found.state);
  }
  if (choice.mode === "all" && found.invalid > 0) {
    throw new AppError(
      "conflict",
      `${found.invalid} of ${found.total} records are invalid, and all or nothing was asked for.`,
      { facts: { faults: found.faults.slice(0, 100) } },
    );
  }
  await requireFile(filesOf(parts.directory, importId).index);
  const progress = { records: 0, share: 0 };
  const begun: KeptImport = { ...found, state: "storing", acting, choice, progress };
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

/** What waited is thrown away; the import stays in the list. */
async function discard(parts: StepParts, acting: Acting, importId: string): Promise<Import> {
  const { found, revision } = await readImport(parts, acting.workspaceId, importId);
  if (found.state !== "checked") {
    throw new AppError("conflict", `The import is ${found.state}; only one that waits can go.`);
  }
  const finishedAt = parts.now().toISOString();
  const reason = `Discarded by ${acting.actor.name}.`;
  const discarded: KeptImport = { ...found, state: "discarded", reason, finishedAt };
  const note = noteOf(acting, { action: "import.discard", target: importId });
  await keepImport(parts, discarded, revision, [note]);
  await removeFiles(filesOf(parts.directory, importId));
  return shown(parts, discarded);
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
