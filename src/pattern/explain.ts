/**
 * Says in plain words what a pattern looks for: one sentence, with a list under it where parts are joined.
 * Meant for people who do not know the language; nothing can be parsed back from it.
 */
import type {
  Comparison,
  ComparisonJoin,
  Exists,
  Literal,
  ObjectPath,
  ObservationExpression,
  ObservationJoin,
  Operator,
  Pattern,
  Qualifier,
  Test,
} from "./pattern.ts";
import { printKeys } from "./print.ts";

/** Longer lists end with the number of what is left out. */
const LIST_LENGTH_MAX = 20;
/** Longer constants are cut. */
const CONSTANT_LENGTH_MAX = 100;
const INDENT = "  ";
/** Deeper lists are not opened. */
const LIST_DEPTH_MAX = 8;

const JOIN_WORDS: Readonly<Record<ObservationJoin["kind"], string>> = {
  AND: "all of these were observed, each in an observation of its own",
  OR: "at least one of these was observed",
  FOLLOWEDBY: "these were observed in this order (or at the same time)",
};

/** What an operator says, and what it says with NOT. */
const OPERATOR_WORDS: Readonly<Record<Operator, readonly [string, string]>> = {
  "=": ["is", "is not"],
  "!=": ["is not", "is"],
  ">": ["is greater than", "is not greater than"],
  "<": ["is less than", "is not less than"],
  ">=": ["is at least", "is not at least"],
  "<=": ["is at most", "is not at most"],
  IN: ["is one of", "is none of"],
  LIKE: ["has the form (% any text, _ any character)", "does not have the form"],
  MATCHES: ["matches the regular expression", "does not match the regular expression"],
  ISSUBSET: ["lies inside the network", "does not lie inside the network"],
  ISSUPERSET: ["contains the network", "does not contain the network"],
};

/**
 * Explains a pattern in English, in one or several lines without a line break at the end.
 * Lists show 20 items at most and are opened 8 deep, constants show 100 characters.
 */
export function explainPattern(pattern: Pattern): string {
  return `Matches when ${explainExpression(pattern.expression, INDENT)}.`;
}

/** The detectors' class that can take a pattern: 1 a single comparison, 2 AND and OR of them, 3 everything. */
export function conformanceLevel(pattern: Pattern): 1 | 2 | 3 {
  return levelOf(pattern.expression);
}

function levelOf(expression: ObservationExpression): 1 | 2 | 3 {
  if (expression.qualifiers.length > 0 || expression.kind === "FOLLOWEDBY") {
    return 3;
  }
  if (expression.kind === "observation") {
    return 1;
  }
  return expression.items.some((item) => levelOf(item) === 3) ? 3 : 2;
}

function explainExpression(expression: ObservationExpression, indent: string): string {
  const qualifiers = expression.qualifiers.map(explainQualifier).join("");
  if (expression.kind === "observation") {
    return `${explainBrackets(expression.comparison)}${qualifiers}`;
  }
  if (expression.kind === "group") {
    return `${explainExpression(expression.items[0], indent)}${qualifiers}`;
  }
  if (indent.length > INDENT.length * LIST_DEPTH_MAX) {
    return `a further combination of observations was seen${qualifiers}`;
  }
  const items = expression.items
    .slice(0, LIST_LENGTH_MAX)
    .map((item) => `\n${indent}- ${explainExpression(item, indent + INDENT)}`);
  const left = expression.items.length - items.length;
  const more = left > 0 ? `\n${indent}- and ${left} more` : "";
  return `${JOIN_WORDS[expression.kind]}${qualifiers}:${items.join("")}${more}`;
}

function explainQualifier(qualifier: Qualifier): string {
  switch (qualifier.kind) {
    case "WITHIN":
      return `, within ${qualifier.seconds} seconds`;
    case "REPEATS":
      return `, at least ${qualifier.times} times`;
    case "STARTSTOP":
      return `, from ${qualifier.start} until before ${qualifier.stop}`;
  }
}

/** A comparison is about one object; where all its tests name one type, so does the sentence. */
function explainBrackets(comparison: Comparison): string {
  const type = commonType(comparison);
  return type === undefined
    ? `an object was seen for which ${explainComparison(comparison, true)}`
    : `${articleOf(type)} ${type} was seen whose ${explainComparison(comparison, false)}`;
}

function commonType(comparison: Comparison): string | undefined {
  if (comparison.kind === "test" || comparison.kind === "exists") {
    return comparison.path.type;
  }
  const [first, ...others] = comparison.items.map(commonType);
  return others.every((type) => type === first) ? first : undefined;
}

/** Names that begin with "u" (url, user-account) are spoken with a consonant. */
function articleOf(type: string): string {
  return "aeio".includes(type.charAt(0)) ? "an" : "a";
}

function explainComparison(comparison: Comparison, withType: boolean): string {
  if (comparison.kind === "test") {
    return explainTest(comparison, withType);
  }
  return comparison.kind === "exists"
    ? explainExists(comparison, withType)
    : explainJoin(comparison, withType);
}

function explainJoin({ kind, items }: ComparisonJoin, withType: boolean): string {
  const parts = items.slice(0, LIST_LENGTH_MAX).map((item) => {
    const text = explainComparison(item, withType);
    return item.kind === "and" || item.kind === "or" ? `(${text})` : text;
  });
  const left = items.length - parts.length;
  return [...parts, ...(left > 0 ? [`${left} more such conditions`] : [])].join(` ${kind} `);
}

function explainTest({ path, operator, negated, values }: Test, withType: boolean): string {
  const [plain, opposite] = OPERATOR_WORDS[operator];
  const shown = values.slice(0, LIST_LENGTH_MAX).map(explainConstant);
  const left = values.length - shown.length;
  const list = left > 0 ? [...shown, `${left} more`] : shown;
  const constants = list.length === 0 ? "nothing" : list.join(", ");
  return `${explainPath(path, withType)} ${negated ? opposite : plain} ${constants}`;
}

function explainExists({ path, negated }: Exists, withType: boolean): string {
  return `${explainPath(path, withType)} is ${negated ? "absent" : "present"}`;
}

/** `any item of` says what [*] means; the path itself stays in the words of the standard. */
function explainPath({ type, steps }: ObjectPath, withType: boolean): string {
  const text = printKeys(type, steps);
  const shown = withType ? text : text.slice(type.length + 1);
  return steps.includes(null) ? `${shown} (any item)` : shown;
}

function explainConstant({ kind, text }: Literal): string {
  const shown =
    text.length > CONSTANT_LENGTH_MAX ? `${text.slice(0, CONSTANT_LENGTH_MAX)}...` : text;
  switch (kind) {
    case "string":
      return JSON.stringify(shown);
    case "hex":
      return `the bytes ${shown === "" ? "of nothing" : shown}`;
    case "binary":
      return `the bytes ${shown} (base64)`;
    default:
      return shown;
  }
}
