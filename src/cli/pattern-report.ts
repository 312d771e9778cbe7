/** What `stixgate pattern` prints for people: the pattern with its faults marked, and what it looks for. */

import { styleText } from "node:util";
import {
  conformanceLevel,
  explainPattern,
  normalisePattern,
  type Observable,
  printPattern,
} from "../pattern/index.ts";
import { sourceOf } from "./lint-check.ts";
import type { PatternFault, PatternVerdict } from "./pattern-check.ts";
import { createPositions, excerptOf, harmless } from "./text-positions.ts";

/** More rows of the table are counted, not shown. */
const ROWS_MAX = 100;
/** Longer values are cut. */
const VALUE_LENGTH_MAX = 80;

/** The verdict on a pattern: faults with carets, then the values it pins. */
export function checkLines(
  text: string,
  verdict: PatternVerdict,
  stream: NodeJS.WritableStream,
): readonly string[] {
  const { errors, warnings, observables } = verdict;
  const faults = [
    ...errors.map((fault) => faultLines(text, fault, { severity: "error", stream })),
    ...warnings.map((fault) => faultLines(text, fault, { severity: "warning", stream })),
  ];
  const word = errors.length > 0 ? styleText("red", "not valid", { stream }) : "ok";
  return [...faults.flatMap((lines) => [...lines, ""]), word, ...tableOf(observables)];
}

/** Sentences for people who do not know the language. */
export function explainLines(verdict: PatternVerdict): readonly string[] {
  const { pattern, observables } = verdict;
  if (pattern === undefined) {
    return [];
  }
  const normal = printPattern(normalisePattern(pattern));
  return [
    harmlessLines(explainPattern(pattern)),
    "",
    `In normal form: ${harmless(normal)}`,
    `Takes a matcher of level ${conformanceLevel(pattern)} (STIX 2.1 §9.1).`,
    ...tableOf(observables),
  ];
}

function harmlessLines(text: string): string {
  return text.split("\n").map(harmless).join("\n");
}

/** One fault: where, what, by which rule, and the pattern with the place marked. */
export function faultLines(
  text: string,
  fault: PatternFault,
  frame: { readonly severity: "error" | "warning"; readonly stream: NodeJS.WritableStream },
): readonly string[] {
  const { mark, rule, message } = fault;
  const { severity, stream } = frame;
  const positions = createPositions(text, 1);
  const { line, column } = positions.at(mark.start);
  const excerpt = excerptOf(text, positions.lineOf(mark.start), mark);
  const colour = severity === "error" ? "red" : "yellow";
  const place = text.includes("\n") ? `line ${line}, column ${column}` : `column ${column}`;
  const where = message.includes(place) ? "" : ` at ${place}`;
  return [
    `${styleText(colour, severity, { stream })} ${rule}${where}: ${harmless(message)} (${sourceOf(rule)})`,
    `  ${excerpt.text}`,
    `  ${styleText(colour, excerpt.marker, { stream })}`,
  ];
}

function tableOf(observables: readonly Observable[]): readonly string[] {
  if (observables.length === 0) {
    return [];
  }
  const rows = observables.slice(0, ROWS_MAX).map(({ key, value, sufficient }) => ({
    key: harmless(key),
    value: harmless(
      value.length > VALUE_LENGTH_MAX ? `${value.slice(0, VALUE_LENGTH_MAX)}…` : value,
    ),
    sufficient,
  }));
  const keyWidth = Math.max(10, ...rows.map(({ key }) => key.length));
  const valueWidth = Math.max(5, ...rows.map(({ value }) => value.length));
  const left = observables.length - rows.length;
  return [
    "",
    `  ${"observable".padEnd(keyWidth)}  ${"value".padEnd(valueWidth)}  enough by itself`,
    ...rows.map(
      ({ key, value, sufficient }) =>
        `  ${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${sufficient ? "yes" : "no"}`,
    ),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}
