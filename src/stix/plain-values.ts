/**
 * What the printed readers call, one function a kind: each accepts at once what its plain test accepts, and
 * leaves everything else to the check of the property, which alone knows the findings. The answer is 1 where
 * the property is there, 0 where it is not.
 */

import { type CompiledType, readProperty } from "./object-walk.ts";
import {
  areIdentifiers,
  arePhases,
  areTerms,
  areTexts,
  isConfidence,
  isFlag,
  isIdentifier,
  isPlainText,
  isReference,
  isShortLanguage,
  isTerm,
  isTime,
  isVersion,
  isVersionTime,
} from "./plain-tests.ts";
import type { Walk } from "./walk.ts";

type Slots = CompiledType["slots"];

/** Any value: nothing is accepted without its check. */
export function any(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const slot = slots[index];
  return slot === undefined ? 0 : readProperty(value, slot, walk);
}

/** A text. */
export function text(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isPlainText(value) ? 1 : any(value, slots, index, walk);
}

/** A list of texts. */
export function texts(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return areTexts(value) ? 1 : any(value, slots, index, walk);
}

/** True or false. */
export function flag(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isFlag(value) ? 1 : any(value, slots, index, walk);
}

/** A confidence. */
export function confidence(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isConfidence(value) ? 1 : any(value, slots, index, walk);
}

/** A version of the standard. */
export function version(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isVersion(value) ? 1 : any(value, slots, index, walk);
}

/** A term of an open vocabulary. */
export function term(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isTerm(value, walk) ? 1 : any(value, slots, index, walk);
}

/** A list of such terms. */
export function terms(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return areTerms(value, walk) ? 1 : any(value, slots, index, walk);
}

/** A language. */
export function language(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isShortLanguage(value, walk) ? 1 : any(value, slots, index, walk);
}

/** A list of kill chain phases. */
export function phases(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return arePhases(value, walk) ? 1 : any(value, slots, index, walk);
}

/** A timestamp. */
export function time(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isTime(value) ? 1 : any(value, slots, index, walk);
}

/** A timestamp that tells versions apart. */
export function versionTime(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isVersionTime(value) ? 1 : any(value, slots, index, walk);
}

/** A reference. */
export function reference(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isReference(value, walk, slots[index]?.likely) ? 1 : any(value, slots, index, walk);
}

/** An id. */
export function identifier(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isIdentifier(value, walk, slots[index]?.likely) ? 1 : any(value, slots, index, walk);
}

/** A list of references. */
export function identifiers(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return areIdentifiers(value, walk, slots[index]?.likely) ? 1 : any(value, slots, index, walk);
}
