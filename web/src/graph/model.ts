/**
 * The graph as it is drawn: neighbourhoods put together, alike leaves folded into groups, hidden types left out. It
 * knows nothing of the canvas, so the list beside it shows the very same.
 */
import type { Graph, ObjectView } from "../api/types.ts";

/** An object, or a group of alike ones, in the picture. */
export interface DrawnNode {
  readonly id: string;
  readonly type: string;
  readonly label: string;
  /** How many objects it stands for: 1, or more for a group. */
  readonly count: number;
  /** What a group's members have to do with the one beside it; null for a single object. */
  readonly relation: string | null;
  readonly view: ObjectView | null;
  readonly isStart: boolean;
  /** A group whose members are known and can be drawn. */
  readonly canOpen: boolean;
}

interface DrawnEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

/** What is drawn. */
export interface Picture {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** Objects of each type that are known, hidden ones as well. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** Known objects that did not fit. */
  readonly left: number;
}

/** What somebody chose. */
export interface Choice {
  readonly start: string;
  readonly hiddenTypes: ReadonlySet<string>;
  readonly hiddenNodes: ReadonlySet<string>;
  readonly openGroups: ReadonlySet<string>;
  /** Objects whose authors and markings are shown; those of all the others would bind everything to everything. */
  readonly centres: ReadonlySet<string>;
  /** Authors and markings of all objects. */
  readonly allReferences: boolean;
}

/** More in one picture nobody can read, and the canvas begins to stutter. */
const DRAWN_NODES_MAX = 500;
/** Alike leaves beyond so many are one node. */
const ALIKE_MAX = 8;
const LABEL_LENGTH_MAX = 32;

/** Properties that nearly every object has. */
const COMMON_RELATIONS: ReadonlySet<string> = new Set(["created_by_ref", "object_marking_refs"]);

type Node = Graph["nodes"][number];
type Edge = Graph["edges"][number];
type Group = Graph["groups"][number];

/** Neighbourhoods put together, nearest first. */
export function mergeGraphs(graphs: readonly Graph[]): Graph {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  const groups = new Map<string, Group>();
  for (const graph of graphs) {
    for (const node of graph.nodes) {
      const known = nodes.get(node.stixId);
      nodes.set(node.stixId, known?.view === undefined || known.view === null ? node : known);
    }
    for (const edge of graph.edges) {
      edges.set(keyOfEdge(edge), edge);
    }
    for (const group of graph.groups) {
      groups.set(`${group.of} ${group.relation} ${group.type}`, group);
    }
  }
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    groups: [...groups.values()],
    truncated: graphs.some(({ truncated }) => truncated),
  };
}

function keyOfEdge({ source, target, relation, relationshipId }: Edge): string {
  return relationshipId ?? `${source} ${relation} ${target}`;
}

/** What is drawn of it. */
export function pictureOf(whole: Graph, choice: Choice): Picture {
  const graph = reached(whole, choice);
  const isShown = ({ stixId, type }: Node): boolean =>
    stixId === choice.start || !(choice.hiddenTypes.has(type) || choice.hiddenNodes.has(stixId));
  const wanted = graph.nodes.filter(isShown);
  const kept = wanted.slice(0, DRAWN_NODES_MAX);
  const ids = new Set(kept.map(({ stixId }) => stixId));
  const edges = graph.edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
  const folds = foldsOf(kept, edges, choice);
  const folded = new Map(folds.flatMap(({ id, members }) => members.map((each) => [each, id])));
  const rest = graph.groups.filter(
    ({ of, type }) => ids.has(of) && !folded.has(of) && !choice.hiddenTypes.has(type),
  );
  const singles = kept
    .filter(({ stixId }) => !folded.has(stixId))
    .map((node) => single(node, choice.start));
  const restNodes = rest
    .filter((group) => !folds.some((fold) => fold.of === group.of && isAlike(fold, group)))
    .map(restNode);
  return {
    nodes: [...singles, ...folds.map((fold) => foldNode(fold, rest)), ...restNodes],
    edges: [...drawnEdges(edges, folded), ...folds.map(foldEdge), ...restNodes.map(restEdge(rest))],
    types: typesOf(graph.nodes),
    left: wanted.length - kept.length,
  };
}

/** Without the common relations of what is no centre, and without what only they led to. */
function reached(graph: Graph, { start, centres, allReferences }: Choice): Graph {
  if (allReferences) {
    return graph;
  }
  const edges = graph.edges.filter(
    ({ relation, source, target }) =>
      !COMMON_RELATIONS.has(relation) || centres.has(source) || centres.has(target),
  );
  const found = new Set([start]);
  const beside = new Map<string, string[]>();
  for (const { source, target } of edges) {
    beside.set(source, [...(beside.get(source) ?? []), target]);
    beside.set(target, [...(beside.get(target) ?? []), source]);
  }
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const next = (beside.get(node) ?? []).filter((other) => !found.has(other));
    for (const other of next) {
      found.add(other);
      open.push(other);
    }
  }
  return {
    ...graph,
    edges,
    nodes: graph.nodes.filter(({ stixId }) => found.has(stixId)),
    groups: graph.groups.filter(
      ({ of, relation }) => found.has(of) && (!COMMON_RELATIONS.has(relation) || centres.has(of)),
    ),
  };
}

function typesOf(nodes: readonly Node[]): Picture["types"] {
  return [...Map.groupBy(nodes, ({ type }) => type)]
    .map(([type, members]) => ({ type, count: members.length }))
    .sort((first, second) => second.count - first.count);
}

interface Fold {
  readonly id: string;
  readonly of: string;
  readonly relation: string;
  readonly type: string;
  readonly outgoing: boolean;
  readonly members: readonly string[];
}

