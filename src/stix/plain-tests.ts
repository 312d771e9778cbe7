/**
 * Tests that accept at once what breaks no rule in any profile or version. What they do not accept may be right
 * all the same: the check of the property knows, and has the findings.
 */

import { uuidVersionOf } from "./identifier.ts";
import { hasOnly } from "./object-walk.ts";
import type { PlainName } from "./plain-kinds.ts";
import { isTimestamp } from "./timestamp.ts";
import { ITEMS_MAX, isObject, STRING_LENGTH_MAX, type Walk } from "./walk.ts";

/** Whether a value can be accepted; `likely` is the type that an identifier here most likely names. */
export type PlainTest = (value: unknown, walk: Walk, likely: string | undefined) => boolean;

/** A text; an empty one counts as nothing in some places. */
export function isPlainText(value: unknown): boolean {
  return isText(value) && value !== "";
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= STRING_LENGTH_MAX;
}

/** A list of texts. */
export function areTexts(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > ITEMS_MAX) {
    return false;
  }
  for (let index = 0; index < value.length; index += 1) {
    if (!isText(value[index])) {
      return false;
    }
  }
  return true;
}

/** True or false. */
export function isFlag(value: unknown): boolean {
  return typeof value === "boolean";
}

const CONFIDENCE_MAX = 100;

/** A confidence. */
export function isConfidence(value: unknown): boolean {
  const isInRange = typeof value === "number" && value >= 0 && value <= CONFIDENCE_MAX;
  return isInRange && Number.isInteger(value);
}

/** A version of the standard. */
export function isVersion(value: unknown): boolean {
  return value === "2.1" || value === "2.0";
}

/** A term of an open vocabulary, where nobody wants advice on terms. */
export function isTerm(value: unknown, walk: Walk): boolean {
  return !walk.settings.advice.terms && isPlainText(value);
}

/** A list of such terms. */
export function areTerms(value: unknown, walk: Walk): boolean {
  return !walk.settings.advice.terms && areTexts(value);
}

/** A language of two letters, which is always well-formed, where nobody asks whether it is registered. */
export function isShortLanguage(value: unknown, walk: Walk): boolean {
  return (
    typeof value === "string" &&
    value.length === 2 &&
    isLowerLetter(value.charCodeAt(0)) &&
    isLowerLetter(value.charCodeAt(1)) &&
    !walk.settings.advice.languageRegistry
  );
}

function isLowerLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** A list of kill chain phases, where nobody wants advice on their names. */
export function arePhases(value: unknown, walk: Walk): boolean {
  const isPlain = !walk.settings.advice.phaseNames && Array.isArray(value);
  if (!isPlain || value.length === 0 || value.length > ITEMS_MAX) {
    return false;
  }
  for (let index = 0; index < value.length; index += 1) {
    if (!isPhase(value[index])) {
      return false;
    }
  }
  return true;
}

function isPhase(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value["kill_chain_name"]) &&
    isText(value["phase_name"]) &&
    hasOnly(2, value)
  );
}

/** Times of one object are often the same, so the last one that was read is compared before the next is. */
let lastTime = "1970-01-01T00:00:00.000Z";

/** Longest timestamp that is remembered: with nanoseconds. */
const REMEMBERED_LENGTH_MAX = 30;

/** A timestamp of any precision, as the standard writes it. */
export function isTime(value: unknown): value is string {
  if (value === lastTime) {
    return true;
  }
  if (typeof value !== "string" || !isTimestamp(value)) {
    return false;
  }
  if (value.length <= REMEMBERED_LENGTH_MAX) {
    lastTime = value;
  }
  return true;
}

/** Length of a timestamp with three fraction digits. */
const MILLISECONDS_LENGTH = 24;

/** A timestamp with three fraction digits: 2.0 allows no more. */
export function isVersionTime(value: unknown): boolean {
  return isTime(value) && value.length === MILLISECONDS_LENGTH;
}

/** An id of the likely type with a UUID of version 4. */
export function isIdentifier(value: unknown, _walk: Walk, likely: string | undefined): boolean {
  return likely !== undefined && typeof value === "string" && uuidVersionOf(likely, value) === 4;
}

/** The single reference that was accepted last, and its type: a feed has one creator. */
let lastCreator = "";
let lastCreatorType = "";

/** A reference to the likely type with a UUID of version 4. */
export function isReference(value: unknown, walk: Walk, likely: string | undefined): boolean {
  if (value === lastCreator && likely === lastCreatorType) {
    return true;
  }
  if (typeof value !== "string" || !isIdentifier(value, walk, likely)) {
    return false;
  }
  lastCreator = value;
  lastCreatorType = likely ?? "";
  return true;
}

/** The reference in a list that was accepted last, and its type: markings are the same all through a feed. */
let lastReference = "";
let lastReferenceType = "";

/** A list of such references. */
export function areIdentifiers(value: unknown, _walk: Walk, likely: string | undefined): boolean {
  if (likely === undefined || !Array.isArray(value)) {
    return false;
  }
  if (value.length === 0 || value.length > ITEMS_MAX) {
    return false;
  }
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index];
    if (item === lastReference && likely === lastReferenceType) {
      continue;
    }
    if (typeof item !== "string" || uuidVersionOf(likely, item) !== 4) {
      return false;
    }
    lastReference = item;
    lastReferenceType = likely;
  }
  return true;
}

/** Every test by its name. */
export const PLAIN_TESTS: Readonly<Record<PlainName, PlainTest>> = {
  any: () => false,
  confidence: isConfidence,
  flag: isFlag,
  identifier: isIdentifier,
  identifiers: areIdentifiers,
  language: isShortLanguage,
  phases: arePhases,
  reference: isReference,
  term: isTerm,
  terms: areTerms,
  text: isPlainText,
  texts: areTexts,
  time: isTime,
  version: isVersion,
  versionTime: isVersionTime,
};
