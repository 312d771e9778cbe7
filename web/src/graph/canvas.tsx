/** The picture of the graph on a canvas. What it shows and what is chosen comes from outside; places it finds itself. */
import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from "cytoscape";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { typeColour } from "../parts/type-icon.tsx";
import { useTheme } from "../shell/theme.tsx";
import { type Layout, startLayout } from "./layout.ts";
import type { DrawnNode, Picture } from "./model.ts";

/** What the page does to the canvas. */
export interface CanvasHandle {
  readonly fit: () => void;
  readonly zoom: (factor: number) => void;
  readonly png: () => Blob | null;
}

export interface CanvasProps {
  readonly picture: Picture;
  readonly handle: Ref<CanvasHandle>;
  /** The node that is chosen. */
  readonly at: string | null;
  readonly path: { readonly nodes: readonly string[]; readonly edges: readonly string[] } | null;
  /** White drawings of the types, as addresses of images. */
  readonly glyphs: ReadonlyMap<string, string>;
  readonly onMove: (id: string | null) => void;
  /** A double click or Enter. */
  readonly onExpand: (id: string) => void;
}

/** Names of relations are written on so few edges at once; otherwise only beside the chosen node. */
const NAMED_EDGES_MAX = 40;
const ZOOM = { min: 0.1, max: 3, step: 1.3 } as const;
const PAN_PX = 60;
/** The canvas takes no names in quotes. */
const FONT = "Segoe UI, Roboto, Helvetica, Arial, sans-serif";
const LABEL_PX = "110px";
/** A picture of few nodes is not blown up further than this. */
const FIT_ZOOM_MAX = 1.3;
const FIT_PADDING_PX = 40;

