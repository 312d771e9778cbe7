/** Goal: what is saved of a graph is well-formed, complete, and carries no markup of the data. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../api/types.ts";
import { bundleText, shownRelationships } from "./bundle.ts";
import { imageOf } from "./looks.ts";
import { pictureOf } from "./model.ts";
import { svgOf } from "./svg.ts";

const START = "threat-actor--1";
const EDGE = {
  source: START,
  target: "malware--2",
  relation: "uses",
  relationshipId: "relationship--3",
  objectId: "o",
  confidence: null,
  revoked: false,
};
const GRAPH: Graph = {
  nodes: [
    { stixId: START, type: "threat-actor", depth: 0, view: null },
    { stixId: "malware--2", type: "malware", depth: 1, view: null },
  ],
  edges: [
    EDGE,
    { ...EDGE, relation: "created_by_ref", relationshipId: null },
    { ...EDGE, target: "malware--9", relationshipId: "relationship--9" },
  ],
  groups: [],
  truncated: false,
};
const NONE: ReadonlySet<string> = new Set();
const PICTURE = pictureOf(GRAPH, {
  start: START,
  hiddenTypes: NONE,
  hiddenRelations: NONE,
  hiddenNodes: NONE,
  collapsed: NONE,
  openGroups: NONE,
  centres: NONE,
  allReferences: false,
  kept: NONE,
});

test("the relationships of a bundle are those between what is drawn", () => {
  assert.deepEqual(shownRelationships(GRAPH, PICTURE), ["relationship--3"]);
});

test("a bundle has each object once", () => {
  const text = bundleText([{ id: "a", name: "old" }, { id: "b" }, { id: "a", name: "new" }], "u");
  assert.deepEqual(JSON.parse(text), {
    type: "bundle",
    id: "bundle--u",
    objects: [{ id: "a", name: "new" }, { id: "b" }],
  });
});

test("a drawing has every node and edge, and escapes what the data says", () => {
  const [first, second] = PICTURE.nodes;
  assert.ok(first && second);
  const nasty = { ...PICTURE, nodes: [first, { ...second, label: '<script>"&' }] };
  const svg = svgOf(nasty, {
    glyphs: new Map(),
    places: new Map([
      [START, { x: 0, y: 0 }],
      ["malware--2", { x: 100, y: 50 }],
    ]),
    sizes: new Map(),
    ground: "#fff",
    words: "#000",
    line: "#888",
  });
  assert.equal(svg.match(/<g transform/g)?.length, 2);
  assert.equal(svg.match(/marker-end/g)?.length, PICTURE.edges.length);
  assert.ok(svg.includes("&lt;script&gt;&quot;&amp;"));
  assert.ok(!svg.includes("<script"));
});

for (const [name, badged, letters] of [
  ["nothing to say", null, []],
  ["a marking", { tlp: "amber+strict", revoked: false, confidence: 80 }, ["A+"]],
  ["everything", { tlp: "red", revoked: true, confidence: 10 }, ["R", "×", "?"]],
  ["an unknown marking", { tlp: "pink", revoked: false, confidence: null }, []],
] as const) {
  test(`badges of a node with ${name}`, () => {
    const svg = decodeURIComponent(imageOf("", badged).replace(/^[^,]*,/, ""));
    assert.deepEqual(
      [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, letter]) => letter),
      letters,
    );
  });
}
