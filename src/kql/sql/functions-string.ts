/**
 * Functions that make, measure and cut text. Positions count characters (code points) from 0; a value that is no text
 * is taken as its text.
 */

import { argument, certain, invoke, refused, strict, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { nullSql } from "./literal.ts";
import { once } from "./once.ts";
import type { CallSite, Emitter, SqlExpr } from "./sql-expr.ts";

/** The longest repetition that the service makes. */
const REPETITIONS_MAX = 1024;

export const STRING_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  strcat: (site) => text(`(${site.args.map((_, index) => textOf(site, index)).join(" || ")})`),
  strcat_delim: (site) =>
    text(invoke("concat_ws", ...site.args.map((_, index) => textOf(site, index)))),
  strlen: (site) => certain(`length(${textOf(site, 0)})`, "long"),
  string_size: (site) => certain(`strlen(${textOf(site, 0)})`, "long"),
  tolower: (site) => text(invoke("lower", textOf(site, 0))),
  toupper: (site) => text(once([textPiece(site, 0)], (s = "''") => invoke("kql_upper", s))),
  reverse: (site) => text(invoke("reverse", textOf(site, 0))),
  substring,
  split,
  indexof: indexOf,
  strcmp: (site) =>
    certain(
      once(
        [textPiece(site, 0), textPiece(site, 1)],
        (a, b) => `((${a} > ${b})::BIGINT - (${a} < ${b})::BIGINT)`,
      ),
      "long",
    ),
  strrep: repeated,
  replace_string: (site) =>
    text(invoke("replace", textOf(site, 0), textOf(site, 1), textOf(site, 2))),
  replace_strings: replaceStrings,
  translate: (site) =>
    text(invoke("kql_translate", textOf(site, 0), textOf(site, 1), textOf(site, 2))),
  isascii: (site) => certain(`regexp_full_match(${textOf(site, 0)}, '[\\x00-\\x7F]*')`, "bool"),
  isutf8: (site) => strict("true", "bool", site.args),
  unicode_codepoints_from_string: numbersOf,
  to_utf8: numbersOf,
  unicode_codepoints_to_string: codepoints,
  make_string: codepoints,
  base64_encode_tostring: (site) => text(`to_base64(encode(${textOf(site, 0)}))`),
  base64_decode_tostring: (site) =>
    text(attempted(site, (s) => `coalesce(try(decode(from_base64(${s}))), '')`)),
  base64_decode_toarray: (site) =>
    value(
      attempted(site, (s) => invoke("kql_base64_array", s)),
      "dynamic",
    ),
  base64_encode_fromarray: (site) => {
    const bytes = conversion(argument(site, 0), "dynamic", site.span);
    return text(once([bytes], (b = "NULL") => invoke("kql_array_base64", b)));
  },
  base64_encode_fromguid: (site) =>
    text(invoke("kql_guid_base64", conversion(argument(site, 0), "guid", site.span).sql)),
  base64_decode_toguid: (site) =>
    value(
      attempted(site, (s) => invoke("kql_base64_guid", s)),
      "guid",
    ),
  url_encode: (site) => text(invoke("kql_url_encode", textOf(site, 0))),
  url_encode_component: (site) => text(invoke("kql_url_encode_component", textOf(site, 0))),
  url_decode: (site) => text(attempted(site, (s) => invoke("kql_url_decode", s))),
  gzip_compress_to_base64_string: refused("nothing here compresses text"),
  gzip_decompress_from_base64_string: refused("nothing here decompresses text"),
  zlib_compress_to_base64_string: refused("nothing here compresses text"),
  zlib_decompress_from_base64_string: refused("nothing here decompresses text"),
  punycode_from_string: refused("Punycode is not computed"),
  punycode_to_string: refused("Punycode is not computed"),
  punycode_domain_from_string: refused("Punycode is not computed"),
  punycode_domain_to_string: refused("Punycode is not computed"),
});

/** A reading that may fail, of a text that is computed once. */
function attempted(site: CallSite, reading: (text: string) => string): string {
  return once([textPiece(site, 0)], (s = "''") => reading(s));
}

/** An argument as text. */
export function textPiece(site: CallSite, index: number): SqlExpr {
  return conversion(argument(site, index), "string", site.span);
}

/** The SQL of an argument as text. */
export function textOf(site: CallSite, index: number): string {
  return textPiece(site, index).sql;
}

/** A text that was made. */
export function text(sql: string): SqlExpr {
  return certain(sql, "string");
}

function whole(site: CallSite, index: number): SqlExpr {
  return conversion(argument(site, index), "long", site.span);
}

/** The number of a constant, or nothing. */
function constantNumber(piece: SqlExpr): number | undefined {
  const literal = piece.literal;
  return literal !== undefined &&
    literal.value !== null &&
    (literal.type === "long" || literal.type === "int")
    ? Number(literal.value)
    : undefined;
}

