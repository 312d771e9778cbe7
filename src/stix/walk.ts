/**
 * The state of one validation as it walks through an object: where it stands, what it has found, and the
 * bounds it keeps. Checks receive the value, its key, and this.
 */

import type { Finding } from "./finding.ts";
import type { SpecVersion } from "./kinds.ts";
import type { CompiledType } from "./object-walk.ts";
import type { Severities } from "./rules.ts";
import { RULES, type RuleId } from "./rules-table.ts";

/** A JSON object. Keys come from outside: read them with care for `__proto__`. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Checks one value; `key` is its name or index in the parent, which the path of the walk names. */
export type Check = (value: unknown, key: string | number, walk: Walk) => void;

/** Deepest nesting of lists and objects: recursion stays far from the end of the stack. */
export const DEPTH_MAX = 256;

/** Longest string, in UTF-16 code units: a row of storage can hold it, and the loops over it stay short. */
export const STRING_LENGTH_MAX = 10_000_000;

/** Most items of a list and keys of an object: the largest published collections have a third of it. */
export const ITEMS_MAX = 100_000;

/** Findings per object unless the caller says otherwise: more help nobody, and memory stays bounded. */
export const FINDINGS_MAX = 1_000;

/** What stays the same while a version of the tables applies. */
export interface WalkSettings {
  readonly version: SpecVersion;
  /** True where 2.1 properties are known on 2.0 objects. */
  readonly lenient: boolean;
  readonly severities: Severities;
  readonly advice: Advice;
  readonly findingsMax: number;
  readonly coerceNumericStrings: boolean;
  readonly patternTypeRequiredOn20: boolean;
  /** Compiled tables of the types that the standard defines, by name, as they are needed. */
  readonly tables: Map<string, CompiledType>;
}

/** Whether a breach of a rule that nearly every object meets would be recorded. */
export interface Advice {
  readonly indicatorNames: boolean;
  readonly languagePresence: boolean;
  readonly languageRegistry: boolean;
  readonly patternNumbers: boolean;
  readonly phaseNames: boolean;
  readonly relationships: boolean;
  readonly terms: boolean;
}

/** The advice that severities ask for: looked up once, as looking up costs more than many a check. */
export function adviceOf(severities: Severities): Advice {
  return {
    indicatorNames: severities["indicator.named"] !== "off",
    languagePresence: severities["lang.present"] !== "off",
    languageRegistry: severities["lang.registered"] !== "off",
    patternNumbers: severities["pattern.number"] !== "off",
    phaseNames: severities["kcp.style"] !== "off",
    relationships: severities["rel.matrix"] !== "off",
    terms: severities["vocab"] !== "off",
  };
}

export interface Walk {
  settings: WalkSettings;
  readonly findings: Finding[];
  /** Grows with the members of a bundle: the bound is one of findings per object. */
  findingsMax: number;
  /** Set by the first error, also when no further finding is recorded. */
  invalid: boolean;
  full: boolean;
  /** While an attempt runs, a breach is not recorded but makes it fail. */
  attempt: "none" | "running" | "failed";
  /** Keys of the parents of the value being checked. */
  readonly path: (string | number)[];
  /** Section of the standard that defines the type being walked. */
  section: string;
  /** The object that selectors of granular markings point into. */
  root: JsonObject;
  /** The `objects` of an observed-data while its members are walked: references are its keys then. */
  container: JsonObject | undefined;
  insideExtension: boolean;
  /** What reading the pattern gave, so that nobody reads it twice. */
  observables: readonly { readonly key: string; readonly value: string }[];
}

const NONE: readonly never[] = Object.freeze([]);

/** A walk at its beginning. */
export function startWalk(settings: WalkSettings, root: JsonObject): Walk {
  return {
    settings,
    findings: [],
    findingsMax: settings.findingsMax,
    invalid: false,
    full: false,
    attempt: "none",
    path: [],
    section: "3.2",
    root,
    container: undefined,
    insideExtension: false,
    observables: NONE,
  };
}

/** Inside a predefined extension these count as breaches of the extension. */
const EXTENSION_RULES: ReadonlySet<RuleId> = new Set([
  "kind",
  "required",
  "required.20",
  "required.21",
  "null.required",
  "object.rule",
]);

/** Rules whose section is the one of the type at hand. */
const TYPE_RULES: ReadonlySet<RuleId> = new Set([
  "kind",
  "required",
  "required.20",
  "required.21",
  "null.required",
  "object.rule",
  "object.should",
  "ext.predefined",
  "time.order",
  "sco.value",
  "range",
  "enum",
  "vocab",
  "ref.target",
]);

