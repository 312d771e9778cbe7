/**
 * `stixgate upload`: sends STIX files to an upload API, ours or the real Microsoft Sentinel. What it does
 * lies in the client room; here are its flags, its output and its exit codes.
 */
import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Readable } from "node:stream";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  ClientError,
  type ClientErrorCode,
  createClient,
  DEFAULT_ENDPOINT,
  type Inputs,
  type Journal,
  openInputs,
  planUpload,
  STDIN_NAME,
  type UploadObject,
} from "../client/index.ts";
import { trustAuthority } from "./trust-authority.ts";
import { closeJournal, JOURNAL_ENDING, journalOf, journalPathOf } from "./upload-journal.ts";
import { createProgressView, type ProgressStream, type ProgressView } from "./upload-progress.ts";
import {
  addToRecord,
  createRecord,
  errorLine,
  planLines,
  reportOf,
  summaryLines,
  type UploadRecord,
  type UploadReport,
} from "./upload-report.ts";
import {
  type Environment,
  type ResolvedSettings,
  resolveSettings,
  type UploadFlags,
} from "./upload-settings.ts";

/** What the command works with, besides its arguments. */
export interface UploadSurroundings {
  readonly env: Environment;
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: ProgressStream;
}

const EXIT = { accepted: 0, rejected: 1, usage: 2, service: 3, interrupted: 130 } as const;

/** Codes of errors that lie on this side; everything else is the service's. */
const OUR_SIDE: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  "options_invalid",
  "input_unreadable",
  "input_invalid",
  "input_too_large",
  "journal_mismatch",
  "journal_unwritable",
]);

// Each paragraph is one line: commander breaks lines where the terminal ends.
const DESCRIPTION: string = [
  "Upload STIX objects from files, or from standard input (-).",
  "Reads STIX bundles, arrays, single objects, upload bodies, TAXII envelopes and JSON lines, packed with " +
    "gzip or not, and sends them to the upload API in requests of at most 100 objects, as fast as its " +
    "throttle allows. Works with Stixgate and with Microsoft Sentinel. Credentials are those of the Azure SDKs.",
].join("\n\n");

const HELP = `
Exit codes:
  0    every object was accepted
  1    the service rejected some objects; each is printed with its place and the reasons
  2    wrong options, unreadable or malformed input
  3    the service could not be reached, or refused: token, role, workspace, throttle
  130  interrupted

Environment: AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH,
AZURE_CLIENT_CERTIFICATE_PASSWORD, AZURE_AUTHORITY_HOST, STIXGATE_ENDPOINT, STIXGATE_WORKSPACE_ID.
A flag wins over --ready, and --ready over the environment.

Examples:
  Look at a file without sending it:
    stixgate upload --dry-run feed.json

  To a server of your own, configured by what it printed with --ready-json:
    stixgate upload --ready ready.json samples/feed.json

  To Microsoft Sentinel with a certificate (PEM with its private key):
    stixgate upload --workspace-id 00001111-aaaa-2222-bbbb-3333cccc4444 \\
      --tenant contoso.onmicrosoft.com --client-id 11112222-bbbb-3333-cccc-4444dddd5555 \\
      --certificate app.pem stixobjects.json

  From a pipe, with the secret in the environment:
    curl -s https://feeds.example/today.jsonl.gz | stixgate upload --source "Example feed" -

  After an interruption:
    stixgate upload --resume feed.jsonl`;

