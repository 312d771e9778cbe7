/**
 * Reads an object by its own keys. An object without findings has none in whatever order it is read, and of
 * most objects that is all there is to say: so each is first read in the order in which it came, which needs
 * one look-up for each property that it has and none for those that it lacks. Only where a finding turns up is
 * the object read by its table, which finds everything, in the order of the standard.
 */

import {
  type CompiledProperty,
  type CompiledType,
  checkOrder,
  checkUnknownProperties,
  type Reader,
  readProperty,
} from "./object-walk.ts";
import type { JsonObject, Walk } from "./walk.ts";

/** Reads by keys and, where that fails, by the table. Within an attempt of an outer object it only tells. */
export const readByKeys: Reader = (object, compiled, walk) => {
  if (walk.attempt === "failed") {
    return;
  }
  const isOutermost = walk.attempt === "none";
  walk.attempt = "running";
  if (!isWithoutFindings(object, compiled, walk)) {
    walk.attempt = "failed";
  }
  if (isOutermost) {
    const isRead = walk.attempt === "running";
    walk.attempt = "none";
    if (!isRead) {
      compiled.readAll(object, compiled, walk);
    }
  }
};

function isWithoutFindings(object: JsonObject, compiled: CompiledType, walk: Walk): boolean {
  let demanded = 0;
  let hasUnknown = false;
  for (const key in object) {
    const known = compiled.known.get(key);
    if (known === undefined) {
      hasUnknown = true;
    } else if (isRight(object[key], known, walk)) {
      demanded += known.missing === undefined ? 0 : 1;
    } else {
      return false;
    }
  }
  if (demanded < compiled.demanded.length && lacksAny(object, compiled, walk)) {
    return false;
  }
  if (hasUnknown) {
    checkUnknownProperties(object, compiled, walk);
  }
  for (const order of compiled.order) {
    checkOrder(object[order.later], object[order.earlier], order, walk);
  }
  return walk.attempt === "running";
}

/** Whether a property is there and breaks no rule. */
function isRight(value: unknown, property: CompiledProperty, walk: Walk): boolean {
  if (value === undefined) {
    return false;
  }
  if (!property.isPlain(value, walk, property.likely)) {
    readProperty(value, property, walk);
  }
  return walk.attempt === "running";
}

/** Whether a property is missing whose absence somebody wants to know of. */
function lacksAny(object: JsonObject, { demanded }: CompiledType, walk: Walk): boolean {
  const { severities } = walk.settings;
  return demanded.some(
    ({ name, missing }) =>
      object[name] === undefined && missing !== undefined && severities[missing] !== "off",
  );
}
