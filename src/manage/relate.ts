/** Relationships made by hand: from one object to up to twenty others, as the standard allows them. */
import { allowedRelationships, readIdentifier } from "../stix/index.ts";
import type { ObjectKey, ObjectVersion } from "../store/index.ts";
import { AppError, type StixObject } from "../wire/index.ts";
import {
  type Acting,
  type ManageParts,
  newStixId,
  noteOf,
  requireObject,
  settled,
  storeObjects,
} from "./context.ts";
import { objectIdOf } from "./object-id.ts";
import { OWN_SOURCE } from "./provenance.ts";

/** One relationship to make. */
export interface NewRelationship {
  readonly relationshipType: string;
  /** STIX id of the other object. */
  readonly targetRef: string;
  /** The other object is the source of the relationship. */
  readonly inverse?: boolean;
  readonly description?: string;
}

/** Relationships at once, as Sentinel's builder. */
export const RELATIONSHIPS_MAX = 20;

/**
 * Makes relationships of an object, all or none.
 * @throws AppError `not_found` for an object that isn't stored; `invalid_request` for a combination that the
 *   standard does not know, naming those it knows
 */
export async function relateObject(
  parts: ManageParts,
  acting: Acting,
  {
    key,
    relationships,
  }: { readonly key: ObjectKey; readonly relationships: readonly NewRelationship[] },
): Promise<readonly ObjectVersion[]> {
  if (relationships.length === 0 || relationships.length > RELATIONSHIPS_MAX) {
    throw new AppError(
      "invalid_request",
      `relationships must hold 1 to ${RELATIONSHIPS_MAX} relationships.`,
      { field: "relationships" },
    );
  }
  const current = await requireObject(parts, key);
  await refuseUnknown(parts, key.workspaceId, relationships);
  const now = parts.now().toISOString();
  const objects = relationships.map((each, at) =>
    toRelationship(current.stixId, each, { at, now }),
  );
  const sequence = await storeObjects(parts, acting, {
    sourceSystem: OWN_SOURCE,
    objects,
    notes: [`relationships of ${current.stixId}`],
  });
  await settled(parts, sequence);
  await parts.documents.commit(
    [],
    objects.map((after) =>
      noteOf(acting, { action: "object.relate", target: objectIdOf(key), after }),
    ),
  );
  const { workspaceId } = key;
  return Promise.all(
    objects.map((object) =>
      requireObject(parts, {
        workspaceId,
        sourceSystem: OWN_SOURCE,
        stixId: String(object["id"]),
      }),
    ),
  );
}

function toRelationship(
  stixId: string,
  { relationshipType, targetRef, inverse = false, description }: NewRelationship,
  { at, now }: { readonly at: number; readonly now: string },
): StixObject {
  const [source, target] = inverse ? [targetRef, stixId] : [stixId, targetRef];
  const types = [source, target].map((id) => readIdentifier(id)?.type ?? "");
  const allowed = allowedRelationships(types[0] ?? "", types[1] ?? "");
  if (!allowed.includes(relationshipType)) {
    throw new AppError(
      "invalid_request",
      `relationships.${at}: from ${types[0]} to ${types[1]} there is no "${relationshipType}". ` +
        `There are ${allowed.join(", ")}.`,
      { field: `relationships.${at}.relationshipType` },
    );
  }
  return {
    type: "relationship",
    spec_version: "2.1",
    id: newStixId("relationship"),
    created: now,
    modified: now,
    relationship_type: relationshipType,
    ...(description === undefined ? {} : { description }),
    source_ref: source,
    target_ref: target,
  };
}

/** A relationship to something that isn't here would dangle in every view. */
async function refuseUnknown(
  { store }: ManageParts,
  workspaceId: string,
  relationships: readonly NewRelationship[],
): Promise<void> {
  const wanted = [...new Set(relationships.map(({ targetRef }) => targetRef))];
  const found = await store.searchObjects({
    workspaceId,
    condition: { kind: "id", anyOf: wanted },
    limit: 1_000,
  });
  const known = new Set(found.items.map(({ stixId }) => stixId));
  const at = relationships.findIndex(({ targetRef }) => !known.has(targetRef));
  if (at >= 0) {
    throw new AppError(
      "not_found",
      `There is no object '${relationships[at]?.targetRef}' in this workspace.`,
      { field: `relationships.${at}.targetRef` },
    );
  }
}
