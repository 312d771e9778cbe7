/**
 * Finds which part of an indicator's pattern a finding is about. A finding names the property and says what
 * is wrong; the pattern is read once more, only where it is at fault, to learn the place.
 */

import { checkPattern, type PatternFinding, parsePattern } from "../pattern/index.ts";
import { resolvePath } from "./json-places.ts";
import { isObject, type RootedFinding } from "./lint-check.ts";
import { markOf, type PatternMark } from "./pattern-check.ts";

/** Remembers the pattern that was read last: its findings follow each other. */
export interface PatternPlaces {
  /** Undefined where the finding is not about a part of a pattern. */
  partOf(rooted: RootedFinding): PatternMark | undefined;
}

/** Reads patterns again to find the places of their findings. */
export function createPatternPlaces(): PatternPlaces {
  let read: { readonly text: string; readonly findings: readonly PatternFinding[] } | undefined;
  let taken = new Set<number>();
  return {
    partOf({ finding, root }) {
      const { path, rule, reason } = finding;
      if (path !== "pattern" && !path.endsWith(".pattern")) {
        return undefined;
      }
      const text = valueAt(root, path);
      if (typeof text !== "string") {
        return undefined;
      }
      if (rule === "pattern.syntax") {
        return faultOf(text, reason);
      }
      if (read?.text !== text) {
        const result = parsePattern(text);
        read = { text, findings: result.ok ? checkPattern(result.pattern) : [] };
        taken = new Set();
      }
      const place = read.findings.findIndex(
        ({ message }, index) => isSame(message, reason) && !taken.has(index),
      );
      const found = read.findings[place];
      taken.add(place);
      return found && markOf(text, found);
    },
  };
}

/** A finding begins with a capital, where the pattern room says the same within a sentence. */
function isSame(message: string, reason: string): boolean {
  return message.slice(1) === reason.slice(1);
}

/** The grammars of the versions differ, and the finding does not say by which one it was found. */
function faultOf(text: string, reason: string): PatternMark | undefined {
  for (const options of [{}, { version: "2.1" }, { version: "2.0" }] as const) {
    const result = parsePattern(text, options);
    if (!result.ok && isSame(result.error.message, reason)) {
      const { offset, found } = result.error;
      return markOf(text, { offset, value: found });
    }
  }
  return undefined;
}

function valueAt(root: unknown, path: string): unknown {
  const { steps, complete } = resolvePath(path, root);
  let value = root;
  for (const step of steps) {
    value = isObject(value) || Array.isArray(value) ? Reflect.get(value, step) : undefined;
  }
  return complete ? value : undefined;
}
