/**
 * The small words emitters are written in: making a piece of SQL, calling a function or macro, refusing an argument.
 * What a function of the language means stands with its emitter.
 */

import type { KqlType, TextSpan } from "../types.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

/** A value of a type that may be NULL, unless it is a string. */
export function value(sql: string, type: KqlType): SqlExpr {
  return { sql, type, nonNull: type === "string" };
}

/** A value that is never NULL. */
export function certain(sql: string, type: KqlType): SqlExpr {
  return { sql, type, nonNull: true };
}

/** A value that is never NULL when none of the values it is made of is. */
export function strict(sql: string, type: KqlType, from: readonly SqlExpr[]): SqlExpr {
  return { sql, type, nonNull: type === "string" || from.every((piece) => piece.nonNull) };
}

/** SQL of a call. */
export function invoke(name: string, ...args: readonly string[]): string {
  return `${name}(${args.join(", ")})`;
}

/** The argument at an index. @throws KqlRefusal when it is absent */
export function argument(site: CallSite, index: number): SqlExpr {
  const piece = site.args[index];
  if (piece === undefined) {
    throw new KqlRefusal("KQL_ARGUMENT", `${site.name}() needs argument ${index + 1}`, site.span);
  }
  return piece;
}

/** The text of an argument that has to be a constant. @throws KqlRefusal when it is none */
export function constantText(site: CallSite, index: number): string {
  const { literal } = argument(site, index);
  if (typeof literal?.value !== "string" || literal.type !== "string") {
    throw new KqlRefusal(
      "KQL_CONSTANT",
      `argument ${index + 1} of ${site.name}() has to be a constant text`,
      site.span,
    );
  }
  return literal.value;
}

/** The refusal of something that is part of the language but not supported here. */
export function unsupported(what: string, span: TextSpan | null): KqlRefusal {
  return new KqlRefusal("KQL_UNSUPPORTED", `${what} is not supported`, span);
}

/** An emitter that refuses, for a function whose answer could not be right. */
export function refused(reason: string): Emitter {
  return (site) => {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      `${site.name}() is not supported: ${reason}`,
      site.span,
    );
  };
}
