/** The times that a pattern itself is bound to: START and STOP, wherever they stand. */

import type { ObservationExpression, Pattern } from "./pattern.ts";

/** One `START ... STOP`, from START until before STOP. */
export interface PatternInterval {
  /** As written, in the form of the standard. */
  readonly start: string;
  readonly stop: string;
}

/** Every interval of a pattern in reading order; of a group, its own behind those of its parts. */
export function intervalsOf(pattern: Pattern): readonly PatternInterval[] {
  const found: PatternInterval[] = [];
  collect(pattern.expression, found);
  return found;
}

function collect(expression: ObservationExpression, found: PatternInterval[]): void {
  if (expression.kind !== "observation") {
    for (const item of expression.items) {
      collect(item, found);
    }
  }
  for (const qualifier of expression.qualifiers) {
    if (qualifier.kind === "STARTSTOP") {
      found.push({ start: qualifier.start, stop: qualifier.stop });
    }
  }
}
