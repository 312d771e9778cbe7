/** `stixgate lint --format jsonl`: one object a line, one verdict a line. For scripts. */

import type { Finding, SpecVersion } from "../stix/index.ts";
import type { AnswerLine, LineInput } from "./answer-lines.ts";
import { type CheckedValue, checkObject, isObject, type Linter, wordsOf } from "./lint-check.ts";
import type { Tally } from "./lint-tally.ts";

interface LineFinding {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** What a line that is an object brings: the object, and the version that it states around it. */
type Unwrapped =
  | { readonly object: unknown; readonly version: SpecVersion | undefined }
  | { readonly fault: LineFinding };

const NONE: readonly LineFinding[] = [];

/** Answers `{"index","valid","errors","warnings"}` to each line, and counts in the tally. */
export function answerLint(linter: Linter, tally: Tally): AnswerLine {
  return (input, index) => {
    const { errors, warnings } = verdictOn(input, linter, tally);
    tally.errors += errors.length;
    tally.warnings += warnings.length;
    return JSON.stringify({ index, valid: errors.length === 0, errors, warnings });
  };
}

function verdictOn(
  input: LineInput,
  linter: Linter,
  tally: Tally,
): { readonly errors: readonly LineFinding[]; readonly warnings: readonly LineFinding[] } {
  if (!input.ok) {
    return { errors: [{ path: "", rule: input.rule, message: input.reason }], warnings: NONE };
  }
  const unwrapped = unwrap(input.value);
  if ("fault" in unwrapped) {
    return { errors: [unwrapped.fault], warnings: NONE };
  }
  const checked = checkObject(
    unwrapped.object,
    linter,
    unwrapped.version ?? linter.rules.specVersion,
  );
  tally.objects += checked.objectCount;
  return {
    errors: findingsOf(checked, "error"),
    warnings: findingsOf(checked, "warning"),
  };
}

/** An object of STIX has a type, the wrapping around one does not. */
function unwrap(value: unknown): Unwrapped {
  if (!isObject(value) || Object.hasOwn(value, "type") || !Object.hasOwn(value, "object")) {
    return { object: value, version: undefined };
  }
  const { version, object } = value;
  if (version === undefined || version === null || version === "2.0" || version === "2.1") {
    return { object, version: version ?? undefined };
  }
  const message = 'The version around an object is "2.0" or "2.1"';
  return { fault: { path: "version", rule: "spec_version.value", message } };
}

function findingsOf(
  { findings }: CheckedValue,
  severity: Finding["severity"],
): readonly LineFinding[] {
  if (findings.length === 0) {
    return NONE;
  }
  const found: LineFinding[] = [];
  for (const { finding, base } of findings) {
    if (finding.severity === severity) {
      const path = pathBelow(base, finding.path);
      found.push({ path, rule: finding.rule, message: wordsOf(finding) });
    }
  }
  return found;
}

/** The path of a finding from the value that the base leads away from. */
export function pathBelow(base: readonly string[], path: string): string {
  let prefix = "";
  for (const step of base) {
    prefix += /^\d+$/.test(step) ? `[${step}]` : prefix === "" ? step : `.${step}`;
  }
  return prefix === "" || path === "" || path.startsWith("[") ? prefix + path : `${prefix}.${path}`;
}
