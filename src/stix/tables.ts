/** All types by name: the one place where a type's name leads to its table. */

import { domainObject, observable } from "./common-properties.ts";
import { DOMAIN_OBJECTS, RELATIONSHIP_OBJECTS } from "./domain-objects.ts";
import { BUNDLE, META_OBJECTS, SHARED_TYPES } from "./meta-objects.ts";
import type { ObjectType } from "./object-type.ts";
import { EXTENSION_TYPES, OBSERVABLE_PARTS } from "./observable-extensions.ts";
import { OBSERVABLES } from "./observables.ts";

function byName(types: readonly ObjectType[]): ReadonlyMap<string, ObjectType> {
  return new Map(types.map((type) => [type.name, type]));
}

/** Every type that can stand at top level, and the bundle, in the order of the standard. */
export const OBJECT_TYPES: ReadonlyMap<string, ObjectType> = byName([
  ...DOMAIN_OBJECTS,
  ...RELATIONSHIP_OBJECTS,
  ...OBSERVABLES,
  ...META_OBJECTS,
  BUNDLE,
]);

/** Types inside other types, such as `external-reference`. */
export const NESTED_TYPES: ReadonlyMap<string, ObjectType> = byName([
  ...SHARED_TYPES,
  ...OBSERVABLE_PARTS,
]);

/** Types that the standard does not define: nothing but the common properties is known of them. */
export const CUSTOM_TYPES: {
  readonly object: ObjectType;
  readonly observable: ObjectType;
} = {
  object: domainObject("custom", "11.2", []),
  observable: observable("custom-observable", "11.2", []),
};

/** Predefined extensions of observables by their key. */
export const PREDEFINED_EXTENSIONS: ReadonlyMap<string, ObjectType> = byName(EXTENSION_TYPES);
