/**
 * A client of the two APIs beside the upload API: queries (Log Analytics) and logs (Logs Ingestion), ours or Azure's.
 * It shares token, pace and retries with the upload client and decides nothing about what the answers mean.
 */
import { ClientError } from "./client-error.ts";
import { type ClientOptions, checkOptions } from "./options.ts";
import { jsonOf, type Reply } from "./reply.ts";
import { createService, refusalOf } from "./service.ts";

/** Scope of tokens for queries. */
export const QUERY_SCOPE = "https://api.loganalytics.io/.default";

/** Scope of tokens for logs. */
export const INGESTION_SCOPE = "https://monitor.azure.com/.default";

/** A query to send. */
export interface QueryRequest {
  readonly query: string;
  /** ISO 8601; left out for none. */
  readonly timespan?: string | undefined;
  /** Longest time the service may work on it. */
  readonly waitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Records to send. */
export interface IngestRequest {
  /** `dcr-…` */
  readonly ruleId: string;
  readonly stream: string;
  /** A JSON array of objects, as text. */
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a monitor client can do. */
export interface MonitorClient {
  /** The body of the answer: tables, or with a status of 400 an error. @throws ClientError */
  query(request: QueryRequest): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Gives what the service remarks, such as columns left out. @throws ClientError unless the records were taken in */
  ingest(request: IngestRequest): Promise<string>;
}

/** Makes a client; its scope decides which of the two it can do. @throws ClientError options_invalid */
export function createMonitorClient(options: ClientOptions): MonitorClient {
  const checked = checkOptions(options);
  const service = createService(checked);
  const call = (
    name: string,
    request: { url: string; body: string; headers?: Readonly<Record<string, string>> },
    signal: AbortSignal | undefined,
  ): Promise<Reply> =>
    service.call(
      { name, method: "POST", ...request },
      { stop: signal, cut: signal ?? new AbortController().signal },
    );
  return {
    async query({ query, timespan, waitSeconds, signal }) {
      const wait = waitSeconds === undefined ? [] : [`wait=${waitSeconds}`];
      const reply = await call(
        "the query",
        {
          url: `${checked.endpoint}/v1/workspaces/${checked.workspaceId}/query`,
          body: JSON.stringify({ query, ...(timespan === undefined ? {} : { timespan }) }),
          headers: {
            prefer: [...wait, "include-statistics=true", "include-render=true"].join(","),
          },
        },
        signal,
      );
      const body = jsonOf(reply.text);
      if (reply.status === 200 || (reply.status === 400 && isObject(body))) {
        return { status: reply.status, body };
      }
      throw refusalOf(reply, "the query");
    },
    async ingest({ ruleId, stream, body, signal }) {
      const path = `dataCollectionRules/${encodeURIComponent(ruleId)}/streams/${encodeURIComponent(stream)}`;
      const url = `${checked.endpoint}/${path}?api-version=2023-01-01`;
      const reply = await call("the records", { url, body }, signal);
      if (reply.status !== 204 && reply.status !== 200) {
        throw reply.status === 413
          ? new ClientError(
              "refused",
              `The records are too large for one request: ${reply.message}`,
            )
          : refusalOf(reply, "the records");
      }
      return reply.notes;
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
