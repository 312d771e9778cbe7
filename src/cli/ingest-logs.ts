/** `stixgate ingest-logs`: sends a file of logs to a table of a server, or puts it into a data directory. */
import { type Command, Option } from "commander";
import { openOfflineQueries } from "../app/index.ts";
import { ClientError, createMonitorClient, INGESTION_SCOPE } from "../client/index.ts";
import { type LogRecord, receiptNotes } from "../query/index.ts";
import { AppError } from "../wire/index.ts";
import { addDataOptions, type GlobalOptions, settingsOf } from "./global-options.ts";
import { logRecords } from "./log-records.ts";
import { pickWorkspace, type SourceOptions } from "./query-source.ts";
import { addServiceOptions } from "./service-options.ts";
import type { Surroundings } from "./surroundings.ts";
import { trustAuthority } from "./trust-authority.ts";
import { resolveSettings } from "./upload-settings.ts";

interface IngestOptions extends GlobalOptions, SourceOptions {
  readonly rule?: string;
  readonly stream?: string;
  readonly format: "auto" | "csv" | "json";
}

const EXIT = { accepted: 0, rejected: 1, usage: 2, service: 3 } as const;

/** Bytes of a request's body: below the megabyte that the API takes. */
const BODY_BYTES_MAX = 900_000;
/** Records handed to a data directory at one time. */
const LOCAL_RECORDS = 10_000;
/** Faults that are printed one by one; the rest is counted. */
const FAULTS_SHOWN_MAX = 20;
const PROGRESS_MS = 1_000;
const AZURE_ENDPOINT_NOTE = "Give --endpoint with the address of the data collection endpoint.";

const HELP = `
Formats: JSON lines (one object a line), one JSON array of objects, CSV with a heading; each packed with gzip or not.
Values become of their column's type. Columns that the table does not have are left out, and named; a record without
TimeGenerated gets its arrival. stixgate table list shows the tables, stixgate table add-column adds to one.

Exit codes: 0 every record was sent, 1 some lines are no records, 2 wrong options, 3 the service refused or could not
be reached.

Examples:
  stixgate ingest-logs --ready ready.json DnsEvents dns.jsonl.gz
  zcat cef.csv.gz | stixgate ingest-logs --ready ready.json CommonSecurityLog -
  stixgate ingest-logs --data-dir .stixgate Syslog syslog.json`;

/** Adds the command `ingest-logs`. */
export function registerIngestLogsCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("ingest-logs")
    .summary("send logs to a table")
    .description("Sends a file of logs to a table that queries read.")
    .argument("<table>", "table, such as DnsEvents or Mine_CL")
    .argument("<file>", "file to send; - is standard input")
    .option("--rule <id>", "immutable id of a data collection rule (default: the workspace's own)")
    .option("--stream <name>", "stream of the rule (default: Custom-TABLE or Microsoft-TABLE)")
    .option("--workspace <name>", "workspace of the data directory: its name or id")
    .addOption(
      new Option("--format <format>", "what the file holds")
        .choices(["auto", "csv", "json"])
        .default("auto"),
    );
  addServiceOptions(command);
  addDataOptions(command)
    .addHelpText("after", HELP)
    .action(async (table: string, file: string, options: IngestOptions) => {
      process.exitCode = await runIngest({ table, file, options, surroundings });
    });
}

interface Run {
  readonly table: string;
  readonly file: string;
  readonly options: IngestOptions;
  readonly surroundings: Surroundings;
}

/** Where records go. */
interface Sink {
  /** Gives what was left out of them, in words. */
  send(records: readonly LogRecord[]): Promise<string>;
  /** Most records, and most bytes of JSON, of one sending. */
  readonly recordsMax: number;
  readonly bytesMax: number;
  close(): Promise<void>;
}

async function runIngest(run: Run): Promise<number> {
  const { stdout, stderr } = run.surroundings;
  try {
    const sink = await openSink(run);
    try {
      const { sent, faults } = await sendAll(run, sink);
      const wrong =
        faults === 0 ? "" : `, ${faults} ${faults === 1 ? "line is" : "lines are"} none`;
      stdout.write(`${sent} ${sent === 1 ? "record" : "records"} sent to ${run.table}${wrong}\n`);
      return faults === 0 ? EXIT.accepted : EXIT.rejected;
    } finally {
      await sink.close();
    }
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    stderr.write(`stixgate ingest-logs: ${error.message}\n`);
    return error.code === "options_invalid" || error.code === "input_unreadable"
      ? EXIT.usage
      : EXIT.service;
  }
}

