/**
 * The answer to a query as the Log Analytics query API writes it. The rows come from the mirror as JSON already and are
 * put in as they are.
 * @see Azure Monitor, "Log Analytics API, response format"
 */

import type { KqlError, RenderSpec } from "../kql/index.ts";
import type { PartialReason, QueryAnswer } from "../mirror/index.ts";
import type { QueryOutcome } from "./run-query.ts";

/** What the header `Prefer` asks for besides the rows. */
export interface AnswerParts {
  readonly statistics: boolean;
  readonly render: boolean;
}

/** The body of a 200: tables, and what was asked for. */
export function answerBody(
  outcome: Extract<QueryOutcome, { kind: "answer" }>,
  parts: AnswerParts,
): string {
  const { answer, render, compileMs } = outcome;
  const columns = JSON.stringify(answer.columns.map(({ name, type }) => ({ name, type })));
  const extras = [
    ...(parts.statistics
      ? [`"statistics":${JSON.stringify(statisticsOf(answer, compileMs))}`]
      : []),
    ...(parts.render ? [`"render":${JSON.stringify(renderOf(render))}`] : []),
    ...(answer.partial === null ? [] : [`"error":${JSON.stringify(partialError(answer.partial))}`]),
  ];
  const table = `{"name":"PrimaryResult","columns":${columns},"rows":[${answer.rowsJson.join(",")}]}`;
  return `{${[`"tables":[${table}]`, ...extras].join(",")}}`;
}

const SECOND_MS = 1000;

function statisticsOf({ statistics, rowCount }: QueryAnswer, compileMs: number): object {
  return {
    query: {
      executionTime: (statistics.elapsedMs + compileMs) / SECOND_MS,
      compilationTime: compileMs / SECOND_MS,
      queuedTime: statistics.queuedMs / SECOND_MS,
      resourceUsage: { cpu: { "total cpu": clockText(statistics.cpuMs) } },
      datasetStatistics: [{ tableRowCount: rowCount, tableSize: statistics.bytes }],
      mirrorChange: statistics.change,
    },
  };
}

/** Milliseconds as Kusto writes a span of less than a day. */
function clockText(ms: number): string {
  return new Date(Math.round(ms)).toISOString().slice(11, 23).concat("0000");
}

/** The service always writes every property; the clients hand on what they get. */
const RENDER_DEFAULTS = {
  visualization: null,
  title: null,
  accumulate: false,
  isQuerySorted: false,
  kind: null,
  legend: null,
  series: null,
  yMin: "NaN",
  yMax: "NaN",
  xAxis: null,
  xColumn: null,
  xTitle: null,
  yAxis: null,
  yColumns: null,
  ySplit: null,
  yTitle: null,
  anomalyColumns: null,
} as const;

/** The language writes properties in small letters, the service as above. */
const RENDER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.keys(RENDER_DEFAULTS).map((name) => [name.toLowerCase(), name]),
);

function renderOf(render: RenderSpec | null): object {
  const given = Object.entries(render?.properties ?? {}).map(([name, value]) => [
    RENDER_NAMES.get(name.toLowerCase()) ?? name,
    value,
  ]);
  return {
    ...RENDER_DEFAULTS,
    visualization: render?.visualization ?? null,
    ...Object.fromEntries(given),
  };
}

const PARTIAL_REASONS: Readonly<Record<PartialReason, string>> = {
  rows: "The results of this query exceed the set limit of rows, so not all records were returned.",
  bytes:
    "The results of this query exceed the set limit of bytes, so not all records were returned.",
};

/** Code that Kusto gives to a result that is cut off. */
const TRUNCATION_CODE = "-2133196797";

function partialError(reason: PartialReason): object {
  return {
    code: "PartialError",
    message: "There were some errors when processing your query.",
    details: [
      {
        code: "EngineError",
        message: "Something went wrong processing your query on the server.",
        innererror: {
          code: TRUNCATION_CODE,
          message: PARTIAL_REASONS[reason],
          severity: 2,
          severityName: "Error",
        },
      },
    ],
  };
}

/** The error of a query that cannot run, nested as the service nests it. */
export function faultError(error: KqlError): object {
  const isSyntax = /^KS0\d\d$|^syntax/i.test(error.code);
  const inner = error.details.length === 0 ? [error] : error.details;
  return {
    message: "The request had some invalid properties",
    code: "BadArgumentError",
    innererror: {
      code: isSyntax ? "SyntaxError" : "SemanticError",
      message: isSyntax
        ? "A recognition error occurred in the query."
        : "A semantic error occurred.",
      innererror: placed(error),
    },
    details: inner.map((detail) => ({
      code: detail.code,
      message: detail.message,
      target: "query",
      ...(detail.position === null ? {} : { value: placeText(detail.position) }),
      innererror: placed(detail),
    })),
  };
}

/** `line` and `pos` as Kusto's own errors have them, and the offsets in UTF-16 units. */
function placed({ code, message, position }: Omit<KqlError, "details">): object {
  return position === null
    ? { code, message }
    : {
        code,
        message,
        line: position.line,
        pos: position.column,
        start: position.start,
        length: position.length,
      };
}

function placeText({ line, column }: NonNullable<KqlError["position"]>): string {
  return `[${line},${column}]`;
}
