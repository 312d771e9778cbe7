/**
 * The simple functions about places: distances on a sphere and geohashes. A longitude lies within 180 degrees of 0, a
 * latitude within 90; anything else gives null. Shapes, and the cells of other grids, are not computed.
 */

import { argument, invoke, strict, unsupported, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { once } from "./once.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

/** Characters of a geohash where no number of them is given. */
const GEOHASH_LENGTH = "5";

export const GEO_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  geo_distance_2points: distance,
  geo_point_in_circle: inCircle,
  geo_point_to_geohash: (site) => {
    const length =
      site.args[2] === undefined ? GEOHASH_LENGTH : conversion(argument(site, 2), "long").sql;
    const sql = once(reals(site, 2), (lon = "", lat = "") =>
      invoke("kql_geohash", lon, lat, length),
    );
    return { sql: `coalesce(${sql}, '')`, type: "string", nonNull: true };
  },
  geo_geohash_to_central_point: (site) => cell(site, "kql_geohash_center"),
  geo_geohash_to_polygon: (site) => cell(site, "kql_geohash_polygon"),
});

function reals(site: CallSite, count: number): readonly SqlExpr[] {
  return Array.from({ length: count }, (_, index) =>
    conversion(argument(site, index), "real", site.span),
  );
}

/** Metres along the sphere; the spheroid is refused. */
function distance(site: CallSite): SqlExpr {
  const spheroid = site.args[4]?.literal;
  if (site.args.length > 4 && spheroid?.value !== false) {
    throw unsupported("geo_distance_2points() on the spheroid", site.span);
  }
  return value(
    once(reals(site, 4), (...points) => invoke("kql_distance", ...points)),
    "real",
  );
}

function inCircle(site: CallSite): SqlExpr {
  const radius = conversion(argument(site, 4), "real", site.span).sql;
  const sql = once(
    reals(site, 4),
    (...points) =>
      `(CASE WHEN ${radius} >= 0 THEN ${invoke("kql_distance", ...points)} <= ${radius} END)`,
  );
  return value(sql, "bool");
}

function cell(site: CallSite, macro: string): SqlExpr {
  const hash = conversion(argument(site, 0), "string", site.span);
  const made = strict(
    once([hash], (h = "") => invoke(macro, h)),
    "dynamic",
    [hash],
  );
  return { ...made, nonNull: false };
}