async function openSink(run: Run): Promise<Sink> {
  const { options } = run;
  const isService = options.ready !== undefined || options.workspaceId !== undefined;
  if (isService && options.dataDir !== undefined) {
    throw new AppError("invalid_request", "--data-dir and a service exclude each other.");
  }
  if (!isService && options.dataDir === undefined) {
    throw new AppError("invalid_request", "Say where to: --ready, --workspace-id or --data-dir.");
  }
  return isService ? serviceSink(run) : directorySink(run);
}

function serviceSink({ table, options, surroundings }: Run): Sink {
  const { client, caFile } = resolveSettings(options, surroundings.environment);
  if (client.endpoint === undefined) {
    throw new ClientError("options_invalid", AZURE_ENDPOINT_NOTE, { field: "endpoint" });
  }
  trustAuthority(caFile);
  const monitor = createMonitorClient({
    ...client,
    scope: client.scope ?? INGESTION_SCOPE,
    requestsPerMinuteMax: 12_000,
  });
  const ruleId = options.rule ?? `dcr-${client.workspaceId.toLowerCase().replaceAll("-", "")}`;
  const stream = options.stream ?? `${table.endsWith("_CL") ? "Custom" : "Microsoft"}-${table}`;
  return {
    recordsMax: LOCAL_RECORDS,
    bytesMax: BODY_BYTES_MAX,
    send: (records) => monitor.ingest({ ruleId, stream, body: JSON.stringify(records) }),
    close: async () => undefined,
  };
}

async function directorySink({ table, options, surroundings }: Run): Promise<Sink> {
  const { settings } = settingsOf(options, surroundings.environment);
  const offline = await openOfflineQueries(settings, (text) =>
    surroundings.stderr.write(`stixgate ingest-logs: ${text}\n`),
  );
  try {
    if (offline.isServerRunning) {
      throw new AppError(
        "data_directory_locked",
        "A server works on this data directory: send the logs to it (--ready or --workspace-id).",
      );
    }
    const workspaceId = pickWorkspace(offline.workspaces, options.workspace);
    return {
      recordsMax: LOCAL_RECORDS,
      bytesMax: Number.POSITIVE_INFINITY,
      send: async (records) =>
        receiptNotes(await offline.queries.logs.append(workspaceId, table, records)),
      close: offline.close,
    };
  } catch (error) {
    await offline.close();
    throw error;
  }
}

interface Tally {
  readonly sent: number;
  readonly faults: number;
}

async function sendAll({ file, options, surroundings }: Run, sink: Sink): Promise<Tally> {
  const { stdin, stderr } = surroundings;
  let batch: LogRecord[] = [];
  let batchBytes = 0;
  let sent = 0;
  let faults = 0;
  let notesShown = 0;
  let shownMs = Date.now();
  const flush = async (): Promise<void> => {
    if (batch.length === 0) {
      return;
    }
    const notes = await sink.send(batch);
    if (notes !== "" && notesShown < FAULTS_SHOWN_MAX) {
      notesShown += 1;
      stderr.write(`records ${sent + 1} to ${sent + batch.length}: ${notes}\n`);
    }
    sent += batch.length;
    batch = [];
    batchBytes = 0;
    if (Date.now() - shownMs >= PROGRESS_MS) {
      shownMs = Date.now();
      stderr.write(`${sent} records sent\n`);
    }
  };
  for await (const each of logRecords(file, stdin, options.format)) {
    if ("fault" in each) {
      faults += 1;
      if (faults <= FAULTS_SHOWN_MAX) {
        stderr.write(`${file}:${each.line}: ${each.fault}\n`);
      }
      continue;
    }
    const bytes = sink.bytesMax === Number.POSITIVE_INFINITY ? 0 : bytesOf(each.record);
    if (batch.length >= sink.recordsMax || batchBytes + bytes > sink.bytesMax) {
      await flush();
    }
    batch.push(each.record);
    batchBytes += bytes;
  }
  await flush();
  return { sent, faults };
}

function bytesOf(record: LogRecord): number {
  return Buffer.byteLength(JSON.stringify(record)) + 1;
}
