/** Goal: tabs, history, the tree of tables and the words that are refused behave as their lists say. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withRun } from "./history.ts";
import { isAnswered, refusals, refusedBy } from "./refused-words.ts";
import { OPEN_AT_FIRST, schemaRows, steer } from "./schema-rows.ts";
import {
  FIRST_TEXT,
  firstTabs,
  readTabs,
  withChange,
  withLinked,
  withoutTab,
  withTab,
} from "./tabs.ts";

describe("tabs", () => {
  test("a link takes the tab that has its text, then an unused one, then a new one", () => {
    const first = withLinked(firstTabs(), "T", "P1D");
    assert.deepEqual(first, {
      tabs: [{ id: "1", name: "Query 1", text: "T", span: "P1D" }],
      at: "1",
    });
    const second = withLinked(first, "U", "");
    assert.deepEqual(
      second.tabs.map(({ id, name, text }) => [id, name, text]),
      [
        ["1", "Query 1", "T"],
        ["2", "Query 2", "U"],
      ],
    );
    assert.deepEqual([second.at, withLinked(second, "T", "").at], ["2", "1"]);
  });

  test("a closed tab gives way to its neighbour; the last one stays", () => {
    const three = withTab(withTab(firstTabs(), "b", ""), "c", "");
    assert.equal(withoutTab(three, "3").at, "2");
    assert.equal(withoutTab({ ...three, at: "1" }, "1").at, "2");
    assert.equal(withoutTab(three, "1").at, "3");
    assert.deepEqual(withoutTab(firstTabs(), "1"), firstTabs());
  });

  test("names are free ones, and there are at most twenty tabs", () => {
    let tabs = firstTabs();
    for (let count = 0; count < 30; count += 1) {
      tabs = withTab(tabs, String(count), "");
    }
    assert.equal(tabs.tabs.length, 20);
    assert.equal(new Set(tabs.tabs.map(({ name }) => name)).size, 20);
    assert.equal(tabs.tabs.at(-1)?.text, "29");
  });

  for (const [name, stored, expected] of [
    ["nothing", null, null],
    ["nonsense", "{", null],
    ["no tab", '{"tabs":[]}', null],
    ["half a tab", '{"tabs":[{"id":"1"}],"at":"1"}', null],
    ["tabs", JSON.stringify(firstTabs()), "1"],
    ["a front that is gone", JSON.stringify({ ...firstTabs(), at: "9" }), "1"],
  ] as const) {
    test(`${name} in the store`, () => {
      assert.equal(readTabs(stored)?.at ?? null, expected);
    });
  }

  test("a change is of one tab", () => {
    const { tabs } = withChange(withTab(firstTabs(), "b", ""), "2", { name: "Mine" });
    assert.deepEqual(
      tabs.map(({ name, text }) => [name, text]),
      [
        ["Query 1", FIRST_TEXT],
        ["Mine", "b"],
      ],
    );
  });
});

describe("history", () => {
  const run = (query: string, isStarred = false) => ({
    query,
    span: "",
    at: "",
    rows: 1,
    isStarred,
  });
  test("a query stands once, in front, and keeps its star", () => {
    const runs = withRun([run("a"), run("b", true)], { query: "b", span: "", at: "now", rows: 2 });
    assert.deepEqual(
      runs.map(({ query, rows, isStarred }) => [query, rows, isStarred]),
      [
        ["b", 2, true],
        ["a", 1, false],
      ],
    );
  });

  test("the oldest go, but for those with a star", () => {
    let runs: ReturnType<typeof withRun> = [run("kept", true)];
    for (let at = 0; at < 150; at += 1) {
      runs = withRun(runs, run(String(at)));
    }
    assert.equal(runs.length, 101);
    assert.equal(runs.at(-1)?.query, "kept");
  });
});

describe("the tree of what queries can name", () => {
  const catalogue = {
    tables: [
      { name: "Threats", origin: "intelligence", columns: [{ name: "Id", type: "string" }] },
      { name: "Logs", origin: "documented", columns: [{ name: "User Id", type: "string" }] },
    ],
    functions: [{ name: "Recent", parameters: "(days: long = 7)", body: "Threats" }],
  };
  const watchlists = [{ alias: "vip", displayName: "V", columns: ["Name"], items: 1_200 }];
  const rows = (open: ReadonlySet<string>, words = "") =>
    schemaRows(catalogue, watchlists, { open, words });
  const names = (all: ReturnType<typeof rows>) => all.map(({ level, name }) => `${level} ${name}`);

  test("groups with something in them, the first ones open", () => {
    assert.deepEqual(names(rows(OPEN_AT_FIRST)), [
      "1 Intelligence",
      "2 Threats",
      "1 Microsoft's tables",
      "1 Functions",
      "1 Watchlists",
    ]);
  });

  test("words show what has them, opened", () => {
    assert.deepEqual(names(rows(new Set(), "id")), [
      "1 Intelligence",
      "2 Threats",
      "3 Id",
      "1 Microsoft's tables",
      "2 Logs",
      "3 User Id",
    ]);
    assert.deepEqual(rows(new Set(), "nothing of this"), []);
  });

  test("what is put into the query can stand there", () => {
    const all = rows(new Set(["documented", "table Logs", "functions", "watchlists"]));
    assert.deepEqual(
      all.flatMap(({ insert }) => insert ?? []),
      ["Logs", '["User Id"]', "Recent(days)", '_GetWatchlist("vip")'],
    );
  });

  test("arrows walk, open and close", () => {
    const all = rows(OPEN_AT_FIRST);
    for (const [at, key, expected] of [
      [0, "ArrowDown", { at: 1, toggle: null }],
      [0, "ArrowUp", { at: 0, toggle: null }],
      [0, "ArrowLeft", { at: 0, toggle: "intelligence" }],
      [1, "ArrowRight", { at: 1, toggle: "table Threats" }],
      [1, "ArrowLeft", { at: 0, toggle: null }],
      [0, "End", { at: 4, toggle: null }],
      [2, "x", null],
    ] as const) {
      assert.deepEqual(steer(all, at, key), expected, `${at} ${key}`);
    }
  });
});

describe("words that the server refuses", () => {
  const words = refusedBy(
    {
      operators: ["extend", "where"],
      plugins: ["narrow"],
      functions: ["strcat"],
      aggregates: ["count"],
      refused: [{ name: "rand", reason: "it is not the same twice" }],
    },
    {
      functions: ["strcat", "rand", "series_fft", "mine"],
      aggregates: ["count", "hll"],
      plugins: ["narrow", "autocluster"],
    },
    ["mine"],
  );
  const TEXT = "T | facet by rand() | extend strcat()";
  const at = (word: string, kind: string) => ({
    start: TEXT.indexOf(word),
    length: word.length,
    kind,
  });

  test("are those of the language that it does not list, saved functions aside", () => {
    assert.deepEqual([...words.refused.keys()], ["rand", "series_fft", "hll", "autocluster"]);
    assert.equal(words.refused.get("rand"), "it is not the same twice");
  });

  test("are marked in a text, with the reason", () => {
    const found = refusals(
      TEXT,
      [
        at("facet", "QueryOperator"),
        at("rand", "Function"),
        at("extend", "QueryOperator"),
        at("strcat", "Function"),
        at("T", "Table"),
      ],
      words,
    );
    assert.deepEqual(
      found.map(({ start, message }) => [start, message]),
      [
        [4, "The operator facet is not supported: it is not part of this server."],
        [13, "rand() is not supported: it is not the same twice."],
      ],
    );
  });

  for (const [kind, match, expected] of [
    ["BuiltInFunction", "rand", false],
    ["BuiltInFunction", "strcat", true],
    ["AggregateFunction", "hll", false],
    ["QueryPrefix", "facet", false],
    ["QueryPrefix", "where", true],
    ["QueryPrefix", "let", true],
    ["Column", "rand", true],
  ] as const) {
    test(`${match} as ${kind} is ${expected ? "" : "not "}offered`, () => {
      const suggestion = { kind, match, label: match, before: match, after: "" };
      assert.equal(isAnswered(suggestion, words), expected);
    });
  }
});
