/** Prints the reference page of the query language from the tables of operators, functions and aggregates. */
import { MODERN_NAMES } from "../src/kql/bind/names.ts";
import { OPERATORS, SOURCES } from "../src/kql/bind/relations.ts";
import {
  ARRAY_VALUES_MAX,
  COMPILE_TIMEOUT_MS,
  QUERY_EXPRESSIONS_MAX,
  QUERY_NESTING_MAX,
  QUERY_OPERATORS_MAX,
  QUERY_TEXT_LENGTH_MAX,
  RANGE_ROWS_MAX,
  REPEATED_TEXT_BYTES_MAX,
} from "../src/kql/limits.ts";
import { SCALARS } from "../src/kql/sql/scalar-table.ts";
import { KQL_VOCABULARY } from "../src/kql/vocabulary.ts";

/** The spelling of each operator, and what a user should know of it, by the official kind of its node. */
const OPERATOR_TEXTS: Readonly<Record<string, readonly [spelling: string, note: string]>> = {
  AsOperator: ["as", "The name holds for the rest of the query."],
  ConsumeOperator: ["consume", "Gives no rows."],
  CountOperator: ["count", ""],
  DataScopeExpression: ["(datascope)", "Accepted; there is one scope."],
  DataTableExpression: ["datatable", ""],
  DistinctOperator: ["distinct", ""],
  EvaluateOperator: [
    "evaluate",
    "The plug-ins `bag_unpack` with its columns (`: (*, name: string)`) and `narrow`; the others have columns that only the data knows.",
  ],
  ExtendOperator: ["extend", "All expressions see the row as it was before."],
  FilterOperator: ["where, filter", "`* has 'x'` asks every column."],
  FindOperator: ["find", "With a `project` clause."],
  FunctionCallExpression: ["(a function that gives a table)", "Its body is inlined."],
  GetSchemaOperator: ["getschema", ""],
  InvokeOperator: ["invoke", ""],
  JoinOperator: [
    "join",
    "All kinds; `innerunique` where none is given. Null matches null. Hints are accepted and have no effect.",
  ],
  LookupOperator: ["lookup", "`kind=leftouter` (as by default) and `kind=inner`."],
  MakeSeriesOperator: [
    "make-series",
    "`from`, `to` (not included), `step`, or `in range(…)`; `kind=nonempty`.",
  ],
  MaterializeExpression: ["materialize()", "Evaluated once."],
  MvApplyOperator: ["mv-apply", "Without the `id` clause."],
  MvExpandOperator: ["mv-expand, mvexpand", ""],
  NameReference: ["(a table, or a name from let)", ""],
  ParenthesizedExpression: ["( … )", ""],
  ParseKvOperator: ["parse-kv", "With delimiters, or with `regex`; not `greedy`."],
  ParseOperator: [
    "parse",
    "`kind=simple`, `relaxed` and `regex` with the flags `i`, `m`, `s`, `U`.",
  ],
  ParseWhereOperator: ["parse-where", "As `parse`."],
  PartitionOperator: ["partition by", "With a subquery in parentheses; hints have no effect."],
  PipeExpression: ["( | )", ""],
  PrintOperator: ["print", ""],
  ProjectAwayOperator: ["project-away", ""],
  ProjectByNamesOperator: ["project-by-names", ""],
  ProjectKeepOperator: ["project-keep", ""],
  ProjectOperator: ["project", ""],
  ProjectRenameOperator: ["project-rename", ""],
  ProjectReorderOperator: ["project-reorder", ""],
  RangeOperator: ["range", ""],
  RenderOperator: ["render", "Handed to the client; the rows stay as they are."],
  SampleDistinctOperator: ["sample-distinct", ""],
  SampleOperator: ["sample", ""],
  ScanOperator: ["scan", "One step, whose rows are all put out; no partitions."],
  SearchOperator: [
    "search",
    "Terms with `*`, `column:term`, `in (tables)`, `kind=case_sensitive`.",
  ],
  SerializeOperator: ["serialize", ""],
  SortOperator: ["sort by, order by", "Descending by default; null is the smallest value."],
  SummarizeOperator: ["summarize", "Hints are accepted and have no effect."],
  TakeOperator: ["take, limit", ""],
  ToTableExpression: ["totable()", ""],
  TopHittersOperator: ["top-hitters", "Exact."],
  TopNestedOperator: ["top-nested", "By one aggregate; with `others`."],
  TopOperator: ["top", ""],
  UnionOperator: [
    "union",
    "`kind=inner`, `withsource`, `isfuzzy`, names with `*`, views of the query.",
  ],
};