/** A start below 0 counts from the end; a length below 0 gives nothing. */
function substring(site: CallSite): SqlExpr {
  const source = textOf(site, 0);
  const start = argument(site, 1);
  const length = site.args[2];
  const constantStart = constantNumber(start);
  const constantLength = length === undefined ? 0 : constantNumber(length);
  if (constantStart !== undefined && constantStart >= 0 && constantLength !== undefined) {
    if (length === undefined) {
      return text(`substring(${source}, ${constantStart + 1})`);
    }
    return text(
      constantLength <= 0 ? "''" : `substring(${source}, ${constantStart + 1}, ${constantLength})`,
    );
  }
  const count = length === undefined ? "2147483647" : conversion(length, "long", site.span).sql;
  return text(
    once([textPiece(site, 0), conversion(start, "long", site.span)], (s, n) =>
      `coalesce(substring(${s}, CASE WHEN ${n} < 0 THEN greatest(length(${s}) + ${n}, 0) ELSE ${n} END + 1,
        greatest(least(${count}, 2147483647), 0)), '')`.replace(/\s*\n\s*/g, " "),
    ),
  );
}

/** With a position, an array of the one part there, or null where there is none. */
function split(site: CallSite): SqlExpr {
  const delimiter = argument(site, 1);
  const isConstant = typeof delimiter.literal?.value === "string" && delimiter.literal.value !== "";
  const texts = isConstant
    ? `string_split(${textOf(site, 0)}, ${delimiter.sql})`
    : once(
        [textPiece(site, 0), textPiece(site, 1)],
        (s, d) => `(CASE WHEN ${d} = '' THEN [${s}] ELSE string_split(${s}, ${d}) END)`,
      );
  if (site.args.length < 3) {
    return { sql: `to_json(${texts})`, type: "dynamic", nonNull: true, texts };
  }
  const index = whole(site, 2);
  const constant = index.literal === undefined ? null : Number(index.literal.value);
  if (constant !== null && constant < 0) {
    return value(nullSql("dynamic"), "dynamic");
  }
  if (constant === 0 && isConstant) {
    return firstPart(`${texts}[1]`);
  }
  const part =
    constant === null
      ? once([index], (i) => `${texts}[CASE WHEN ${i} >= 0 THEN ${i} + 1 END]`)
      : `${texts}[${constant + 1}]`;
  // Splitting twice costs less than a lambda that names the part.
  return value(`(CASE WHEN ${part} IS NOT NULL THEN to_json([${part}]) END)`, "dynamic");
}

/**
 * There always is a first part. Without a condition these are only functions of one column, which DuckDB computes once
 * for each entry of a column's dictionary and not for each row.
 */
function firstPart(part: string): SqlExpr {
  const sql = `to_json([${part}])`;
  return { ...certain(sql, "dynamic"), text: `${sql}::VARCHAR`, texts: `[${part}]` };
}

/** Position of a text, or -1. A start, a length of the search and an occurrence may follow. */
function indexOf(site: CallSite): SqlExpr {
  if (site.args.length === 2) {
    return certain(`(strpos(${textOf(site, 0)}, ${textOf(site, 1)})::BIGINT - 1)`, "long");
  }
  const [start, length, occurrence] = [0, -1, 1].map((usual, index) =>
    site.args[index + 2] === undefined ? `${usual}::BIGINT` : whole(site, index + 2).sql,
  );
  const sql = once(
    [textPiece(site, 0), textPiece(site, 1)],
    (s = "", t = "") => `kql_indexof(${s}, ${t}, ${start}, ${length}, ${occurrence})`,
  );
  return value(sql, "long");
}

function repeated(site: CallSite): SqlExpr {
  const times = `least(greatest(${whole(site, 1).sql}, 0), ${REPETITIONS_MAX})`;
  if (site.args.length < 3) {
    return text(
      once([textPiece(site, 0)], (s) => `coalesce(${invoke("kql_repeated", s, times)}, '')`),
    );
  }
  const sql = once(
    [textPiece(site, 0), textPiece(site, 2)],
    (s, d) =>
      `(CASE WHEN ${times} > 0 THEN ${invoke("kql_repeated", `${s} || ${d}`, `${times} - 1`)} || ${s} ELSE '' END)`,
  );
  return text(sql);
}

/** Each text looked for, in the order of the array, is replaced by its counterpart. */
function replaceStrings(site: CallSite): SqlExpr {
  const [sought, replacements] = [1, 2].map(
    (index) => `kql_array_texts(${conversion(argument(site, index), "dynamic", site.span).sql})`,
  );
  const steps = `list_transform(${sought}, lambda t, i: {'s': '', 'a': t, 'b': coalesce(${replacements}[i], '')})`;
  const start = `{'s': ${textOf(site, 0)}, 'a': '', 'b': ''}`;
  const replaced = "lambda x, y: {'s': replace(x.s, y.a, y.b), 'a': '', 'b': ''}";
  return text(`coalesce(list_reduce(list_concat([${start}], ${steps}), ${replaced}).s, '')`);
}

/** The numbers of the characters. */
function numbersOf(site: CallSite): SqlExpr {
  const characters = `string_split(nullif(${textOf(site, 0)}, ''), '')`;
  return certain(`to_json(list_transform(${characters}, lambda c: unicode(c)))`, "dynamic");
}

/** Numbers of characters, or arrays of them, put together. */
function codepoints(site: CallSite): SqlExpr {
  const parts = site.args.map((piece) =>
    piece.type === "dynamic"
      ? `array_to_string(list_transform(kql_array_numbers(${piece.sql}), lambda x: chr(x::INTEGER)), '')`
      : `chr(${conversion(piece, "int", site.span).sql})`,
  );
  return text(`concat(${parts.join(", ")})`);
}
