/** Brings the canvas to the picture and to what is marked in it, and decides which labels are written. */
import type { Core, EdgeSingular, ElementDefinition, NodeSingular } from "cytoscape";
import { typeColour } from "../parts/type-colours.ts";
import { type Label, MUST_RANK, writtenLabels } from "./labels.ts";
import type { Layout } from "./layout.ts";
import { FIXED_LAYOUTS, type LayoutName, type Place } from "./layouts.ts";
import { type Glyphs, imageOf, shapeOf } from "./looks.ts";
import type { DrawnEdge, DrawnNode, Picture } from "./model.ts";
import { LABEL, READABLE_PX } from "./stylesheet.ts";
import type { Way } from "./walks.ts";

/** What is drawn, and how. */
export interface Scene {
  readonly picture: Picture;
  readonly glyphs: Glyphs;
  readonly layout: LayoutName;
  /** Where somebody put nodes. */
  readonly fixed: ReadonlyMap<string, Place>;
  readonly start: string;
}

/** What is marked. */
export interface Marks {
  readonly at: string | null;
  readonly path: Way | null;
  readonly found: ReadonlySet<string>;
  readonly picked: ReadonlySet<string>;
}

/** A picture of few nodes is not blown up further than this. */
const FIT_ZOOM_MAX = 1.3;
const FIT_PADDING_PX = 40;
const SIZES = { single: 34, start: 46, group: 40, groupMax: 72, perDoubling: 6 } as const;

/** Draws. Places of nodes that stay are where the layout begins, unless `isFresh`. */
export async function drawScene(
  { cy, layout }: { readonly cy: Core; readonly layout: Layout },
  { picture, glyphs, layout: name, fixed, start }: Scene,
  isFresh: boolean,
): Promise<void> {
  putElements(cy, picture, glyphs);
  if (name !== "force") {
    const places = FIXED_LAYOUTS[name]({ nodes: picture.nodes, edges: picture.edges, start });
    cy.batch(() => {
      for (const { id } of picture.nodes) {
        cy.getElementById(id).position({ ...(fixed.get(id) ?? places.get(id) ?? { x: 0, y: 0 }) });
      }
    });
    fitAll(cy);
    return;
  }
  const places = await layout.find({
    nodes: picture.nodes.map(({ id }) => {
      const own = fixed.get(id);
      return {
        id,
        size: Number(cy.getElementById(id).data("size")),
        ...(isFresh ? {} : { at: { ...cy.getElementById(id).position() } }),
        ...(own === undefined ? {} : { fixed: own }),
      };
    }),
    edges: picture.edges.map(({ source, target }) => ({ source, target })),
  });
  if (cy.destroyed()) {
    return;
  }
  cy.batch(() => {
    for (const { id, x, y } of places) {
      cy.getElementById(id).position({ x, y });
    }
  });
  fitAll(cy);
}

function putElements(cy: Core, picture: Picture, glyphs: Glyphs): void {
  const wanted = new Set([...picture.nodes, ...picture.edges].map(({ id }) => id));
  cy.batch(() => {
    cy.elements()
      .filter((element) => !wanted.has(element.id()))
      .remove();
    for (const node of picture.nodes) {
      const known = cy.getElementById(node.id);
      const data = nodeData(node, glyphs);
      if (known.empty()) {
        const position = besideOf(cy, picture, node.id);
        cy.add({ group: "nodes", data, position, classes: classOf(node) });
      } else {
        known.data(data);
      }
    }
    const fresh = picture.edges.filter(({ id }) => cy.getElementById(id).empty());
    cy.add(fresh.map(edgeElement));
  });
}

function nodeData(node: DrawnNode, glyphs: Glyphs): Record<string, unknown> {
  const { id, type, label, count, view, folded, isStart } = node;
  const { group, groupMax, perDoubling, single, start } = SIZES;
  return {
    id,
    label: folded > 0 ? `${label} +${folded}` : label,
    colour: typeColour(type),
    shape: shapeOf(type),
    size:
      count > 1
        ? Math.min(groupMax, group + perDoubling * Math.log2(count))
        : isStart
          ? start
          : single,
    image: imageOf(glyphs.get(type) ?? "", view),
    font: LABEL.px,
    room: LABEL.widthPx,
  };
}

function classOf({ group, view, isStart }: DrawnNode): string {
  return [
    ...(group === null ? [] : ["group"]),
    ...(view === null && group === null ? ["absent"] : []),
    ...(isStart ? ["start"] : []),
  ].join(" ");
}

/** A new node appears where what it is related to is. */
function besideOf(cy: Core, { edges }: Picture, id: string): Place {
  const edge = edges.find(({ source, target }) => source === id || target === id);
  const other = cy.getElementById((edge?.source === id ? edge.target : edge?.source) ?? "");
  return other.empty() ? { x: 0, y: 0 } : { ...other.position() };
}

