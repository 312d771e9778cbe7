/** Where relations come from, and which binder takes which operator. */
import type { Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { RenderSpec } from "../plan.ts";
import type { Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { type Binder, countOperator, type Env, part, placeOf, refuse, withRow } from "./binder.ts";
import { bindEvaluate } from "./evaluate.ts";
import { bindMvApply, bindMvExpand, bindPartition } from "./expand.ts";
import { literal } from "./expressions.ts";
import { inlinedBody } from "./functions.ts";
import { bindJoin, bindLookup } from "./join.ts";
import { findName } from "./names.ts";
import { type OperatorBinder, resultColumns } from "./operator.ts";
import {
  bindCount,
  bindSample,
  bindSampleDistinct,
  bindSort,
  bindTake,
  bindTop,
  bindTopHitters,
} from "./ordering.ts";
import { bindParse, bindParseKv } from "./parse.ts";
import {
  bindColumnChoice,
  bindDistinct,
  bindExtend,
  bindGetSchema,
  bindProject,
  bindRename,
  bindSerialize,
  bindWhere,
  namedInOrder,
} from "./projections.ts";
import { bindScan } from "./scan.ts";
import { bindFind, bindPipedSearch, bindSearch } from "./search.ts";
import { isSerialized } from "./serialized.ts";
import { bindMakeSeries } from "./series.ts";
import { bindSummarize } from "./summarize.ts";
import { bindTopNested } from "./top-nested.ts";
import { bindPipedUnion, bindUnion } from "./union.ts";

/** Every supported operator, by the official kind of its node. */
export const OPERATORS: Readonly<Record<string, OperatorBinder>> = Object.freeze({
  AsOperator: ({ node, input, env }) => {
    env.names.own.set(part(node, "Name").name, { kind: "relation", relation: input });
    return input;
  },
  ConsumeOperator: ({ input }) => ({
    kind: "filter",
    input,
    condition: literal("bool", false),
    columns: input.columns,
  }),
  CountOperator: bindCount,
  DistinctOperator: bindDistinct,
  EvaluateOperator: bindEvaluate,
  ExtendOperator: bindExtend,
  FilterOperator: bindWhere,
  GetSchemaOperator: bindGetSchema,
  InvokeOperator: ({ node, input, env, binder }) => {
    const call = part(node, "Function");
    const body = inlinedBody(call, { ...env, row: [] }, binder, input);
    if (body === undefined) {
      throw refuse("invoke of this function", call, env);
    }
    return binder.relation(body.expression, body.env);
  },
  JoinOperator: bindJoin,
  LookupOperator: bindLookup,
  MakeSeriesOperator: bindMakeSeries,
  MvApplyOperator: bindMvApply,
  MvExpandOperator: bindMvExpand,
  ParseKvOperator: bindParseKv,
  ParseOperator: bindParse,
  ParseWhereOperator: bindParse,
  PartitionOperator: bindPartition,
  ProjectAwayOperator: bindColumnChoice,
  ProjectByNamesOperator: bindColumnChoice,
  ProjectKeepOperator: bindColumnChoice,
  ProjectOperator: bindProject,
  ProjectRenameOperator: bindRename,
  ProjectReorderOperator: bindColumnChoice,
  RenderOperator: ({ node, input, binder }) => {
    binder.state.render = renderOf(node);
    return input;
  },
  SampleDistinctOperator: bindSampleDistinct,
  SampleOperator: bindSample,
  ScanOperator: bindScan,
  SearchOperator: bindPipedSearch,
  SerializeOperator: bindSerialize,
  SortOperator: bindSort,
  SummarizeOperator: bindSummarize,
  TakeOperator: bindTake,
  TopHittersOperator: bindTopHitters,
  TopNestedOperator: bindTopNested,
  TopOperator: bindTop,
  UnionOperator: bindPipedUnion,
});

/** Names of the operators for messages, where the official kind does not say it. */
const OPERATOR_WORD = /^([A-Z][a-z]*)+Operator$/;

type SourceBinder = (node: SyntaxNode, env: Env, binder: Binder) => Relation;

/** Whatever may stand before the first pipe. */
export const SOURCES: Readonly<Record<string, SourceBinder>> = Object.freeze({
  PipeExpression: bindPipe,
  ParenthesizedExpression: (node, env, binder) =>
    bindRelation(part(node, "Expression"), env, binder),
  NameReference: bindTableName,
  FunctionCallExpression: bindTableCall,
  DataTableExpression: bindDataTable,
  MaterializeExpression: (node, env, binder) => {
    const input = bindRelation(part(node, "Expression"), env, binder);
    return { kind: "materialize", input, columns: input.columns };
  },
  PrintOperator: (node, env, binder) => {
    const columns = resultColumns(node, env);
    const items = namedInOrder({ node, env, binder }, node.list("Expressions"), columns);
    return {
      kind: "values",
      rows: [items.map(({ expr }) => expr)],
      columns: items.map(({ column }) => column),
    };
  },
  RangeOperator: bindRange,
  SearchOperator: (node, env, binder) =>
    env.implicit === null
      ? bindSearch(node, env, binder)
      : bindOperator(node, env.implicit, env, binder),
  FindOperator: bindFind,
  UnionOperator: bindUnion,
  ToTableExpression: (node, env, binder) => bindRelation(part(node, "Expression"), env, binder),
  DataScopeExpression: (node, env, binder) => bindRelation(part(node, "Expression"), env, binder),
  ExternalDataExpression: (node, env) => {
    throw refuse("externaldata", node, env);
  },
});

/** Binds an expression that stands for a table. @throws KqlRefusal for what is not supported */
export function bindRelation(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const source = SOURCES[node.kind];
  if (source !== undefined) {
    countOperator(binder, node, env);
    return source(node, env, binder);
  }
  if (env.implicit !== null) {
    return bindOperator(node, env.implicit, env, binder);
  }
  throw refuse(nameOfOperator(node), node, env);
}

function nameOfOperator(node: SyntaxNode): string {
  if (!OPERATOR_WORD.test(node.kind)) {
    return `the expression ${node.kind}`;
  }
  const word = node.kind
    .slice(0, -"Operator".length)
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`);
  return `the operator ${word.toLowerCase()}`;
}

/** A chain of pipes leans to the left; it is walked without recursion. */
function bindPipe(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const operators: SyntaxNode[] = [];
  let source = node;
  while (source.kind === "PipeExpression") {
    operators.push(part(source, "Operator"));
    source = part(source, "Expression");
  }
  let relation = bindRelation(source, env, binder);
  for (const operator of operators.reverse()) {
    relation = bindOperator(operator, relation, env, binder);
  }
  return relation;
}

function bindOperator(node: SyntaxNode, input: Relation, env: Env, binder: Binder): Relation {
  countOperator(binder, node, env);
  const bind = OPERATORS[node.kind];
  if (bind === undefined) {
    throw refuse(nameOfOperator(node), node, env);
  }
  return bind({
    node,
    input,
    env: withRow(env, input.columns, isSerialized(input)),
    binder,
  });
}

function bindTableName(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const { name, symbol } = node;
  const binding = findName(env.names, name);
  if (binding?.kind === "relation") {
    return binding.relation;
  }
  if (binding?.kind === "let") {
    binding.relation ??= bindRelation(
      binding.node,
      { ...env, names: binding.names, row: [], aggregates: null, implicit: null },
      binder,
    );
    return binding.relation;
  }
  if (symbol?.kind === "FunctionSymbol") {
    return bindTableCall(node, env, binder);
  }
  const table = binder.state.tables.get(symbol?.name ?? name);
  if (table === undefined) {
    throw new KqlRefusal("KQL_TABLE", `there is no table '${name}'`, placeOf(node, env));
  }
  return { kind: "table", table, columns: table.columns };
}

function bindTableCall(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const body = inlinedBody(node, env, binder);
  if (body !== undefined) {
    return bindRelation(body.expression, body.env, binder);
  }
  const name = node.kind === "NameReference" ? node.name : part(node, "Name").name;
  const [argument] = node.child("ArgumentList")?.list("Expressions") ?? [];
  if (name === "table" && argument !== undefined) {
    const text = binder.expression(argument, env);
    const table = text.kind === "literal" ? binder.state.tables.get(String(text.value)) : undefined;
    if (table !== undefined) {
      return { kind: "table", table, columns: table.columns };
    }
  }
  if (name === "materialize" && argument !== undefined) {
    const input = bindRelation(argument, env, binder);
    return { kind: "materialize", input, columns: input.columns };
  }
  throw refuse(`the table function ${name}()`, node, env);
}

function bindDataTable(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const columns = resultColumns(node, env);
  const values = node.list("Values").map((value) => binder.expression(value, env));
  if (columns.length === 0 || values.length % columns.length !== 0) {
    throw new KqlRefusal(
      "KQL_SYNTAX",
      `datatable has ${values.length} values for ${columns.length} columns`,
      placeOf(node, env),
    );
  }
  const rows: Expr[][] = [];
  for (let start = 0; start < values.length; start += columns.length) {
    rows.push(values.slice(start, start + columns.length));
  }
  return { kind: "values", columns, rows };
}

function bindRange(node: SyntaxNode, env: Env, binder: Binder): Relation {
  const [column] = resultColumns(node, env);
  const from = binder.expression(part(node, "From"), env);
  const type: KqlColumn["type"] = column?.type ?? from.type;
  return {
    kind: "range",
    from,
    to: binder.expression(part(node, "To"), env),
    step: binder.expression(part(node, "Step"), env),
    columns: [{ name: column?.name ?? part(node, "Name").name, type }],
    span: placeOf(node, env),
  };
}

function renderOf(node: SyntaxNode): RenderSpec {
  const properties = node.child("WithClause")?.list("Properties") ?? node.list("Parameters");
  return {
    visualization: node.child("ChartType")?.text.trim() ?? "table",
    properties: Object.fromEntries(
      properties.map((property) => [property.name, renderValue(part(property, "Expression"))]),
    ),
  };
}

function renderValue(node: SyntaxNode): string | number | boolean {
  const text = node.literal?.valueText ?? node.text.trim();
  if (node.kind === "BooleanLiteralExpression") {
    return text === "true";
  }
  return /^(Long|Real|Int)Literal/.test(node.kind) ? Number(text) : text;
}
