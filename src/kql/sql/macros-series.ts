/**
 * Macros about series: dynamic arrays of numbers. Elements that are no numbers are null. A series of whole numbers
 * stays one where the result is whole.
 */
import { bound, macro } from "./macro.ts";

/** The sum of a list, 0 for none. */
const sum = (list: string): string => `coalesce(list_sum(${list}), 0e0)`;

export const SERIES_MACROS: readonly string[] = Object.freeze([
  macro(
    "kql_number(e)",
    `CASE json_type(e) WHEN 'UBIGINT' THEN e::DOUBLE WHEN 'BIGINT' THEN e::DOUBLE WHEN 'DOUBLE' THEN e::DOUBLE
      WHEN 'VARCHAR' THEN CASE json_extract_string(e, '$') WHEN 'NaN' THEN 'nan'::DOUBLE
        WHEN 'Infinity' THEN 'inf'::DOUBLE WHEN '-Infinity' THEN '-inf'::DOUBLE END END`,
  ),
  macro(
    "kql_series(j)",
    `CASE WHEN json_type(j) = 'ARRAY' THEN list_transform(from_json(j, '["JSON"]'), lambda e: kql_number(e)) END`,
  ),
  // Neither a point nor an exponent, and no text either.
  macro("kql_whole(j)", `NOT regexp_matches(j::VARCHAR, '[.eE"]')`),
  macro(
    "kql_series_json(l, whole)",
    bound(
      "s",
      "{'l': l, 'w': whole}",
      `CASE WHEN s.l IS NULL THEN NULL
        WHEN s.w AND NOT list_contains(list_transform(s.l, lambda x: abs(x) < 9e15 AND x = trunc(x)), false)
          THEN to_json(list_transform(s.l, lambda x: x::BIGINT))
        WHEN list_contains(list_transform(s.l, lambda x: isfinite(x)), false)
          THEN to_json(list_transform(s.l, lambda x: kql_real_dynamic(x)))
        ELSE to_json(s.l) END`,
    ),
  ),

  macro("kql_series_sum(l)", `CASE WHEN l IS NOT NULL THEN ${sum("l")} END`),
  macro(
    "kql_series_product(l)",
    "CASE WHEN l IS NOT NULL THEN list_reduce(list_prepend(1e0, list_filter(l, lambda x: x IS NOT NULL)), lambda a, b: a * b) END",
  ),
  macro(
    "kql_series_dot(a, b)",
    `CASE WHEN len(a) = len(b) THEN ${sum("list_transform(list_zip(a, b), lambda p: p[1] * p[2])")} END`,
  ),
  macro("kql_series_norm(l)", "sqrt(kql_series_dot(l, l))"),
  macro(
    "kql_series_centred(l)",
    bound(
      "c",
      "{'l': l, 'm': kql_series_sum(l) / len(l)}",
      "list_transform(c.l, lambda x: x - c.m)",
    ),
  ),
  macro(
    "kql_series_correlation(a, b)",
    bound(
      "z",
      "{'a': kql_series_centred(a), 'b': kql_series_centred(b)}",
      `CASE WHEN list_contains(z.a, NULL) OR list_contains(z.b, NULL) THEN NULL
        ELSE kql_series_dot(z.a, z.b) / (kql_series_norm(z.a) * kql_series_norm(z.b)) END`,
    ),
  ),

  ...fillMacros(),
  ...filterMacros(),
  ...statisticsMacros(),
]);

/** Filling of missing elements; `l` is the list of elements as JSON, `p` the number that stands for a missing one. */
function fillMacros(): readonly string[] {
  const missing = (e: string): string => `(kql_number(${e}) IS NULL OR kql_number(${e}) = f.p)`;
  const given = (list: string): string =>
    bound(
      "f",
      `{'l': ${list}, 'p': p}`,
      "{'l': f.l, 'k': list_filter(range(1, len(f.l) + 1), lambda i: NOT (kql_number(f.l[i]) IS NULL OR coalesce(kql_number(f.l[i]) = f.p, false)))}",
    );
  const items = `from_json(j, '["JSON"]')`;
  const array = (body: string): string =>
    `CASE WHEN json_type(j) = 'ARRAY' THEN to_json(${body}) END`;
  const before = "list_filter(g.k, lambda k: k <= i)[-1]";
  const after = "list_filter(g.k, lambda k: k >= i)[1]";
  return [
    macro(
      "kql_fill_const(j, c, p)",
      array(
        bound(
          "f",
          `{'l': ${items}, 'c': c, 'p': p}`,
          `list_transform(f.l, lambda e: CASE WHEN ${missing("e")} THEN f.c ELSE e END)`,
        ),
      ),
    ),
    macro(
      "kql_fill_forward(j, p)",
      array(
        bound(
          "g",
          given(items),
          `list_transform(range(1, len(g.l) + 1), lambda i: coalesce(g.l[${before}], g.l[i]))`,
        ),
      ),
    ),
    macro(
      "kql_fill_backward(j, p)",
      array(
        bound(
          "g",
          given(items),
          `list_transform(range(1, len(g.l) + 1), lambda i: coalesce(g.l[${after}], g.l[i]))`,
        ),
      ),
    ),
    macro(
      "kql_line_between(i, a, x, b, y)",
      `CASE WHEN a = b THEN x WHEN a IS NULL THEN y WHEN b IS NULL THEN x
        ELSE x + (y - x) * (i - a) / (b - a) END`,
    ),
    macro(
      "kql_fill_linear(j, p, edges, c)",
      `CASE WHEN json_type(j) = 'ARRAY' THEN kql_series_json(${bound(
        "g",
        `{'g': ${given(items)}, 'e': edges, 'c': c, 'w': kql_whole(j)}`,
        `list_transform(range(1, len(g.g.l) + 1), lambda i: CASE WHEN len(g.g.k) = 0 THEN g.c
          WHEN NOT g.e AND (i < g.g.k[1] OR i > g.g.k[-1]) THEN NULL
          ELSE kql_whole_if(g.w, kql_line_between(i,
            ${before.replace("g.k", "g.g.k")}, kql_number(g.g.l[${before.replace("g.k", "g.g.k")}]),
            ${after.replace("g.k", "g.g.k")}, kql_number(g.g.l[${after.replace("g.k", "g.g.k")}]))) END)`,
      )}, kql_whole(j) AND regexp_matches(j::VARCHAR, '[0-9]')) END`,
    ),
    macro("kql_whole_if(w, x)", "CASE WHEN w THEN trunc(x) ELSE x END"),
  ];
}

