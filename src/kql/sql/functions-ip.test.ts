/** Goal: functions on addresses agree with KQL's documentation and, for random addresses, with plain arithmetic. */
import assert from "node:assert/strict";
import { BlockList, isIPv4 } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import type { KqlType } from "../types.ts";
import { type Check, call, cell, checkAll, lit, openEvaluator } from "./evaluate.conformance.ts";
import { SCALARS } from "./scalar-table.ts";
import type { SqlExpr } from "./sql-expr.ts";

type Row = readonly [
  name: string,
  args: readonly (string | number | readonly string[])[],
  expected: unknown,
];

function rows(
  type: KqlType,
  list: readonly Row[],
  makers: readonly (typeof lit)[] = [lit, cell],
): Check[] {
  return list.flatMap(([name, args, expected]) =>
    makers.map((make): Check => {
      const pieces = args.map((arg) =>
        typeof arg === "string"
          ? make("string", arg)
          : typeof arg === "number"
            ? make("long", String(arg))
            : make("dynamic", JSON.stringify(arg)),
      );
      return [
        `${name}(${args.join(", ")})${make === cell ? " of rows" : ""}`,
        call(SCALARS, name, type, ...pieces),
        expected,
      ];
    }),
  );
}

checkAll("IPv4", () => [
  ...rows("long", [
    ["parse_ipv4", ["192.168.1.1"], "3232235777"],
    ["parse_ipv4", ["192.168.1.1/24"], "3232235776"],
    ["parse_ipv4", ["255.255.255.255/31"], "4294967294"],
    ["parse_ipv4", ["1.2.3.4/0"], "0"],
    ["parse_ipv4", ["1.2.3.4/33"], null],
    ["parse_ipv4", ["256.1.1.1"], null],
    ["parse_ipv4", ["1.2.3"], null],
    ["parse_ipv4", ["1.2.3.4 "], null],
    ["parse_ipv4", ["::1"], null],
    ["parse_ipv4", [""], null],
    ["parse_ipv4_mask", ["127.0.0.1", 24], "2130706432"],
    ["parse_ipv4_mask", ["127.0.0.1", 33], null],
    ["ipv4_netmask_suffix", ["192.168.1.1/24"], "24"],
    ["ipv4_netmask_suffix", ["192.168.1.1"], "32"],
    ["ipv4_netmask_suffix", ["x/24"], null],
    ["ipv4_compare", ["192.168.1.1/30", "192.168.1.255/24"], "0"],
    ["ipv4_compare", ["192.168.1.1", "192.168.1.0", 31], "0"],
    ["ipv4_compare", ["192.168.1.1", "192.168.1.0"], "1"],
    ["ipv4_compare", ["1.1.1.1", "2.1.1.1"], "-1"],
    ["ipv4_compare", ["1.1.1.1", "x"], null],
    ["ipv4_compare", ["1.1.1.1", "1.1.1.1", 40], null],
  ]),
  ...rows("string", [
    ["format_ipv4", ["192.168.1.1", 24], "192.168.1.0"],
    ["format_ipv4", ["192.168.1.1/24", 32], "192.168.1.0"],
    ["format_ipv4", [3232236031, 24], "192.168.1.0"],
    ["format_ipv4", [3232236031], "192.168.1.255"],
    ["format_ipv4", ["192.168.1.1", -1], ""],
    ["format_ipv4", ["x"], ""],
    ["format_ipv4_mask", ["192.168.1.1/24", 32], "192.168.1.0/24"],
    ["format_ipv4_mask", ["192.168.1.1", 24], "192.168.1.0/24"],
    ["format_ipv4_mask", [3232236031, 24], "192.168.1.0/24"],
  ]),
  ...rows("bool", [
    ["ipv4_is_private", ["10.1.2.3"], true],
    ["ipv4_is_private", ["172.31.255.255"], true],
    ["ipv4_is_private", ["172.32.0.0"], false],
    ["ipv4_is_private", ["192.168.1.1/24"], true],
    ["ipv4_is_private", ["fe80::1"], null],
    ["ipv4_is_private", ["192.168.1.1/33"], null],
    ["ipv4_is_private", ["10.1.2.3/x"], null],
    ["ipv4_is_private", ["256.1.2.3"], null],
    ["ipv4_is_private", [""], null],
    ["ipv4_is_match", ["192.168.1.1/24", "192.168.1.255"], true],
    ["ipv4_is_match", ["192.168.1.1", "192.168.1.0"], false],
    ["ipv4_is_in_range", ["192.168.1.6", "192.168.1.1/24"], true],
    ["ipv4_is_in_range", ["192.168.2.6", "192.168.1.1/24"], false],
    ["ipv4_is_in_range", ["x", "192.168.1.1/24"], null],
    ["ipv4_is_in_any_range", ["192.168.1.6", "10.0.0.0/8", "192.168.1.0/24"], true],
    ["ipv4_is_in_any_range", ["192.168.1.6", ["10.0.0.0/8", "127.0.0.1"]], false],
    ["ipv4_is_in_any_range", ["10.255.255.255", ["10.0.0.0/8"]], true],
    ["ipv4_is_in_any_range", ["fe80::1", ["10.0.0.0/8"]], null],
  ]),
  ...rows(
    "bool",
    [
      ["has_ipv4", ["05:04:54 127.0.0.1 GET /favicon.ico", "127.0.0.1"], true],
      ["has_ipv4", ["05:04:54127.0.0.1 GET", "127.0.0.1"], false],
      ["has_ipv4", ["127.0.0.256", "127.0.0.256"], false],
      ["has_any_ipv4", ["x 127.0.0.1", "10.0.0.1", "127.0.0.1"], true],
      ["has_any_ipv4", ["x 127.0.0.1", ["10.0.0.1"]], false],
      ["has_ipv4_prefix", ["x 127.0.0.1 y", "127.0."], true],
      ["has_ipv4_prefix", ["x 127.0.0.1 y", "127.0"], false],
      ["has_ipv4_prefix", ["x 127.0.0.1 y", "127.0.0.1"], true],
      ["has_any_ipv4_prefix", ["x 127.0.0.1 y", ["192.168.", "127."]], true],
      ["has_any_ipv4_prefix", ["x 127.0.0.999 y", ["127."]], false],
    ],
    [lit],
  ),
]);

