/**
 * The neighbourhood of an object: what it is related to, by relationship objects and by references, up to a distance
 * and a number of nodes. Relationship objects are edges here. Of many neighbours of one type and relation only some
 * are nodes of their own; the rest is one group, whose members are asked for page by page.
 */
import type { ManageParts } from "./context.ts";
import {
  type GraphEdge,
  type GraphNode,
  incomingNeighbours,
  isAuthorship,
  keyOfEdge,
  type Neighbour,
  neighboursOf,
  nodeOf,
  outgoingNeighbours,
  typeOf,
  versionsOf,
} from "./neighbours.ts";

/** What is asked for. */
export interface GraphQuery {
  readonly workspaceId: string;
  readonly stixId: string;
  /** 1 to 3 steps. */
  readonly depth: number;
  /** 1 to 500. */
  readonly nodesMax: number;
}

/** What alike neighbours of one node have in common. */
interface Likeness {
  readonly of: string;
  readonly relation: string;
  readonly type: string;
  /** The relation points away from the node. */
  readonly outgoing: boolean;
}

/** Neighbours of one node that are alike, beyond those that are shown. */
interface GraphGroup extends Likeness {
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

/** A page of alike neighbours. */
export interface GroupPage {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Null after the last page. */
  readonly cursor: string | null;
}

/** What is asked of a group. */
export interface GroupQuery extends Likeness {
  readonly workspaceId: string;
  readonly cursor?: string;
}

/** A reply's bound: more nodes nobody can read. */
export const GRAPH_NODES_MAX = 500;
export const GRAPH_DEPTH_MAX = 3;

/** Alike neighbours of one node that are shown singly, and that a page of a group has at least, while there are more. */
const ALIKE_MAX = 60;

/** Neighbours of all nodes together: each is read whole, and a few hubs have as many as a workspace has objects. */
const LOOKED_AT_MAX = 20_000;

/** Relations that are read for one page of a group, where few of many are alike. */
const GROUP_LOOKED_AT_MAX = 6_000;
/** Relations that are read at once for it. A page has fewer than these and the least together. */
const GROUP_STEP_ITEMS = 100;

interface Growing {
  readonly nodes: Map<string, GraphNode>;
  readonly edges: Map<string, GraphEdge>;
  readonly groups: GraphGroup[];
  lookedAt: number;
  truncated: boolean;
}

/** Finds the neighbourhood, nearest first. It does not go on through authors and markings. */
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
      const wanted = found.neighbours.filter(
        (neighbour) => each === stixId || !isAuthorship(neighbour) || neighbour.source === each,
      );
      const { shown, grouped } = grouping(each, wanted, graph.nodes);
      graph.groups.push(...grouped);
      next.push(...shown.flatMap((neighbour) => grow(graph, neighbour, depth, query.nodesMax)));
    }
    frontier = next;
  }
  const { nodes, edges, groups, truncated } = graph;
  return { nodes: [...nodes.values()], edges: [...edges.values()], groups, truncated };
}

/** Adds an edge, and its far end where that is new; gives where the walk goes on. */
function grow(graph: Growing, neighbour: Neighbour, depth: number, nodesMax: number): string[] {
  const { other, version, ...edge } = neighbour;
  const isNew = !graph.nodes.has(other);
  if (isNew && graph.nodes.size >= nodesMax) {
    graph.truncated = true;
    return [];
  }
  if (isNew) {
    graph.nodes.set(other, nodeOf(other, depth, version));
  }
  graph.edges.set(keyOfEdge(edge), edge);
  const isAuthor = isAuthorship(edge) && edge.target === other;
  return isNew && !isAuthor ? [other] : [];
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
        outgoing: first.source === of,
        count: fresh.length - ALIKE_MAX,
      });
    }
  }
  return { shown, grouped };
}

/** Members of a group, page by page from the first, those that the neighbourhood shows as well. */
export async function groupMembers(parts: ManageParts, query: GroupQuery): Promise<GroupPage> {
  const found: Neighbour[] = [];
  let cursor = query.cursor ?? null;
  let lookedAt = 0;
  do {
    const step = await groupStep(parts, query, cursor);
    found.push(...step.neighbours.filter((neighbour) => isAlike(neighbour, query)));
    cursor = step.cursor;
    lookedAt += GROUP_STEP_ITEMS;
  } while (cursor !== null && found.length < ALIKE_MAX && lookedAt < GROUP_LOOKED_AT_MAX);
  return {
    nodes: found.map(({ other, version }) => nodeOf(other, 1, version)),
    edges: found.map(({ other: _other, version: _version, ...edge }) => edge),
    cursor,
  };
}

function isAlike({ relation, other, source }: Neighbour, group: Likeness): boolean {
  return (
    relation === group.relation &&
    typeOf(other) === group.type &&
    (source === group.of) === group.outgoing
  );
}

/** Some relations of the node. Incoming ones come first; the cursor's first letter tells which are being read. */
async function groupStep(
  parts: ManageParts,
  { workspaceId, of: stixId }: GroupQuery,
  cursor: string | null,
): Promise<{ readonly neighbours: readonly Neighbour[]; readonly cursor: string | null }> {
  const isOutgoing = cursor?.startsWith(OUTGOING) === true;
  const rest = cursor?.slice(1) ?? "";
  const page = await parts.store.relatedObjects({
    workspaceId,
    stixId,
    direction: isOutgoing ? "outgoing" : "incoming",
    limit: GROUP_STEP_ITEMS,
    ...(rest === "" ? {} : { cursor: rest }),
  });
  if (isOutgoing) {
    return {
      neighbours: outgoingNeighbours(stixId, page.items),
      cursor: page.next === null ? null : OUTGOING + page.next,
    };
  }
  return {
    neighbours: await incomingNeighbours(parts, { workspaceId, stixId }, page.items),
    cursor: page.next === null ? OUTGOING : INCOMING + page.next,
  };
}

const INCOMING = "i";
const OUTGOING = "o";
