/**
 * The graph as it is drawn: neighbourhoods put together, alike leaves folded into groups, what is hidden left out. It
 * knows nothing of the canvas, so the lists beside it show the very same.
 */
import type { Graph, GraphEdge, GraphGroup, GraphNode, ObjectView } from "../api/types.ts";
import { shortId } from "./address.ts";
import { edgesByEnd, type Fold, foldsOf, isLeaf, keyOf } from "./folds.ts";
import { distances } from "./walks.ts";

/** An object, or a group of alike ones, in the picture. */
export interface DrawnNode {
  readonly id: string;
  readonly type: string;
  readonly label: string;
  /** How many objects it stands for: 1, or more for a group. */
  readonly count: number;
  /** A group's key; null for a single object. */
  readonly group: string | null;
  /** `known`: a group whose members can be drawn at once. `more`: the server is asked for them. */
  readonly members: "known" | "more" | null;
  readonly view: ObjectView | null;
  readonly isStart: boolean;
  /** Leaves that are not drawn, since the node is collapsed. */
  readonly folded: number;
}

/** A relation in the picture. */
export interface DrawnEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly relation: string;
  /** The relation, with a count where several are one line. */
  readonly label: string;
  /** A property that refers is drawn dashed. */
  readonly isReference: boolean;
  readonly isWeak: boolean;
  readonly revoked: boolean;
  /** The relationship object in our own API. */
  readonly objectId: string | null;
}

interface Counted {
  readonly name: string;
  readonly count: number;
}

/** What is drawn. */
export interface Picture {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** Objects of each type that are known, hidden ones as well. */
  readonly types: readonly Counted[];
  /** Relations of each kind that are known, hidden ones as well. */
  readonly relations: readonly Counted[];
  /** Known objects that did not fit. */
  readonly left: number;
  /** Known objects that hang only on what is hidden. */
  readonly behind: number;
}

/** What somebody chose. */
export interface Choice {
  readonly start: string;
  readonly hiddenTypes: ReadonlySet<string>;
  readonly hiddenRelations: ReadonlySet<string>;
  /** Short ids. */
  readonly hiddenNodes: ReadonlySet<string>;
  /** Short ids. */
  readonly collapsed: ReadonlySet<string>;
  /** Keys. */
  readonly openGroups: ReadonlySet<string>;
  /** Objects whose authors and markings are shown; those of all the others would bind everything to everything. */
  readonly centres: ReadonlySet<string>;
  /** Authors and markings of all objects. */
  readonly allReferences: boolean;
  /** Objects that are drawn by themselves whatever else: the ends of a path, and what lies between. */
  readonly kept: ReadonlySet<string>;
}

/** A group of which the server has sent more. */
export interface MoreOfGroup {
  readonly key: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Nothing is left on the server. */
  readonly isWhole: boolean;
}

/** More in one picture nobody can read, and the canvas begins to stutter. */
const DRAWN_NODES_MAX = 500;
/** The standard's "low" ends here. @see STIX 2.1 Appendix A */
const LOW_CONFIDENCE_MAX = 29;
const LABEL_LENGTH_MAX = 32;
const AUTHOR_TYPE = /^(?:identity|marking-definition)--/;
const AUTHOR_RELATION = /^(?:created_by_ref$|object_marking_refs$|x_)/;

/** Neighbourhoods put together, nearest first. */
export function mergeGraphs(graphs: readonly Graph[], more: readonly MoreOfGroup[] = []): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const groups = new Map<string, GraphGroup>();
  const addNode = (node: GraphNode): boolean => {
    const known = nodes.get(node.stixId);
    nodes.set(node.stixId, known?.view === undefined || known.view === null ? node : known);
    return known === undefined;
  };
  for (const graph of graphs) {
    graph.nodes.forEach(addNode);
    for (const edge of graph.edges) {
      edges.set(keyOfEdge(edge), edge);
    }
    for (const group of graph.groups) {
      groups.set(keyOf(group), group);
    }
  }
  for (const { key, isWhole, ...page } of more) {
    const added = page.nodes.filter(addNode).length;
    for (const edge of page.edges) {
      edges.set(keyOfEdge(edge), edge);
    }
    const group = groups.get(key);
    if (group !== undefined && isWhole) {
      groups.delete(key);
    } else if (group !== undefined) {
      // The server counts only what it has looked at: there is one more at least.
      groups.set(key, { ...group, count: Math.max(1, group.count - added) });
    }
  }
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    groups: [...groups.values()],
    truncated: graphs.some(({ truncated }) => truncated),
  };
}

function keyOfEdge({ source, target, relation, relationshipId }: GraphEdge): string {
  return relationshipId ?? `${source} ${relation} ${target}`;
}