/** Adds the command `upload` to the program. */
export function registerUploadCommand(program: Command, surroundings: UploadSurroundings): void {
  const command = program
    .command("upload")
    .summary("upload STIX files")
    .description(DESCRIPTION)
    .argument("<file...>", "files to upload; - is standard input");
  const service = "The service:";
  const grouped = (group: string, ...options: readonly Option[]): void => {
    for (const option of options) {
      command.addOption(option.helpGroup(group));
    }
  };
  grouped(
    service,
    new Option("--workspace-id <guid>", "workspace to upload to"),
    new Option("--endpoint <url>", `base address of the upload API (${DEFAULT_ENDPOINT})`),
    new Option("--ready <file>", "take everything from what a server printed with --ready-json"),
    new Option("--ca <file>", "trust this authority, too (PEM)"),
    new Option("--api-version <version>", "api-version of the requests"),
  );
  grouped(
    "The application:",
    new Option("--tenant <id>", "tenant: its GUID or a domain name of it"),
    new Option("--client-id <id>", "application (client) id"),
    new Option("--certificate <file>", "certificate with its private key (PEM)"),
    new Option("--client-secret <secret>", "better in AZURE_CLIENT_SECRET: others can see a flag"),
    new Option("--authority <url>", "where tokens come from (https://login.microsoftonline.com)"),
    new Option("--scope <scope>", "scope of the token (https://management.azure.com/.default)"),
    new Option("--assertion-algorithm <name>", "how a certificate signs").choices([
      "PS256",
      "RS256",
    ]),
  );
  grouped(
    "The upload:",
    new Option("--source <name>", "sourcesystem (of the upload body, else the file's name)"),
    new Option("--dry-run", "read and count, send nothing"),
    new Option("--resume", "continue an interrupted upload after what was acknowledged"),
    new Option("--journal <file>", `what is acknowledged is kept here (FILE${JOURNAL_ENDING})`),
    new Option("--no-journal", "keep no journal; the upload cannot be resumed"),
    new Option("--batch-size <n>", "objects in a request (100)").argParser(wholeNumber),
    new Option("--requests-per-minute <n>", "pace (100)").argParser(wholeNumber),
    new Option("--concurrency <n>", "requests under way at once (4)").argParser(wholeNumber),
  );
  grouped(
    "The outcome:",
    new Option("--report <file>", "write what became of the objects as JSON"),
    new Option("--json", "print the same as one line on standard output, instead of the summary"),
  );
  command
    .addHelpText("after", HELP)
    .action(async (files: readonly string[], flags: UploadFlags) => {
      const userAgent = `stixgate-upload/${program.version() ?? "0"}`;
      process.exitCode = await runUploadCommand({ files, flags, surroundings, userAgent });
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number.");
  }
  return Number(text);
}

interface Run {
  readonly files: readonly string[];
  readonly flags: UploadFlags;
  readonly surroundings: UploadSurroundings;
  readonly userAgent: string;
}

/** Runs the command and gives its exit code. */
async function runUploadCommand(run: Run): Promise<number> {
  const stop = new AbortController();
  const release = stopBySignals(stop, run.surroundings.stderr);
  try {
    return run.flags.dryRun ? await dryRun(run, stop.signal) : await upload(run, stop.signal);
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    run.surroundings.stderr.write(`${errorLine(error)}\n`);
    return exitCodeOf(error);
  } finally {
    release();
    if (run.files.includes(STDIN_NAME)) {
      // A pipe that is still open would keep the process waiting for input that nobody reads.
      run.surroundings.stdin.destroy();
    }
  }
}

function exitCodeOf(error: ClientError): number {
  if (error.code === "aborted") {
    return EXIT.interrupted;
  }
  return OUR_SIDE.has(error.code) ? EXIT.usage : EXIT.service;
}

/** The first signal stops in order, a second one at once. */
function stopBySignals(stop: AbortController, stderr: NodeJS.WritableStream): () => void {
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      process.exit(EXIT.interrupted);
    }
    stop.abort();
    stderr.write("\nStopping: requests under way get a few seconds. Once more to stop at once.\n");
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) {
    process.on(signal, onSignal);
  }
  return () => {
    for (const signal of signals) {
      process.off(signal, onSignal);
    }
  };
}

async function dryRun(run: Run, signal: AbortSignal): Promise<number> {
  const { files, flags, surroundings } = run;
  const inputs = await openInputs({ files, stdin: surroundings.stdin });
  const plan = await planUpload({
    source: flags.source ?? fallbackSource(files[0]),
    objects: withSource(inputs, flags.source),
    objectsPerRequestMax: flags.batchSize,
    signal,
  });
  surroundings.stdout.write(
    flags.json
      ? `${JSON.stringify({ dryRun: true, ...plan })}\n`
      : `${planLines(plan).join("\n")}\n`,
  );
  return EXIT.accepted;
}