/** Filters: each output is a sum over inputs, and for the recursive one over earlier outputs. Before the start is 0. */
function filterMacros(): readonly string[] {
  return [
    macro(
      "kql_tap(l, i)",
      "CASE WHEN i BETWEEN 1 AND len(l) THEN coalesce(l[i], 0e0) ELSE 0e0 END",
    ),
    macro(
      "kql_fir(l, h, ahead)",
      bound(
        "s",
        "{'l': l, 'h': h, 'n': ahead}",
        `list_transform(range(1, len(s.l) + 1), lambda i:
          ${sum("list_transform(range(1, len(s.h) + 1), lambda k: s.h[k] * kql_tap(s.l, i + s.n - k + 1))")})`,
      ),
    ),
    macro(
      "kql_fir_normal(h)",
      bound("s", "{'h': h, 't': kql_series_sum(h)}", "list_transform(s.h, lambda x: x / s.t)"),
    ),
    macro(
      "kql_iir(l, b, a)",
      bound(
        "s",
        "{'f': kql_fir(l, b, 0), 'a': a}",
        `list_reduce(list_transform(s.f, lambda x: [x / s.a[1]]), lambda y, x: y || [x[1] -
          ${sum("list_transform(range(2, len(s.a) + 1), lambda k: s.a[k] * kql_tap(y, len(y) + 2 - k))")} / s.a[1]])`,
      ),
    ),
  ];
}

/** Statistics and the straight line; elements count from 1 in the line and from 0 as places. */
function statisticsMacros(): readonly string[] {
  const place = (value: string): string => `list_position(s.o, ${value}) - 1`;
  return [
    macro(
      "kql_series_stats(l, whole)",
      bound(
        "s",
        "{'l': l, 'o': whole, 'n': len(l)::BIGINT, 'min': list_min(l), 'max': list_max(l), 'v': list_aggregate(l, 'var_samp')}",
        `to_json({'min': s.min, 'min_idx': ${place("s.min")}, 'max': s.max, 'max_idx': ${place("s.max")},
          'avg': list_sum(s.l) / s.n, 'stdev': sqrt(coalesce(s.v, 0)), 'variance': coalesce(s.v, 0e0),
          'sum': list_sum(s.l), 'len': s.n})`,
      ),
    ),
    macro(
      "kql_series_statistics(l, ignored)",
      bound(
        "s",
        "{'l': l, 'f': list_filter(l, lambda x: isfinite(x)), 'i': ignored}",
        `CASE WHEN len(s.f) > 0 AND (s.i OR len(s.f) = len(s.l)) THEN kql_series_stats(s.f, s.l)
          WHEN s.l IS NOT NULL THEN '{"min":null,"min_idx":null,"max":null,"max_idx":null,"avg":null,"stdev":null,"variance":null,"sum":null,"len":null}'::JSON END`,
      ),
    ),
    macro(
      "kql_line_sums(l)",
      bound(
        "s",
        "{'l': l, 'n': len(l)::DOUBLE}",
        `{'l': s.l, 'n': s.n, 'x': s.n * (s.n + 1) / 2, 'xx': s.n * (s.n + 1) * (2 * s.n + 1) / 6,
          'y': ${sum("s.l")}, 'xy': ${sum("list_transform(s.l, lambda y, i: y * i)")}}`,
      ),
    ),
    macro(
      "kql_line(s)",
      bound(
        "t",
        "{'s': s, 'm': (s.n * s.xy - s.x * s.y) / (s.n * s.xx - s.x * s.x)}",
        "{'l': t.s.l, 'n': t.s.n, 'mean': t.s.y / t.s.n, 'm': t.m, 'c': (t.s.y - t.m * t.s.x) / t.s.n}",
      ),
    ),
    macro(
      "kql_line_fit(s)",
      bound(
        "t",
        `{'s': s, 'v': ${sum("list_transform(s.l, lambda y: pow(y - s.mean, 2))")},
          'r': ${sum("list_transform(s.l, lambda y, i: pow(y - s.m * i - s.c, 2))")}}`,
        `to_json({'rsquare': CASE WHEN t.v = 0 THEN 0e0 ELSE 1 - t.r / t.v END, 'slope': t.s.m,
          'variance': t.v / (t.s.n - 1), 'rvariance': t.r / (t.s.n - 1), 'interception': t.s.c,
          'line_fit': list_transform(t.s.l, lambda y, i: t.s.m * i + t.s.c)})`,
      ),
    ),
    macro(
      "kql_series_line(l)",
      bound(
        "l",
        "l",
        `CASE WHEN len(l) >= 2 AND NOT list_contains(list_transform(l, lambda x: coalesce(isfinite(x), false)), false)
          THEN ${bound("a", "kql_line_sums(l)", bound("b", "kql_line(a)", "kql_line_fit(b)"))} END`,
      ),
    ),
  ];
}