/** The canvas. */
export function GraphCanvas(props: CanvasProps): ReactNode {
  const { picture, handle, at, path, glyphs, onMove, onExpand } = props;
  const place = useRef<HTMLDivElement>(null);
  const graph = useRef<{ readonly cy: Core; readonly layout: Layout } | null>(null);
  const latest = useRef({ onMove, onExpand, at });
  latest.current = { onMove, onExpand, at };
  const { choice, isDark } = useTheme();
  useEffect(() => {
    const cy = cytoscape({
      container: place.current,
      minZoom: ZOOM.min,
      maxZoom: ZOOM.max,
      textureOnViewport: false,
      hideEdgesOnViewport: true,
      selectionType: "single",
    });
    const layout = startLayout();
    graph.current = { cy, layout };
    listen(cy, latest);
    let isMoved = false;
    cy.on("dragpan scrollzoom pinchzoom", () => {
      isMoved = true;
    });
    const sizes = new ResizeObserver(() => (isMoved ? cy.resize() : fit(cy)));
    sizes.observe(place.current as HTMLDivElement);
    return () => {
      sizes.disconnect();
      layout.close();
      cy.destroy();
      graph.current = null;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme means other colours of the same names.
  useEffect(() => {
    graph.current?.cy.style(styleOf(place.current as HTMLDivElement, picture.edges.length));
  }, [choice, isDark, picture.edges.length]);
  useEffect(() => {
    if (graph.current !== null) {
      void show(graph.current, picture, glyphs);
    }
  }, [picture, glyphs]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture has to be marked as well.
  useEffect(() => {
    if (graph.current !== null) {
      mark(graph.current.cy, at, path);
    }
  }, [at, path, picture]);
  useImperativeHandle(handle, () => handleOf(graph), []);
  return (
    <div
      className="graphCanvas"
      role="application"
      aria-label="Picture of the graph. The list beside it has the same objects."
      // The picture takes keys, so they have to reach it.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys.
      tabIndex={0}
      ref={place}
      onKeyDown={(event) => {
        const step = PANS[event.key];
        if (step !== undefined) {
          graph.current?.cy.panBy({ x: step[0] * PAN_PX, y: step[1] * PAN_PX });
          event.preventDefault();
        } else if (event.key === "Enter" && at !== null) {
          event.preventDefault();
          onExpand(at);
        }
      }}
    />
  );
}

const PANS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

type Latest = {
  readonly current: {
    readonly onMove: (id: string | null) => void;
    readonly onExpand: (id: string) => void;
    readonly at: string | null;
  };
};

function listen(cy: Core, latest: Latest): void {
  cy.on("tap", "node", (event) => latest.current.onMove(event.target.id()));
  cy.on("tap", (event) => {
    if (event.target === cy) {
      latest.current.onMove(null);
    }
  });
  cy.on("dbltap", "node", (event) => latest.current.onExpand(event.target.id()));
  cy.on("mouseover", "node", (event) => fade(cy, event.target.id()));
  cy.on("mouseout", "node", () => cy.elements().removeClass("faded named"));
}

/** Leaves only a node and what is beside it. */
function fade(cy: Core, id: string): void {
  const near = cy.getElementById(id).closedNeighborhood();
  cy.batch(() => {
    cy.elements().not(near).addClass("faded");
    near.edges().addClass("named");
  });
}

function mark(cy: Core, at: string | null, path: CanvasProps["path"]): void {
  cy.batch(() => {
    cy.elements().removeClass("at near path");
    if (at !== null) {
      const node = cy.getElementById(at);
      node.addClass("at");
      node.connectedEdges().addClass("near");
    }
    for (const id of [...(path?.nodes ?? []), ...(path?.edges ?? [])]) {
      cy.getElementById(id).addClass("path");
    }
  });
}

/** Brings the canvas to the picture: what stays keeps its place until the layout has found better ones. */
async function show(
  { cy, layout }: { readonly cy: Core; readonly layout: Layout },
  picture: Picture,
  glyphs: ReadonlyMap<string, string>,
): Promise<void> {
  const isFirst = cy.nodes().empty();
  const wanted = new Set([...picture.nodes, ...picture.edges].map(({ id }) => id));
  cy.batch(() => {
    cy.elements()
      .filter((element) => !wanted.has(element.id()))
      .remove();
    for (const node of picture.nodes) {
      const known = cy.getElementById(node.id);
      const data = nodeData(node, glyphs);
      if (known.empty()) {
        cy.add({
          group: "nodes",
          data,
          position: besideOf(cy, picture, node.id),
          classes: classOf(node),
        });
      } else {
        known.data(data);
      }
    }
    cy.add(picture.edges.filter(({ id }) => cy.getElementById(id).empty()).map(edgeElement));
  });
  const places = await layout.find({
    nodes: picture.nodes.map(({ id }) =>
      isFirst ? { id } : { id, at: { ...cy.getElementById(id).position() } },
    ),
    edges: picture.edges,
  });
  if (cy.destroyed()) {
    return;
  }
  cy.batch(() => {
    for (const { id, x, y } of places) {
      cy.getElementById(id).position({ x, y });
    }
  });
  fit(cy);
}

function nodeData(node: DrawnNode, glyphs: ReadonlyMap<string, string>): Record<string, unknown> {
  const { id, type, label, count } = node;
  return {
    id,
    label,
    colour: typeColour(type),
    size: count > 1 ? Math.min(72, 40 + 6 * Math.log2(count)) : node.isStart ? 46 : 34,
    glyph: glyphs.get(type) ?? "none",
  };
}

function classOf({ count, view, isStart }: DrawnNode): string {
  return [
    ...(count > 1 ? ["group"] : []),
    ...(view === null && count === 1 ? ["absent"] : []),
    ...(isStart ? ["start"] : []),
  ].join(" ");
}

/** A new node appears where what it is related to is. */
function besideOf(cy: Core, { edges }: Picture, id: string): { x: number; y: number } {
  const edge = edges.find(({ source, target }) => source === id || target === id);
  const other = cy.getElementById((edge?.source === id ? edge.target : edge?.source) ?? "");
  return other.empty() ? { x: 0, y: 0 } : { ...other.position() };
}

function edgeElement({ id, source, target, label }: Picture["edges"][number]): ElementDefinition {
  return { group: "edges", data: { id, source, target, label } };
}

function fit(cy: Core): void {
  cy.resize();
  cy.fit(undefined, FIT_PADDING_PX);
  if (cy.zoom() > FIT_ZOOM_MAX) {
    cy.zoom(FIT_ZOOM_MAX);
    cy.center();
  }
}

function handleOf(graph: { readonly current: { readonly cy: Core } | null }): CanvasHandle {
  return {
    fit() {
      if (graph.current !== null) {
        fit(graph.current.cy);
      }
    },
    zoom(factor) {
      const cy = graph.current?.cy;
      cy?.zoom({
        level: cy.zoom() * (factor > 0 ? ZOOM.step : 1 / ZOOM.step),
        renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 },
      });
    },
    png() {
      const cy = graph.current?.cy;
      const ground = cy?.container();
      return cy === undefined || ground === null || ground === undefined
        ? null
        : cy.png({
            output: "blob",
            full: true,
            scale: 2,
            bg: colourOf(ground, "--colorNeutralBackground1"),
            maxWidth: 8_000,
            maxHeight: 8_000,
          });
    },
  };
}

function colourOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

function styleOf(element: HTMLElement, edges: number): StylesheetJson {
  const colour = (name: string): string => colourOf(element, name);
  const words = colour("--colorNeutralForeground1");
  const ground = colour("--colorNeutralBackground1");
  const brand = colour("--colorBrandForeground1");
  const named = { label: "data(label)" };
  return [
    {
      selector: "node",
      style: {
        width: "data(size)",
        height: "data(size)",
        "background-color": "data(colour)",
        "background-image": "data(glyph)",
        "background-width": "55%",
        "background-height": "55%",
        // A light ring keeps dark discs apart from a dark ground.
        "border-width": 2,
        "border-color": colour("--colorNeutralStroke1"),
        label: "data(label)",
        color: words,
        "font-family": FONT,
        "font-size": 11,
        "min-zoomed-font-size": 7,
        "text-wrap": "wrap",
        "text-max-width": LABEL_PX,
        "text-valign": "bottom",
        "text-margin-y": 4,
        "text-background-color": ground,
        "text-background-opacity": 0.8,
      },
    },
    {
      selector: "node.group",
      style: { "border-style": "double", "border-width": 6, "font-weight": "bold" },
    },
    { selector: "node.absent", style: { "border-style": "dashed", opacity: 0.75 } },
    { selector: "node.start", style: { "font-weight": "bold" } },
    {
      selector: "edge",
      style: {
        width: 1.5,
        "line-color": colour("--colorNeutralStrokeAccessible"),
        "target-arrow-color": colour("--colorNeutralStrokeAccessible"),
        "target-arrow-shape": "triangle",
        "curve-style": "bezier",
        color: colour("--colorNeutralForeground2"),
        "font-family": FONT,
        "font-size": 10,
        "min-zoomed-font-size": 7,
        "text-rotation": "autorotate",
        "text-background-color": ground,
        "text-background-opacity": 0.9,
        ...(edges <= NAMED_EDGES_MAX ? named : {}),
      },
    },
    { selector: "edge.near, edge.named, edge.path", style: named },
    { selector: ".faded", style: { opacity: 0.2 } },
    {
      selector: "edge.near",
      style: { width: 2.5, "line-color": brand, "target-arrow-color": brand },
    },
    {
      selector: ".path",
      style: { "line-color": brand, "target-arrow-color": brand, width: 4, "border-color": brand },
    },
    { selector: "node.path", style: { width: "data(size)", "border-width": 5 } },
    {
      selector: "node.at",
      style: { "border-width": 5, "border-color": brand, "border-style": "solid" },
    },
  ];
}
