/** Checks of lists, dictionaries and hashes. */

import { hashAlgorithmOf } from "../pattern/index.ts";
import type { DictionaryValues, Kind } from "./kinds.ts";
import { reportKind } from "./scalar-checks.ts";
import { KEY_ADVICE } from "./value-advice.ts";
import { vocabularyNamed } from "./vocabularies.ts";
import {
  type Check,
  checkCount,
  checkFree,
  checkLength,
  isObject,
  isOn,
  type JsonObject,
  report,
  type Walk,
} from "./walk.ts";

const KEY_LENGTH_MAX_21 = 250;
const KEY_LENGTH_MAX_20 = 256;
const KEY_LENGTH_MIN_20 = 3;
/** 2.0 advises shorter keys than it allows. */
const KEY_LENGTH_ADVISED_20 = 30;

/** A list whose items all pass one check. */
export function listCheck(item: Check): Check {
  return (value, key, walk) => {
    if (!Array.isArray(value)) {
      reportKind(walk, key, "a list", value);
      return;
    }
    if (value.length === 0) {
      report(walk, "list.empty", key, { reason: "A list has at least one item", value });
    }
    if (!checkCount(value.length, key, walk)) {
      return;
    }
    walk.path.push(key);
    for (let index = 0; index < value.length && !walk.full; index += 1) {
      item(value[index], index, walk);
    }
    walk.path.pop();
  };
}

/** Whether a dictionary key has the right characters. */
function hasKeyCharacters(key: string): boolean {
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isLetter && !(code >= 48 && code <= 57) && code !== 45 && code !== 95) {
      return false;
    }
  }
  return key !== "";
}

function isDictionaryKey(key: string, walk: Walk): boolean {
  const is20 = walk.settings.version === "2.0" && !walk.settings.lenient;
  const isLong = is20
    ? key.length >= KEY_LENGTH_MIN_20 && key.length <= KEY_LENGTH_MAX_20
    : key.length <= KEY_LENGTH_MAX_21;
  return isLong && hasKeyCharacters(key);
}

/** Reports an unfit key of a dictionary, whose own key the path ends with. */
export function checkDictionaryKey(key: string, walk: Walk, anyCase: boolean): void {
  if (!isDictionaryKey(key, walk)) {
    const reason =
      "A key consists of letters, digits, hyphens and underscores, and is not too long";
    report(walk, "dict.key", key, { reason, value: key });
    return;
  }
  const isTooLong = walk.settings.version === "2.0" && key.length > KEY_LENGTH_ADVISED_20;
  if ((!anyCase && key !== key.toLowerCase()) || isTooLong) {
    report(walk, "dict.keyCase", key, {
      reason: "A key should be short and lower case",
      value: key,
    });
  }
}

/** Opens an object that is not empty and calls `member` for each key; reports what is no object. */
export function checkMembers(
  value: unknown,
  key: string | number,
  walk: Walk,
  member: (name: string, value: unknown, object: JsonObject) => void,
): void {
  if (!isObject(value)) {
    reportKind(walk, key, "an object", value);
    return;
  }
  const names = Object.keys(value);
  if (names.length === 0) {
    report(walk, "dict.empty", key, { reason: "An object has at least one key", value });
  }
  if (!checkCount(names.length, key, walk)) {
    return;
  }
  walk.path.push(key);
  for (const name of names) {
    if (!walk.full) {
      member(name, value[name], value);
    }
  }
  walk.path.pop();
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** What the values of a dictionary must be: the test and its name. */
const VALUE_TESTS: Readonly<
  Record<DictionaryValues, readonly [(value: unknown) => boolean, string]>
> = {
  any: [(): boolean => true, "any value"],
  string: [(value) => typeof value === "string", "a string"],
  integer: [(value) => Number.isInteger(value), "an integer"],
  "integer-or-string": [
    (value) => typeof value === "string" || Number.isInteger(value),
    "an integer or a string",
  ],
  "string-list": [isTextList, "a list of strings"],
  "string-or-list": [
    (value) => typeof value === "string" || (isTextList(value) && (value as unknown[]).length > 1),
    "a string, or a list of two strings or more",
  ],
};

/** A dictionary with keys in the right syntax and values of one kind. */
export function dictionaryCheck({
  values,
  anyCase,
  keys,
}: Extract<Kind, { is: "dictionary" }>): Check {
  const [isValue, expected] = VALUE_TESTS[values];
  const [isAdvised, advised] = keys === undefined ? [(): boolean => true] : KEY_ADVICE[keys];
  return (value, key, walk) => {
    checkMembers(value, key, walk, (name, item) => {
      checkDictionaryKey(name, walk, anyCase);
      if (!isAdvised(name)) {
        report(walk, "object.should", name, { reason: `Should be ${advised}`, value: name });
      }
      if (item !== null && !isValue(item)) {
        report(walk, "dict.value", name, { reason: `Expected ${expected}`, value: item });
      }
      checkFree(item, name, walk);
    });
  };
}

/** Hashes: keys name algorithms, digests fit them. @see STIX 2.1 §2.7 */
export function hashesCheck({ nameRule }: Extract<Kind, { is: "hashes" }>): Check {
  const { values21, values20 } = vocabularyNamed("hash-algorithm-ov");
  return (value, key, walk) => {
    const listed = walk.settings.version === "2.1" ? values21 : values20;
    checkMembers(value, key, walk, (name, digest) => {
      if (!isHashKey(name, walk)) {
        const reason = "The name of a hash has 3 or more letters, digits, hyphens and underscores";
        report(walk, "hash.key", name, { reason, value: name });
      } else if (isOn(walk, nameRule) && !listed.has(name)) {
        const reason = "Expected the name of an algorithm of hash-algorithm-ov";
        report(walk, nameRule, name, { reason, value: name });
      }
      checkDigest(digest, name, walk);
    });
  };
}

function isHashKey(name: string, walk: Walk): boolean {
  const lengthMax = walk.settings.version === "2.0" ? KEY_LENGTH_MAX_20 : KEY_LENGTH_MAX_21;
  return name.length >= 3 && name.length <= lengthMax && hasKeyCharacters(name);
}

function checkDigest(digest: unknown, name: string, walk: Walk): void {
  if (typeof digest !== "string") {
    reportKind(walk, name, "a string", digest);
    return;
  }
  checkLength(digest, name, walk);
  const algorithm = hashAlgorithmOf(name);
  if (algorithm !== undefined && !algorithm.fits(digest)) {
    const reason = `Not a digest of ${algorithm.name}`;
    report(walk, "hash.digest", name, { reason, value: digest });
  }
}
