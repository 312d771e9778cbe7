/**
 * Tokens: what an object is found by in an index of words. A token belongs to a workspace, so a search costs
 * nothing of other workspaces:
 *
 *     token = workspace "!" word              a word of its text
 *           | workspace "=" code hash         something that is compared exactly
 *
 * workspace = its number, and hash = 52 bits of SHA-256, both in base 36. No token holds white space, a quote or
 * a control character, since no word does.
 */

import type { ObjectReference } from "../stix/index.ts";
import type { CountedValue } from "./search-query.ts";
import type { ObjectVersion } from "./store.ts";
import { hashOf } from "./term.ts";

/** What is compared exactly, and its letter. */
const CODE = {
  type: "t",
  source: "s",
  label: "l",
  id: "i",
  tlp: "m",
  value: "v",
  reference: "x",
  referenceBy: "y",
} as const;

/** One of the kinds of tokens that are compared exactly. */
export type ExactKind = keyof typeof CODE;

const BASE = 36;

/** Tokens of observables of one object: more values than any pattern here pins. */
const OBSERVABLES_MAX = 1_000;

/** A question about tokens. */
export type TokenQuery =
  /** Where the value is counted, a row can be asked for it without the index of tokens. */
  | { readonly kind: "token"; readonly token: string; readonly counted?: CountedValue }
  | { readonly kind: "prefix"; readonly token: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly TokenQuery[] };

/** The token that every object of a workspace has. */
export function everyToken(workspace: number): string {
  return `${workspace.toString(BASE)}=a`;
}

/** The token of revoked objects. */
export function revokedToken(workspace: number): string {
  return `${workspace.toString(BASE)}=r`;
}

export function wordToken(workspace: number, word: string): string {
  return `${workspace.toString(BASE)}!${word}`;
}

export function exactToken(workspace: number, kind: ExactKind, text: string): string {
  return `${workspace.toString(BASE)}=${CODE[kind]}${hashDigits(text)}`;
}

function hashDigits(text: string): string {
  return hashOf(text).toString(BASE);
}

/** The text by which a reference is compared with its property. */
export function propertyAndTarget({ property, stixId }: ObjectReference): string {
  return `${property}\n${stixId}`;
}

/** The text by which a TLP is compared; objects without one are found by it, too. */
export function tlpText(tlp: string | null): string {
  return tlp ?? "";
}

/** What the tokens of an object are made of. */
export interface TokenSource {
  readonly version: Pick<ObjectVersion, "facts" | "sourceSystem" | "revoked">;
  readonly words: ReadonlySet<string>;
  readonly references: readonly ObjectReference[];
}

/** Hashes remembered before all are forgotten: clients may invent labels without end. */
const REMEMBERED_MAX = 20_000;

/** Makes tokens, with a blank between two; remembers the hashes of texts that recur. */
export function createTokenMaker(): (workspace: number, source: TokenSource) => string {
  const remembered = new Map<string, string>();

  function recurring(text: string): string {
    const known = remembered.get(text);
    if (known !== undefined) {
      return known;
    }
    if (remembered.size >= REMEMBERED_MAX) {
      remembered.clear();
    }
    const digits = hashDigits(text);
    remembered.set(text, digits);
    return digits;
  }

  return (workspace, { version, words, references }) => {
    const { facts, sourceSystem, revoked } = version;
    const exact = new Set(revoked ? ["a", "r"] : ["a"]);
    exact.add(CODE.type + recurring(facts.type));
    exact.add(CODE.source + recurring(sourceSystem));
    exact.add(CODE.tlp + recurring(tlpText(facts.tlp)));
    exact.add(CODE.id + hashDigits(facts.stixId));
    for (const label of facts.labels) {
      exact.add(CODE.label + recurring(label));
    }
    for (const { value } of facts.observables.slice(0, OBSERVABLES_MAX)) {
      exact.add(CODE.value + hashDigits(value));
    }
    for (const reference of references) {
      exact.add(CODE.reference + recurring(reference.stixId));
      exact.add(CODE.referenceBy + recurring(propertyAndTarget(reference)));
    }
    return joinedTokens(workspace.toString(BASE), exact, words);
  };
}

function joinedTokens(
  workspace: string,
  exact: ReadonlySet<string>,
  words: ReadonlySet<string>,
): string {
  let tokens = "";
  for (const each of exact) {
    tokens += ` ${workspace}=${each}`;
  }
  for (const word of words) {
    tokens += ` ${workspace}!${word}`;
  }
  return tokens.slice(1);
}
