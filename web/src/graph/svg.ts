/** The picture as an SVG file. Texts of the data are escaped: the file may be opened anywhere. */
import { typeColour } from "../parts/type-colours.ts";
import type { Place } from "./layouts.ts";
import { badgesOf, drawingOf, type Glyphs, type Shape, shapeOf } from "./looks.ts";
import type { DrawnEdge, DrawnNode, Picture } from "./model.ts";

/** Where things stand, and the colours of the theme. */
export interface Drawing {
  readonly glyphs: Glyphs;
  readonly places: ReadonlyMap<string, Place>;
  readonly sizes: ReadonlyMap<string, number>;
  readonly ground: string;
  readonly words: string;
  readonly line: string;
}

const MARGIN_PX = 80;
const SIZE_PX = 34;
/** Names of relations are written where there are few. */
const NAMED_EDGES_MAX = 60;

/** The file's text. */
export function svgOf({ nodes, edges }: Picture, drawing: Drawing): string {
  const places = nodes.flatMap(({ id }) => drawing.places.get(id) ?? []);
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [left, top] = [Math.min(0, ...xs) - MARGIN_PX, Math.min(0, ...ys) - MARGIN_PX];
  const width = Math.round(Math.max(0, ...xs) + MARGIN_PX - left);
  const height = Math.round(Math.max(0, ...ys) + MARGIN_PX - top);
  const areNamed = edges.length <= NAMED_EDGES_MAX;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${Math.round(left)} ${Math.round(top)} ${width} ${height}" font-family="sans-serif">`,
    `<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="${escaped(drawing.line)}"/></marker></defs>`,
    `<rect x="${Math.round(left)}" y="${Math.round(top)}" width="${width}" height="${height}" fill="${escaped(drawing.ground)}"/>`,
    ...edges.map((edge) => edgeOf(edge, drawing, areNamed)),
    ...nodes.map((node) => nodeOf(node, drawing)),
    "</svg>",
    "",
  ].join("\n");
}

function edgeOf(
  edge: DrawnEdge,
  { places, sizes, line, words }: Drawing,
  isNamed: boolean,
): string {
  const [from, to] = [places.get(edge.source), places.get(edge.target)];
  if (from === undefined || to === undefined) {
    return "";
  }
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [right, down] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const [near, far] = [edge.source, edge.target].map((id) => (sizes.get(id) ?? SIZE_PX) / 2);
  const [x1, y1] = [from.x + right * (near ?? 0), from.y + down * (near ?? 0)].map(Math.round);
  const [x2, y2] = [to.x - right * (far ?? 0), to.y - down * (far ?? 0)].map(Math.round);
  const dashes = edge.isWeak ? "2 3" : edge.isReference ? "6 4" : null;
  const drawn = `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${escaped(line)}" stroke-width="1.5"${dashes === null ? "" : ` stroke-dasharray="${dashes}"`} marker-end="url(#arrow)"/>`;
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2 - 4].map(Math.round);
  return isNamed
    ? `${drawn}<text x="${x}" y="${y}" font-size="10" text-anchor="middle" fill="${escaped(words)}">${escaped(edge.label)}</text>`
    : drawn;
}

function nodeOf({ id, type, label, view, folded }: DrawnNode, drawing: Drawing): string {
  const place = drawing.places.get(id);
  if (place === undefined) {
    return "";
  }
  const size = drawing.sizes.get(id) ?? SIZE_PX;
  const [x, y] = [Math.round(place.x), Math.round(place.y)];
  const glyph = drawing.glyphs.get(type) ?? "";
  const text = folded > 0 ? `${label} +${folded}` : label;
  return [
    `<g transform="translate(${x - size / 2} ${y - size / 2}) scale(${size / 100})">`,
    outline(shapeOf(type), escaped(typeColour(type)), escaped(drawing.words)),
    drawingOf(glyph),
    view === null ? "" : badgesOf(view),
    `</g><text x="${x}" y="${y + size / 2 + 14}" font-size="11" text-anchor="middle" fill="${escaped(drawing.words)}">${escaped(text)}</text>`,
  ].join("");
}

const OUTLINES: Readonly<Record<Shape, string>> = {
  ellipse: '<circle cx="50" cy="50" r="50"',
  "round-rectangle": '<rect width="100" height="100" rx="16"',
  "round-hexagon": '<polygon points="25,4 75,4 100,50 75,96 25,96 0,50" stroke-linejoin="round"',
  "cut-rectangle": '<polygon points="18,0 82,0 100,18 100,82 82,100 18,100 0,82 0,18"',
};

function outline(shape: Shape, fill: string, stroke: string): string {
  return `${OUTLINES[shape]} fill="${fill}" stroke="${stroke}" stroke-width="4"/>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
