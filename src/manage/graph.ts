/**
 * The neighbourhood of an object: what it is related to, by relationship objects and by references, up to a distance
 * and a number of nodes. Relationship objects are edges here. Of many neighbours of one type and relation only some
 * are nodes of their own; the rest is one group that can be opened.
 */
import type { ObjectVersion, RelatedObject } from "../store/index.ts";
import type { ManageParts } from "./context.ts";

/** What is asked for. */
export interface GraphQuery {
  readonly workspaceId: string;
  readonly stixId: string;
  /** 1 to 3 steps. */
  readonly depth: number;
  /** 1 to 500. */
  readonly nodesMax: number;
}

/** An object in the graph; its version is null when it is only referred to. */
interface GraphNode {
  readonly stixId: string;
  readonly type: string;
  readonly depth: number;
  readonly version: ObjectVersion | null;
}

/** A relation between two nodes. */
interface GraphEdge {
  readonly source: string;
  readonly target: string;
  /** Relationship type, or the referring property. */
  readonly relation: string;
  /** STIX id of the relationship object; null for a property. */
  readonly relationshipId: string | null;
}

/** Neighbours of one node that are alike, beyond those that are shown. */
interface GraphGroup {
  readonly of: string;
  readonly relation: string;
  readonly type: string;
  /** At least so many more; the store is not asked for all of them. */
  readonly count: number;
}

/** A neighbourhood. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly GraphGroup[];
  /** Not everything is there: a bound was reached. */
  readonly truncated: boolean;
}

/** A reply's bound: more nodes nobody can read. */
export const GRAPH_NODES_MAX = 500;
export const GRAPH_DEPTH_MAX = 3;

/** Alike neighbours of one node that are shown singly. */
const ALIKE_MAX = 60;

/** Neighbours of one node that are looked at. */
const NEIGHBOURS_MAX = 1_000;

/** Neighbours of all nodes together: each is read whole, and a few hubs have as many as a workspace has objects. */
const LOOKED_AT_MAX = 20_000;

interface Neighbour extends GraphEdge {
  readonly other: string;
  readonly version: ObjectVersion | null;
}

interface Growing {
  readonly nodes: Map<string, GraphNode>;
  readonly edges: Map<string, GraphEdge>;
  readonly groups: GraphGroup[];
  lookedAt: number;
  truncated: boolean;
}

/** Finds the neighbourhood, nearest first. */
export async function neighbourhood(parts: ManageParts, query: GraphQuery): Promise<Graph> {
  const { workspaceId, stixId } = query;
  const start = await versionsOf(parts, workspaceId, [stixId]);
  const graph: Growing = {
    nodes: new Map([[stixId, nodeOf(stixId, 0, start.get(stixId) ?? null)]]),
    edges: new Map(),
    groups: [],
    lookedAt: 0,
    truncated: false,
  };
  let frontier: readonly string[] = [stixId];
  for (let depth = 1; depth <= query.depth; depth += 1) {
    const next: string[] = [];
    for (const each of frontier) {
      if (graph.lookedAt >= LOOKED_AT_MAX) {
        graph.truncated = true;
        break;
      }
      const found = await neighboursOf(parts, workspaceId, each);
      graph.truncated ||= found.truncated;
      graph.lookedAt += found.neighbours.length;
      const { shown, grouped } = grouping(each, found.neighbours, graph.nodes);
      graph.groups.push(...grouped);
      next.push(...shown.flatMap((neighbour) => grow(graph, neighbour, depth, query.nodesMax)));
    }
    frontier = next;
  }
  const { nodes, edges, groups, truncated } = graph;
  return { nodes: [...nodes.values()], edges: [...edges.values()], groups, truncated };
}

/** Adds an edge, and its far end where that is new; gives what was new. */
function grow(graph: Growing, neighbour: Neighbour, depth: number, nodesMax: number): string[] {
  const { other, version, source, target, relation, relationshipId } = neighbour;
  const isNew = !graph.nodes.has(other);
  if (isNew && graph.nodes.size >= nodesMax) {
    graph.truncated = true;
    return [];
  }
  if (isNew) {
    graph.nodes.set(other, nodeOf(other, depth, version));
  }
  const key = relationshipId ?? `${source} ${relation} ${target}`;
  graph.edges.set(key, { source, target, relation, relationshipId });
  return isNew ? [other] : [];
}

