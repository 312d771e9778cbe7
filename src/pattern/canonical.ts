/**
 * The one spelling of constants and hash names, under which equal things become equal texts: digests and
 * hexadecimal in lower case, addresses as RFC 5952 writes them, hash algorithms as the vocabulary does.
 */
import { addressBlockOf, isIpv4, printAddressBlock } from "./address.ts";
import { hashAlgorithmAt } from "./check.ts";
import type { Literal, ObjectPath } from "./pattern.ts";

/** Object types whose values do not depend on case. */
const CASELESS_TYPES: ReadonlySet<string> = new Set(["domain-name", "mac-addr"]);

/** The path with the vocabulary's spelling of the hash algorithm; the same path where it names none. */
export function canonicalPath(path: ObjectPath): ObjectPath {
  const algorithm = path.steps.length > 1 ? hashAlgorithmAt(path) : undefined;
  if (algorithm === undefined || path.steps.at(-1) === algorithm.name) {
    return path;
  }
  return { ...path, steps: [...path.steps.slice(0, -1), algorithm.name] };
}

/**
 * The constant in its one spelling. Numbers, hexadecimal and digests keep their meaning exactly; names and
 * addresses keep it for the network, though not for a comparison character by character.
 */
export function canonicalValue(path: ObjectPath, literal: Literal): string {
  const { kind, text } = literal;
  if (kind === "integer" || kind === "float") {
    return canonicalNumber(text);
  }
  if (kind === "hex") {
    return text.toLowerCase();
  }
  if (kind !== "string") {
    return text;
  }
  if (hashAlgorithmAt(path)?.hexadecimal === true) {
    return text.toLowerCase();
  }
  if (path.steps.length === 1 && path.steps[0] === "value" && CASELESS_TYPES.has(path.type)) {
    return text.toLowerCase();
  }
  return canonicalAddress(path, text);
}

/** Addresses stand under `value`, of an address object or behind a reference. */
function canonicalAddress(path: ObjectPath, text: string): string {
  if (path.steps[path.steps.length - 1] !== "value" || text.length === 0) {
    return text;
  }
  const isAddressType = path.type === "ipv4-addr" || path.type === "ipv6-addr";
  if (!isAddressType && path.steps.length === 1) {
    return text;
  }
  // A single IPv4 address has only one spelling.
  const block = isIpv4(text) ? undefined : addressBlockOf(text);
  return block === undefined ? text : printAddressBlock(block);
}

/** A number without plus sign, needless zeros and negative zero. Digits beyond the exact range stay. */
export function canonicalNumber(text: string): string {
  const isNegative = text.startsWith("-");
  const digits = isNegative || text.startsWith("+") ? text.slice(1) : text;
  const [whole = "", fraction = ""] = digits.split(".");
  const wholePart = withoutLeadingZeros(whole);
  const fractionPart = withoutTrailingZeros(fraction);
  const magnitude = fractionPart === "" ? wholePart : `${wholePart}.${fractionPart}`;
  return isNegative && magnitude !== "0" ? `-${magnitude}` : magnitude;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits.charAt(start) === "0") {
    start++;
  }
  return digits.slice(start) || "0";
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charAt(end - 1) === "0") {
    end--;
  }
  return digits.slice(0, end);
}
