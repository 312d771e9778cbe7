/**
 * Evaluates what stands between brackets, on one observed object at a time. Compiled once into functions; an
 * evaluation reads no clock, throws nothing, and costs steps of a budget.
 *
 * @see STIX 2.1 §9.5-9.6
 */
import { addressBlockOf, isSubset } from "./address.ts";
import { type Budget, spend } from "./budget.ts";
import { type Comparer, comparerOf } from "./compare.ts";
import { compileLike } from "./like.ts";
import type { MatchDiagnostic, Observation, ObservedObject } from "./observation.ts";
import { Octets, utf8TextOf } from "./octets.ts";
import type { Comparison, Literal, Operator, Test } from "./pattern.ts";
import { printTest } from "./print.ts";
import { isPresent, valuesAt } from "./values.ts";

/**
 * Compiles a regular expression (PCRE's common subset, "." matches line breaks) into an unanchored search, or
 * returns undefined for one that it cannot compile. It must need time linear in the subject.
 *
 * @param mode in "bytes", each character of the subject, below U+0100, is one byte
 */
export type RegexCompiler = (
  source: string,
  mode: "text" | "bytes",
) => ((subject: string) => boolean) | undefined;

/** What compiling needs and leaves behind. */
export interface Compilation {
  readonly regexCompiler: RegexCompiler | undefined;
  readonly diagnostics: MatchDiagnostic[];
}

/** Whether a root object of an observation satisfies a comparison. */
export type RootTest = (root: ObservedObject, scene: Scene) => boolean;

/** Where a root object was seen, and what evaluating it may still cost. */
interface Scene {
  readonly observation: Observation;
  readonly budget: Budget;
}

/** Whether one value satisfies a test, NOT included. */
type ValueTest = (value: unknown, budget: Budget) => boolean;

/** Compiles a comparison; expressions that cannot be compiled are false and leave a diagnostic. */
export function compileComparison(comparison: Comparison, compilation: Compilation): RootTest {
  if (comparison.kind === "test") {
    return compileTest(comparison, compilation);
  }
  if (comparison.kind === "exists") {
    const { path, negated } = comparison;
    return (root, { observation, budget }) =>
      root["type"] === path.type && isPresent(root, path, observation, budget) !== negated;
  }
  const items = comparison.items.map((item) => compileComparison(item, compilation));
  return comparison.kind === "and"
    ? (root, scene) => items.every((item) => item(root, scene))
    : (root, scene) => items.some((item) => item(root, scene));
}

/** The object types that a comparison speaks about. */
export function typesOf(comparison: Comparison): ReadonlySet<string> {
  const types = new Set<string>();
  addTypes(comparison, types);
  return types;
}

function addTypes(comparison: Comparison, types: Set<string>): void {
  if (comparison.kind === "test" || comparison.kind === "exists") {
    types.add(comparison.path.type);
  } else {
    for (const item of comparison.items) {
      addTypes(item, types);
    }
  }
}

function compileTest(test: Test, compilation: Compilation): RootTest {
  const { path } = test;
  const holds = compileOperator(test, compilation);
  return (root, { observation, budget }) => {
    if (root["type"] !== path.type) {
      return false;
    }
    const values = valuesAt(root, path, observation, budget);
    return values.some((value) => spend(budget, 1) && holds(value, budget));
  };
}

/** Where equality, as `=` and `!=` and IN see it, needs the sign of an order, the other operators do not. */
const ORDERINGS: Readonly<Partial<Record<Operator, (order: number) => boolean>>> = {
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};

function compileOperator(test: Test, compilation: Compilation): ValueTest {
  const { operator, negated, values } = test;
  const [literal] = values;
  if (operator === "IN") {
    return negatedIf(negated, compileSet(values));
  }
  if (literal === undefined) {
    return () => false;
  }
  const ordering = ORDERINGS[operator];
  if (ordering !== undefined) {
    return compileOrdering(literal, ordering, negated);
  }
  switch (operator) {
    case "=":
      return negatedIf(negated, compileEquality(literal));
    case "!=":
      return negatedIf(!negated, compileEquality(literal));
    case "LIKE":
      return negatedIf(negated, compileLikeTest(literal.text));
    case "MATCHES":
      return compileMatches(test, literal.text, compilation);
    default:
      return negatedIf(negated, compileSubset(test, literal.text, compilation));
  }
}

function negatedIf(negated: boolean, holds: ValueTest): ValueTest {
  return negated ? (value, budget) => !holds(value, budget) : holds;
}

function compileEquality(literal: Literal): ValueTest {
  const compare = comparerOf(literal);
  return (value) => compare(value) === 0;
}

/** NOT does not make an ordering true for a value that has no order with the constant. */
function compileOrdering(
  literal: Literal,
  ordering: (order: number) => boolean,
  negated: boolean,
): ValueTest {
  const compare = comparerOf(literal);
  return (value) => {
    const order = compare(value);
    return order !== undefined && ordering(order) !== negated;
  };
}

/** Strings, the members of nearly every set, are looked up; the others are compared one by one. */
function compileSet(members: readonly Literal[]): ValueTest {
  const strings = new Set(members.filter(({ kind }) => kind === "string").map(({ text }) => text));
  const all: readonly Comparer[] = members.map(comparerOf);
  const others = members.filter(({ kind }) => kind !== "string").map(comparerOf);
  return (value, budget) => {
    if (typeof value === "string" && strings.has(value)) {
      return true;
    }
    // A string that is not among the strings can still equal bytes or a timestamp.
    const comparers = typeof value === "string" ? others : all;
    return comparers.some((compare) => spend(budget, 1) && compare(value) === 0);
  };
}

function compileLikeTest(text: string): ValueTest {
  const isLike = compileLike(text.normalize("NFC"));
  return (value, budget) => {
    const subject = value instanceof Octets ? utf8TextOf(value) : value;
    return typeof subject === "string" && isLike(subject.normalize("NFC"), budget);
  };
}

/** An expression that cannot be run makes the test false, also under NOT. */
function compileMatches(test: Test, source: string, compilation: Compilation): ValueTest {
  const { regexCompiler, diagnostics } = compilation;
  const inText = regexCompiler?.(source.normalize("NFC"), "text");
  const inBytes = regexCompiler?.(source, "bytes");
  if (inText === undefined && inBytes === undefined) {
    const reason =
      regexCompiler === undefined ? "no regular expressions here" : "not a usable expression";
    diagnostics.push({ code: "expression", message: `${printTest(test)} is false: ${reason}` });
    return () => false;
  }
  const { negated } = test;
  return (value, budget) => {
    const isBytes = value instanceof Octets;
    const search = isBytes ? inBytes : inText;
    const subject = isBytes ? value.octets : value;
    if (typeof subject !== "string" || search === undefined) {
      return search !== undefined && negated;
    }
    return (
      spend(budget, subject.length) &&
      search(isBytes ? subject : subject.normalize("NFC")) !== negated
    );
  };
}

function compileSubset(test: Test, text: string, compilation: Compilation): ValueTest {
  const constant = addressBlockOf(text);
  if (constant === undefined) {
    const message = `${printTest(test)}: the constant is no address and no CIDR block`;
    compilation.diagnostics.push({ code: "expression", message });
    return () => false;
  }
  const isInner = test.operator === "ISSUBSET";
  return (value) => {
    const block = typeof value === "string" ? addressBlockOf(value) : undefined;
    if (block === undefined) {
      return false;
    }
    return isInner ? isSubset(block, constant) : isSubset(constant, block);
  };
}
