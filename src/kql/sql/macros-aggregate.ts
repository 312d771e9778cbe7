/** Macros for aggregates that collect, and for the sketches made of them. */
import { bound, macro } from "./macro.ts";

/** Sets up to this size keep the order of first sight; putting larger ones in it would take too long. */
const ORDERED_SET_MAX = 1000;

export const AGGREGATE_MACROS: readonly string[] = Object.freeze([
  macro(
    "kql_elements(j)",
    `CASE WHEN json_type(j) = 'ARRAY' THEN from_json(j, '["JSON"]') ELSE [j] END`,
  ),
  macro(
    "kql_distinct(all_values)",
    bound(
      "s",
      "{'l': all_values, 'd': list_distinct(all_values)}",
      `CASE WHEN len(s.d) > ${ORDERED_SET_MAX} THEN s.d
        ELSE list_transform(list_sort(list_transform(s.d, lambda v: {'p': list_position(s.l, v), 'v': v})), lambda e: e.v)
        END`,
    ),
  ),
  macro(
    "kql_members(j)",
    `CASE WHEN json_type(j) = 'OBJECT' THEN map_entries(from_json(j, '"MAP(VARCHAR, JSON)"')) ELSE [] END`,
  ),
  // The first value of each key, as text, since a list of pairs is no JSON object.
  macro(
    "kql_members_bag(members, n)",
    bound(
      "m",
      "{'e': members, 'k': list_transform(members, lambda e: e.key)}",
      `('{' || coalesce(array_to_string(list_transform(
        list_filter(m.e, lambda e, i: list_position(m.k, e.key) = i)[1:n],
        lambda e: to_json(e.key)::VARCHAR || ':' || coalesce(e.value::VARCHAR, 'null')), ','), '') || '}')::JSON`,
    ),
  ),
  macro("kql_hashes(j)", `coalesce(try_cast(j AS UBIGINT[]), [])`),
  macro(
    "kql_digest_rank(j, p)",
    bound(
      "l",
      "list_sort(try_cast(j AS DOUBLE[]))",
      "l[greatest(1, ceil(round(p * len(l) / 100, 9)))::BIGINT]",
    ),
  ),
]);
