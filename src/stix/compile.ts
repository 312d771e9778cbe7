/**
 * Makes checks of the tables, once per type and edition. An edition says which properties an object may
 * have: those of 2.1; those of 2.0; those of 2.0 with the ones that came with 2.1 (an object that is 2.0
 * only because it does not say otherwise); or those of either version (members of a 2.1 `objects`).
 */

import { dictionaryCheck, hashesCheck, listCheck } from "./collection-checks.ts";
import { checkMarkingDefinition, checkTranslations, observablesCheck } from "./embedded-objects.ts";
import { extensionsCheck } from "./extensions.ts";
import { checkExternalReference } from "./external-reference.ts";
import { READERS } from "./generated/validators-table.ts";
import { checkIndicator } from "./indicator.ts";
import type { Category, Kind } from "./kinds.ts";
import { checkGranularMarking, checkMarking } from "./marking.ts";
import { checkObjectId, checkObservableId } from "./object-id.ts";
import {
  checkCustomObject,
  checkEmailMessage,
  checkExtensionDefinition,
  checkNetworkTraffic,
  checkObservedData,
} from "./object-rules.ts";
import type { ObjectType, Presence, Property } from "./object-type.ts";
import {
  type CompiledProperty,
  type CompiledType,
  readByTable,
  type Special,
  walkObject,
} from "./object-walk.ts";
import { plainNameOf } from "./plain-kinds.ts";
import { readByKeys } from "./plain-read.ts";
import { PLAIN_TESTS } from "./plain-tests.ts";
import { checkRelationship } from "./relationship.ts";
import type { RuleId } from "./rules-table.ts";
import {
  checkBinary,
  checkConfidence,
  checkFlag,
  checkHex,
  checkLanguage,
  floatCheck,
  identifierCheck,
  integerCheck,
  reportKind,
  stringCheck,
  timestampCheck,
  vocabularyCheck,
} from "./scalar-checks.ts";
import { CUSTOM_TYPES, NESTED_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS } from "./tables.ts";
import { type Check, isObject, report } from "./walk.ts";

/** Which properties an object may have; see above. */
export type Edition = "2.1" | "2.0" | "2.0-lenient" | "either";

/** Class of a type; undefined for custom types. */
function categoryOf(type: string): Category | undefined {
  return OBJECT_TYPES.get(type)?.category;
}

/** What some types need beyond their tables. */
const SPECIALS: Readonly<Record<string, Special>> = {
  indicator: checkIndicator,
  relationship: (object, walk) => checkRelationship(object, walk, categoryOf),
  "marking-definition": checkMarking,
  "extension-definition": checkExtensionDefinition,
  "observed-data": (object, walk) => checkObservedData(object, walk, categoryOf),
  "network-traffic": checkNetworkTraffic,
  "email-message": checkEmailMessage,
  custom: checkCustomObject,
  "custom-observable": checkCustomObject,
  "external-reference": checkExternalReference,
  "granular-marking": checkGranularMarking,
};

const compiledTypes: Readonly<Record<Edition, Map<ObjectType, CompiledType>>> = {
  "2.1": new Map(),
  "2.0": new Map(),
  "2.0-lenient": new Map(),
  either: new Map(),
};

/** The compiled table of a type; tables are compiled at first use and kept. */
export function compiledType(type: ObjectType, edition: Edition): CompiledType {
  const known = compiledTypes[edition].get(type);
  if (known !== undefined) {
    return known;
  }
  const compiled = compile(type, edition);
  compiledTypes[edition].set(type, compiled);
  return compiled;
}

/** The table for a type that the standard does not define. */
export function customType(isObservable: boolean, edition: Edition): CompiledType {
  return compiledType(isObservable ? CUSTOM_TYPES.observable : CUSTOM_TYPES.object, edition);
}

