/** Goal: what is drawn of a graph is readable, hangs together, and leaves nothing out without saying so. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Graph, GraphEdge, GraphNode } from "../api/types.ts";
import { shortId } from "./address.ts";
import { keyOf, likenessOf } from "./folds.ts";
import { type Choice, mergeGraphs, type Picture, pictureOf, relationsOf } from "./model.ts";

function idOf(type: string, at: number): string {
  return `${type}--00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
}

const ACTOR = idOf("threat-actor", 1);
const AUTHOR = idOf("identity", 2);

function node(stixId: string): GraphNode {
  return { stixId, type: stixId.split("--")[0] ?? "", depth: 1, view: null };
}

function edge(source: string, relation: string, target: string, name?: string): GraphEdge {
  const isReference = relation.endsWith("_ref");
  return {
    source,
    target,
    relation,
    relationshipId: isReference ? null : (name ?? `relationship ${source} ${relation} ${target}`),
    objectId: isReference ? null : "object",
    confidence: null,
    revoked: false,
  };
}

function graphOf(
  nodes: readonly string[],
  edges: readonly GraphEdge[],
  more: Partial<Graph> = {},
): Graph {
  return { nodes: nodes.map(node), edges, groups: [], truncated: false, ...more };
}

const NONE: ReadonlySet<string> = new Set();
const CHOICE: Choice = {
  start: ACTOR,
  hiddenTypes: NONE,
  hiddenRelations: NONE,
  hiddenNodes: NONE,
  collapsed: NONE,
  openGroups: NONE,
  centres: new Set([ACTOR]),
  allReferences: false,
  kept: NONE,
};

/** An actor with some malware, which an author made; one piece of malware exploits a vulnerability. */
const [FIRST, SECOND, HOLE] = [idOf("malware", 3), idOf("malware", 4), idOf("vulnerability", 5)];
const SMALL = graphOf(
  [ACTOR, FIRST, SECOND, HOLE, AUTHOR],
  [
    edge(ACTOR, "uses", FIRST),
    edge(ACTOR, "uses", SECOND),
    edge(SECOND, "exploits", HOLE),
    edge(FIRST, "created_by_ref", AUTHOR),
  ],
);

const labels = ({ nodes }: Picture): readonly string[] => nodes.map(({ id }) => id);

describe("hiding", () => {
  for (const [name, choice, drawn, behind] of [
    ["authors of what is no centre", {}, [ACTOR, FIRST, SECOND, HOLE], 0],
    ["nothing", { allReferences: true }, [ACTOR, FIRST, SECOND, HOLE, AUTHOR], 0],
    ["a type and what hangs on it", { hiddenTypes: new Set(["malware"]) }, [ACTOR], 1],
    ["a relation", { hiddenRelations: new Set(["exploits"]) }, [ACTOR, FIRST, SECOND], 1],
    ["an object", { hiddenNodes: new Set([shortId(SECOND)]) }, [ACTOR, FIRST], 1],
    ["not the start", { hiddenTypes: new Set(["threat-actor"]) }, [ACTOR, FIRST, SECOND, HOLE], 0],
    [
      "not what is kept",
      { hiddenTypes: new Set(["vulnerability"]), kept: new Set([HOLE]) },
      [ACTOR, FIRST, SECOND, HOLE],
      0,
    ],
    [
      "leaves of what is collapsed",
      { collapsed: new Set([shortId(SECOND)]) },
      [ACTOR, FIRST, SECOND],
      0,
    ],
  ] as const) {
    test(name, () => {
      const picture = pictureOf(SMALL, { ...CHOICE, ...choice });
      assert.deepEqual(labels(picture), drawn);
      assert.equal(picture.behind, behind);
      const ids = new Set(drawn as readonly string[]);
      assert.ok(picture.edges.every(({ source, target }) => ids.has(source) && ids.has(target)));
    });
  }

  test("types and relations are counted, hidden ones as well", () => {
    const { types, relations } = pictureOf(SMALL, {
      ...CHOICE,
      hiddenTypes: new Set(["malware"]),
    });
    assert.deepEqual(types, [
      { name: "malware", count: 2 },
      { name: "threat-actor", count: 1 },
      { name: "vulnerability", count: 1 },
    ]);
    assert.deepEqual(relations, [
      { name: "uses", count: 2 },
      { name: "exploits", count: 1 },
    ]);
  });

  test("a collapsed object says how much hangs on it", () => {
    const picture = pictureOf(SMALL, { ...CHOICE, collapsed: new Set([shortId(SECOND)]) });
    assert.equal(picture.nodes.find(({ id }) => id === SECOND)?.folded, 1);
  });
});

