/** Words of the language that this server refuses: they are not offered, and marked before anything is run. */
import type { Classified, Diagnostic, Suggestion, Vocabulary } from "./language-messages.ts";

/** What the language has, whether the server answers it or not. */
export interface BuiltIns {
  readonly functions: readonly string[];
  readonly aggregates: readonly string[];
  readonly plugins: readonly string[];
}

/** What a server refuses, and the operators that it answers. */
export interface RefusedWords {
  /** Functions, aggregates and plug-ins, each with the reason. */
  readonly refused: ReadonlyMap<string, string>;
  readonly operators: ReadonlySet<string>;
}

const OPERATOR_KINDS: ReadonlySet<string> = new Set([
  "QueryPrefix",
  "TabularPrefix",
  "TabularSuffix",
]);
const FUNCTION_KINDS: ReadonlySet<string> = new Set(["AggregateFunction", "BuiltInFunction"]);
const STRANGE = "it is not part of this server";
/** Words that stand where an operator does, and are none. */
const STATEMENTS: ReadonlySet<string> = new Set(["let", "set", "declare", "alias", "restrict"]);
/** Functions that the page's own catalogue answers for: they name tables. */
const CATALOGUE_FUNCTIONS: ReadonlySet<string> = new Set(["table"]);

/** What of the language a server refuses. @param own functions that are saved, which may have any name */
export function refusedBy(
  { operators, functions, aggregates, plugins, refused }: Vocabulary,
  builtIns: BuiltIns,
  own: readonly string[],
): RefusedWords {
  const answered = new Set([
    ...functions,
    ...aggregates,
    ...plugins,
    ...own,
    ...CATALOGUE_FUNCTIONS,
  ]);
  const reasons = new Map(refused.map(({ name, reason }) => [name, reason]));
  const all = [...builtIns.functions, ...builtIns.aggregates, ...builtIns.plugins];
  return {
    refused: new Map(
      all.flatMap((name) => (answered.has(name) ? [] : [[name, reasons.get(name) ?? STRANGE]])),
    ),
    operators: new Set(operators),
  };
}

/** Marks for the words of a text that are refused. @param words the text's words with their kinds */
export function refusals(
  text: string,
  words: readonly Classified[],
  { refused, operators }: RefusedWords,
): readonly Diagnostic[] {
  return words.flatMap(({ kind, start, length }) => {
    const word = text.slice(start, start + length);
    const reason = kind === "Function" ? refused.get(word) : undefined;
    const isStrange =
      kind === "QueryOperator" &&
      /^[a-z]/.test(word) &&
      !operators.has(word) &&
      !STATEMENTS.has(word);
    const message =
      reason !== undefined
        ? `${word}() is not supported: ${reason}.`
        : isStrange
          ? `The operator ${word} is not supported: ${STRANGE}.`
          : null;
    return message === null
      ? []
      : [{ code: "KQL_UNSUPPORTED", severity: "error" as const, message, start, length }];
  });
}

/** Whether a suggestion is something that the server answers. */
export function isAnswered(
  { kind, match }: Suggestion,
  { refused, operators }: RefusedWords,
): boolean {
  if (FUNCTION_KINDS.has(kind)) {
    return !refused.has(match);
  }
  return !OPERATOR_KINDS.has(kind) || operators.has(match) || STATEMENTS.has(match);
}
