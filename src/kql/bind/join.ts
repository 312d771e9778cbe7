/** `join` and `lookup`: kinds, keys of both sides, and which side each result column comes from. */
import type { Expr } from "../ir.ts";
import type { SyntaxNode } from "../official.ts";
import type { JoinKind, JoinOutput, JoinRelation, Relation } from "../relation.ts";
import { KqlRefusal } from "../sql/sql-expr.ts";
import type { KqlColumn } from "../types.ts";
import { operatorParameters, part, placeOf, refuse, withRow, wordOf } from "./binder.ts";
import { type OperatorSite, resultColumns } from "./operator.ts";

const JOIN_KINDS: Readonly<Record<string, JoinKind>> = Object.freeze({
  inner: "inner",
  innerunique: "innerunique",
  leftouter: "leftouter",
  rightouter: "rightouter",
  fullouter: "fullouter",
  leftsemi: "leftsemi",
  rightsemi: "rightsemi",
  leftanti: "leftanti",
  leftantisemi: "leftanti",
  anti: "leftanti",
  rightanti: "rightanti",
  rightantisemi: "rightanti",
});

const LEFT_ONLY: ReadonlySet<JoinKind> = new Set<JoinKind>(["leftsemi", "leftanti"]);
const RIGHT_ONLY: ReadonlySet<JoinKind> = new Set<JoinKind>(["rightsemi", "rightanti"]);

/** `join` */
export function bindJoin(site: OperatorSite): Relation {
  const kind = kindOf(site, "innerunique");
  return joined(site, { kind, clause: "ConditionClause", dropRightKeys: false });
}

/** `lookup`: a left outer or inner join that leaves out the right side's keys. */
export function bindLookup(site: OperatorSite): Relation {
  const kind = kindOf(site, "leftouter");
  return joined(site, { kind, clause: "LookupClause", dropRightKeys: true });
}

function kindOf({ node, env }: OperatorSite, otherwise: JoinKind): JoinKind {
  const word = wordOf(operatorParameters(node).get("kind"));
  const kind = word === undefined ? otherwise : JOIN_KINDS[word.toLowerCase()];
  if (kind === undefined) {
    throw refuse(`kind=${word}`, node, env);
  }
  return kind;
}

interface JoinChoice {
  readonly kind: JoinKind;
  readonly clause: string;
  readonly dropRightKeys: boolean;
}

interface KeyPair {
  readonly left: Expr;
  readonly right: Expr;
}

function joined(site: OperatorSite, { kind, clause, dropRightKeys }: JoinChoice): JoinRelation {
  const { node, input, env, binder } = site;
  const right = binder.relation(part(node, "Expression"), { ...env, row: [], aggregates: null });
  const on = node
    .child(clause)
    ?.list("Expressions")
    .flatMap((expression) => keysOf(expression, site, right));
  const columns = resultColumns(node, env);
  const dropped = new Set(
    dropRightKeys
      ? on?.flatMap((pair) => (pair.right.kind === "column" ? [pair.right.name] : []))
      : [],
  );
  const from: (Omit<JoinOutput, "column"> & { readonly type: KqlColumn["type"] })[] = [
    ...(RIGHT_ONLY.has(kind) ? [] : sideColumns("left", input.columns)),
    ...(LEFT_ONLY.has(kind)
      ? []
      : sideColumns(
          "right",
          right.columns.filter(({ name }) => !dropped.has(name)),
        )),
  ];
  const names =
    from.length === columns.length
      ? columns.map(({ name }) => name)
      : uniqueNames(from.map(({ name }) => name));
  const outputs = from.map(({ side, name, type }, index) => ({
    side,
    name,
    column: { name: names[index] ?? name, type },
  }));
  return {
    kind: "join",
    joinKind: on === undefined || on.length === 0 ? "cross" : kind,
    left: input,
    right,
    on: on ?? [],
    outputs,
    columns: outputs.map(({ column }) => column),
  };
}

/**
 * Names of both sides made unique with numbers. Needed where the official binder counts a column twice that `parse` has
 * replaced.
 */
function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 1; taken.has(free); number += 1) {
      free = `${name}${number}`;
    }
    taken.add(free);
    return free;
  });
}

function sideColumns(
  side: "left" | "right",
  columns: readonly KqlColumn[],
): { side: "left" | "right"; name: string; type: KqlColumn["type"] }[] {
  return columns.map(({ name, type }) => ({ side, name, type }));
}

/** One element after `on`: a name that both sides have, or equalities of `$left` and `$right`. */
function keysOf(node: SyntaxNode, site: OperatorSite, right: Relation): KeyPair[] {
  if (node.kind === "ParenthesizedExpression") {
    return keysOf(part(node, "Expression"), site, right);
  }
  if (node.kind === "AndExpression") {
    return [
      ...keysOf(part(node, "Left"), site, right),
      ...keysOf(part(node, "Right"), site, right),
    ];
  }
  if (node.kind === "EqualExpression") {
    return [equality(part(node, "Left"), part(node, "Right"), site, right)];
  }
  if (node.kind !== "NameReference") {
    throw refuse("this condition of a join", node, site.env);
  }
  const name = node.symbol?.name ?? node.name;
  return [
    { left: sideColumn(node, name, site, site.input), right: sideColumn(node, name, site, right) },
  ];
}

function equality(
  first: SyntaxNode,
  second: SyntaxNode,
  site: OperatorSite,
  right: Relation,
): KeyPair {
  const sides = [sideOf(first), sideOf(second)];
  const swapped = sides[0] === "$right" || sides[1] === "$left";
  const [leftNode, rightNode] = swapped ? [second, first] : [first, second];
  return {
    left: keyExpression(leftNode, site, site.input),
    right: keyExpression(rightNode, site, right),
  };
}

function sideOf(node: SyntaxNode): string | undefined {
  if (node.kind !== "PathExpression") {
    return undefined;
  }
  const base = part(node, "Expression");
  return base.kind === "NameReference" && base.name.startsWith("$") ? base.name : sideOf(base);
}

function keyExpression(node: SyntaxNode, site: OperatorSite, side: Relation): Expr {
  if (node.kind === "PathExpression" && part(node, "Expression").name.startsWith("$")) {
    const selector = part(node, "Selector");
    return sideColumn(selector, selector.symbol?.name ?? selector.name, site, side);
  }
  return site.binder.expression(node, withRow(site.env, side.columns));
}

function sideColumn(node: SyntaxNode, name: string, site: OperatorSite, side: Relation): Expr {
  const column = side.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    throw new KqlRefusal(
      "KQL_NAME",
      `'${name}' is no column of this side`,
      placeOf(node, site.env),
    );
  }
  return { kind: "column", type: column.type, name };
}