describe("lines", () => {
  test("relations of one kind between the same two are one, with their number", () => {
    const graph = graphOf(
      [ACTOR, FIRST],
      [edge(ACTOR, "uses", FIRST, "r1"), edge(ACTOR, "uses", FIRST, "r2")],
    );
    const { edges } = pictureOf(graph, CHOICE);
    assert.deepEqual(
      edges.map(({ id, label }) => [id, label]),
      [["r1", "uses (2)"]],
    );
  });

  test("references, little confidence and revocation are told apart", () => {
    const graph = graphOf(
      [ACTOR, FIRST, AUTHOR],
      [
        { ...edge(ACTOR, "uses", FIRST), confidence: 29, revoked: true },
        edge(ACTOR, "created_by_ref", AUTHOR),
      ],
    );
    const { edges } = pictureOf(graph, CHOICE);
    assert.deepEqual(
      edges.map(({ relation, isReference, isWeak, revoked }) => [
        relation,
        isReference,
        isWeak,
        revoked,
      ]),
      [
        ["uses", false, true, true],
        ["created_by_ref", true, false, false],
      ],
    );
  });

  test("lists say them in words", () => {
    const picture = pictureOf(SMALL, CHOICE);
    assert.deepEqual(relationsOf(picture, SECOND), [
      "threat-actor (not stored here) uses → this",
      "exploits → vulnerability (not stored here)",
    ]);
  });
});

describe("groups", () => {
  const many = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => idOf("indicator", 100 + at));
  const star = (count: number, more: Partial<Graph> = {}): Graph =>
    graphOf(
      [ACTOR, ...many(count)],
      many(count).map((id) => edge(id, "indicates", ACTOR)),
      more,
    );
  const KEY = `${ACTOR} < indicates indicator`;
  const REST = { of: ACTOR, relation: "indicates", type: "indicator", outgoing: false, count: 20 };

  test("up to sixty objects are all drawn", () => {
    assert.equal(pictureOf(star(59), CHOICE).nodes.length, 60);
  });

  test("beyond, alike leaves are one node, with those that the server kept", () => {
    const { nodes, edges } = pictureOf(star(60, { groups: [REST] }), CHOICE);
    assert.deepEqual(
      nodes.map(({ id, label, count, members }) => [id, label, count, members]),
      [
        [ACTOR, "threat-actor (not stored here)", 1, null],
        [`group ${KEY}`, "indicator (80)", 80, "known"],
      ],
    );
    assert.deepEqual(
      edges.map(({ source, target, label }) => [source, target, label]),
      [[`group ${KEY}`, ACTOR, "indicates (60)"]],
    );
  });

  test("an open group shows its members, and what the server kept as one node", () => {
    const choice = { ...CHOICE, openGroups: new Set([KEY]) };
    const { nodes } = pictureOf(star(60, { groups: [REST] }), choice);
    assert.equal(nodes.length, 62);
    assert.deepEqual(
      [nodes.at(-1)?.id, nodes.at(-1)?.members, nodes.at(-1)?.label],
      [`rest ${KEY}`, "more", "indicator (20 more)"],
    );
  });

  test("what is kept is in no group", () => {
    const [kept = ""] = many(1);
    const { nodes } = pictureOf(star(70), { ...CHOICE, kept: new Set([kept]) });
    assert.deepEqual(
      nodes.map(({ id, count }) => [id, count]),
      [
        [ACTOR, 1],
        [kept, 1],
        [`group ${KEY}`, 69],
      ],
    );
  });

  test("more than five hundred objects are not drawn, and counted", () => {
    const { nodes, left } = pictureOf(star(600), { ...CHOICE, openGroups: new Set([KEY]) });
    assert.deepEqual([nodes.length, left], [500, 101]);
  });

  for (const [name, isWhole, added, count] of [
    ["fewer are left", false, 15, 5],
    ["one at least is left while the server has a next page", false, 40, 1],
    ["none is left after the last page", true, 20, undefined],
  ] as const) {
    test(`of a group that was paged, ${name}`, () => {
      const fresh = Array.from({ length: added }, (_, at) => idOf("indicator", 900 + at));
      const { nodes, groups } = mergeGraphs(
        [star(60, { groups: [REST] })],
        [
          {
            key: KEY,
            nodes: [...many(60), ...fresh].map(node),
            edges: fresh.map((id) => edge(id, "indicates", ACTOR)),
            isWhole,
          },
        ],
      );
      assert.equal(nodes.length, 61 + added);
      assert.equal(groups[0]?.count, count);
    });
  }

  test("keys are read back, whatever a relation is called", () => {
    for (const relation of ["uses", "x_my ref", "a > b"]) {
      const likeness = { of: ACTOR, relation, type: "indicator", outgoing: true };
      assert.deepEqual(likenessOf(keyOf(likeness)), likeness);
    }
    for (const key of ["", "x", `${ACTOR} uses indicator`]) {
      assert.equal(likenessOf(key), null);
    }
  });
});

test("neighbourhoods are put together; what is stored wins over what is only named", () => {
  const view = { title: "known" } as GraphNode["view"];
  const merged = mergeGraphs([
    graphOf([ACTOR, FIRST], [edge(ACTOR, "uses", FIRST)], { truncated: true }),
    { ...graphOf([], [edge(ACTOR, "uses", FIRST)]), nodes: [{ ...node(FIRST), view }] },
  ]);
  assert.deepEqual(
    merged.nodes.map(({ stixId, view: seen }) => [stixId, seen?.title]),
    [
      [ACTOR, undefined],
      [FIRST, "known"],
    ],
  );
  assert.deepEqual([merged.edges.length, merged.truncated], [1, true]);
});
