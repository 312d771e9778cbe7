/**
 * The words that queries can be written with: operators, functions and aggregates, and those of the language that are
 * known and refused, each with its reason. Editors offer the former and mark the latter before anything is run.
 */
import { MODERN_NAMES } from "./bind/names.ts";
import { OPERATORS, SOURCES } from "./bind/relations.ts";
import { PICK_NAMES } from "./bind/scalar.ts";
import { SPECIAL_CALLS } from "./bind/special-calls.ts";
import { AGGREGATES } from "./sql/aggregate-table.ts";
import { SCALARS } from "./sql/scalar-table.ts";
import { type Emitter, KqlRefusal } from "./sql/sql-expr.ts";

/** The words, each list in the order of the alphabet. */
export interface KqlVocabulary {
  /** As they are written: `where`, `project-away`. */
  readonly operators: readonly string[];
  /** What `evaluate` runs. */
  readonly plugins: readonly string[];
  readonly functions: readonly string[];
  readonly aggregates: readonly string[];
  /** Functions that the server knows and refuses however they are called. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** Operators whose spelling is not that of the official kind. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  DataTableExpression: ["datatable"],
  FilterOperator: ["where", "filter"],
  GetSchemaOperator: ["getschema"],
  MvExpandOperator: ["mv-expand", "mvexpand"],
  SortOperator: ["sort", "order"],
  TakeOperator: ["take", "limit"],
};

const PLUGINS: readonly string[] = ["bag_unpack", "narrow"];

/** Functions that are written as operators are, or stand for a table. */
const TABLE_FUNCTIONS: readonly string[] = ["materialize", "toscalar", "totable"];

const WORD_OPERATORS: ReadonlySet<string> = new Set(
  "and or between contains contains_cs endswith endswith_cs has has_all has_any has_cs hasprefix hasprefix_cs hassuffix hassuffix_cs in like startswith startswith_cs".split(
    " ",
  ),
);

/** The words of this server. */
export const KQL_VOCABULARY: KqlVocabulary = vocabulary();

function vocabulary(): KqlVocabulary {
  const scalars = Object.keys({ ...SCALARS, ...SPECIAL_CALLS }).filter(isWord);
  const refused = scalars.flatMap((name) => {
    const reason = refusalOf(name, SCALARS[name]);
    return reason === null ? [] : [{ name, reason }];
  });
  const isRefused = new Set(refused.map(({ name }) => name));
  const aggregates = [...Object.keys(AGGREGATES), ...PICK_NAMES, "percentiles", "percentilesw"];
  return {
    operators: sorted(
      Object.keys({ ...OPERATORS, ...SOURCES }).flatMap((kind) => spellingsOf(kind)),
    ),
    plugins: PLUGINS,
    functions: withOldNames([
      ...scalars.filter((name) => !isRefused.has(name)),
      ...TABLE_FUNCTIONS,
    ]),
    aggregates: withOldNames(aggregates),
    refused: refused.toSorted((first, second) => (first.name < second.name ? -1 : 1)),
  };
}

function spellingsOf(kind: string): readonly string[] {
  const known = SPELLINGS[kind];
  if (known !== undefined || !kind.endsWith("Operator")) {
    return known ?? [];
  }
  const word = kind.slice(0, -"Operator".length);
  return [word.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()];
}

function withOldNames(names: readonly string[]): readonly string[] {
  const known = new Set(names);
  const old = [...MODERN_NAMES].flatMap(([name, modern]) => (known.has(modern) ? [name] : []));
  return sorted([...names, ...old]);
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** Why a function is refused however it is called, or null when it is supported. */
function refusalOf(name: string, emit: Emitter | undefined): string | null {
  try {
    emit?.({ name, args: [], type: "string", span: { start: 0, length: 0 } });
  } catch (error) {
    const prefix = `${name}() is not supported: `;
    if (error instanceof KqlRefusal && error.message.startsWith(prefix)) {
      return error.message.slice(prefix.length);
    }
  }
  return null;
}

/** Scalar operators are words as well; they are not called. */
function isWord(name: string): boolean {
  return /^[a-z]\w*$/.test(name) && !WORD_OPERATORS.has(name);
}