function edgeElement(edge: DrawnEdge): ElementDefinition {
  const { id, source, target, label, isReference, isWeak, revoked } = edge;
  const classes = [
    ...(isReference ? ["reference"] : []),
    ...(isWeak ? ["weak"] : []),
    ...(revoked ? ["revoked"] : []),
  ];
  return { group: "edges", data: { id, source, target, label }, classes: classes.join(" ") };
}

/** Shows everything. */
export function fitAll(cy: Core): void {
  cy.resize();
  cy.fit(undefined, FIT_PADDING_PX);
  if (cy.zoom() > FIT_ZOOM_MAX) {
    cy.zoom(FIT_ZOOM_MAX);
    cy.center();
  }
}

/** Moves the picture until a node or edge is in sight. */
export function bringIntoSight(cy: Core, id: string): void {
  const element = cy.getElementById(id);
  if (element.empty()) {
    return;
  }
  const { x1, x2, y1, y2 } = element.renderedBoundingBox({ includeLabels: false });
  if (x1 < 0 || y1 < 0 || x2 > cy.width() || y2 > cy.height()) {
    cy.center(element);
  }
}

/** Marks what is chosen, found, selected, and the path. */
export function mark(cy: Core, { at, path, found, picked }: Marks): void {
  cy.batch(() => {
    cy.elements().removeClass("at near path found picked");
    if (at !== null) {
      const chosen = cy.getElementById(at);
      chosen.addClass("at");
      if (chosen.isNode()) {
        chosen.connectedEdges().addClass("near");
      }
    }
    for (const id of [...(path?.nodes ?? []), ...(path?.edges ?? [])]) {
      cy.getElementById(id).addClass("path");
    }
    for (const id of found) {
      cy.getElementById(id).addClass("found");
    }
    for (const id of picked) {
      cy.getElementById(id).addClass("picked");
    }
  });
  writeLabels(cy);
}

/** Leaves only a node or edge and what is beside it. */
export function fadeOthers(cy: Core, element: NodeSingular | EdgeSingular): void {
  const near = element.isNode()
    ? element.closedNeighborhood()
    : element.union((element as EdgeSingular).connectedNodes());
  cy.batch(() => {
    cy.elements().not(near).addClass("faded");
    near.edges().addClass("named");
    near.nodes().addClass("named");
  });
  writeLabels(cy);
}

/** Ends that. */
export function unfade(cy: Core): void {
  cy.batch(() => cy.elements().removeClass("faded named"));
  writeLabels(cy);
}

/** Writes the labels that find room, the more important ones first. */
export function writeLabels(cy: Core): void {
  const zoom = cy.zoom();
  const seen = cy
    .nodes()
    .toArray()
    .filter((node) => isInSight(cy, node));
  const scale = Math.max(1, READABLE_PX / (LABEL.px * zoom));
  const written = writtenLabels(
    seen.map((node) => labelOf(node, zoom, scale)),
    seen.map((node) => discOf(node, zoom)),
  );
  cy.batch(() => {
    for (const node of seen) {
      const isWritten = written.has(node.id());
      node.toggleClass("quiet", !isWritten);
      if (isWritten) {
        node.data({ font: LABEL.px * scale, room: LABEL.widthPx * scale });
      }
    }
  });
}

function isInSight(cy: Core, node: NodeSingular): boolean {
  const { x, y } = node.renderedPosition();
  return (
    x > -LABEL.widthPx && y > -LABEL.widthPx && x < cy.width() + LABEL.widthPx && y < cy.height()
  );
}

/** @param scale how much larger than usual the label is written, in the picture's own measure */
function labelOf(node: NodeSingular, zoom: number, scale: number): Label {
  const { x, y } = node.renderedPosition();
  const text = String(node.data("label"));
  const width = text.length * LABEL.letterPx;
  // A long word, such as an id, is not broken.
  const longest = Math.max(...text.split(/\s/).map(({ length }) => length)) * LABEL.letterPx;
  const half = (Math.max(longest, Math.min(width, LABEL.widthPx)) / 2) * zoom * scale;
  const top = y + (Number(node.data("size")) / 2 + LABEL.gapPx) * zoom;
  const height = Math.ceil(width / LABEL.widthPx) * LABEL.linePx * zoom * scale;
  return {
    id: node.id(),
    box: { left: x - half, right: x + half, top, bottom: top + height },
    rank: rankOf(node),
  };
}

function rankOf(node: NodeSingular): number {
  const isMust = ["at", "start", "path"].some((name) => node.hasClass(name));
  const bonus =
    node.hasClass("named") || node.hasClass("found") ? 400 : node.hasClass("group") ? 200 : 0;
  return isMust ? MUST_RANK : Math.min(MUST_RANK - 1, bonus + node.degree(false));
}

function discOf(node: NodeSingular, zoom: number): { id: string; box: Label["box"] } {
  const { x, y } = node.renderedPosition();
  // The corners of the square around a disc are empty.
  const half = (Number(node.data("size")) / 2) * 0.85 * zoom;
  return {
    id: node.id(),
    box: { left: x - half, right: x + half, top: y - half, bottom: y + half },
  };
}
