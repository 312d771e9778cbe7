/**
 * Functions on addresses. What is no address, or has a prefix out of range, gives null (or the empty text). Ranges that
 * are constants become bounds to compare with; an address of IPv6 is never in a range of IPv4, and the other way round.
 */

import { argument, certain, invoke, refused, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { itemsOf } from "./functions-comparison.ts";
import { text, textOf, textPiece } from "./functions-string.ts";
import { escapeExpression } from "./functions-terms.ts";
import { literalSql } from "./literal.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

const V4_BITS = 32;
const V6_BITS = 128;
/** More ranges are compared one by one: an expression of RE2 has a limited size. */
const EXPRESSION_RANGES_MAX = 40;

/** How addresses of a kind are compared. */
interface Family {
  readonly compare: string;
  readonly bits: number;
}

const FOUR: Family = { compare: "kql_ip4_compare", bits: V4_BITS };
const SIX: Family = { compare: "kql_ip6_compare", bits: V6_BITS };
const PRIVATE_RANGES: readonly SqlExpr[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(
  (range) => literalSql({ kind: "literal", type: "string", value: range }),
);
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
  ipv4_is_private: (site) => inRanges(site, PRIVATE_RANGES, FOUR),
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
  ipv4_is_in_range: (site) => inRanges(site, rangesOf(site), FOUR),
  ipv6_is_in_range: (site) => inRanges(site, rangesOf(site), SIX),
  ipv4_is_in_any_range: (site) => inRanges(site, rangesOf(site), FOUR),
  ipv6_is_in_any_range: (site) => inRanges(site, rangesOf(site), SIX),
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

function compared(site: CallSite, macro: string, bits: number): SqlExpr {
  return value(invoke(macro, textOf(site, 0), textOf(site, 1), prefix(site, 2, bits)), "long");
}

function matching(order: SqlExpr): SqlExpr {
  return value(`(${order.sql} = 0)`, "bool");
}

function rangesOf(site: CallSite): readonly SqlExpr[] {
  return site.args.slice(1).flatMap(itemsOf);
}

/**
 * Whether an address is in one of the ranges. Constant ranges of IPv4 become one expression that the text of an address
 * fulfils, which is much faster than making numbers of it; an address with a prefix of its own goes the long way.
 */
function inRanges(site: CallSite, ranges: readonly SqlExpr[], family: Family): SqlExpr {
  const address = textPiece(site, 0);
  const compared = (s: string): string =>
    ranges.length === 0
      ? "false"
      : `(${ranges.map((range) => inRange(s, range, family)).join(" OR ")})`;
  const expressions = family === FOUR ? ranges.map(rangeExpression) : [undefined];
  if (ranges.length > EXPRESSION_RANGES_MAX || expressions.includes(undefined)) {
    return value(
      once([address], (s = "''") => compared(s)),
      "bool",
    );
  }
  const expression = quoteText(`^(?:${expressions.join("|")})`);
  const sql = once(
    [address],
    (s = "''") =>
      `(CASE WHEN kql_is_ip4(${s}) THEN regexp_matches(${s}, ${expression}) WHEN contains(${s}, '/') AND NOT regexp_matches(${s}, '[^0-9./\\s]') THEN ${compared(s)} END)`,
  );
  return value(sql, "bool");
}

function inRange(address: string, range: SqlExpr, { compare, bits }: Family): string {
  if (range.type !== "dynamic") {
    return `(${invoke(compare, address, conversion(range, "string").sql, String(bits))} = 0)`;
  }
  const hits = `list_transform(kql_array_texts(${range.sql}), lambda r: ${invoke(compare, address, "r", String(bits))} = 0)`;
  return `list_bool_or(${hits})`;
}

/** The start of every address in a constant range of IPv4; an octet may have zeros before it. */
function rangeExpression({ literal }: SqlExpr): string | undefined {
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
  const fixed = octets.slice(0, Math.ceil(length / 8)).map((octet, index) => {
    const size = 2 ** Math.max(8 * (index + 1) - length, 0);
    const low = octet - (octet % size);
    return `0{0,2}(?:${Array.from({ length: size }, (_, step) => low + step).join("|")})`;
  });
  return `${fixed.join("\\.")}${fixed.length === 4 ? "$" : fixed.length === 0 ? "" : "\\."}`;
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
