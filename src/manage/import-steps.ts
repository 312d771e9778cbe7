/**
 * The two steps of an import, each able to go on after the server was stopped: trying the file out begins anew, storing
 * goes on behind the last request that has a receipt. How far a step is gets written down as it goes.
 */
import { open, rm } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { ClientError } from "../client/index.ts";
import type { IngestionRule } from "../ingest/index.ts";
import type { ValidationOptions } from "../stix/index.ts";
import { type ManageParts, noteOf, settled } from "./context.ts";
import { prepareImport, shortened, type Trial, tryOut } from "./import-check.ts";
import { type KeptImport, keepImport, requestIdOf } from "./import-documents.ts";
import { filesOf, removeFiles } from "./import-files.ts";
import {
  type ImportFault,
  type KeptRecord,
  NO_RECORDS,
  RECORD_STATUSES,
  type RecordStatus,
} from "./import-order.ts";
import { BATCH_RECORDS, batchesOf } from "./import-records.ts";
import { createResults, readRecords } from "./import-results.ts";

/** What imports are made of. */
export interface ImportParts extends ManageParts {
  /** Folder for files that wait. */
  readonly directory: string;
  readonly rulesOf: (workspaceId: string) => Promise<readonly IngestionRule[]>;
}

/** What a step works with. */
export interface StepParts extends ImportParts {
  /** As uploads are validated, and numbers may be texts, as tables write them. @see sentinel-api, conflict C10 */
  readonly importValidation: ValidationOptions;
  /** Whether the server stops: then a step ends where it is. */
  readonly isClosing: () => boolean;
}

/** The server stops; the step goes on when it starts again. */
class Interrupted extends Error {}

const FAULTS_SHOWN_MAX = 1_000;

/** Invalid records for which values are suggested: looking for one validates the record several times. */
const SUGGESTED_RECORDS_MAX = 1_000;

/** How often progress is written down: often enough for the eye, seldom enough for the disk. */
const PROGRESS_MS = 400;

/** What the records of an import are tried out against. */
export async function trialOf(parts: StepParts, current: KeptImport): Promise<Trial> {
  return {
    store: parts.store,
    workspaceId: current.workspaceId,
    source: current.order.source,
    importId: current.importId,
    fileName: current.order.fileName,
    caller: current.acting.caller,
    validation: parts.importValidation,
    rules: await parts.rulesOf(current.workspaceId),
    // The same in every run, so that what a table leaves out is the same, too.
    now: new Date(current.orderedAt),
  };
}

/** Tries the file out; gives the import as it is then. */
export async function checkStep(parts: StepParts, begun: KeptImport): Promise<KeptImport> {
  const files = filesOf(parts.directory, begun.importId);
  try {
    const checked = await check(parts, begun);
    await keepImport(parts, checked);
    await rm(files.data, { force: true });
    return checked;
  } catch (error) {
    if (error instanceof Interrupted) {
      return begun;
    }
    const failed = failureOf(begun, error, parts.now());
    const hint = await hintFor(files.data, begun.order.format);
    const told = { ...failed, reason: `${failed.reason}${hint}` };
    await keepImport(parts, told);
    await removeFiles(files);
    return told;
  }
}

/** What a file looks like that is not what it was said to be. */
async function hintFor(file: string, format: "stix" | "csv"): Promise<string> {
  const head = await firstCharacters(file);
  if (head.startsWith("<")) {
    return " It looks like HTML or XML; STIX 1 is XML, and can't be imported.";
  }
  const isJson = /^[[{]/.test(head);
  if (format === "stix" && !isJson && head !== "") {
    return " If it is a table, import it as CSV.";
  }
  return format === "csv" && isJson ? " It looks like JSON: import it as STIX." : "";
}

const HEAD_BYTES = 256;

async function firstCharacters(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0);
    return buffer.toString("utf8", 0, bytesRead).trimStart();
  } finally {
    await handle.close();
  }
}

async function check(parts: StepParts, begun: KeptImport): Promise<KeptImport> {
  const { importId, order, workspaceId } = begun;
  const files = filesOf(parts.directory, importId);
  const trial = await trialOf(parts, begun);
  const isKnownSource = await isKnown(parts, workspaceId, order.source);
  const counts: Record<RecordStatus, number> = { ...NO_RECORDS };
  const faults: ImportFault[] = [];
  const repeated = createRepeats();
  const tell = progressWriter(parts);
  let total = 0;
  let warned = 0;
  const results = await createResults(files);
  try {
    for await (const batch of batchesOf(files.data, order, trial.now)) {
      const suggests = counts.invalid < SUGGESTED_RECORDS_MAX;
      const found = (await tryOut(trial, batch, { isKnownSource, suggests })).map(repeated);
      await results.write(found);
      for (const { status, remarks, faults: own } of found) {
        counts[status] += 1;
        warned += status !== "invalid" && remarks.length > 0 ? 1 : 0;
        faults.push(...own.slice(0, FAULTS_SHOWN_MAX - faults.length));
      }
      total += batch.length;
      await pause(parts);
      const share = batch.at(-1)?.share ?? 1;
      await tell({ ...begun, progress: { records: total, share } });
    }
  } finally {
    await results.close();
  }
  if (total === 0) {
    throw new ClientError("input_invalid", "The file holds no record.");
  }
  const sums = { total, valid: total - counts.invalid, invalid: counts.invalid, warned };
  const progress = { records: total, share: 1 };
  return { ...begun, ...sums, state: "checked", counts, faults, progress };
}

