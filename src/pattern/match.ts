/**
 * The matcher: a pattern compiled once, evaluated against many sets of observations.
 *
 * Every bracketed comparison is evaluated once per observation; what remains is a question about counts and
 * times, which bind.ts decides. Both parts cost steps of one budget; when it is used up, the answer is
 * "undecided", not a wrong one.
 *
 * @see STIX 2.1 §9
 */
import { canMeet } from "./bind.ts";
import { type Budget, spend } from "./budget.ts";
import {
  type Compilation,
  compileComparison,
  type RegexCompiler,
  type RootTest,
  typesOf,
} from "./evaluate.ts";
import type { Need, Supply } from "./need.ts";
import {
  type MatchDiagnostic,
  type Observation,
  type ObservedObject,
  problemOf,
} from "./observation.ts";
import type { ObservationExpression, Pattern, Qualifier } from "./pattern.ts";
import { compareTimestamps, ticksOf, ticksOfSeconds } from "./timestamp.ts";

/** What a compiled pattern may use. */
export interface MatchOptions {
  /** Runs MATCHES. Without it, every MATCHES test is false, with a diagnostic. */
  readonly regexCompiler?: RegexCompiler;
  /** Work for one evaluation, roughly values looked at and ways tried; 5,000,000 by default. */
  readonly stepsMax?: number;
  /** WITHIN s admits observations exactly s seconds apart ("inclusive", the default) or does not. */
  readonly withinReading?: "inclusive" | "strict";
}

/** The answer of one evaluation. */
export interface MatchResult {
  /** Undefined when the budget of steps ended first. */
  readonly match: boolean | undefined;
  readonly diagnostics: readonly MatchDiagnostic[];
}

/** A pattern that is ready to be evaluated. */
export interface CompiledPattern {
  /** Whether the observations satisfy the pattern. Never throws; unusable observations are left out. */
  matches(observations: readonly Observation[]): MatchResult;
}

/** The shape of the expression, comparisons replaced by their numbers. */
type Plan =
  | { readonly kind: "leaf"; readonly leaf: number }
  | { readonly kind: "all" | "any" | "then"; readonly items: readonly Plan[] }
  | { readonly kind: "within"; readonly item: Plan; readonly ticks: bigint }
  | { readonly kind: "times"; readonly item: Plan; readonly count: number };

/** One bracketed comparison with the START and STOP qualifiers around it, which bound single observations. */
interface Leaf {
  readonly test: RootTest;
  readonly types: ReadonlySet<string>;
  readonly intervals: readonly Interval[];
}

type Interval = Qualifier & { readonly kind: "STARTSTOP" };

interface Planning extends Compilation {
  readonly leaves: Leaf[];
  readonly isStrict: boolean;
}

const STEPS_MAX = 5_000_000;
const NEVER: Plan = { kind: "any", items: [] };

/**
 * Compiles a pattern for matching.
 *
 * @see STIX 2.1 §9.4-9.7
 */
export function compilePattern(pattern: Pattern, options: MatchOptions = {}): CompiledPattern {
  const planning: Planning = {
    regexCompiler: options.regexCompiler,
    diagnostics: [],
    leaves: [],
    isStrict: options.withinReading === "strict",
  };
  const plan = planOf(pattern.expression, [], planning);
  const stepsMax = options.stepsMax ?? STEPS_MAX;
  return {
    matches: (observations) => {
      const budget: Budget = { left: stepsMax };
      const diagnostics = [...planning.diagnostics];
      const usable = observations.filter((observation) => isUsable(observation, diagnostics));
      const match = evaluate(plan, planning.leaves, usable, budget);
      if (match === undefined) {
        diagnostics.push({ code: "steps", message: `undecided after ${stepsMax} steps` });
      }
      return { match, diagnostics };
    },
  };
}

function isUsable(observation: Observation, diagnostics: MatchDiagnostic[]): boolean {
  const problem = problemOf(observation);
  if (problem !== undefined) {
    diagnostics.push({ code: "observation", message: `an observation is left out: ${problem}` });
  }
  return problem === undefined;
}

/** Plans an expression; START and STOP concern single observations, so they are handed down to the leaves. */
function planOf(
  expression: ObservationExpression,
  outer: readonly Interval[],
  planning: Planning,
): Plan {
  const own = expression.qualifiers.filter((qualifier) => qualifier.kind === "STARTSTOP");
  const intervals = own.length === 0 ? outer : [...outer, ...own];
  let plan = unqualifiedPlan(expression, intervals, planning);
  for (const qualifier of expression.qualifiers) {
    plan = qualifiedPlan(plan, qualifier, planning);
  }
  return plan;
}

function unqualifiedPlan(
  expression: ObservationExpression,
  intervals: readonly Interval[],
  planning: Planning,
): Plan {
  if (expression.kind === "observation") {
    const { comparison } = expression;
    const test = compileComparison(comparison, planning);
    planning.leaves.push({ test, types: typesOf(comparison), intervals });
    return { kind: "leaf", leaf: planning.leaves.length - 1 };
  }
  if (expression.kind === "group") {
    return planOf(expression.items[0], intervals, planning);
  }
  const items = expression.items.map((item) => planOf(item, intervals, planning));
  return { kind: PLAN_KINDS[expression.kind], items };
}

