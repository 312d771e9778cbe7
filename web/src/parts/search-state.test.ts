/** Goal: what the list of intelligence is asked comes whole out of its address, and means one condition. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  asValues,
  conditionOf,
  isAsked,
  isSameSearch,
  listOf,
  type SearchState,
  searchStateOf,
  sortOf,
  viewSearchOf,
} from "./search-state.ts";

const NOW = new Date("2026-11-22T10:00:00.000Z");
const ID = "indicator--6D0A9F0E-0001-4000-8000-000000000001";

describe("conditions", () => {
  for (const [name, state, expected] of [
    ["a type", { type: "malware" }, { kind: "type", anyOf: ["malware"] }],
    ["several sources", { source: ["a", "b"] }, { kind: "source", anyOf: ["a", "b"] }],
    ["no marking", { tlp: ["none", "red"] }, { kind: "tlp", anyOf: [null, "red"] }],
    ["what is active", { state: "active" }, { kind: "active", at: NOW.toISOString() }],
    ["what is revoked", { state: "revoked" }, { kind: "revoked", is: true }],
    [
      "what is inactive",
      { state: "inactive" },
      { kind: "not", condition: { kind: "active", at: NOW.toISOString() } },
    ],
    ["words", { text: " evil example " }, { kind: "text", words: "evil example" }],
    ["an id", { text: ID }, { kind: "id", anyOf: [ID.toLowerCase()] }],
    [
      "a built condition with a relative instant",
      { where: '{"kind":"created","from":"now-7d"}' },
      { kind: "created", from: "2026-11-15T10:00:00.000Z" },
    ],
  ] as const) {
    test(name, () => {
      assert.deepEqual(conditionOf(state as SearchState, NOW), {
        kind: "and",
        conditions: [expected],
      });
    });
  }

  for (const [name, state] of [
    ["nothing", {}],
    ["no word", { text: " -- " }],
    ["a broken condition", { where: "{" }],
    ["an unknown state", { state: "happy" }],
  ] as const) {
    test(`${name} asks nothing`, () => {
      assert.equal(conditionOf(state, NOW), undefined);
    });
  }
});

describe("addresses", () => {
  for (const [name, raw, expected] of [
    ["one value of a list", { type: ["malware"] }, { type: "malware" }],
    ["several", { label: ["a", "b"] }, { label: ["a", "b"] }],
    ["a number that was meant as a word", { text: 42 }, { text: "42" }],
    ["empty and strange parts", { text: "", nonsense: "x", source: null }, {}],
    [
      "a condition as a tree",
      { where: { kind: "revoked", is: true } },
      { where: '{"kind":"revoked","is":true}' },
    ],
  ] as const) {
    test(name, () => {
      assert.deepEqual(searchStateOf(raw), expected);
    });
  }

  test("a view keeps what is asked, not what is open", () => {
    const state = { type: "malware", sort: "name", open: "x", view: "Mine" };
    assert.deepEqual(viewSearchOf(state), { type: "malware", sort: "name" });
    assert.equal(isSameSearch(viewSearchOf(state), { sort: "name", type: "malware" }), true);
    assert.equal(isSameSearch({ type: "malware" }, { type: "tool" }), false);
  });

  test("an order alone narrows nothing", () => {
    assert.deepEqual([{ sort: "name" }, { tlp: "red" }].map(isAsked), [false, true]);
  });

  for (const [state, expected] of [
    [{}, { by: "updated", direction: "descending" }],
    [
      { sort: "name", direction: "ascending" },
      { by: "name", direction: "ascending" },
    ],
    [
      { sort: "colour", direction: "up" },
      { by: "updated", direction: "descending" },
    ],
  ] as const) {
    test(`the order of ${JSON.stringify(state)}`, () => {
      assert.deepEqual(sortOf(state), expected);
    });
  }

  test("one value stands for a list of one", () => {
    assert.deepEqual([listOf(undefined), listOf("a"), listOf(["a", "b"])], [[], ["a"], ["a", "b"]]);
    assert.deepEqual(
      [asValues([]), asValues(["a"]), asValues(["a", "b"])],
      [undefined, "a", ["a", "b"]],
    );
  });
});
