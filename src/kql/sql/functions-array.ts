/** Functions on arrays and on sets, which are arrays without doubles. What is no array gives null. */

import { argument, invoke, strict, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { json, orJsonNull } from "./functions-dynamic.ts";
import { checkArrayValues, constantWhole } from "./growth.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

const TICKS_PER_HOUR = 36_000_000_000n;

export const ARRAY_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  array_length: arrayLength,
  arraylength: arrayLength,
  array_concat: (site) => dynamic(toJson(concatenated(site))),
  array_slice: (site) =>
    dynamic(toJson(invoke("kql_slice", list(site, 0), whole(site, 1), whole(site, 2)))),
  array_split: arraySplit,
  array_reverse: (site) => dynamic(toJson(invoke("list_reverse", list(site, 0)))),
  array_rotate_left: (site) => rotated(site, (n) => n),
  array_rotate_right: (site) => rotated(site, (n) => `(-${n})`),
  array_shift_left: (site) => shifted(site, (n) => n),
  array_shift_right: (site) => shifted(site, (n) => `(-${n})`),
  array_index_of: indexOf,
  array_sum: (site) => value(invoke("kql_array_sum", json(argument(site, 0))), "real"),
  range: arrayOfRange,
  array_iff: (site) =>
    dynamic(
      invoke(
        "kql_array_iff",
        json(argument(site, 0)),
        json(argument(site, 1)),
        json(argument(site, 2)),
      ),
    ),
  array_iif: (site) =>
    dynamic(
      invoke(
        "kql_array_iff",
        json(argument(site, 0)),
        json(argument(site, 1)),
        json(argument(site, 2)),
      ),
    ),
  array_sort_asc: (site) => sorted(site, "kql_sort_asc", "kql_order_asc"),
  array_sort_desc: (site) => sorted(site, "kql_sort_desc", "kql_order_desc"),
  array_strcat: strcatArray,
  strcat_array: strcatArray,
  set_union: (site) => dynamic(toJson(invoke("kql_distinct", concatenated(site)))),
  set_intersect: (site) =>
    combined(site, (element, other) => `list_contains(${other}, ${element})`),
  set_difference: (site) =>
    combined(site, (element, other) => `NOT list_contains(${other}, ${element})`),
  set_has_element: (site) =>
    value(invoke("list_contains", list(site, 0), orJsonNull(argument(site, 1))), "bool"),
  set_equals: (site) =>
    value(
      once(
        [listPiece(site, 0), listPiece(site, 1)],
        (a, b) => `(list_has_all(${a}, ${b}) AND list_has_all(${b}, ${a}))`,
      ),
      "bool",
    ),
  jaccard_index: (site) =>
    value(
      once(
        [listPiece(site, 0), listPiece(site, 1)],
        (a, b) =>
          `(len(list_intersect(${a}, ${b})) / kql_count_distinct(list_concat(${a}, ${b}))::DOUBLE)`,
      ),
      "real",
    ),
});

function dynamic(sql: string): SqlExpr {
  return value(sql, "dynamic");
}

function toJson(sql: string): string {
  return invoke("to_json", sql);
}

/** The list of JSON that an argument is. */
function list(site: CallSite, index: number): string {
  const piece = argument(site, index);
  if (piece.texts !== undefined) {
    return `list_transform(${piece.texts}, lambda x: to_json(x))`;
  }
  if (piece.place === undefined) {
    return invoke("kql_array", json(piece));
  }
  const { root, path } = piece.place;
  const elements = `json_extract(${root}, ${quoteText(`${path}[*]`)})`;
  return `(CASE WHEN ${isArray(piece)} THEN ${elements} END)::JSON[]`;
}

function isArray(piece: SqlExpr): string {
  return piece.place === undefined
    ? `json_type(${json(piece)}) = 'ARRAY'`
    : `json_type(${piece.place.root}, ${quoteText(piece.place.path)}) = 'ARRAY'`;
}

function listPiece(site: CallSite, index: number): SqlExpr {
  return value(list(site, index), "dynamic");
}

function whole(site: CallSite, index: number): string {
  return conversion(argument(site, index), "long", site.span).sql;
}

function arrayLength(site: CallSite): SqlExpr {
  const piece = argument(site, 0);
  if (piece.texts !== undefined) {
    return strict(`len(${piece.texts})`, "long", [piece]);
  }
  const count =
    piece.place === undefined
      ? `json_array_length(${json(piece)})`
      : `json_array_length(${piece.place.root}, ${quoteText(piece.place.path)})`;
  return value(`(CASE WHEN ${isArray(piece)} THEN ${count}::BIGINT END)`, "long");
}

/** Values from a start to an end, both included, in steps; 1, or an hour, where no step is given. */
function arrayOfRange(site: CallSite): SqlExpr {
  const type = argument(site, 0).type;
  checkArrayValues(site, sizeOfRange(site));
  const isTime = type === "datetime" || type === "timespan";
  const step: SqlExpr =
    site.args[2] ?? value(isTime ? String(TICKS_PER_HOUR) : "1", isTime ? "timespan" : "long");
  const bounds = [argument(site, 0), argument(site, 1), step];
  if (isTime) {
    const ticks = bounds.map((bound) => conversion(bound, "long", site.span));
    const text =
      type === "datetime" ? "kql_datetime_text(kql_ticks_datetime(v))" : "kql_timespan_text(v)";
    return dynamic(
      `to_json(list_transform(${invoke("kql_range_long", ...ticks.map(({ sql }) => sql))}, lambda v: ${text}))`,
    );
  }
  const isWhole = bounds.every((bound) => bound.type === "int" || bound.type === "long");
  const numbers = bounds.map(
    (bound) => conversion(bound, isWhole ? "long" : "real", site.span).sql,
  );
  return dynamic(toJson(invoke(isWhole ? "kql_range_long" : "kql_range_real", ...numbers)));
}

