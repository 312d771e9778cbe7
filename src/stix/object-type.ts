/**
 * The shape of a table entry: an object type with its properties, in the order of the standard, and the
 * rules between them. Pure data; `compile.ts` makes checks of it and the reference pages are printed from it.
 */

import type { Category, Kind } from "./kinds.ts";

/** Whether an object must, may or cannot have a property. */
export type Presence = "required" | "optional" | "absent";

/** One property of one type in both versions. */
export interface Property {
  readonly name: string;
  readonly in21: Presence;
  readonly in20: Presence;
  readonly kind21: Kind;
  readonly kind20: Kind;
}

/** How a property of 2.0 differs from 2.1, and the other way round. */
export interface VersionDifference {
  readonly in21?: Presence;
  readonly in20?: Presence;
  readonly kind20?: Kind;
}

/** Versions in which something holds; both when left out. */
type Versions = "both" | "2.0" | "2.1";

/** A rule between properties of one object. @see STIX 2.1, the property tables */
export type ObjectRule =
  | {
      readonly rule: "at-least-one";
      readonly groups: readonly (readonly string[])[];
      readonly in?: Versions;
    }
  | {
      readonly rule: "at-least-one-own";
      readonly orExtension: boolean;
      readonly besides?: string;
      readonly in?: Versions;
    }
  | { readonly rule: "exactly-one"; readonly of: readonly string[]; readonly in?: Versions }
  | {
      readonly rule: "needs";
      readonly property: string;
      readonly needs: string;
      readonly in?: Versions;
    }
  | {
      readonly rule: "needs-when" | "forbidden-when";
      readonly property: string;
      readonly when: string;
      readonly equals: boolean;
      readonly in?: Versions;
    };

/** A pair of timestamps of one object whose order is demanded. */
export interface TimeOrder {
  readonly later: string;
  readonly earlier: string;
  /** True when the two may be equal. */
  readonly orEqual: boolean;
  readonly rule: "time.orderModified" | "time.orderValid" | "time.order";
}

/** Rules that differ where a nested type is concerned: what to report instead of `required`, and of `kind`. */
interface NestedRules {
  readonly requiredRule?: "extref.fields" | "kcp.fields" | "granular.selectors";
  /** Reported when a string stands where the object should be. */
  readonly stringRule?: "kind.kcpString";
}

/** One object type, nested type or predefined extension. */
export interface ObjectType extends NestedRules {
  readonly name: string;
  readonly category: Category;
  /** Section of STIX 2.1 that defines it. */
  readonly section: string;
  /** False for what came with 2.1. */
  readonly in20: boolean;
  readonly properties: readonly Property[];
  readonly rules: readonly ObjectRule[];
  readonly order: readonly TimeOrder[];
  /** Types that carry this extension; only for extensions. */
  readonly extends?: string;
  /** Properties from which a deterministic id is made; only for observables. @see STIX 2.1 §2.9 */
  readonly contributing?: readonly string[];
}

/** What a type has beside its properties. */
export interface TypeOptions extends NestedRules {
  readonly in20?: boolean;
  readonly rules?: readonly ObjectRule[];
  readonly order?: readonly TimeOrder[];
  readonly extends?: string;
  readonly contributing?: readonly string[];
}

/** A property that both versions demand, but for what `differs` says. */
export function required(name: string, kind: Kind, differs: VersionDifference = {}): Property {
  return property(name, kind, "required", differs);
}

/** A property that both versions allow, but for what `differs` says. */
export function optional(name: string, kind: Kind, differs: VersionDifference = {}): Property {
  return property(name, kind, "optional", differs);
}

/** An optional property that came with 2.1. */
export function since21(name: string, kind: Kind): Property {
  return property(name, kind, "optional", { in20: "absent" });
}

/** An optional property that 2.1 dropped or renamed. */
export function only20(name: string, kind: Kind): Property {
  return property(name, kind, "optional", { in21: "absent" });
}

function property(
  name: string,
  kind: Kind,
  presence: Presence,
  differs: VersionDifference,
): Property {
  return {
    name,
    in21: differs.in21 ?? presence,
    in20: differs.in20 ?? presence,
    kind21: kind,
    kind20: differs.kind20 ?? kind,
  };
}

/** `later` must not lie before `earlier`. */
export function notBefore(later: string, earlier: string): TimeOrder {
  return { later, earlier, orEqual: true, rule: "time.order" };
}

/** `later` must lie after `earlier`. */
export function after(later: string, earlier: string): TimeOrder {
  return { later, earlier, orEqual: false, rule: "time.order" };
}
