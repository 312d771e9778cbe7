/**
 * Functions on addresses. What is no address, or has a prefix out of range, gives null (or the empty text). Ranges that
 * are constants become bounds to compare with; an address of IPv6 is never in a range of IPv4, and the other way round.
 */

import { argument, certain, invoke, refused, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { itemsOf } from "./functions-comparison.ts";
import { text, textOf, textPiece } from "./functions-string.ts";
import { escapeExpression } from "./functions-terms.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

const V4_BITS = 32;
const V6_BITS = 128;
/** An address in a text stands apart from letters and digits. */
const APART_BEFORE = "(?:^|[^0-9A-Za-z])";
const APART_AFTER = "(?:[^0-9A-Za-z]|$)";

export const IP_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  parse_ipv4: (site) => value(invoke("kql_ip4", textOf(site, 0)), "long"),
  parse_ipv4_mask: (site) =>
    value(invoke("kql_ip4_masked", textOf(site, 0), prefix(site, 1, V4_BITS)), "long"),
  parse_ipv6: (site) =>
    text(
      `coalesce(${once([textPiece(site, 0)], (s) => sixText(`kql_ip6_masked(${s}, ${V6_BITS})`))}, '')`,
    ),
  parse_ipv6_mask: (site) =>
    text(
      `coalesce(${sixText(invoke("kql_ip6_masked", textOf(site, 0), prefix(site, 1, V6_BITS)))}, '')`,
    ),
  format_ipv4: (site) => text(`coalesce(${fourText(site)}, '')`),
  format_ipv4_mask: (site) =>
    text(
      `coalesce(${fourText(site)} || '/' || least(${prefix(site, 1, V4_BITS)}, ${ownPrefix(site)}), '')`,
    ),
  ipv4_is_private: (site) =>
    value(
      once([value(invoke("kql_ip4", textOf(site, 0)), "long")], (v) => privateSql(v)),
      "bool",
    ),
  ipv4_netmask_suffix: (site) =>
    value(
      once(
        [textPiece(site, 0)],
        (s) => `(CASE WHEN kql_ip4(${s}) IS NOT NULL THEN kql_ip_prefix(${s}, ${V4_BITS}) END)`,
      ),
      "long",
    ),
  ipv4_compare: (site) => compared(site, "kql_ip4_compare", V4_BITS),
  ipv6_compare: (site) => compared(site, "kql_ip6_compare", V6_BITS),
  ipv4_is_match: (site) => matching(compared(site, "kql_ip4_compare", V4_BITS)),
  ipv6_is_match: (site) => matching(compared(site, "kql_ip6_compare", V6_BITS)),
  ipv4_is_in_range: (site) => inRanges(site, "kql_ip4_compare", V4_BITS),
  ipv6_is_in_range: (site) => inRanges(site, "kql_ip6_compare", V6_BITS),
  ipv4_is_in_any_range: (site) => inRanges(site, "kql_ip4_compare", V4_BITS),
  ipv6_is_in_any_range: (site) => inRanges(site, "kql_ip6_compare", V6_BITS),
  ipv4_range_to_cidr_list: refused("ranges are not taken apart"),
  has_ipv4: (site) => found(site, wholeExpression),
  has_any_ipv4: (site) => found(site, wholeExpression),
  has_ipv4_prefix: (site) => found(site, prefixExpression),
  has_any_ipv4_prefix: (site) => found(site, prefixExpression),
  geo_info_from_ip_address: refused("there is no table of places"),
});

function prefix(site: CallSite, index: number, bits: number): string {
  const piece = site.args[index];
  return piece === undefined ? String(bits) : conversion(piece, "long", site.span).sql;
}

function ownPrefix(site: CallSite): string {
  return argument(site, 0).type === "string"
    ? invoke("kql_ip_prefix", textOf(site, 0), String(V4_BITS))
    : String(V4_BITS);
}

/** A text or a number as an address in text, cut to its prefix. */
function fourText(site: CallSite): string {
  const address = argument(site, 0);
  const masked =
    address.type === "string"
      ? invoke("kql_ip4_masked", address.sql, prefix(site, 1, V4_BITS))
      : invoke("kql_mask4", conversion(address, "long", site.span).sql, prefix(site, 1, V4_BITS));
  return once(
    [value(masked, "long")],
    (v) => `(CASE WHEN ${v} BETWEEN 0 AND 4294967295 THEN kql_ip4_text(${v}) END)`,
  );
}

