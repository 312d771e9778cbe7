/**
 * The tree of a STIX pattern: frozen data, one kind of node per grammar rule, in the words of the standard.
 *
 * The tree keeps what bears meaning: parentheses that only repeat the precedence leave no trace, groups that
 * carry qualifiers of their own do. Offsets count UTF-16 units of the source text and are not part of the
 * meaning. Nothing here parses, prints or evaluates.
 */

/** A parsed pattern. */
export interface Pattern {
  readonly expression: ObservationExpression;
}

/** One bracketed comparison, or several joined by an observation operator. */
export type ObservationExpression = BracketedComparison | ObservationJoin | ObservationGroup;

/** `[ comparison ]` and the qualifiers behind it. */
export interface BracketedComparison {
  readonly kind: "observation";
  readonly comparison: Comparison;
  readonly qualifiers: readonly Qualifier[];
}

/** Two or more observation expressions under one operator, in reading order. */
export interface ObservationJoin {
  readonly kind: "AND" | "OR" | "FOLLOWEDBY";
  readonly items: readonly ObservationExpression[];
  /** Only a join in parentheses can carry qualifiers. */
  readonly qualifiers: readonly Qualifier[];
}

/** Parentheses around an expression that already has qualifiers, with further qualifiers behind them. */
export interface ObservationGroup {
  readonly kind: "group";
  readonly items: readonly [ObservationExpression];
  readonly qualifiers: readonly Qualifier[];
}

/** What stands inside the brackets: one test, or several joined by AND or OR. */
export type Comparison = Test | Exists | ComparisonJoin;

/** Two or more comparisons under one Boolean operator. */
export interface ComparisonJoin {
  readonly kind: "and" | "or";
  readonly items: readonly Comparison[];
}

/** `path [NOT] operator constant`; IN has any number of values, every other operator exactly one. */
export interface Test {
  readonly kind: "test";
  readonly path: ObjectPath;
  readonly negated: boolean;
  readonly operator: Operator;
  readonly values: readonly Literal[];
  readonly offset: number;
}

/** `[NOT] EXISTS path`. */
export interface Exists {
  readonly kind: "exists";
  readonly path: ObjectPath;
  readonly negated: boolean;
  readonly offset: number;
}

/** The comparison operators; `==` is read as `=`, `<>` as `!=`. */
export type Operator =
  | "="
  | "!="
  | ">"
  | "<"
  | ">="
  | "<="
  | "IN"
  | "LIKE"
  | "MATCHES"
  | "ISSUBSET"
  | "ISSUPERSET";

/** `type:key.key[0]`, the way into an observed object. */
export interface ObjectPath {
  readonly type: string;
  /** The first step is always a key. */
  readonly steps: readonly Step[];
  readonly offset: number;
  /** An index was written with a sign, which the text forbids and the grammar allows. */
  readonly signed: boolean;
}

/** A key (text), a list index (number) or `[*]`, any item of a list (null). */
export type Step = string | number | null;

/** A constant. `text` is the unescaped string, the digits as written, or what stands between the apostrophes. */
export interface Literal {
  readonly kind: LiteralKind;
  readonly text: string;
  readonly offset: number;
}

/** The constants' data types. */
export type LiteralKind =
  | "integer"
  | "float"
  | "string"
  | "binary"
  | "hex"
  | "timestamp"
  | "boolean";

/** A condition on the bindings of the expression before it. Numbers and instants keep their written digits. */
export type Qualifier =
  | { readonly kind: "WITHIN"; readonly seconds: string; readonly offset: number }
  | { readonly kind: "REPEATS"; readonly times: string; readonly offset: number }
  | {
      readonly kind: "STARTSTOP";
      readonly start: string;
      readonly stop: string;
      readonly offset: number;
    };

/** The grammar's two versions; leaving it out means everything that either accepts. */
export type PatternVersion = "2.0" | "2.1";
