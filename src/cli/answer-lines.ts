/**
 * The loop behind every `--format jsonl`: takes lines as they arrive, answers each with one line, in order.
 * Holds the lines of one chunk of input, or one long line, and waits for a slow reader.
 */

import { isUtf8 } from "node:buffer";
import { LINE_BYTES_MAX } from "../client/index.ts";
import type { Output } from "./output.ts";

/** One line of the input: its JSON value, or why there is none. */
export type LineInput =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly rule: "json.syntax" | "limit"; readonly reason: string };

/** Makes the answer to the line with this number, from 0; without a line break. */
export type AnswerLine = (input: LineInput, index: number) => string;

/** Lines from where to where, and who answers. */
export interface LineExchange {
  readonly chunks: AsyncIterable<Buffer>;
  readonly output: Output;
  readonly answer: AnswerLine;
  /** Number of the first line; 0 when left out. */
  readonly firstIndex?: number;
}

const NEWLINE = 0x0a;
const TOO_LONG: LineInput = {
  ok: false,
  rule: "limit",
  reason: `The line is longer than ${LINE_BYTES_MAX / 1024 / 1024} MiB`,
};
const NOT_UTF8: LineInput = { ok: false, rule: "json.syntax", reason: "The line is no UTF-8 text" };

/** Answers every line, also empty ones; what follows the last line feed counts unless it is empty. Gives the number of the next line. */
export async function answerLines(exchange: LineExchange): Promise<number> {
  const { chunks, output } = exchange;
  const state: State = { index: exchange.firstIndex ?? 0, pending: [], pendingBytes: 0 };
  for await (const chunk of chunks) {
    const answers = answersOf(chunk, state, exchange.answer);
    if (!(await output.write(answers))) {
      return state.index;
    }
  }
  if (state.pendingBytes > 0) {
    await output.write(answerPiece(Buffer.alloc(0), state, exchange.answer));
  }
  return state.index;
}

interface State {
  index: number;
  /** Parts of a line whose end has not come yet; empty once it is known to be too long. */
  pending: Buffer[];
  pendingBytes: number;
}

function answersOf(chunk: Buffer, state: State, answer: AnswerLine): string {
  const end = chunk.lastIndexOf(NEWLINE);
  let answers = "";
  if (end >= 0) {
    // Only the first line of the chunk can have begun earlier.
    const first = state.pendingBytes === 0 ? 0 : chunk.indexOf(NEWLINE) + 1;
    if (first > 0) {
      answers = answerPiece(chunk.subarray(0, first - 1), state, answer);
    }
    if (end >= first) {
      answers += answerLinesOf(chunk.subarray(first, end), state, answer);
    }
  }
  keep(chunk.subarray(end + 1), state);
  return answers;
}

/** Ends the pending line with its last part, and answers it. */
function answerPiece(last: Buffer, state: State, answer: AnswerLine): string {
  keep(last, state);
  const isLong = state.pendingBytes > LINE_BYTES_MAX;
  const line = Buffer.concat(state.pending);
  state.pending = [];
  state.pendingBytes = 0;
  return isLong ? `${answer(TOO_LONG, state.index++)}\n` : answerLinesOf(line, state, answer);
}

function keep(part: Buffer, state: State): void {
  state.pendingBytes += part.length;
  if (state.pendingBytes > LINE_BYTES_MAX) {
    state.pending = [];
  } else if (part.length > 0) {
    state.pending.push(part);
  }
}

function answerLinesOf(lines: Buffer, state: State, answer: AnswerLine): string {
  if (isUtf8(lines)) {
    let answers = "";
    for (const line of lines.toString("utf8").split("\n")) {
      answers += `${answer(parsed(line), state.index++)}\n`;
    }
    return answers;
  }
  let answers = "";
  for (let at = 0; at <= lines.length; ) {
    const found = lines.indexOf(NEWLINE, at);
    const end = found < 0 ? lines.length : found;
    const line = lines.subarray(at, end);
    const input = isUtf8(line) ? parsed(line.toString("utf8")) : NOT_UTF8;
    answers += `${answer(input, state.index++)}\n`;
    at = end + 1;
  }
  return answers;
}

function parsed(line: string): LineInput {
  try {
    return { ok: true, value: JSON.parse(line) as unknown };
  } catch (error) {
    const blank = line.trim() === "" ? "The line is empty" : undefined;
    const reason = blank ?? `Not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, rule: "json.syntax", reason };
  }
}
