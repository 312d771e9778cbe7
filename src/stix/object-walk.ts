/**
 * Walks through one object with the compiled table of its type: properties in the order of the standard,
 * then unknown ones, then the rules between properties.
 */

import { COMMON_NAMES } from "./common-properties.ts";
import { extensionTypesOf } from "./extension-types.ts";
import type { ObjectRule, ObjectType, TimeOrder } from "./object-type.ts";
import { checkUnknown } from "./property-names.ts";
import type { RuleId } from "./rules-table.ts";
import { compareTimestamps, normaliseTimestamp, strictForm } from "./timestamp.ts";
import { type Check, checkCount, type JsonObject, report, type Walk } from "./walk.ts";

/** One property, ready to be checked. */
export interface CompiledProperty {
  readonly name: string;
  readonly check: Check;
  /** The type that an identifier here most likely names. */
  readonly likely: string | undefined;
  /** The rule that is broken when it is missing; undefined for optional ones. */
  readonly missing: RuleId | undefined;
  /** Whether the empty string counts as nothing. */
  readonly mayBeEmpty: boolean;
  /** Accepts at once what certainly breaks no rule. */
  readonly isPlain: (value: unknown, walk: Walk, likely: string | undefined) => boolean;
}

/** Looks at a whole object after its properties. */
export type Special = (object: JsonObject, walk: Walk) => void;

/** Checks the properties of an object, known and unknown, and the order of its times. */
export type Reader = (object: JsonObject, compiled: CompiledType, walk: Walk) => void;

/** A type, ready to be walked. */
export interface CompiledType {
  readonly type: ObjectType;
  readonly properties: readonly CompiledProperty[];
  readonly known: ReadonlyMap<string, CompiledProperty>;
  /** Those whose absence breaks a rule. */
  readonly demanded: readonly CompiledProperty[];
  /** All of them at the places of the type's table; undefined where the edition lacks a property of it. */
  readonly slots: readonly (CompiledProperty | undefined)[];
  readonly rules: readonly ObjectRule[];
  readonly order: readonly TimeOrder[];
  readonly special: Special | undefined;
  readonly read: Reader;
  /** Finds everything, in the order of the standard. */
  readonly readAll: Reader;
  /** Names of texts that people translate; empty where the type has no `lang`. */
  readonly translatable: readonly string[];
}

/** Checks every property of an object and the rules between them. The path names the object itself. */
export function walkObject(object: JsonObject, compiled: CompiledType, walk: Walk): void {
  const outerSection = walk.section;
  walk.section = compiled.type.section;
  compiled.read(object, compiled, walk);
  for (const rule of compiled.rules) {
    checkRule(object, rule, compiled.known, walk);
  }
  compiled.special?.(object, walk);
  if (walk.settings.advice.languagePresence && compiled.translatable.length > 0) {
    adviseOnLanguage(object, compiled.translatable, walk);
  }
  walk.section = outerSection;
}

/** Without `lang`, texts count as English. @see STIX 2.1 §3.2 */
function adviseOnLanguage(object: JsonObject, names: readonly string[], walk: Walk): void {
  if (object["lang"] === undefined && names.some((name) => has(object, name))) {
    report(walk, "lang.present", "lang", { reason: "lang should say the language of the texts" });
  }
}

/** The reader of every table that has no printed one. */
export function readByTable(object: JsonObject, compiled: CompiledType, walk: Walk): void {
  let known = 0;
  for (const property of compiled.properties) {
    known += readProperty(object[property.name], property, walk);
  }
  checkKeys(object, known, compiled, walk);
  for (const order of compiled.order) {
    checkOrder(object[order.later], object[order.earlier], order, walk);
  }
}

/** Checks one property, be it there or not; 1 where it is there. */
export function readProperty(value: unknown, property: CompiledProperty, walk: Walk): number {
  if (value !== undefined) {
    checkProperty(property, value, walk);
    return 1;
  }
  if (property.missing !== undefined) {
    reportMissing(property.missing, property.name, walk);
  }
  return 0;
}

/** Looks at the other properties of an object of which so many are known, if there are any. */
export function checkKeys(
  object: JsonObject,
  known: number,
  compiled: CompiledType,
  walk: Walk,
): void {
  if (!hasOnly(known, object)) {
    checkUnknownProperties(object, compiled, walk);
  }
}

/** Whether an object has so many keys. Stops early, as an object may have very many. */
export function hasOnly(known: number, object: JsonObject): boolean {
  let count = 0;
  for (const _key in object) {
    count += 1;
    if (count > known) {
      return false;
    }
  }
  return count === known;
}

function reportMissing(rule: RuleId, name: string, walk: Walk): void {
  report(walk, rule, name, { reason: "Required property is missing" });
}

function checkProperty(property: CompiledProperty, value: unknown, walk: Walk): void {
  if (value === null) {
    checkNull(property, walk);
  } else if (value === "" && !property.mayBeEmpty) {
    report(walk, "empty.required", property.name, { reason: "Required property is empty", value });
  } else {
    property.check(value, property.name, walk);
  }
}