function compile(type: ObjectType, edition: Edition): CompiledType {
  const slots = type.properties.map((property) => compileProperty(property, type, edition));
  const properties = slots.filter((each) => each !== undefined);
  return {
    type,
    slots,
    properties,
    known: new Map(properties.map((each) => [each.name, each])),
    demanded: properties.filter(({ missing }) => missing !== undefined),
    order: type.order,
    rules: type.rules.filter((each) => holdsIn(each.in ?? "both", edition)),
    special: SPECIALS[type.name],
    translatable: translatableOf(properties),
    read: readByKeys,
    readAll: READERS.get(type.name) ?? readByTable,
  };
}

/** Properties whose texts are written for people. */
const FOR_PEOPLE: ReadonlySet<string> = new Set([
  "abstract",
  "content",
  "description",
  "explanation",
  "goals",
  "name",
  "objective",
]);

function translatableOf(properties: readonly CompiledProperty[]): readonly string[] {
  const names = properties.map(({ name }) => name);
  return names.includes("lang") ? names.filter((name) => FOR_PEOPLE.has(name)) : [];
}

function holdsIn(versions: "both" | "2.0" | "2.1", edition: Edition): boolean {
  const version = edition === "2.1" ? "2.1" : edition === "either" ? "" : "2.0";
  return versions === "both" || versions === version;
}

/** Names whose absence has a rule of its own. */
const MISSING_RULES: Readonly<Record<string, RuleId>> = {
  type: "type.present",
  id: "id.present",
  created: "created.present",
  modified: "modified.present",
  spec_version: "spec_version.present",
};

/** Names that an empty string does not fill. */
const NEVER_EMPTY: ReadonlySet<string> = new Set([
  "id",
  "type",
  "created",
  "modified",
  "pattern",
  "pattern_type",
  "valid_from",
]);

function compileProperty(
  property: Property,
  type: ObjectType,
  edition: Edition,
): CompiledProperty | undefined {
  const presence = presenceIn(property, edition);
  if (presence === "absent") {
    return undefined;
  }
  const { name } = property;
  const isTopLevel = type.category !== "nested" && type.category !== "extension";
  const kind = kindIn(property, edition);
  return {
    name,
    check: (isTopLevel ? headCheck(name, type) : undefined) ?? checkOf(kind, { type, edition }),
    likely: isTopLevel && name === "id" ? type.name : likelyTarget(kind),
    missing: presence === "required" ? missingRule(property, type, isTopLevel) : undefined,
    mayBeEmpty: !(isTopLevel && NEVER_EMPTY.has(name)),
    isPlain: PLAIN_TESTS[plainNameOf(property, type)],
  };
}

function likelyTarget(kind: Kind): string | undefined {
  const item = kind.is === "list" ? kind.of : kind;
  return item.is === "identifier" ? item.targets.types[0] : undefined;
}

function presenceIn({ in21, in20 }: Property, edition: Edition): Presence {
  switch (edition) {
    case "2.1":
      return in21;
    case "2.0":
      return in20;
    case "2.0-lenient":
      return in20 === "absent" && in21 !== "absent" ? "optional" : in20;
    case "either":
      return in21 === "required" && in20 === "required" ? "required" : "optional";
  }
}

/** The kind of a property; where both versions count, the one that allows more. */
function kindIn({ kind21, kind20, in21, in20 }: Property, edition: Edition): Kind {
  if (edition === "2.1" || edition === "2.0") {
    return edition === "2.1" ? kind21 : kind20;
  }
  if (kind20.is === "dictionary" && kind21.is === "dictionary" && kind20.values !== kind21.values) {
    return { ...kind21, values: "any" };
  }
  return in21 === "absent" || (edition === "2.0-lenient" && in20 === "required") ? kind20 : kind21;
}

function missingRule(
  { name, in21, in20 }: Property,
  type: ObjectType,
  isTopLevel: boolean,
): RuleId {
  // The version of a bundle is a property of 2.0 like any other.
  const isHead = isTopLevel && !(type.category === "bundle" && name === "spec_version");
  const own = isHead ? MISSING_RULES[name] : type.requiredRule;
  if (own !== undefined) {
    return own;
  }
  if (!type.in20 || (in21 === "required" && in20 === "required")) {
    return "required";
  }
  return in21 === "required" ? "required.21" : "required.20";
}

