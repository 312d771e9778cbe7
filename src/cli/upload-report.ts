/** How an upload is told when it is over: the summary for people, and the report for programs. */
import type {
  AcknowledgedBatch,
  ClientError,
  Rejection,
  UploadPlan,
  UploadProgress,
} from "../client/index.ts";
import { countOf, numberOf } from "./upload-progress.ts";

/** The report of an upload, as `--report` writes and `--json` prints it. */
export interface UploadReport {
  readonly endpoint: string;
  readonly workspaceId: string;
  readonly files: readonly string[];
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly exitCode: number;
  /** Objects read. */
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Of these, acknowledged in earlier runs. */
  readonly resumed: number;
  /** Why not every object was acknowledged; null when all were. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly rejections: readonly Rejection[];
  /** Rejections beyond the first 10,000. */
  readonly rejectionsOmitted: number;
  readonly requests: readonly RequestReport[];
  /** Requests beyond the first 100,000. */
  readonly requestsOmitted: number;
}

/** One acknowledged request. */
interface RequestReport {
  /** As the service names it: the key to its receipt. */
  readonly requestId: string;
  /** Index of its first object in the input, from 0. */
  readonly from: number;
  readonly count: number;
  readonly rejected: number;
}

/** What an upload collects for its report while it runs. */
export interface UploadRecord {
  progress: UploadProgress;
  readonly rejections: Rejection[];
  readonly requests: RequestReport[];
  requestsTotal: number;
}

const REJECTIONS_KEPT_MAX = 10_000;
const REQUESTS_KEPT_MAX = 100_000;
const REJECTIONS_PRINTED_MAX = 20;

/** An empty record. */
export function createRecord(): UploadRecord {
  return {
    progress: { read: 0, accepted: 0, rejected: 0, resumed: 0, requests: 0 },
    rejections: [],
    requests: [],
    requestsTotal: 0,
  };
}

/** Adds an acknowledged request, of this run or an earlier one. */
export function addToRecord(record: UploadRecord, batch: AcknowledgedBatch): void {
  record.rejections.push(
    ...batch.rejections.slice(0, REJECTIONS_KEPT_MAX - record.rejections.length),
  );
  record.requestsTotal += 1;
  if (record.requests.length < REQUESTS_KEPT_MAX) {
    const { requestId, from, count, rejections } = batch;
    record.requests.push({ requestId, from, count, rejected: rejections.length });
  }
}

/** What the report takes over as it is. */
export interface ReportFrame {
  readonly endpoint: string;
  readonly workspaceId: string;
  readonly files: readonly string[];
  readonly startedAt: string;
  readonly exitCode: number;
  readonly error: ClientError | undefined;
}

/** Makes the report. */
export function reportOf(record: UploadRecord, frame: ReportFrame): UploadReport {
  const { read, accepted, rejected, resumed } = record.progress;
  const { error, ...rest } = frame;
  return {
    ...rest,
    endedAt: new Date().toISOString(),
    read,
    accepted,
    rejected,
    resumed,
    error: error === undefined ? null : { code: error.code, message: error.message },
    rejections: record.rejections.toSorted((a, b) => a.index - b.index),
    rejectionsOmitted: rejected - record.rejections.length,
    requests: record.requests.toSorted((a, b) => a.from - b.from),
    requestsOmitted: record.requestsTotal - record.requests.length,
  };
}

/** The lines for people: rejected objects with their places and reasons, then the figures. */
export function summaryLines(report: UploadReport): string[] {
  const printed = report.rejections.slice(0, REJECTIONS_PRINTED_MAX);
  const more = report.rejected - printed.length;
  return [
    ...(printed.length === 0 ? [] : ["Rejected by the service:"]),
    ...printed.flatMap(rejectionLines),
    ...(more === 0 ? [] : [`  and ${numberOf(more)} more (--report FILE writes them out)`]),
    figuresLine(report),
  ];
}

function figuresLine(report: UploadReport): string {
  const { accepted, rejected, resumed, requests, requestsOmitted, error } = report;
  const total = accepted + rejected;
  if (error !== null && total === 0) {
    return "No object was acknowledged.";
  }
  const earlier = resumed === 0 ? "" : `, ${numberOf(resumed)} of them in an earlier run`;
  const sent = countOf(requests.length + requestsOmitted, "request");
  const scope = error === null ? "" : "Before it stopped: ";
  return `${scope}${numberOf(accepted)} of ${countOf(total, "object")} accepted, ${numberOf(rejected)} rejected, in ${sent}${earlier}.`;
}

function rejectionLines({ position, index, type, id, messages }: Rejection): string[] {
  const place =
    position === undefined ? "" : `${position.file}:${position.line}:${position.column} `;
  return [
    `  ${place}object ${index + 1}, ${type ?? "no type"}, ${id ?? "no id"}`,
    ...messages.map((message) => `      ${message}`),
  ];
}

/** The lines of a trial run. */
export function planLines(plan: UploadPlan): string[] {
  const rows = (counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `  ${numberOf(count).padStart(12)}  ${name}`);
  return [
    `${countOf(plan.objects, "object")} in ${countOf(plan.requests, "request")}, ${numberOf(plan.bytes)} bytes. Nothing was sent.`,
    "By type:",
    ...rows(plan.types),
    "By source:",
    ...rows(plan.sources),
  ];
}

/** An error for people, with its place in the input. */
export function errorLine(error: ClientError): string {
  const { position } = error;
  const place =
    position === undefined ? "" : `${position.file}:${position.line}:${position.column}: `;
  return `stixgate upload: ${place}${error.message}`;
}
