/**
 * Functions of the sketches that `hll` and `tdigest` make. They are kept whole here, the one as hashes of the distinct
 * values, the other as the values, so the answers are exact.
 */

import { argument, invoke, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Emitters of the functions of sketches. */
export const SKETCHES: Readonly<Record<string, Emitter>> = Object.freeze({
  dcount_hll: (site) => value(`json_array_length(${sketch(site, 0)})::BIGINT`, "long"),
  hll_merge: (site) => value(`to_json(list_distinct(${merged(site, "kql_hashes")}))`, "dynamic"),
  hll_isvalid: (site) => value(`coalesce(json_type(${sketch(site, 0)}) = 'ARRAY', false)`, "bool"),
  tdigest_merge: mergedDigest,
  merge_tdigest: mergedDigest,
  tdigest_isvalid: (site) =>
    value(`coalesce(json_type(${sketch(site, 0)}) = 'ARRAY', false)`, "bool"),
  percentile_tdigest: percentile,
  percentiles_array_tdigest: percentiles,
});

function sketch(site: CallSite, index: number): string {
  return conversion(argument(site, index), "dynamic", site.span).sql;
}

/** The elements of all arguments in one list. */
function merged(site: CallSite, macro: string): string {
  const lists = site.args.map((_, index) => invoke(macro, sketch(site, index)));
  return `flatten([${lists.join(", ")}])`;
}

function mergedDigest(site: CallSite): SqlExpr {
  return value(`to_json(${merged(site, "kql_items")})`, "dynamic");
}

/** The type that a third argument names is the type of the call. */
function percentile(site: CallSite): SqlExpr {
  const ranked = invoke("kql_digest_rank", sketch(site, 0), percent(site, 1));
  return conversion(value(ranked, "dynamic"), site.type, site.span);
}

function percentiles(site: CallSite): SqlExpr {
  const digest = sketch(site, 0);
  const [first] = site.args.slice(1);
  if (first?.type === "dynamic") {
    const each = `lambda kql_p: kql_digest_rank(kql_d.d, kql_p)`;
    return value(
      `list_transform([{'d': ${digest}, 'p': kql_series(${first.sql})}], lambda kql_d: to_json(list_transform(kql_d.p, ${each})))[1]`,
      "dynamic",
    );
  }
  const ranked = site.args
    .slice(1)
    .map((_, index) => invoke("kql_digest_rank", digest, percent(site, index + 1)));
  return value(`to_json([${ranked.join(", ")}])`, "dynamic");
}

function percent(site: CallSite, index: number): string {
  const piece = argument(site, index);
  if (piece.type !== "real" && piece.type !== "long" && piece.type !== "int") {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      `argument ${index + 1} of ${site.name}() has to be a number`,
      site.span,
    );
  }
  return conversion(piece, "real", site.span).sql;
}
