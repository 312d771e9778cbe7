/**
 * The STIX pattern language: parse, check, print, normalise, extract what a pattern looks for, match.
 * No package, no clock, no exception for any input.
 * @module
 */
export type { CheckOptions, PatternFinding } from "./check.ts";
export { checkPattern } from "./check.ts";
export type { PatternError } from "./error.ts";
export type { RegexCompiler } from "./evaluate.ts";
export { conformanceLevel, explainPattern } from "./explain.ts";
export type { HashAlgorithm } from "./hash.ts";
export { hashAlgorithmOf } from "./hash.ts";
export type { PatternInterval } from "./intervals.ts";
export type { CompiledPattern, MatchOptions, MatchResult } from "./match.ts";
export { compilePattern } from "./match.ts";
export { normalisePattern } from "./normalise.ts";
export type { Observable } from "./observables.ts";
export { observablesOf } from "./observables.ts";
export type {
  MatchDiagnostic,
  Observation,
  ObservationsResult,
  ObservedObject,
} from "./observation.ts";
export { observationsOf } from "./observation.ts";
export { adviseOnPattern } from "./other-language.ts";
export type { ParseOptions, PatternResult } from "./parse.ts";
export { parsePattern } from "./parse.ts";
export type {
  BracketedComparison,
  Comparison,
  ComparisonJoin,
  Exists,
  Literal,
  LiteralKind,
  ObjectPath,
  ObservationExpression,
  ObservationGroup,
  ObservationJoin,
  Operator,
  Pattern,
  PatternVersion,
  Qualifier,
  Step,
  Test,
} from "./pattern.ts";
export { printPattern } from "./print.ts";
export type { PatternReading } from "./read.ts";
export { readPattern } from "./read.ts";
export { samePattern } from "./same.ts";
