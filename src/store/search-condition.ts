/** Conditions: checked once, then tested on objects. Engines narrow by indexes; this has the last word. */

import { AppError } from "../wire/index.ts";
import { PAGE_ITEMS_MAX } from "./paging.ts";
import type { SearchCondition, SearchTime } from "./search.ts";
import {
  instantKey,
  type SearchColumns,
  type SearchedObject,
  searchedObject,
} from "./search-object.ts";
import { containsPhrase, type TextTerm, textTerms } from "./search-words.ts";
import type { ObjectVersion } from "./store.ts";

/** Nesting of a condition: people build three levels, programs some more. */
const DEPTH_MAX = 16;

/** Leaves of a condition. */
const LEAVES_MAX = 200;

/** UTF-16 units of a question in words. */
const TEXT_LENGTH_MAX = 1_000;

/** UTF-16 units of the beginning of a name. */
const NAME_LENGTH_MAX = 256;

/** Says whether a condition holds for an object. */
export type ObjectTest = (object: SearchedObject) => boolean;

/** Columns of the instants that a range can be asked of. */
const TIME_COLUMN: { readonly [Time in SearchTime]: keyof SearchColumns } = {
  created: "created",
  modified: "modified",
  valid_from: "validFrom",
  valid_until: "validUntil",
  ingested: "ingested",
  updated: "updated",
};

type Leaf = Exclude<SearchCondition, { readonly kind: "and" | "or" | "not" }>;

/**
 * Checks a condition that came from outside.
 * @throws AppError `invalid_request`; `field` is the path of what is wrong, such as `conditions[1].from`
 */
export function checkCondition(condition: SearchCondition): void {
  let leaves = 0;

  function check(part: SearchCondition, path: string, depth: number): void {
    if (depth > DEPTH_MAX) {
      refuse(path, `A condition may be nested ${DEPTH_MAX} levels deep.`);
    }
    if (part.kind === "and" || part.kind === "or") {
      part.conditions.forEach((each, at) => {
        check(each, `${path}.conditions[${at}]`, depth + 1);
      });
      return;
    }
    if (part.kind === "not") {
      check(part.condition, `${path}.condition`, depth + 1);
      return;
    }
    leaves += 1;
    if (leaves > LEAVES_MAX) {
      refuse(path, `A condition may have ${LEAVES_MAX} comparisons.`);
    }
    checkLeaf(part, path);
  }

  check(condition, "condition", 0);
}

function refuse(field: string, message: string): never {
  throw new AppError("invalid_request", message, { field });
}

function checkLeaf(leaf: Leaf, path: string): void {
  if ("anyOf" in leaf && leaf.anyOf.length > PAGE_ITEMS_MAX) {
    refuse(`${path}.anyOf`, `At most ${PAGE_ITEMS_MAX} values can be compared with at once.`);
  }
  if (leaf.kind === "text") {
    checkText(leaf.words, path);
  }
  if (leaf.kind === "name" && leaf.startsWith.length > NAME_LENGTH_MAX) {
    refuse(`${path}.startsWith`, `A beginning may have ${NAME_LENGTH_MAX} characters.`);
  }
  if (leaf.kind === "confidence") {
    checkBound(leaf.from, `${path}.from`);
    checkBound(leaf.to, `${path}.to`);
  }
  for (const [name, instant] of instantsOf(leaf)) {
    if (instant !== undefined && instantKey(instant) === 0) {
      const shown = instant.slice(0, 100);
      refuse(`${path}.${name}`, `'${shown}' is no instant such as 2026-01-31T12:00:00Z.`);
    }
  }
}

function checkText(words: string, path: string): void {
  const terms = words.length > TEXT_LENGTH_MAX ? undefined : textTerms(words);
  if (terms === undefined) {
    refuse(`${path}.words`, "A question may have 32 words and 1,000 characters.");
  }
  if (terms.length === 0) {
    refuse(`${path}.words`, "The question has no word with a letter or a digit.");
  }
}

function checkBound(bound: number | undefined, field: string): void {
  if (bound !== undefined && !Number.isFinite(bound)) {
    refuse(field, "A confidence is a number from 0 to 100.");
  }
}

function instantsOf(leaf: Leaf): readonly (readonly [string, string | undefined])[] {
  if (leaf.kind === "active") {
    return [["at", leaf.at]];
  }
  return isTime(leaf)
    ? [
        ["from", leaf.from],
        ["before", leaf.before],
      ]
    : [];
}

