/** The canvas' styles in the colours of the theme. */
import type { StylesheetJson } from "cytoscape";
import { IMAGE_SCALE } from "./looks.ts";

/** The canvas takes no names in quotes. */
const FONT = "Segoe UI, Roboto, Helvetica, Arial, sans-serif";
export const LABEL = { px: 11, widthPx: 116, linePx: 13, letterPx: 5.9, gapPx: 4 } as const;
/** Smaller words cannot be read. Labels are written larger where the picture is small, so that they can. */
export const READABLE_PX = 10;
/** Names of relations are written everywhere where there are few, or from this size on. */
const NAMED_EDGES_MAX = 16;
const EDGE_NAME = { px: 10, readablePx: 14 } as const;
/** Bent lines keep apart what is drawn between the same two nodes; straight ones are quicker to draw. */
const BENT_EDGES_MAX = 250;

/** A colour of the theme, as it is where an element stands. */
export function colourAt(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** The styles. */
export function styleOf(
  element: HTMLElement,
  { edges, isDark }: { readonly edges: number; readonly isDark: boolean },
): StylesheetJson {
  const colour = (name: string): string => colourAt(element, name);
  return [...nodeStyles(colour, isDark), ...edgeStyles(colour, edges), ...markStyles(colour)];
}

type Colour = (name: string) => string;

function nodeStyles(colour: Colour, isDark: boolean): StylesheetJson {
  return [
    {
      selector: "node",
      style: {
        shape: "data(shape)" as "ellipse",
        width: "data(size)",
        height: "data(size)",
        "background-color": "data(colour)",
        "background-image": "data(image)",
        "background-width": `${IMAGE_SCALE * 100}%`,
        "background-height": `${IMAGE_SCALE * 100}%`,
        "background-clip": "none",
        "background-image-containment": "over",
        "bounds-expansion": 10,
        // A light ring keeps dark discs apart from a dark ground.
        "border-width": 2,
        "border-color": colour(isDark ? "--colorNeutralForeground2" : "--colorNeutralStroke1"),
        label: "data(label)",
        color: colour("--colorNeutralForeground1"),
        "font-family": FONT,
        "font-size": "data(font)" as never,
        "text-wrap": "wrap",
        "text-max-width": "data(room)",
        "text-valign": "bottom",
        "text-margin-y": LABEL.gapPx,
        "text-background-color": colour("--colorNeutralBackground1"),
        "text-background-opacity": 0.8,
      },
    },
    { selector: "node.quiet", style: { label: "" } },
    {
      selector: "node.group",
      style: { "border-style": "double", "border-width": 6, "font-weight": "bold" },
    },
    { selector: "node.absent", style: { "border-style": "dashed", opacity: 0.75 } },
    { selector: "node.start", style: { "font-weight": "bold" } },
  ];
}

function edgeStyles(colour: Colour, edges: number): StylesheetJson {
  return [
    {
      selector: "edge",
      style: {
        width: 1.5,
        "line-color": colour("--colorNeutralStrokeAccessible"),
        "target-arrow-color": colour("--colorNeutralStrokeAccessible"),
        "target-arrow-shape": "triangle",
        "curve-style": edges > BENT_EDGES_MAX ? "straight" : "bezier",
        label: "data(label)",
        color: colour("--colorNeutralForeground2"),
        "font-family": FONT,
        "font-size": EDGE_NAME.px,
        "min-zoomed-font-size": edges > NAMED_EDGES_MAX ? EDGE_NAME.readablePx : READABLE_PX,
        "text-rotation": "autorotate",
        "text-background-color": colour("--colorNeutralBackground1"),
        "text-background-opacity": 0.9,
      },
    },
    { selector: "edge.reference", style: { "line-style": "dashed" } },
    { selector: "edge.weak", style: { "line-style": "dotted" } },
    { selector: "edge.revoked", style: { opacity: 0.45 } },
    {
      selector: "edge.near, edge.named, edge.path, edge.at",
      style: { "min-zoomed-font-size": READABLE_PX },
    },
  ];
}

function markStyles(colour: Colour): StylesheetJson {
  const brand = colour("--colorBrandForeground1");
  const found = colour("--colorPaletteMarigoldBorderActive");
  return [
    { selector: ".faded", style: { opacity: 0.2 } },
    {
      selector: "edge.near",
      style: { width: 2.5, "line-color": brand, "target-arrow-color": brand },
    },
    {
      selector: ".path, edge.at",
      style: { "line-color": brand, "target-arrow-color": brand, width: 4, "border-color": brand },
    },
    { selector: "node.path", style: { width: "data(size)", "border-width": 5 } },
    {
      selector: "node.found",
      style: { "border-width": 5, "border-color": found, "border-style": "solid" },
    },
    {
      selector: "node.picked",
      style: {
        "overlay-color": brand,
        "overlay-opacity": 0.25,
        "overlay-padding": 6,
      },
    },
    {
      selector: "node.at",
      style: { "border-width": 5, "border-color": brand, "border-style": "solid" },
    },
    {
      selector: "core",
      style: {
        "selection-box-color": brand,
        "selection-box-border-color": brand,
        "selection-box-opacity": 0.2,
        "active-bg-opacity": 0,
      } as never,
    },
  ];
}