function nodeOf(stixId: string, depth: number, version: ObjectVersion | null): GraphNode {
  return { stixId, type: typeOf(stixId), depth, version };
}

function typeOf(stixId: string): string {
  return stixId.slice(0, Math.max(0, stixId.indexOf("--")));
}

async function neighboursOf(
  parts: ManageParts,
  workspaceId: string,
  stixId: string,
): Promise<{ neighbours: readonly Neighbour[]; truncated: boolean }> {
  const ask = (direction: "incoming" | "outgoing") =>
    parts.store.relatedObjects({ workspaceId, stixId, direction, limit: NEIGHBOURS_MAX });
  const [incoming, outgoing] = [await ask("incoming"), await ask("outgoing")];
  const through = incoming.items.filter(isRelationship);
  const direct: Neighbour[] = [
    ...incoming.items
      .filter((each) => !isRelationship(each))
      .map((each) => referenceEdge(each.stixId, stixId, each.property, each)),
    ...outgoing.items.map((each) => referenceEdge(stixId, each.stixId, each.property, each)),
  ];
  const related = await relationshipEdges(parts, workspaceId, stixId, through);
  return {
    neighbours: [...related, ...direct],
    truncated: incoming.next !== null || outgoing.next !== null,
  };
}

function isRelationship({ object, property }: RelatedObject): boolean {
  return (
    object?.facts.type === "relationship" &&
    (property === "source_ref" || property === "target_ref")
  );
}

function referenceEdge(
  source: string,
  target: string,
  relation: string,
  { stixId, object }: RelatedObject,
): Neighbour {
  return { source, target, relation, relationshipId: null, other: stixId, version: object };
}

/** The other ends of relationship objects, read in one question. */
async function relationshipEdges(
  parts: ManageParts,
  workspaceId: string,
  stixId: string,
  relationships: readonly RelatedObject[],
): Promise<readonly Neighbour[]> {
  const ends = relationships.flatMap(({ object }) => {
    const json = JSON.parse(object?.json ?? "{}") as Readonly<Record<string, unknown>>;
    const [source, target, relation] = [
      json["source_ref"],
      json["target_ref"],
      json["relationship_type"],
    ];
    return typeof source === "string" && typeof target === "string"
      ? [{ source, target, relation: String(relation), relationshipId: object?.stixId ?? null }]
      : [];
  });
  const others = ends.map((each) => (each.source === stixId ? each.target : each.source));
  const versions = await versionsOf(parts, workspaceId, others);
  return ends.map((each, at) => {
    const other = others[at] ?? "";
    return { ...each, other, version: versions.get(other) ?? null };
  });
}

async function versionsOf(
  { store }: ManageParts,
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

/** Splits alike neighbours into those that are shown and a group of the rest. Known nodes are always shown. */
function grouping(
  of: string,
  neighbours: readonly Neighbour[],
  nodes: ReadonlyMap<string, GraphNode>,
): { readonly shown: readonly Neighbour[]; readonly grouped: readonly GraphGroup[] } {
  const alike = Map.groupBy(neighbours, ({ relation, other, source }) =>
    JSON.stringify([relation, typeOf(other), source === of]),
  );
  const shown: Neighbour[] = [];
  const grouped: GraphGroup[] = [];
  for (const members of alike.values()) {
    const [first] = members;
    const known = members.filter(({ other }) => nodes.has(other));
    const fresh = members.filter(({ other }) => !nodes.has(other));
    shown.push(...known, ...fresh.slice(0, ALIKE_MAX));
    if (first !== undefined && fresh.length > ALIKE_MAX) {
      grouped.push({
        of,
        relation: first.relation,
        type: typeOf(first.other),
        count: fresh.length - ALIKE_MAX,
      });
    }
  }
  return { shown, grouped };
}
