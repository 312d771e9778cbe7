/** Names that a query declares (`let`, parameters, `as`), each with what it stands for, and the deprecated names. */
import type { Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { Relation } from "../relation.ts";

/** What a declared name stands for. A `let` is bound when it is first used, once. */
export type Binding =
  | { readonly kind: "scalar"; readonly expr: Expr }
  | { readonly kind: "relation"; readonly relation: Relation }
  | {
      readonly kind: "function";
      readonly names: Names;
      /** Declared as `view () { … }`: a table for `union *` and `search`. */
      readonly view: boolean;
      readonly declaration: SyntaxNode;
    }
  /** A step of `scan`, whose columns are those of the row before. */
  | { readonly kind: "step" }
  | {
      readonly kind: "let";
      readonly node: SyntaxNode;
      readonly names: Names;
      relation: Relation | undefined;
      expr: Expr | undefined;
      /** Expressions that the value is made of; they count again wherever the name is used. */
      size: number;
    };

/** A scope: its own names, then those around it. */
export interface Names {
  readonly own: Map<string, Binding>;
  readonly outer: Names | null;
}

/** An empty scope inside another. */
export function innerNames(outer: Names | null): Names {
  return { own: new Map(), outer };
}

/** What a name stands for, from the inside out. */
export function findName(names: Names, name: string): Binding | undefined {
  for (let scope: Names | null = names; scope !== null; scope = scope.outer) {
    const found = scope.own.get(name);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Deprecated and alternative names of functions, with the one that the tables of functions know. */
export const MODERN_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    any: "take_any",
    anyif: "take_anyif",
    argmax: "arg_max",
    argmin: "arg_min",
    array_strcat: "strcat_array",
    base64_decodestring: "base64_decode_tostring",
    base64_encodestring: "base64_encode_tostring",
    columnifexists: "column_ifexists",
    datepart: "datetime_part",
    floor: "bin",
    getmonth: "monthofyear",
    iif: "iff",
    makedatetime: "make_datetime",
    makelist: "make_list",
    makeset: "make_set",
    maketimespan: "make_timespan",
    notempty: "isnotempty",
    notnull: "isnotnull",
    pack: "bag_pack",
    pack_dictionary: "bag_pack",
    parsecsv: "parse_csv",
    parsejson: "parse_json",
    parseurl: "parse_url",
    parseurlquery: "parse_urlquery",
    parse_version_string: "parse_version",
    toboolean: "tobool",
    todouble: "toreal",
    todynamic: "parse_json",
    toobject: "parse_json",
    totime: "totimespan",
    treepath: "treepath",
    week_of_year: "week_of_year",
    weekofyear: "week_of_year",
  }),
);
