/** Functions with regular expressions. They are those of RE2, which DuckDB has too. */

import { argument, certain, constantText, strict, unsupported, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { itemsOf } from "./functions-comparison.ts";
import { text, textOf, textPiece } from "./functions-string.ts";
import { escapeExpression, patternSql } from "./functions-terms.ts";
import { once } from "./once.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Groups that DuckDB extracts by number; further ones are asked for by name. */
const NUMBERED_GROUP_MAX = 9;

export const REGEX_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  extract,
  extract_all: extractAll,
  extractall: extractAll,
  replace_regex: (site) => replaced(site, { source: 0, pattern: 1, replacement: 2 }),
  replace: (site) => replaced(site, { source: 2, pattern: 0, replacement: 1 }),
  trim: (site) => text(trimmed(site, trimmed(site, textOf(site, 1), "start"), "end")),
  trim_start: (site) => text(trimmed(site, textOf(site, 1), "start")),
  trim_end: (site) => text(trimmed(site, textOf(site, 1), "end")),
  countof: countOf,
  indexof_regex: indexOfRegex,
  regex_quote: (site) => text(`regexp_escape(${textOf(site, 0)})`),
});

/** Taking single characters away, as rules do with the brackets and quotes of an array's text, needs no expression. */
function replaced(
  site: CallSite,
  places: { readonly source: number; readonly pattern: number; readonly replacement: number },
): SqlExpr {
  const source = textOf(site, places.source);
  const replacement = argument(site, places.replacement).literal;
  const pattern = argument(site, places.pattern).literal;
  const characters = replacement?.value === "" ? singleCharacters(pattern?.value) : undefined;
  return text(
    characters === undefined
      ? `regexp_replace(${source}, ${patternSql(site, places.pattern)}, ${textOf(site, places.replacement)}, 'g')`
      : `translate(${source}, ${quoteText(characters)}, '')`,
  );
}

/** The characters of an expression that is a set or a choice of single ones, such as `[\[\]"]` or `\[|\]|"`. */
function singleCharacters(pattern: unknown): string | undefined {
  const source = typeof pattern === "string" ? pattern : "";
  const [, set] = /^\[((?:\\[^\w\s\\]|[\w"' ,;:/])+)\]$/.exec(source) ?? [];
  const isChoice = /^(?:\\[^\w\s\\]|[\w"' ,;:/])(?:\|(?:\\[^\w\s\\]|[\w"' ,;:/]))*$/.test(source);
  const found = set ?? (isChoice ? source.replaceAll(/(?<!\\)\|/g, "") : undefined);
  return found?.replaceAll("\\", "");
}

/** One match at an end is cut off; the expression itself says whether it repeats. */
function trimmed(site: CallSite, source: string, end: "end" | "start"): string {
  const { literal } = argument(site, 0);
  const pattern =
    typeof literal?.value === "string"
      ? quoteText(end === "start" ? `^(?:${literal.value})` : `(?:${literal.value})$`)
      : end === "start"
        ? `'^(?:' || ${textOf(site, 0)} || ')'`
        : `'(?:' || ${textOf(site, 0)} || ')$'`;
  return `regexp_replace(${source}, ${pattern}, '')`;
}

/** A group of the first match, or the empty text; with a type, as that type. */
function extract(site: CallSite): SqlExpr {
  const group = argument(site, 1).literal?.value;
  if (typeof group !== "string" && typeof group !== "number") {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      "the number of the group in extract() has to be a constant",
      site.span,
    );
  }
  const source = textOf(site, 2);
  const found =
    Number(group) <= NUMBERED_GROUP_MAX
      ? `regexp_extract(${source}, ${patternSql(site, 0)}, ${Number(group)})`
      : `regexp_extract(${source}, ${patternSql(site, 0)}, ${groupNames(Number(group))}).g${Number(group)}`;
  return conversion(text(found), site.type, site.span);
}

function groupNames(count: number): string {
  return `[${Array.from({ length: count }, (_, index) => `'g${index + 1}'`).join(", ")}]`;
}

/** What the groups of each match hold: texts for one group, arrays for several; null without a match. */
function extractAll(site: CallSite): SqlExpr {
  if (argument(site, 0).literal === undefined && site.args.length === 3) {
    return extractAllBy(site);
  }
  const pattern = constantText(site, 0);
  const names = captureGroups(pattern);
  if (names.length === 0) {
    throw new KqlRefusal(
      "KQL_ARGUMENT",
      "the expression of extract_all() needs a group in parentheses",
      site.span,
    );
  }
  const source = textPiece(site, site.args.length === 2 ? 1 : 2);
  const groups =
    site.args.length === 2 ? names.map((_, index) => index + 1) : chosenGroups(site, names);
  if (groups.some((group) => group > NUMBERED_GROUP_MAX)) {
    throw unsupported(`extract_all() of a group beyond ${NUMBERED_GROUP_MAX}`, site.span);
  }
  const matches = (s: string, group: number): string =>
    `list_transform(regexp_extract_all(${s}, ${patternSql(site, 0)}, ${group}), lambda g: coalesce(g, ''))`;
  const [first] = groups;
  if (groups.length === 1 && first !== undefined) {
    const texts = `nullif(${matches(source.sql, first)}, [])`;
    return { sql: `to_json(${texts})`, type: "dynamic", nonNull: false, texts };
  }
  const sql = once(
    [source],
    (s = "") =>
      `to_json(nullif(list_transform(list_zip(${groups.map((group) => matches(s, group)).join(", ")}), lambda z: [${groups.map((_, index) => `z[${index + 1}]`).join(", ")}]), []))`,
  );
  return value(sql, "dynamic");
}

/** With an expression that is only known when the query runs; the number of the one group has to stand in the query. */
function extractAllBy(site: CallSite): SqlExpr {
  const chosen = itemsOf(argument(site, 1)).map((item) => Number(item.literal?.value));
  const [group = Number.NaN] = chosen;
  if (chosen.length !== 1 || !Number.isInteger(group) || group < 0 || group > NUMBERED_GROUP_MAX) {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      "extract_all() with an expression that is no constant takes the number of one group",
      site.span,
    );
  }
  const [pattern, source] = [argument(site, 0), textPiece(site, 2)];
  const sql = once(
    [pattern],
    (p = "") =>
      `CASE WHEN ${p} <> '' THEN nullif(list_transform(regexp_extract_all(${source.sql}, ${p}, ${group}), lambda g: coalesce(g, '')), []) END`,
  );
  return { sql: `to_json(${sql})`, type: "dynamic", nonNull: false };
}

/** Groups asked for by number or name. */
function chosenGroups(site: CallSite, names: readonly (string | null)[]): readonly number[] {
  const chosen = itemsOf(argument(site, 1));
  return chosen.map((item) => {
    const wanted = item.literal?.value;
    const byName = item.type === "string" ? names.indexOf(String(wanted)) + 1 : Number(wanted);
    if (wanted === undefined || !(byName >= 1 && byName <= names.length)) {
      throw new KqlRefusal(
        "KQL_ARGUMENT",
        `the expression of extract_all() has no group ${String(wanted)}`,
        site.span,
      );
    }
    return byName;
  });
}

/** The names of the groups that capture, in their order; null for those without one. */
function captureGroups(pattern: string): readonly (string | null)[] {
  // What cannot open a group is passed over: escaped characters, quoted stretches, sets of characters.
  const parts = pattern.matchAll(
    /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:[^\]]*:\]|[^\]\\])*\]|\((?:\?P?<(\w+)>)?(\?)?/g,
  );
  return [...parts].flatMap(([part, name, flag]) =>
    part.startsWith("(") && flag === undefined ? [name ?? null] : [],
  );
}

