/**
 * Macros about places. A geohash numbers the cells of a grid that is halved by turns in longitude and latitude; each
 * character is five halvings. On a sphere of the Earth's mean radius distances follow from half the angle between points.
 */

import { bound, macro } from "./macro.ts";

const EARTH_RADIUS_METRES = "6371010e0";
const GEOHASH_LENGTH_MAX = 18;
const ALPHABET = "'0123456789bcdefghjkmnpqrstuvwxyz'";

export const GEO_MACROS: readonly string[] = Object.freeze([
  macro("kql_is_place(lon, lat)", "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90"),
  macro(
    "kql_distance(lon1, lat1, lon2, lat2)",
    `CASE WHEN kql_is_place(lon1, lat1) AND kql_is_place(lon2, lat2) THEN 2 * ${EARTH_RADIUS_METRES}
      * asin(sqrt(least(pow(sin(radians(lat2 - lat1) / 2), 2)
        + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2), 1))) END`,
  ),
  // The number of the cell along one axis; the greatest coordinate belongs to the last cell.
  macro(
    "kql_cell(x, width, bits)",
    "least(floor((x / width + 0.5) * (1::BIGINT << bits))::BIGINT, (1::BIGINT << bits) - 1)",
  ),
  macro(
    "kql_geohash(lon, lat, n)",
    `CASE WHEN kql_is_place(lon, lat) AND n BETWEEN 1 AND ${GEOHASH_LENGTH_MAX} THEN ${bound(
      "c",
      "{'x': kql_cell(lon, 360, (5 * n + 1) // 2), 'y': kql_cell(lat, 180, 5 * n // 2), 'n': n}",
      `array_to_string(list_transform(range(0, c.n), lambda i: substr(${ALPHABET}, 1 + list_sum(list_transform(range(0, 5),
        lambda b: (1 << (4 - b)::INTEGER) * CASE WHEN (5 * i + b) % 2 = 0
          THEN (c.x >> ((5 * c.n + 1) // 2 - 1 - (5 * i + b) // 2)) & 1
          ELSE (c.y >> (5 * c.n // 2 - 1 - (5 * i + b) // 2)) & 1 END))::BIGINT, 1)), '')`,
    )} END`,
  ),
  // The halvings of a geohash, 1 for the upper half.
  macro(
    "kql_geohash_bits(h)",
    `list_transform(range(0, 5 * length(h)), lambda i: ((strpos(${ALPHABET}, substr(lower(h), i // 5 + 1, 1)) - 1)
      >> (4 - i % 5)::INTEGER) & 1)`,
  ),
  macro(
    "kql_cell_start(bits, first)",
    "list_sum(list_transform(bits, lambda b, i: CASE WHEN (i - 1) % 2 = first THEN b / pow(2, (i - 1) // 2 + 1) ELSE 0 END))",
  ),
  macro("kql_cell_size(n, first)", "1 / pow(2, (n + 1 - first) // 2)"),
  macro(
    "kql_geohash_box(h)",
    `CASE WHEN length(h) BETWEEN 1 AND ${GEOHASH_LENGTH_MAX} AND length(translate(lower(h), ${ALPHABET}, '')) = 0 THEN ${bound(
      "b",
      "kql_geohash_bits(h)",
      `{'x': kql_cell_start(b, 0) * 360 - 180, 'y': kql_cell_start(b, 1) * 180 - 90,
        'w': kql_cell_size(len(b), 0) * 360, 'h': kql_cell_size(len(b), 1) * 180}`,
    )} END`,
  ),
  macro(
    "kql_geohash_center(h)",
    bound(
      "g",
      "kql_geohash_box(h)",
      "CASE WHEN g IS NOT NULL THEN json_object('type', 'Point', 'coordinates', [g.x + g.w / 2, g.y + g.h / 2]) END",
    ),
  ),
  macro(
    "kql_geohash_polygon(h)",
    bound(
      "g",
      "kql_geohash_box(h)",
      `CASE WHEN g IS NOT NULL THEN json_object('type', 'Polygon', 'coordinates', [[[g.x, g.y], [g.x + g.w, g.y],
        [g.x + g.w, g.y + g.h], [g.x, g.y + g.h], [g.x, g.y]]]) END`,
    ),
  ),
]);
