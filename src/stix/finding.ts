/** Findings as data, and the one place that words them as the upload API does. */

/** One breach of one rule at one place of one object. */
export interface Finding {
  /** Stable name of the rule, such as `id.present`. */
  readonly rule: string;
  readonly severity: "error" | "warning";
  /** Where in the object, such as `external_references[0].hashes.SHA-256`. */
  readonly path: string;
  /** What is wrong, without the value and without a full stop. */
  readonly reason: string;
  /** Section of STIX 2.1, where the rule has one. */
  readonly section?: string;
  /** The offending value; absent where something is missing. */
  readonly value?: unknown;
}

/** Longest piece of a value that a message repeats, in UTF-16 code units: a message fits a log line. */
const SHOWN_LENGTH_MAX = 200;

/** What stands for the place when a whole record is meant. */
const WHOLE_RECORD = "(record)";

/**
 * Words a finding as the upload API does: `Error for Property=id: Required property is missing. Actual
 * value: NULL.` Values are cut and hold no line breaks.
 */
export function messageOf(finding: Finding): string {
  const place = finding.path === "" ? WHOLE_RECORD : oneLine(finding.path);
  const kind = finding.severity === "error" ? "Error" : "Warning";
  return `${kind} for Property=${place}: ${oneLine(finding.reason)}. Actual value: ${shown(finding.value)}.`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) {
    return "NULL";
  }
  if (typeof value === "string") {
    return value === "" ? '""' : oneLine(value);
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  return typeof value === "object" ? "an object" : String(value);
}

/** Control characters and line separators become spaces; what is too long ends in an ellipsis. */
function oneLine(text: string): string {
  const isLong = text.length > SHOWN_LENGTH_MAX;
  const piece = isLong ? text.slice(0, SHOWN_LENGTH_MAX) : text;
  const clean = piece.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, " ");
  return isLong ? `${clean}…` : clean;
}
