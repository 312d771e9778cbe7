/** Checks of single values: strings, numbers, times, identifiers. Each is made once from a kind. */

import { hasMiscountedGroups, readIdentifier, uuidVersionOf } from "./identifier.ts";
import type { Category, Kind, ReferenceRule, Targets } from "./kinds.ts";
import { unregisteredPart } from "./language-registry.ts";
import { readLanguageTag } from "./language-tag.ts";
import type { RuleId } from "./rules-table.ts";
import { fractionDigits, isTimestamp, normaliseTimestamp } from "./timestamp.ts";
import { ADVICE, followsAdvice } from "./value-advice.ts";
import { isBase64, isHexString, SYNTAXES } from "./value-syntax.ts";
import { vocabularyNamed } from "./vocabularies.ts";
import { type Check, checkLength, isObject, isOn, ownValue, report, type Walk } from "./walk.ts";

/** How many digits `created` and `modified` have. */
const MILLISECOND_DIGITS = 3;

type KindOf<Name extends Kind["is"]> = Extract<Kind, { is: Name }>;

/** Reports a value of the wrong JSON kind. */
export function reportKind(
  walk: Walk,
  key: string | number,
  expected: string,
  value: unknown,
): void {
  report(walk, "kind", key, { reason: `Expected ${expected}`, value });
}

const checkText: Check = (value, key, walk) => {
  if (typeof value === "string") {
    checkLength(value, key, walk);
  } else {
    reportKind(walk, key, "a string", value);
  }
};

/** A string with a syntax or advice of its own. */
export function stringCheck({ syntax, advice }: KindOf<"string">): Check {
  if (syntax === undefined && advice === undefined) {
    return checkText;
  }
  const demanded = syntax === undefined ? undefined : SYNTAXES[syntax];
  const advised = advice === undefined ? undefined : ADVICE[advice];
  return (value, key, walk) => {
    checkText(value, key, walk);
    if (typeof value !== "string") {
      return;
    }
    if (demanded !== undefined && !demanded.test(value)) {
      report(walk, demanded.rule, key, { reason: `Expected ${demanded.expected}`, value });
    }
    if (advised !== undefined && isOn(walk, advised.rule) && !followsAdvice(advised, value)) {
      report(walk, advised.rule, key, { reason: `Should be ${advised.expected}`, value });
    }
  };
}

export const checkFlag: Check = (value, key, walk) => {
  if (typeof value !== "boolean") {
    reportKind(walk, key, "true or false", value);
  }
};

export function integerCheck({ min, max }: KindOf<"integer">): Check {
  return (value, key, walk) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      reportKind(walk, key, "an integer", value);
    } else if (!Number.isSafeInteger(value)) {
      report(walk, "int.safe", key, { reason: "An integer lies within ±(2^53 - 1)", value });
    } else {
      checkRange(value, key, walk, { min, max });
    }
  };
}

export function floatCheck({ min, max }: KindOf<"float">): Check {
  return (value, key, walk) => {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      reportKind(walk, key, "a number", value);
    } else {
      checkRange(value, key, walk, { min, max });
    }
  };
}

function checkRange(
  value: number,
  key: string | number,
  walk: Walk,
  { min, max }: { readonly min: number | undefined; readonly max: number | undefined },
): void {
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    const range = max === undefined ? `${min} or more` : `${min} to ${max}`;
    report(walk, "range", key, { reason: `Expected ${range}`, value });
  }
}

const CONFIDENCE_MAX = 100;

export const checkConfidence: Check = (value, key, walk) => {
  const number = walk.settings.coerceNumericStrings ? confidenceOf(value) : value;
  const isInRange =
    typeof number === "number" &&
    Number.isInteger(number) &&
    number >= 0 &&
    number <= CONFIDENCE_MAX;
  if (!isInRange) {
    const reason = `Expected an integer from 0 to ${CONFIDENCE_MAX}`;
    report(walk, "confidence.range", key, { reason, value });
  }
};

/** A confidence written as a string of digits, as a number; any other value as it is. */
export function confidenceOf(value: unknown): unknown {
  return typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value;
}

/** A timestamp; `milliseconds` asks for three fraction digits, `none` for none. */
export function timestampCheck({ fraction }: KindOf<"timestamp">): Check {
  return (value, key, walk) => {
    if (typeof value !== "string") {
      report(walk, "time.invalid", key, { reason: "Expected a timestamp", value });
      return;
    }
    if (!isTimestamp(value)) {
      if (normaliseTimestamp(value) === undefined) {
        report(walk, "time.invalid", key, { reason: "Expected a real date and time", value });
        return;
      }
      const reason = "Expected the form YYYY-MM-DDTHH:mm:ss.sssZ, read as UTC";
      report(walk, "time.form", key, { reason, value });
    }
    if (fraction !== "any") {
      checkFraction(fraction, value, key, walk);
    }
  };
}

function checkFraction(
  fraction: "milliseconds" | "none",
  value: string,
  key: string | number,
  walk: Walk,
): void {
  const digits = fractionDigits(value);
  if (fraction === "none") {
    if (digits > 0) {
      report(walk, "time.precision", key, { reason: "Expected whole seconds", value });
    }
    return;
  }
  const isExact = walk.settings.version === "2.0" && !walk.settings.lenient;
  if (isExact ? digits !== MILLISECOND_DIGITS : digits < MILLISECOND_DIGITS) {
    const reason = `Expected ${isExact ? "exactly" : "at least"} three fraction digits`;
    report(walk, "time.precision", key, { reason, value });
  }
}

