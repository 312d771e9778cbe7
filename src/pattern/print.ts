/**
 * Writes a tree as pattern text: one space around words, parentheses only where the precedence wants them.
 * What it writes parses back to the same tree.
 *
 * @see STIX 2.1 §9.4
 */
import { isDigit, isLetter } from "./characters.ts";
import type {
  Comparison,
  Literal,
  ObjectPath,
  ObservationExpression,
  Pattern,
  Qualifier,
  Step,
  Test,
} from "./pattern.ts";
import { isReserved } from "./scan.ts";

/** How tightly an observation operator binds; an operand that binds less tightly needs parentheses. */
const BINDING = { FOLLOWEDBY: 1, OR: 2, AND: 3 } as const;

const PREFIX: Readonly<Partial<Record<Literal["kind"], string>>> = {
  binary: "b",
  hex: "h",
  timestamp: "t",
};

/** Prints a pattern so that parsing the text gives the same tree again. */
export function printPattern(pattern: Pattern): string {
  return printObservations(pattern.expression);
}

function printObservations(expression: ObservationExpression): string {
  const qualifiers = expression.qualifiers.map(printQualifier).join("");
  if (expression.kind === "observation") {
    return `[${printComparison(expression.comparison)}]${qualifiers}`;
  }
  if (expression.kind === "group") {
    return `(${printObservations(expression.items[0])})${qualifiers}`;
  }
  const { kind } = expression;
  const items = expression.items.map((item) =>
    needsParentheses(item, kind) ? `(${printObservations(item)})` : printObservations(item),
  );
  const joined = items.join(` ${kind} `);
  return qualifiers === "" ? joined : `(${joined})${qualifiers}`;
}

/** Whether an operand would be read otherwise without parentheses; a qualified join brings its own. */
function needsParentheses(item: ObservationExpression, outer: keyof typeof BINDING): boolean {
  const isJoin = item.kind !== "observation" && item.kind !== "group";
  return isJoin && item.qualifiers.length === 0 && BINDING[item.kind] <= BINDING[outer];
}

function printComparison(comparison: Comparison): string {
  switch (comparison.kind) {
    case "test":
      return printTest(comparison);
    case "exists":
      return `${comparison.negated ? "NOT " : ""}EXISTS ${printPath(comparison.path)}`;
    case "or":
      return comparison.items
        .map((item) => (item.kind === "or" ? parenthesised(item) : printComparison(item)))
        .join(" OR ");
    case "and":
      return comparison.items
        .map((item) =>
          item.kind === "or" || item.kind === "and" ? parenthesised(item) : printComparison(item),
        )
        .join(" AND ");
  }
}

function parenthesised(comparison: Comparison): string {
  return `(${printComparison(comparison)})`;
}

/** Prints one test. */
export function printTest(test: Test): string {
  const values = test.values.map(printLiteral).join(", ");
  const constant = test.operator === "IN" ? `(${values})` : values;
  return `${printPath(test.path)} ${test.negated ? "NOT " : ""}${test.operator} ${constant}`;
}

/** Prints a path, keys in apostrophes where they are no plain identifiers. */
export function printPath(path: ObjectPath): string {
  return printKeys(path.type, path.steps);
}

/** Prints a path from its parts. */
export function printKeys(type: string, steps: readonly Step[]): string {
  let text = `${type}:`;
  let separator = "";
  for (const step of steps) {
    if (typeof step === "string") {
      text += separator + printKey(step);
    } else {
      text += step === null ? "[*]" : `[${step}]`;
    }
    separator = ".";
  }
  return text;
}

function printKey(key: string): string {
  // Version 2.1 reserves the most words; what is quoted for it is read by 2.0 too.
  return isIdentifier(key) && !isReserved(key, "2.1") ? key : quoted(key);
}

function isIdentifier(key: string): boolean {
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (!isLetter(code) && code !== 0x5f && (at === 0 || !isDigit(code))) {
      return false;
    }
  }
  return key !== "";
}

/** Prints a constant in the form that its kind is written in. */
function printLiteral(literal: Literal): string {
  if (literal.kind === "string") {
    return quoted(literal.text);
  }
  const prefix = PREFIX[literal.kind];
  return prefix === undefined ? literal.text : `${prefix}'${literal.text}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function printQualifier(qualifier: Qualifier): string {
  switch (qualifier.kind) {
    case "WITHIN":
      return ` WITHIN ${qualifier.seconds} SECONDS`;
    case "REPEATS":
      return ` REPEATS ${qualifier.times} TIMES`;
    case "STARTSTOP":
      return ` START t'${qualifier.start}' STOP t'${qualifier.stop}'`;
  }
}
