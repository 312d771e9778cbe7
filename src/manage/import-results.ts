/**
 * What was found of each record of a file, on disk, so that a page of hundreds of thousands is read at once:
 *
 *     {id}.records   one line of JSON a record; a record that was put right is written again at the end
 *     {id}.index     an entry of 16 bytes a record, in the order of the file:
 *                    offset of its line (8), bytes of the line (4), status (4); little-endian
 */
import { type FileHandle, open } from "node:fs/promises";
import { type KeptRecord, RECORD_STATUSES, type RecordStatus } from "./import-order.ts";

/** The two files. */
export interface ResultFiles {
  readonly records: string;
  readonly index: string;
}

/** A page of records. */
export interface RecordPage {
  readonly items: readonly KeptRecord[];
  /** Place from which to go on; null on the last page. */
  readonly next: number | null;
}

const ENTRY_BYTES = 16;

/** Entries that are read at once. */
const ENTRIES_AT_ONCE = 65_536;

/** Bytes of records that are read at once. */
const READ_BYTES_MAX = 8 * 1_048_576;

interface Entry {
  readonly offset: number;
  readonly bytes: number;
  readonly status: RecordStatus;
}

/** Writes records one batch after the other. */
export interface ResultWriter {
  write(records: readonly KeptRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Begins both files anew. */
export async function createResults(files: ResultFiles): Promise<ResultWriter> {
  const records = await open(files.records, "w", 0o600);
  const index = await open(files.index, "w", 0o600);
  let offset = 0;
  return {
    async write(batch) {
      const lines = batch.map((record) => Buffer.from(`${JSON.stringify(record)}\n`));
      const entries = lines.map((line, at) => {
        const entry = entryOf(offset, line.length - 1, batch[at]?.status ?? "invalid");
        offset += line.length;
        return entry;
      });
      await records.write(Buffer.concat(lines));
      await index.write(Buffer.concat(entries));
    },
    async close() {
      await records.close();
      await index.close();
    },
  };
}

/** Puts one record in the place of what stood there. */
export async function replaceRecord(files: ResultFiles, record: KeptRecord): Promise<void> {
  const line = Buffer.from(`${JSON.stringify(record)}\n`);
  await withFile(files.records, "r+", async (records) => {
    const { size } = await records.stat();
    await records.write(line, 0, line.length, size);
    await records.sync();
    const entry = entryOf(size, line.length - 1, record.status);
    await withFile(files.index, "r+", (index) =>
      index.write(entry, 0, ENTRY_BYTES, record.index * ENTRY_BYTES),
    );
  });
}

/**
 * Records of some statuses from a place on.
 * @param from place of a record, 0 for the first page
 */
export function readRecords(files: ResultFiles, query: EntryQuery): Promise<RecordPage> {
  return withFile(files.index, "r", async (index) => {
    const { found, next } = await entriesOf(index, query);
    return { items: await linesOf(files.records, found), next };
  });
}

interface EntryQuery {
  readonly statuses: readonly RecordStatus[];
  readonly from: number;
  readonly limit: number;
  readonly without?: ReadonlySet<number>;
}

async function entriesOf(
  index: FileHandle,
  { statuses, from, limit, without }: EntryQuery,
): Promise<{ readonly found: readonly Entry[]; readonly next: number | null }> {
  const found: Entry[] = [];
  for (let at = from; ; at += ENTRIES_AT_ONCE) {
    const entries = await entriesAt(index, at);
    for (const [place, entry] of entries.entries()) {
      const isWanted = statuses.includes(entry.status) && without?.has(at + place) !== true;
      if (isWanted && found.length === limit) {
        return { found, next: at + place };
      }
      if (isWanted) {
        found.push(entry);
      }
    }
    if (entries.length < ENTRIES_AT_ONCE) {
      return { found, next: null };
    }
  }
}

/** One record; undefined where there is none. */
export function readRecord(files: ResultFiles, place: number): Promise<KeptRecord | undefined> {
  return withFile(files.index, "r", async (index) => {
    const bytes = Buffer.alloc(ENTRY_BYTES);
    const { bytesRead } = await index.read(bytes, 0, ENTRY_BYTES, place * ENTRY_BYTES);
    return bytesRead < ENTRY_BYTES
      ? undefined
      : (await linesOf(files.records, [entryIn(bytes, 0)]))[0];
  });
}

async function entriesAt(index: FileHandle, from: number): Promise<readonly Entry[]> {
  const bytes = Buffer.alloc(ENTRIES_AT_ONCE * ENTRY_BYTES);
  const { bytesRead } = await index.read(bytes, 0, bytes.length, from * ENTRY_BYTES);
  return Array.from({ length: Math.floor(bytesRead / ENTRY_BYTES) }, (_, at) => entryIn(bytes, at));
}

function entryIn(bytes: Buffer, at: number): Entry {
  const start = at * ENTRY_BYTES;
  return {
    offset: bytes.readDoubleLE(start),
    bytes: bytes.readUInt32LE(start + 8),
    status: RECORD_STATUSES[bytes.readUInt32LE(start + 12)] ?? "invalid",
  };
}

function entryOf(offset: number, bytes: number, status: RecordStatus): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.writeDoubleLE(offset, 0);
  entry.writeUInt32LE(bytes, 8);
  entry.writeUInt32LE(RECORD_STATUSES.indexOf(status), 12);
  return entry;
}

/** Neighbours are read together. */
function linesOf(file: string, entries: readonly Entry[]): Promise<readonly KeptRecord[]> {
  return withFile(file, "r", async (records) => {
    const found: KeptRecord[] = [];
    for (let at = 0; at < entries.length; ) {
      const run = runAt(entries, at);
      const [first] = run;
      const last = run.at(-1);
      const start = first?.offset ?? 0;
      const bytes = Buffer.alloc((last?.offset ?? 0) + (last?.bytes ?? 0) - start);
      await records.read(bytes, 0, bytes.length, start);
      for (const entry of run) {
        const text = bytes.toString(
          "utf8",
          entry.offset - start,
          entry.offset - start + entry.bytes,
        );
        found.push(JSON.parse(text) as KeptRecord);
      }
      at += run.length;
    }
    return found;
  });
}

function runAt(entries: readonly Entry[], from: number): readonly Entry[] {
  const start = entries[from]?.offset ?? 0;
  let to = from + 1;
  for (let entry = entries[to]; entry !== undefined; entry = entries[to]) {
    const before = entries[to - 1];
    const follows = before !== undefined && entry.offset === before.offset + before.bytes + 1;
    if (!follows || entry.offset + entry.bytes - start > READ_BYTES_MAX) {
      break;
    }
    to += 1;
  }
  return entries.slice(from, to);
}

async function withFile<T>(
  path: string,
  flags: "r" | "r+",
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
