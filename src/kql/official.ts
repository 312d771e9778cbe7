/**
 * The only file that touches the official parser and binder of the language. It loads the transpiled package, tells it
 * the catalogue, and hands out its tree as `SyntaxNode`, whose names are those of the official tree but whose way of
 * access is ours. The package puts globals in place, therefore it is loaded in a thread of its own; see `compiler.ts`.
 */
import { createRequire } from "node:module";
import type { KqlCatalogue } from "./plan.ts";
import type { KqlColumn, KqlType, TextSpan } from "./types.ts";

/** What a name refers to. */
interface SyntaxSymbol {
  /** The official kind: `ColumnSymbol`, `VariableSymbol`, `FunctionSymbol`, `TableSymbol`, … */
  readonly kind: string;
  readonly name: string;
}

/** A parameter of a function that the query calls. */
interface SyntaxParameter {
  readonly name: string;
  readonly defaultValue: SyntaxNode | undefined;
}

/** A literal as it stands in the text. */
interface SyntaxLiteral {
  /** What stands in the parentheses of `long(…)`, the whole of a bare literal, the value of a string. */
  readonly valueText: string;
  readonly rawText: string;
}

/** A node or token of the tree. */
export interface SyntaxNode {
  /** The official kind: `FilterOperator`, `NameReference`, `PlusToken`, … */
  readonly kind: string;
  readonly span: TextSpan;
  /** Text of a token; other nodes leave out the white space between their tokens. */
  readonly text: string;
  /** The name that a name reference, name declaration or named parameter holds, without brackets and quotes. */
  readonly name: string;
  /** The part with this name, `undefined` when it is absent. */
  readonly child: (name: string) => SyntaxNode | undefined;
  /** The elements of a list, or of the list with this name in the node; separators are left out. */
  readonly list: (name?: string) => readonly SyntaxNode[];
  /** Type of the expression's value; `undefined` when it is not a known scalar. */
  readonly type: KqlType | undefined;
  /** Columns of the expression's table; `undefined` when it is not a table. */
  readonly columns: readonly KqlColumn[] | undefined;
  readonly symbol: SyntaxSymbol | undefined;
  readonly literal: SyntaxLiteral | undefined;
  /** Parameters of the called function. */
  readonly parameters: () => readonly SyntaxParameter[];
  /** Body of the called function, bound with the arguments of this call. */
  readonly body: () => SyntaxNode | undefined;
  /** The name that a projection gives to the expression when the query gives none; "" when it has none. */
  readonly resultName: () => string;
}

/** One finding of the official parser or binder. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly span: TextSpan;
}

/** An analysed text. */
export interface Analysis {
  readonly root: SyntaxNode;
  readonly diagnostics: readonly Diagnostic[];
}

/** The official package, loaded and knowing one catalogue. */
export interface OfficialParser {
  readonly analyse: (text: string) => Analysis;
}

/** A list of the transpiled code. */
interface RawList {
  readonly Count: number;
  readonly getItem: (index: number) => unknown;
}

/** A symbol of the transpiled code, as far as it is used here. */
interface RawSymbol {
  readonly Name?: string;
  readonly Signatures?: RawList;
  readonly Parameters?: RawList;
  readonly DefaultValue?: RawNode | null;
  readonly Type?: RawSymbol;
  readonly Columns?: RawList;
}

/** A syntax element of the transpiled code, as far as it is used here. */
interface RawNode {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly GetChild: (index: number) => RawNode | null;
  readonly GetName: (index: number) => string | null;
  readonly Text?: string;
  readonly SimpleName?: string | null;
  readonly TextStart: number;
  readonly Width: number;
  readonly IsLiteral?: boolean;
  readonly LiteralValueInfo?: { readonly ValueText: string; readonly RawText: string } | null;
  readonly ResultType?: RawSymbol | null;
  readonly ReferencedSymbol?: RawSymbol | null;
  readonly GetCalledFunctionBody?: () => RawNode | null;
  readonly toString: () => string;
}

interface RawDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Start: number;
  readonly Length: number;
  readonly Message: string;
}

