/**
 * Dynamic values: reaching into them, making them and reading them from text. A walk of several steps becomes one JSON
 * path, and its text is read without making the JSON in between.
 */

import { argument, certain, invoke, refused, unsupported, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { checkArrayValues, constantWhole } from "./growth.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Characters that a key in a JSON path of DuckDB cannot have. */
const NOT_IN_PATH = /["\\*]|^$/;

/** Where an expression may hold a subquery. */
const SUBQUERY = /\bSELECT\b/;

export const DYNAMIC_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  "[]": element,
  gettype: typeName,
  parse_json: parseJson,
  todynamic: parseJson,
  dynamic_to_json: (site) =>
    certain(
      invoke("kql_sorted", conversion(argument(site, 0), "dynamic", site.span).sql),
      "string",
    ),
  pack_array: (site) =>
    certain(invoke("json_array", ...site.args.map((piece) => json(piece))), "dynamic"),
  bag_pack: bagPack,
  zip: (site) =>
    value(
      `kql_zip([${site.args.map((piece) => invoke("kql_array", json(piece))).join(", ")}])`,
      "dynamic",
    ),
  repeat: repeatedValue,
  treepath: refused("the paths of a value are not listed"),
  parse_xml: refused("XML is not read"),
});

/** The JSON of any value. */
export function json(piece: SqlExpr): string {
  return conversion(piece, "dynamic").sql;
}

/** The JSON of any value, in which null is the null of JSON and not of SQL. */
export function orJsonNull(piece: SqlExpr): string {
  return piece.nonNull ? json(piece) : `coalesce(${json(piece)}, 'null'::JSON)`;
}

/** `value[key]` and `value.key`: an element of an array by position, a member of a bag by name. */
function element(site: CallSite): SqlExpr {
  const base = argument(site, 0);
  const key = argument(site, 1);
  if (base.type !== "dynamic") {
    throw new KqlRefusal("KQL_ARGUMENT", `a value of type ${base.type} has no elements`, site.span);
  }
  const step = literalStep(key);
  if (step !== undefined) {
    return base.texts !== undefined && key.type !== "string"
      ? listed(base.texts, key)
      : walked(base, step);
  }
  switch (key.type) {
    case "string":
      return value(invoke("kql_member", base.sql, key.sql), "dynamic");
    case "dynamic":
      return value(invoke("kql_step", base.sql, key.sql), "dynamic");
    case "int":
    case "long":
      return value(invoke("kql_element", base.sql, conversion(key, "long").sql), "dynamic");
    default:
      throw unsupported(`an element by a key of type ${key.type}`, site.span);
  }
}

/** The step of a JSON path, where the key is constant and fits one. */
function literalStep({ literal }: SqlExpr): string | undefined {
  if (literal === undefined || literal.value === null) {
    return undefined;
  }
  if (literal.type === "string") {
    const name = String(literal.value);
    return NOT_IN_PATH.test(name) ? undefined : `."${name}"`;
  }
  return literal.type === "int" || literal.type === "long" ? `[${literal.value}]` : undefined;
}

function walked(base: SqlExpr, step: string): SqlExpr {
  const place = { root: base.place?.root ?? base.sql, path: `${base.place?.path ?? "$"}${step}` };
  const path = quoteText(place.path);
  return {
    sql: `kql_value(json_extract(${place.root}, ${path}))`,
    type: "dynamic",
    nonNull: false,
    place,
    text: `json_extract_string(${place.root}, ${path})`,
  };
}

/** An element of a list of texts, which counts from 1. */
function listed(texts: string, { literal }: SqlExpr): SqlExpr {
  const index = Number(literal?.value);
  const text = `${texts}[${index < 0 ? index : index + 1}]`;
  return { sql: `to_json(${text})`, type: "dynamic", nonNull: false, text };
}

/** Names of the types that are the same for all values. */
function typeName(site: CallSite): SqlExpr {
  const piece = argument(site, 0);
  return piece.type === "dynamic"
    ? certain(invoke("kql_gettype", piece.sql), "string")
    : certain(quoteText(piece.type), "string");
}

/** Text that is no JSON becomes a dynamic value that holds the text. */
function parseJson(site: CallSite): SqlExpr {
  const piece = argument(site, 0);
  if (piece.type === "dynamic") {
    return piece;
  }
  if (piece.type !== "string") {
    return conversion(piece, "dynamic", site.span);
  }
  const place = { root: invoke("kql_json_source", piece.sql), path: "$" };
  const macro = SUBQUERY.test(piece.sql) ? "kql_parse_json" : "kql_parse_json_once";
  return {
    ...value(
      once([piece], (s = "''") => invoke(macro, s)),
      "dynamic",
    ),
    place,
  };
}

/** An array of one value again and again; no count below 0 is an error. */
function repeatedValue(site: CallSite): SqlExpr {
  const count = conversion(argument(site, 1), "long", site.span);
  checkArrayValues(site, constantWhole(count));
  const values = invoke("kql_repetitions", count.sql);
  return value(
    `to_json(list_transform(${values}, lambda i: ${orJsonNull(argument(site, 0))}))`,
    "dynamic",
  );
}

/** Of equal keys the last counts. */
function bagPack(site: CallSite): SqlExpr {
  if (site.args.length % 2 !== 0) {
    throw new KqlRefusal("KQL_ARGUMENT", `${site.name}() needs a value for each key`, site.span);
  }
  const pairs = site.args.flatMap((key, index) =>
    index % 2 === 0
      ? [[conversion(key, "string", site.span), argument(site, index + 1)] as const]
      : [],
  );
  const distinct = new Set(pairs.map(([key]) => key.literal?.value ?? Symbol(key.sql)));
  const parts = pairs.flatMap(([key, item]) => [key.sql, json(item)]);
  if (distinct.size === pairs.length && pairs.every(([key]) => key.literal !== undefined)) {
    return certain(invoke("json_object", ...parts), "dynamic");
  }
  const entries = pairs
    .map(([key, item]) => `{'key': ${key.sql}, 'value': ${json(item)}}`)
    .join(", ");
  return certain(`kql_merge_last([${entries}])`, "dynamic");
}
