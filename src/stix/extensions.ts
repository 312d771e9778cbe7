/** The extension facility and the predefined extensions of observables. STIX 2.1 §7.3. */

import { checkDictionaryKey, checkMembers } from "./collection-checks.ts";
import { readIdentifier } from "./identifier.ts";
import { type CompiledType, walkObject } from "./object-walk.ts";
import { isPropertyName } from "./property-names.ts";
import { vocabularyNamed } from "./vocabularies.ts";
import { type Check, checkFree, isObject, type JsonObject, report, type Walk } from "./walk.ts";

/** The compiled table of a predefined extension; undefined for any other key. */
export type ExtensionLookup = (key: string) => CompiledType | undefined;

/** Checks `extensions` of an object of this type. */
export function extensionsCheck(host: string, lookup: ExtensionLookup): Check {
  return (value, key, walk) => {
    if (!isObject(value)) {
      report(walk, "kind.extensions", key, { reason: "Expected an object", value });
      return;
    }
    checkMembers(value, key, walk, (name, extension) => {
      const predefined = lookup(name);
      if (predefined !== undefined && predefined.type.extends === host) {
        checkPredefined(extension, name, walk, predefined);
      } else {
        checkDictionaryKey(name, walk, false);
        checkDefined(extension, name, walk);
      }
    });
  };
}

function checkPredefined(value: unknown, key: string, walk: Walk, predefined: CompiledType): void {
  if (!isObject(value)) {
    report(walk, "ext.predefined", key, { reason: "Expected an object", value });
    return;
  }
  walk.path.push(key);
  walk.insideExtension = true;
  walkObject(value, predefined, walk);
  walk.insideExtension = false;
  walk.path.pop();
}

const DEFINITION = "extension-definition";

function checkDefined(value: unknown, key: string, walk: Walk): void {
  const identifier = readIdentifier(key);
  const isById = identifier?.type === DEFINITION && identifier.uuidVersion > 0;
  if (!isById) {
    const reason = "A key should be extension-definition--<UUID> or a predefined extension";
    report(walk, "ext.key", key, { reason, value: key });
  }
  if (!isObject(value)) {
    report(walk, "kind.extensions", key, { reason: "Expected an object", value });
    return;
  }
  if (isById || value["extension_type"] !== undefined) {
    checkFacility(value, key, walk);
  }
  checkFree(value, key, walk);
}

function checkFacility(extension: JsonObject, key: string, walk: Walk): void {
  const type = extension["extension_type"];
  const { values21 } = vocabularyNamed("extension-type-enum");
  walk.path.push(key);
  if (typeof type !== "string" || !values21.has(type)) {
    const reason = `Expected one of ${[...values21].join(", ")}`;
    report(walk, "ext.type", "extension_type", { reason, value: type });
  }
  for (const name of Object.keys(extension)) {
    if (!isPropertyName(name, walk)) {
      const reason = "A property name is 3 to 250 characters of a-z, 0-9 and _, letter first";
      report(walk, "name.syntax", name, { reason, value: name });
    }
  }
  walk.path.pop();
}
