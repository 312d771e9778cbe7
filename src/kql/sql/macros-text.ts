/** Macros that look for text in text, cut it, and turn it into the codes of other texts. */

import { REPEATED_TEXT_BYTES_MAX } from "../limits.ts";
import { bound, macro } from "./macro.ts";

const WORD_CHARACTER = "\\p{L}\\p{N}";

export const TEXT_MACROS: readonly string[] = Object.freeze([
  // A term that is not constant; both texts are in the case in which they are compared.
  macro(
    "kql_word_edge(t, wanted, expression, edge)",
    "CASE WHEN wanted AND regexp_matches(t, expression) THEN edge ELSE '' END",
  ),
  macro(
    "kql_has(s, t, at_start, at_end)",
    `contains(s, t) AND regexp_matches(s,
      kql_word_edge(t, at_start, '^[${WORD_CHARACTER}]', '(?:^|[^${WORD_CHARACTER}])') || regexp_escape(t)
      || kql_word_edge(t, at_end, '[${WORD_CHARACTER}]$', '(?:[^${WORD_CHARACTER}]|$)'))`,
  ),
  macro(
    "kql_repeated(s, n)",
    `repeat(CASE WHEN strlen(s) * n > ${REPEATED_TEXT_BYTES_MAX}
      THEN error('strrep() gives more than ${REPEATED_TEXT_BYTES_MAX} bytes (REPEATED_TEXT_BYTES_MAX)') ELSE s END, n)`,
  ),
  // The sharp s has no capital of one character that everyone knows, and stays.
  macro(
    "kql_upper(s)",
    `CASE WHEN contains(s, 'ß') THEN array_to_string(list_transform(string_split(s, 'ß'), lambda p: upper(p)), 'ß')
      ELSE upper(s) END`,
  ),
  // DuckDB joins a list with a constant between only.
  macro(
    "kql_joined(l, d)",
    "coalesce(list_reduce(list_slice(l, 2, len(l)), lambda a, b: a || d || b, l[1]), '')",
  ),
  // Positions of all occurrences, overlapping ones too, from 0.
  macro(
    "kql_positions(s, t)",
    "list_filter(range(0, length(s) - length(t) + 1), lambda i: substring(s, i + 1, length(t)) = t)",
  ),
  macro("kql_countof(s, t)", "CASE WHEN t = '' THEN 0 ELSE len(kql_positions(s, t)) END"),
  macro("kql_start(s, a)", "CASE WHEN a < 0 THEN greatest(length(s) + a, 0) ELSE a END"),
  // Each further occurrence is looked for from behind the start of the one before, as far as `n` reaches from there.
  macro(
    "kql_indexof(s, t, a, n, k)",
    `CASE WHEN n < -1 OR k < 1 THEN NULL ELSE ${bound(
      "f",
      "{'p': list_filter(kql_positions(s, t), lambda i: i >= kql_start(s, a)), 'm': length(t), 'a': kql_start(s, a)}",
      `CASE WHEN len(f.p) < k THEN -1 WHEN n < 0 THEN f.p[k] WHEN len(list_filter(range(1, k + 1), lambda i: f.p[i] + f.m
        > CASE WHEN i = 1 THEN f.a ELSE f.p[i - 1] + 1 END + n)) > 0 THEN -1 ELSE f.p[k] END`,
    )} END`,
  ),
  // The last character of a list that is too short stands for the missing ones.
  macro(
    "kql_translate(a, b, s)",
    "translate(s, a, b || repeat(right(b, 1), greatest(length(a) - length(b), 0)::BIGINT))",
  ),

  macro(
    "kql_bytes(x)",
    "list_transform(range(0, length(x) // 2), lambda i: ('0x' || substr(x, i * 2 + 1, 2))::INTEGER)",
  ),
  macro("kql_base64_array(s)", "to_json(kql_bytes(hex(try(from_base64(s)))))"),
  macro(
    "kql_array_base64(j)",
    `coalesce(try(to_base64(unhex(array_to_string(list_transform(kql_array_numbers(j),
      lambda n: lpad(to_hex(n::UTINYINT), 2, '0')), '')))), '')`,
  ),
  // The first three parts of a guid have their bytes in the other order.
  macro(
    "kql_swap_guid(x)",
    `substr(x, 7, 2) || substr(x, 5, 2) || substr(x, 3, 2) || substr(x, 1, 2) || substr(x, 11, 2) || substr(x, 9, 2)
      || substr(x, 15, 2) || substr(x, 13, 2) || substr(x, 17)`,
  ),
  macro("kql_guid_base64(g)", "coalesce(to_base64(unhex(kql_swap_guid(replace(g, '-', '')))), '')"),
  macro(
    "kql_base64_guid(s)",
    bound(
      "x",
      "hex(try(from_base64(s)))",
      "CASE WHEN length(x) = 32 THEN kql_text_guid(kql_swap_guid(x)) END",
    ),
  ),
  // Hexadecimal digits are small here.
  macro(
    "kql_url_encode_component(s)",
    `array_to_string(list_transform(regexp_extract_all(url_encode(s), '%[0-9A-F]{2}|[^%]+'),
      lambda p: CASE WHEN starts_with(p, '%') THEN lower(p) ELSE p END), '')`,
  ),
  macro("kql_url_encode(s)", "replace(kql_url_encode_component(s), '%20', '+')"),
  macro("kql_url_decode(s)", "coalesce(try(url_decode(replace(s, '+', '%20'))), s)"),
]);
