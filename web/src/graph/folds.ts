/** Alike leaves as one node: what is folded, and how such a group and what the server left out are named. */
import type { GraphEdge, GraphGroup, GraphNode } from "../api/types.ts";

/** Leaves of one node that have the same type and the same relation to it. */
export interface Fold {
  readonly key: string;
  readonly of: string;
  readonly relation: string;
  readonly type: string;
  readonly outgoing: boolean;
  readonly members: readonly string[];
}

/** What a group is told by. */
export type Likeness = Pick<GraphGroup, "of" | "relation" | "type" | "outgoing">;

/** Up to so many objects are all drawn by themselves. */
const UNFOLDED_NODES_MAX = 60;
/** In a larger picture alike leaves beyond so many are one node. */
const ALIKE_MAX = 8;

/** The key of a group, as addresses have it. */
export function keyOf({ of, relation, type, outgoing }: Likeness): string {
  return `${of} ${outgoing ? ">" : "<"} ${relation} ${type}`;
}

/** Reads a key back; null for what is none. */
export function likenessOf(key: string): Likeness | null {
  const [, of, arrow, relation, type] = /^(\S+) ([<>]) (.+) (\S+)$/s.exec(key) ?? [];
  return of === undefined || relation === undefined || type === undefined
    ? null
    : { of, relation, type, outgoing: arrow === ">" };
}

/** What is folded. Nodes that are kept, and groups that are open, are not. */
export function foldsOf(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  { kept, open }: { readonly kept: ReadonlySet<string>; readonly open: ReadonlySet<string> },
): readonly Fold[] {
  if (nodes.length <= UNFOLDED_NODES_MAX) {
    return [];
  }
  const ends = edgesByEnd(edges);
  const leaves = nodes.flatMap(({ stixId, type }) => {
    const own = ends.get(stixId) ?? [];
    const [edge] = own;
    if (edge === undefined || !isLeaf(stixId, own) || kept.has(stixId)) {
      return [];
    }
    const outgoing = edge.target === stixId;
    const of = outgoing ? edge.source : edge.target;
    return [{ of, relation: edge.relation, type, outgoing, member: stixId }];
  });
  return [...Map.groupBy(leaves, keyOf)].flatMap(([key, members]) => {
    const [first] = members;
    if (first === undefined || members.length <= ALIKE_MAX || open.has(key)) {
      return [];
    }
    const { member: _member, ...likeness } = first;
    return [{ ...likeness, key, members: members.map(({ member }) => member) }];
  });
}

/** The edges at each node. */
export function edgesByEnd(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly GraphEdge[]> {
  const ends = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    for (const end of new Set([edge.source, edge.target])) {
      const known = ends.get(end);
      if (known === undefined) {
        ends.set(end, [edge]);
      } else {
        known.push(edge);
      }
    }
  }
  return ends;
}

/** Whether a node hangs on a single other one. */
export function isLeaf(id: string, edges: readonly GraphEdge[]): boolean {
  return new Set(edges.map(({ source, target }) => (source === id ? target : source))).size === 1;
}