export const checkHex: Check = (value, key, walk) => {
  if (typeof value !== "string") {
    reportKind(walk, key, "a string", value);
  } else if (!isHexString(value)) {
    const reason = "Expected an even number of digits 0-9 and a-f";
    report(walk, "sco.value", key, { reason, value });
  }
};

export const checkBinary: Check = (value, key, walk) => {
  checkText(value, key, walk);
  if (typeof value === "string" && !isBase64(value)) {
    report(walk, "sco.value", key, { reason: "Expected base64 with padding", value });
  }
};

export const checkLanguage: Check = (value, key, walk) => {
  if (typeof value !== "string") {
    reportKind(walk, key, "a string", value);
    return;
  }
  const tag = readLanguageTag(value);
  if (tag === undefined) {
    report(walk, "lang.form", key, { reason: "Expected a language tag of RFC 5646", value });
    return;
  }
  if (isOn(walk, "lang.registered")) {
    const part = unregisteredPart(tag);
    if (part !== undefined) {
      report(walk, "lang.registered", key, {
        reason: `The subtag ${part} is not registered`,
        value,
      });
    }
  }
};

export function vocabularyCheck(name: string): Check {
  const { closed, values21, values20 } = vocabularyNamed(name);
  const rule: RuleId = closed ? "enum" : "vocab";
  return (value, key, walk) => {
    if (typeof value !== "string") {
      reportKind(walk, key, "a string", value);
      return;
    }
    checkLength(value, key, walk);
    if (!isOn(walk, rule)) {
      return;
    }
    const isListed = (walk.settings.version === "2.1" ? values21 : values20).has(value);
    if (!isListed && !(walk.settings.lenient && values21.has(value))) {
      const reason = closed ? `Expected a value of ${name}` : `Should be a value of ${name}`;
      report(walk, rule, key, { reason, value });
    }
  };
}

/** Class of a type by its name; undefined for custom types. */
export type CategoryOf = (type: string) => Category | undefined;

/** Whether an object of this type may be pointed at. */
function isTarget(type: string, targets: Targets, categoryOf: CategoryOf): boolean {
  if (targets.types.includes(type)) {
    return true;
  }
  if (targets.except.includes(type)) {
    return false;
  }
  const category = categoryOf(type);
  return (
    targets.classes.length > 0 && (category === undefined || targets.classes.includes(category))
  );
}

export function identifierCheck(
  { targets, rule }: KindOf<"identifier">,
  categoryOf: CategoryOf,
  holder: Category,
): Check {
  const expected = [...targets.types, ...targets.classes.map((name) => name.toUpperCase())];
  const reason = `Expected a reference to ${expected.join(", ")}`;
  const accepts = (type: string): boolean => isTarget(type, targets, categoryOf);
  const isObservable = (type: string): boolean => categoryOf(type) === "sco";
  const mayMiscount = OBSERVABLE_HOLDERS.has(holder) ? isObservable : NEVER;
  const demand: ReferenceDemand = { accepts, mayMiscount, likely: targets.types[0], rule, reason };
  return (value, key, walk) => {
    if (typeof value !== "string") {
      reportKind(walk, key, "an identifier", value);
    } else if (walk.container !== undefined && rule === "ref.target") {
      checkLocalReference(value, key, walk, accepts);
    } else {
      checkReference(value, key, walk, demand);
    }
  };
}

/** Observables, and what stands in them: nested types with references to objects are in observables only. */
const OBSERVABLE_HOLDERS: ReadonlySet<Category> = new Set(["sco", "extension", "nested"]);

const NEVER = (): boolean => false;

interface ReferenceDemand {
  readonly accepts: (type: string) => boolean;
  /** Whether groups of other lengths in the UUID are a warning rather than an error. */
  readonly mayMiscount: (type: string) => boolean;
  /** A type that is accepted, tried first. */
  readonly likely: string | undefined;
  readonly rule: ReferenceRule;
  readonly reason: string;
}

function checkReference(
  value: string,
  key: string | number,
  walk: Walk,
  { accepts, mayMiscount, likely, rule, reason }: ReferenceDemand,
): void {
  if (likely !== undefined && walk.settings.version === "2.1" && uuidVersionOf(likely, value) > 0) {
    return;
  }
  const identifier = readIdentifier(value);
  if (identifier === undefined || identifier.uuidVersion === 0) {
    const isMiscounted =
      identifier !== undefined &&
      mayMiscount(identifier.type) &&
      hasMiscountedGroups(value, identifier.type.length + 2);
    report(walk, isMiscounted ? "ref.uuid" : "ref.format", key, {
      reason: isMiscounted
        ? "The groups of a UUID have 8, 4, 4, 4 and 12 digits"
        : "Expected an identifier <type>--<UUID>",
      value,
    });
  } else if (walk.settings.version === "2.0" && identifier.uuidVersion !== 4) {
    report(walk, "id.v4", key, { reason: "Expected a UUID of version 4", value });
  }
  if (identifier !== undefined && !accepts(identifier.type)) {
    report(walk, rule, key, { reason, value });
  }
}

/** Inside `observed-data.objects` a reference is the key of another member. */
function checkLocalReference(
  value: string,
  key: string | number,
  walk: Walk,
  accepts: (type: string) => boolean,
): void {
  const target = walk.container === undefined ? undefined : ownValue(walk.container, value);
  if (!isObject(target)) {
    report(walk, "ref.local", key, { reason: "Expected a key of the same objects", value });
  } else if (typeof target["type"] === "string" && !accepts(target["type"])) {
    const reason = `A member of type ${target["type"].slice(0, 50)} may not be referred to here`;
    report(walk, "ref.local", key, { reason, value });
  }
}
