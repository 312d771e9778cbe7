/**
 * The Logs Ingestion API's use case: data collection rules lead from an immutable id to a workspace, a stream of a rule
 * leads to a table, and records become rows of it. Every workspace has a rule of its own from the start, whose id
 * follows from the workspace's; further ones can be made and restricted to some streams.
 * @see Azure Monitor, "Logs Ingestion API"
 */

import { randomBytes } from "node:crypto";
import type { Mirror } from "../mirror/index.ts";
import type { DocumentStore, StoredDocument } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { keepFresh } from "./fresh.ts";
import { convertRecords, type LogRecord } from "./log-rows.ts";
import type { LogTables } from "./log-tables.ts";

/** Where logs that are sent to an id go. */
export interface CollectionRule {
  /** `dcr-` and 32 hexadecimal digits. */
  readonly immutableId: string;
  readonly workspaceId: string;
  readonly name: string;
  /** The streams it takes; empty for all. */
  readonly streams: readonly string[];
  /** True for the one that a workspace has from the start. */
  readonly builtIn: boolean;
}

/** What became of records. */
export interface LogReceipt {
  readonly table: string;
  readonly rows: number;
  /** Columns that the table does not have, with the number of records that have them. */
  readonly unknownColumns: ReadonlyMap<string, number>;
  /** Columns with values that could not become of their type, with the number of such values. */
  readonly unfitColumns: ReadonlyMap<string, number>;
}

/** Takes in logs. */
export interface LogIngestion {
  rules(workspaceId: string): Promise<readonly CollectionRule[]>;
  findRule(immutableId: string): Promise<CollectionRule | undefined>;
  /** @throws AppError `invalid_request` for a name or stream that cannot be */
  createRule(input: NewRule): Promise<CollectionRule>;
  /** @throws AppError `not_found`, `conflict` for a workspace's own rule */
  removeRule(workspaceId: string, immutableId: string): Promise<void>;
  /**
   * Keeps records of a stream; they are on disk and visible to queries when it resolves.
   * @throws AppError `not_found` with the field `stream`, `invalid_request` when the body is no list of objects, and
   *   as the mirror's `appendLogRows`
   */
  accept(rule: CollectionRule, stream: string, body: unknown): Promise<LogReceipt>;
  /** The same for a table by its name. */
  append(workspaceId: string, table: string, records: readonly LogRecord[]): Promise<LogReceipt>;
}

/** A rule to make. */
export interface NewRule {
  readonly workspaceId: string;
  readonly name: string;
  readonly streams: readonly string[];
}

/** What it is made of. */
export interface LogIngestionParts {
  readonly documents: DocumentStore;
  readonly logTables: LogTables;
  readonly mirror: Pick<Mirror, "appendLogRows">;
  readonly now: () => Date;
}

const KIND = "collection-rule";
const IMMUTABLE_ID = /^dcr-[0-9a-f]{32}$/;
const RULE_NAME = /^[A-Za-z0-9][A-Za-z0-9_. -]{0,62}$/;
const RULES_MAX = 100;
const STREAMS_MAX = 100;
const STREAM = /^(?:Custom|Microsoft)-(\w{1,100})$/;

/** Records of one request. A request of Azure has 1 MB, so that nobody comes near. */
const LOG_RECORDS_MAX = 50_000;

/** Opens the use case. */
export function createLogIngestion(parts: LogIngestionParts): LogIngestion {
  const { documents, logTables, mirror, now } = parts;
  const made = keepFresh(
    async () => (await documents.everywhere(KIND)).map(ruleOf),
    () => now().getTime(),
  );
  const refreshed = keepFresh(
    () => logTables.refresh(),
    () => now().getTime(),
  );

  async function append(
    workspaceId: string,
    table: string,
    records: readonly LogRecord[],
  ): Promise<LogReceipt> {
    await refreshed.get("");
    const definition = logTables.find(table);
    if (definition === undefined) {
      throw new AppError("not_found", `There is no table '${table}' for logs.`, { field: "table" });
    }
    const receivedAt = now().toISOString();
    const { columns, rows, ...lost } = convertRecords(records, definition.columns, receivedAt);
    if (rows.length > 0) {
      await mirror.appendLogRows({ workspaceId, table, columns, rows });
    }
    return { table, rows: rows.length, ...lost };
  }

  return {
    rules: async (workspaceId) => [
      builtInRule(workspaceId),
      ...(await made.get("")).filter((rule) => rule.workspaceId === workspaceId),
    ],
    async findRule(immutableId) {
      const id = immutableId.toLowerCase();
      const own = (await made.get("")).find((rule) => rule.immutableId === id);
      return own ?? builtInOf(id);
    },
    async createRule({ workspaceId, name, streams }) {
      checkRule(name, streams);
      const existing = await documents.list({ workspaceId, kind: KIND, limit: RULES_MAX });
      if (existing.items.length >= RULES_MAX) {
        throw new AppError("conflict", `A workspace has at most ${RULES_MAX} rules.`);
      }
      const immutableId = `dcr-${randomBytes(16).toString("hex")}`;
      const key = { workspaceId, kind: KIND, name: immutableId };
      await documents.commit([{ kind: "put", key, content: { name, streams }, ifRevision: 0 }]);
      made.forget("");
      return { immutableId, workspaceId, name, streams, builtIn: false };
    },
    async removeRule(workspaceId, immutableId) {
      const key = { workspaceId, kind: KIND, name: immutableId.toLowerCase() };
      if (builtInRule(workspaceId).immutableId === key.name) {
        throw new AppError("conflict", "A workspace's own rule cannot be removed.");
      }
      if ((await documents.get(key)) === undefined) {
        throw new AppError("not_found", `This workspace has no rule '${immutableId}'.`, {
          field: "immutableId",
        });
      }
      await documents.commit([{ kind: "remove", key }]);
      made.forget("");
    },
    async accept(rule, stream, body) {
      await refreshed.get("");
      const table = tableOf(rule, stream, logTables);
      return append(rule.workspaceId, table, recordsOf(body));
    },
    append,
  };
}

