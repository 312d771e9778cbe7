/**
 * Validates whole objects: which version and table apply, the walk, and the facts that are kept beside an
 * object that may be stored. Never throws, whatever JSON value arrives, and takes linear time.
 */

import { compiledType, customType, type Edition } from "./compile.ts";
import { checkCustomType } from "./embedded-objects.ts";
import { extensionTypesOf } from "./extension-types.ts";
import { factsOf, type ObjectFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import type { SpecVersion } from "./kinds.ts";
import type { ObjectType } from "./object-type.ts";
import { type CompiledType, walkObject } from "./object-walk.ts";
import { type Profile, severitiesOf } from "./rules.ts";
import type { RuleId, Severity } from "./rules-table.ts";
import { checkSet } from "./set.ts";
import { OBJECT_TYPES } from "./tables.ts";
import {
  adviceOf,
  FINDINGS_MAX,
  isObject,
  type JsonObject,
  report,
  startWalk,
  type Walk,
  type WalkSettings,
} from "./walk.ts";

/** How to validate. Make one object and keep it: what follows from it is computed once. */
export interface ValidationOptions {
  readonly profile: Profile;
  /** Version of an object without spec_version. */
  readonly defaultSpecVersion: SpecVersion;
  /**
   * True where the default version is what the caller knows of the objects, rather than a guess: members of a
   * bundle that state none then get a warning instead of an error.
   */
  readonly specVersionGiven?: boolean;
  /** Whether a 2.0 indicator must say its pattern_type; otherwise it counts as stix. */
  readonly patternTypeOn20: "optional" | "required";
  /** `strict` makes an error of every timestamp that is not in the form of the standard. */
  readonly timestamps: "lenient" | "strict";
  /** `stix`: what either version defines, but observables; `enhanced`: the five types that Sentinel shows. */
  readonly supportedTypes: "stix" | "enhanced" | "any";
  /** Whether observables may stand alone where only defined types are taken; false when left out. */
  readonly observables?: boolean;
  /** The one type that a route takes. */
  readonly onlyType?: string;
  /** Whether a confidence may be a string of digits. */
  readonly coerceNumericStrings: boolean;
  /** Whether the id that the upload API's page prints for TLP green counts as green. */
  readonly tlpGreenAlias: boolean;
  /** Severities of single rules, by name, instead of the profile's. */
  readonly severity: Readonly<Record<string, Severity>>;
  /** Findings per object; 1,000 when left out. */
  readonly findingsMax?: number;
}

/** The outcome of a validation. */
export interface Validation {
  /** True where no finding is an error. */
  readonly valid: boolean;
  /** In property order. */
  readonly findings: readonly Finding[];
  /** Present where the object is valid and is one that could be stored. */
  readonly facts: ObjectFacts | undefined;
}

/** The five types that Sentinel shows in forms and columns. */
const ENHANCED_TYPES: ReadonlySet<string> = new Set([
  "indicator",
  "attack-pattern",
  "threat-actor",
  "identity",
  "relationship",
]);

/**
 * Checks one object against the tables of its version and returns every finding, in property order.
 *
 * Bad input never throws. Without error the facts that a store keeps beside the object come along.
 *
 * @param input any JSON value, as `JSON.parse` returns it
 * @see STIX 2.1 §3 to §8; Upload API, "Common properties"
 */
export function validateObject(input: unknown, options: ValidationOptions): Validation {
  const prepared = prepare(options);
  if (!isObject(input)) {
    const walk = startWalk(prepared.settings[options.defaultSpecVersion], {});
    report(walk, "record.object", undefined, { reason: "Expected a JSON object", value: input });
    return conclude(walk, undefined);
  }
  const version = versionOf(input, options.defaultSpecVersion);
  const walk = startWalk(prepared.settings[version], input);
  if (options.profile === "sentinel" && !checkSupported(input, options, walk)) {
    return conclude(walk, undefined);
  }
  walkTopLevel(input, walk, version);
  if (input["type"] === "bundle") {
    walkBundle(input, walk, { prepared, options });
    return conclude(walk, undefined);
  }
  return conclude(walk, walk.invalid ? undefined : factsOf(input, version, walk, options));
}

function conclude(walk: Walk, facts: ObjectFacts | undefined): Validation {
  return { valid: !walk.invalid, findings: walk.findings, facts };
}

/** What follows from options for each version. */
interface Prepared {
  readonly settings: Readonly<Record<SpecVersion, WalkSettings>>;
  /** The same for members of a bundle. */
  readonly memberSettings: Readonly<Record<SpecVersion, WalkSettings>>;
}

const preparedOptions = new WeakMap<ValidationOptions, Prepared>();

/** The options of the last validation: nearly always those of the next one. */
let last: { readonly options: ValidationOptions; readonly prepared: Prepared } | undefined;

function prepare(options: ValidationOptions): Prepared {
  if (last?.options === options) {
    return last.prepared;
  }
  const prepared = preparedOptions.get(options) ?? prepareAnew(options);
  last = { options, prepared };
  return prepared;
}

function prepareAnew(options: ValidationOptions): Prepared {
  const settings = { "2.0": settingsFor("2.0", options), "2.1": settingsFor("2.1", options) };
  const prepared: Prepared = {
    settings,
    memberSettings:
      options.specVersionGiven === true ? forMembersOfKnownVersion(settings, options) : settings,
  };
  preparedOptions.set(options, prepared);
  return prepared;
}

/** What a member of a bundle does not say, the caller did. */
function forMembersOfKnownVersion(
  settings: Prepared["settings"],
  { severity }: ValidationOptions,
): Prepared["settings"] {
  const lenient = (of: WalkSettings): WalkSettings => {
    const isDecided =
      of.severities["spec_version.present"] === "off" ||
      Object.hasOwn(severity, "spec_version.present");
    return isDecided
      ? of
      : { ...of, severities: { ...of.severities, "spec_version.present": "warning" } };
  };
  return { "2.0": lenient(settings["2.0"]), "2.1": lenient(settings["2.1"]) };
}

function settingsFor(version: SpecVersion, options: ValidationOptions): WalkSettings {
  const times = options.timestamps === "strict" ? { "time.form": "error" as const } : {};
  const severities = severitiesOf(options.profile, version, { ...times, ...options.severity });
  return {
    version,
    lenient: options.profile === "sentinel",
    severities,
    advice: adviceOf(severities),
    findingsMax: options.findingsMax ?? FINDINGS_MAX,
    coerceNumericStrings: options.coerceNumericStrings,
    patternTypeRequiredOn20: options.patternTypeOn20 === "required",
    tables: new Map(),
  };
}

/** The version whose tables apply. Types that 2.0 lacks are 2.1 unless the object says otherwise. */
function versionOf(object: JsonObject, defaultVersion: SpecVersion): SpecVersion {
  const stated = object["spec_version"];
  // Only bundles of 2.0 state a version, so another one tells nothing about a bundle.
  if (stated === "2.0" || (stated === "2.1" && object["type"] !== "bundle")) {
    return stated;
  }
  return defaultVersion === "2.0" && isOnlyIn21(object["type"]) ? "2.1" : defaultVersion;
}

function isOnlyIn21(type: unknown): boolean {
  const table = typeof type === "string" ? OBJECT_TYPES.get(type) : undefined;
  return table !== undefined && !isIn20(table);
}

/** Says why a type is not taken; true where it is. A missing type is found with the other properties. */
function checkSupported(object: JsonObject, options: ValidationOptions, walk: Walk): boolean {
  const type = object["type"];
  if (typeof type !== "string" || type === "") {
    return true;
  }
  const reason = whyUnsupported(type, options);
  if (reason === undefined) {
    return true;
  }
  report(walk, "type.supported", "type", { reason, value: type });
  return !walk.invalid;
}

function whyUnsupported(type: string, options: ValidationOptions): string | undefined {
  if (type === "bundle") {
    return "A bundle is not a STIX object, send the members of its objects instead";
  }
  const { onlyType, supportedTypes } = options;
  if (onlyType !== undefined && type !== onlyType) {
    return `This route takes objects of type ${onlyType} only`;
  }
  if (supportedTypes === "any") {
    return undefined;
  }
  if (supportedTypes === "enhanced") {
    const names = [...ENHANCED_TYPES].join(", ");
    return ENHANCED_TYPES.has(type) ? undefined : `The supported types are ${names}`;
  }
  const table = OBJECT_TYPES.get(type);
  if (table === undefined) {
    return "Not a type that STIX 2.0 or 2.1 defines, custom types are not supported";
  }
  return table.category === "sco" && options.observables !== true
    ? "Cyber observables are not supported as records, send them as patterns or in observed-data"
    : undefined;
}

function walkTopLevel(object: JsonObject, walk: Walk, version: SpecVersion): void {
  const type = object["type"];
  const compiled = typeof type === "string" ? tableFor(type, walk.settings, version) : undefined;
  if (compiled !== undefined) {
    walkObject(object, compiled, walk);
    return;
  }
  if (typeof type === "string" && type !== "") {
    checkReservedType(type, walk, version);
    checkCustomType(type, object, walk);
  }
  const customEdition = version === "2.1" ? "2.1" : walk.settings.lenient ? "2.0-lenient" : "2.0";
  walkObject(object, customType(looksObservable(object), customEdition), walk);
}

/** The compiled table of a type; undefined for one that the version does not have. */
function tableFor(
  name: string,
  settings: WalkSettings,
  version: SpecVersion,
): CompiledType | undefined {
  const known = settings.tables.get(name);
  if (known !== undefined) {
    return known;
  }
  const table = OBJECT_TYPES.get(name);
  const edition = editionFor(table, settings, version);
  if (table === undefined || edition === undefined) {
    return undefined;
  }
  const compiled = compiledType(table, edition);
  settings.tables.set(name, compiled);
  return compiled;
}

/** The edition that applies to a type; undefined for one that the version does not have. */
function editionFor(
  table: ObjectType | undefined,
  { lenient }: WalkSettings,
  version: SpecVersion,
): Edition | undefined {
  if (table === undefined || version === "2.1") {
    return table === undefined ? undefined : "2.1";
  }
  if (!isIn20(table)) {
    return lenient ? "2.1" : undefined;
  }
  return lenient ? "2.0-lenient" : "2.0";
}

/** Whether 2.0 has the type at top level. */
function isIn20(table: ObjectType): boolean {
  return table.in20 && table.category !== "sco";
}

const RESERVED_TYPES: Readonly<Record<SpecVersion, ReadonlySet<string>>> = {
  "2.0": new Set(["incident", "infrastructure"]),
  "2.1": new Set(["action"]),
};

function checkReservedType(type: string, walk: Walk, version: SpecVersion): void {
  if (RESERVED_TYPES[version].has(type)) {
    report(walk, "type.reserved", "type", { reason: "The type name is reserved", value: type });
  }
}

/**
 * Whether a custom object is an observable: its extension says so, or it has neither of the times that
 * every object with versions has.
 */
function looksObservable(object: JsonObject): boolean {
  const types = extensionTypesOf(object);
  if (types.includes("new-sdo") || types.includes("new-sro")) {
    return false;
  }
  const isUnversioned = object["created"] === undefined && object["modified"] === undefined;
  return types.includes("new-sco") || (object["spec_version"] === "2.1" && isUnversioned);
}

/** Walks the members of a bundle; a member without version has that of a 2.0 bundle, or the default. */
function walkBundle(
  bundle: JsonObject,
  walk: Walk,
  { prepared, options }: { readonly prepared: Prepared; readonly options: ValidationOptions },
): void {
  const members = bundle["objects"];
  if (!Array.isArray(members)) {
    return;
  }
  const fallback = versionOf(bundle, options.defaultSpecVersion);
  const outer = walk.settings;
  walk.findingsMax *= members.length + 1;
  walk.path.push("objects");
  for (const [index, member] of members.entries()) {
    if (walk.full || !isObject(member)) {
      continue;
    }
    const version = versionOf(member, fallback);
    walk.settings = prepared.memberSettings[version];
    walk.root = member;
    walk.path.push(index);
    if (member["type"] === "bundle") {
      report(walk, "kind", "type", { reason: "A bundle holds no bundles", value: "bundle" });
    } else {
      walkTopLevel(member, walk, version);
    }
    walk.path.pop();
  }
  walk.settings = outer;
  walk.root = bundle;
  checkMembers(members, walk, options);
  walk.path.pop();
}

/** What the members say together, at their places in the bundle. */
function checkMembers(members: readonly unknown[], walk: Walk, options: ValidationOptions): void {
  const { profile, severity } = options;
  for (const finding of checkSet(members, { profile, severity, findingsMax: walk.findingsMax })) {
    const { index, path, rule, reason, value } = finding;
    walk.path.push(index);
    report(walk, rule as RuleId, path, { reason, value });
    walk.path.pop();
  }
}
