/** What the extensions of an object say that they are. */

import { isObject, type JsonObject } from "./walk.ts";

/** The `extension_type` of each extension of an object, undefined for those without. @see STIX 2.1 §7.3 */
export function extensionTypesOf(object: JsonObject): readonly unknown[] {
  const extensions = object["extensions"];
  return isObject(extensions)
    ? Object.values(extensions).map((each) => (isObject(each) ? each["extension_type"] : undefined))
    : [];
}
