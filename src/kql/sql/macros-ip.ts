/**
 * Macros about addresses. An IPv4 address is a BIGINT, an IPv6 address a UHUGEINT; IPv4 is a part of IPv6, mapped to
 * ::ffff:0:0/96. A text may end with the length of a prefix, `/24`. What is no address gives NULL.
 */

import { bound, macro } from "./macro.ts";

const V4_TEXT = "'[0-9]{1,3}(?:\\.[0-9]{1,3}){3}'";

const OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})";
const V4_STRICT = `'${OCTET}(?:\\.${OCTET}){3}'`;

export const IP_MACROS: readonly string[] = Object.freeze([
  macro("kql_octet(t)", "try_cast(t AS UTINYINT)::BIGINT"),
  macro(
    "kql_ip4_plain(s)",
    `CASE WHEN regexp_full_match(s, ${V4_TEXT}) THEN ${bound(
      "o",
      "string_split(s, '.')",
      "kql_octet(o[1]) * 16777216 + kql_octet(o[2]) * 65536 + kql_octet(o[3]) * 256 + kql_octet(o[4])",
    )} END`,
  ),
  macro("kql_ip_base(s)", "split_part(s, '/', 1)"),
  // The length of the prefix: the whole address where none is written.
  macro(
    "kql_ip_prefix(s, bits)",
    `CASE WHEN NOT contains(s, '/') THEN bits
      WHEN regexp_full_match(s, '[^/]*/[0-9]{1,3}') AND try_cast(split_part(s, '/', 2) AS BIGINT) <= bits
      THEN try_cast(split_part(s, '/', 2) AS BIGINT) END`,
  ),
  macro(
    "kql_mask4(v, p)",
    "CASE WHEN p BETWEEN 0 AND 32 THEN (v >> (32 - p)::INTEGER) << (32 - p)::INTEGER END",
  ),
  macro(
    "kql_ip4(s)",
    `CASE WHEN contains(s, '/') THEN kql_mask4(kql_ip4_plain(kql_ip_base(s)), kql_ip_prefix(s, 32))
      ELSE kql_ip4_plain(s) END`,
  ),
  macro(
    "kql_ip4_masked(s, p)",
    "CASE WHEN p BETWEEN 0 AND 32 THEN kql_mask4(kql_ip4_plain(kql_ip_base(s)), least(p, kql_ip_prefix(s, 32))) END",
  ),
  macro(
    "kql_ip4_text(v)",
    "(v >> 24) || '.' || ((v >> 16) & 255) || '.' || ((v >> 8) & 255) || '.' || (v & 255)",
  ),
  // The order of two addresses under the shortest of all prefixes.
  macro(
    "kql_ip4_compare(a, b, p)",
    bound(
      "c",
      "{'a': a, 'b': b, 'p': least(p, kql_ip_prefix(a, 32), kql_ip_prefix(b, 32))}",
      `CASE WHEN p NOT BETWEEN 0 AND 32 OR kql_ip_prefix(c.a, 32) IS NULL OR kql_ip_prefix(c.b, 32) IS NULL THEN NULL
        ELSE sign(kql_mask4(kql_ip4_plain(kql_ip_base(c.a)), c.p) - kql_mask4(kql_ip4_plain(kql_ip_base(c.b)), c.p))::BIGINT END`,
    ),
  ),
  macro("kql_is_ip4(s)", `regexp_full_match(s, ${V4_STRICT})`),

  macro("kql_power2(n)", "1::UHUGEINT << n::UHUGEINT"),
  // IPv4 at the end becomes two groups.
  macro("kql_ip6_tail(v)", "format('{:x}:{:x}', v >> 16, v & 65535)"),
  macro(
    "kql_ip6_grouped(s)",
    `CASE WHEN contains(s, '.')
      THEN regexp_extract(s, '^.*:') || kql_ip6_tail(kql_ip4_plain(regexp_extract(s, '[^:]*$'))) ELSE s END`,
  ),
  // A gap, `::`, stands for the groups that are missing; at an end a group of its own is next to it.
  macro(
    "kql_ip6_ended(s)",
    "CASE WHEN starts_with(s, '::') THEN '0' ELSE '' END || s || CASE WHEN ends_with(s, '::') THEN '0' ELSE '' END",
  ),
  macro(
    "kql_ip6_filled(s)",
    "replace(s, '::', ':' || repeat('0:', greatest(8 - length(s) + length(replace(s, ':', '')), 0)))",
  ),
  macro(
    "kql_ip6_digits(s)",
    `CASE WHEN regexp_full_match(s, '[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}')
      THEN array_to_string(list_transform(string_split(s, ':'), lambda g: lpad(g, 4, '0')), '') END`,
  ),
  macro(
    "kql_ip6_number(d)",
    "try_cast('0x' || left(d, 16) AS UBIGINT)::UHUGEINT * kql_power2(64) + try_cast('0x' || right(d, 16) AS UBIGINT)",
  ),
  macro(
    "kql_ip6_written(s)",
    bound(
      "g",
      "kql_ip6_grouped(s)",
      bound(
        "e",
        "kql_ip6_ended(g)",
        bound("f", "kql_ip6_filled(e)", bound("d", "kql_ip6_digits(f)", "kql_ip6_number(d)")),
      ),
    ),
  ),
  macro(
    "kql_ip6_plain(s)",
    "CASE WHEN contains(s, ':') THEN kql_ip6_written(s) ELSE 281470681743360::UHUGEINT + kql_ip4_plain(s)::UHUGEINT END",
  ),
  // A prefix of IPv4 counts from where IPv4 begins.
  macro(
    "kql_ip6_prefix(s)",
    "CASE WHEN contains(s, ':') THEN kql_ip_prefix(s, 128) ELSE kql_ip_prefix(s, 32) + 96 END",
  ),
  macro(
    "kql_mask6(v, p)",
    `CASE WHEN p = 0 THEN 0::UHUGEINT WHEN p = 128 THEN v WHEN p BETWEEN 1 AND 127
      THEN v - v % kql_power2(128 - p) END`,
  ),
  macro(
    "kql_ip6_masked(s, p)",
    bound(
      "c",
      "{'s': s, 'p': CASE WHEN contains(s, ':') OR p > 32 THEN p ELSE p + 96 END}",
      "kql_mask6(kql_ip6_plain(kql_ip_base(c.s)), CASE WHEN kql_ip6_prefix(c.s) IS NOT NULL THEN least(c.p, kql_ip6_prefix(c.s)) END)",
    ),
  ),
  macro("kql_ip6_group(v, i)", "lpad(to_hex((v // kql_power2(i * 16) % 65536)::BIGINT), 4, '0')"),
  macro(
    "kql_ip6_text(v)",
    "lower(array_to_string(list_transform(range(7, -1, -1), lambda i: kql_ip6_group(v, i)), ':'))",
  ),
  macro(
    "kql_ip6_compare(a, b, p)",
    bound(
      "c",
      `{'a': kql_ip6_plain(kql_ip_base(a)), 'b': kql_ip6_plain(kql_ip_base(b)),
        'p': CASE WHEN kql_ip6_prefix(a) IS NULL OR kql_ip6_prefix(b) IS NULL OR p NOT BETWEEN 0 AND 128 THEN NULL
          ELSE least(kql_ip6_prefix(a), kql_ip6_prefix(b),
            CASE WHEN contains(a, ':') OR contains(b, ':') OR p > 32 THEN p ELSE p + 96 END) END}`,
      `CASE WHEN c.a IS NULL OR c.b IS NULL OR c.p IS NULL THEN NULL
        WHEN kql_mask6(c.a, c.p) = kql_mask6(c.b, c.p) THEN 0
        WHEN kql_mask6(c.a, c.p) > kql_mask6(c.b, c.p) THEN 1 ELSE -1 END::BIGINT`,
    ),
  ),
]);
