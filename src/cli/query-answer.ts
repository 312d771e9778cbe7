/** The answer to a query as the commands print it, wherever it came from. */
import type { QueryOutcome } from "../query/index.ts";
import { AppError } from "../wire/index.ts";

/** A value of a row: `dynamic` is its JSON text, a `long` that no number holds exactly is its digits. */
export type Cell = string | number | boolean | null;

export interface AnswerColumn {
  readonly name: string;
  readonly type: string;
}

/** A place in the query's text; offset and length in UTF-16 units, line and column from 1. */
interface FaultPosition {
  readonly start: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a query. */
export interface QueryFault {
  readonly code: string;
  readonly message: string;
  readonly position: FaultPosition | null;
}

/** What a command gets for a query. */
export type Answer =
  | {
      readonly kind: "rows";
      readonly columns: readonly AnswerColumn[];
      readonly rows: readonly (readonly Cell[])[];
      readonly render: RenderHint | null;
      /** Why rows are missing; null for a complete answer. */
      readonly partial: string | null;
    }
  | { readonly kind: "fault"; readonly fault: QueryFault };

/** What `render` asked for. */
export interface RenderHint {
  readonly visualization: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The answer of our own use case. */
export function answerOf(outcome: QueryOutcome): Answer {
  if (outcome.kind === "fault") {
    const { code, message, position } = outcome.error;
    return { kind: "fault", fault: { code, message, position } };
  }
  const { answer, render } = outcome;
  const partial =
    answer.partial === null ? null : `The answer was cut off: it has too many ${answer.partial}.`;
  return { kind: "rows", columns: answer.columns, rows: answer.rows(), render, partial };
}

/** A refusal of ours as a fault, where one query's must not end the others. */
export function faultOf(error: unknown): QueryFault {
  return error instanceof AppError
    ? { code: error.code, message: error.message, position: null }
    : { code: "internal", message: "The query failed for a fault of the engine.", position: null };
}

/** The answer of a service, as it stands in the body. */
export function answerOfBody(body: unknown): Answer {
  const { tables, error, render } = body as {
    readonly tables?: readonly {
      readonly columns: readonly AnswerColumn[];
      readonly rows: readonly (readonly Cell[])[];
    }[];
    readonly error?: NestedError;
    readonly render?: Readonly<Record<string, unknown>>;
  };
  const table = tables?.[0];
  if (table === undefined) {
    return { kind: "fault", fault: innermost(error ?? {}) };
  }
  const { visualization } = (render ?? {}) as { readonly visualization?: unknown };
  return {
    kind: "rows",
    columns: table.columns,
    rows: table.rows,
    render: typeof visualization === "string" ? { visualization, properties: render ?? {} } : null,
    partial: error === undefined ? null : innermost(error).message,
  };
}

interface NestedError {
  readonly code?: string;
  readonly message?: string;
  readonly innererror?: NestedError;
  readonly details?: readonly NestedError[];
  readonly line?: number;
  readonly pos?: number;
  readonly start?: number;
  readonly length?: number;
}

/** The error that says what is wrong lies within the ones that say that something is. */
function innermost(error: NestedError): QueryFault {
  const inner = error.innererror ?? error.details?.[0];
  if (inner !== undefined) {
    return innermost(inner);
  }
  const { code = "error", message = "The query failed.", line, pos, start, length } = error;
  const position =
    line === undefined || pos === undefined
      ? null
      : { start: start ?? 0, length: length ?? 0, line, column: pos };
  return { code, message, position };
}