async function isKnown({ store }: StepParts, workspaceId: string, source: string) {
  const condition = { kind: "source", anyOf: [source] } as const;
  return (await store.countMatches({ workspaceId, condition })).count > 0;
}

/** Ids that are looked out for: those of the largest file that can come. */
const REPEATS_MAX = 1_000_000;

/** Remarks on a record whose id an earlier one of the file has. */
function createRepeats(): (record: KeptRecord) => KeptRecord {
  const seen = new Map<string, number>();
  return (record) => {
    const { stixId, status, index } = record;
    if (stixId === null || status === "invalid") {
      return record;
    }
    const before = seen.get(stixId);
    if (before !== undefined || seen.size < REPEATS_MAX) {
      seen.set(stixId, index);
    }
    return before === undefined
      ? record
      : {
          ...record,
          remarks: [
            ...record.remarks,
            `Record ${before + 1} of the file has the same id; the last one counts.`,
          ],
        };
  };
}

/** Stores what was chosen; gives the import as it ended. */
export async function storeStep(parts: StepParts, begun: KeptImport): Promise<KeptImport> {
  try {
    const finished = await storeRecords(parts, begun);
    const { fileName: file, source } = finished.order;
    const note = noteOf(begun.acting, {
      action: "import.store",
      target: begun.importId,
      after: { file, source, stored: finished.stored },
    });
    await keepImport(parts, finished, undefined, [note]);
    return finished;
  } catch (error) {
    if (error instanceof Interrupted) {
      return begun;
    }
    const failed = failureOf(begun, error, parts.now());
    await keepImport(parts, failed);
    return failed;
  }
}

async function storeRecords(parts: StepParts, begun: KeptImport): Promise<KeptImport> {
  const files = filesOf(parts.directory, begun.importId);
  const trial = await trialOf(parts, begun);
  const tell = progressWriter(parts);
  const statuses = chosenStatuses(begun);
  const without = new Set(begun.choice?.without ?? []);
  const expected = Math.max(1, expectedRecords(begun));
  let current: KeptImport = { ...begun, stored: 0, batches: 0 };
  let records = 0;
  let sequence = 0;
  for (let from: number | null = 0; from !== null; ) {
    const page = await readRecords(files, { statuses, from, limit: BATCH_RECORDS, without });
    if (page.items.length > 0) {
      const done = await storeBatch(parts, trial, { current, items: page.items });
      sequence = Math.max(sequence, done.sequence);
      records += page.items.length;
      current = {
        ...current,
        stored: current.stored + done.accepted,
        batches: current.batches + 1,
        progress: { records, share: Math.min(1, records / expected) },
      };
      await pause(parts);
      await tell(current);
    }
    from = page.next;
  }
  // What is on disk is stored, whether or not the index is behind.
  await settled(parts, sequence).catch(() => undefined);
  const progress = { records, share: 1 };
  return { ...current, progress, state: "done", finishedAt: parts.now().toISOString() };
}

/** Stores some records, unless an earlier run of the server has done it. */
async function storeBatch(
  { store, now }: StepParts,
  trial: Trial,
  { current, items }: { readonly current: KeptImport; readonly items: readonly KeptRecord[] },
): Promise<{ readonly accepted: number; readonly sequence: number }> {
  const { importId, workspaceId, batches } = current;
  const requestId = requestIdOf(importId, batches);
  const receipt = await store.receipt(workspaceId, requestId);
  if (receipt !== undefined) {
    return { accepted: receipt.counts.accepted, sequence: receipt.sequence };
  }
  const readable = items
    .filter(({ isDraft }) => isDraft !== true)
    .map(({ json }) => ({ value: JSON.parse(json) as unknown, json }));
  const { prepared } = prepareImport(trial, readable, { requestId, receivedAt: now() });
  return { accepted: prepared.accepted, sequence: await store.append(prepared) };
}

function chosenStatuses({ choice }: KeptImport): readonly RecordStatus[] {
  const { statuses, mode = "valid" } = choice ?? {};
  return RECORD_STATUSES.filter((status) =>
    status === "invalid"
      ? mode === "valid"
      : status !== "dropped" && (statuses?.includes(status) ?? true),
  );
}

/** Records that were chosen; those left out one by one are not subtracted, since they may be of any status. */
function expectedRecords(current: KeptImport): number {
  const { choice, counts } = current;
  const all = chosenStatuses(current).reduce((sum, status) => sum + counts[status], 0);
  return all - (choice?.without?.length ?? 0);
}

/** Lets other requests have their turn, and ends the step where the server stops. */
async function pause({ isClosing }: StepParts): Promise<void> {
  await setImmediate();
  if (isClosing()) {
    throw new Interrupted();
  }
}

function progressWriter(parts: StepParts): (current: KeptImport) => Promise<void> {
  let toldMs = performance.now();
  return async (current) => {
    const nowMs = performance.now();
    if (nowMs - toldMs >= PROGRESS_MS) {
      toldMs = nowMs;
      await keepImport(parts, current);
    }
  };
}

/** An import whose file, or whose server, made an end of it. */
export function failureOf(current: KeptImport, error: unknown, now: Date): KeptImport {
  const position = error instanceof ClientError ? error.position : undefined;
  const message = shortened(error instanceof Error ? error.message : String(error));
  const reason =
    position === undefined
      ? message
      : `Line ${position.line}, column ${position.column}: ${message}`;
  return { ...current, state: "failed", reason, finishedAt: now.toISOString() };
}
