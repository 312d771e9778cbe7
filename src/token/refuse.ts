/** Refusals of the token service as data: a step returns one in place of its result. */
import type { EntraErrorId, EntraRefusal } from "../wire/index.ts";

/** A refusal of a kind, with the values that its text names. */
export function refuse(
  id: EntraErrorId,
  values: Readonly<Record<string, string>> = {},
): EntraRefusal {
  return { kind: "refused", id, values };
}

/** Whether a step ended in a refusal. */
export function isRefusal<Result extends object>(
  result: Result | EntraRefusal,
): result is EntraRefusal {
  return "kind" in result && result.kind === "refused";
}
