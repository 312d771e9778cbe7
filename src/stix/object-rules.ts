/** Rules of single types that fit no table. */

import { COMMON_NAMES } from "./common-properties.ts";
import { readIdentifier } from "./identifier.ts";
import { isPropertyName } from "./property-names.ts";
import type { CategoryOf } from "./scalar-checks.ts";
import { isObject, isOn, type JsonObject, report, type Walk } from "./walk.ts";

/** `extension_properties` need the type of extension that has some. @see STIX 2.1 §7.3.1 */
export function checkExtensionDefinition(object: JsonObject, walk: Walk): void {
  const types = object["extension_types"];
  const properties = object["extension_properties"];
  const isTopLevel = Array.isArray(types) && types.includes("toplevel-property-extension");
  if (object["description"] === undefined) {
    report(walk, "object.should", "description", { reason: "description should be present" });
  }
  if (isTopLevel && properties === undefined) {
    const reason = "extension_properties should name the properties of the extension";
    report(walk, "object.should", "extension_properties", { reason });
  }
  if (properties !== undefined && properties !== null && !isTopLevel) {
    const reason = "extension_properties need toplevel-property-extension among extension_types";
    report(walk, "ext.definition", "extension_properties", { reason });
  }
  if (Array.isArray(properties)) {
    walk.path.push("extension_properties");
    for (const [index, name] of properties.entries()) {
      if (typeof name === "string" && !isPropertyName(name, walk)) {
        const reason = "A property name is 3 to 250 characters of a-z, 0-9 and _, letter first";
        report(walk, "name.syntax", index, { reason, value: name });
      }
    }
    walk.path.pop();
  }
}

/** Header fields that have a property of their own, in lower case. */
const OWN_HEADERS: ReadonlySet<string> = new Set(
  "bcc cc content-type date from received sender subject to".split(" "),
);

/** `additional_header_fields` hold the fields that no property holds. @see STIX 2.1 §6.6.1 */
export function checkEmailMessage(object: JsonObject, walk: Walk): void {
  const fields = object["additional_header_fields"];
  if (!isObject(fields)) {
    return;
  }
  walk.path.push("additional_header_fields");
  for (const name of Object.keys(fields)) {
    if (OWN_HEADERS.has(name.toLowerCase())) {
      const reason = "This header field has a property of its own";
      report(walk, "object.rule", name, { reason, value: fields[name] });
    }
  }
  walk.path.pop();
}

/** A custom object has something of its own, or there would be no need for it. @see STIX 2.1 §11.2 */
export function checkCustomObject(object: JsonObject, walk: Walk): void {
  // What says no type at all is no custom object.
  if (typeof object["type"] !== "string") {
    return;
  }
  if (!Object.keys(object).some((name) => name === "extensions" || !COMMON_NAMES.has(name))) {
    const reason = "At least one property of its own must be present";
    report(walk, "object.rule", undefined, { reason });
  }
}

/** `object_refs` name at least one observable. @see STIX 2.1 §4.14 */
export function checkObservedData(object: JsonObject, walk: Walk, categoryOf: CategoryOf): void {
  const refs = object["object_refs"];
  if (!Array.isArray(refs) || refs.length === 0) {
    return;
  }
  const isObservable = (ref: unknown): boolean => {
    const type = typeof ref === "string" ? readIdentifier(ref)?.type : undefined;
    const category = type === undefined ? undefined : categoryOf(type);
    return category === "sco" || category === undefined;
  };
  if (!refs.some(isObservable)) {
    const reason = "object_refs must name at least one observable";
    report(walk, "object.rule", "object_refs", { reason });
  }
}

/** Extensions of network traffic and the protocol that belongs to each. */
const EXTENSION_PROTOCOLS: readonly (readonly [string, string])[] = [
  ["http-request-ext", "http"],
  ["icmp-ext", "icmp"],
  ["tcp-ext", "tcp"],
];

function checkProtocols(object: JsonObject, walk: Walk): void {
  const { extensions, protocols } = object;
  for (const [key, protocol] of EXTENSION_PROTOCOLS) {
    const isExtended = isObject(extensions) && Object.hasOwn(extensions, key);
    if (isExtended && Array.isArray(protocols) && !protocols.includes(protocol)) {
      const reason = `protocols should hold ${protocol} beside ${key}`;
      report(walk, "object.should", "protocols", { reason });
    }
  }
}

/** Ports should be there; `end` without `is_active` is odd. @see STIX 2.1 §6.12 */
export function checkNetworkTraffic(object: JsonObject, walk: Walk): void {
  if (!isOn(walk, "object.should")) {
    return;
  }
  checkProtocols(object, walk);
  for (const port of ["src_port", "dst_port"]) {
    if (object[port] === undefined) {
      report(walk, "object.should", port, { reason: `${port} should be present` });
    }
  }
  if (object["end"] !== undefined && object["is_active"] === undefined) {
    report(walk, "object.should", "is_active", { reason: "is_active should be false beside end" });
  }
}
