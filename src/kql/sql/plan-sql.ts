/** From a bound query to the SQL of its plan. */
import { PLAN_SQL_LENGTH_MAX } from "../limits.ts";
import type { PlanParameter } from "../plan.ts";
import type { Relation } from "../relation.ts";
import { inputsOf } from "../relation-walk.ts";
import type { Lowering } from "./lower.ts";
import { quoteName } from "./print.ts";
import { lowerRelation, shareRelation } from "./relations.ts";
import { columnOf, type Select, selectText } from "./select.ts";
import { KqlRefusal } from "./sql-expr.ts";

/** SQL and what has to be known to run it. */
export interface PlanSql {
  readonly sql: string;
  readonly ordered: boolean;
  readonly tables: readonly string[];
  readonly parameters: readonly PlanParameter[];
}

/** Makes the SQL. @throws KqlRefusal for what is not supported */
export function planSql(relation: Relation, timeFiltered: boolean): PlanSql {
  const uses = countUses(relation);
  const depths = depthsOf(relation, ({ kind }) => kind === "summarize");
  const shares = depthsOf(relation, (part) => isShared(part, uses));
  const done = new Map<Relation, Select>();
  let aliases = 0;
  const lowering: Lowering = {
    contexts: new Map(),
    shared: [],
    timeFiltered,
    expressions: 0,
    recursive: false,
    nextAlias: (letter) => {
      aliases += 1;
      return `${letter}${aliases}`;
    },
    lower(child) {
      const apart = isApart(child, depths);
      if (!apart && !isShared(child, uses)) {
        return lowerRelation(child, lowering);
      }
      const materialized = apart || child.kind === "materialize" || repeats(child, shares);
      const known = done.get(child) ?? shareRelation(child, lowering, materialized);
      done.set(child, known);
      return known;
    },
  };
  const select = lowering.lower(relation);
  const outputs = relation.columns.map(
    ({ name }) => `${columnOf(select, name).expr.sql} AS ${quoteName(name)}`,
  );
  const text = selectText(select, outputs, { orderBy: true });
  const sql =
    lowering.shared.length === 0
      ? text
      : `WITH ${lowering.recursive ? "RECURSIVE " : ""}${lowering.shared.join(", ")} ${text}`;
  if (sql.length > PLAN_SQL_LENGTH_MAX) {
    throw new KqlRefusal("KQL_LIMIT", "the plan of the query is too long", null);
  }
  // A text in the query may look like a parameter.
  const outsideQuotes = sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "");
  return {
    sql,
    ordered: select.order.length > 0,
    tables: [...new Set(tablesOf(uses))],
    parameters: PARAMETERS.filter((name) => outsideQuotes.includes(`$${name}::`)),
  };
}

const PARAMETERS: readonly PlanParameter[] = ["now", "from", "to"];

/** How often each relation is an input of another. */
function countUses(root: Relation): ReadonlyMap<Relation, number> {
  const uses = new Map<Relation, number>();
  const visit = (relation: Relation): void => {
    const before = uses.get(relation) ?? 0;
    uses.set(relation, before + 1);
    if (before === 0) {
      inputsOf(relation).forEach(visit);
    }
  };
  visit(root);
  return uses;
}

/**
 * DuckDB's planning takes twice as long with each grouping inside another, so that a chain of thirty would never end.
 * Each time this many lie inside each other, they are planned as a part of their own.
 */
const NESTED_GROUPINGS_MAX = 8;

/** How many relations of a sort lie inside each other in each relation. */
function depthsOf(
  root: Relation,
  counts: (relation: Relation) => boolean,
): ReadonlyMap<Relation, number> {
  const depths = new Map<Relation, number>();
  const visit = (relation: Relation): number => {
    const known = depths.get(relation);
    if (known !== undefined) {
      return known;
    }
    const inside = Math.max(0, ...inputsOf(relation).map(visit));
    const depth = inside + (counts(relation) ? 1 : 0);
    depths.set(relation, depth);
    return depth;
  };
  visit(root);
  return depths;
}

/**
 * DuckDB may plan a shared subquery anew at each place where it is used. Where such ones are made of each other that
 * doubles with each, so that every second is evaluated once.
 */
function repeats(relation: Relation, shares: ReadonlyMap<Relation, number>): boolean {
  return (shares.get(relation) ?? 0) % 2 === 0;
}

function isApart(relation: Relation, depths: ReadonlyMap<Relation, number>): boolean {
  return (
    relation.kind === "summarize" &&
    (depths.get(relation) ?? 0) % NESTED_GROUPINGS_MAX === 0 &&
    !hasContext(relation)
  );
}

/** Tables, small values and parts of an enclosing subquery are repeated; anything else is written once. */
function isShared(relation: Relation, uses: ReadonlyMap<Relation, number>): boolean {
  return (
    (uses.get(relation) ?? 0) > 1 &&
    relation.kind !== "table" &&
    relation.kind !== "values" &&
    !hasContext(relation)
  );
}

/** Answers of `hasContext`: shared relations are reached on many ways, too many to walk each. */
const CONTEXTUAL = new WeakMap<Relation, boolean>();

function hasContext(relation: Relation): boolean {
  const known = CONTEXTUAL.get(relation);
  if (known !== undefined) {
    return known;
  }
  const found = relation.kind === "context" || inputsOf(relation).some(hasContext);
  CONTEXTUAL.set(relation, found);
  return found;
}

function tablesOf(uses: ReadonlyMap<Relation, number>): string[] {
  return [...uses.keys()].flatMap((relation) =>
    relation.kind === "table" ? [relation.table.name] : [],
  );
}
