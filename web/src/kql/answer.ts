/** The answer to a query as the server gives it, and what can be made of its values. Values are untrusted text. */
import { download } from "../api/client.ts";
import type { Diagnostic } from "./language-messages.ts";

/** A value of a row: dynamic values come as text or as JSON. */
export type Value = unknown;
export type Row = readonly Value[];

/** A column. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** How an answer wants to be drawn. @see the operator `render` */
interface Render {
  readonly visualization: string | null;
  readonly title: string | null;
  readonly kind: string | null;
  readonly legend: string | null;
  readonly series: unknown;
  readonly xColumn: string | null;
  readonly yColumns: unknown;
  readonly xTitle: string | null;
  readonly yTitle: string | null;
  readonly yMin: unknown;
  readonly yMax: unknown;
  readonly accumulate: unknown;
}

/** An answer. */
export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly render: Render | null;
  readonly statistics: Statistics | null;
  /** Why rows are missing; null when none is. */
  readonly partial: string | null;
  /** From the click to the last byte. */
  readonly elapsedMs: number;
}

/** What it cost. */
interface Statistics {
  readonly executionTime: number;
  readonly compilationTime: number;
  readonly queuedTime: number;
  readonly resourceUsage: { readonly cpu: { readonly "total cpu": string } };
  readonly datasetStatistics: readonly { readonly tableSize: number }[];
}

interface Innermost {
  readonly code?: string;
  readonly message?: string;
  readonly start?: number;
  readonly length?: number;
  readonly line?: number;
  readonly pos?: number;
  readonly innererror?: Innermost;
}

interface Body {
  readonly tables?: readonly {
    readonly columns: readonly Column[];
    readonly rows: readonly Row[];
  }[];
  readonly render?: Render;
  readonly statistics?: { readonly query: Statistics };
  readonly error?: Innermost & { readonly details?: readonly Innermost[] };
}

/** A query that the server refused, with the places in its text. */
export class QueryFault extends Error {
  readonly findings: readonly Diagnostic[];

  constructor(message: string, findings: readonly Diagnostic[]) {
    super(message);
    this.name = "QueryFault";
    this.findings = findings;
  }
}

/** A whole number that does not fit is kept as text, digit by digit. */
const LONG_DIGITS = /[[,:]\s*-?\d{16,}\s*[,\]}]/;

/** Runs a query. @throws QueryFault, ApiError */
export async function runQuery(
  base: string,
  asked: { readonly query: string; readonly timespan: string },
  signal: AbortSignal,
): Promise<Answer> {
  const { query, timespan } = asked;
  const started = performance.now();
  const file = await download(`${base}/query`, {
    method: "POST",
    body: { query, ...(timespan === "" ? {} : { timespan }) },
    signal,
  });
  const body = parse(await file.text());
  const [table] = body.tables ?? [];
  if (table === undefined) {
    throw faultOf(body.error ?? {});
  }
  return {
    columns: table.columns,
    rows: table.rows,
    render: body.render ?? null,
    statistics: body.statistics?.query ?? null,
    partial: body.error === undefined ? null : partialText(body.error),
    elapsedMs: performance.now() - started,
  };
}

function parse(text: string): Body {
  if (!LONG_DIGITS.test(text)) {
    return JSON.parse(text) as Body;
  }
  const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && Number.isInteger(value)
      ? (context?.source ?? value)
      : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown) as Body;
}

function partialText({ details }: NonNullable<Body["error"]>): string {
  return details?.[0]?.innererror?.message ?? "Not all rows were returned.";
}

function faultOf(error: NonNullable<Body["error"]>): Error {
  const places = (error.details ?? []).map(({ innererror, ...outer }) => innererror ?? outer);
  const known = places.length > 0 ? places : [innermost(error)];
  const findings = known.map(({ code, message, start, length }) => ({
    code: code ?? "error",
    message: message ?? "The query is wrong.",
    severity: "error" as const,
    start: start ?? 0,
    length: start === undefined ? 0 : (length ?? 0),
  }));
  const message = known.map(textOf).join("\n");
  return new QueryFault(message, findings);
}

function textOf({ code, message, line, pos }: Innermost): string {
  const place = line === undefined ? "" : `Line ${line}, column ${pos ?? 1}: `;
  return `${place}${message ?? "The query is wrong."}${code === undefined ? "" : ` (${code})`}`;
}

function innermost(error: Innermost): Innermost {
  return error.innererror === undefined ? error : innermost(error.innererror);
}

/** A value as one line of text. */
export function textOfValue(value: Value): string {
  if (value === null || value === undefined) {
    return "";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a dynamic value holds: an object or a list, or undefined when it is neither. */
export function nestedOf(value: Value, type: string): object | undefined {
  if (typeof value === "object" && value !== null) {
    return value;
  }
  if (type !== "dynamic" || typeof value !== "string" || !/^\s*[[{]/.test(value)) {
    return undefined;
  }
  try {
    return JSON.parse(value) as object;
  } catch {
    return undefined;
  }
}

/** Whether a type's values are ordered as numbers. */
export function isNumeric(type: string): boolean {
  return ["int", "long", "real", "decimal"].includes(type);
}

/** Compares two values of a type; what is missing comes last. */
export function compareValues(first: Value, second: Value, type: string): number {
  const firstMissing = first === null || first === "";
  const secondMissing = second === null || second === "";
  if (firstMissing || secondMissing) {
    return Number(firstMissing) - Number(secondMissing);
  }
  if (isNumeric(type)) {
    return Number(first) - Number(second);
  }
  const [left, right] = [textOfValue(first), textOfValue(second)];
  return left < right ? -1 : left > right ? 1 : 0;
}
