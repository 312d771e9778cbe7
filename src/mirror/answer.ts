/** An answer put together from the pieces that the engine sent. */

import type { QueryAnswer, WireCell } from "./mirror.ts";
import type { QueryCall, QueryEnd } from "./protocol.ts";

/** A whole number that a JavaScript number may not hold. */
const LONG_DIGITS = /\d{16}/;

/** Puts an answer together. */
export function answerOf(
  { plan }: Pick<QueryCall, "plan">,
  rowsJson: readonly string[],
  end: QueryEnd & { readonly queuedMs: number },
): QueryAnswer {
  const { rowCount, partial, queuedMs, elapsedMs, cpuMs, bytes, change } = end;
  return {
    columns: plan.columns,
    rowCount,
    rowsJson,
    rows() {
      const hasLongs = plan.columns.some(({ type }) => type === "long");
      return rowsJson.flatMap((piece) => parseRows(piece, hasLongs));
    },
    partial,
    statistics: { queuedMs, elapsedMs, cpuMs, bytes, change },
  };
}

function parseRows(piece: string, hasLongs: boolean): readonly (readonly WireCell[])[] {
  const text = `[${piece}]`;
  const rows =
    hasLongs && LONG_DIGITS.test(piece) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  return rows as readonly (readonly WireCell[])[];
}

function keepDigits(
  this: unknown,
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  const source = context?.source ?? "";
  const isLong = typeof value === "number" && /^-?\d+$/.test(source);
  return isLong && !Number.isSafeInteger(value) ? source : value;
}
