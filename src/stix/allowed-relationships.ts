/** Which relationships the standard knows between two types of objects, for those who make one. */
import { RELATIONSHIPS } from "./relationship.ts";
import { OBJECT_TYPES } from "./tables.ts";

/**
 * Relationship types that the standard allows from one type to another, those of its tables first; `related-to` and
 * the like always.
 * @see STIX 2.1 §4 to §6, "Relationships"
 */
export function allowedRelationships(sourceType: string, targetType: string): readonly string[] {
  const isObservable = OBJECT_TYPES.get(targetType)?.category === "sco";
  const fits = (targets: readonly string[]): boolean =>
    targets.includes("*") ||
    targets.includes(targetType) ||
    (isObservable && targets.includes("sco"));
  const own = Object.hasOwn(RELATIONSHIPS, sourceType) ? RELATIONSHIPS[sourceType] : undefined;
  return [own ?? {}, RELATIONSHIPS["*"] ?? {}].flatMap((types) =>
    Object.entries(types).flatMap(([type, targets]) => (fits(targets) ? [type] : [])),
  );
}
