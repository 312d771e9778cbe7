/**
 * The only file of the page that touches the official language service, which the server's parser comes from as well.
 * The package puts globals in place and is transpiled from another language: the numbers in names such as `$ctor4` go
 * with the pinned version. It runs in a worker.
 */
import type { Catalogue, Classified, Diagnostic, Suggestion } from "./language-messages.ts";
import type { BuiltIns } from "./refused-words.ts";

type Make = new (...parts: unknown[]) => unknown;

interface List<T> {
  readonly Count: number;
  readonly getItem: (index: number) => T;
}

interface Globals {
  readonly WithCluster: (cluster: unknown) => Globals;
  readonly WithDatabase: (database: unknown) => Globals;
  readonly Functions: List<{ readonly Name: string }>;
  readonly Aggregates: List<{ readonly Name: string }>;
  readonly PlugIns: List<{ readonly Name: string }>;
}

interface Service {
  readonly GetDiagnostics: () => List<{
    readonly Code: string;
    readonly Severity: string;
    readonly Start: number;
    readonly Length: number;
    readonly Message: string;
  }>;
  readonly GetClassifications: (
    start: number,
    length: number,
  ) => {
    readonly Classifications: List<{
      readonly Kind: number;
      readonly Start: number;
      readonly Length: number;
    }>;
  };
  readonly GetCompletionItems: (at: number) => {
    readonly EditStart: number;
    readonly Items: List<{
      readonly DisplayText: string;
      readonly MatchText: string;
      readonly Kind: number;
      readonly BeforeText: string | null;
      readonly AfterText: string | null;
    }>;
  };
  readonly GetQuickInfo: (at: number) => {
    readonly Items: List<{ readonly Text: string }> | null;
  };
  readonly GetFormattedText: (options: unknown, cursor: number) => { readonly Text: string };
}

interface Package {
  readonly System: {
    readonly Enum: { readonly toString: (type: unknown, value: number) => string };
  };
  readonly Kusto: {
    readonly Language: {
      readonly GlobalState: { readonly Default: Globals };
      readonly Symbols: Readonly<Record<string, Readonly<Record<string, Make>>>> & {
        readonly ScalarTypes: { readonly GetSymbol: (name: string) => unknown };
      };
      readonly Editor: {
        readonly CompletionKind: unknown;
        readonly ClassificationKind: unknown;
        readonly PlacementStyle: { readonly NewLine: number };
        readonly FormattingOptions: {
          readonly Default: { readonly WithPipeOperatorStyle: (style: number) => unknown };
        };
        readonly KustoCodeService: {
          readonly $ctor1: new (text: string, globals: Globals) => Service;
        };
      };
    };
  };
}

const SEVERITIES: Readonly<Record<string, Diagnostic["severity"]>> = {
  Error: "error",
  Warning: "warning",
};

/** Suggestions of one list; more nobody reads, and each word that is typed narrows it. */
const SUGGESTIONS_MAX = 500;

/** The language with a catalogue: questions about a text. Offsets are UTF-16 units. */
export interface Language {
  readonly diagnostics: (text: string) => readonly Diagnostic[];
  readonly words: (text: string) => readonly Classified[];
  readonly complete: (
    text: string,
    at: number,
  ) => { readonly start: number; readonly items: readonly Suggestion[] };
  readonly hover: (text: string, at: number) => readonly string[];
  readonly format: (text: string) => string;
  /** What the language has, whether a server answers it or not. */
  readonly builtIns: BuiltIns;
}

/** Makes the language once the package is loaded. */
export function createLanguage(catalogue: Pick<Catalogue, "tables" | "functions">): Language {
  const { System, Kusto } = globalThis as unknown as Package;
  const { Editor } = Kusto.Language;
  const globals = globalsOf(Kusto.Language, catalogue);
  // Each step of a query on a line of its own.
  const layout = Editor.FormattingOptions.Default.WithPipeOperatorStyle(
    Editor.PlacementStyle.NewLine,
  );
  let last: { readonly text: string; readonly service: Service } | undefined;
  const serviceOf = (text: string): Service => {
    if (last?.text !== text) {
      last = { text, service: new Editor.KustoCodeService.$ctor1(text, globals) };
    }
    return last.service;
  };
  return {
    diagnostics: (text) =>
      itemsOf(serviceOf(text).GetDiagnostics()).map((found) => ({
        code: found.Code,
        severity: SEVERITIES[found.Severity] ?? "info",
        message: found.Message,
        start: found.Start,
        length: found.Length,
      })),
    words: (text) =>
      itemsOf(serviceOf(text).GetClassifications(0, text.length).Classifications).map(
        ({ Kind, Start, Length }) => ({
          kind: System.Enum.toString(Editor.ClassificationKind, Kind),
          start: Start,
          length: Length,
        }),
      ),
    complete(text, at) {
      const { EditStart, Items } = serviceOf(text).GetCompletionItems(at);
      const items = itemsOf(Items)
        .slice(0, SUGGESTIONS_MAX)
        .map(({ DisplayText, MatchText, Kind, BeforeText, AfterText }) => ({
          label: DisplayText,
          match: MatchText,
          kind: System.Enum.toString(Editor.CompletionKind, Kind),
          before: BeforeText ?? "",
          after: AfterText ?? "",
        }));
      return { start: EditStart, items };
    },
    hover: (text, at) =>
      itemsOf(serviceOf(text).GetQuickInfo(at).Items)
        .map(({ Text }) => Text)
        .filter((line) => line !== ""),
    format: (text) => serviceOf(text).GetFormattedText(layout, 0).Text,
    builtIns: builtInsOf(Kusto.Language.GlobalState.Default),
  };
}

function builtInsOf({ Functions, Aggregates, PlugIns }: Globals): BuiltIns {
  const namesOf = (list: List<{ readonly Name: string }>): readonly string[] =>
    itemsOf(list).map(({ Name }) => Name);
  return {
    functions: namesOf(Functions),
    aggregates: namesOf(Aggregates),
    plugins: namesOf(PlugIns),
  };
}

function globalsOf(
  { Symbols, GlobalState }: Package["Kusto"]["Language"],
  { tables, functions }: Pick<Catalogue, "tables" | "functions">,
): Globals {
  const make = (symbol: string, way: string, ...parts: unknown[]): unknown => {
    const Constructor = Symbols[symbol]?.[way];
    if (Constructor === undefined) {
      throw new Error(`the language service has no ${symbol}.${way}`);
    }
    return new Constructor(...parts);
  };
  const members = [
    ...tables.map(({ name, columns }) =>
      make(
        "TableSymbol",
        "$ctor4",
        name,
        columns.map((column) =>
          make("ColumnSymbol", "ctor", column.name, Symbols.ScalarTypes.GetSymbol(column.type)),
        ),
      ),
    ),
    ...functions.map(({ name, parameters, body }) =>
      make("FunctionSymbol", "$ctor16", name, parameters, body, null),
    ),
  ];
  const database = make("DatabaseSymbol", "ctor", "workspace", members);
  const cluster = make("ClusterSymbol", "ctor", "stixgate", [database]);
  return GlobalState.Default.WithCluster(cluster).WithDatabase(database);
}

function itemsOf<T>(list: List<T> | readonly T[] | null): readonly T[] {
  if (list === null) {
    return [];
  }
  if (Array.isArray(list)) {
    return list as readonly T[];
  }
  const counted = list as List<T>;
  return Array.from({ length: counted.Count }, (_, index) => counted.getItem(index));
}