/** Whether a breach of the rule would be recorded: lets costly advice be skipped. */
export function isOn(walk: Walk, rule: RuleId): boolean {
  return walk.settings.severities[rule] !== "off";
}

/** Records a breach; `key` is undefined for the object itself, `value` for something missing. */
export function report(
  walk: Walk,
  rule: RuleId,
  key: string | number | undefined,
  breach: { readonly reason: string; readonly value?: unknown },
): void {
  const counted = walk.insideExtension && EXTENSION_RULES.has(rule) ? "ext.predefined" : rule;
  const severity = walk.settings.severities[counted];
  if (severity === "off") {
    return;
  }
  if (walk.attempt !== "none") {
    walk.attempt = "failed";
    return;
  }
  if (severity === "error") {
    walk.invalid = true;
  }
  if (walk.full) {
    return;
  }
  const section = TYPE_RULES.has(counted) ? walk.section : RULES[counted].section;
  const { reason, value } = breach;
  const finding = { rule: counted, severity, path: pathOf(walk, key), reason, section };
  walk.findings.push(value === undefined ? finding : { ...finding, value });
  if (walk.findings.length >= walk.findingsMax && counted !== "limit") {
    fill(walk);
  }
}

/** Says that nothing more is recorded, once. */
function fill(walk: Walk): void {
  const reason = `More than ${walk.findingsMax} findings, the rest is not listed`;
  report(walk, "limit", undefined, { reason });
  walk.full = true;
}

function pathOf(walk: Walk, key: string | number | undefined): string {
  let path = "";
  for (const step of walk.path) {
    path = joined(path, step);
  }
  return key === undefined ? path : joined(path, key);
}

function joined(path: string, step: string | number): string {
  if (typeof step === "number") {
    return `${path}[${step}]`;
  }
  return path === "" ? step : `${path}.${step}`;
}

/** Whether a value is a JSON object, neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own property's value; undefined where the object has none of that name. */
export function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Keeps a string within its bound. */
export function checkLength(value: string, key: string | number, walk: Walk): void {
  if (value.length > STRING_LENGTH_MAX) {
    report(walk, "limit", key, {
      reason: `A string has at most ${STRING_LENGTH_MAX} characters`,
      value,
    });
  }
}

/** Keeps a number of items or keys within its bound; false when it is beyond. */
export function checkCount(count: number, key: string | number, walk: Walk): boolean {
  if (count <= ITEMS_MAX) {
    return true;
  }
  report(walk, "limit", key, {
    reason: `A list or object has at most ${ITEMS_MAX} items`,
    value: count,
  });
  return false;
}

/** Walks through a value that no table describes: bounds, and what STIX demands of every value. */
export function checkFree(value: unknown, key: string | number, walk: Walk): void {
  if (typeof value === "string") {
    checkLength(value, key, walk);
    return;
  }
  if (value === null) {
    report(walk, "null.optional", key, { reason: "A value is left out rather than null", value });
    return;
  }
  if (typeof value !== "object" || walk.full) {
    return;
  }
  if (walk.path.length >= DEPTH_MAX) {
    report(walk, "limit", key, { reason: `Values are nested at most ${DEPTH_MAX} deep` });
    return;
  }
  walk.path.push(key);
  if (Array.isArray(value)) {
    checkFreeItems(value, key, walk);
  } else {
    checkFreeMembers(value as JsonObject, key, walk);
  }
  walk.path.pop();
}

function checkFreeItems(items: readonly unknown[], key: string | number, walk: Walk): void {
  if (items.length === 0) {
    reportHere(walk, "list.empty", "A list has at least one item");
  }
  if (!checkCount(items.length, key, walk)) {
    return;
  }
  for (const [index, item] of items.entries()) {
    checkFree(item, index, walk);
  }
}

function checkFreeMembers(object: JsonObject, key: string | number, walk: Walk): void {
  const keys = Object.keys(object);
  if (keys.length === 0) {
    reportHere(walk, "dict.empty", "An object has at least one key");
  }
  if (!checkCount(keys.length, key, walk)) {
    return;
  }
  for (const name of keys) {
    checkFree(object[name], name, walk);
  }
}

/** Records a breach of the object or list that the path ends with. */
function reportHere(walk: Walk, rule: RuleId, reason: string): void {
  report(walk, rule, undefined, { reason, value: rule === "list.empty" ? [] : {} });
}
