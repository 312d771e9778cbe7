/** The SQL of `join` and `lookup`. */
import type { JoinKind, JoinRelation } from "../relation.ts";
import { conversion } from "./convert.ts";
import { expressionSql, type Lowering } from "./lower.ts";
import { quoteName } from "./print.ts";
import { columnOf, type Select, type SelectColumn, sealText, selectFrom } from "./select.ts";
import type { SqlExpr } from "./sql-expr.ts";

interface Side {
  /** The side as an item of FROM. */
  readonly from: string;
  readonly columns: ReadonlyMap<string, SelectColumn>;
  readonly keys: readonly SqlExpr[];
}

const SQL_JOINS: Readonly<Record<JoinKind, string>> = Object.freeze({
  inner: "INNER JOIN",
  innerunique: "INNER JOIN",
  leftouter: "LEFT JOIN",
  rightouter: "RIGHT JOIN",
  fullouter: "FULL JOIN",
  leftsemi: "SEMI JOIN",
  rightsemi: "SEMI JOIN",
  leftanti: "ANTI JOIN",
  rightanti: "ANTI JOIN",
  cross: "CROSS JOIN",
});

const NULLABLE_SIDES: Readonly<Partial<Record<JoinKind, readonly ("left" | "right")[]>>> =
  Object.freeze({
    leftouter: ["right"],
    rightouter: ["left"],
    fullouter: ["left", "right"],
  });

/** Null equals null; where a side is never null the plain comparison says the same and is faster. */
export function lowerJoin(relation: JoinRelation, lowering: Lowering): Select {
  const { joinKind, on, outputs } = relation;
  const leftSelect = lowering.lower(relation.left);
  const rightSelect = lowering.lower(relation.right);
  const left = sideOf(leftSelect, { relation, side: "left" }, lowering);
  const right = sideOf(rightSelect, { relation, side: "right" }, lowering);
  const swapped = joinKind === "rightsemi" || joinKind === "rightanti";
  const [first, second] = swapped ? [right, left] : [left, right];
  const condition = on
    .map((_, index) => equality(first.keys[index], second.keys[index]))
    .join(" AND ");
  const from = `${first.from} ${SQL_JOINS[joinKind]} ${second.from}${condition === "" ? "" : ` ON ${condition}`}`;
  const nullable = NULLABLE_SIDES[joinKind] ?? [];
  const columns = new Map(
    outputs.map(({ column, side, name }): [string, SelectColumn] => {
      const own = (side === "left" ? left : right).columns.get(name);
      if (own === undefined) {
        throw new Error(`the join has no column ${name}`);
      }
      return [column.name, nullable.includes(side) ? afterOuter(own) : own];
    }),
  );
  return selectFrom(from, columns);
}

/** A row without partner has nulls, and the empty text where the type has no null. */
function afterOuter({ expr }: SelectColumn): SelectColumn {
  return expr.type === "string"
    ? { expr: { sql: `coalesce(${expr.sql}, '')`, type: "string", nonNull: true }, plain: false }
    : { expr: { sql: expr.sql, type: expr.type, nonNull: false }, plain: true };
}

function equality(left: SqlExpr | undefined, right: SqlExpr | undefined): string {
  if (left === undefined || right === undefined) {
    throw new Error("a join's key has one side only");
  }
  const [a, b] = sameType(left, right);
  return a.nonNull || b.nonNull ? `${a.sql} = ${b.sql}` : `${a.sql} IS NOT DISTINCT FROM ${b.sql}`;
}

function sameType(left: SqlExpr, right: SqlExpr): readonly [SqlExpr, SqlExpr] {
  if (left.type === right.type) {
    return [left, right];
  }
  const wide = ["decimal", "real", "long", "int"].find(
    (type) => type === left.type || type === right.type,
  );
  if (wide === undefined) {
    return [left, right];
  }
  const type = wide as SqlExpr["type"];
  return [conversion(left, type), conversion(right, type)];
}

interface SidePlace {
  readonly relation: JoinRelation;
  readonly side: "left" | "right";
}

/** One side with its keys as columns; for `innerunique` the left side keeps one row for each key. */
function sideOf(select: Select, { relation, side }: SidePlace, lowering: Lowering): Side {
  const pairs = relation.on.map((pair) => pair[side]);
  const open = select;
  const withKeys = new Map(open.columns);
  pairs.forEach((expr, index) => {
    if (expr.kind !== "column") {
      const piece = expressionSql(expr, { select: open }, lowering);
      withKeys.set(`$on${index}`, { expr: piece, plain: false });
    }
  });
  const keyNames = pairs.map((expr, index) => (expr.kind === "column" ? expr.name : `$on${index}`));
  const alias = lowering.nextAlias(side === "left" ? "l" : "r");
  const { text, names } = sealText({ ...open, columns: withKeys, order: [] });
  const own = new Map(
    [...withKeys].map(([name, { expr }]): [string, SelectColumn] => [
      name,
      {
        expr: { ...withoutLiteral(expr), sql: `${alias}.${quoteName(names.get(name) ?? name)}` },
        plain: true,
      },
    ]),
  );
  const unique = relation.joinKind === "innerunique" && side === "left";
  const source = unique
    ? `(SELECT DISTINCT ON (${keyNames.map((name) => quoteName(names.get(name) ?? name)).join(", ")}) * FROM (${text}))`
    : `(${text})`;
  const columns = new Map(own);
  for (const index of pairs.keys()) {
    columns.delete(`$on${index}`);
  }
  return {
    from: `${source} AS ${alias}`,
    columns,
    keys: keyNames.map((name) => columnOf({ ...open, columns: own }, name).expr),
  };
}

/** A column of a sealed side is no constant any more. */
function withoutLiteral({ sql, type, nonNull }: SqlExpr): SqlExpr {
  return { sql, type, nonNull };
}
