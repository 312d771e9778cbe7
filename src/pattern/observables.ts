/**
 * Finds the values that a pattern pins: every equality and every member of a set, wherever it stands.
 *
 * @see STIX 2.1 §9.6
 */
import { canonicalPath, canonicalValue } from "./canonical.ts";
import { plainKeyOf } from "./known-paths.ts";
import type {
  Comparison,
  LiteralKind,
  ObservationExpression,
  Pattern,
  Qualifier,
  Test,
} from "./pattern.ts";
import { printPath } from "./print.ts";

/** One value that a pattern looks for. */
export interface Observable {
  /** Object type and path, hash names in the vocabulary's spelling: `file:hashes.'SHA-256'`. */
  readonly key: string;
  /** Unescaped; digests and domain names in lower case, addresses in their shortest form. */
  readonly value: string;
  /** The constant as the pattern has it, unescaped. */
  readonly written: string;
  readonly kind: LiteralKind;
  /** This value alone makes the pattern match: no AND, no FOLLOWEDBY, no effective qualifier around it. */
  readonly sufficient: boolean;
  /** A qualifier limits when or how often it must be seen. */
  readonly qualified: boolean;
  /** UTF-16 units from the beginning of the pattern to the first constant with this key and value. */
  readonly offset: number;
}

/** More values of one pattern are not extracted: no published pattern has nearly as many. */
const OBSERVABLES_MAX = 10_000;

interface Collection {
  readonly found: Observable[];
  places: Places | undefined;
}

/**
 * Places in `found` by value, and where a value stands under several keys, by key; made when there are many.
 * A value rarely has more than one key, so nearly all of them need no table of their own.
 */
type Places = Map<string, number | Map<string, number>>;

interface Surroundings {
  readonly sufficient: boolean;
  readonly qualified: boolean;
}

/**
 * Extracts every value that the pattern compares for equality, in reading order, each key and value once;
 * 10,000 at most. A repeated value is sufficient if it is so at one of its places.
 */
export function observablesOf(pattern: Pattern): readonly Observable[] {
  const collection: Collection = { found: [], places: undefined };
  collectExpression(pattern.expression, { sufficient: true, qualified: false }, collection);
  return collection.found;
}

function collectExpression(
  expression: ObservationExpression,
  outer: Surroundings,
  collection: Collection,
): void {
  const here = expression.qualifiers.length === 0 ? outer : under(expression.qualifiers, outer);
  if (expression.kind === "observation") {
    collectComparison(expression.comparison, here, collection);
    return;
  }
  const isAlternative = expression.kind === "OR" || expression.kind === "group";
  const inner = isAlternative ? here : { ...here, sufficient: false };
  for (const item of expression.items) {
    collectExpression(item, inner, collection);
  }
}

/** A single observation satisfies WITHIN and REPEATS 1 by itself; other qualifiers ask for more. */
function under(qualifiers: readonly Qualifier[], outer: Surroundings): Surroundings {
  const harmless = qualifiers.every(
    (qualifier) =>
      (qualifier.kind === "WITHIN" && Number(qualifier.seconds) > 0) ||
      (qualifier.kind === "REPEATS" && Number(qualifier.times) === 1),
  );
  return { sufficient: outer.sufficient && harmless, qualified: true };
}

function collectComparison(
  comparison: Comparison,
  surroundings: Surroundings,
  collection: Collection,
): void {
  if (comparison.kind === "test") {
    collectTest(comparison, surroundings, collection);
  } else if (comparison.kind !== "exists") {
    const isAlternative = comparison.kind === "or";
    const inner = isAlternative ? surroundings : { ...surroundings, sufficient: false };
    for (const item of comparison.items) {
      collectComparison(item, inner, collection);
    }
  }
}

function collectTest(test: Test, surroundings: Surroundings, collection: Collection): void {
  // NOT != is the same as =, also for values of another type.
  const pins = test.negated
    ? test.operator === "!="
    : test.operator === "=" || test.operator === "IN";
  if (!pins) {
    return;
  }
  const key = plainKeyOf(test.path) ?? printPath(canonicalPath(test.path));
  const { sufficient, qualified } = surroundings;
  for (const literal of test.values) {
    const { kind, text: written, offset } = literal;
    const value = canonicalValue(test.path, literal);
    add({ key, value, written, kind, sufficient, qualified, offset }, collection);
  }
}

/** Adds an observable, or joins it with the one of the same key and value. */
function add(observable: Observable, collection: Collection): void {
  const { found } = collection;
  if (found.length === 0) {
    found.push(observable);
    return;
  }
  const place = placeOf(observable, collection);
  const known = found[place];
  if (known !== undefined) {
    const sufficient = known.sufficient || observable.sufficient;
    const qualified = known.qualified && observable.qualified;
    found[place] = { ...known, sufficient, qualified };
  } else if (found.length < OBSERVABLES_MAX) {
    if (collection.places !== undefined) {
      note(found.length, collection.places, found, observable);
    }
    found.push(observable);
  }
}

/** So many observables are compared one by one, which for a few is faster than any table. */
const COMPARED_MAX = 8;

/** Where the observable of the same key and value is; -1 where there is none yet. */
function placeOf(observable: Observable, collection: Collection): number {
  const { found } = collection;
  const { key, value } = observable;
  if (found.length > COMPARED_MAX) {
    const known = placesOf(collection).get(value);
    const place = typeof known === "object" ? known.get(key) : known;
    return place !== undefined && found[place]?.key === key ? place : -1;
  }
  for (let place = 0; place < found.length; place++) {
    if (found[place]?.value === value && found[place]?.key === key) {
      return place;
    }
  }
  return -1;
}

function placesOf(collection: Collection): Places {
  if (collection.places === undefined) {
    const places: Places = new Map();
    const { found } = collection;
    for (const [place, each] of found.entries()) {
      note(place, places, found, each);
    }
    collection.places = places;
  }
  return collection.places;
}

/** Notes the place of an observable whose key and value no other has. */
function note(
  place: number,
  places: Places,
  found: readonly Observable[],
  { key, value }: Observable,
): void {
  const known = places.get(value);
  if (known === undefined) {
    places.set(value, place);
  } else if (typeof known === "object") {
    known.set(key, place);
  } else {
    const other = found[known]?.key ?? "";
    places.set(value, new Map([[other, known]]).set(key, place));
  }
}
