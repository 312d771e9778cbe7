/**
 * What `stixgate lint` checks: which objects a JSON value holds, whichever wrapping they come in, and every
 * finding about them, alone and together. Knows nothing of files, lines or output.
 */

import {
  checkSet,
  type Finding,
  type Profile,
  RULES,
  type SpecVersion,
  type ValidationOptions,
  validateObject,
} from "../stix/index.ts";

/** What the flags of the command say. */
export interface LintRules {
  readonly profile: Profile;
  /** Version of objects that state none; undefined leaves it to the standard. */
  readonly specVersion: SpecVersion | undefined;
}

type OptionsByVersion = Readonly<Record<SpecVersion, ValidationOptions>>;

/** Options of the validator for both versions that an object without one may have. */
export interface Linter {
  readonly rules: LintRules;
  /** Where the version was said: by a flag, or on the line around an object. */
  readonly given: OptionsByVersion;
  /** Where it is taken from the standard. */
  readonly assumed: OptionsByVersion;
}

/** A finding, and the value that its path starts from. */
export interface RootedFinding {
  readonly finding: Finding;
  /** Keys and indexes that lead from the checked value to the root. */
  readonly base: readonly string[];
  readonly root: unknown;
}

/** What one JSON value gave. */
export interface CheckedValue {
  readonly findings: readonly RootedFinding[];
  readonly objectCount: number;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** STIX 2.0 demands spec_version of a bundle and 2.1 knows it no longer, so one that does not say 2.0 is of 2.1. */
const BUNDLE_VERSION: SpecVersion = "2.1";

/** Findings of one document: more is a wrong file, not a list of faults. */
const FINDINGS_MAX = 100_000;

/** Names of the array in upload bodies of the three generations and in TAXII envelopes. */
const BODY_KEYS: readonly string[] = ["stixobjects", "value", "indicators", "objects"];

/** Prepares the options once for all objects. */
export function createLinter(rules: LintRules): Linter {
  const optionsFor = (
    defaultSpecVersion: SpecVersion,
    specVersionGiven: boolean,
  ): ValidationOptions => ({
    profile: rules.profile,
    defaultSpecVersion,
    specVersionGiven,
    patternTypeOn20: "optional",
    timestamps: "lenient",
    supportedTypes: "stix",
    coerceNumericStrings: false,
    tlpGreenAlias: rules.profile === "sentinel",
    severity: {},
    findingsMax: FINDINGS_MAX,
  });
  const both = (isGiven: boolean): OptionsByVersion => ({
    "2.0": optionsFor("2.0", isGiven),
    "2.1": optionsFor("2.1", isGiven),
  });
  return { rules, given: both(true), assumed: both(false) };
}

/** The options for a version that was said, or else for the one that the standard has. */
function optionsOf(
  linter: Linter,
  given: SpecVersion | undefined,
  assumed: SpecVersion,
): ValidationOptions {
  return given === undefined ? linter.assumed[assumed] : linter.given[given];
}

/** Checks one object, or a bundle with its objects: in the sentinel profile these are what would be sent. */
export function checkObject(
  value: unknown,
  linter: Linter,
  specVersion: SpecVersion | undefined = linter.rules.specVersion,
): CheckedValue {
  if (isObject(value) && value["type"] === "bundle") {
    const members = Array.isArray(value["objects"]) ? value["objects"] : [];
    const options = optionsOf(linter, specVersion, BUNDLE_VERSION);
    if (linter.rules.profile === "sentinel" && Array.isArray(value["objects"])) {
      return checkList(members, { options, base: ["objects"], isWholeSet: true });
    }
    if (linter.rules.profile === "strict") {
      const { findings } = validateObject(value, options);
      return { findings: findings.map(rootedIn(value, [])), objectCount: members.length };
    }
  }
  const { findings } = validateObject(value, optionsOf(linter, specVersion, "2.0"));
  return { findings: findings.map(rootedIn(value, [])), objectCount: 1 };
}

/** Checks what stands in a file: an object, a bundle, an array of objects, or an upload body. */
export function checkDocument(value: unknown, linter: Linter): CheckedValue {
  const options = optionsOf(linter, linter.rules.specVersion, "2.0");
  if (Array.isArray(value)) {
    return checkList(value, { options, base: [], isWholeSet: true });
  }
  const key = isObject(value) && value["type"] === undefined ? bodyKeyOf(value) : undefined;
  return isObject(value) && key !== undefined
    ? checkList(value[key] as readonly unknown[], { options, base: [key], isWholeSet: false })
    : checkObject(value, linter);
}

/** The key of an upload body's array, in the documented order; upload APIs take it in any case. */
function bodyKeyOf(body: JsonObject): string | undefined {
  const keys = Object.keys(body).filter((key) => Array.isArray(body[key]));
  return BODY_KEYS.flatMap((name) => keys.filter((key) => key.toLowerCase() === name))[0];
}

interface ListFrame {
  readonly options: ValidationOptions;
  readonly base: readonly string[];
  /** An upload may refer to what was sent before; a bundle or array should hold what it refers to. */
  readonly isWholeSet: boolean;
}

function checkList(list: readonly unknown[], frame: ListFrame): CheckedValue {
  const { options, base, isWholeSet } = frame;
  const findings: RootedFinding[] = [];
  for (const [index, root] of list.entries()) {
    if (findings.length < FINDINGS_MAX) {
      const place = rootedIn(root, [...base, String(index)]);
      findings.push(...validateObject(root, options).findings.map(place));
    }
  }
  const severity = isWholeSet ? {} : ({ "state.reference": "off" } as const);
  for (const finding of checkSet(list, { ...options, severity })) {
    findings.push(rootedIn(list[finding.index], [...base, String(finding.index)])(finding));
  }
  return { findings, objectCount: list.length };
}

function rootedIn(root: unknown, base: readonly string[]): (finding: Finding) => RootedFinding {
  return (finding) => ({ finding, base, root });
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rules about the name of a property, which is marked then instead of its value. */
export const KEY_RULES: ReadonlySet<string> = new Set([
  "name.syntax",
  "name.reserved",
  "name.custom",
  "name.defanged",
  "name.suffix",
  "dict.key",
  "dict.keyCase",
  "hash.key",
  "hash.name",
  "extref.hashName",
  "ext.key",
]);

/** Longest text that a message repeats. */
const SHOWN_LENGTH_MAX = 100;
const SYNTAX_RULES: readonly string[] = ["pattern.syntax", "json.syntax"];

/** What is wrong, with the offending value where that says more. */
export function wordsOf({ reason, rule, value }: Finding): string {
  const isScalar =
    (typeof value === "string" && value.length <= SHOWN_LENGTH_MAX) ||
    typeof value === "number" ||
    typeof value === "boolean" ||
    value === null;
  const shown = isScalar ? JSON.stringify(value) : "";
  const isMarked = SYNTAX_RULES.includes(rule) || KEY_RULES.has(rule);
  const isSaid = shown === "" || isMarked || reason.includes(String(value));
  return isSaid ? reason : `${reason}: ${shown}`;
}

/** Where the rule is written, such as `STIX 2.1 §3.2`; empty where nothing is known. */
export function sourceOf(rule: string, section?: string): string {
  const known = Object.entries(RULES).find(([id]) => id === rule)?.[1].section;
  const stated = section ?? known ?? "";
  return /^\d/.test(stated) ? `STIX 2.1 §${stated}` : stated;
}
