/** Kinds that hold whole objects: `observed-data.objects`, translations, and the members of a marking. */

import { checkMembers } from "./collection-checks.ts";
import { extensionTypesOf } from "./extension-types.ts";
import { isTypeName } from "./identifier.ts";
import { readLanguageTag } from "./language-tag.ts";
import { type CompiledType, walkObject } from "./object-walk.ts";
import { reportKind } from "./scalar-checks.ts";
import { type Check, checkFree, isObject, type JsonObject, report, type Walk } from "./walk.ts";

/** Tables of observables by type; the answer for a custom type has only the common properties. */
export type ObservableLookup = (type: string) => CompiledType | undefined;

/** A container of observables whose references are its own keys. @see STIX 2.1 §2.13 */
export function observablesCheck(lookup: ObservableLookup, custom: () => CompiledType): Check {
  return (value, key, walk) => {
    const outer = walk.container;
    walk.container = isObject(value) ? value : outer;
    if (walk.settings.version === "2.1") {
      report(walk, "object.should", key, { reason: "objects is deprecated, use object_refs" });
    }
    checkMembers(value, key, walk, (name, member) => {
      if (!/^\d{1,9}$/.test(name)) {
        report(walk, "object.should", name, { reason: "A key should be a number", value: name });
      }
      checkMember(member, name, walk, { lookup, custom });
    });
    walk.container = outer;
  };
}

function checkMember(
  member: unknown,
  name: string,
  walk: Walk,
  tables: { readonly lookup: ObservableLookup; readonly custom: () => CompiledType },
): void {
  if (!isObject(member)) {
    reportKind(walk, name, "an object", member);
    return;
  }
  const type = member["type"];
  walk.path.push(name);
  if (typeof type !== "string") {
    report(walk, "required", "type", { reason: "Required property is missing", value: type });
  } else {
    const table = tables.lookup(type);
    if (type === "action") {
      report(walk, "type.reserved", "type", { reason: "The type name is reserved", value: type });
    } else if (table === undefined) {
      checkCustomType(type, member, walk);
    }
    walkObject(member, table ?? tables.custom(), walk);
  }
  walk.path.pop();
}

/** Types of extension that define a type of object. */
const NEW_TYPES = ["new-sdo", "new-sro", "new-sco"] as const;

/** Remarks about a type that the standard does not define. */
export function checkCustomType(type: string, object: JsonObject, walk: Walk): void {
  const isDefined = NEW_TYPES.some((each) => extensionTypesOf(object).includes(each));
  if (!isTypeName(type)) {
    const reason =
      "A type name is 3 to 250 characters of a-z, 0-9 and single hyphens, letter first";
    report(walk, "type.syntax", "type", { reason, value: type });
  } else if (!type.startsWith("x-") && !isDefined) {
    const reason = "A custom type should bring its extension, or begin with x-";
    report(walk, "ext.newtype", "type", { reason, value: type });
  }
}

/** Translations by language: objects that mirror properties of another object. @see STIX 2.1 §7.1 */
export const checkTranslations: Check = (value, key, walk) => {
  checkMembers(value, key, walk, (tag, translation) => {
    if (readLanguageTag(tag) === undefined) {
      report(walk, "lang.form", tag, { reason: "Expected a language tag of RFC 5646", value: tag });
    }
    if (isObject(translation)) {
      checkTranslated(translation, tag, walk);
      checkFree(translation, tag, walk);
    } else {
      reportKind(walk, tag, "an object", translation);
    }
  });
};

/** Only texts are translated: numbers and truth values have no place, at any depth. */
function checkTranslated(value: unknown, key: string | number, walk: Walk): void {
  if (typeof value === "number" || typeof value === "boolean") {
    report(walk, "dict.value", key, { reason: "Expected a text, a list or an object", value });
    return;
  }
  // What is nested too deep is reported by the walk through free values.
  if (typeof value !== "object" || value === null || walk.path.length > TRANSLATION_DEPTH_MAX) {
    return;
  }
  walk.path.push(key);
  const members = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [name, member] of members) {
    checkTranslated(member, name, walk);
  }
  walk.path.pop();
}

/** Deeper than any property that can be translated. */
const TRANSLATION_DEPTH_MAX = 32;

/** `definition` of a marking; what it must hold depends on its type. */
export const checkMarkingDefinition: Check = (value, key, walk) => {
  if (isObject(value)) {
    checkFree(value, key, walk);
  } else {
    reportKind(walk, key, "an object", value);
  }
};
