/**
 * What is said about properties that no table knows: the syntax of their names, reserved names, suffixes
 * that name a kind, and the conventions for custom content. STIX 2.1 §3.1, §3.8, §11.
 */

import { readIdentifier } from "./identifier.ts";
import { isBase64, isHexString, SYNTAXES } from "./value-syntax.ts";
import { checkFree, isObject, type JsonObject, ownValue, report, type Walk } from "./walk.ts";

const NAME_LENGTH_MIN = 3;
const NAME_LENGTH_MAX = 250;

const RESERVED_21: ReadonlySet<string> = new Set([
  "severity",
  "username",
  "phone_number",
  "phone_numbers",
  "action",
]);

/** 2.0 reserves these on domain and relationship objects, not on observables. */
const RESERVED_20: ReadonlySet<string> = new Set([
  "confidence",
  "severity",
  "action",
  "usernames",
  "phone_numbers",
  "addresses",
  "first_seen_precision",
  "last_seen_precision",
  "valid_from_precision",
  "valid_until_precision",
]);

/** Whether a name follows the rules for property names. */
export function isPropertyName(name: string, walk: Walk): boolean {
  if (name.length < NAME_LENGTH_MIN || name.length > NAME_LENGTH_MAX) {
    return false;
  }
  const first = name.charCodeAt(0);
  if (walk.settings.version === "2.1" && (first < 97 || first > 122)) {
    return false;
  }
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if (!(code >= 97 && code <= 122) && !(code >= 48 && code <= 57) && code !== 95) {
      return false;
    }
  }
  return true;
}

/** What is known of the object that holds an unknown property. */
export interface UnknownOwner {
  readonly object: JsonObject;
  readonly isObservable: boolean;
  /** True where an extension of the object allows any further names. */
  readonly isExtended: boolean;
}

/** Checks one property that the table of its object does not have. */
export function checkUnknown(name: string, value: unknown, owner: UnknownOwner, walk: Walk): void {
  const reserved = walk.settings.version === "2.1" ? RESERVED_21 : RESERVED_20;
  if (!isPropertyName(name, walk)) {
    const reason = "A property name is 3 to 250 characters of a-z, 0-9 and _, letter first";
    report(walk, "name.syntax", name, { reason, value: name });
  } else if (name === "defanged" && !owner.isObservable && walk.settings.version === "2.1") {
    report(walk, "name.defanged", name, { reason: "Only observables are defanged", value });
  } else if (reserved.has(name) && !(owner.isObservable && walk.settings.version === "2.0")) {
    report(walk, "name.reserved", name, { reason: "The name is reserved", value });
  } else if (!owner.isExtended && !name.startsWith("x_")) {
    const reason = "A custom property should begin with x_ or come with an extension";
    report(walk, "name.custom", name, { reason, value: name });
  }
  checkSuffix(name, value, owner, walk);
  checkFree(value, name, walk);
}

/** The suffixes that name a kind, each with its test and what it stands for. */
const SUFFIXES: readonly (readonly [string, (value: unknown, walk: Walk) => boolean, string])[] = [
  ["_ref", isReference, "an identifier"],
  ["_refs", areReferences, "a list of identifiers"],
  ["_bin", (value): boolean => typeof value === "string" && isBase64(value), "base64"],
  [
    "_hex",
    (value): boolean => typeof value === "string" && isHexString(value),
    "hexadecimal digits",
  ],
];

const UNDERSCORE = 95;

/** Whether a name may have one of the suffixes: an underscore stands where they begin. */
function mayHaveSuffix(name: string): boolean {
  const { length } = name;
  return name.charCodeAt(length - 4) === UNDERSCORE || name.charCodeAt(length - 5) === UNDERSCORE;
}

function checkSuffix(name: string, value: unknown, owner: UnknownOwner, walk: Walk): void {
  if (!mayHaveSuffix(name)) {
    return;
  }
  for (const [suffix, test, expected] of SUFFIXES) {
    if (name.endsWith(suffix) && !test(value, walk)) {
      const reason = `A name that ends in ${suffix} holds ${expected}`;
      report(walk, "name.suffix", name, { reason, value });
    }
  }
  if (name.endsWith("_enc")) {
    checkEncoding(name, value, owner, walk);
  }
}

function checkEncoding(name: string, value: unknown, owner: UnknownOwner, walk: Walk): void {
  const base = name.slice(0, -"_enc".length);
  if (ownValue(owner.object, base) === undefined) {
    report(walk, "name.suffix", name, { reason: `${name} needs the property ${base}`, value });
  }
  if (typeof value !== "string" || !SYNTAXES.charset.test(value)) {
    report(walk, "enc.charset", name, { reason: `Expected ${SYNTAXES.charset.expected}`, value });
  }
}

function isReference(value: unknown, walk: Walk): boolean {
  if (typeof value !== "string") {
    return false;
  }
  if (walk.container !== undefined) {
    return isObject(ownValue(walk.container, value));
  }
  return (readIdentifier(value)?.uuidVersion ?? 0) > 0;
}

function areReferences(value: unknown, walk: Walk): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isReference(item, walk));
}