/** How many values a range between constants has, where its bounds are whole numbers or spans. */
function sizeOfRange(site: CallSite): bigint | null {
  const isTime = argument(site, 0).type === "timespan";
  const [from, to, step] = [argument(site, 0), argument(site, 1), site.args[2]].map((bound) =>
    bound === undefined ? (isTime ? TICKS_PER_HOUR : 1n) : constantWhole(bound),
  );
  return typeof from !== "bigint" ||
    typeof to !== "bigint" ||
    typeof step !== "bigint" ||
    step === 0n
    ? null
    : (to - from) / step + 1n;
}

/** What is no array is passed over. */
function concatenated(site: CallSite): string {
  return invoke("list_concat", "[]::JSON[]", ...site.args.map((_, index) => list(site, index)));
}

function arraySplit(site: CallSite): SqlExpr {
  const cuts = argument(site, 1);
  const positions =
    cuts.type === "dynamic"
      ? `list_transform(kql_array_numbers(${cuts.sql}), lambda x: x::BIGINT)`
      : `[${conversion(cuts, "long").sql}]`;
  return dynamic(toJson(invoke("kql_split_at", list(site, 0), positions)));
}

function rotated(site: CallSite, count: (n: string) => string): SqlExpr {
  const pieces = [listPiece(site, 0), conversion(argument(site, 1), "long")];
  return dynamic(toJson(once(pieces, (l = "", n = "") => invoke("kql_rotate", l, count(n)))));
}

function shifted(site: CallSite, count: (n: string) => string): SqlExpr {
  const filler = site.args.length > 2 ? orJsonNull(argument(site, 2)) : "'null'::JSON";
  const pieces = [listPiece(site, 0), conversion(argument(site, 1), "long")];
  return dynamic(
    toJson(once(pieces, (l = "", n = "") => invoke("kql_shift", l, count(n), filler))),
  );
}

/** Position of a value, from 0; -1 where it is not. A start, a number of elements and an occurrence may follow. */
function indexOf(site: CallSite): SqlExpr {
  const rest = ["0", "-1", "1"].map((usual, index) =>
    site.args[index + 2] === undefined ? usual : whole(site, index + 2),
  );
  const sql = once(
    [listPiece(site, 0), value(orJsonNull(argument(site, 1)), "dynamic")],
    (l = "", v = "") =>
      `(CASE WHEN ${l} IS NOT NULL THEN ${invoke("kql_array_index", l, v, ...rest)} END)`,
  );
  return value(sql, "long");
}

/**
 * Nulls come last unless the last argument says otherwise. Further arrays are put in the order of the first, and come
 * with it as an array of arrays; one of another length becomes null.
 */
function sorted(site: CallSite, macro: string, order: string): SqlExpr {
  const last = site.args.at(-1);
  const flag = last?.type === "bool" ? last : undefined;
  if (flag !== undefined && flag.literal === undefined) {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      `the last argument of ${site.name}() has to be a constant`,
      site.span,
    );
  }
  const nullsFirst = flag?.literal?.value === false;
  const placed = (values: string, nulls: string): string =>
    nullsFirst ? `(${nulls} || ${values})` : `(${values} || ${nulls})`;
  const arrays = site.args.slice(0, flag === undefined ? undefined : -1);
  const lists = arrays.map((_, index) => listPiece(site, index));
  if (lists.length === 1) {
    return dynamic(toJson(once(lists, (l = "") => placed(`${macro}(${l})`, `kql_nulls_of(${l})`))));
  }
  const sql = once(lists, (...all) => {
    const [first = ""] = all;
    const positions = placed(`${order}(${first})`, `kql_unfilled(${first})`);
    const moved = all.map(
      (l) =>
        `CASE WHEN len(${l}) = len(${first}) THEN to_json(list_transform(p, lambda i: ${l}[i])) END`,
    );
    return `list_transform([${positions}], lambda p: json_array(${moved.join(", ")}))[1]`;
  });
  return dynamic(sql);
}

function strcatArray(site: CallSite): SqlExpr {
  const piece = argument(site, 0);
  const delimiter = conversion(argument(site, 1), "string", site.span);
  const texts =
    piece.texts ??
    `(CASE WHEN ${isArray(piece)} THEN kql_array_texts(${json(piece)}) ELSE [] END)::VARCHAR[]`;
  if (delimiter.literal !== undefined) {
    return value(`coalesce(array_to_string(${texts}, ${delimiter.sql}), '')`, "string");
  }
  const list = value(texts, "dynamic");
  return value(
    once([list, delimiter], (l = "", d = "") => invoke("kql_joined", l, d)),
    "string",
  );
}

/** The distinct elements of the first set for which every other one fulfils a condition. */
function combined(site: CallSite, condition: (element: string, other: string) => string): SqlExpr {
  const others = site.args.slice(1).map((_, index) => listPiece(site, index + 1));
  const sql = once([listPiece(site, 0), ...others], (first = "", ...rest) => {
    const conditions = rest.map((other) => condition("x", other)).join(" AND ");
    const known = rest.map((other) => `${other} IS NOT NULL`).join(" AND ");
    return `(CASE WHEN ${known} THEN kql_distinct(list_filter(${first}, lambda x: ${conditions})) END)`;
  });
  return dynamic(toJson(sql));
}