checkAll("IPv6", () => [
  ...rows("string", [
    ["parse_ipv6", ["192.168.255.255"], "0000:0000:0000:0000:0000:ffff:c0a8:ffff"],
    ["parse_ipv6", ["192.168.255.255/24"], "0000:0000:0000:0000:0000:ffff:c0a8:ff00"],
    ["parse_ipv6", ["FE80::85d:e82c:9446:7994"], "fe80:0000:0000:0000:085d:e82c:9446:7994"],
    ["parse_ipv6", ["fe80::85d:e82c:9446:7994/120"], "fe80:0000:0000:0000:085d:e82c:9446:7900"],
    ["parse_ipv6", ["::"], "0000:0000:0000:0000:0000:0000:0000:0000"],
    ["parse_ipv6", ["::ffff:1.2.3.4"], "0000:0000:0000:0000:0000:ffff:0102:0304"],
    ["parse_ipv6", ["1:2:3:4:5:6:7:8"], "0001:0002:0003:0004:0005:0006:0007:0008"],
    ["parse_ipv6", ["1::2::3"], ""],
    ["parse_ipv6", [":::"], ""],
    ["parse_ipv6", ["1:2:3:4:5:6:7"], ""],
    ["parse_ipv6", ["12345::"], ""],
    ["parse_ipv6", ["::1/129"], ""],
    ["parse_ipv6", ["text"], ""],
    ["parse_ipv6_mask", ["127.0.0.1", 24], "0000:0000:0000:0000:0000:ffff:7f00:0000"],
    [
      "parse_ipv6_mask",
      ["fe80::85d:e82c:9446:7994", 120],
      "fe80:0000:0000:0000:085d:e82c:9446:7900",
    ],
  ]),
  ...rows("long", [
    ["ipv6_compare", ["192.168.1.1", "::ffff:c0a8:0101"], "0"],
    ["ipv6_compare", ["192.168.1.1/24", "192.168.1.255"], "0"],
    ["ipv6_compare", ["::192.168.1.1/30", "192.168.1.255/24"], "0"],
    ["ipv6_compare", ["192.168.1.1", "192.168.1.0", 31], "0"],
    ["ipv6_compare", ["::1", "::2"], "-1"],
    ["ipv6_compare", ["::1", "x"], null],
  ]),
  ...rows("bool", [
    ["ipv6_is_match", ["fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7995", 127], true],
    ["ipv6_is_match", ["::ffff:c0a8:0101", "192.168.1.255", 120], true],
    [
      "ipv6_is_in_range",
      ["a5e:f127:8a9d:146d:e102:b5d3:c755:abcd", "a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112"],
      true,
    ],
    ["ipv6_is_in_any_range", ["a5e::1", ["b::/16", "a5e::/16"]], true],
    ["ipv6_is_in_any_range", ["a5e::1", "b::/16"], false],
  ]),
]);

test("random addresses lie in random ranges as plain arithmetic says", async () => {
  const evaluator = await openEvaluator();
  const address = fc
    .tuple(...Array.from({ length: 4 }, () => fc.nat(255)))
    .map((octets) => octets.join("."));
  const cases = fc.sample(fc.tuple(address, address, fc.nat(32)), { numRuns: 300, seed: 3 });
  try {
    const list = cases.map(([ip, base, length]) => `('${ip}', '${base}/${length}')`).join(", ");
    const range: SqlExpr = { sql: "r", type: "string", nonNull: true };
    const ip: SqlExpr = { sql: "i", type: "string", nonNull: true };
    const four = call(SCALARS, "ipv4_is_in_range", "bool", ip, range).sql;
    const six = call(SCALARS, "ipv6_is_in_range", "bool", ip, range).sql;
    const got = await evaluator.rows(`SELECT ${four}, ${six} FROM (VALUES ${list}) t(i, r)`);
    const expected = cases.map(([tested, base, length]) => {
      assert.ok(isIPv4(tested));
      const block = new BlockList();
      block.addSubnet(base, length);
      return block.check(tested);
    });
    assert.deepEqual(
      got,
      expected.map((inside) => [inside, inside]),
    );
  } finally {
    evaluator.close();
  }
});

test("random IPv6 addresses are spelled out as a plain reading does", async () => {
  const evaluator = await openEvaluator();
  const cases = fc.sample(fc.ipV6(), { numRuns: 200, seed: 5 }).filter((ip) => !ip.includes("."));
  try {
    const list = cases.map((ip) => `('${ip}')`).join(", ");
    const parsed = call(SCALARS, "parse_ipv6", "string", {
      sql: "i",
      type: "string",
      nonNull: true,
    }).sql;
    const got = await evaluator.rows(`SELECT ${parsed} FROM (VALUES ${list}) t(i)`);
    assert.deepEqual(
      got.map(([text]) => text),
      cases.map(spelledOut),
    );
  } finally {
    evaluator.close();
  }
});

function spelledOut(ip: string): string {
  const [left = "", right] = ip.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const head = groups(left);
  const tail = groups(right ?? "");
  const all = [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  return all.map((group) => group.padStart(4, "0").toLowerCase()).join(":");
}
