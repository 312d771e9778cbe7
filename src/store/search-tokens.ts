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
  return `${workspace.toString(BASE)}=${CODE[kind]}${hashOf(text).toString(BASE)}`;
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
  readonly version: ObjectVersion;
  readonly words: ReadonlySet<string>;
  readonly references: readonly ObjectReference[];
}

/** Makes tokens; remembers the hashes of texts that recur. */
export function createTokenMaker(): (workspace: number, source: TokenSource) => readonly string[] {
  const remembered = new Map<string, string>();

  function recurring(workspace: number, kind: ExactKind, text: string): string {
    const key = `${workspace} ${kind} ${text}`;
    const known = remembered.get(key);
    if (known !== undefined) {
      return known;
    }
    if (remembered.size >= REMEMBERED_MAX) {
      remembered.clear();
    }
    const token = exactToken(workspace, kind, text);
    remembered.set(key, token);
    return token;
  }

  return (workspace, { version, words, references }) => {
    const { facts, sourceSystem, stixId, revoked } = version;
    const observables = facts.observables.slice(0, OBSERVABLES_MAX);
    const tokens = [
      everyToken(workspace),
      recurring(workspace, "type", facts.type),
      recurring(workspace, "source", sourceSystem),
      recurring(workspace, "tlp", tlpText(facts.tlp)),
      ...(revoked ? [revokedToken(workspace)] : []),
      exactToken(workspace, "id", stixId),
      ...facts.labels.map((label) => recurring(workspace, "label", label)),
      ...observables.map(({ value }) => exactToken(workspace, "value", value)),
      ...references.map(({ stixId: target }) => recurring(workspace, "reference", target)),
      ...references.map((each) => recurring(workspace, "referenceBy", propertyAndTarget(each))),
      ...[...words].map((word) => wordToken(workspace, word)),
    ];
    return [...new Set(tokens)];
  };
}

/** Hashes remembered before all are forgotten: clients may invent labels without end. */
const REMEMBERED_MAX = 20_000;
