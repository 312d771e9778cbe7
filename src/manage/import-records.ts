/** Reads the records of a file that was received, a batch at a time, each with the line it begins on. */
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { csvRows, recordsOfDocument } from "../client/index.ts";
import { createRowReader, RowFault, type RowReader } from "./csv-indicators.ts";
import type { ImportOrder } from "./import-order.ts";
import { lineOf } from "./import-places.ts";

/** Records of one request to the store. */
export const BATCH_RECORDS = 500;

/** A record of a file, or why there is none. */
export interface FileRecord {
  readonly index: number;
  readonly line: number;
  /** Undefined where the record is no JSON. */
  readonly value: unknown;
  readonly json: string;
  readonly fault: {
    readonly path: string;
    readonly message: string;
    readonly line: number;
  } | null;
  /** The line of a property, such as `external_references[0].url`. */
  readonly lineOf: (path: string) => number;
  /** How much of the file has been read, from 0 to 1. */
  readonly share: number;
}

/** The records of a file in batches. @throws AppError `invalid_request`; ClientError for what is no JSON */
export async function* batchesOf(
  file: string,
  order: ImportOrder,
  now: Date,
): AsyncGenerator<readonly FileRecord[]> {
  const records =
    order.format === "csv" ? tableRecords(file, order, now) : documentRecords(file, order);
  let batch: FileRecord[] = [];
  for await (const record of records) {
    batch.push(record);
    if (batch.length === BATCH_RECORDS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

async function* documentRecords(
  file: string,
  { fileName }: ImportOrder,
): AsyncGenerator<FileRecord> {
  const bytes = await readFile(file);
  let index = 0;
  for (const { text, span, line, fault } of recordsOfDocument(bytes, { file: fileName, line: 1 })) {
    yield {
      index,
      line,
      value: fault === null ? JSON.parse(text) : undefined,
      json: text,
      fault:
        fault === null
          ? null
          : {
              path: "",
              message: `${fault.reason.slice(0, -1)} (line ${fault.line}, column ${fault.column}).`,
              line: fault.line,
            },
      lineOf: (path) => (fault === null ? lineOf(bytes, span, line, path) : line),
      share: span.end / bytes.length,
    };
    index += 1;
  }
}

async function* tableRecords(
  file: string,
  { mapping, source }: ImportOrder,
  now: Date,
): AsyncGenerator<FileRecord> {
  let read: RowReader | undefined;
  let index = 0;
  const stream = createReadStream(file, "utf8");
  const { separator, bytes } = await shapeOf(file);
  for await (const { line, fields } of csvRows(stream, separator)) {
    if (read === undefined) {
      read = createRowReader(fields, {
        ...(mapping === undefined ? {} : { mapping }),
        source,
        now,
      });
      continue;
    }
    if (fields.every((field) => field.trim() === "")) {
      continue;
    }
    const share = bytes === 0 ? 1 : stream.bytesRead / bytes;
    yield { index, line, lineOf: () => line, share, ...rowOf(read, fields, line) };
    index += 1;
  }
}

function rowOf(
  read: RowReader,
  fields: readonly string[],
  line: number,
): Pick<FileRecord, "value" | "json" | "fault"> {
  try {
    const value = read(fields);
    return { value, json: JSON.stringify(value), fault: null };
  } catch (error) {
    if (!(error instanceof RowFault)) {
      throw error;
    }
    const { property, message, draft } = error;
    return {
      value: undefined,
      json: JSON.stringify(draft),
      fault: { path: property, message, line },
    };
  }
}

const SEPARATORS = [",", ";", "\t"] as const;

/** So much of a table holds its heading. */
const HEADING_BYTES = 65_536;

/** What stands between the cells of the heading most often; and the size of the file. */
async function shapeOf(
  file: string,
): Promise<{ readonly separator: string; readonly bytes: number }> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADING_BYTES), 0);
    const [heading = ""] = buffer.toString("utf8", 0, bytesRead).trimStart().split("\n", 1);
    const unquoted = heading.replaceAll(/"(?:[^"]|"")*"/g, "");
    const counted = SEPARATORS.map((each) => [unquoted.split(each).length, each] as const);
    const [, separator] = counted.reduce((most, each) => (each[0] > most[0] ? each : most));
    return { separator, bytes: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}
