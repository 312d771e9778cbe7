/** How nodes look: a shape for each family of types, a colour and a glyph for each type, badges for what matters. */
import { isLow } from "./model.ts";

/** Shapes, as the canvas and the legend know them. */
export type Shape = "ellipse" | "round-rectangle" | "round-hexagon" | "cut-rectangle";

/** People and groups are discs (as is what is unknown), their means squares, signs hexagons, documents have a cut. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "attack-pattern": "round-rectangle",
  "course-of-action": "round-rectangle",
  infrastructure: "round-rectangle",
  malware: "round-rectangle",
  tool: "round-rectangle",
  vulnerability: "round-rectangle",
  grouping: "cut-rectangle",
  "malware-analysis": "cut-rectangle",
  "marking-definition": "cut-rectangle",
  note: "cut-rectangle",
  opinion: "cut-rectangle",
  report: "cut-rectangle",
  indicator: "round-hexagon",
  "observed-data": "round-hexagon",
  sighting: "round-hexagon",
  artifact: "round-hexagon",
  "autonomous-system": "round-hexagon",
  "domain-name": "round-hexagon",
  "email-addr": "round-hexagon",
  "email-message": "round-hexagon",
  file: "round-hexagon",
  "ipv4-addr": "round-hexagon",
  "ipv6-addr": "round-hexagon",
  "mac-addr": "round-hexagon",
  mutex: "round-hexagon",
  "network-traffic": "round-hexagon",
  process: "round-hexagon",
  software: "round-hexagon",
  url: "round-hexagon",
  "user-account": "round-hexagon",
  "windows-registry-key": "round-hexagon",
  "x509-certificate": "round-hexagon",
};

/** The shape of a type. */
export function shapeOf(type: string): Shape {
  return SHAPES[type] ?? "ellipse";
}

/** A drawing of a type: what stands inside its `svg`, in a square of 20. */
export type Glyphs = ReadonlyMap<string, string>;

/** What a badge is made of. */
export interface Badged {
  readonly tlp: string | null;
  readonly revoked: boolean;
  readonly confidence: number | null;
}

/** The marking's letter and colour, on black. @see FIRST TLP 2.0 */
const TLP_BADGES: Readonly<Record<string, readonly [letter: string, colour: string]>> = {
  red: ["R", "#ff2b2b"],
  amber: ["A", "#ffc000"],
  "amber+strict": ["A+", "#ffc000"],
  green: ["G", "#33ff00"],
  clear: ["C", "#ffffff"],
  white: ["C", "#ffffff"],
};

/** How much larger than the node its image is, since badges stand at the edge. */
export const IMAGE_SCALE = 1.4;

/** The image of a node: the glyph in the middle, badges around it. As an address that pages may show. */
export function imageOf(glyph: string, badged: Badged | null): string {
  const badges = badged === null ? "" : badgesOf(badged);
  return svgAddress(
    `<svg xmlns="http://www.w3.org/2000/svg" width="140" height="140" viewBox="-20 -20 140 140">${drawingOf(glyph)}${badges}</svg>`,
  );
}

/** The glyph in a square of 100. */
export function drawingOf(glyph: string): string {
  return `<svg x="23" y="23" width="54" height="54" viewBox="0 0 20 20" fill="#ffffff">${glyph}</svg>`;
}

/** The badges in a square of 100: the marking, revoked, little confidence. */
export function badgesOf({ tlp, revoked, confidence }: Badged): string {
  const [letter, colour] = TLP_BADGES[tlp ?? ""] ?? [];
  return [
    ...(letter === undefined || colour === undefined
      ? []
      : [badge({ at: [88, 12], ground: "#000000", words: colour, letter })]),
    ...(revoked ? [badge({ at: [88, 88], ground: "#b10e1c", words: "#ffffff", letter: "×" })] : []),
    ...(isLow(confidence)
      ? [badge({ at: [12, 12], ground: "#ffffff", words: "#242424", letter: "?" })]
      : []),
  ].join("");
}

interface Badge {
  readonly at: readonly [x: number, y: number];
  readonly ground: string;
  readonly words: string;
  readonly letter: string;
}

function badge({ at: [x, y], ground, words, letter }: Badge): string {
  const size = letter.length > 1 ? 22 : 28;
  return (
    `<circle cx="${x}" cy="${y}" r="20" fill="${ground}" stroke="#ffffff" stroke-width="3"/>` +
    `<text x="${x}" y="${y + size / 3}" font-family="sans-serif" font-size="${size}" font-weight="700" text-anchor="middle" fill="${words}">${letter}</text>`
  );
}

function svgAddress(svg: string): string {
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}
