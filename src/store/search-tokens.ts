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

/** A token that is compared exactly, before its text is hashed: an engine may hash texts its own way. */
export interface ExactText {
  readonly workspace: number;
  /** `every` and `revoked` have no text. */
  readonly kind: ExactKind | "every" | "revoked";
  readonly text: string;
}

const BASE = 36;

/** Tokens of observables of one object: more values than any pattern here pins. */
const OBSERVABLES_MAX = 1_000;

/** A question for a token. */
interface OneToken {
  readonly kind: "token";
  readonly token: string;
  readonly exact?: ExactText;
  /** Where the value is counted, a row can be asked for it without the index of tokens. */
  readonly counted?: CountedValue;
}

/** A question about tokens. */
export type TokenQuery =
  | OneToken
  | { readonly kind: "prefix"; readonly token: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly TokenQuery[] };

/** Asks for every object of a workspace. */
export function everyToken(workspace: number): TokenQuery {
  const exact = { workspace, kind: "every", text: "" } as const;
  return { kind: "token", token: `${workspace.toString(BASE)}=a`, exact };
}

/** Asks for revoked objects. */
export function revokedToken(workspace: number): TokenQuery {
  const exact = { workspace, kind: "revoked", text: "" } as const;
  const counted = { field: "revoked", value: "true" } as const;
  return { kind: "token", token: `${workspace.toString(BASE)}=r`, exact, counted };
}

export function wordToken(workspace: number, word: string): string {
  return `${workspace.toString(BASE)}!${word}`;
}

/** Asks for what is compared exactly. */
export function exactToken(workspace: number, kind: ExactKind, text: string): OneToken {
  const token = `${workspace.toString(BASE)}=${CODE[kind]}${hashDigits(text)}`;
  return { kind: "token", token, exact: { workspace, kind, text } };
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
  readonly references: readonly ObjectReference[];
}

/** Tells what is compared exactly of an object; some of it perhaps more than once. */
export function eachExact(
  { version, references }: TokenSource,
  tell: (kind: ExactText["kind"], text: string) => void,
): void {
  const { facts, sourceSystem, revoked } = version;
  tell("every", "");
  if (revoked) {
    tell("revoked", "");
  }
  tell("type", facts.type);
  tell("source", sourceSystem);
  tell("tlp", tlpText(facts.tlp));
  tell("id", facts.stixId);
  for (const label of facts.labels) {
    tell("label", label);
  }
  for (const { value } of facts.observables.slice(0, OBSERVABLES_MAX)) {
    tell("value", value);
  }
  for (const reference of references) {
    tell("reference", reference.stixId);
    tell("referenceBy", propertyAndTarget(reference));
  }
}

/** Hashes remembered before all are forgotten: clients may invent labels without end. */
const REMEMBERED_MAX = 20_000;

/** Makes what is compared exactly of objects, without their workspace; remembers the hashes of texts that recur. */
export function createExactTokens(): (source: TokenSource) => ReadonlySet<string> {
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

  return (source) => {
    const exact = new Set<string>();
    eachExact(source, (kind, text) => {
      if (kind === "every" || kind === "revoked") {
        exact.add(kind === "every" ? "a" : "r");
      } else {
        const isOwn = kind === "id" || kind === "value";
        exact.add(CODE[kind] + (isOwn ? hashDigits(text) : recurring(text)));
      }
    });
    return exact;
  };
}

/** Tokens with a blank between two. */
export function joinedTokens(
  workspaceNumber: number,
  exact: ReadonlySet<string>,
  words: ReadonlySet<string>,
): string {
  const workspace = workspaceNumber.toString(BASE);
  let tokens = "";
  for (const each of exact) {
    tokens += ` ${workspace}=${each}`;
  }
  for (const word of words) {
    tokens += ` ${workspace}!${word}`;
  }
  return tokens.slice(1);
}
