/**
 * The records of a request, each with what became of it, as they were received. The log keeps the text of every record
 * and not the body around it: a body that is shown is put together again, and says so.
 */
import type { ObjectVersion, ReceivedRecord } from "../store/index.ts";
import { AppError, type Receipt, type ReceiptFinding } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";
import { csvCell } from "./export.ts";
import { objectIdOf } from "./object-id.ts";
import { type Settlement, type Settlements, settlementsOf } from "./settled.ts";

/** What became of a record. */
export type RecordFate = "new" | "changed" | "unchanged" | "stored" | "rejected" | "pending";

/** A record of a request. */
export interface RequestRecord {
  readonly recordIndex: number;
  /**
   * `stored`: what it changed can't be told any more, since the version is gone; `pending`: stored, and not indexed yet.
   */
  readonly fate: RecordFate;
  readonly stixId: string | null;
  /** `base64(source)---stixid` of the object, where it is stored. */
  readonly objectId: string | null;
  readonly errors: readonly ReceiptFinding[];
  readonly warnings: readonly ReceiptFinding[];
  /** Of a rejected record that somebody has seen to. */
  readonly settled: Settlement | null;
  /** Exactly as received; as stored where an ingestion rule changed it. */
  readonly text: string;
}

/** A page of records, in the order of the request. */
export interface RequestRecordPage {
  readonly items: readonly RequestRecord[];
  /** Place from which to go on; null on the last page. */
  readonly next: number | null;
}

/** Versions of an object that are looked at for the one that a request brought. */
const VERSIONS_LOOKED_AT = 20;

/** A page of the records of a request. @throws AppError `not_found` */
export async function requestRecords(
  parts: ManageParts,
  workspaceId: string,
  query: {
    readonly requestId: string;
    readonly from: number;
    readonly limit: number;
    readonly only?: "accepted" | "rejected";
  },
): Promise<RequestRecordPage> {
  const { requestId, from, limit, only } = query;
  const receipt = await requireReceipt(parts, workspaceId, requestId);
  const [records, settlements] = await Promise.all([
    parts.store.receivedRecords(workspaceId, requestId),
    settlementsOf(parts, workspaceId, requestId),
  ]);
  const wanted = records.filter(
    ({ recordIndex, accepted }) =>
      recordIndex >= from && (only === undefined || accepted === (only === "accepted")),
  );
  const remarks = remarksOf(receipt, settlements);
  const items = await Promise.all(
    wanted.slice(0, limit).map((record) => viewOf(parts, receipt, record, remarks)),
  );
  return { items, next: wanted[limit]?.recordIndex ?? null };
}

/** The body of a request, put together from its records. @throws AppError `not_found` */
export async function requestBody(
  parts: ManageParts,
  workspaceId: string,
  requestId: string,
): Promise<string> {
  const { generation, sourceSystem } = await requireReceipt(parts, workspaceId, requestId);
  const records = await parts.store.receivedRecords(workspaceId, requestId);
  const array = ARRAYS[generation];
  const texts = records.map(({ json }) => `\n    ${json}`).join(",");
  return `{\n  "sourcesystem": ${JSON.stringify(sourceSystem ?? "")},\n  "${array}": [${texts}\n  ]\n}\n`;
}

/** Keys of the array in the bodies of the three generations. @see Upload API, "Request body" */
const ARRAYS: Readonly<Record<Receipt["generation"], string>> = {
  v1: "indicators",
  v2: "value",
  v3: "stixobjects",
};

const CSV_HEADING = "index,fate,id,reasons,warnings,settled\n";

/** Records of one portion of a table. */
const PORTION = 200;

/** Every record of a request with its fate, as lines of CSV. @throws AppError `not_found` */
export async function* requestTable(
  parts: ManageParts,
  workspaceId: string,
  requestId: string,
): AsyncGenerator<string> {
  yield CSV_HEADING;
  for (let from: number | null = 0; from !== null; ) {
    const page: RequestRecordPage = await requestRecords(parts, workspaceId, {
      ...{ requestId, from, limit: PORTION },
    });
    for (const { recordIndex, fate, stixId, errors, warnings, settled } of page.items) {
      const texts = (findings: readonly ReceiptFinding[]): string =>
        findings.map(({ message }) => message).join(" ");
      const cells = [String(recordIndex), fate, stixId ?? "", texts(errors), texts(warnings)];
      yield `${[...cells, settled?.how ?? ""].map(csvCell).join(",")}\n`;
    }
    from = page.next;
  }
}

async function requireReceipt(
  { store }: ManageParts,
  workspaceId: string,
  requestId: string,
): Promise<Receipt> {
  const receipt = await store.receipt(workspaceId, requestId);
  if (receipt === undefined) {
    throw new AppError("not_found", `This workspace has no receipt of a request '${requestId}'.`, {
      field: "requestId",
    });
  }
  return receipt;
}

type Remarks = ReadonlyMap<number, Pick<RequestRecord, "errors" | "warnings" | "settled">>;

function remarksOf({ rejections, warnings }: Receipt, settlements: Settlements): Remarks {
  return new Map([
    ...warnings.map(
      (each) => [each.recordIndex, { errors: [], warnings: each.warnings, settled: null }] as const,
    ),
    ...rejections.map(({ recordIndex, errors, warnings: own }) => {
      const settled = settlements[recordIndex] ?? null;
      return [recordIndex, { errors, warnings: own, settled }] as const;
    }),
  ]);
}

async function viewOf(
  parts: ManageParts,
  receipt: Receipt,
  { recordIndex, accepted, stixId, json }: ReceivedRecord,
  remarks: Remarks,
): Promise<RequestRecord> {
  const { errors = [], warnings = [], settled = null } = remarks.get(recordIndex) ?? {};
  const common = { recordIndex, stixId, errors, warnings, settled, text: json };
  const { sourceSystem, workspaceId } = receipt;
  if (!accepted || stixId === null || sourceSystem === null) {
    return { ...common, fate: "rejected", objectId: null };
  }
  const key = { workspaceId, sourceSystem, stixId };
  const fate = receipt.indexed
    ? fateOf(await parts.store.objectVersions(key, VERSIONS_LOOKED_AT), receipt, recordIndex)
    : "pending";
  return { ...common, fate, objectId: objectIdOf(key) };
}

/** @param versions newest first */
function fateOf(
  versions: readonly ObjectVersion[],
  { requestId, sequence }: Receipt,
  recordIndex: number,
): RecordFate {
  const at = versions.findIndex(
    (version) => version.requestId === requestId && version.recordIndex === recordIndex,
  );
  const before = versions[at + 1];
  if (at >= 0) {
    const isFirst = before === undefined ? versions.length < VERSIONS_LOOKED_AT : before.deleted;
    return isFirst ? "new" : "changed";
  }
  const oldest = versions.at(-1);
  return oldest !== undefined && oldest.sequence < sequence ? "unchanged" : "stored";
}
