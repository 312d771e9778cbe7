/**
 * Turns a condition into what an index can narrow by: a question about tokens, and comparisons of columns. Both
 * let through at least what the condition lets through; phrases are only told apart on the text itself.
 */

import type { SearchCondition, SearchTime } from "./search.ts";
import { isTime } from "./search-condition.ts";
import { instantKey, NAME_KEY_LENGTH_MAX, nameKey } from "./search-object.ts";
import {
  type ExactKind,
  exactToken,
  revokedToken,
  type TokenQuery,
  tlpText,
  wordToken,
} from "./search-tokens.ts";
import { textTerms } from "./search-words.ts";

/** A column of the table of found objects, as SQL names it. */
type SearchColumn =
  | "created"
  | "modified"
  | "valid_from"
  | "valid_until"
  | "updated"
  | "ingested"
  | "confidence"
  | "name";

/** Values of a column, `from` among them and `before` not. */
export interface ColumnRange {
  readonly kind: "range";
  readonly column: SearchColumn;
  readonly from: number | string;
  readonly before: number | string;
}

/** What rows are compared with. */
export type RowFilter =
  | ColumnRange
  | { readonly kind: "tokens"; readonly query: TokenQuery }
  | { readonly kind: "revoked"; readonly is: boolean }
  | { readonly kind: "always" | "never" }
  | { readonly kind: "and" | "or"; readonly parts: readonly RowFilter[] }
  | { readonly kind: "not"; readonly part: RowFilter };

/** A condition as an engine narrows by it: every part must hold. */
export interface SearchPlan {
  readonly tokens: TokenQuery | undefined;
  readonly ranges: readonly ColumnRange[];
  readonly filters: readonly RowFilter[];
  /** Rows that pass need no second look at their text. */
  readonly isExact: boolean;
}

const ALWAYS: RowFilter = { kind: "always" };
const NEVER: RowFilter = { kind: "never" };

/** Above every name: no text that can be stored begins so. */
const NAME_END = "\u{10ffff}";

/** Columns of the instants. */
const TIME_COLUMN: { readonly [Time in SearchTime]: SearchColumn } = {
  created: "created",
  modified: "modified",
  valid_from: "valid_from",
  valid_until: "valid_until",
  ingested: "ingested",
  updated: "updated",
};

/** @param workspace the number that tokens of the workspace begin with */
export function searchPlan(condition: SearchCondition | undefined, workspace: number): SearchPlan {
  const filter = condition === undefined ? ALWAYS : filterOf(condition, workspace, false);
  const parts = conjuncts(filter);
  const queries = parts.flatMap((part) => (part.kind === "tokens" ? [part.query] : []));
  return {
    tokens: joined("and", queries),
    ranges: parts.filter((part) => part.kind === "range"),
    filters: parts.filter((part) => part.kind !== "range" && part.kind !== "tokens"),
    isExact: condition === undefined || !isInexact(condition),
  };
}

function conjuncts(filter: RowFilter): readonly RowFilter[] {
  if (filter.kind === "and") {
    return filter.parts.flatMap(conjuncts);
  }
  return filter.kind === "always" ? [] : [filter];
}

function isInexact(condition: SearchCondition): boolean {
  if (condition.kind === "and" || condition.kind === "or") {
    return condition.conditions.some(isInexact);
  }
  return condition.kind === "not" ? isInexact(condition.condition) : isLoose(condition);
}

/** A comparison that only the text, or the name, can decide. */
function isLoose(leaf: Leaf): boolean {
  return (
    (leaf.kind === "text" && (textTerms(leaf.words) ?? []).some(({ kind }) => kind === "phrase")) ||
    (leaf.kind === "name" && leaf.startsWith.length > NAME_KEY_LENGTH_MAX) ||
    (leaf.kind === "observable" && leaf.key !== undefined)
  );
}

function joined(kind: "and" | "or", parts: readonly TokenQuery[]): TokenQuery | undefined {
  return parts.length > 1 ? { kind, parts } : parts[0];
}

/** @param negated inside an odd number of `not`: what lets too much through must let nothing through there */
function filterOf(condition: SearchCondition, workspace: number, negated: boolean): RowFilter {
  if (condition.kind === "and" || condition.kind === "or") {
    const parts = condition.conditions.map((each) => filterOf(each, workspace, negated));
    return combined(condition.kind, parts);
  }
  if (condition.kind === "not") {
    return opposite(filterOf(condition.condition, workspace, !negated));
  }
  return negated && isLoose(condition) ? NEVER : leafFilter(condition, workspace);
}

