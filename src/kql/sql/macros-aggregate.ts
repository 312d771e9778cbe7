/** Macros for aggregates that collect, and for the sketches made of them. */
import { bound, macro } from "./macro.ts";

/** Sets up to this size keep the order of first sight; putting larger ones in it would take too long. */
const ORDERED_SET_MAX = 256;

const large = `len(list_distinct(l)) > ${ORDERED_SET_MAX}`;

export const AGGREGATE_MACROS: readonly string[] = Object.freeze([
  macro(
    "kql_items(j)",
    `CASE WHEN json_type(j) = 'ARRAY' THEN from_json(j, '["JSON"]') ELSE [j] END`,
  ),
  // Each value once, small sets in the order of first sight. The aggregate, though named often, is computed once.
  macro(
    "kql_seen(l)",
    `list_distinct(l)[1:CASE WHEN ${large} THEN len(list_distinct(l)) ELSE 0 END] || list_transform(list_sort(
      list_transform(list_distinct(l)[1:CASE WHEN ${large} THEN 0 ELSE ${ORDERED_SET_MAX} END],
        lambda v: {'p': list_position(l, v), 'v': v})), lambda e: e.v)`,
  ),
  macro(
    "kql_members(j)",
    `CASE WHEN json_type(j) = 'OBJECT' THEN map_entries(from_json(j, '"MAP(VARCHAR, JSON)"')) ELSE [] END`,
  ),
  macro("kql_member_keys(members)", "list_transform(members, lambda e: e.key)"),
  // The first value of each key. Where all keys are different there is nothing to look for.
  macro(
    "kql_first_members(members)",
    bound(
      "m",
      "{'e': members, 'k': kql_member_keys(members), 'n': len(list_distinct(kql_member_keys(members)))}",
      `m.e[1:CASE WHEN m.n < len(m.e) THEN 0 ELSE m.n END] || list_filter(
        m.e[1:CASE WHEN m.n < len(m.e) THEN len(m.e) ELSE 0 END],
        lambda e, i: list_position(m.k, e.key) = i)`,
    ),
  ),
  // As text, since a list of pairs is no JSON object.
  macro(
    "kql_members_bag(members, n)",
    `('{' || coalesce(array_to_string(list_transform(kql_first_members(members)[1:n],
      lambda e: to_json(e.key)::VARCHAR || ':' || coalesce(e.value::VARCHAR, 'null')), ','), '') || '}')::JSON`,
  ),
  macro("kql_hashes(j)", `coalesce(try_cast(j AS UBIGINT[]), [])`),
  // Values are told apart as numbers where they are, and as texts, which sort spans of time less than a day and instants.
  macro(
    "kql_digest_rank(j, p)",
    bound(
      "l",
      "{'l': list_sort(list_transform(kql_items(j), lambda e: {'n': kql_number(e), 't': e::VARCHAR})), 'p': p}",
      "l.l[greatest(1, ceil(round(l.p * len(l.l) / 100, 9)))::BIGINT].t::JSON",
    ),
  ),
]);
