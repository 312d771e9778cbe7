/**
 * The records of one upload request: from the body's text to what the store keeps of each and what the reply
 * says. It touches nothing but its arguments, so it runs on any thread.
 */

import {
  type Finding,
  messageOf,
  type Validation,
  type ValidationOptions,
  validateObject,
} from "../stix/index.ts";
import {
  type IntakeObject,
  type IntakeRejection,
  type IntakeRequest,
  type PreparedRequest,
  prepareRequest,
} from "../store/index.ts";
import type { Generation, Outcome, ReceiptFinding, RecordError } from "../wire/index.ts";
import { compileRules, type IngestionRule, type RuledRecord, type RuleOutcome } from "./rules.ts";
import { readUploadBody, type UploadRecord } from "./upload-body.ts";

/** What is known of a request beside its records. */
export type RequestFacts = Pick<
  IntakeRequest,
  "requestId" | "workspaceId" | "receivedAt" | "generation" | "apiVersion" | "caller"
>;

/** A body to be processed; plain data, so that it can be handed to another thread. */
export interface RecordJob {
  readonly request: RequestFacts;
  readonly text: string;
  /** Remarks for the receipt. */
  readonly notes: readonly string[];
  readonly objectsMax: number;
  /** Ids of objects that are revoked already. */
  readonly revoked: readonly string[];
  /** Ingestion rules of the workspace; none when left out. */
  readonly rules?: readonly IngestionRule[];
}

/** What holds for all requests. */
export interface RecordOptions {
  readonly validation: Readonly<Record<Generation, ValidationOptions>>;
  readonly unrevoke: "keep-revoked" | "reject" | "allow";
  readonly acceptAnyArrayKeyV3: boolean;
  readonly depthMax: number;
}

/** A body that was processed. */
export interface ProcessedRecords {
  readonly outcome: Exclude<Outcome, "refused">;
  /** The rejected records, in the order of the request. */
  readonly errors: readonly RecordError[];
  /** Ids of accepted records that don't claim to be revoked. */
  readonly activeIds: readonly string[];
  readonly sourceSystem: string;
  readonly prepared: PreparedRequest;
}

/** Processes bodies, here or on another thread. @throws AppError `malformed_body`, `invalid_request` */
export type RecordProcessor = (job: RecordJob) => Promise<ProcessedRecords>;

/** Processes a body. @throws AppError `malformed_body`, `invalid_request` */
export function processRecords(job: RecordJob, options: RecordOptions): ProcessedRecords {
  const { generation } = job.request;
  const body = readUploadBody(job.text, {
    generation,
    acceptAnyArrayKey: generation === "v3" && options.acceptAnyArrayKeyV3,
    depthMax: options.depthMax,
    objectsMax: job.objectsMax,
  });
  const {
    rejections: _rejections,
    objects: _objects,
    ...processed
  } = prepareRecords({
    request: job.request,
    sourceSystem: body.sourceSystem,
    records: body.records,
    notes: job.notes,
    validation: options.validation[generation],
    unrevoke: options.unrevoke,
    revoked: new Set(job.revoked),
    ...(job.rules === undefined ? {} : { rules: job.rules }),
  });
  return processed;
}

/** Records that have been read already, from whatever they came in. */
export interface RecordsJob extends SortOptions {
  readonly request: RequestFacts;
  readonly sourceSystem: string;
  readonly records: readonly UploadRecord[];
  /** Remarks for the receipt. */
  readonly notes: readonly string[];
}

/** Records that were validated: what will be stored of each, and all that is wrong with those that were rejected. */
export interface PreparedRecords extends ProcessedRecords {
  /** After the ingestion rules; a record that is in neither list was dropped by one. */
  readonly objects: readonly IntakeObject[];
  readonly rejections: readonly IntakeRejection[];
}

/** Validates records and prepares them for the store. */
export function prepareRecords(job: RecordsJob): PreparedRecords {
  const { objects, rejections, dropped } = sortRecords(job);
  const outcome = outcomeOf(objects.length, rejections.length);
  const prepared = prepareRequest({
    ...job.request,
    outcome,
    sourceSystem: job.sourceSystem,
    refusal: null,
    notes: [...job.notes, ...dropped],
    received: job.records.length,
    objects,
    rejections,
  });
  return {
    outcome,
    errors: rejections.map(({ recordIndex, errors }) => ({
      recordIndex,
      errorMessages: errors.map((error) => error.message),
    })),
    activeIds: objects.filter(({ facts }) => !facts.revoked).map(({ facts }) => facts.stixId),
    sourceSystem: job.sourceSystem,
    prepared,
    objects,
    rejections,
  };
}

