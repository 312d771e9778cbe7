/**
 * The kinds of value that a STIX property can have, as data. The tables of object types are written with
 * the small functions at the end; `checks.ts` turns a kind into a check, the reference pages print it.
 */

/** The two versions of STIX that are understood. */
export type SpecVersion = "2.0" | "2.1";

/** Classes of objects. An extension or a nested type belongs to the object that holds it. */
export type Category = "sdo" | "sro" | "sco" | "smo" | "bundle" | "nested" | "extension";

/** What an identifier may point at: type names and classes; unknown types pass a class, never a name. */
export interface Targets {
  readonly types: readonly string[];
  readonly classes: readonly Category[];
  /** Types that are never allowed, whatever the rest says. */
  readonly except: readonly string[];
}

/** Syntaxes of strings, each with its check in `value-syntax.ts`. */
export type SyntaxName =
  | "charset"
  | "cpe"
  | "domain-name"
  | "email-addr"
  | "iso-639-2"
  | "ipv4-addr"
  | "ipv6-addr"
  | "mac-addr"
  | "media-type"
  | "reference-url"
  | "relationship-type"
  | "registry-key"
  | "uri";

/** Advice (SHOULD) about strings, each with its check in `value-advice.ts`. */
export type AdviceName =
  | "country"
  | "country-area"
  | "lower-case"
  | "media-type"
  | "product"
  | "semantic-version"
  | "service-name"
  | "term"
  | "window-class";

/** What the values of a dictionary must be. */
export type DictionaryValues =
  | "any"
  | "string"
  | "integer"
  | "integer-or-string"
  | "string-list"
  | "string-or-list";

/** Names that the keys of a dictionary should be, each with its test in `value-advice.ts`. */
export type KeyAdvice = "flow-element" | "pdf-info" | "socket-option" | "startup-info";

/** A kind of value. */
export type Kind =
  | { readonly is: "string"; readonly syntax?: SyntaxName; readonly advice?: AdviceName }
  | { readonly is: "boolean" }
  | { readonly is: "integer"; readonly min?: number; readonly max?: number }
  | { readonly is: "confidence" }
  | { readonly is: "float"; readonly min?: number; readonly max?: number }
  | { readonly is: "timestamp"; readonly fraction: "any" | "milliseconds" | "none" }
  | { readonly is: "hex" }
  | { readonly is: "binary" }
  | { readonly is: "language" }
  | { readonly is: "identifier"; readonly targets: Targets; readonly rule: ReferenceRule }
  | { readonly is: "vocabulary"; readonly name: string }
  | { readonly is: "enumeration"; readonly name: string }
  | { readonly is: "list"; readonly of: Kind }
  | { readonly is: "hashes"; readonly nameRule: "hash.name" | "extref.hashName" }
  | {
      readonly is: "dictionary";
      readonly values: DictionaryValues;
      readonly anyCase: boolean;
      readonly keys?: KeyAdvice;
    }
  | { readonly is: "nested"; readonly type: string }
  | { readonly is: "extensions" }
  | { readonly is: "observables" }
  | { readonly is: "translations" }
  | { readonly is: "marking" }
  | { readonly is: "objects" };

/** The rule that a reference of the wrong type breaks. */
export type ReferenceRule = "ref.target" | "ref.createdBy" | "marking.target";

export const text: Kind = { is: "string" };
export const flag: Kind = { is: "boolean" };
export const timestamp: Kind = { is: "timestamp", fraction: "any" };
export const hex: Kind = { is: "hex" };
export const language: Kind = { is: "language" };
export const hashes: Kind = { is: "hashes", nameRule: "hash.name" };

/** A string with a syntax of its own. */
export function textAs(syntax: SyntaxName): Kind {
  return { is: "string", syntax };
}

/** A string about whose form the standard gives advice. */
export function textAdvised(advice: AdviceName): Kind {
  return { is: "string", advice };
}

export function integer(range: { readonly min?: number; readonly max?: number } = {}): Kind {
  return { is: "integer", ...range };
}

export function float(range: { readonly min?: number; readonly max?: number } = {}): Kind {
  return { is: "float", ...range };
}

/** An open vocabulary. */
export function openly(name: string): Kind {
  return { is: "vocabulary", name };
}

/** A closed vocabulary. */
export function oneOf(name: string): Kind {
  return { is: "enumeration", name };
}

export function listOf(of: Kind): Kind {
  return { is: "list", of };
}

export function dictionary(values: DictionaryValues = "any", anyCase = false): Kind {
  return { is: "dictionary", values, anyCase };
}

/** A dictionary whose keys the standard advises on; their case is free. */
export function dictionaryAdvised(keys: KeyAdvice, values: DictionaryValues): Kind {
  return { is: "dictionary", values, anyCase: true, keys };
}

/** An object whose own table stands among the nested types. */
export function nested(type: string): Kind {
  return { is: "nested", type };
}

const CLASS_NAMES: ReadonlySet<string> = new Set(["sdo", "sro", "sco", "smo"]);

/** A reference to one of these types or classes (`sdo`, `sro`, `sco`, `smo`). */
export function refTo(...names: readonly string[]): Kind {
  const classes = names.filter((name): name is Category => CLASS_NAMES.has(name));
  const types = names.filter((name) => !CLASS_NAMES.has(name));
  return { is: "identifier", targets: { types, classes, except: [] }, rule: "ref.target" };
}

/** A reference to any STIX object but these types; a bundle is no STIX object. */
export function refToAny(...except: readonly string[]): Kind {
  const targets: Targets = {
    types: [],
    classes: ["sdo", "sro", "sco", "smo"],
    except: ["bundle", ...except],
  };
  return { is: "identifier", targets, rule: "ref.target" };
}

/** The kind of `created_by_ref`. */
export const creatorRef: Kind = {
  is: "identifier",
  targets: { types: ["identity"], classes: [], except: [] },
  rule: "ref.createdBy",
};

/** The kind of every reference to a marking. */
export const markingRef: Kind = {
  is: "identifier",
  targets: { types: ["marking-definition"], classes: [], except: [] },
  rule: "marking.target",
};