const PLAN_KINDS = { AND: "all", OR: "any", FOLLOWEDBY: "then" } as const;

function qualifiedPlan(item: Plan, qualifier: Qualifier, { isStrict }: Planning): Plan {
  switch (qualifier.kind) {
    case "WITHIN": {
      const ticks = ticksOfSeconds(qualifier.seconds);
      // The strict reading is the inclusive one of a window that is shorter by the smallest unit of time.
      return ticks > 0n ? { kind: "within", item, ticks: isStrict ? ticks - 1n : ticks } : NEVER;
    }
    case "REPEATS": {
      const count = Number(qualifier.times);
      return count > 0 ? { kind: "times", item, count } : NEVER;
    }
    case "STARTSTOP":
      return compareTimestamps(qualifier.start, qualifier.stop) < 0 ? item : NEVER;
  }
}

function evaluate(
  plan: Plan,
  leaves: readonly Leaf[],
  observations: readonly Observation[],
  budget: Budget,
): boolean | undefined {
  const candidates = leaves.map((): number[] => []);
  for (const [index, observation] of observations.entries()) {
    const objectsOf = objectsByType(observation, budget);
    for (const [place, leaf] of leaves.entries()) {
      if (isSatisfied(leaf, observation, objectsOf, budget)) {
        candidates[place]?.push(index);
      }
    }
  }
  // Tests that were cut short may have become true under NOT.
  if (budget.left < 0) {
    return undefined;
  }
  const need = needOf(plan, candidates);
  const isMet = canMeet(need, supplyOf(observations), budget);
  return isMet || budget.left >= 0 ? isMet : undefined;
}

function objectsByType(
  observation: Observation,
  budget: Budget,
): ReadonlyMap<string, readonly ObservedObject[]> {
  const byType = new Map<string, ObservedObject[]>();
  spend(budget, observation.objects.size);
  for (const object of observation.objects.values()) {
    const { type } = object;
    if (typeof type === "string") {
      const others = byType.get(type);
      if (others === undefined) {
        byType.set(type, [object]);
      } else {
        others.push(object);
      }
    }
  }
  return byType;
}

function isSatisfied(
  leaf: Leaf,
  observation: Observation,
  objectsOf: ReadonlyMap<string, readonly ObservedObject[]>,
  budget: Budget,
): boolean {
  const scene = { observation, budget };
  for (const type of leaf.types) {
    const roots = objectsOf.get(type);
    if (roots?.some((root) => spend(budget, 1) && leaf.test(root, scene)) === true) {
      return leaf.intervals.every((interval) => isInterval(interval, observation));
    }
  }
  return false;
}

/** Whether some moment of the observation lies in [start, stop). */
function isInterval({ start, stop }: Interval, observation: Observation): boolean {
  const { first_observed, last_observed } = observation;
  return (
    compareTimestamps(last_observed, start) >= 0 && compareTimestamps(first_observed, stop) < 0
  );
}

function supplyOf(observations: readonly Observation[]): Supply {
  return {
    firsts: observations.map(({ first_observed }) => ticksOf(first_observed)),
    lasts: observations.map(({ last_observed }) => ticksOf(last_observed)),
    capacities: observations.map(({ number_observed }) => number_observed),
  };
}

/** Puts the candidates into the plan, in the simplest form that asks for the same. */
function needOf(plan: Plan, candidates: readonly (readonly number[])[]): Need {
  switch (plan.kind) {
    case "leaf":
      return { kind: "take", candidates: candidates[plan.leaf] ?? [], count: 1 };
    case "any":
      return anyOf(plan.items.map((item) => needOf(item, candidates)));
    case "all":
    case "then":
      return { kind: plan.kind, items: plan.items.map((item) => needOf(item, candidates)) };
    case "within": {
      const item = needOf(plan.item, candidates);
      // One instance is always within a window.
      return item.kind === "take" && item.count === 1 ? item : { ...plan, item };
    }
    case "times":
      return timesOf(needOf(plan.item, candidates), plan.count);
  }
}

/** Alternatives of one instance each are one demand with more candidates. */
function anyOf(items: readonly Need[]): Need {
  const single = items.filter((item) => item.kind === "take" && item.count === 1);
  if (single.length < 2) {
    return { kind: "any", items };
  }
  const merged = new Set(single.flatMap((item) => (item.kind === "take" ? item.candidates : [])));
  const union: Need = { kind: "take", candidates: [...merged].sort((a, b) => a - b), count: 1 };
  const others = items.filter((item) => !single.includes(item));
  return others.length === 0 ? union : { kind: "any", items: [union, ...others] };
}

/** Repeating a demand multiplies it; repeating several that are not tied together repeats each. */
function timesOf(item: Need, count: number): Need {
  if (item.kind === "take") {
    return { ...item, count: item.count * count };
  }
  return item.kind === "all"
    ? { kind: "all", items: item.items.map((inner) => timesOf(inner, count)) }
    : { kind: "times", item, count };
}
