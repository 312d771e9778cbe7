/**
 * What the printed readers call, one function a kind: each accepts at once what breaks no rule in any profile
 * or version, and leaves everything else to the check of the property, which alone knows the findings. The
 * answer is 1 where the property is there, 0 where it is not.
 */

import { uuidVersionOf } from "./identifier.ts";
import { type CompiledType, hasOnly, readProperty } from "./object-walk.ts";
import { isTimestamp } from "./timestamp.ts";
import { ITEMS_MAX, isObject, isOn, STRING_LENGTH_MAX, type Walk } from "./walk.ts";

type Slots = CompiledType["slots"];

/** Any value: nothing is accepted without its check. */
export function any(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const slot = slots[index];
  return slot === undefined ? 0 : readProperty(value, slot, walk);
}

/** A text, which may be empty only where the check says so. */
export function text(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isText(value) && value !== "" ? 1 : any(value, slots, index, walk);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= STRING_LENGTH_MAX;
}

/** A list of texts. */
export function texts(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return areTexts(value) ? 1 : any(value, slots, index, walk);
}

function areTexts(value: unknown): boolean {
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
export function flag(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return typeof value === "boolean" ? 1 : any(value, slots, index, walk);
}

const CONFIDENCE_MAX = 100;

/** A confidence. */
export function confidence(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const isPlain = typeof value === "number" && value >= 0 && value <= CONFIDENCE_MAX;
  return isPlain && Number.isInteger(value) ? 1 : any(value, slots, index, walk);
}

/** A version of the standard. */
export function version(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return value === "2.1" || value === "2.0" ? 1 : any(value, slots, index, walk);
}

/** A term of an open vocabulary, where nobody wants advice on terms. */
export function term(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const isPlain = isText(value) && value !== "" && !isOn(walk, "vocab");
  return isPlain ? 1 : any(value, slots, index, walk);
}

/** A list of such terms. */
export function terms(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const isPlain = value !== undefined && areTexts(value) && !isOn(walk, "vocab");
  return isPlain ? 1 : any(value, slots, index, walk);
}

/** A language of two letters, which is always well-formed, where nobody asks whether it is registered. */
export function language(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const isPlain =
    typeof value === "string" &&
    value.length === 2 &&
    isLowerLetter(value.charCodeAt(0)) &&
    isLowerLetter(value.charCodeAt(1)) &&
    !isOn(walk, "lang.registered");
  return isPlain ? 1 : any(value, slots, index, walk);
}

function isLowerLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** A list of kill chain phases, where nobody wants advice on their names. */
export function phases(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const isPlain = value !== undefined && arePhases(value) && !isOn(walk, "kcp.style");
  return isPlain ? 1 : any(value, slots, index, walk);
}

function arePhases(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > ITEMS_MAX) {
    return false;
  }
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index];
    const isPhase =
      isObject(item) &&
      isText(item["kill_chain_name"]) &&
      isText(item["phase_name"]) &&
      hasOnly(2, item);
    if (!isPhase) {
      return false;
    }
  }
  return true;
}

/** Times of one object are often the same, so the last one that was read is compared before the next is. */
let lastTime = "1970-01-01T00:00:00.000Z";

/** A timestamp of any precision. */
export function time(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return value !== undefined && isTime(value) ? 1 : any(value, slots, index, walk);
}

/** Length of a timestamp with three fraction digits. */
const MILLISECONDS_LENGTH = 24;

/** A timestamp with three fraction digits: 2.0 allows no more. */
export function versionTime(value: unknown, slots: Slots, index: number, walk: Walk): number {
  return isTime(value) && value.length === MILLISECONDS_LENGTH ? 1 : any(value, slots, index, walk);
}

/** Longest timestamp that is remembered: with nanoseconds. */
const REMEMBERED_LENGTH_MAX = 30;

/** Whether a value is a timestamp as the standard writes it. */
function isTime(value: unknown): value is string {
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

/** A reference to the likely type, or an id of it, with a UUID of version 4. */
export function identifier(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const likely = slots[index]?.likely;
  const isPlain =
    likely !== undefined && typeof value === "string" && uuidVersionOf(likely, value) === 4;
  return isPlain ? 1 : any(value, slots, index, walk);
}

/** The reference in a list that was accepted last, and its type: markings are the same all through a feed. */
let lastReference = "";
let lastReferenceType = "";

/** A list of such references. */
export function identifiers(value: unknown, slots: Slots, index: number, walk: Walk): number {
  const likely = slots[index]?.likely;
  return likely !== undefined && areIdentifiers(value, likely) ? 1 : any(value, slots, index, walk);
}

function areIdentifiers(value: unknown, type: string): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > ITEMS_MAX) {
    return false;
  }
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index];
    if (item === lastReference && type === lastReferenceType) {
      continue;
    }
    if (typeof item !== "string" || uuidVersionOf(type, item) !== 4) {
      return false;
    }
    lastReference = item;
    lastReferenceType = type;
  }
  return true;
}