/** A leaf that is a range of an instant. */
export function isTime(leaf: Leaf): leaf is Extract<Leaf, { readonly kind: SearchTime }> {
  return Object.hasOwn(TIME_COLUMN, leaf.kind);
}

/** A test that says what a checked condition says; everything passes where there is none. */
export function objectTest(condition: SearchCondition | undefined): ObjectTest {
  if (condition === undefined) {
    return () => true;
  }
  if (condition.kind === "and") {
    const tests = condition.conditions.map(objectTest);
    return (object) => tests.every((test) => test(object));
  }
  if (condition.kind === "or") {
    const tests = condition.conditions.map(objectTest);
    return (object) => tests.some((test) => test(object));
  }
  if (condition.kind === "not") {
    const test = objectTest(condition.condition);
    return (object) => !test(object);
  }
  return leafTest(condition);
}

function leafTest(leaf: Leaf): ObjectTest {
  switch (leaf.kind) {
    case "type":
      return anyOf(leaf.anyOf, ({ version }) => version.facts.type);
    case "source":
      return anyOf(leaf.anyOf, ({ version }) => version.sourceSystem);
    case "id":
      return anyOf(leaf.anyOf, ({ version }) => version.stixId);
    case "tlp":
      return anyOf(leaf.anyOf, ({ version }) => version.facts.tlp);
    case "label": {
      const wanted = new Set(leaf.anyOf);
      return ({ version }) => version.facts.labels.some((label) => wanted.has(label));
    }
    case "revoked":
      return ({ version }) => version.revoked === leaf.is;
    case "confidence": {
      const { from = 0, to = 100 } = leaf;
      return ({ columns }) => columns.confidence >= Math.max(from, 0) && columns.confidence <= to;
    }
    case "active":
      return activeAt(instantKey(leaf.at));
    case "name": {
      const beginning = leaf.startsWith.toLowerCase();
      return ({ version }) => (version.facts.name ?? "").toLowerCase().startsWith(beginning);
    }
    case "observable": {
      const { key, value } = leaf;
      return ({ version }) =>
        version.facts.observables.some(
          (each) => each.value === value && (key === undefined || each.key === key),
        );
    }
    case "text": {
      const terms = textTerms(leaf.words) ?? [];
      return (object) => terms.every((term) => hasTerm(object, term));
    }
    default:
      return inRange(leaf);
  }
}

function anyOf<T>(values: readonly T[], read: (object: SearchedObject) => T): ObjectTest {
  const wanted = new Set(values);
  return (object) => wanted.has(read(object));
}

function activeAt(at: number): ObjectTest {
  return ({ version, columns: { validFrom, validUntil } }) =>
    !version.revoked && validFrom <= at && (validUntil === 0 || validUntil > at);
}

function inRange(leaf: Extract<Leaf, { readonly kind: SearchTime }>): ObjectTest {
  const column = TIME_COLUMN[leaf.kind];
  const from = leaf.from === undefined ? 1 : instantKey(leaf.from);
  const before = leaf.before === undefined ? Number.MAX_SAFE_INTEGER : instantKey(leaf.before);
  return ({ columns }) => {
    const value = Number(columns[column]);
    return value >= from && value < before;
  };
}

function hasTerm(object: SearchedObject, term: TextTerm): boolean {
  const words = object.words();
  if (term.kind === "word") {
    return words.has(term.word);
  }
  if (term.kind === "prefix") {
    return [...words].some((word) => word.startsWith(term.word));
  }
  return term.words.every((word) => words.has(word)) && containsPhrase(object.runs(), term.runs);
}

/** What a condition looks at in an object that isn't stored yet. */
export type ConditionCandidate = Pick<
  ObjectVersion,
  "sourceSystem" | "stixId" | "facts" | "revoked" | "json" | "ingestedAt"
>;

/**
 * A test of objects that are not stored yet, as a search would test them once they are.
 * @throws AppError `invalid_request` for a condition that is too large or broken
 */
export function conditionTest(
  condition: SearchCondition | undefined,
): (candidate: ConditionCandidate) => boolean {
  if (condition === undefined) {
    return () => true;
  }
  checkCondition(condition);
  const test = objectTest(condition);
  return (candidate) => {
    const version = {
      ...candidate,
      workspaceId: "",
      change: 0,
      requestId: "",
      sequence: 0,
      recordIndex: 0,
      deleted: false,
    };
    return test(searchedObject(version, candidate.ingestedAt));
  };
}