/** Leaves of one node that have the same type and the same relation to it. */
function foldsOf(nodes: readonly Node[], edges: readonly Edge[], choice: Choice): readonly Fold[] {
  const ends = new Map<string, Edge[]>();
  for (const edge of edges) {
    for (const end of new Set([edge.source, edge.target])) {
      ends.set(end, [...(ends.get(end) ?? []), edge]);
    }
  }
  const leaves = nodes.flatMap(({ stixId, type }) => {
    const [edge, ...more] = ends.get(stixId) ?? [];
    if (edge === undefined || more.length > 0 || stixId === choice.start) {
      return [];
    }
    const outgoing = edge.target === stixId;
    return [
      { stixId, type, outgoing, relation: edge.relation, of: outgoing ? edge.source : edge.target },
    ];
  });
  const alike = Map.groupBy(leaves, ({ of, relation, type, outgoing }) =>
    groupId(of, relation, type, outgoing),
  );
  return [...alike].flatMap(([id, members]) => {
    const [first] = members;
    return first === undefined || members.length <= ALIKE_MAX || choice.openGroups.has(id)
      ? []
      : [{ ...first, id, members: members.map(({ stixId }) => stixId) }];
  });
}

function groupId(of: string, relation: string, type: string, outgoing: boolean): string {
  return `group ${of} ${outgoing ? ">" : "<"} ${relation} ${type}`;
}

function isAlike(
  first: { readonly relation: string; readonly type: string },
  second: { readonly relation: string; readonly type: string },
): boolean {
  return first.relation === second.relation && first.type === second.type;
}

function single(node: Node, start: string): DrawnNode {
  const { stixId, type, view } = node;
  return {
    id: stixId,
    type,
    label: shorten(view?.title ?? `${type} (not stored here)`),
    count: 1,
    relation: null,
    view,
    isStart: stixId === start,
    canOpen: false,
  };
}

function shorten(text: string): string {
  return text.length > LABEL_LENGTH_MAX ? `${text.slice(0, LABEL_LENGTH_MAX - 1)}…` : text;
}

function foldNode(fold: Fold, rest: readonly Group[]): DrawnNode {
  const { id, of, type, relation, members } = fold;
  const more = rest.find((group) => group.of === of && isAlike(fold, group))?.count ?? 0;
  const count = members.length + more;
  return {
    id,
    type,
    label: `${relation} (${count.toLocaleString("en")})`,
    count,
    relation,
    view: null,
    isStart: false,
    canOpen: true,
  };
}

/** Objects that the server counted and did not send. */
function restNode({ of, relation, type, count }: Group): DrawnNode {
  return {
    id: `rest ${of} ${relation} ${type}`,
    type,
    label: `${relation} (${count.toLocaleString("en")} more)`,
    count,
    relation,
    view: null,
    isStart: false,
    canOpen: false,
  };
}

function drawnEdges(
  edges: readonly Edge[],
  folded: ReadonlyMap<string, string>,
): readonly DrawnEdge[] {
  return edges
    .filter(({ source, target }) => !folded.has(source) && !folded.has(target))
    .map((edge) => ({
      id: keyOfEdge(edge),
      source: edge.source,
      target: edge.target,
      label: edge.relation,
    }));
}

function foldEdge({ id, of, relation, outgoing }: Fold): DrawnEdge {
  const [source, target] = outgoing ? [of, id] : [id, of];
  return { id: `edge ${id}`, source, target, label: relation };
}

/** The server does not say which way a counted relation points; the line stands for its name. */
function restEdge(rest: readonly Group[]): (node: DrawnNode) => DrawnEdge {
  const ofId = new Map(
    rest.map((group) => [`rest ${group.of} ${group.relation} ${group.type}`, group.of]),
  );
  return ({ id, relation }) => ({
    id: `edge ${id}`,
    source: ofId.get(id) ?? "",
    target: id,
    label: relation ?? "",
  });
}

/** The way between two nodes with the fewest steps, whichever way the relations point; null when there is none. */
export function shortestPath(
  { edges }: Pick<Picture, "edges">,
  from: string,
  to: string,
): { readonly nodes: readonly string[]; readonly edges: readonly string[] } | null {
  const beside = new Map<string, { readonly other: string; readonly edge: string }[]>();
  const join = (at: string, other: string, edge: string): void => {
    beside.set(at, [...(beside.get(at) ?? []), { other, edge }]);
  };
  for (const { id, source, target } of edges) {
    join(source, target, id);
    join(target, source, id);
  }
  const cameBy = new Map<string, { readonly node: string; readonly edge: string } | null>([
    [from, null],
  ]);
  const open = [from];
  for (let node = open.shift(); node !== undefined && !cameBy.has(to); node = open.shift()) {
    for (const { other, edge } of beside.get(node) ?? []) {
      if (!cameBy.has(other)) {
        cameBy.set(other, { node, edge });
        open.push(other);
      }
    }
  }
  if (!cameBy.has(to)) {
    return null;
  }
  const nodes = [to];
  const path: string[] = [];
  for (let step = cameBy.get(to); step; step = cameBy.get(step.node)) {
    nodes.unshift(step.node);
    path.unshift(step.edge);
  }
  return { nodes, edges: path };
}

/** Neighbours of a node with what they have to do with it, for the list. */
export function neighboursOf({ nodes, edges }: Picture, id: string): readonly string[] {
  const labels = new Map(nodes.map((node) => [node.id, node.label]));
  return edges.flatMap(({ source, target, label }) => {
    if (source === id) {
      return [`${label} → ${labels.get(target) ?? ""}`];
    }
    return target === id ? [`${labels.get(source) ?? ""} ${label} → this`] : [];
  });
}
