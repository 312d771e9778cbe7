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
      if (!isShared(child, uses)) {
        return lowerRelation(child, lowering);
      }
      const known = done.get(child) ?? shareRelation(child, lowering, child.kind === "materialize");
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

/** Tables, small values and parts of an enclosing subquery are repeated; anything else is written once. */
function isShared(relation: Relation, uses: ReadonlyMap<Relation, number>): boolean {
  return (
    (uses.get(relation) ?? 0) > 1 &&
    relation.kind !== "table" &&
    relation.kind !== "values" &&
    !hasContext(relation)
  );
}

function hasContext(relation: Relation): boolean {
  return relation.kind === "context" || inputsOf(relation).some(hasContext);
}

function tablesOf(uses: ReadonlyMap<Relation, number>): string[] {
  return [...uses.keys()].flatMap((relation) =>
    relation.kind === "table" ? [relation.table.name] : [],
  );
}
