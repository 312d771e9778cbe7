/**
 * What may be changed by hand. Intelligence that a source sent belongs to the source: only what says how it is used
 * here may be changed. What was made here may be changed in all but its identity.
 * @see Microsoft Learn, "Work with threat intelligence": partner objects allow tags, expiration, confidence, revoked
 */
import type { Provenance } from "../wire/index.ts";

/** Source of what is made here by hand; uploads may not use it. @see Upload API, "sourcesystem" */
export const OWN_SOURCE = "Microsoft Sentinel";

/** Whose an object is. */
export function provenanceOf(sourceSystem: string): Provenance {
  return sourceSystem === OWN_SOURCE ? "own" : "sourced";
}

/** Properties of a sourced object that may be changed. */
export const SOURCED_EDITABLE: readonly string[] = [
  "labels",
  "confidence",
  "valid_until",
  "revoked",
];

/** Properties that make an object what it is. */
const IDENTITY: readonly string[] = ["id", "type", "spec_version", "created"];

/** Whether a property may be changed by hand. */
export function mayEdit(provenance: Provenance, property: string): boolean {
  return provenance === "sourced"
    ? SOURCED_EDITABLE.includes(property)
    : !IDENTITY.includes(property);
}
