/**
 * The properties that every object of a class has (STIX 2.1 §3.2), and the functions that make a type of
 * a class: they put the common properties before the type's own.
 */

import {
  creatorRef,
  flag,
  type Kind,
  language,
  listOf,
  markingRef,
  nested,
  openly,
  text,
} from "./kinds.ts";
import {
  type ObjectType,
  optional,
  type Property,
  required,
  since21,
  type TimeOrder,
  type TypeOptions,
} from "./object-type.ts";

const versionTime: Kind = { is: "timestamp", fraction: "milliseconds" };
const references: Kind = listOf(nested("external-reference"));
const granular: Kind = listOf(nested("granular-marking"));

const MODIFIED_ORDER: TimeOrder = {
  later: "modified",
  earlier: "created",
  orEqual: true,
  rule: "time.orderModified",
};

const head: readonly Property[] = [
  required("type", text),
  // 2.0 puts the version on the bundle only, but the upload API asks for it on 2.0 objects too.
  required("spec_version", text, { in20: "optional" }),
  required("id", text),
];

function versioned(labels20: string | undefined): readonly Property[] {
  return [
    ...head,
    optional("created_by_ref", creatorRef),
    required("created", versionTime),
    required("modified", versionTime),
    optional("revoked", flag),
    labels20 === undefined
      ? optional("labels", listOf(text))
      : optional("labels", listOf(text), { in20: "required", kind20: listOf(openly(labels20)) }),
    since21("confidence", { is: "confidence" }),
    since21("lang", language),
    optional("external_references", references),
    optional("object_marking_refs", listOf(markingRef)),
    optional("granular_markings", granular),
    since21("extensions", { is: "extensions" }),
  ];
}

/** Properties of the three kinds of meta object, chosen by name in `meta-objects.ts`. */
export const META_PROPERTIES: Readonly<Record<string, Property>> = Object.fromEntries(
  [...versioned(undefined), required("created_by_ref", creatorRef)].map((each) => [
    each.name,
    each,
  ]),
);

const observableHead: readonly Property[] = [
  required("type", text),
  since21("spec_version", text),
  required("id", text, { in20: "absent" }),
  since21("object_marking_refs", listOf(markingRef)),
  since21("granular_markings", granular),
  since21("defanged", flag),
  optional("extensions", { is: "extensions" }),
];

/** Options of a domain or relationship object: `labels20` names the vocabulary that 2.0 demands of `labels`. */
export interface VersionedOptions extends TypeOptions {
  readonly labels20?: string;
}

/** A domain object: the common properties, then its own. */
export function domainObject(
  name: string,
  section: string,
  own: readonly Property[],
  options: VersionedOptions = {},
): ObjectType {
  return versionedObject("sdo", name, section, { own, ...options });
}

/** A relationship object: the common properties, then its own. */
export function relationshipObject(
  name: string,
  section: string,
  own: readonly Property[],
  options: VersionedOptions = {},
): ObjectType {
  return versionedObject("sro", name, section, { own, ...options });
}

function versionedObject(
  category: "sdo" | "sro",
  name: string,
  section: string,
  { own, labels20, ...options }: VersionedOptions & { readonly own: readonly Property[] },
): ObjectType {
  return {
    ...objectType(name, category, section, [...versioned(labels20), ...own]),
    ...options,
    order: [MODIFIED_ORDER, ...(options.order ?? [])],
  };
}

/** A meta object: the named common properties, then its own. */
export function metaObject(
  name: string,
  section: string,
  properties: readonly Property[],
  options: TypeOptions = {},
): ObjectType {
  const isVersioned = properties.some((each) => each.name === "modified");
  return {
    ...objectType(name, "smo", section, [...head, ...properties]),
    ...options,
    order: isVersioned ? [MODIFIED_ORDER] : [],
  };
}

/** A cyber observable: the common properties, then its own. */
export function observable(
  name: string,
  section: string,
  own: readonly Property[],
  options: TypeOptions = {},
): ObjectType {
  return { ...objectType(name, "sco", section, [...observableHead, ...own]), ...options };
}

/** A type that stands inside another one. */
export function nestedType(
  name: string,
  section: string,
  properties: readonly Property[],
  options: TypeOptions = {},
): ObjectType {
  return { ...objectType(name, "nested", section, properties), ...options };
}

/** A predefined extension of the observable `host`; every one needs at least one property. */
export function extensionType(
  name: string,
  section: string,
  host: string,
  properties: readonly Property[],
): ObjectType {
  return {
    ...objectType(name, "extension", section, properties),
    extends: host,
    rules: [{ rule: "at-least-one-own", orExtension: false }],
  };
}

/** A type with nothing but properties. */
export function objectType(
  name: string,
  category: ObjectType["category"],
  section: string,
  properties: readonly Property[],
): ObjectType {
  return { name, category, section, in20: true, properties, rules: [], order: [] };
}

/** Names of common properties, which never count as a type's own. */
export const COMMON_NAMES: ReadonlySet<string> = new Set(
  [...versioned(undefined), ...observableHead].map((each) => each.name),
);