/** What is drawn of it. */
export function pictureOf(whole: Graph, choice: Choice): Picture {
  const graph = withoutAuthors(whole, choice);
  const isShown = ({ stixId, type }: GraphNode): boolean =>
    stixId === choice.start ||
    choice.kept.has(stixId) ||
    !(choice.hiddenTypes.has(type) || choice.hiddenNodes.has(shortId(stixId)));
  const candidates = graph.nodes.filter(isShown);
  const open = new Set(candidates.map(({ stixId }) => stixId));
  const lines = graph.edges.filter(
    ({ source, target, relation }) =>
      open.has(source) && open.has(target) && !choice.hiddenRelations.has(relation),
  );
  const within = distances(lines.map(walked), [choice.start, ...choice.kept]);
  const wanted = candidates.filter(({ stixId }) => within.has(stixId));
  const kept = firstOnes(wanted, choice);
  const { nodes, edges, folded } = collapse(kept, lines, choice);
  return {
    ...drawn(nodes, edges, { choice, groups: graph.groups, folded }),
    types: counted(graph.nodes.map(({ type }) => type)),
    relations: counted(graph.edges.map(({ relation }) => relation)),
    left: wanted.length - kept.length,
    behind: candidates.length - wanted.length,
  };
}

function walked(edge: GraphEdge): { id: string; source: string; target: string } {
  return { id: keyOfEdge(edge), source: edge.source, target: edge.target };
}

/** As many as can be drawn; what must be there comes first. */
function firstOnes(nodes: readonly GraphNode[], { kept }: Choice): readonly GraphNode[] {
  if (nodes.length <= DRAWN_NODES_MAX) {
    return nodes;
  }
  const must = nodes.filter(({ stixId }) => kept.has(stixId));
  const rest = nodes.filter(({ stixId }) => !kept.has(stixId));
  const chosen = new Set([...must, ...rest.slice(0, DRAWN_NODES_MAX - must.length)]);
  return nodes.filter((node) => chosen.has(node));
}

/** Without the authors and markings of what is no centre, and without what only they led to. */
function withoutAuthors(graph: Graph, choice: Choice): Graph {
  const { start, centres, allReferences, kept } = choice;
  if (allReferences) {
    return graph;
  }
  const edges = graph.edges.filter(
    (edge) =>
      !isAuthorship(edge) ||
      centres.has(edge.source) ||
      centres.has(edge.target) ||
      (kept.has(edge.source) && kept.has(edge.target)),
  );
  const found = distances(edges.map(walked), [start, ...kept]);
  return {
    ...graph,
    edges,
    nodes: graph.nodes.filter(({ stixId }) => found.has(stixId)),
    groups: graph.groups.filter(({ of }) => found.has(of)),
  };
}

function isAuthorship({ relationshipId, relation, target }: GraphEdge): boolean {
  return relationshipId === null && AUTHOR_RELATION.test(relation) && AUTHOR_TYPE.test(target);
}

/** Takes out what hangs on collapsed nodes alone; gives how many that were at each. */
function collapse(
  nodes: readonly GraphNode[],
  lines: readonly GraphEdge[],
  { collapsed, kept, start }: Choice,
): {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly folded: ReadonlyMap<string, number>;
} {
  const shown = new Set(nodes.map(({ stixId }) => stixId));
  const edges = lines.filter(({ source, target }) => shown.has(source) && shown.has(target));
  const folded = new Map<string, number>();
  const ends = edgesByEnd(edges);
  const gone = new Set<string>();
  for (const { stixId } of nodes) {
    const own = ends.get(stixId) ?? [];
    const [edge] = own;
    const other = edge?.source === stixId ? edge.target : (edge?.source ?? "");
    const mayGo = stixId !== start && !kept.has(stixId) && isLeaf(stixId, own);
    if (mayGo && collapsed.has(shortId(other))) {
      gone.add(stixId);
      folded.set(other, (folded.get(other) ?? 0) + 1);
    }
  }
  return {
    nodes: nodes.filter(({ stixId }) => !gone.has(stixId)),
    edges: edges.filter(({ source, target }) => !gone.has(source) && !gone.has(target)),
    folded,
  };
}