/** Every object gets its source: the flag's, else that of its upload body, else its file's name. */
async function* withSource(
  inputs: Inputs,
  source: string | undefined,
): AsyncGenerator<UploadObject> {
  for await (const object of inputs.objects) {
    const own = source ?? object.source ?? fallbackSource(object.position?.file);
    yield { ...object, source: own };
  }
}

/** The name of a file without its endings; a pipe has none that would mean anything. */
function fallbackSource(file: string | undefined): string {
  return file === undefined || file === STDIN_NAME
    ? "stixgate upload"
    : basename(file).replace(/(?:\.(?:json|jsonl|ndjson|stix|gz))+$/i, "") || basename(file);
}

async function upload(run: Run, signal: AbortSignal): Promise<number> {
  const { files, flags, surroundings } = run;
  const startedAt = new Date().toISOString();
  const settings = resolveSettings(flags, surroundings.env);
  checkReportWritable(flags.report);
  trustAuthority(settings.caFile);
  const inputs = await openInputs({ files, stdin: surroundings.stdin });
  const note = (text: string): void => {
    surroundings.stderr.write(`stixgate upload: ${text}\n`);
  };
  const journal = await journalOf(run, settings, note);
  const record = createRecord();
  for (const batch of journal?.acknowledged ?? []) {
    addToRecord(record, batch);
  }
  const view = createProgressView({
    stream: surroundings.stderr,
    fraction: inputs.fraction,
    dumb: surroundings.env["TERM"] === "dumb",
  });
  const error = await send({ run, settings, inputs, journal, record, view, signal });
  await closeJournal(journal, error !== undefined && record.requestsTotal > 0);
  const exitCode =
    error === undefined
      ? record.progress.rejected > 0
        ? EXIT.rejected
        : EXIT.accepted
      : exitCodeOf(error);
  const report = reportOf(record, {
    endpoint: settings.client.endpoint ?? DEFAULT_ENDPOINT,
    workspaceId: settings.client.workspaceId,
    files,
    startedAt,
    exitCode,
    error,
  });
  tell(run, report, error);
  return writeReport(flags.report, report, note) ? exitCode : EXIT.usage;
}

interface Sending {
  readonly run: Run;
  readonly settings: ResolvedSettings;
  readonly inputs: Inputs;
  readonly journal: Journal | undefined;
  readonly record: UploadRecord;
  readonly view: ProgressView;
  readonly signal: AbortSignal;
}

/** Uploads; what stopped it is a result, because the report is written all the same. */
async function send(sending: Sending): Promise<ClientError | undefined> {
  const { run, settings, inputs, journal, record, view, signal } = sending;
  try {
    const client = createClient({
      ...settings.client,
      userAgent: run.userAgent,
      onNotice: view.notice,
    });
    await client.upload({
      source: run.flags.source ?? fallbackSource(run.files[0]),
      objects: withSource(inputs, run.flags.source),
      signal,
      journal,
      onBatch: (batch) => addToRecord(record, batch),
      onProgress: (progress) => {
        record.progress = progress;
        view.show(progress);
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof ClientError) {
      return error;
    }
    throw error;
  } finally {
    view.end();
  }
}

function tell(run: Run, report: UploadReport, error: ClientError | undefined): void {
  const { flags, surroundings } = run;
  surroundings.stdout.write(
    flags.json ? `${JSON.stringify(report)}\n` : `${summaryLines(report).join("\n")}\n`,
  );
  if (error !== undefined) {
    surroundings.stderr.write(`${errorLine(error)}\n`);
    const path = journalPathOf(run);
    if (path !== undefined && existsSync(path)) {
      surroundings.stderr.write(
        `Continue with the same command and --resume (journal: ${path}).\n`,
      );
    }
  }
}

function writeReport(
  file: string | undefined,
  report: UploadReport,
  note: (text: string) => void,
): boolean {
  if (file === undefined) {
    return true;
  }
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    return true;
  } catch (error) {
    note(`Cannot write the report: ${String(error)}`);
    return false;
  }
}

/** Found out before the first object is sent, not after the last. */
function checkReportWritable(file: string | undefined): void {
  if (file === undefined) {
    return;
  }
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("options_invalid", `Cannot write the report: ${reason}`, { cause });
  }
}
