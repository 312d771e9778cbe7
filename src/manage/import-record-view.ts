/** One record of a file: its text, what storing it would change, and the way to put it right before it is stored. */
import { type Difference, differencesOf } from "../stix/index.ts";
import { AppError, type StixObject } from "../wire/index.ts";
import type { Acting } from "./context.ts";
import { tryOut } from "./import-check.ts";
import { type KeptImport, keepImport, readImport } from "./import-documents.ts";
import { filesOf } from "./import-files.ts";
import type { ImportRecord, KeptRecord } from "./import-order.ts";
import { readRecord, replaceRecord } from "./import-results.ts";
import { type StepParts, trialOf } from "./import-steps.ts";

/** A record, and what storing it would change. */
export interface RecordView extends ImportRecord {
  /** The record; its raw text where it is no JSON. */
  readonly record: unknown;
  /** The object that is stored now, null when there is none. */
  readonly current: unknown;
  /** Null without an object to compare with. */
  readonly differences: readonly Difference[] | null;
}

const FAULTS_SHOWN_MAX = 1_000;

/** Reads a record. @throws AppError `not_found` */
export async function viewRecord(
  parts: StepParts,
  current: KeptImport,
  index: number,
): Promise<RecordView> {
  const kept = await readRecord(filesOf(parts.directory, current.importId), index);
  if (kept === undefined) {
    throw new AppError("not_found", `The import has no record ${index}.`, { field: "index" });
  }
  return viewOf(parts, current, kept);
}

async function viewOf(
  { store }: StepParts,
  { workspaceId, order }: KeptImport,
  { json, isDraft: _isDraft, ...record }: KeptRecord,
): Promise<RecordView> {
  const { stixId } = record;
  const stored =
    stixId === null
      ? undefined
      : await store.currentObject({ workspaceId, sourceSystem: order.source, stixId });
  const before: unknown = stored === undefined ? null : JSON.parse(stored.json);
  const after = parsed(json);
  return {
    ...record,
    record: after,
    current: before,
    differences: before === null ? null : differencesOf(before, after),
  };
}

/** Writes another object in the place of a record and tries it out. @throws AppError `not_found`, `conflict` */
export async function fixRecord(
  parts: StepParts,
  acting: Acting,
  {
    importId,
    index,
    object,
  }: { readonly importId: string; readonly index: number; readonly object: StixObject },
): Promise<RecordView> {
  const { found, revision } = await readImport(parts, acting.workspaceId, importId);
  if (found.state !== "checked") {
    throw new AppError("conflict", `The import is ${found.state}: its records stay as they are.`);
  }
  const files = filesOf(parts.directory, importId);
  const before = await readRecord(files, index);
  if (before === undefined) {
    throw new AppError("not_found", `The import has no record ${index}.`, { field: "index" });
  }
  const line = before.line ?? 1;
  const json = JSON.stringify(object);
  const [after] = await tryOut(
    await trialOf(parts, found),
    [{ index, line, value: object, json, fault: null, lineOf: () => line, share: 1 }],
    { isKnownSource: true, suggests: true },
  );
  if (after === undefined) {
    throw new AppError("internal", "Trying a record out gave nothing.");
  }
  const fixed: KeptRecord = { ...after, fixed: true };
  await replaceRecord(files, fixed);
  await keepImport(parts, recounted(found, before, fixed), revision);
  return viewOf(parts, found, fixed);
}

function recounted(current: KeptImport, before: KeptRecord, after: KeptRecord): KeptImport {
  const counts = { ...current.counts };
  counts[before.status] -= 1;
  counts[after.status] += 1;
  const faults = current.faults.filter(({ index }) => index !== after.index);
  const warnedOf = ({ status, remarks }: KeptRecord): number =>
    status !== "invalid" && remarks.length > 0 ? 1 : 0;
  return {
    ...current,
    counts,
    invalid: counts.invalid,
    valid: current.total - counts.invalid,
    warned: current.warned - warnedOf(before) + warnedOf(after),
    faults: [...faults, ...after.faults]
      .toSorted((one, other) => one.index - other.index)
      .slice(0, FAULTS_SHOWN_MAX),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
