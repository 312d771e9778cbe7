/**
 * Selectors of granular markings: `name`, `name.key`, `name.[0].key`. Syntax, and whether one points at
 * something on the marked object. STIX 2.1 §7.2.3.
 */

import { isObject, type JsonObject, ownValue } from "./walk.ts";

const NAME_LENGTH_MIN = 3;
const NAME_LENGTH_MAX = 250;
/** Longest selector that is followed: deeper objects are refused before. */
const SELECTOR_LENGTH_MAX = 10_000;

/** What became of a selector. */
export type SelectorResult = "found" | "malformed" | "unresolved";

/** Follows a selector into an object. */
export function resolveSelector(selector: string, object: JsonObject): SelectorResult {
  if (selector.length > SELECTOR_LENGTH_MAX) {
    return "malformed";
  }
  if (!selector.includes(".")) {
    return isFirst(selector) ? found(ownValue(object, selector)) : "malformed";
  }
  const components = selector.split(".");
  const isWellFormed = components.every((part, at) => (at === 0 ? isFirst(part) : isLater(part)));
  if (!isWellFormed) {
    return "malformed";
  }
  let value: unknown = object;
  for (const component of components) {
    value = step(value, component);
  }
  return found(value);
}

function found(value: unknown): SelectorResult {
  return value === undefined ? "unresolved" : "found";
}

function step(value: unknown, component: string): unknown {
  if (component.startsWith("[")) {
    return Array.isArray(value) ? value[Number(component.slice(1, -1))] : undefined;
  }
  return isObject(value) ? ownValue(value, component) : undefined;
}

function isFirst(part: string): boolean {
  const isLong = part.length >= NAME_LENGTH_MIN && part.length <= NAME_LENGTH_MAX;
  return part === "id" || (isLong && hasCharacters(part, false));
}

function isLater(part: string): boolean {
  return part.startsWith("[") ? isIndex(part) : part !== "" && hasCharacters(part, true);
}

function isIndex(part: string): boolean {
  const digits = part.slice(1, -1);
  return part.endsWith("]") && digits !== "" && digits.length <= 10 && /^\d+$/.test(digits);
}

function hasCharacters(part: string, anyCase: boolean): boolean {
  for (let at = 0; at < part.length; at += 1) {
    const code = part.charCodeAt(at);
    const isLower = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
    const isUpper = anyCase && code >= 65 && code <= 90;
    if (!isLower && !isUpper && code !== 45 && code !== 95) {
      return false;
    }
  }
  return part.length <= NAME_LENGTH_MAX;
}
