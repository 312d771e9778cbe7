/**
 * Macros about dynamic values: arrays and bags held as canonical JSON. An array is worked on as a list of JSON, in
 * which the JSON null stays a value, and a bag as a list of its keys and values; a value of another kind gives NULL.
 */

import { ARRAY_VALUES_MAX } from "../limits.ts";
import { bound, macro } from "./macro.ts";

/** How deep bags within bags are put in the order of their keys; the rest stays in its own. */
const SORTED_LEVELS = 6;

const TOO_MANY = `gives more than ${ARRAY_VALUES_MAX} values (ARRAY_VALUES_MAX)`;

export const DYNAMIC_MACROS: readonly string[] = Object.freeze([
  // The casts give the null of a constant the type that lambdas need.
  macro(
    "kql_array(j)",
    "(CASE WHEN json_type(j) = 'ARRAY' THEN json_extract(j, '$[*]') END)::JSON[]",
  ),
  // Null is no value of an array's text; a single value counts as an array of one.
  macro(
    "kql_array_texts(j)",
    `(CASE json_type(j)
      WHEN 'ARRAY' THEN list_transform(json_extract_string(j, '$[*]')::VARCHAR[], lambda x: coalesce(x, ''))
      WHEN 'OBJECT' THEN json_keys(j) ELSE [json_extract_string(j, '$')] END)::VARCHAR[]`,
  ),
  macro("kql_array_numbers(j)", "list_transform(kql_array(j), lambda x: kql_dynamic_number(x))"),
  macro(
    "kql_dynamic_number(j)",
    "CASE WHEN json_type(j) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN try_cast(j AS DOUBLE) END",
  ),
  // JSON has a null of its own.
  macro("kql_value(j)", "nullif(j, 'null'::JSON)"),
  macro(
    "kql_element(j, i)",
    "CASE WHEN json_type(j) = 'ARRAY' THEN kql_value(json_extract(j, i)) END",
  ),
  macro(
    "kql_member(j, k)",
    `CASE WHEN json_type(j) = 'OBJECT'
      THEN kql_value(json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))) END`,
  ),
  macro(
    "kql_step(j, k)",
    `CASE json_type(k) WHEN 'VARCHAR' THEN kql_member(j, json_extract_string(k, '$'))
      WHEN 'BIGINT' THEN kql_element(j, try_cast(k AS BIGINT)) WHEN 'UBIGINT' THEN kql_element(j, try_cast(k AS BIGINT)) END`,
  ),
  macro(
    "kql_gettype(j)",
    `CASE json_type(j) WHEN 'ARRAY' THEN 'array' WHEN 'OBJECT' THEN 'dictionary' WHEN 'VARCHAR' THEN 'string'
      WHEN 'BOOLEAN' THEN 'bool' WHEN 'DOUBLE' THEN 'double' WHEN 'BIGINT' THEN 'long' WHEN 'UBIGINT' THEN 'long'
      ELSE 'null' END`,
  ),
  // Text that is no JSON is a text. Only a short one can be blank or null.
  // DuckDB takes NaN and Infinity for JSON, which no reader of the answer would.
  macro("kql_may_hold_nan(s)", "contains(s, 'NaN') OR contains(s, 'Infinity')"),
  macro(
    "kql_holds_nan(s)",
    `CASE WHEN kql_may_hold_nan(s)
      THEN regexp_matches(regexp_replace(s, '"(?:[^"\\\\]|\\\\.)*"', '', 'g'), 'NaN|Infinity') ELSE false END`,
  ),
  macro(
    "kql_json_or_text(s)",
    "CASE WHEN json_valid(s) AND NOT kql_holds_nan(s) THEN json(s) ELSE to_json(s) END",
  ),
  macro(
    "kql_parse_json(s)",
    `CASE WHEN length(s) > 16 THEN kql_json_or_text(s) WHEN trim(s) IN ('', 'null') THEN NULL
      ELSE kql_json_or_text(s) END`,
  ),
  // The same where no subquery is within, which the expression that catches errors does not bear.
  macro(
    "kql_parse_json_once(s)",
    `CASE WHEN kql_may_hold_nan(s) THEN kql_json_or_text(s)
      WHEN length(s) > 16 THEN coalesce(try(json(s)), to_json(s)) WHEN trim(s) IN ('', 'null') THEN NULL
      ELSE kql_json_or_text(s) END`,
  ),
  macro("kql_json_source(s)", "CASE WHEN json_valid(s) THEN s END"),

  macro("kql_distinct(l)", "list_filter(l, lambda x, i: list_position(l, x) = i)"),
  macro("kql_count_distinct(l)", "len(list_distinct(l))"),
  ...arrayMacros(),
  ...arrayValueMacros(),
  ...bagMacros(),
  ...sortedJsonMacros(),
]);