function combined(kind: "and" | "or", parts: readonly RowFilter[]): RowFilter {
  const [neutral, deciding] =
    kind === "and" ? (["always", "never"] as const) : (["never", "always"] as const);
  const rest = parts.filter((part) => part.kind !== neutral);
  const [first] = rest;
  if (first === undefined) {
    return { kind: neutral };
  }
  if (rest.some((part) => part.kind === deciding)) {
    return { kind: deciding };
  }
  const queries = rest.flatMap((part) => (part.kind === "tokens" ? [part.query] : []));
  const query = joined(kind, queries);
  if (query !== undefined && queries.length === rest.length) {
    return { kind: "tokens", query };
  }
  return rest.length === 1 ? first : { kind, parts: rest };
}

function opposite(filter: RowFilter): RowFilter {
  switch (filter.kind) {
    case "always":
      return NEVER;
    case "never":
      return ALWAYS;
    case "not":
      return filter.part;
    default:
      return { kind: "not", part: filter };
  }
}

type Leaf = Exclude<SearchCondition, { readonly kind: "and" | "or" | "not" }>;

function anyOf(queries: readonly TokenQuery[]): RowFilter {
  const query = joined("or", queries);
  return query === undefined ? NEVER : { kind: "tokens", query };
}

function leafFilter(leaf: Leaf, workspace: number): RowFilter {
  const exact = (kind: ExactKind, text: string): TokenQuery => {
    return exactToken(workspace, kind, text);
  };
  const counted = (
    field: "type" | "source" | "label" | "tlp",
    value: string | null,
  ): TokenQuery => {
    return { ...exactToken(workspace, field, tlpText(value)), counted: { field, value } };
  };
  switch (leaf.kind) {
    case "type":
    case "source":
    case "label": {
      const { kind } = leaf;
      return anyOf(leaf.anyOf.map((text) => counted(kind, text)));
    }
    case "tlp":
      return anyOf(leaf.anyOf.map((tlp) => counted("tlp", tlp)));
    case "id":
      return anyOf(leaf.anyOf.map((stixId) => exact("id", stixId)));
    case "observable":
      return anyOf([exact("value", leaf.value)]);
    case "revoked":
      return leaf.is ? anyOf([revokedToken(workspace)]) : { kind: "revoked", is: false };
    case "confidence": {
      const { from = 0, to = 100 } = leaf;
      // Confidences are whole numbers or not: what is above `to` is at least the next double.
      return range("confidence", Math.max(from, 0), Math.floor(to) + 1);
    }
    case "active":
      return activeFilter(instantKey(leaf.at));
    case "name": {
      const beginning = nameKey(leaf.startsWith);
      return beginning === "" ? ALWAYS : range("name", beginning, `${beginning}${NAME_END}`);
    }
    case "text":
      return textFilter(leaf.words, workspace);
    default:
      return isTime(leaf)
        ? range(
            TIME_COLUMN[leaf.kind],
            leaf.from === undefined ? 1 : instantKey(leaf.from),
            leaf.before === undefined ? Number.MAX_SAFE_INTEGER : instantKey(leaf.before),
          )
        : NEVER;
  }
}

function range(column: SearchColumn, from: number | string, before: number | string): ColumnRange {
  return { kind: "range", column, from, before };
}

function activeFilter(at: number): RowFilter {
  const parts: readonly RowFilter[] = [
    { kind: "revoked", is: false },
    range("valid_from", 0, at + 1),
    {
      kind: "or",
      parts: [range("valid_until", 0, 1), range("valid_until", at + 1, Number.MAX_SAFE_INTEGER)],
    },
  ];
  return { kind: "and", parts };
}

function textFilter(words: string, workspace: number): RowFilter {
  const terms = textTerms(words) ?? [];
  const queries = terms.flatMap((term): readonly TokenQuery[] => {
    const token = (word: string): string => wordToken(workspace, word);
    return term.kind === "phrase"
      ? term.words.map((word) => ({ kind: "token", token: token(word) }))
      : [{ kind: term.kind === "word" ? "token" : "prefix", token: token(term.word) }];
  });
  const query = joined("and", queries);
  return query === undefined ? ALWAYS : { kind: "tokens", query };
}
