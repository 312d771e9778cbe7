/**
 * Which plain test can accept a property at once, chosen from its kinds. The printed validators and the loop
 * over an object's own keys both go by it.
 */

import type { Kind } from "./kinds.ts";
import type { ObjectType, Property } from "./object-type.ts";

/** Names of the plain tests; `any` accepts nothing without its check. */
export type PlainName =
  | "any"
  | "confidence"
  | "flag"
  | "identifier"
  | "identifiers"
  | "language"
  | "phases"
  | "reference"
  | "term"
  | "terms"
  | "text"
  | "texts"
  | "time"
  | "version"
  | "versionTime";

/** The test for a property in both versions. Names that have a check of their own come first. */
export function plainNameOf(property: Property, { category }: ObjectType): PlainName {
  const { name, kind21, kind20 } = property;
  const isTopLevel = category !== "nested" && category !== "extension";
  if (isTopLevel && name === "id") {
    return category === "sco" ? "any" : "identifier";
  }
  if (isTopLevel && name === "spec_version") {
    return category === "bundle" ? "any" : "version";
  }
  // Observables, and what stands in them, may be in a container, where references are keys.
  if (category !== "sdo" && category !== "sro" && category !== "smo" && isReference(kind21)) {
    return "any";
  }
  const [in21, in20] = [nameOfKind(kind21), nameOfKind(kind20)];
  return in21 === in20 ? in21 : (MORE_DEMANDING[`${in21} ${in20}`] ?? "any");
}

/** Of two tests, the one that accepts nothing that the other would not. */
const MORE_DEMANDING: Readonly<Record<string, PlainName>> = { "texts terms": "terms" };

function isReference(kind: Kind): boolean {
  const item = kind.is === "list" ? kind.of : kind;
  return item.is === "identifier" && item.rule === "ref.target";
}

function nameOfKind(kind: Kind): PlainName {
  switch (kind.is) {
    case "string":
      return kind.syntax === undefined && kind.advice === undefined ? "text" : "any";
    case "boolean":
      return "flag";
    case "confidence":
    case "language":
      return kind.is;
    case "timestamp":
      return TIME_TESTS[kind.fraction];
    case "vocabulary":
      return "term";
    case "identifier":
      return kind.targets.types.length > 0 ? "reference" : "any";
    case "list":
      if (kind.of.is === "nested") {
        return kind.of.type === "kill-chain-phase" ? "phases" : "any";
      }
      return LIST_TESTS[nameOfKind(kind.of)] ?? "any";
    default:
      return "any";
  }
}

const TIME_TESTS = { any: "time", milliseconds: "versionTime", none: "any" } as const;

const LIST_TESTS: Readonly<Partial<Record<PlainName, PlainName>>> = {
  term: "terms",
  text: "texts",
  reference: "identifiers",
};
