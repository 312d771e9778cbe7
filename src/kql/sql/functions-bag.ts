/** Functions on property bags. What is no bag gives null. */

import { argument, invoke, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { itemsOf } from "./functions-comparison.ts";
import { json, orJsonNull } from "./functions-dynamic.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

export const BAG_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  bag_keys: (site) =>
    value(
      once(
        [bag(site, 0)],
        (b) => `(CASE WHEN json_type(${b}) = 'OBJECT' THEN to_json(json_keys(${b})) END)`,
      ),
      "dynamic",
    ),
  bag_has_key: hasKey,
  bag_merge: merge,
  bag_remove_keys: removeKeys,
  bag_set_key: setKey,
  bag_zip: zip,
});

function bag(site: CallSite, index: number): SqlExpr {
  return value(json(argument(site, index)), "dynamic");
}

function hasKey(site: CallSite): SqlExpr {
  const key = conversion(argument(site, 1), "string", site.span);
  const sql = once(
    [bag(site, 0), key],
    (b, k) =>
      `(CASE WHEN json_type(${b}) = 'OBJECT' THEN list_contains(json_keys(${b}), ${k}) END)`,
  );
  return value(sql, "bool");
}

/** Of equal keys the first counts; what is no bag is passed over. */
function merge(site: CallSite): SqlExpr {
  const entries = site.args.map((_, index) => `kql_entries(${bag(site, index).sql})`);
  return value(`kql_merge(list_concat(${entries.join(", ")}))`, "dynamic");
}

/** Keys at the top; a path such as `$.a.b` would reach further and is refused. */
function removeKeys(site: CallSite): SqlExpr {
  const keys = argument(site, 1);
  const constants = itemsOf(keys).filter(
    (item) => item.type === "string" && item.literal !== undefined,
  );
  if (constants.some((item) => String(item.literal?.value).startsWith("$"))) {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      "bag_remove_keys() with JSON paths is not supported",
      site.span,
    );
  }
  const sql = `kql_from_entries(list_filter(kql_entries(${bag(site, 0).sql}),
    lambda e: NOT list_contains(kql_array_texts(${json(keys)}), e.key)))`;
  return value(sql, "dynamic");
}

function setKey(site: CallSite): SqlExpr {
  const key = conversion(argument(site, 1), "string", site.span);
  if (typeof key.literal?.value !== "string" || key.literal.value.startsWith("$")) {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      "bag_set_key() needs a constant key that is no JSON path",
      site.span,
    );
  }
  const name = quoteText(key.literal.value);
  const added = `[{'key': ${name}, 'value': ${orJsonNull(argument(site, 2))}}]`;
  const sql = once(
    [value(`kql_entries(${bag(site, 0).sql})`, "dynamic")],
    (entries) => `(CASE WHEN list_contains(list_transform(${entries}, lambda e: e.key), ${name})
      THEN kql_from_entries(list_transform(${entries}, lambda e: CASE WHEN e.key = ${name} THEN ${added}[1] ELSE e END))
      ELSE kql_from_entries(list_concat(${entries}, ${added})) END)`,
  );
  return value(sql.replace(/\s*\n\s*/g, " "), "dynamic");
}

/** Keys that are no texts are passed over, keys without a value have null. */
function zip(site: CallSite): SqlExpr {
  const sql = once(
    [
      value(invoke("kql_array", json(argument(site, 0))), "dynamic"),
      value(invoke("kql_array", json(argument(site, 1))), "dynamic"),
    ],
    (keys, values) =>
      `kql_merge(list_filter(list_transform(${keys}, lambda k, i: {'key': json_extract_string(k, '$'),
        'value': ${values}[i], 'text': json_type(k) = 'VARCHAR'}), lambda e: e.text))`,
  );
  return value(sql.replace(/\s*\n\s*/g, " "), "dynamic");
}
