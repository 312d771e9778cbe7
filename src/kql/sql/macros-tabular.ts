/** Macros of the operators that make rows from arrays and bags. */
import { RANGE_ROWS_MAX } from "../limits.ts";
import { macro } from "./macro.ts";

export const TABULAR_MACROS: readonly string[] = Object.freeze([
  macro(
    "kql_range_rows(last)",
    `CASE WHEN last >= ${RANGE_ROWS_MAX}
      THEN error('range gives more than ${RANGE_ROWS_MAX} rows (RANGE_ROWS_MAX)')::BIGINT ELSE greatest(last + 1, 0) END`,
  ),
  // What mv-expand makes rows of. Null, and any single value, counts as one element; JSON's null becomes null.
  macro(
    "kql_elements(j)",
    `CASE json_type(j)
      WHEN 'ARRAY' THEN list_transform(json_extract(j, '$[*]'), lambda e: nullif(e, 'null'::JSON))
      WHEN 'OBJECT' THEN list_transform(list_zip(json_keys(j), json_extract(j, '$.*')),
        lambda p: ('{' || to_json(p[1])::VARCHAR || ':' || p[2]::VARCHAR || '}')::JSON)
      ELSE [nullif(j, 'null'::JSON)] END`,
  ),
  // The same as texts, where a text is what is asked for: the elements need not become JSON before.
  macro(
    "kql_element_texts(j)",
    `CASE json_type(j)
      WHEN 'ARRAY' THEN json_extract_string(j, '$[*]')
      WHEN 'OBJECT' THEN list_transform(kql_elements(j), lambda e: e::VARCHAR)
      ELSE [json_extract_string(j, '$')] END`,
  ),
  macro(
    "kql_element_pairs(j)",
    `CASE json_type(j)
      WHEN 'OBJECT' THEN list_transform(list_zip(json_keys(j), json_extract(j, '$.*')),
        lambda p: ('[' || to_json(p[1])::VARCHAR || ',' || p[2]::VARCHAR || ']')::JSON)
      ELSE kql_elements(j) END`,
  ),
]);
