/** Which columns expressions use, and SELECTs made ready for them. */
import type { Expr } from "../ir.ts";
import type { Lowering } from "./lower.ts";
import { columnOf, type Select, seal } from "./select.ts";
import { WINDOW_NAMES } from "./windows.ts";

/** The SELECT with the columns that expressions use as bare references. */
export function visible(select: Select, exprs: readonly Expr[], lowering: Lowering): Select {
  const used = exprs.flatMap((expr) => columnsUsed(expr));
  return used.every((name) => columnOf(select, name).plain) ? select : seal(select, lowering);
}

/** Names of the columns that an expression uses, with repetition. */
function columnsUsed(expr: Expr): string[] {
  switch (expr.kind) {
    case "column":
      return [expr.name];
    case "call":
      return expr.args.flatMap(columnsUsed);
    case "inQuery":
      return columnsUsed(expr.value);
    default:
      return [];
  }
}

/** Whether an expression looks at other rows. */
export function usesWindow(expr: Expr): boolean {
  return expr.kind === "call" && (WINDOW_NAMES.has(expr.name) || expr.args.some(usesWindow));
}
