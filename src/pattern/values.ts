/**
 * Follows an object path through an observed object: into properties, dictionaries and lists, and over
 * references to other objects of the same observation. A path can end at many values, or at none.
 *
 * @see STIX 2.1 §9.7
 */
import { type Budget, spend } from "./budget.ts";
import { isObject, type Observation, type ObservedObject } from "./observation.ts";
import { octetsOfBase64, octetsOfHex } from "./octets.ts";
import type { ObjectPath, Step } from "./pattern.ts";

/** A value of a type that no constant compares with: bytes that do not decode. */
const UNREADABLE: ObservedObject = Object.freeze({});

/** The values at the end of a path; bytes are decoded. Costs a step for every value on the way. */
export function valuesAt(
  root: ObservedObject,
  path: ObjectPath,
  observation: Observation,
  budget: Budget,
): readonly unknown[] {
  const values = follow(root, path.steps, observation, budget);
  const decode = decoderOf(path);
  return decode === undefined
    ? values
    : values.map((value) => (typeof value === "string" ? (decode(value) ?? UNREADABLE) : value));
}

/** Whether the last step of a path finds something, whatever its content. */
export function isPresent(
  root: ObservedObject,
  path: ObjectPath,
  observation: Observation,
  budget: Budget,
): boolean {
  const parents = follow(root, path.steps.slice(0, -1), observation, budget);
  const last = path.steps.at(-1);
  return parents.some((parent) =>
    typeof last === "string"
      ? isObject(parent) && Object.hasOwn(parent, last)
      : itemsOf(parent, last ?? null).length > 0,
  );
}

function follow(
  root: ObservedObject,
  steps: readonly Step[],
  observation: Observation,
  budget: Budget,
): readonly unknown[] {
  let values: readonly unknown[] = [root];
  for (const step of steps) {
    const next = values.flatMap((value) =>
      typeof step === "string" ? propertyOf(value, step, observation) : itemsOf(value, step),
    );
    // References can lead to one object on many ways; taking it once keeps cycles from multiplying.
    values = next.length > 1 ? [...new Set(next)] : next;
    if (values.length === 0 || !spend(budget, next.length)) {
      return [];
    }
  }
  return values;
}

/** The property's value in a list of its own, or an empty list where it is absent. */
function propertyOf(value: unknown, key: string, observation: Observation): readonly unknown[] {
  if (!isObject(value) || !Object.hasOwn(value, key)) {
    return [];
  }
  const content = value[key];
  if (key.endsWith("_ref") && typeof content === "string") {
    const target = observation.objects.get(content);
    return target === undefined ? [] : [target];
  }
  if (key.endsWith("_refs") && Array.isArray(content)) {
    // An unresolved reference keeps its place in the list but has no value.
    return [
      content.map((id: unknown) => (typeof id === "string" ? observation.objects.get(id) : id)),
    ];
  }
  return [content];
}

/** One item of a list, or all of them for `[*]`. */
function itemsOf(value: unknown, index: number | null): readonly unknown[] {
  if (!Array.isArray(value)) {
    return [];
  }
  const items: readonly unknown[] =
    index === null ? value : index < 0 ? [] : value.slice(index, index + 1);
  return items.filter((item) => item !== undefined);
}

/** The decoding that the name of the last key asks for. */
function decoderOf({ steps }: ObjectPath): ((text: string) => unknown) | undefined {
  const key = steps.findLast((step) => typeof step === "string");
  if (key?.endsWith("_hex") === true) {
    return octetsOfHex;
  }
  return key?.endsWith("_bin") === true ? octetsOfBase64 : undefined;
}
