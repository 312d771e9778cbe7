/**
 * The journal of an upload: a file that says which objects the service has acknowledged, so that an
 * interrupted upload continues where it stopped.
 *
 * The file holds lines of JSON. The first names the upload (`journal`, `version`, `endpoint`,
 * `workspaceId`); each further one is an acknowledged request: `from` and `count` of its objects, `digest`
 * of what was sent, and `rejections`. A last line without its end was being written when the process died
 * and is cut off; its request is sent again, which the service takes as the same objects once more.
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { ClientError, type InputPosition, reasonOf } from "./client-error.ts";

/** A record that the service rejected. */
export interface Rejection {
  /** Index of the object in the input, from 0. */
  readonly index: number;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly position: InputPosition | undefined;
  /** As the service words them. */
  readonly messages: readonly string[];
  /** Request that carried it, as the service names it; empty when it doesn't. */
  readonly requestId: string;
  /** Index within that request. */
  readonly recordIndex: number;
}

/** A request that the service has acknowledged. */
export interface AcknowledgedBatch {
  /** Index of the first object in the input, from 0. */
  readonly from: number;
  readonly count: number;
  readonly digest: string;
  readonly requestId: string;
  readonly rejections: readonly Rejection[];
}

/** What an upload is, for telling whether a journal belongs to it. */
export interface JournalIdentity {
  readonly endpoint: string;
  readonly workspaceId: string;
}

/** An open journal. */
export interface Journal {
  /** What earlier runs got acknowledged, in the order of the input. */
  readonly acknowledged: readonly AcknowledgedBatch[];
  /** @throws ClientError journal_unwritable */
  record(batch: AcknowledgedBatch): Promise<void>;
  close(): Promise<void>;
  /** Closes it and removes the file: the upload is complete. */
  remove(): Promise<void>;
}

/** Far above the journal of ten million objects. */
const JOURNAL_BYTES_MAX = 512 * 1024 * 1024;
const KIND = "stixgate-upload";
const VERSION = 1;

/**
 * Opens the journal of an upload. With `resume`, what the file says is kept, if it belongs to the upload;
 * otherwise it starts empty.
 *
 * @throws ClientError journal_unwritable, journal_mismatch
 */
export async function openJournal(
  path: string,
  identity: JournalIdentity,
  resume: boolean,
): Promise<Journal> {
  const file = await open(path, resume ? "a+" : "w+", 0o600).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  try {
    const acknowledged = resume ? await readBack(file, path, identity) : [];
    if ((await file.stat()).size === 0) {
      await appendLine(file, { journal: KIND, version: VERSION, ...identity });
    }
    return journalOn(file, path, acknowledged);
  } catch (error) {
    await file.close();
    throw error instanceof ClientError ? error : unwritable(path, error);
  }
}

function journalOn(
  file: FileHandle,
  path: string,
  acknowledged: readonly AcknowledgedBatch[],
): Journal {
  // Lines are written one after the other, whichever request is answered first.
  let last: Promise<void> = Promise.resolve();
  return {
    acknowledged,
    record(batch) {
      last = last
        .then(() => appendLine(file, batch))
        .catch((cause: unknown) => {
          throw unwritable(path, cause);
        });
      return last;
    },
    async close() {
      await last.catch(() => {});
      await file.close();
    },
    async remove() {
      await last.catch(() => {});
      await file.close();
      await rm(path, { force: true });
    },
  };
}

async function appendLine(file: FileHandle, value: object): Promise<void> {
  await file.appendFile(`${JSON.stringify(value)}\n`);
}

async function readBack(
  file: FileHandle,
  path: string,
  identity: JournalIdentity,
): Promise<AcknowledgedBatch[]> {
  const { size } = await file.stat();
  if (size > JOURNAL_BYTES_MAX) {
    throw mismatch(path, "is too large to be a journal");
  }
  const bytes = Buffer.alloc(size);
  await file.read(bytes, 0, size, 0);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.toString("utf8", 0, whole).split("\n").slice(0, -1);
  const [head, ...batches] = lines.map((line) => parseLine(line, path));
  if (head !== undefined) {
    checkHead(head, path, identity);
  }
  const sorted = batches.map((batch) => checkBatch(batch, path)).sort((a, b) => a.from - b.from);
  if (sorted.some((batch, place) => batch.from < endOf(sorted[place - 1]))) {
    throw mismatch(path, "was written by two uploads at once");
  }
  await file.truncate(whole);
  return sorted;
}

function parseLine(line: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === "object" && value !== null) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Falls through to the same refusal.
  }
  throw mismatch(path, "is no journal");
}

function checkHead(
  head: Readonly<Record<string, unknown>>,
  path: string,
  identity: JournalIdentity,
): void {
  if (head["journal"] !== KIND || head["version"] !== VERSION) {
    throw mismatch(path, "is no journal of this version");
  }
  if (
    head["endpoint"] !== identity.endpoint ||
    String(head["workspaceId"]).toLowerCase() !== identity.workspaceId.toLowerCase()
  ) {
    const other = `${String(head["endpoint"])}, workspace ${String(head["workspaceId"])}`;
    throw mismatch(path, `belongs to an upload to ${other}`);
  }
}

function checkBatch(batch: Readonly<Record<string, unknown>>, path: string): AcknowledgedBatch {
  const { from, count, digest, rejections } = batch;
  const sound =
    isCount(from) && isCount(count) && typeof digest === "string" && Array.isArray(rejections);
  if (!sound) {
    throw mismatch(path, "has a line that is none of a journal");
  }
  return batch as unknown as AcknowledgedBatch;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function endOf(batch: AcknowledgedBatch | undefined): number {
  return batch === undefined ? 0 : batch.from + batch.count;
}

function mismatch(path: string, what: string): ClientError {
  return new ClientError(
    "journal_mismatch",
    `The journal ${path} ${what}. Remove it, or upload without resuming.`,
  );
}

function unwritable(path: string, cause: unknown): ClientError {
  return new ClientError(
    "journal_unwritable",
    `Cannot write the journal ${path}: ${reasonOf(cause)}`,
    { cause },
  );
}