function drawn(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  {
    choice,
    groups,
    folded,
  }: {
    readonly choice: Choice;
    readonly groups: readonly GraphGroup[];
    readonly folded: ReadonlyMap<string, number>;
  },
): Pick<Picture, "nodes" | "edges"> {
  const { start, collapsed, openGroups, hiddenTypes, hiddenRelations } = choice;
  const keep = new Set([...choice.kept, start]);
  const folds = foldsOf(nodes, edges, { kept: keep, open: openGroups });
  const inFold = new Set(folds.flatMap(({ members }) => members));
  const ids = new Set(nodes.map(({ stixId }) => stixId));
  const rest = groups.filter(
    ({ of, type, relation }) =>
      ids.has(of) &&
      !inFold.has(of) &&
      !collapsed.has(shortId(of)) &&
      !hiddenTypes.has(type) &&
      !hiddenRelations.has(relation),
  );
  const foldKeys = new Set(folds.map(({ key }) => key));
  const restShown = rest.filter((group) => !foldKeys.has(keyOf(group)));
  return {
    nodes: [
      ...nodes
        .filter(({ stixId }) => !inFold.has(stixId))
        .map((node) => single(node, start, folded.get(node.stixId) ?? 0)),
      ...folds.map((fold) => foldNode(fold, rest)),
      ...restShown.map(restNode),
    ],
    edges: [
      ...bundled(edges.filter(({ source, target }) => !inFold.has(source) && !inFold.has(target))),
      ...folds.map((fold) => groupEdge(fold, `group ${fold.key}`, fold.members.length)),
      ...restShown.map((group) => groupEdge(group, `rest ${keyOf(group)}`, group.count)),
    ],
  };
}

function counted(names: readonly string[]): readonly Counted[] {
  return [...Map.groupBy(names, (name) => name)]
    .map(([name, all]) => ({ name, count: all.length }))
    .sort((first, second) => second.count - first.count || (first.name < second.name ? -1 : 1));
}

function single(node: GraphNode, start: string, folded: number): DrawnNode {
  const { stixId, type, view } = node;
  return {
    id: stixId,
    type,
    label: shorten(view?.title ?? `${type} (not stored here)`),
    count: 1,
    group: null,
    members: null,
    view,
    isStart: stixId === start,
    folded,
  };
}

function shorten(text: string): string {
  return text.length > LABEL_LENGTH_MAX ? `${text.slice(0, LABEL_LENGTH_MAX - 1)}…` : text;
}

const GROUP_NODE = { view: null, isStart: false, folded: 0 } as const;

function foldNode({ key, type, members }: Fold, rest: readonly GraphGroup[]): DrawnNode {
  const count = members.length + (rest.find((group) => keyOf(group) === key)?.count ?? 0);
  const label = `${type} (${count.toLocaleString("en")})`;
  return { ...GROUP_NODE, id: `group ${key}`, type, label, count, group: key, members: "known" };
}

/** Objects that the server counted and did not send. */
function restNode(group: GraphGroup): DrawnNode {
  const { type, count } = group;
  const key = keyOf(group);
  const label = `${type} (${count.toLocaleString("en")} more)`;
  return { ...GROUP_NODE, id: `rest ${key}`, type, label, count, group: key, members: "more" };
}

/** Relations of one kind between the same two, the same way, are one line. */
function bundled(edges: readonly GraphEdge[]): readonly DrawnEdge[] {
  const alike = Map.groupBy(edges, ({ source, relation, target, relationshipId }) =>
    JSON.stringify([source, relation, target, relationshipId === null]),
  );
  return [...alike.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined
      ? []
      : [
          {
            id: keyOfEdge(first),
            source: first.source,
            target: first.target,
            relation: first.relation,
            label: all.length > 1 ? `${first.relation} (${all.length})` : first.relation,
            isReference: first.relationshipId === null,
            isWeak: all.every(({ confidence }) => isLow(confidence)),
            revoked: all.every(({ revoked }) => revoked),
            objectId: first.objectId,
          },
        ];
  });
}

/** Whether somebody said that they have little confidence; to say nothing is not that. */
export function isLow(confidence: number | null): boolean {
  return confidence !== null && confidence <= LOW_CONFIDENCE_MAX;
}

function groupEdge(
  { of, relation, outgoing }: Pick<Fold, "of" | "relation" | "outgoing">,
  id: string,
  count: number,
): DrawnEdge {
  const [source, target] = outgoing ? [of, id] : [id, of];
  return {
    id: `edge ${id}`,
    source,
    target,
    relation,
    label: `${relation} (${count.toLocaleString("en")})`,
    isReference: relation.endsWith("_ref") || relation.endsWith("_refs"),
    isWeak: false,
    revoked: false,
    objectId: null,
  };
}

/** Relations of a node in words, for lists. */
export function relationsOf({ nodes, edges }: Picture, id: string): readonly string[] {
  const labels = new Map(nodes.map((node) => [node.id, node.label]));
  return edges.flatMap(({ source, target, label }) => {
    if (source === id) {
      return [`${label} → ${labels.get(target) ?? ""}`];
    }
    return target === id ? [`${labels.get(source) ?? ""} ${label} → this`] : [];
  });
}
