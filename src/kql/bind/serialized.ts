/** Which relations have a fixed order of rows. The official binder does not ask; the service does. */
import type { Relation } from "../relation.ts";

/** Whether window functions may follow: after `sort`, `top`, `serialize`, `range`, and what keeps their order. */
export function isSerialized(relation: Relation): boolean {
  switch (relation.kind) {
    case "sort":
    case "serialize":
    case "range":
    case "scan":
      return true;
    case "filter":
    case "project":
    case "take":
    case "expand":
    case "parse":
    case "parseKv":
    case "materialize":
      return isSerialized(relation.input);
    default:
      return false;
  }
}
