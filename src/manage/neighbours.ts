/**
 * What an object is directly related to: by relationship objects, which are edges, and by properties that refer. Both
 * the neighbourhood and the paths between objects are made of it.
 */
import type { ObjectVersion, RelatedObject } from "../store/index.ts";
import type { ManageParts } from "./context.ts";
import { objectIdOf } from "./object-id.ts";

/** A relation between two nodes. */
export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  /** Relationship type, or the referring property. */
  readonly relation: string;
  /** STIX id of the relationship object; null for a property. */
  readonly relationshipId: string | null;
  /** The relationship object's name in our own API; null for a property. */
  readonly objectId: string | null;
  readonly confidence: number | null;
  readonly revoked: boolean;
}

/** An object in the graph; its version is null when it is only referred to. */
export interface GraphNode {
  readonly stixId: string;
  readonly type: string;
  readonly depth: number;
  readonly version: ObjectVersion | null;
}

/** An edge with its far end. */
export interface Neighbour extends GraphEdge {
  readonly other: string;
  readonly version: ObjectVersion | null;
}

/** Neighbours of one node that are looked at, in each direction: a page of the store. */
const NEIGHBOURS_MAX = 1_000;

/** A node. */
export function nodeOf(stixId: string, depth: number, version: ObjectVersion | null): GraphNode {
  return { stixId, type: typeOf(stixId), depth, version };
}

/** The type that a STIX id begins with. */
export function typeOf(stixId: string): string {
  return stixId.slice(0, Math.max(0, stixId.indexOf("--")));
}

/** What tells edges apart. */
export function keyOfEdge({ relationshipId, source, relation, target }: GraphEdge): string {
  return relationshipId ?? `${source} ${relation} ${target}`;
}

const AUTHOR_TYPES: ReadonlySet<string> = new Set(["identity", "marking-definition"]);

/**
 * Who made or marked an object. Nearly every object refers so to the same few, which therefore join what has nothing
 * else in common: walks do not go on through them.
 */
export function isAuthorship({ relationshipId, relation, target }: GraphEdge): boolean {
  return (
    relationshipId === null &&
    AUTHOR_TYPES.has(typeOf(target)) &&
    (relation === "created_by_ref" ||
      relation === "object_marking_refs" ||
      relation.startsWith("x_"))
  );
}

/** The direct neighbours of an object, up to a page of the store in each direction. */
export async function neighboursOf(
  parts: Pick<ManageParts, "store">,
  workspaceId: string,
  stixId: string,
): Promise<{ readonly neighbours: readonly Neighbour[]; readonly truncated: boolean }> {
  const ask = (direction: "incoming" | "outgoing") =>
    parts.store.relatedObjects({ workspaceId, stixId, direction, limit: NEIGHBOURS_MAX });
  const [incoming, outgoing] = [await ask("incoming"), await ask("outgoing")];
  return {
    neighbours: [
      ...(await incomingNeighbours(parts, { workspaceId, stixId }, incoming.items)),
      ...outgoingNeighbours(stixId, outgoing.items),
    ],
    truncated: incoming.next !== null || outgoing.next !== null,
  };
}

/** What refers to an object: the far ends of relationship objects, then what names it in a property. */
export async function incomingNeighbours(
  parts: Pick<ManageParts, "store">,
  { workspaceId, stixId }: { readonly workspaceId: string; readonly stixId: string },
  items: readonly RelatedObject[],
): Promise<readonly Neighbour[]> {
  const ends = items.flatMap((each) => relationshipEdge(each));
  const others = ends.map((each) => (each.source === stixId ? each.target : each.source));
  const versions = await versionsOf(parts, workspaceId, others);
  const related = ends.map((each, at) => {
    const other = others[at] ?? "";
    return { ...each, other, version: versions.get(other) ?? null };
  });
  const direct = items
    .filter(({ object }) => object?.facts.type !== "relationship")
    .map((each) => referenceEdge(each.stixId, stixId, each));
  return [...related, ...direct];
}

/** What an object names in its own properties. */
export function outgoingNeighbours(
  stixId: string,
  items: readonly RelatedObject[],
): readonly Neighbour[] {
  return items.map((each) => referenceEdge(stixId, each.stixId, each));
}

function referenceEdge(
  source: string,
  target: string,
  { property, stixId, object }: RelatedObject,
): Neighbour {
  return {
    source,
    target,
    relation: property,
    relationshipId: null,
    objectId: null,
    confidence: null,
    revoked: false,
    other: stixId,
    version: object,
  };
}

function relationshipEdge({ object, property }: RelatedObject): readonly GraphEdge[] {
  const isEnd = property === "source_ref" || property === "target_ref";
  if (object === null || object.facts.type !== "relationship" || !isEnd) {
    return [];
  }
  const json = JSON.parse(object.json) as Readonly<Record<string, unknown>>;
  const [source, target] = [json["source_ref"], json["target_ref"]];
  return typeof source === "string" && typeof target === "string"
    ? [
        {
          source,
          target,
          relation: String(json["relationship_type"]),
          relationshipId: object.stixId,
          objectId: objectIdOf(object),
          confidence: object.facts.confidence,
          revoked: object.revoked,
        },
      ]
    : [];
}

/** Current versions by STIX id, of whatever source; at most a page of the store. */
export async function versionsOf(
  { store }: Pick<ManageParts, "store">,
  workspaceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ObjectVersion>> {
  const unique = [...new Set(ids)].slice(0, NEIGHBOURS_MAX);
  if (unique.length === 0) {
    return new Map();
  }
  const { items } = await store.searchObjects({
    workspaceId,
    condition: { kind: "id", anyOf: unique },
    limit: NEIGHBOURS_MAX,
  });
  return new Map(items.map((version) => [version.stixId, version]));
}
