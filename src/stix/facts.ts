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

/** The facts of an object that was found valid. */
export function factsOf(
  object: JsonObject,
  specVersion: SpecVersion,
  walk: Walk,
  options: { readonly tlpGreenAlias: boolean },
): ObjectFacts {
  return {
    stixId: textAt(object, "id") ?? "",
    type: textAt(object, "type") ?? "",
    specVersion,
    created: timeAt(object, "created"),
    modified: timeAt(object, "modified"),
    validFrom: timeAt(object, "valid_from"),
    validUntil: timeAt(object, "valid_until"),
    name: textAt(object, "name"),
    confidence: confidenceAt(object),
    tlp: tlpOf(object["object_marking_refs"], options),
    labels: labelsAt(object),
    revoked: object["revoked"] === true,
    observables: walk.observables.map(({ key, value }) => ({ key, value })),
  };
}

function textAt(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === "string" ? value : null;
}

function timeAt(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === "string" ? strictForm(value) : null;
}

function confidenceAt(object: JsonObject): number | null {
  const value = confidenceOf(object["confidence"]);
  return typeof value === "number" ? value : null;
}

function labelsAt(object: JsonObject): readonly string[] {
  const labels = object["labels"];
  return Array.isArray(labels) ? labels.filter((each) => typeof each === "string") : [];
}
