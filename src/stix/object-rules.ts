/** Rules of single types that fit no table. */

import { readIdentifier } from "./identifier.ts";
import { isPropertyName } from "./property-names.ts";
import type { CategoryOf } from "./scalar-checks.ts";
import { isOn, type JsonObject, report, type Walk } from "./walk.ts";

/** `extension_properties` need the type of extension that has some. @see STIX 2.1 §7.3.1 */
export function checkExtensionDefinition(object: JsonObject, walk: Walk): void {
  const types = object["extension_types"];
  const properties = object["extension_properties"];
  const isTopLevel = Array.isArray(types) && types.includes("toplevel-property-extension");
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

/** Ports should be there; `end` without `is_active` is odd. @see STIX 2.1 §6.12 */
export function checkNetworkTraffic(object: JsonObject, walk: Walk): void {
  if (!isOn(walk, "object.should")) {
    return;
  }
  for (const port of ["src_port", "dst_port"]) {
    if (object[port] === undefined) {
      report(walk, "object.should", port, { reason: `${port} should be present` });
    }
  }
  if (object["end"] !== undefined && object["is_active"] === undefined) {
    report(walk, "object.should", "is_active", { reason: "is_active should be false beside end" });
  }
}