interface RawCode {
  readonly Syntax: RawNode;
  readonly GetDiagnostics: () => RawList;
}

type RawConstructor = Record<string, new (...args: unknown[]) => RawSymbol>;

interface RawGlobals {
  readonly WithCluster: (cluster: RawSymbol) => RawGlobals;
  readonly WithDatabase: (database: RawSymbol) => RawGlobals;
}

/** The globals that the package puts in place. */
interface RawPackage {
  readonly Bridge: { readonly getTypeName: (value: unknown) => string };
  readonly System: {
    readonly Enum: { readonly toString: (type: unknown, value: number) => string };
  };
  readonly Kusto: {
    readonly Language: {
      readonly GlobalState: { readonly Default: RawGlobals };
      readonly KustoCode: {
        readonly ParseAndAnalyze: (text: string, globals: RawGlobals) => RawCode;
      };
      readonly KustoFacts: {
        readonly GetExpressionResultName: (
          node: RawNode,
          defaultName: string,
          row: RawSymbol | null,
        ) => string | null;
      };
      readonly Syntax: { readonly SyntaxKind: unknown };
      readonly Symbols: Readonly<Record<string, RawConstructor>> & {
        readonly ScalarTypes: { readonly GetSymbol: (name: string) => RawSymbol };
      };
    };
  };
}

const SCALAR_TYPES: ReadonlySet<string> = new Set<KqlType>([
  "bool",
  "datetime",
  "decimal",
  "dynamic",
  "guid",
  "int",
  "long",
  "real",
  "string",
  "timespan",
]);

/** Under this name the catalogue is known; a query may qualify its tables with it. */
const DATABASE_NAME = "workspace";
const CLUSTER_NAME = "stixgate";

let loaded: RawPackage | undefined;

function loadPackage(): RawPackage {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    require("@kusto/language-service-next/bridge.min.js");
    require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
    loaded = globalThis as unknown as RawPackage;
  }
  return loaded;
}

/** Loads the package once and registers the catalogue. Takes part of a second, the first analysis over a second. */
export function createOfficialParser(catalogue: KqlCatalogue): OfficialParser {
  const { Kusto } = loadPackage();
  const globals = globalsOf(catalogue);
  return {
    analyse(text) {
      const code = Kusto.Language.KustoCode.ParseAndAnalyze(text, globals);
      return {
        root: wrap(code.Syntax),
        diagnostics: itemsOf<RawDiagnostic>(code.GetDiagnostics()).map((found) => ({
          code: found.Code,
          severity: found.Severity,
          message: found.Message,
          span: { start: found.Start, length: found.Length },
        })),
      };
    },
  };
}

function globalsOf(catalogue: KqlCatalogue): RawGlobals {
  const { Symbols, GlobalState } = loadPackage().Kusto.Language;
  const make = (symbol: string, creator: string, ...args: unknown[]): RawSymbol => {
    const Constructor = Symbols[symbol]?.[creator];
    if (Constructor === undefined) {
      throw new Error(`the official parser has no ${symbol}.${creator}`);
    }
    return new Constructor(...args);
  };
  const tables = catalogue.tables.map(({ name, columns }) =>
    make(
      "TableSymbol",
      "$ctor4",
      name,
      columns.map((column) =>
        make("ColumnSymbol", "ctor", column.name, Symbols.ScalarTypes.GetSymbol(column.type)),
      ),
    ),
  );
  const functions = catalogue.functions.map(({ name, parameters, body }) =>
    make("FunctionSymbol", "$ctor16", name, parameters, body, null),
  );
  const database = make("DatabaseSymbol", "ctor", DATABASE_NAME, [...tables, ...functions]);
  const cluster = make("ClusterSymbol", "ctor", CLUSTER_NAME, [database]);
  return GlobalState.Default.WithCluster(cluster).WithDatabase(database);
}

function itemsOf<T>(list: RawList | readonly unknown[]): T[] {
  if (Array.isArray(list)) {
    return list as T[];
  }
  const counted = list as RawList;
  return Array.from({ length: counted.Count }, (_, index) => counted.getItem(index) as T);
}