function sixText(sql: string): string {
  return once(
    [value(sql, "long")],
    (v) => `(CASE WHEN ${v} IS NOT NULL THEN kql_ip6_text(${v}) END)`,
  );
}

/** 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16. */
function privateSql(v: string | undefined): string {
  return `(${v} BETWEEN 167772160 AND 184549375 OR ${v} BETWEEN 2886729728 AND 2887778303 OR ${v} BETWEEN 3232235520 AND 3232301055)`;
}

function compared(site: CallSite, macro: string, bits: number): SqlExpr {
  return value(invoke(macro, textOf(site, 0), textOf(site, 1), prefix(site, 2, bits)), "long");
}

function matching(order: SqlExpr): SqlExpr {
  return value(`(${order.sql} = 0)`, "bool");
}

/** Whether an address is in one of the ranges: constant ones of IPv4 without a prefix of the address are bounds. */
function inRanges(site: CallSite, macro: string, bits: number): SqlExpr {
  const ranges = site.args.slice(1).flatMap(itemsOf);
  const bounds = ranges.map((range) => (bits === V4_BITS ? boundsOf(range) : undefined));
  if (bounds.every((bound) => bound !== undefined) && bounds.length > 0) {
    return value(
      once(
        [value(invoke("kql_ip4", textOf(site, 0)), "long")],
        (v) => `(${bounds.map(([low, high]) => `${v} BETWEEN ${low} AND ${high}`).join(" OR ")})`,
      ),
      "bool",
    );
  }
  const sql = once(
    [textPiece(site, 0)],
    (s = "") => `(${ranges.map((range) => inRange(s, range, macro, bits)).join(" OR ")})`,
  );
  return value(sql, "bool");
}

function inRange(address: string, range: SqlExpr, macro: string, bits: number): string {
  if (range.type !== "dynamic") {
    return `(${invoke(macro, address, conversion(range, "string").sql, String(bits))} = 0)`;
  }
  const hits = `list_transform(kql_array_texts(${range.sql}), lambda r: ${invoke(macro, address, "r", String(bits))} = 0)`;
  return `list_bool_or(${hits})`;
}

/** The first and last address of a constant range of IPv4. */
function boundsOf({ literal }: SqlExpr): readonly [number, number] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(
    String(literal?.value ?? ""),
  );
  if (parts === null) {
    return undefined;
  }
  const octets = parts.slice(1, 5).map(Number);
  const length = Number(parts[5] ?? V4_BITS);
  if (octets.some((octet) => octet > 255) || length > V4_BITS) {
    return undefined;
  }
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (V4_BITS - length);
  const low = Math.floor(address / size) * size;
  return [low, low + size - 1];
}

/** Whether a text holds one of some constant addresses or prefixes, apart from letters and digits. */
function found(site: CallSite, expression: (wanted: string) => string | undefined): SqlExpr {
  const items = site.args.slice(1).flatMap(itemsOf);
  if (items.some((item) => item.literal === undefined)) {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      `the addresses ${site.name}() looks for have to be constants`,
      site.span,
    );
  }
  const alternatives = items.flatMap((item) => expression(String(item.literal?.value)) ?? []);
  const pattern = `${APART_BEFORE}(?:${alternatives.join("|")})${APART_AFTER}`;
  return alternatives.length === 0
    ? certain("false", "bool")
    : certain(`regexp_matches(${textOf(site, 0)}, ${quoteText(pattern)})`, "bool");
}

function wholeExpression(wanted: string): string | undefined {
  return octetsOf(wanted)?.length === 4 ? escapeExpression(wanted) : undefined;
}

/** A prefix ends with a point, or is a whole address; what follows has to make it one. */
function prefixExpression(wanted: string): string | undefined {
  if (!wanted.endsWith(".")) {
    return wholeExpression(wanted);
  }
  const given = octetsOf(wanted.slice(0, -1))?.length ?? 4;
  const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  return given > 3
    ? undefined
    : `${escapeExpression(wanted)}${Array(4 - given)
        .fill(octet)
        .join("\\.")}`;
}

function octetsOf(wanted: string): readonly number[] | undefined {
  const octets = wanted.split(".");
  return octets.length <= 4 &&
    octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)
    ? octets.map(Number)
    : undefined;
}