function checkNull({ name, missing }: CompiledProperty, walk: Walk): void {
  if (missing === undefined || walk.settings.severities[missing] === "off") {
    report(walk, "null.optional", name, { reason: "A property is left out rather than null" });
  } else if (walk.settings.severities[missing] === "warning") {
    // What counts as absent is no worse than what is absent.
    reportMissing(missing, name, walk);
  } else {
    report(walk, "null.required", name, { reason: "Required property is missing" });
  }
}

/** Checks every property that the table of an object does not have. */
export function checkUnknownProperties(
  object: JsonObject,
  compiled: CompiledType,
  walk: Walk,
): void {
  const names = Object.keys(object);
  if (!checkCount(names.length, "", walk)) {
    return;
  }
  const owner = {
    object,
    isObservable: compiled.type.category === "sco",
    isExtended: extensionTypesOf(object).some((each) => OPENING_EXTENSIONS.has(each)),
  };
  for (const name of names) {
    if (!compiled.known.has(name)) {
      checkUnknown(name, object[name], owner, walk);
    }
  }
}

/** Extension types that allow unknown names beside the known ones. */
const OPENING_EXTENSIONS: ReadonlySet<unknown> = new Set([
  "toplevel-property-extension",
  "new-sdo",
  "new-sro",
  "new-sco",
]);

/** Checks that two times of an object stand in their order. */
export function checkOrder(later: unknown, earlier: unknown, order: TimeOrder, walk: Walk): void {
  if (
    typeof later !== "string" ||
    typeof earlier !== "string" ||
    isInOrder(later, earlier, order)
  ) {
    return;
  }
  // What cannot be read has a finding of its own and no place in time.
  if (normaliseTimestamp(later) === undefined || normaliseTimestamp(earlier) === undefined) {
    return;
  }
  const relation = order.orEqual ? "must not be before" : "must be after";
  const reason = `${order.later} ${relation} ${order.earlier}`;
  report(walk, order.rule, order.later, { reason, value: later });
}

function isInOrder(later: string, earlier: string, { orEqual }: TimeOrder): boolean {
  if (later === earlier) {
    return orEqual;
  }
  const left = strictForm(later);
  const right = strictForm(earlier);
  // With as many digits on both sides the order of texts is the order of times.
  if (left.length === right.length) {
    return left > right || (orEqual && left === right);
  }
  const difference = compareTimestamps(left, right);
  return difference > 0 || (difference === 0 && orEqual);
}

/** Present, as the rules between properties understand it: null counts as absent. */
function has(object: JsonObject, name: string): boolean {
  return object[name] !== undefined && object[name] !== null;
}

function checkRule(
  object: JsonObject,
  rule: ObjectRule,
  known: CompiledType["known"],
  walk: Walk,
): void {
  const breach = breachOf(object, rule, known);
  if (breach !== undefined) {
    const [key, reason] = breach;
    const value = key === undefined ? undefined : object[key];
    report(walk, "object.rule", key, { reason, value });
  }
}

/** The property at fault, if it is one, and what is wrong. */
type Breach = readonly [string | undefined, string];

type RuleOf<Name extends ObjectRule["rule"]> = Extract<ObjectRule, { rule: Name }>;

/** The property at fault and what is wrong; undefined where the rule holds. */
function breachOf(
  object: JsonObject,
  rule: ObjectRule,
  known: CompiledType["known"],
): Breach | undefined {
  switch (rule.rule) {
    case "at-least-one":
      return breachOfGroups(object, rule);
    case "at-least-one-own":
      return hasPropertyOfItsOwn(object, rule, known)
        ? undefined
        : [undefined, "At least one property of its own must be present"];
    case "exactly-one":
      return rule.of.filter((name) => has(object, name)).length === 1
        ? undefined
        : [undefined, `Exactly one of ${rule.of.join(", ")} must be present`];
    case "needs":
      return has(object, rule.property) && !has(object, rule.needs)
        ? [rule.property, `${rule.property} needs ${rule.needs}`]
        : undefined;
    default:
      return breachOfCondition(object, rule);
  }
}

function breachOfGroups(
  object: JsonObject,
  { groups }: RuleOf<"at-least-one">,
): Breach | undefined {
  if (groups.some((group) => group.every((name) => has(object, name)))) {
    return undefined;
  }
  const names = groups.map((group) => group.join(" with ")).join(", ");
  return [undefined, `At least one of ${names} must be present`];
}

function breachOfCondition(
  object: JsonObject,
  { rule, property, when, equals }: RuleOf<"needs-when" | "forbidden-when">,
): Breach | undefined {
  const isNeeded = rule === "needs-when";
  if (object[when] !== equals || has(object, property) === isNeeded) {
    return undefined;
  }
  const presence = isNeeded ? "present" : "absent";
  return [property, `${property} must be ${presence} when ${when} is ${equals}`];
}

function hasPropertyOfItsOwn(
  object: JsonObject,
  rule: Extract<ObjectRule, { rule: "at-least-one-own" }>,
  known: CompiledType["known"],
): boolean {
  const isOwn = (name: string): boolean =>
    has(object, name) && name !== rule.besides && known.has(name) && !COMMON_NAMES.has(name);
  return (rule.orExtension && has(object, "extensions")) || Object.keys(object).some(isOwn);
}
