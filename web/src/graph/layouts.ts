/** Places of nodes that follow from the graph alone: in layers, in rings, by type. The same graph, the same places. */
import { distances, type WalkedEdge } from "./walks.ts";

/** A place on the plane. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What places are found for. */
export interface Placed {
  readonly nodes: readonly { readonly id: string; readonly type: string }[];
  readonly edges: readonly WalkedEdge[];
  readonly start: string;
}

/** The layouts, by what an address calls them. */
export const LAYOUTS = [
  ["force", "Forces"],
  ["layers", "Layers"],
  ["rings", "Rings"],
  ["types", "By type"],
] as const;

export type LayoutName = (typeof LAYOUTS)[number][0];

/** Room of a node with its label. */
const CELL = { width: 128, height: 84 } as const;
const LAYER_GAP = 60;
const RING_GAP = 150;
/** Room along a ring, and between the rows of a crowded one. */
const ARC = 74;
const ROW_GAP = 90;
const ROWS_MAX = 4;
const BLOCK_GAP = 90;
/** Screens are wider than they are high. */
const WIDTH_TO_HEIGHT = 1.6;

/** The layout that an address names. */
export function layoutOf(name: string | undefined): LayoutName {
  return LAYOUTS.find(([each]) => each === name)?.[0] ?? "force";
}

/** The places of a layout; forces are worked out elsewhere. */
export const FIXED_LAYOUTS: Readonly<
  Record<Exclude<LayoutName, "force">, (graph: Placed) => ReadonlyMap<string, Place>>
> = { layers: layersOf, rings: ringsOf, types: typesOf };

function depthsOf({ nodes, edges, start }: Placed): readonly (readonly string[])[] {
  const far = distances(edges, [start]);
  const last = Math.max(0, ...far.values());
  // What cannot be reached stands behind all that can.
  const byDepth = Map.groupBy(nodes, ({ id }) => far.get(id) ?? last + 1);
  return [...byDepth]
    .sort(([first], [second]) => first - second)
    .map(([, members]) => members.map(({ id }) => id));
}

/** The start on top, and each step below the one before; what belongs together stands together. */
function layersOf(graph: Placed): ReadonlyMap<string, Place> {
  const beside = neighbours(graph.edges);
  const places = new Map<string, Place>();
  const columns = Math.max(8, Math.ceil(Math.sqrt(graph.nodes.length) * WIDTH_TO_HEIGHT));
  let top = 0;
  for (const layer of depthsOf(graph)) {
    const centre = (id: string): number => meanX(places, beside.get(id) ?? []);
    const ordered = layer
      .map((id, at) => ({ id, at, x: centre(id) }))
      .sort((first, second) => first.x - second.x || first.at - second.at);
    const rows = Math.ceil(ordered.length / columns);
    const middle = (Math.ceil(ordered.length / rows) - 1) / 2;
    // Filled column by column, so that neighbours in the order stay neighbours on the plane.
    ordered.forEach(({ id }, at) => {
      places.set(id, {
        x: (Math.floor(at / rows) - middle) * CELL.width,
        y: top + (at % rows) * CELL.height,
      });
    });
    top += rows * CELL.height + LAYER_GAP;
  }
  return places;
}

function meanX(places: ReadonlyMap<string, Place>, ids: readonly string[]): number {
  const known = ids.flatMap((id) => places.get(id)?.x ?? []);
  return known.length === 0 ? 0 : known.reduce((sum, x) => sum + x, 0) / known.length;
}

function neighbours(edges: readonly WalkedEdge[]): ReadonlyMap<string, readonly string[]> {
  const beside = new Map<string, string[]>();
  for (const { source, target } of edges) {
    for (const [at, other] of [
      [source, target],
      [target, source],
    ] as const) {
      const known = beside.get(at);
      if (known === undefined) {
        beside.set(at, [other]);
      } else {
        known.push(other);
      }
    }
  }
  return beside;
}