const BOUNDS_AND_CODES: readonly string[] = [
  "## Bounds of a text",
  "",
  "| what | most |",
  "|---|---|",
  `| characters | ${QUERY_TEXT_LENGTH_MAX} |`,
  `| nesting of brackets | ${QUERY_NESTING_MAX} |`,
  `| operators, functions inlined | ${QUERY_OPERATORS_MAX} |`,
  `| expressions, functions inlined | ${QUERY_EXPRESSIONS_MAX} |`,
  `| values in an array of \`range()\` or \`repeat()\` | ${ARRAY_VALUES_MAX} |`,
  `| rows of \`range\` | ${RANGE_ROWS_MAX} |`,
  `| text that \`strrep()\` makes | ${REPEATED_TEXT_BYTES_MAX} bytes |`,
  `| time to compile | ${COMPILE_TIMEOUT_MS} ms |`,
  "",
  "## Codes of refusals",
  "",
  "| code | what is wrong |",
  "|---|---|",
  "| `KS…` | what the official parser or binder found; its message stands beside it |",
  "| `KQL_SYNTAX` | the text holds no query, or several |",
  "| `KQL_NAME`, `KQL_TABLE` | a name that stands for nothing here |",
  "| `KQL_LITERAL` | a value that its type cannot hold |",
  "| `KQL_ARGUMENT`, `KQL_CONSTANT`, `KQL_PARSE` | an argument that a function or pattern cannot take |",
  "| `KQL_SERIALIZE` | a function that looks at other rows, and no order of rows |",
  "| `KQL_UNSUPPORTED` | a part of the language that is not supported |",
  "| `KQL_LIMIT` | a bound of the list above |",
  "| `KQL_INTERNAL` | a fault of this server: please report the query |",
  "",
];

/** The page as Markdown. */
export function kqlPage(): string {
  const { functions, aggregates, refused } = KQL_VOCABULARY;
  const called = new Set([...functions, ...refused.map(({ name }) => name)]);
  const signs = Object.keys(SCALARS).filter(
    (name) => !called.has(name) && !name.startsWith("$") && name !== "[]",
  );
  return [
    "# KQL",
    "",
    "Printed from the tables in `src/kql`; run `npm run docs` after a change there.",
    "",
    "Queries are read by Microsoft's own parser and answered by an embedded column store. What is not listed here is",
    "refused with its name and its place in the text; nothing is ignored or approximated. How far answers agree with",
    "the Kusto engine's is in [kql-disagreements.md](kql-disagreements.md).",
    "",
    "## Operators over tables",
    "",
    "| operator | notes |",
    "|---|---|",
    ...operatorRows(),
    "",
    "`let` (values, tables, functions with defaults, views), `set` (accepted, no effect) and comments stand before the",
    "query. A text holds one query. Graph operators, `externaldata`, `fork`, `facet`, `reduce` and management commands",
    "are not supported.",
    "",
    "## Operators in expressions",
    "",
    code([...signs, "[]", ".", "between", "!between"].filter(unique).sort()),
    "",
    "## Functions",
    "",
    code(functions),
    "",
    "### Known and refused",
    "",
    "| function | why |",
    "|---|---|",
    ...refused.map(({ name, reason }) => `| \`${name}\` | ${reason} |`),
    "",
    "## Aggregates",
    "",
    code(aggregates),
    "",
    "`dcount` and `top-hitters` are exact.",
    "",
    "## Other spellings",
    "",
    "Deprecated names work as the ones that took their place:",
    [...MODERN_NAMES]
      .filter(([old, modern]) => old !== modern)
      .map(([old, modern]) => `\`${old}\` (\`${modern}\`)`)
      .join(", "),
    "",
    ...BOUNDS_AND_CODES,
  ].join("\n");
}

function operatorRows(): string[] {
  const kinds = Object.keys({ ...OPERATORS, ...SOURCES });
  return kinds
    .filter((kind) => kind !== "ExternalDataExpression")
    .map((kind) => {
      const text = OPERATOR_TEXTS[kind];
      if (text === undefined) {
        throw new Error(`tools/docs-kql.ts has no text for ${kind}`);
      }
      return text;
    })
    .filter(([spelling]) => !spelling.startsWith("("))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([spelling, note]) => `| \`${spelling.split(", ").join("`, `")}\` | ${note} |`);
}

function unique<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index;
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
