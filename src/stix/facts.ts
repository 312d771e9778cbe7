/** What is kept beside a valid object, so that nobody has to read it again to find or sort it. */

import type { SpecVersion } from "./kinds.ts";
import { tlpOf } from "./marking.ts";
import { confidenceOf } from "./scalar-checks.ts";
import { strictForm } from "./timestamp.ts";
import type { JsonObject, Walk } from "./walk.ts";

/** Facts of one object; timestamps in UTC with as many fraction digits as received. */
export interface ObjectFacts {
  readonly stixId: string;
  readonly type: string;
  readonly specVersion: SpecVersion;
  readonly created: string | null;
  readonly modified: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly name: string | null;
  /** 0 to 100. */
  readonly confidence: number | null;
  /** `white`, `green`, `amber`, `amber+strict`, `red`, or null. */
  readonly tlp: string | null;
  readonly labels: readonly string[];
  readonly revoked: boolean;
  /** Values that a STIX pattern pins, each key and value once, in reading order. */
  readonly observables: readonly { readonly key: string; readonly value: string }[];
}

/** Shared by the many objects that have none. */
const NONE: readonly never[] = Object.freeze([]);

/** The facts of an object that was found valid. */
export function factsOf(
  object: JsonObject,
  specVersion: SpecVersion,
  walk: Walk,
  options: { readonly tlpGreenAlias: boolean },
): ObjectFacts {
  const confidence = confidenceOf(object["confidence"]);
  const refs = object["object_marking_refs"];
  return {
    stixId: textOf(object["id"]) ?? "",
    type: textOf(object["type"]) ?? "",
    specVersion,
    created: timeOf(object["created"]),
    modified: timeOf(object["modified"]),
    validFrom: timeOf(object["valid_from"]),
    validUntil: timeOf(object["valid_until"]),
    name: textOf(object["name"]),
    confidence: typeof confidence === "number" ? confidence : null,
    tlp: refs === undefined ? null : tlpOf(refs, options),
    labels: labelsOf(object["labels"]),
    revoked: object["revoked"] === true,
    observables: pinnedBy(walk.observables),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function timeOf(value: unknown): string | null {
  return typeof value === "string" ? strictForm(value) : null;
}

function labelsOf(labels: unknown): readonly string[] {
  return Array.isArray(labels) && labels.length > 0 ? onlyTexts(labels) : NONE;
}

/** The texts of a list: the list itself where it holds nothing else. */
function onlyTexts(list: readonly unknown[]): readonly string[] {
  const isText = (each: unknown): each is string => typeof each === "string";
  for (let index = 0; index < list.length; index += 1) {
    if (!isText(list[index])) {
      return list.filter(isText);
    }
  }
  return list as readonly string[];
}

function pinnedBy(observables: Walk["observables"]): ObjectFacts["observables"] {
  const [first] = observables;
  if (first === undefined) {
    return NONE;
  }
  // Nearly every pattern pins one value, which needs no call for each.
  return observables.length === 1
    ? [{ key: first.key, value: first.value }]
    : observables.map(({ key, value }) => ({ key, value }));
}