/** The start in the middle, each step on a ring of its own; a branch has the share of the circle that it needs. */
function ringsOf(graph: Placed): ReadonlyMap<string, Place> {
  const layers = depthsOf(graph);
  const children = branchesOf(graph, layers);
  const weight = new Map<string, number>();
  for (const layer of layers.toReversed()) {
    for (const id of layer) {
      const own = (children.get(id) ?? []).reduce((sum, each) => sum + (weight.get(each) ?? 1), 0);
      weight.set(id, Math.max(1, own));
    }
  }
  const angles = new Map<string, number>();
  const spread = (ids: readonly string[], from: number, to: number): void => {
    const total = ids.reduce((sum, id) => sum + (weight.get(id) ?? 1), 0);
    let at = from;
    for (const id of ids) {
      const share = ((to - from) * (weight.get(id) ?? 1)) / total;
      angles.set(id, at + share / 2);
      spread(children.get(id) ?? [], at, at + share);
      at += share;
    }
  };
  spread(layers[0] ?? [], 0, 2 * Math.PI);
  return onRings(layers, angles);
}

/** Each node of a layer hangs on its first neighbour in the layer before. */
function branchesOf(
  { edges }: Placed,
  layers: readonly (readonly string[])[],
): ReadonlyMap<string, readonly string[]> {
  const beside = neighbours(edges);
  const children = new Map<string, string[]>();
  for (const [depth, layer] of layers.entries()) {
    const before = new Set(layers[depth - 1] ?? []);
    for (const id of depth === 0 ? [] : layer) {
      const parent =
        (beside.get(id) ?? []).find((other) => before.has(other)) ?? layers[0]?.[0] ?? "";
      children.set(parent, [...(children.get(parent) ?? []), id]);
    }
  }
  return children;
}

function onRings(
  layers: readonly (readonly string[])[],
  angles: ReadonlyMap<string, number>,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  let outer = 0;
  for (const [depth, layer] of layers.entries()) {
    const isMiddle = depth === 0 && layer.length === 1;
    const inner = isMiddle ? 0 : outer + RING_GAP;
    const rows = isMiddle ? 1 : rowsOf(layer.length, inner);
    const needed = (layer.length * ARC) / (2 * Math.PI * rows);
    const radius = isMiddle ? 0 : Math.max(inner, needed);
    // A full ring is shared out evenly: branches of unequal weight would crowd it.
    const isFull = needed > 0.7 * radius;
    const ordered = layer.toSorted((a, b) => (angles.get(a) ?? 0) - (angles.get(b) ?? 0));
    ordered.forEach((id, at) => {
      const angle = isFull ? (2 * Math.PI * at) / ordered.length : (angles.get(id) ?? 0);
      const far = radius + (at % rows) * ROW_GAP;
      places.set(id, { x: far * Math.sin(angle), y: -far * Math.cos(angle) });
    });
    outer = radius + (rows - 1) * ROW_GAP;
  }
  return places;
}

/** Rows that a ring is made of, so that it does not become much wider than what is inside it. */
function rowsOf(count: number, inner: number): number {
  return Math.max(1, Math.min(ROWS_MAX, Math.round((count * ARC) / (2 * Math.PI * inner))));
}

/** A block for each type, the largest first, in rows like words. */
function typesOf({ nodes }: Placed): ReadonlyMap<string, Place> {
  const blocks = [...Map.groupBy(nodes, ({ type }) => type)].sort(
    ([firstType, first], [secondType, second]) =>
      second.length - first.length || (firstType < secondType ? -1 : 1),
  );
  const width = Math.sqrt(nodes.length * CELL.width * CELL.height * WIDTH_TO_HEIGHT) * 1.3;
  const places = new Map<string, Place>();
  let [left, top, rowHeight] = [0, 0, 0];
  for (const [, members] of blocks) {
    const columns = Math.ceil(Math.sqrt(members.length * (CELL.height / CELL.width) * 2));
    const rows = Math.ceil(members.length / columns);
    if (left > 0 && left + columns * CELL.width > width) {
      [left, top, rowHeight] = [0, top + rowHeight + BLOCK_GAP, 0];
    }
    members.forEach(({ id }, at) => {
      places.set(id, {
        x: left + (at % columns) * CELL.width,
        y: top + Math.floor(at / columns) * CELL.height,
      });
    });
    left += columns * CELL.width + BLOCK_GAP;
    rowHeight = Math.max(rowHeight, rows * CELL.height);
  }
  return places;
}
