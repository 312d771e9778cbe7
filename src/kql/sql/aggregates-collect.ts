/**
 * Aggregates that collect: lists, sets, bags, and the sketches of distinct values (`hll`) and of distributions
 * (`tdigest`), which are kept whole here and so give exact answers.
 */

import { filterClause, predicate } from "./aggregate-parts.ts";
import { argument, certain, invoke, refused } from "./build.ts";
import { conversion } from "./convert.ts";
import { constantWhole } from "./growth.ts";
import { type AggregateEmitter, type CallSite, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** The most elements a collection has, as the service documents it. */
const ELEMENTS_MAX = 1_048_576;

/** Emitters of the aggregates that give an array or a bag. */
export const COLLECT_AGGREGATES: Readonly<Record<string, AggregateEmitter>> = Object.freeze({
  make_list: (site) => list(site, null, 1),
  make_list_if: (site) => list(site, predicate(site, 1), 2),
  make_list_with_nulls: (site) => json(elements(site, argument(site, 0), null), "'[]'"),
  make_set: (site) => set(site, null, 1),
  make_set_if: (site) => set(site, predicate(site, 1), 2),
  make_bag: (site) => bag(site, null, 1),
  make_bag_if: (site) => bag(site, predicate(site, 1), 2),
  make_dictionary: (site) => bag(site, null, 1),
  hll: (site) => sketch(site, null),
  hll_if: (site) => sketch(site, predicate(site, 1)),
  hll_merge: (site) => {
    const merged = `flatten(list(kql_hashes(${argument(site, 0).sql})))`;
    return json(`list_distinct(${merged})`, "'[]'");
  },
  tdigest: digest,
  tdigest_merge: mergedDigest,
  merge_tdigest: mergedDigest,
  buildschema: refused("a schema of values is not kept"),
});

/**
 * The list of elements as JSON. Values of dynamic type that are arrays give their elements, and their nulls stay; other
 * types have no place for null in a list.
 */
function elements(site: CallSite, from: SqlExpr, condition: string | null): string {
  const order = site.orderBy === undefined || site.orderBy === "" ? "" : ` ${site.orderBy}`;
  const filter = filterClause(condition);
  if (from.type === "dynamic") {
    return `flatten(list(kql_items(${from.sql})${order})${filter})`;
  }
  const element =
    from.type === "string" || from.type === "long" || from.type === "int" || from.type === "bool"
      ? from
      : conversion(from, "dynamic", site.span);
  return `list(${element.sql}${order})${filter}`;
}

function list(site: CallSite, condition: string | null, limitIndex: number): SqlExpr {
  const from = argument(site, 0);
  const present = from.type === "dynamic" || from.nonNull ? null : `${from.sql} IS NOT NULL`;
  const conditions = [condition, present].filter((part) => part !== null).join(" AND ");
  const all = elements(site, from, conditions === "" ? null : conditions);
  return json(limited(site, all, limitIndex), "'[]'");
}

/** Each value once, in the order of first sight. */
function set(site: CallSite, condition: string | null, limitIndex: number): SqlExpr {
  const from = argument(site, 0);
  const present = from.nonNull ? null : `${from.sql} IS NOT NULL`;
  const conditions = [condition, present].filter((part) => part !== null).join(" AND ");
  const all = elements(site, from, conditions === "" ? null : conditions);
  return json(limited(site, invoke("kql_seen", all), limitIndex), "'[]'");
}

/** One bag of all members; the first value of a key stays. What is no bag is left out. */
function bag(site: CallSite, condition: string | null, limitIndex: number): SqlExpr {
  const from = conversion(argument(site, 0), "dynamic", site.span);
  const members = `flatten(list(kql_members(${from.sql}))${filterClause(condition)})`;
  const count = limit(site, limitIndex) ?? ELEMENTS_MAX;
  return certain(`coalesce(kql_members_bag(${members}, ${count}), '{}'::JSON)`, "dynamic");
}

function sketch(site: CallSite, condition: string | null): SqlExpr {
  const from = argument(site, 0);
  const filter = filterClause(condition, `${from.sql} IS NOT NULL`);
  return json(`list(DISTINCT hash(${from.sql}))${filter}`, "'[]'");
}

/** The values themselves, each as often as its weight says. */
function digest(site: CallSite): SqlExpr {
  const from = argument(site, 0);
  const weight = site.args[1];
  const element = conversion(from, "dynamic", site.span).sql;
  const filter = filterClause(`${from.sql} IS NOT NULL`);
  if (weight === undefined) {
    return json(`list(${element} ORDER BY ${from.sql})${filter}`, "'[]'");
  }
  const count = conversion(weight, "long", site.span).sql;
  const repeated = `list_resize([${element}], least(greatest(${count}, 0), ${ELEMENTS_MAX}), ${element})`;
  return json(`flatten(list(${repeated} ORDER BY ${from.sql})${filter})`, "'[]'");
}

function mergedDigest(site: CallSite): SqlExpr {
  return json(`flatten(list(kql_items(${argument(site, 0).sql})))`, "'[]'");
}

function json(sql: string, empty: string): SqlExpr {
  return certain(`coalesce(to_json(${sql}), ${empty}::JSON)`, "dynamic");
}

function limited(site: CallSite, all: string, limitIndex: number): string {
  const count = limit(site, limitIndex);
  return count === null ? all : `(${all})[1:${count}]`;
}

/** How many elements are wanted. @throws KqlRefusal when that is no constant */
function limit(site: CallSite, index: number): number | null {
  const piece = site.args[index];
  if (piece === undefined) {
    return null;
  }
  const count = constantWhole(piece);
  if (count === null || count < 0n) {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      `the size of ${site.name}() has to be a constant number from 0 to ${ELEMENTS_MAX}`,
      site.span,
    );
  }
  return Number(count < BigInt(ELEMENTS_MAX) ? count : ELEMENTS_MAX);
}