interface SortOptions {
  readonly validation: ValidationOptions;
  readonly unrevoke: RecordOptions["unrevoke"];
  readonly revoked: ReadonlySet<string>;
  /** Ingestion rules of the workspace; none when left out. */
  readonly rules?: readonly IngestionRule[];
}

interface SortedRecords {
  readonly objects: readonly IntakeObject[];
  readonly rejections: readonly IntakeRejection[];
  /** Remarks about records that a rule has dropped. */
  readonly dropped: readonly string[];
}

function sortRecords(job: RecordsJob): SortedRecords {
  const objects: IntakeObject[] = [];
  const rejections: IntakeRejection[] = [];
  const dropped: string[] = [];
  const applyRules = compileRules(job.rules ?? [], job.validation);
  job.records.forEach((record, recordIndex) => {
    const received = withRevocation(validateObject(record.value, job.validation), job);
    const warnings = receiptFindings(received.findings, "warning");
    if (!received.valid || received.facts === undefined) {
      const errors = receiptFindings(received.findings, "error");
      const stixId = textProperty(record.value, "id");
      rejections.push({ recordIndex, json: record.json, stixId, errors, warnings });
      return;
    }
    const outcome = applyRules?.(ruledRecord(job, record, received)) ?? UNCHANGED;
    if (outcome.kind === "dropped") {
      dropped.push(droppedNote(outcome.by, recordIndex, received.facts.stixId));
      return;
    }
    const changed = outcome.kind === "changed" ? outcome : undefined;
    const facts = changed?.validation.facts ?? received.facts;
    objects.push({
      recordIndex,
      json: changed?.json ?? record.json,
      facts: { ...facts, keepRevoked: job.unrevoke === "keep-revoked" },
      warnings: changed === undefined ? warnings : [...warnings, ...changed.remarks],
    });
  });
  return { objects, rejections, dropped: shortened(dropped) };
}

const UNCHANGED: RuleOutcome = { kind: "unchanged" };

function ruledRecord(
  { request, sourceSystem }: RecordsJob,
  { value, json }: UploadRecord,
  validation: Validation,
): RuledRecord {
  const { receivedAt } = request;
  return { sourceSystem, receivedAt, value: value as object, json, validation };
}

function droppedNote(rule: string, recordIndex: number, stixId: string): string {
  return `The ingestion rule "${rule}" dropped record ${recordIndex}, ${stixId}.`;
}

/** A receipt names the first dropped records and counts the rest. */
function shortened(dropped: readonly string[]): readonly string[] {
  return dropped.length <= DROPPED_NOTES_MAX
    ? dropped
    : [
        ...dropped.slice(0, DROPPED_NOTES_MAX),
        `Ingestion rules dropped ${dropped.length - DROPPED_NOTES_MAX} more records.`,
      ];
}

const DROPPED_NOTES_MAX = 100;

/**
 * Adds what holds of a revoked object that is uploaded without `revoked`.
 * @see Upload API, "Common properties": "Revoking an object is permanent"
 */
function withRevocation(validation: Validation, options: SortOptions): Validation {
  const { facts } = validation;
  if (facts === undefined || facts.revoked || !options.revoked.has(facts.stixId)) {
    return validation;
  }
  const rejects = options.unrevoke === "reject";
  const finding: Finding = {
    rule: "state.revoked",
    severity: rejects ? "error" : "warning",
    path: "revoked",
    reason: rejects
      ? "Revoking an object is permanent; a later version must not be created"
      : "The object was revoked earlier and stays revoked",
    value: false,
  };
  return { ...validation, valid: !rejects, findings: [...validation.findings, finding] };
}

function receiptFindings(
  findings: readonly Finding[],
  severity: Finding["severity"],
): readonly ReceiptFinding[] {
  return findings
    .filter((finding) => finding.severity === severity)
    .map((finding) => ({ rule: finding.rule, path: finding.path, message: messageOf(finding) }));
}

/** A property of a record as far as it is a text; ids are cut where no honest one reaches. */
function textProperty(value: unknown, name: string): string | null {
  const property =
    typeof value === "object" && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  return typeof property === "string" && property !== ""
    ? property.slice(0, STIX_ID_LENGTH_MAX)
    : null;
}

const STIX_ID_LENGTH_MAX = 1024;

function outcomeOf(accepted: number, rejected: number): ProcessedRecords["outcome"] {
  if (rejected === 0) {
    return accepted === 0 ? "empty" : "accepted";
  }
  return accepted === 0 ? "rejected" : "partly_accepted";
}
