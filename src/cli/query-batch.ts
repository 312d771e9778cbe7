/**
 * `stixgate query --batch`: queries of a file of JSON lines, one answer a line in the same order. A line that is wrong,
 * and a query that fails, is answered with an error and does not stop the others.
 */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Output } from "./output.ts";
import {
  type Answer,
  type AnswerColumn,
  type Cell,
  faultOf,
  type QueryFault,
} from "./query-answer.ts";

/** Runs one query. */
export type AskQuery = (query: string, timespan: string | undefined) => Promise<Answer>;

/** Queries under way at once: one is compiled while others run. */
const WINDOW = 8;

interface BatchLine {
  readonly id: unknown;
  readonly query: string;
  readonly timespan: string | undefined;
}

/** Answers every line of the input; blank lines are passed over. */
export async function runBatch(
  input: Readable,
  ask: AskQuery,
  out: Output,
  defaultTimespan: string | undefined,
): Promise<void> {
  const waiting: Promise<string>[] = [];
  const flush = async (): Promise<boolean> => {
    const answer = await waiting.shift();
    return answer === undefined || out.write(`${answer}\n`);
  };
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") {
      continue;
    }
    waiting.push(answerLine(line, ask, defaultTimespan));
    if (waiting.length >= WINDOW && !(await flush())) {
      break;
    }
  }
  while (waiting.length > 0 && (await flush())) {
    // Each turn writes one answer.
  }
  await Promise.allSettled(waiting);
}

async function answerLine(
  line: string,
  ask: AskQuery,
  defaultTimespan: string | undefined,
): Promise<string> {
  const read = readLine(line);
  if ("code" in read) {
    return JSON.stringify({ id: read.id, error: errorOf(read) });
  }
  const { id, query, timespan } = read;
  try {
    const answer = await ask(query, timespan ?? defaultTimespan);
    if (answer.kind === "fault") {
      return JSON.stringify({ id, error: errorOf(answer.fault) });
    }
    const { columns, rows, partial } = answer;
    const head = `{"id":${JSON.stringify(id)},"columns":${JSON.stringify(columns.map(plainColumn))}`;
    const note = partial === null ? "" : `,"partial":${JSON.stringify(partial)}`;
    return `${head},"rows":${rowsJson(columns, rows)}${note}}`;
  } catch (error) {
    return JSON.stringify({ id, error: errorOf(faultOf(error)) });
  }
}

function plainColumn({ name, type }: AnswerColumn): AnswerColumn {
  return { name, type };
}

function errorOf({ code, message, position }: QueryFault): QueryFault {
  return { code, message, position };
}

function readLine(line: string): BatchLine | (QueryFault & { readonly id: unknown }) {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "";
    return fault(null, `The line is not JSON: ${reason}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault(null, "The line is no JSON object with id and query.");
  }
  const {
    id = null,
    query,
    timespan,
  } = value as Readonly<Record<"id" | "query" | "timespan", unknown>>;
  if (typeof query !== "string") {
    return fault(id, "The line has no query, or one that is no text.");
  }
  return { id, query, timespan: typeof timespan === "string" ? timespan : undefined };
}

function fault(id: unknown, message: string): QueryFault & { readonly id: unknown } {
  return { id, code: "invalid_line", message, position: null };
}

/** Types whose cells are JSON already: `dynamic` holds its text, digits are a number as they stand. */
const RAW_TYPES: ReadonlySet<string> = new Set(["dynamic", "long", "decimal"]);

/** The rows as JSON with `dynamic` as values and numbers with all their digits. */
export function rowsJson(
  columns: readonly AnswerColumn[],
  rows: readonly (readonly Cell[])[],
): string {
  const isRaw = columns.map(({ type }) => RAW_TYPES.has(type));
  if (!isRaw.includes(true)) {
    return JSON.stringify(rows);
  }
  const rowTexts = rows.map((row) => {
    const cells = row.map((cell, place) =>
      isRaw[place] && typeof cell === "string" ? cell : JSON.stringify(cell),
    );
    return `[${cells.join(",")}]`;
  });
  return `[${rowTexts.join(",")}]`;
}