/** The rule that a workspace has from the start. */
export function builtInRule(workspaceId: string): CollectionRule {
  return {
    immutableId: `dcr-${workspaceId.toLowerCase().replaceAll("-", "")}`,
    workspaceId,
    name: "default",
    streams: [],
    builtIn: true,
  };
}

function builtInOf(immutableId: string): CollectionRule | undefined {
  if (!IMMUTABLE_ID.test(immutableId)) {
    return undefined;
  }
  const hex = immutableId.slice(4);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return builtInRule([...parts, hex.slice(20)].join("-"));
}

function ruleOf({ workspaceId, name: immutableId, content }: StoredDocument): CollectionRule {
  const { name, streams } = content as Pick<CollectionRule, "name" | "streams">;
  return { immutableId, workspaceId, name, streams, builtIn: false };
}

function checkRule(name: string, streams: readonly string[]): void {
  if (!RULE_NAME.test(name)) {
    throw new AppError(
      "invalid_request",
      "A rule's name has 1 to 63 letters, digits, spaces, dots, dashes and underscores.",
      { field: "name" },
    );
  }
  const wrong = streams.find((stream) => !STREAM.test(stream));
  if (wrong !== undefined || streams.length > STREAMS_MAX) {
    throw new AppError(
      "invalid_request",
      wrong === undefined
        ? `A rule has at most ${STREAMS_MAX} streams.`
        : `'${wrong.slice(0, 100)}' is no stream: Custom-TABLE or Microsoft-TABLE.`,
      { field: "streams" },
    );
  }
}

/** `Custom-Name` and `Microsoft-Name` lead to the table Name. */
function tableOf(rule: CollectionRule, stream: string, logTables: LogTables): string {
  const isTaken = rule.streams.length === 0 || rule.streams.includes(stream);
  const name = STREAM.exec(stream)?.[1];
  const table = name === undefined ? undefined : logTables.find(name);
  if (!isTaken || table === undefined) {
    throw new AppError(
      "not_found",
      isTaken
        ? `The stream '${stream.slice(0, 100)}' leads to no table: streams are Custom-TABLE and Microsoft-TABLE, of a documented table or one that was added.`
        : `The data collection rule '${rule.name}' does not take the stream '${stream.slice(0, 100)}'.`,
      { field: "stream" },
    );
  }
  return table.name;
}

function recordsOf(body: unknown): readonly LogRecord[] {
  if (!Array.isArray(body)) {
    throw new AppError("invalid_request", "The body must be a JSON array of objects.", {
      field: "body",
    });
  }
  if (body.length > LOG_RECORDS_MAX) {
    throw new AppError("invalid_request", `A request has at most ${LOG_RECORDS_MAX} records.`, {
      field: "body",
    });
  }
  const wrong = body.findIndex(
    (record) => typeof record !== "object" || record === null || Array.isArray(record),
  );
  if (wrong >= 0) {
    throw new AppError("invalid_request", `Record ${wrong} of the body is no object.`, {
      field: "body",
    });
  }
  return body as readonly LogRecord[];
}

/** What of the records was left out, in words; empty when nothing was. */
export function receiptNotes({ unknownColumns, unfitColumns }: LogReceipt): string {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, count]) => `${name} (${count})`).join(" ");
  return [
    ...(unknownColumns.size === 0 ? [] : [`no such column: ${list(unknownColumns)}`]),
    ...(unfitColumns.size === 0 ? [] : [`not of the column's type: ${list(unfitColumns)}`]),
  ].join("; ");
}
