/**
 * The operators that look for text in text: `contains`, `startswith`, `endswith`, `has` and their kind, `=~` and
 * `matches regex`. All of them are total, since a string is never null; a dynamic value is searched as its text.
 *
 * `has` looks for whole terms: the text found must not go on with a letter or digit at either end, where the term
 * itself ends with one. It is written as a substring search, which is fast, and then an expression of RE2 on what that
 * leaves over.
 */

import { argument, constantText } from "./build.ts";
import { conversion } from "./convert.ts";
import { itemsOf, lowered, negated } from "./functions-comparison.ts";
import { quoteText } from "./print.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** Which ends of a term have to be ends of a word. */
interface Ends {
  readonly start: boolean;
  readonly end: boolean;
}

const WHOLE: Ends = { start: true, end: true };
const PREFIX: Ends = { start: true, end: false };
const SUFFIX: Ends = { start: false, end: true };

/** RE2 limits the size of an expression; longer lists are searched in parts. */
const TERMS_PER_EXPRESSION_MAX = 50;

const WORD_CHARACTER = "\\p{L}\\p{N}";
const WORD_START = `(?:^|[^${WORD_CHARACTER}])`;
const WORD_END = `(?:[^${WORD_CHARACTER}]|$)`;
const WORD_AT_START = /^[\p{L}\p{N}]/u;
const WORD_AT_END = /[\p{L}\p{N}]$/u;

