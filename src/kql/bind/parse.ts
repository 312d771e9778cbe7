/** `parse`, `parse-where`, `parse-kv`: patterns of texts and columns become regular expressions (RE2). */
import type { SyntaxNode } from "../official.ts";
import type { ParseCapture, Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn, KqlType } from "../types.ts";
import { type Env, operatorParameters, part, placeOf, refuse, wordOf } from "./binder.ts";
import type { OperatorSite } from "./operator.ts";

/** How a column of a type reads where nothing after it says where it ends. */
const TYPE_PATTERNS: Readonly<Partial<Record<KqlType, string>>> = Object.freeze({
  bool: "(true|false|[01])",
  int: "([+-]?[0-9]+)",
  long: "([+-]?[0-9]+)",
  real: "([+-]?[0-9]*\\.?[0-9]+(?:[eE][+-]?[0-9]+)?)",
  decimal: "([+-]?[0-9]*\\.?[0-9]+)",
});

interface PatternPart {
  readonly kind: "text" | "column" | "star";
  readonly text: string;
  readonly column: KqlColumn | null;
  readonly node: SyntaxNode;
}

/** `parse` and `parse-where` */
export function bindParse(site: OperatorSite): Relation {
  const { node, input, env, binder } = site;
  const parameters = operatorParameters(node);
  const kind = wordOf(parameters.get("kind"))?.toLowerCase() ?? "simple";
  const flags = wordOf(parameters.get("flags")) ?? "";
  const parts = node.list("Patterns").map((pattern) => patternPart(pattern, env));
  const captures: ParseCapture[] = parts.flatMap(({ column }) =>
    column === null ? [] : [{ column }],
  );
  const regex = regexOf(parts, { isRegex: kind === "regex", flags, env, node });
  const added = new Map(captures.map(({ column }) => [column.name, column]));
  const own = new Set(input.columns.map(({ name }) => name));
  return {
    kind: "parse",
    input,
    source: binder.expression(part(node, "Expression"), env),
    regex,
    captures,
    dropUnmatched: node.kind === "ParseWhereOperator",
    relaxed: kind === "relaxed",
    columns: [
      ...input.columns.map((column) => added.get(column.name) ?? column),
      ...[...added.values()].filter(({ name }) => !own.has(name)),
    ],
  };
}

function patternPart(node: SyntaxNode, env: Env): PatternPart {
  if (node.kind === "StarExpression") {
    return { kind: "star", text: "", column: null, node };
  }
  if (node.kind === "NameAndTypeDeclaration" || node.kind === "NameDeclaration") {
    const nameNode = node.kind === "NameDeclaration" ? node : part(node, "Name");
    const typeName = node.child("Type")?.symbol?.name ?? "string";
    const column = { name: nameNode.name, type: typeName as KqlType };
    return { kind: "column", text: "", column, node };
  }
  const text = node.literal?.valueText;
  if (text === undefined) {
    throw refuse("this part of a pattern", node, env);
  }
  return { kind: "text", text, column: null, node };
}

interface PatternStyle {
  readonly isRegex: boolean;
  readonly flags: string;
  readonly env: Env;
  readonly node: SyntaxNode;
}

/** Texts stand as they are (as regular expressions in the regex mode); a column reads up to the next text. */
function regexOf(parts: readonly PatternPart[], style: PatternStyle): string {
  const pieces = parts.map((pattern, index) => {
    const next = parts[index + 1];
    if (pattern.kind === "text") {
      return style.isRegex ? withoutGroups(pattern.text) : escapeRegex(pattern.text);
    }
    if (pattern.kind === "star") {
      return style.isRegex ? ".*" : ".*?";
    }
    if (next?.kind === "column") {
      throw new KqlRefusal(
        "KQL_PARSE",
        "two columns of a pattern need a text between them",
        placeOf(next.node, style.env),
      );
    }
    return columnPattern(pattern.column?.type ?? "string", next, style.isRegex);
  });
  const [first] = parts;
  const start = first?.kind === "star" || style.isRegex ? "" : "^";
  return `${flagsPrefix(style)}${start}${pieces.join("")}`;
}

