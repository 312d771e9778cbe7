/** Reads the records of a file that was received, a batch at a time, each with the line it begins on. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { csvRows, objectsOfDocument } from "../client/index.ts";
import { createRowReader } from "./csv-indicators.ts";
import type { ImportOrder } from "./import-order.ts";

/** Records of one request to the store. */
const BATCH = 500;

/** A record of a file, or why there is none. */
export interface FileRecord {
  readonly index: number;
  readonly line: number | null;
  readonly value: unknown;
  readonly json: string;
  readonly fault: string | null;
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
    if (batch.length === BATCH) {
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
  for (const { text, position } of objectsOfDocument(bytes, { file: fileName, line: 1 })) {
    yield { index, line: position?.line ?? null, value: JSON.parse(text), json: text, fault: null };
    index += 1;
  }
}

async function* tableRecords(
  file: string,
  { mapping, source }: ImportOrder,
  now: Date,
): AsyncGenerator<FileRecord> {
  let read: ReturnType<typeof createRowReader> | undefined;
  let index = 0;
  for await (const { line, fields } of csvRows(createReadStream(file, "utf8"))) {
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
    try {
      const value = read(fields);
      yield { index, line, value, json: JSON.stringify(value), fault: null };
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      yield { index, line, value: null, json: "null", fault };
    }
    index += 1;
  }
}