/** Occurrences of a text, which may overlap, or matches of an expression, which do not. */
function countOf(site: CallSite): SqlExpr {
  const kind = site.args.length > 2 ? constantText(site, 2).toLowerCase() : "normal";
  if (kind === "regex") {
    return certain(`len(regexp_extract_all(${textOf(site, 0)}, ${patternSql(site, 1)}))`, "long");
  }
  if (kind !== "normal") {
    throw new KqlRefusal("KQL_ARGUMENT", "the kind of countof() is normal or regex", site.span);
  }
  const sought = argument(site, 1).literal?.value;
  if (typeof sought === "string" && sought !== "" && !overlapsItself(sought)) {
    return certain(
      `len(regexp_extract_all(${textOf(site, 0)}, ${quoteText(escapeExpression(sought))}))`,
      "long",
    );
  }
  return certain(
    once([textPiece(site, 0), textPiece(site, 1)], (s = "", t = "") => `kql_countof(${s}, ${t})`),
    "long",
  );
}

function overlapsItself(sought: string): boolean {
  return Array.from({ length: sought.length - 1 }, (_, index) => index + 1).some((index) =>
    sought.startsWith(sought.slice(index)),
  );
}

/** Position of the first match, or -1. */
function indexOfRegex(site: CallSite): SqlExpr {
  if (site.args.length > 2) {
    throw unsupported("indexof_regex() with a start, a length or an occurrence", site.span);
  }
  const pattern = patternSql(site, 1);
  // What stands before the first match is the shortest text that a match follows.
  const before = `'^((?s:.*?))(?:' || ${pattern} || ')'`;
  const sql = once(
    [textPiece(site, 0)],
    (s = "") =>
      `(CASE WHEN regexp_matches(${s}, ${pattern}) THEN length(regexp_extract(${s}, ${before}, 1)) ELSE -1 END)`,
  );
  return strict(sql, "long", [textPiece(site, 0)]);
}
