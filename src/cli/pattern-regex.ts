/**
 * Runs the regular expressions of MATCHES on an engine that needs time linear in the subject, because
 * patterns come from strangers. STIX writes them in PCRE; what that engine lacks is refused by name.
 *
 * @see STIX 2.1 §9.6.1; https://github.com/google/re2/wiki/Syntax
 */

import { RE2JS } from "re2js";
import type { RegexCompiler } from "../pattern/index.ts";

/** A compiler that remembers what it refused. */
export interface RegexEngine {
  readonly compiler: RegexCompiler;
  /** Why expressions could not be compiled, in the order in which they were met. */
  readonly refusals: readonly string[];
}

/** Longer expressions are refused: compiling takes memory with their length. */
const SOURCE_LENGTH_MAX = 10_000;
/** Of a refused expression, so much is repeated. */
const SHOWN_LENGTH_MAX = 60;

/** Escapes of PCRE that RE2 writes otherwise, outside and inside of a class; null where there is no way. */
const ESCAPES: Readonly<Record<string, readonly [outside: string, inside: string | null]>> = {
  Z: ["(?:\\n?\\z)", null],
  h: ["[\\t \\x{a0}]", "\\t \\x{a0}"],
  H: ["[^\\t \\x{a0}]", null],
  R: ["(?:\\r\\n|[\\n-\\r\\x{85}])", null],
  N: ["[^\\n]", null],
  e: ["\\x1b", "\\x1b"],
};

/** What RE2 leaves out for the sake of linear time, by how it begins. */
const LACKING: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, "look-ahead and look-behind"],
  [/\(\?>|[+*?}]\+/, "atomic groups and possessive quantifiers"],
  [/\\[1-9]|\\[gk][{<']?|\(\?P=/, "back-references"],
  [/\(\?(?:R|\d|&|\()|\(\*/, "recursion, conditions and verbs"],
  [/\(\?#|\(\?[a-z]*x/, "comments and extended mode"],
];

/** An engine for one pattern. */
export function createRegexEngine(): RegexEngine {
  const refusals: string[] = [];
  return {
    refusals,
    compiler(source) {
      const search = compile(source);
      if (typeof search === "string") {
        const shown =
          source.length > SHOWN_LENGTH_MAX ? `${source.slice(0, SHOWN_LENGTH_MAX)}…` : source;
        const refusal = `the regular expression ${shown} cannot be used: ${search}`;
        if (!refusals.includes(refusal)) {
          refusals.push(refusal);
        }
        return undefined;
      }
      return search;
    },
  };
}

/** The search, or why there is none. */
function compile(source: string): ((subject: string) => boolean) | string {
  if (source.length > SOURCE_LENGTH_MAX) {
    return `it is longer than ${SOURCE_LENGTH_MAX} characters`;
  }
  try {
    const expression = RE2JS.compile(toRe2(source), RE2JS.DOTALL);
    return (subject) => expression.test(subject);
  } catch (error) {
    const lacking = LACKING.find(([form]) => form.test(source))?.[1];
    const reason = error instanceof Error ? error.message : String(error);
    return lacking === undefined
      ? reason.replace(/^error parsing regexp: /, "")
      : `${lacking} are not available, since they take more than linear time or are not of RE2`;
  }
}

/** One piece outside of classes: a quotation, an escape, the beginning of a class, or a character. */
const PIECE_OUTSIDE = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?|./suy;
/** One piece of a class: an escape, a class of POSIX, or a character. */
const PIECE_INSIDE = /\\.|\[:\^?[a-z]+:\]|./suy;

/** The same expression in the words of RE2. `$` also matches before a line feed at the end, as in PCRE. */
function toRe2(source: string): string {
  const dollar = /\(\?[a-z]*m/.test(source) ? "$" : "(?:\\n?\\z)";
  let result = "";
  let isInClass = false;
  for (let at = 0; at < source.length; ) {
    const form: RegExp = isInClass ? PIECE_INSIDE : PIECE_OUTSIDE;
    form.lastIndex = at;
    const piece: string = form.exec(source)?.[0] ?? source.charAt(at);
    at += piece.length;
    result += piece === "$" && !isInClass ? dollar : translated(piece, isInClass);
    isInClass = isInClass ? piece !== "]" : piece.startsWith("[");
  }
  return result;
}

function translated(piece: string, isInClass: boolean): string {
  if (piece.startsWith("\\") && piece.length === 2) {
    return ESCAPES[piece.charAt(1)]?.[isInClass ? 1 : 0] ?? piece;
  }
  // RE2 reads a bracket within a class as the beginning of a class of POSIX.
  return isInClass && piece === "[" ? "\\[" : piece;
}