function columnPattern(type: KqlType, next: PatternPart | undefined, isRegex: boolean): string {
  const typed = TYPE_PATTERNS[type];
  if (typed !== undefined && (isRegex || next?.kind === "star")) {
    return typed;
  }
  // The regex mode takes as much as it can, as the flag U, which turns that around, shows.
  if (isRegex) {
    return "(.*)";
  }
  return next === undefined ? "(.*)$" : "(.*?)";
}

/** Line breaks are ordinary characters of a simple pattern; in the regex mode the flags decide. */
function flagsPrefix({ isRegex, flags, env, node }: PatternStyle): string {
  if (!isRegex) {
    return "(?s)";
  }
  if (!/^[imsU]*$/.test(flags)) {
    throw new KqlRefusal("KQL_PARSE", `flags=${flags} are not those of RE2`, placeOf(node, env));
  }
  return flags === "" ? "" : `(?${flags})`;
}

/** The groups of a pattern's own expressions do not capture: only its columns do. */
function withoutGroups(regex: string): string {
  return regex.replaceAll(
    /(\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\])|\((?:\?P?<\w+>|(?!\?))/g,
    (_match, passedOver: string | undefined) => passedOver ?? "(?:",
  );
}

/** A text as a regular expression that matches it alone. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

/** `parse-kv` */
export function bindParseKv({ node, input, env, binder }: OperatorSite): Relation {
  const options = operatorParameters(part(node, "WithClause"), "Properties");
  const columns = part(node, "Keys")
    .list("Columns")
    .map((declaration): KqlColumn => {
      const name = part(declaration, "Name").name;
      return { name, type: part(declaration, "Type").text.trim() as KqlType };
    });
  if (wordOf(options.get("greedy"))?.toLowerCase() === "true") {
    throw refuse("the greedy mode of parse-kv", node, env);
  }
  const own = new Set(input.columns.map(({ name }) => name));
  const added = new Map(columns.map((column) => [column.name, column]));
  return {
    kind: "parseKv",
    input,
    source: binder.expression(part(node, "Expression"), env),
    ...pairPattern(options, node, env),
    keys: columns,
    columns: [
      ...input.columns.map((column) => added.get(column.name) ?? column),
      ...columns.filter(({ name }) => !own.has(name)),
    ],
  };
}

/** The regular expression of one pair: a key, then a value that is quoted (group 2) or not (group 3). */
function pairPattern(
  options: ReadonlyMap<string, SyntaxNode>,
  node: SyntaxNode,
  env: Env,
): { readonly pairRegex: string; readonly quoted: boolean } {
  const own = wordOf(options.get("regex"));
  if (own !== undefined) {
    return { pairRegex: own, quoted: false };
  }
  const pair = wordOf(options.get("pair_delimiter"));
  const between = wordOf(options.get("kv_delimiter"));
  if (pair === undefined || between === undefined || pair === "" || between === "") {
    throw new KqlRefusal(
      "KQL_PARSE",
      "parse-kv needs pair_delimiter and kv_delimiter, or regex",
      placeOf(node, env),
    );
  }
  const [open = "", close = open] = [...(wordOf(options.get("quote")) ?? "")];
  const escaping = wordOf(options.get("escape")) ?? "";
  const end = `\\s*(?:${escapeRegex(pair)}|$)`;
  const inside =
    escaping === ""
      ? `[^${escapeClass(close)}]*`
      : `(?:[^${escapeClass(close)}${escapeClass(escaping)}]|${escapeRegex(escaping)}.)*`;
  const quotedValue = open === "" ? "" : `${escapeRegex(open)}(${inside})${escapeRegex(close)}|`;
  const key = [...pair].length === 1 ? `[^${escapeClass(pair)}]*?` : ".*?";
  return {
    pairRegex: `(?s)\\s*(${key})\\s*${escapeRegex(between)}\\s*(?:${quotedValue}(.*?))${end}`,
    quoted: open !== "",
  };
}

function escapeClass(text: string): string {
  return text.replaceAll(/[\\\]^[-]/g, "\\$&");
}
