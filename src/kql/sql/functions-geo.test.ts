/** Goal: distances and geohashes are those of KQL's documentation, and what is no place gives null. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlType } from "../types.ts";
import { type Check, call, checkAll, lit, refusal } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";

function run(
  name: string,
  type: KqlType,
  args: readonly (number | string | null)[],
  expected: unknown,
): Check {
  const pieces = args.map((arg) =>
    typeof arg === "string" ? lit("string", arg) : lit("real", arg),
  );
  return [`${name}(${args.join(", ")})`, call(SCALARS, name, type, ...pieces), expected];
}

/** The whole metres of a distance. */
function metres(args: readonly (number | null)[], expected: unknown): Check {
  const [title, expr] = run("geo_distance_2points", "real", args, expected);
  return [title, { ...expr, sql: `floor(${expr.sql})::BIGINT` }, expected];
}

checkAll("places", () => [
  metres([-122.3518577, 47.6205099, -122.3519241, 47.6097268], "1199"),
  metres([300, 0, 0, 0], null),
  metres([0, 0, 0, -91], null),
  metres([0, null, 0, 0], null),
  metres([0, 0, 180, 0], "20015118"),
  run("geo_point_in_circle", "bool", [-122.201741, 47.677084, -122.317404, 47.609119, 18000], true),
  run("geo_point_in_circle", "bool", [-122.137575, 47.630683, -122.100896, 47.527351, 3500], false),
  run("geo_point_in_circle", "bool", [1, 1, 1, 1, -1], null),
  run("geo_point_to_geohash", "string", [139.806115, 35.554128], "xn76m"),
  run("geo_point_to_geohash", "string", [200, 0], ""),
  run(
    "geo_geohash_to_central_point",
    "dynamic",
    ["sunny"],
    '{"type":"Point","coordinates":[42.47314453125,23.70849609375]}',
  ),
  run("geo_geohash_to_central_point", "dynamic", ["a"], null),
  run(
    "geo_geohash_to_polygon",
    "dynamic",
    ["dr5ru"],
    '{"type":"Polygon","coordinates":[[[-74.00390625,40.7373046875],[-73.9599609375,40.7373046875],[-73.9599609375,40.78125],[-74.00390625,40.78125],[-74.00390625,40.7373046875]]]}',
  ),
]);

test("the spheroid is refused", () => {
  const args = [0, 0, 1, 1].map((degrees) => lit("real", degrees));
  const made = (): unknown =>
    call(SCALARS, "geo_distance_2points", "real", ...args, lit("bool", true));
  assert.match(refusal(made), /spheroid/);
});