/** Checks of properties whose meaning is fixed by their name. */
function headCheck(name: string, type: ObjectType): Check | undefined {
  switch (name) {
    case "id":
      return type.category === "sco" ? checkObservableId(type) : checkObjectId(type);
    case "spec_version":
      return type.category === "bundle" ? checkBundleVersion : checkSpecVersion;
    default:
      return undefined;
  }
}

const checkSpecVersion: Check = (value, key, walk) => {
  if (value !== "2.0" && value !== "2.1") {
    report(walk, "spec_version.value", key, { reason: "Expected 2.0 or 2.1", value });
  }
};

const checkBundleVersion: Check = (value, key, walk) => {
  if (value !== "2.0") {
    report(walk, "spec_version.value", key, { reason: "Expected 2.0 on a 2.0 bundle", value });
  }
};

/** What a kind's check may depend on beside the kind: the type that holds it, and the edition. */
interface Place {
  readonly type: ObjectType;
  readonly edition: Edition;
}

type Makers = {
  readonly [Name in Kind["is"]]: (kind: Extract<Kind, { is: Name }>, place: Place) => Check;
};

/** How the check of each kind is made. */
const MAKERS: Makers = {
  string: stringCheck,
  boolean: () => checkFlag,
  integer: integerCheck,
  confidence: () => checkConfidence,
  float: floatCheck,
  timestamp: timestampCheck,
  hex: () => checkHex,
  binary: () => checkBinary,
  language: () => checkLanguage,
  identifier: (kind, { type }) => identifierCheck(kind, categoryOf, type.category),
  vocabulary: ({ name }) => vocabularyCheck(name),
  enumeration: ({ name }) => vocabularyCheck(name),
  list: ({ of }, place) => listCheck(checkOf(of, place)),
  hashes: hashesCheck,
  dictionary: dictionaryCheck,
  nested: ({ type }, { edition }) => nestedCheck(type, edition),
  extensions: (_kind, { type, edition }) =>
    extensionsCheck(type.name, (key) => extensionNamed(key, edition)),
  observables: (_kind, { edition }) => containerCheck(edition),
  translations: () => checkTranslations,
  marking: () => checkMarkingDefinition,
  objects: () => listCheck(checkIsObject),
};

/** Makes the check of a kind. */
function checkOf(kind: Kind, place: Place): Check {
  const make = MAKERS[kind.is] as (kind: Kind, place: Place) => Check;
  return make(kind, place);
}

function extensionNamed(key: string, edition: Edition): CompiledType | undefined {
  const type = PREDEFINED_EXTENSIONS.get(key);
  return type === undefined ? undefined : compiledType(type, edition);
}

function containerCheck(edition: Edition): Check {
  const inner: Edition = edition === "2.1" ? "either" : edition;
  return observablesCheck(
    (name) => {
      const member = OBJECT_TYPES.get(name);
      return member?.category === "sco" ? compiledType(member, inner) : undefined;
    },
    () => customType(true, inner),
  );
}

const checkIsObject: Check = (value, key, walk) => {
  if (!isObject(value)) {
    reportKind(walk, key, "an object", value);
  }
};

function nestedCheck(name: string, edition: Edition): Check {
  const type = NESTED_TYPES.get(name);
  if (type === undefined) {
    throw new Error(`no nested type is named ${name}`);
  }
  const { stringRule } = type;
  return (value, key, walk) => {
    if (isObject(value)) {
      walk.path.push(key);
      walkObject(value, compiledType(type, edition), walk);
      walk.path.pop();
    } else if (typeof value === "string" && stringRule !== undefined) {
      report(walk, stringRule, key, { reason: "Expected an object", value });
    } else {
      reportKind(walk, key, "an object", value);
    }
  };
}