/** Arrays: cutting, turning and searching. Positions count from 0, negative ones from the end. */
function arrayMacros(): readonly string[] {
  const fromEnd = (i: string, n: string): string =>
    `CASE WHEN ${i} < 0 THEN ${i} + ${n} ELSE ${i} END`;
  return [
    macro(
      "kql_slice(l, a, b)",
      `CASE WHEN l IS NULL OR a IS NULL OR b IS NULL THEN NULL
        WHEN (${fromEnd("b", "len(l)")}) < 0 THEN []
        ELSE list_slice(l, greatest(${fromEnd("a", "len(l)")}, 0) + 1, (${fromEnd("b", "len(l)")}) + 1) END`,
    ),
    macro(
      "kql_split_at(l, cuts)",
      bound(
        "p",
        `{'l': l, 'c': list_concat([0], list_transform(cuts, lambda c: least(greatest(${fromEnd("c", "len(l)")}, 0),
          len(l))), [len(l)])}`,
        `list_transform(range(1, len(p.c)), lambda i: to_json(list_slice(p.l, p.c[i] + 1, p.c[i + 1])))`,
      ),
    ),
    macro(
      "kql_rotate(l, n)",
      `CASE WHEN len(l) = 0 THEN l ELSE list_concat(list_slice(l, ((n % len(l)) + len(l)) % len(l) + 1, len(l)),
        list_slice(l, 1, ((n % len(l)) + len(l)) % len(l))) END`,
    ),
    macro(
      "kql_shift(l, n, filler)",
      `list_transform(range(0, len(l)), lambda i: CASE WHEN i + n BETWEEN 0 AND len(l) - 1
        THEN l[(i + n + 1)::BIGINT] ELSE coalesce(filler, 'null'::JSON) END)`,
    ),
    macro(
      "kql_array_index(l, v, a, n, k)",
      `coalesce(list_filter(range(greatest(${fromEnd("a", "len(l)")}, 0), CASE WHEN n < 0 THEN len(l)
        ELSE least(greatest(${fromEnd("a", "len(l)")}, 0) + n, len(l)) END), lambda i: l[i + 1] = v)[k], -1)`,
    ),
  ];
}

/** Arrays by the values in them: sorting, choosing, adding up. */
function arrayValueMacros(): readonly string[] {
  return [
    // Values sort by what they are, then by number or text.
    macro(
      "kql_sort_key(x)",
      `{'k': CASE json_type(x) WHEN 'BOOLEAN' THEN 1 WHEN 'VARCHAR' THEN 3 WHEN 'ARRAY' THEN 4 WHEN 'OBJECT' THEN 5
        ELSE 2 END, 'n': coalesce(kql_dynamic_number(x), 0), 't': coalesce(json_extract_string(x, '$'), ''), 'x': x}`,
    ),
    macro(
      "kql_sort_values(l)",
      "list_transform(list_filter(l, lambda x: x <> 'null'), lambda x: kql_sort_key(x))",
    ),
    macro("kql_nulls_of(l)", "list_filter(l, lambda x: x = 'null')"),
    macro("kql_sort_asc(l)", "list_transform(list_sort(kql_sort_values(l)), lambda s: s.x)"),
    macro(
      "kql_sort_desc(l)",
      "list_transform(list_reverse_sort(kql_sort_values(l)), lambda s: s.x)",
    ),
    // Positions in the order of the values, from 1; equal values stay in theirs, and nulls are left out.
    macro("kql_filled(l)", "list_filter(range(1, len(l) + 1), lambda i: l[i] <> 'null')"),
    macro("kql_unfilled(l)", "list_filter(range(1, len(l) + 1), lambda i: l[i] = 'null')"),
    macro(
      "kql_order_asc(l)",
      "list_transform(list_sort(list_transform(kql_filled(l), lambda i: {'k': kql_sort_key(l[i]), 'i': i})), lambda s: s.i)",
    ),
    macro(
      "kql_order_desc(l)",
      "list_transform(list_reverse_sort(list_transform(kql_filled(l), lambda i: {'k': kql_sort_key(l[i]), 'i': -i})), lambda s: -s.i)",
    ),
    macro(
      "kql_zip(ls)",
      `to_json(list_transform(range(1, list_max(list_transform(ls, lambda l: len(l))) + 1),
        lambda i: list_transform(ls, lambda l: coalesce(l[i], 'null'::JSON))))`,
    ),
    // A value that is no array serves every position.
    macro(
      "kql_pick(j, i)",
      "CASE WHEN json_type(j) = 'ARRAY' THEN json_extract(j, i - 1) ELSE j END",
    ),
    macro(
      "kql_array_iff(c, a, b)",
      `to_json(list_transform(kql_array(c), lambda x, i: CASE WHEN kql_dynamic_bool(x) IS NULL THEN 'null'::JSON
        WHEN kql_dynamic_bool(x) THEN coalesce(kql_pick(a, i), 'null'::JSON)
        ELSE coalesce(kql_pick(b, i), 'null'::JSON) END))`,
    ),
    macro("kql_array_sum(j)", "list_sum(kql_array_numbers(j))"),
    macro(
      "kql_repetitions(n)",
      `range(CASE WHEN n > ${ARRAY_VALUES_MAX} THEN error('repeat() ${TOO_MANY}')::BIGINT ELSE greatest(n, 0) END)`,
    ),
    // A step that leads away from the end gives nothing, a step of 0 null.
    macro(
      "kql_range_long(a, b, s)",
      `CASE WHEN a IS NULL OR b IS NULL OR s IS NULL OR s = 0 THEN NULL WHEN (b::HUGEINT - a) // s >= ${ARRAY_VALUES_MAX}
        THEN error('range() ${TOO_MANY}') ELSE generate_series(a::BIGINT, b::BIGINT, s::BIGINT) END`,
    ),
    macro(
      "kql_range_real(a, b, s)",
      `CASE WHEN NOT (isfinite(a) AND isfinite(b) AND isfinite(s)) OR s = 0 THEN NULL WHEN (b - a) / s >= ${ARRAY_VALUES_MAX}
        THEN error('range() ${TOO_MANY}')
        ELSE list_transform(range(0, greatest(floor((b - a) / s)::BIGINT + 1, 0)), lambda i: a + i * s) END`,
    ),
  ];
}

