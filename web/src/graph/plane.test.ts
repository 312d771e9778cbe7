/** Goal: walks find the shortest way, layouts are the same every time and keep nodes apart, labels do not overlap. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Label, MUST_RANK, writtenLabels } from "./labels.ts";
import { FIXED_LAYOUTS, layoutOf, type Placed } from "./layouts.ts";
import { besideNode, distances, shortestWay } from "./walks.ts";

const edges = (...pairs: readonly string[]) =>
  pairs.map((pair) => {
    const [source = "", target = ""] = pair.split(" ");
    return { id: pair, source, target };
  });

describe("walks", () => {
  const NET = edges("a b", "b c", "c d", "d e", "a f", "f e", "x y");
  for (const [from, to, expected] of [
    ["a", "e", { nodes: ["a", "f", "e"], edges: ["a f", "f e"] }],
    ["e", "a", { nodes: ["e", "f", "a"], edges: ["f e", "a f"] }],
    ["a", "a", { nodes: ["a"], edges: [] }],
    ["a", "x", null],
    ["nobody", "a", null],
  ] as const) {
    test(`the way from ${from} to ${to}`, () => {
      assert.deepEqual(shortestWay(NET, from, to), expected);
    });
  }

  test("a way is as long as the distance, wherever there is one", () => {
    const name = fc.constantFrom(..."abcdefgh");
    const net = fc.array(fc.tuple(name, name), { maxLength: 20 });
    fc.assert(
      fc.property(net, name, name, (pairs, from, to) => {
        const lines = pairs.map(([source, target], at) => ({ id: String(at), source, target }));
        const way = shortestWay(lines, from, to);
        assert.equal(way?.edges.length, distances(lines, [from]).get(to));
      }),
    );
  });

  test("distances are counted from every start", () => {
    assert.deepEqual(
      [...distances(NET, ["a", "x"])],
      [
        ["a", 0],
        ["x", 0],
        ["b", 1],
        ["f", 1],
        ["y", 1],
        ["c", 2],
        ["e", 2],
        ["d", 3],
      ],
    );
  });

  test("what is beside a node", () => {
    assert.deepEqual([...besideNode(NET, "e")], ["d", "f"]);
  });
});

describe("layouts", () => {
  const TYPES = ["malware", "indicator", "identity"] as const;
  function tree(count: number): Placed {
    const ids = Array.from({ length: count }, (_, at) => `n${at}`);
    return {
      start: "n0",
      nodes: ids.map((id, at) => ({ id, type: TYPES[at % 3] ?? "" })),
      edges: ids.slice(1).map((id, at) => ({
        id: `e${at}`,
        source: ids[Math.floor(at / 7)] ?? "",
        target: id,
      })),
    };
  }
  for (const name of ["layers", "rings", "types"] as const) {
    for (const count of [1, 2, 9, 60, 300]) {
      test(`${name} of ${count} are the same every time, and apart`, () => {
        const places = FIXED_LAYOUTS[name](tree(count));
        assert.deepEqual(places, FIXED_LAYOUTS[name](tree(count)));
        assert.equal(places.size, count);
        const all = [...places.values()];
        assert.ok(all.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
        const near = all.filter(({ x, y }, at) =>
          all.some((other, place) => place > at && Math.hypot(other.x - x, other.y - y) < 20),
        );
        assert.deepEqual(near, []);
      });
    }
  }

  test("in layers what is further away stands lower", () => {
    const places = FIXED_LAYOUTS.layers(tree(30));
    const top = (id: string): number => places.get(id)?.y ?? Number.NaN;
    assert.ok(top("n0") < top("n1") && top("n7") < top("n8"));
  });

  test("an address that names none asks for forces", () => {
    assert.deepEqual(["rings", "nothing", undefined].map(layoutOf), ["rings", "force", "force"]);
  });
});

describe("labels", () => {
  const label = (id: string, left: number, rank: number): Label => ({
    id,
    rank,
    box: { left, right: left + 100, top: 0, bottom: 12 },
  });
  for (const [name, labels, discs, expected] of [
    ["apart are both written", [label("a", 0, 1), label("b", 120, 1)], [], ["a", "b"]],
    ["that overlap: the higher rank is", [label("a", 0, 1), label("b", 50, 2)], [], ["b"]],
    [
      "that must be are, whatever they cover",
      [label("a", 0, MUST_RANK), label("b", 50, MUST_RANK)],
      [],
      ["a", "b"],
    ],
    [
      "over a strange disc are not, over their own they are",
      [label("a", 0, 1), label("b", 200, 1)],
      [
        { id: "a", box: { left: 0, right: 30, top: 0, bottom: 30 } },
        { id: "c", box: { left: 210, right: 240, top: 0, bottom: 30 } },
      ],
      ["a"],
    ],
  ] as const) {
    test(`labels ${name}`, () => {
      assert.deepEqual([...writtenLabels(labels, discs)].sort(), expected);
    });
  }
});
