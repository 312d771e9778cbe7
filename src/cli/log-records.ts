/**
 * The records of a file of logs: JSON lines, one JSON array, or CSV with a heading, packed or not. What is no record is
 * told with its line and passed over.
 */
import type { Readable } from "node:stream";
import { csvRows, openInput } from "../client/index.ts";
import { type LogRecord, parseLogJson } from "../query/index.ts";
import { AppError } from "../wire/index.ts";

/** A record, or why there is none, with the line it begins on. */
export type RecordOrFault =
  | { readonly line: number; readonly record: LogRecord }
  | { readonly line: number; readonly fault: string };

/** Longest line, and longest array: an array is read whole. */
const LINE_LENGTH_MAX = 16 * 1_048_576;
const ARRAY_LENGTH_MAX = 512 * 1_048_576;

/** Reads the records of a file. @throws AppError for an array that is too long or no JSON */
export async function* logRecords(
  file: string,
  stdin: Readable,
  format: "auto" | "csv" | "json",
): AsyncGenerator<RecordOrFault> {
  const input = openInput(file, stdin);
  const texts = asText(input.chunks);
  const head = await firstText(texts);
  const whole = joined(head, texts);
  const isJson = format === "json" || (format === "auto" && /^\s*[[{]/.test(head));
  if (!isJson) {
    yield* csvRecords(whole);
  } else if (/^\s*\[/.test(head)) {
    yield* arrayRecords(whole);
  } else {
    yield* lineRecords(whole);
  }
}

async function* asText(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** As much of the text as has something other than spaces in it. */
async function firstText(texts: AsyncGenerator<string>): Promise<string> {
  let head = "";
  while (head.trim() === "") {
    const next = await texts.next();
    if (next.done === true) {
      return head;
    }
    head += next.value;
  }
  return head;
}

async function* joined(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

async function* lineRecords(texts: AsyncIterable<string>): AsyncGenerator<RecordOrFault> {
  let rest = "";
  let line = 0;
  for await (const text of texts) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const each of lines) {
      line += 1;
      yield* lineRecord(each, line);
    }
    if (rest.length > LINE_LENGTH_MAX) {
      throw new AppError("invalid_request", `Line ${line + 1} is longer than ${LINE_LENGTH_MAX}.`);
    }
  }
  yield* lineRecord(rest, line + 1);
}

function* lineRecord(text: string, line: number): Generator<RecordOrFault> {
  if (text.trim() === "") {
    return;
  }
  try {
    yield recordOf(parseLogJson(text), line);
  } catch (error) {
    yield { line, fault: error instanceof Error ? error.message : String(error) };
  }
}

async function* arrayRecords(texts: AsyncIterable<string>): AsyncGenerator<RecordOrFault> {
  let whole = "";
  for await (const text of texts) {
    whole += text;
    if (whole.length > ARRAY_LENGTH_MAX) {
      throw new AppError(
        "invalid_request",
        `The array is longer than ${ARRAY_LENGTH_MAX} characters: send JSON lines, one object a line.`,
      );
    }
  }
  const value = parseLogJson(whole) as readonly unknown[];
  for (const [index, record] of value.entries()) {
    yield recordOf(record, index + 1);
  }
}

function recordOf(value: unknown, line: number): RecordOrFault {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { line, record: value as LogRecord }
    : { line, fault: "It is no JSON object." };
}

async function* csvRecords(texts: AsyncIterable<string>): AsyncGenerator<RecordOrFault> {
  let names: readonly string[] | undefined;
  for await (const { line, fields } of csvRows(texts)) {
    if (names === undefined) {
      names = fields.map((field) => field.trim());
      continue;
    }
    if (fields.length !== names.length) {
      yield { line, fault: `It has ${fields.length} fields, the heading has ${names.length}.` };
      continue;
    }
    // An empty field says nothing; in a column of texts nothing is the empty text.
    const given = names.flatMap((name, place) => {
      const field = fields[place] ?? "";
      return field === "" ? [] : [[name, field] as const];
    });
    yield { line, record: Object.fromEntries(given) };
  }
}
