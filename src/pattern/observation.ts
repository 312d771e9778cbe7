/**
 * Observations, the things that patterns are matched against, and how observed-data becomes one: in 2.0 with
 * the objects embedded under local keys, in 2.1 with references to objects beside it.
 *
 * @see STIX 2.1 §4.14 and §9.2; STIX 2.0 part 2 §2.8
 */
import { compareTimestamps, isTimestamp } from "./timestamp.ts";

/** An object as JSON gives it. */
export type ObservedObject = Readonly<Record<string, unknown>>;

/** Something seen, once or several times, at unknown moments of an interval. */
export interface Observation {
  /** RFC 3339 in UTC, any precision. */
  readonly first_observed: string;
  /** Not before first_observed. */
  readonly last_observed: string;
  /** How often it was seen; at least 1. */
  readonly number_observed: number;
  /** The objects that were seen, by local key (2.0) or id (2.1); references resolve among them only. */
  readonly objects: ReadonlyMap<string, ObservedObject>;
}

/** A remark on why something could not be evaluated; the match was decided without it. */
export interface MatchDiagnostic {
  readonly code: "observation" | "expression" | "steps";
  readonly message: string;
}

/** Observations read from STIX objects, and remarks on what could not be read. */
export interface ObservationsResult {
  readonly observations: readonly Observation[];
  readonly diagnostics: readonly MatchDiagnostic[];
}

/** What makes an observation usable, before it is known to. */
interface Times {
  readonly first_observed?: unknown;
  readonly last_observed?: unknown;
  readonly number_observed?: unknown;
}

type Index = ReadonlyMap<string, ObservedObject>;

/**
 * Reads observations out of STIX objects: observed-data of both versions, the cyber-observable objects that
 * observed-data of 2.1 refers to, and bundles of them. A reference is looked up in its own bundle first.
 * Unusable observed-data is left out with a diagnostic; other objects are passed over. Never throws.
 *
 * @param objects parsed JSON, in any order
 */
export function observationsOf(objects: readonly unknown[]): ObservationsResult {
  const containers = objects.filter(isObject).map(contentOf);
  const everywhere = indexOf(containers.flat());
  const observations: Observation[] = [];
  const diagnostics: MatchDiagnostic[] = [];
  for (const container of containers) {
    const nearby = container.length > 1 ? indexOf(container) : everywhere;
    for (const object of container.filter(isObservedData)) {
      const problem = problemOf(object);
      if (problem === undefined) {
        observations.push(observationOf(object, [nearby, everywhere]));
      } else {
        const message = `${nameOf(object)} is left out: ${problem}`;
        diagnostics.push({ code: "observation", message });
      }
    }
  }
  return { observations, diagnostics };
}

export function isObject(value: unknown): value is ObservedObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a bundle, or the object itself. */
function contentOf(object: ObservedObject): readonly ObservedObject[] {
  const { type, objects } = object;
  return type === "bundle" && Array.isArray(objects) ? objects.filter(isObject) : [object];
}

function indexOf(objects: readonly ObservedObject[]): Index {
  const index = new Map<string, ObservedObject>();
  for (const object of objects) {
    const { id } = object;
    if (typeof id === "string" && !isObservedData(object)) {
      index.set(id, object);
    }
  }
  return index;
}

/** Observed-data is known by what it holds, so that containers of other names can be matched too. */
function isObservedData({ type, objects, object_refs }: ObservedObject): boolean {
  return type === "observed-data" || isObject(objects) || Array.isArray(object_refs);
}

/** Why an observation cannot be used; undefined when it can. */
export function problemOf(object: Times): string | undefined {
  const { first_observed, last_observed, number_observed } = object;
  if (typeof first_observed !== "string" || !isTimestamp(first_observed)) {
    return "first_observed is no timestamp in UTC";
  }
  if (typeof last_observed !== "string" || !isTimestamp(last_observed)) {
    return "last_observed is no timestamp in UTC";
  }
  if (compareTimestamps(first_observed, last_observed) > 0) {
    return "last_observed is before first_observed";
  }
  const isCount = typeof number_observed === "number" && Number.isSafeInteger(number_observed);
  return isCount && number_observed >= 1 ? undefined : "number_observed is no integer above 0";
}

function observationOf(object: ObservedObject, indexes: readonly Index[]): Observation {
  const found = new Map<string, ObservedObject>();
  const { objects, object_refs } = object;
  if (isObject(objects)) {
    for (const [key, value] of Object.entries(objects)) {
      if (isObject(value)) {
        found.set(key, value);
      }
    }
  }
  for (const id of Array.isArray(object_refs) ? object_refs : []) {
    const target = indexes.map((index) => index.get(id)).find((candidate) => candidate);
    if (typeof id === "string" && target !== undefined) {
      found.set(id, target);
    }
  }
  return {
    first_observed: String(object["first_observed"]),
    last_observed: String(object["last_observed"]),
    number_observed: Number(object["number_observed"]),
    objects: found,
  };
}

function nameOf({ id }: ObservedObject): string {
  return typeof id === "string" ? id.slice(0, 100) : "observed-data without an id";
}
