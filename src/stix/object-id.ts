/** Checks of an object's own id. STIX 2.1 §2.9. */

import { observableId } from "./deterministic-id.ts";
import { readIdentifier, uuidVersionOf } from "./identifier.ts";
import type { ObjectType } from "./object-type.ts";
import { CUSTOM_TYPES } from "./tables.ts";
import { type Check, checkLength, isOn, report, type Walk } from "./walk.ts";

/** Checks of the id of an object that is no observable. */
export function checkObjectId(type: ObjectType): Check {
  return (value, key, walk) => {
    const version = checkForm(value, key, walk, type);
    if (version !== 4 && version > 0) {
      report(walk, "id.v4", key, { reason: "The UUID is not of version 4", value });
    }
  };
}

/** Checks of the id of an observable: made from its properties where it has such, random otherwise. */
export function checkObservableId(type: ObjectType): Check {
  const contributing = type.contributing ?? [];
  return (value, key, walk) => {
    const version = checkForm(value, key, walk, type);
    if (version === 0 || isCustom(type) || walk.container !== undefined) {
      return;
    }
    if (!contributing.some((name) => walk.root[name] !== undefined)) {
      if (version !== 4) {
        const reason = "Without the properties that make an id, the UUID is of version 4";
        report(walk, "id.sco4", key, { reason, value });
      }
    } else if (version !== 5) {
      const reason = "The UUID should be of version 5, made from the properties";
      report(walk, "id.sco5", key, { reason, value });
    } else if (isOn(walk, "id.scoValue")) {
      checkValue(value, key, walk);
    }
  };
}

/** A UUID of version 5 should be the one that the rule gives; producers may have rules of their own. */
function checkValue(value: unknown, key: string | number, walk: Walk): void {
  const expected = observableId(walk.root);
  if (expected !== undefined && expected !== value) {
    report(walk, "id.scoValue", key, { reason: `The standard's rule gives ${expected}`, value });
  }
}

function isCustom(type: ObjectType): boolean {
  return type === CUSTOM_TYPES.object || type === CUSTOM_TYPES.observable;
}

/** The version digit of the UUID; 0 where the id has none. */
function checkForm(value: unknown, key: string | number, walk: Walk, type: ObjectType): number {
  if (typeof value !== "string") {
    report(walk, "kind", key, { reason: "Expected an identifier", value });
    return 0;
  }
  const version = uuidVersionOf(type.name, value);
  if (version > 0) {
    return version;
  }
  checkLength(value, key, walk);
  const identifier = readIdentifier(value);
  const own = isCustom(type) ? walk.root["type"] : type.name;
  if (identifier?.type !== own) {
    const reason =
      typeof own === "string"
        ? `The id should begin with ${own.slice(0, 50)}--`
        : "The id should begin with the type";
    report(walk, "id.prefix", key, { reason, value });
  }
  if (identifier !== undefined && identifier.uuidVersion > 0) {
    return identifier.uuidVersion;
  }
  report(walk, "id.uuid", key, { reason: "Expected a UUID behind the type", value });
  return 0;
}
