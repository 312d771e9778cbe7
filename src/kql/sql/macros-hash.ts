/**
 * xxHash64 with seed 0, written out after its specification: four sums run over stripes of 32 bytes, what is left over
 * is mixed in by 8, by 4 and by single bytes, and the result is stirred. Numbers are UHUGEINT, cut to 64 bits after each
 * step. The bytes come as hexadecimal digits.
 */

import { bound, macro } from "./macro.ts";

const MASK = "18446744073709551615::UHUGEINT";
const P1 = "11400714785074694791::UHUGEINT";
const P2 = "14029467366897019727::UHUGEINT";
const P3 = "1609587929392839161::UHUGEINT";
const P4 = "9650029242287828579::UHUGEINT";
const P5 = "2870177450012600261::UHUGEINT";

/** Where each of the four sums starts, modulo 2^64. */
const STARTS = [`(${P1} + ${P2}) & ${MASK}`, P2, "0::UHUGEINT", `${MASK} - ${P1} + 1`];

export const HASH_MACROS: readonly string[] = Object.freeze([
  macro(
    "kql_long_bytes(x)",
    `array_to_string(list_transform(range(0, 64, 8), lambda b: lpad(to_hex((x >> b) & 255), 2, '0')), '')`,
  ),
  macro("kql_cut(x)", `(x) & ${MASK}`),
  macro("kql_rotated(x, n)", `kql_cut(((x) << n::UHUGEINT) | ((x) >> (64 - n)::UHUGEINT))`),
  // Bytes stand in the order of rising weight.
  macro(
    "kql_number_at(h, o, n)",
    `('0x' || array_to_string(list_transform(range(n - 1, -1, -1),
      lambda b: substr(h, (2 * (o + b) + 1)::BIGINT, 2)), ''))::UBIGINT::UHUGEINT`,
  ),
  macro(
    "kql_hash_round(a, x)",
    bound("r", `kql_cut(a + kql_cut(x * ${P2}))`, `kql_cut(kql_rotated(r, 31) * ${P1})`),
  ),
  macro(
    "kql_hash_sum(h, k, start)",
    `list_reduce(list_concat([start], list_transform(range(0, length(h) // 64), lambda i: kql_number_at(h, 32 * i + k, 8))),
      lambda a, x: kql_hash_round(a, x))`,
  ),
  macro(
    "kql_hash_merge(a, v)",
    `kql_cut(kql_cut(xor(a, kql_hash_round(0::UHUGEINT, v)) * ${P1}) + ${P4})`,
  ),
  macro(
    "kql_hash_long(h)",
    bound(
      "v",
      `[${STARTS.map((start, index) => `kql_hash_sum(h, ${8 * index}, ${start})`).join(", ")}]`,
      `list_reduce(list_concat([kql_cut(kql_rotated(v[1], 1) + kql_rotated(v[2], 7) + kql_rotated(v[3], 12)
        + kql_rotated(v[4], 18))], v), lambda a, x: kql_hash_merge(a, x))`,
    ),
  ),
  // The numbers that are left over, each with its width in bytes.
  macro(
    "kql_hash_rest(h, n)",
    `list_concat(list_transform(range(n // 32 * 32, n - 7, 8), lambda o: {'w': 8, 'x': kql_number_at(h, o, 8)}),
      list_concat(list_transform(range(n // 8 * 8, n - 3, 4), lambda o: {'w': 4, 'x': kql_number_at(h, o, 4)}),
      list_transform(range(n // 4 * 4, n), lambda o: {'w': 1, 'x': kql_number_at(h, o, 1)})))`,
  ),
  macro(
    "kql_hash_mix(a, w, x)",
    `CASE w WHEN 8 THEN kql_cut(kql_cut(kql_rotated(xor(a, kql_hash_round(0::UHUGEINT, x)), 27) * ${P1}) + ${P4})
      WHEN 4 THEN kql_cut(kql_cut(kql_rotated(xor(a, kql_cut(x * ${P1})), 23) * ${P2}) + ${P3})
      ELSE kql_cut(kql_rotated(xor(a, kql_cut(x * ${P5})), 11) * ${P1}) END`,
  ),
  macro(
    "kql_hash_stirred(x)",
    bound(
      "a",
      `kql_cut(xor(x, x >> 33::UHUGEINT) * ${P2})`,
      bound("b", `kql_cut(xor(a, a >> 29::UHUGEINT) * ${P3})`, "xor(b, b >> 32::UHUGEINT)"),
    ),
  ),
  macro(
    "kql_xxhash64(h)",
    bound(
      "bytes",
      "{'h': h, 'n': length(h) // 2}",
      `kql_wrap(kql_hash_stirred(list_reduce(list_concat([{'w': 0,
        'x': kql_cut(CASE WHEN bytes.n < 32 THEN ${P5} ELSE kql_hash_long(bytes.h) END + bytes.n::UHUGEINT)}], kql_hash_rest(bytes.h, bytes.n)),
        lambda a, r: {'w': 0, 'x': kql_hash_mix(a.x, r.w, r.x)}).x)::HUGEINT)`,
    ),
  ),
]);
