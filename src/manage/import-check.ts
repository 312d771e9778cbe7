/** Tries records out: what storing each would do, or what is wrong with it and at which line. Nothing is stored. */
import { randomUUID } from "node:crypto";
import { type IngestionRule, type PreparedRecords, prepareRecords } from "../ingest/index.ts";
import { differencesOf, type ValidationOptions } from "../stix/index.ts";
import type { Store } from "../store/index.ts";
import type { ReceiptCaller, ReceiptFinding } from "../wire/index.ts";
import type { ImportFault, KeptRecord, RecordStatus } from "./import-order.ts";
import { pointerOf } from "./import-places.ts";
import type { FileRecord } from "./import-records.ts";
import { suggestionFor } from "./import-suggest.ts";
import { titleOf } from "./object-view.ts";

/** What records are tried out against. */
export interface Trial {
  readonly store: Store;
  readonly workspaceId: string;
  readonly source: string;
  readonly importId: string;
  readonly fileName: string;
  readonly caller: ReceiptCaller;
  readonly validation: ValidationOptions;
  readonly rules: readonly IngestionRule[];
  readonly now: Date;
}

/** A record of a hundred wrong properties has a hundred sentences; the first ones will do. */
const FAULTS_OF_RECORD_MAX = 50;
const FAULT_MESSAGE_LENGTH_MAX = 2_000;

/** Validates records and prepares them for the store. @param receipt what it will say, where there will be one */
export function prepareImport(
  trial: Trial,
  records: readonly { readonly value: unknown; readonly json: string }[],
  receipt: { readonly requestId: string; readonly receivedAt: Date } = {
    requestId: randomUUID(),
    receivedAt: trial.now,
  },
): PreparedRecords {
  return prepareRecords({
    request: {
      requestId: receipt.requestId,
      workspaceId: trial.workspaceId,
      receivedAt: receipt.receivedAt.toISOString(),
      generation: "v3",
      apiVersion: "import/v1",
      caller: trial.caller,
    },
    sourceSystem: trial.source,
    records,
    notes: [`import ${trial.importId} of ${trial.fileName}`],
    validation: trial.validation,
    unrevoke: "allow",
    revoked: new Set(),
    rules: trial.rules,
  });
}

/** What may be spared. */
interface Effort {
  /** False: nothing of the source is stored yet, so that everything is new. */
  readonly isKnownSource: boolean;
  /** Whether values are looked for that would put faults right. */
  readonly suggests: boolean;
}

/** Tries records out. */
export async function tryOut(
  trial: Trial,
  records: readonly FileRecord[],
  { isKnownSource, suggests }: Effort,
): Promise<readonly KeptRecord[]> {
  const readable = records.filter(({ fault }) => fault === null);
  const { objects, rejections } = prepareImport(trial, readable);
  const accepted = new Map(objects.map((each) => [readable[each.recordIndex]?.index, each]));
  const rejected = new Map(rejections.map((each) => [readable[each.recordIndex]?.index, each]));
  return Promise.all(
    records.map(async (record) => {
      const { index, line, json, value } = record;
      const object = accepted.get(index);
      const stixId = textOf(value, "id");
      const common = { index, line, stixId, type: textOf(value, "type"), title: nameOf(value) };
      if (object !== undefined) {
        const { facts } = object;
        const status = isKnownSource
          ? await statusOf(trial, facts.stixId, { json: object.json, revoked: facts.revoked })
          : "new";
        const remarks = object.warnings.map(({ message }) => message);
        return { ...common, status, faults: [], remarks, fixed: false, json };
      }
      const errors = rejected.get(index)?.errors ?? [];
      const faults = faultsOf(trial, record, { errors, suggests });
      return faults.length === 0
        ? { ...common, status: "dropped", faults, remarks: [DROPPED], fixed: false, json }
        : {
            ...{ ...common, status: "invalid", faults, remarks: [], fixed: false, json },
            ...(record.fault === null ? {} : { isDraft: true }),
          };
    }),
  );
}

const DROPPED = "An ingestion rule drops it.";

function faultsOf(
  trial: Trial,
  record: FileRecord,
  { errors, suggests }: { readonly errors: readonly ReceiptFinding[]; readonly suggests: boolean },
): readonly ImportFault[] {
  const { index, line, value, fault } = record;
  const stixId = textOf(value, "id");
  const about = { index, line, stixId };
  if (fault !== null) {
    const { path, message } = fault;
    return [{ ...about, line: fault.line, pointer: pointerOf(path), message, suggestion: null }];
  }
  const now = trial.now.toISOString();
  const faults = errors.slice(0, FAULTS_OF_RECORD_MAX).map((error) => ({
    ...about,
    line: record.lineOf(error.path),
    pointer: pointerOf(error.path),
    message: shortened(error.message),
    suggestion: suggests
      ? suggestionFor(value, error, { validation: trial.validation, now })
      : null,
  }));
  return faults.toSorted((one, other) => one.line - other.line);
}

/** What storing a valid record would do to what is there. */
async function statusOf(
  { store, workspaceId, source }: Trial,
  stixId: string,
  record: { readonly json: string; readonly revoked: boolean },
): Promise<RecordStatus> {
  const current = await store.currentObject({ workspaceId, sourceSystem: source, stixId });
  if (current === undefined) {
    return "new";
  }
  if (record.revoked && !current.revoked) {
    return "revoked";
  }
  const isSame =
    current.json === record.json ||
    differencesOf(JSON.parse(current.json), JSON.parse(record.json)).length === 0;
  return isSame ? "unchanged" : "changed";
}

function textOf(value: unknown, name: string): string | null {
  const found =
    typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  return typeof found === "string" && found !== "" ? found : null;
}

function nameOf(value: unknown): string | null {
  const title =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? titleOf(value as Readonly<Record<string, unknown>>, "")
      : "";
  return title === "" ? null : title;
}

/** A message of a length that a list can show. */
export function shortened(text: string): string {
  return text.length > FAULT_MESSAGE_LENGTH_MAX
    ? `${text.slice(0, FAULT_MESSAGE_LENGTH_MAX - 1)}…`
    : text;
}