function bagMacros(): readonly string[] {
  return [
    // Keys and values; a value that is null in JSON is NULL here.
    macro(
      "kql_entries(j)",
      "(CASE WHEN json_type(j) = 'OBJECT' THEN map_entries(j::MAP(VARCHAR, JSON)) END)::STRUCT(key VARCHAR, value JSON)[]",
    ),
    macro(
      "kql_from_entries(l)",
      `('{' || array_to_string(list_transform(l, lambda e: to_json(e.key)::VARCHAR || ':'
        || coalesce(e.value::VARCHAR, 'null')), ',') || '}')::JSON`,
    ),
    macro(
      "kql_first_entries(l)",
      `list_filter(l, lambda e, i: list_position(list_transform(l, lambda f: f.key), e.key) = i)`,
    ),
    macro("kql_merge(l)", "kql_from_entries(kql_first_entries(l))"),
    macro(
      "kql_merge_last(l)",
      "kql_from_entries(list_reverse(kql_first_entries(list_reverse(l))))",
    ),
  ];
}

/**
 * JSON with the keys of every bag in order, level by level, since a macro cannot call itself. The next level is named
 * once in each, so that the whole stays short.
 */
function sortedJsonMacros(): readonly string[] {
  const level = (depth: number): string =>
    macro(
      `kql_sorted_${depth}(j)`,
      depth === 0
        ? "j::VARCHAR"
        : `CASE WHEN json_type(j) IN ('OBJECT', 'ARRAY') THEN kql_enclosed(j, array_to_string(list_transform(
            kql_children(j), lambda e: e.label || kql_sorted_${depth - 1}(e.value)), ',')) ELSE j::VARCHAR END`,
    );
  return [
    macro(
      "kql_children(j)",
      `CASE json_type(j) WHEN 'OBJECT' THEN list_transform(list_sort(kql_entries(j)),
          lambda e: {'label': to_json(e.key)::VARCHAR || ':', 'value': coalesce(e.value, 'null'::JSON)})
        ELSE list_transform(json_extract(j, '$[*]')::JSON[], lambda e: {'label': '', 'value': e}) END`,
    ),
    macro(
      "kql_enclosed(j, t)",
      "CASE json_type(j) WHEN 'OBJECT' THEN '{' ELSE '[' END || t || CASE json_type(j) WHEN 'OBJECT' THEN '}' ELSE ']' END",
    ),
    ...Array.from({ length: SORTED_LEVELS + 1 }, (_, depth) => level(depth)),
    macro("kql_sorted(j)", `coalesce(kql_sorted_${SORTED_LEVELS}(j), '')`),
  ];
}
