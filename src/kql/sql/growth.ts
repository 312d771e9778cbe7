/** What a function may make of constants, checked while the query is compiled, where it can be refused with its place. */
import { ARRAY_VALUES_MAX } from "../limits.ts";
import { type CallSite, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** The number or the ticks that a constant has. */
export function constantWhole({ literal }: SqlExpr): bigint | null {
  if (literal === undefined || literal.value === null) {
    return null;
  }
  return literal.type === "int" || literal.type === "long" || literal.type === "timespan"
    ? BigInt(literal.value)
    : null;
}

/** Bounds an array whose size is known; null is not. @throws KqlRefusal beyond `ARRAY_VALUES_MAX` */
export function checkArrayValues(site: CallSite, values: bigint | null): void {
  if (values !== null && values > BigInt(ARRAY_VALUES_MAX)) {
    throw new KqlRefusal(
      "KQL_LIMIT",
      `${site.name}() gives ${values} values, more than ${ARRAY_VALUES_MAX} (ARRAY_VALUES_MAX)`,
      site.span,
    );
  }
}
