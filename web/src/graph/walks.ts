/** Walks through what is drawn: what can be reached, the shortest way, what is beside a node. */

/** An edge as far as a walk needs it. */
export interface WalkedEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
}

/** A way: its nodes and edges from one end to the other. */
export interface Way {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

type Beside = ReadonlyMap<string, readonly { readonly other: string; readonly edge: string }[]>;

function besideOf(edges: readonly WalkedEdge[]): Beside {
  const beside = new Map<string, { readonly other: string; readonly edge: string }[]>();
  const join = (at: string, other: string, edge: string): void => {
    const known = beside.get(at);
    if (known === undefined) {
      beside.set(at, [{ other, edge }]);
    } else {
      known.push({ other, edge });
    }
  };
  for (const { id, source, target } of edges) {
    join(source, target, id);
    join(target, source, id);
  }
  return beside;
}

/** How far each node is from the starts, whichever way the edges point; what is missing cannot be reached. */
export function distances(
  edges: readonly WalkedEdge[],
  starts: readonly string[],
): ReadonlyMap<string, number> {
  const beside = besideOf(edges);
  const found = new Map(starts.map((start) => [start, 0]));
  const open = [...found.keys()];
  for (let at = 0; at < open.length; at += 1) {
    const node = open[at] ?? "";
    for (const { other } of beside.get(node) ?? []) {
      if (!found.has(other)) {
        found.set(other, (found.get(node) ?? 0) + 1);
        open.push(other);
      }
    }
  }
  return found;
}

/** The way with the fewest steps, whichever way the edges point; null when there is none. */
export function shortestWay(edges: readonly WalkedEdge[], from: string, to: string): Way | null {
  const beside = besideOf(edges);
  const cameBy = new Map<string, { readonly node: string; readonly edge: string } | null>([
    [from, null],
  ]);
  const open = [from];
  for (let at = 0; at < open.length && !cameBy.has(to); at += 1) {
    const node = open[at] ?? "";
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

/** The nodes beside a node. */
export function besideNode(edges: readonly WalkedEdge[], id: string): ReadonlySet<string> {
  return new Set(
    edges.flatMap(({ source, target }) =>
      source === id ? [target] : target === id ? [source] : [],
    ),
  );
}