/** Names of generic types end in `$1[[element type]]`, which would hide the type's own name. */
function shortTypeName(value: unknown): string {
  const full = loadPackage().Bridge.getTypeName(value).split("$")[0] ?? "";
  return full.slice(full.lastIndexOf(".") + 1);
}

function wrap(raw: RawNode): SyntaxNode {
  return {
    kind: kindOf(raw),
    span: { start: raw.TextStart, length: raw.Width },
    get text() {
      return textOf(raw);
    },
    get name() {
      return nameOf(raw);
    },
    child(name) {
      const found = childNamed(raw, name);
      return found === null ? undefined : wrap(found);
    },
    list(name) {
      const found = name === undefined ? raw : childNamed(raw, name);
      return found === null ? [] : elementsOf(found).map(wrap);
    },
    get type() {
      const name = raw.ResultType?.Name;
      return name !== undefined && SCALAR_TYPES.has(name) ? (name as KqlType) : undefined;
    },
    get columns() {
      return columnsOf(raw.ResultType);
    },
    get symbol() {
      const symbol = raw.ReferencedSymbol;
      return symbol ? { kind: shortTypeName(symbol), name: symbol.Name ?? "" } : undefined;
    },
    get literal() {
      const value = raw.IsLiteral === true ? raw.LiteralValueInfo : undefined;
      return value ? { valueText: value.ValueText, rawText: value.RawText } : undefined;
    },
    parameters() {
      return parametersOf(raw);
    },
    body() {
      const body = raw.GetCalledFunctionBody?.();
      return body ? wrap(body) : undefined;
    },
    resultName() {
      return loadPackage().Kusto.Language.KustoFacts.GetExpressionResultName(raw, "", null) ?? "";
    },
  };
}

/** `ToString()` of a node drops white space between tokens; only single tokens and names are taken from it. */
function textOf(raw: RawNode): string {
  return raw.Text ?? raw.toString();
}

function nameOf(raw: RawNode): string {
  if (kindOf(raw) === "NamedParameter") {
    const name = raw.GetChild(0);
    return name === null ? "" : nameOf(name);
  }
  return raw.SimpleName ?? textOf(raw).trim();
}

function parametersOf(raw: RawNode): readonly SyntaxParameter[] {
  const [signature] = itemsOf<RawSymbol>(raw.ReferencedSymbol?.Signatures ?? []);
  return itemsOf<RawSymbol>(signature?.Parameters ?? []).map((parameter) => ({
    name: parameter.Name ?? "",
    defaultValue: parameter.DefaultValue ? wrap(parameter.DefaultValue) : undefined,
  }));
}

function childNamed(raw: RawNode, name: string): RawNode | null {
  for (let index = 0; index < raw.ChildCount; index += 1) {
    if (raw.GetName(index) === name) {
      return raw.GetChild(index);
    }
  }
  return null;
}

/** The elements of a list; each one of a separated list is wrapped together with its comma. */
function elementsOf(raw: RawNode): RawNode[] {
  const elements: RawNode[] = [];
  for (let index = 0; index < raw.ChildCount; index += 1) {
    const child = raw.GetChild(index);
    const element = child !== null && isSeparated(child) ? child.GetChild(0) : child;
    if (element !== null) {
      elements.push(element);
    }
  }
  return elements;
}

function isSeparated(raw: RawNode): boolean {
  return kindOf(raw) === "SeparatedElement";
}

function kindOf(raw: RawNode): string {
  const { System, Kusto } = loadPackage();
  return System.Enum.toString(Kusto.Language.Syntax.SyntaxKind, raw.Kind);
}

function columnsOf(type: RawSymbol | null | undefined): readonly KqlColumn[] | undefined {
  if (!type?.Columns || shortTypeName(type) !== "TableSymbol") {
    return undefined;
  }
  return itemsOf<RawSymbol>(type.Columns).map((column) => {
    const name = column.Type?.Name ?? "";
    return {
      name: column.Name ?? "",
      type: SCALAR_TYPES.has(name) ? (name as KqlType) : "dynamic",
    };
  });
}