/** Anything but ASCII without letters may be the lower case of something else. */
const HAS_CASE = /[^\x20-\x40[-`{-~]/;

/** Emitters of an operator and its forms: negated with `!`, regarding case with `_cs`. */
function forms(
  name: string,
  emit: (site: CallSite, folded: Fold) => SqlExpr,
): Record<string, Emitter> {
  return {
    [name]: (site) => emit(site, lowered),
    [`!${name}`]: (site) => negated(emit(site, lowered)),
    [`${name}_cs`]: (site) => emit(site, asIs),
    [`!${name}_cs`]: (site) => negated(emit(site, asIs)),
  };
}

type Fold = (piece: SqlExpr) => SqlExpr;

function asIs(piece: SqlExpr): SqlExpr {
  return piece;
}

export const TERM_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  ...forms("contains", (site, folded) => search(site, folded, "contains")),
  ...forms("startswith", (site, folded) => search(site, folded, "starts_with")),
  ...forms("endswith", (site, folded) => search(site, folded, "ends_with")),
  ...forms("has", (site, folded) => term(site, folded, WHOLE)),
  ...forms("hasprefix", (site, folded) => term(site, folded, PREFIX)),
  ...forms("hassuffix", (site, folded) => term(site, folded, SUFFIX)),
  has_any: (site) => terms(site, "any"),
  "!has_any": (site) => negated(terms(site, "any")),
  has_all: (site) => terms(site, "all"),
  "!has_all": (site) => negated(terms(site, "all")),
  has_any_index: firstTerm,
  "=~": (site) => alike(site),
  "!~": (site) => negated(alike(site)),
  "matches regex": matchesRegex,
});

function texts(site: CallSite, folded: Fold): readonly [SqlExpr, SqlExpr] {
  const [text, sought] = [argument(site, 0), argument(site, 1)].map((piece) =>
    folded(conversion(piece, "string", site.span)),
  );
  return [text as SqlExpr, sought as SqlExpr];
}

function condition(sql: string): SqlExpr {
  return { sql, type: "bool", nonNull: true };
}

function search(site: CallSite, folded: Fold, name: string): SqlExpr {
  const [text, sought] = texts(site, folded);
  const constant = sought.literal?.value;
  const end = name === "contains" ? undefined : name;
  if (
    folded !== lowered ||
    end === undefined ||
    typeof constant !== "string" ||
    /[%_\\]/.test(constant)
  ) {
    return condition(`${name}(${text.sql}, ${sought.sql})`);
  }
  const asWritten = conversion(argument(site, 0), "string", site.span).sql;
  if (!HAS_CASE.test(constant)) {
    return condition(`${name}(${asWritten}, ${quoteText(constant)})`);
  }
  // Only the end of the text is compared without regard to case, not all of it.
  const pattern = quoteText(end === "starts_with" ? `${constant}%` : `%${constant}`);
  return condition(`(${asWritten} ILIKE ${pattern})`);
}

function alike(site: CallSite): SqlExpr {
  const [left, right] = texts(site, lowered);
  return condition(`(${left.sql} = ${right.sql})`);
}

function matchesRegex(site: CallSite): SqlExpr {
  const text = conversion(argument(site, 0), "string", site.span);
  return condition(`regexp_matches(${text.sql}, ${patternSql(site, 1)})`);
}

/** A regular expression of the language as RE2 reads it: the newer spelling of named groups becomes the older. */
export function patternSql(site: CallSite, index: number): string {
  const piece = argument(site, index);
  if (typeof piece.literal?.value !== "string") {
    return conversion(piece, "string", site.span).sql;
  }
  return quoteText(constantText(site, index).replace(/\(\?<(?=[A-Za-z_])/g, "(?P<"));
}

function term(site: CallSite, folded: Fold, ends: Ends): SqlExpr {
  const [text, sought] = texts(site, folded);
  const constant = sought.literal?.value;
  if (typeof constant !== "string") {
    return condition(`kql_has(${text.sql}, ${sought.sql}, ${ends.start}, ${ends.end})`);
  }
  return condition(
    constantTerm(text.sql, folded === lowered ? constant.toLowerCase() : constant, ends),
  );
}

/** A substring search, and an expression for what it leaves over. */
function constantTerm(text: string, constant: string, ends: Ends): string {
  const expression = wordExpression(constant, ends);
  const found = `contains(${text}, ${quoteText(constant)})`;
  return expression === undefined
    ? found
    : `(${found} AND regexp_matches(${text}, ${quoteText(expression)}))`;
}

/** The expression of a term, or nothing where finding it is enough. */
function wordExpression(constant: string, ends: Ends): string | undefined {
  const start = ends.start && WORD_AT_START.test(constant) ? WORD_START : "";
  const end = ends.end && WORD_AT_END.test(constant) ? WORD_END : "";
  return start === "" && end === "" ? undefined : `${start}${escapeExpression(constant)}${end}`;
}

/** A text as an expression that matches it and nothing else. */
export function escapeExpression(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

function terms(site: CallSite, wanted: "all" | "any"): SqlExpr {
  const text = lowered(conversion(argument(site, 0), "string", site.span)).sql;
  const items = site.args.slice(1).flatMap(itemsOf);
  const constants = items.filter((item) => item.literal !== undefined && item.type !== "dynamic");
  const words = constants.map((item) => String(item.literal?.value ?? "").toLowerCase());
  const conditions = [
    ...(wanted === "any" ? anyOf(text, words) : words.map((word) => oneOf(text, word))),
    ...items.filter((item) => item.literal === undefined).map((item) => listed(text, item, wanted)),
  ];
  if (conditions.length === 0) {
    return condition(wanted === "all" ? "true" : "false");
  }
  return condition(`(${conditions.join(wanted === "any" ? " OR " : " AND ")})`);
}

function oneOf(text: string, word: string): string {
  return constantTerm(text, word, WHOLE);
}

/** One expression finds any of many terms as fast as one of them. */
function anyOf(text: string, words: readonly string[]): readonly string[] {
  const plain = words.filter((word) => wordExpression(word, WHOLE) === undefined);
  const bounded = words.filter((word) => WORD_AT_START.test(word) && WORD_AT_END.test(word));
  const others = words.filter((word) => !plain.includes(word) && !bounded.includes(word));
  const groups = Array.from(
    { length: Math.ceil(bounded.length / TERMS_PER_EXPRESSION_MAX) },
    (_, group) =>
      bounded.slice(group * TERMS_PER_EXPRESSION_MAX, (group + 1) * TERMS_PER_EXPRESSION_MAX),
  );
  return [
    ...plain.map((word) => `contains(${text}, ${quoteText(word)})`),
    ...groups.map((group) => anyExpression(text, group)),
    ...others.map((word) => oneOf(text, word)),
  ];
}

function anyExpression(text: string, group: readonly string[]): string {
  const alternatives = group.map(escapeExpression).join("|");
  return `regexp_matches(${text}, ${quoteText(`${WORD_START}(?:${alternatives})${WORD_END}`)})`;
}

/** Position in the list of the first of its terms that the text has, or -1; null for an empty list. */
function firstTerm(site: CallSite): SqlExpr {
  const text = lowered(conversion(argument(site, 0), "string", site.span)).sql;
  const items = itemsOf(argument(site, 1));
  if (items.some((item) => item.literal === undefined)) {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      "the terms of has_any_index() have to be constants",
      site.span,
    );
  }
  const whens = items.map(
    (item, index) => `WHEN ${oneOf(text, String(item.literal?.value).toLowerCase())} THEN ${index}`,
  );
  return items.length === 0
    ? { sql: "NULL::BIGINT", type: "long", nonNull: false }
    : { sql: `(CASE ${whens.join(" ")} ELSE -1 END)::BIGINT`, type: "long", nonNull: true };
}

/** Terms that come from the data: one value, or the elements of an array. */
function listed(text: string, item: SqlExpr, wanted: "all" | "any"): string {
  if (item.type !== "dynamic") {
    return `kql_has(${text}, lower(${conversion(item, "string").sql}), true, true)`;
  }
  const missing = wanted === "all" ? "NOT " : "";
  const found = `list_filter(kql_array_texts(${item.sql}), lambda e: ${missing}kql_has(${text}, lower(e), true, true))`;
  return `coalesce(len(${found}) ${wanted === "all" ? "=" : ">"} 0, false)`;
}
