/** What every store must find, count and order when it is searched. */

import assert from "node:assert/strict";
import { requestOf } from "./samples.conformance.ts";
import type { SearchCondition, SearchSort } from "./search.ts";
import { expectFound, found, searched, text } from "./search-steps.conformance.ts";
import { ids, refusedWith, type StoreTest, take } from "./steps.conformance.ts";

const SORTED_TIMES = ["created", "modified", "valid_from", "valid_until"] as const;

const both = (...conditions: SearchCondition[]): SearchCondition => ({
  kind: "and",
  conditions,
});
const either = (...conditions: SearchCondition[]): SearchCondition => ({
  kind: "or",
  conditions,
});
const not = (condition: SearchCondition): SearchCondition => ({ kind: "not", condition });
const isRevoked: SearchCondition = { kind: "revoked", is: true };

/** Conditions on the three objects of a test, with what they find. */
const CONDITION_CASES: readonly (readonly [SearchCondition, string])[] = [
  [{ kind: "type", anyOf: ["indicator"] }, "a b"],
  [{ kind: "type", anyOf: ["indicator", "malware"] }, "a b c"],
  [{ kind: "type", anyOf: [] }, ""],
  [{ kind: "source", anyOf: ["Feed B"] }, "c"],
  [{ kind: "label", anyOf: ["x"] }, "a"],
  [{ kind: "label", anyOf: ["X", "y"] }, "a b c"],
  [{ kind: "id", anyOf: ["malware--c", "x"] }, "c"],
  [{ kind: "tlp", anyOf: ["red"] }, "a"],
  [{ kind: "tlp", anyOf: [null, "green"] }, "b c"],
  [{ kind: "confidence", from: 50 }, "a b"],
  [{ kind: "confidence", to: 50 }, "b c"],
  [{ kind: "confidence", from: 1, to: 89.5 }, "b"],
  [{ kind: "confidence" }, "a b c"],
  [{ kind: "created", from: "2026-01-01T00:00:00Z" }, "a b"],
  [{ kind: "created", before: "2026-01-02T00:00:00.500Z" }, "a"],
  [{ kind: "created", from: "2026-01-02T00:00:00.500Z" }, "b"],
  [{ kind: "created", from: "2026-01-02T01:00:00.5+01:00" }, "b"],
  [{ kind: "valid_until", before: "2030-01-01T00:00:00Z" }, "b"],
  [{ kind: "modified" }, ""],
  [{ kind: "updated", from: "2020-01-01T00:00:00Z" }, "a b c"],
  [{ kind: "ingested", before: "2020-01-01T00:00:00Z" }, ""],
  [isRevoked, "a"],
  [{ kind: "revoked", is: false }, "b c"],
  [{ kind: "active", at: "2026-01-15T00:00:00Z" }, "b c"],
  [{ kind: "active", at: "2026-02-01T00:00:00Z" }, "c"],
  [{ kind: "active", at: "2025-12-31T00:00:00Z" }, "c"],
  [{ kind: "name", startsWith: "ALPHA" }, "a b"],
  [{ kind: "name", startsWith: "alphab" }, "b"],
  [{ kind: "name", startsWith: "" }, "a b c"],
  [{ kind: "name", startsWith: `Beta${" long".repeat(20)}` }, "c"],
  [{ kind: "name", startsWith: `Beta${" long".repeat(20)}x` }, ""],
  [not({ kind: "name", startsWith: `Beta${" long".repeat(20)}x` }), "a b c"],
  [{ kind: "observable", value: "u" }, "a b"],
  [{ kind: "observable", key: "url:value", value: "u" }, "a"],
  [{ kind: "observable", value: "U" }, ""],
  [both(), "a b c"],
  [either(), ""],
  [not(isRevoked), "b c"],
  [both({ kind: "type", anyOf: ["indicator"] }, not(isRevoked)), "b"],
  [either(isRevoked, { kind: "confidence", to: 0 }), "a c"],
  [either({ kind: "source", anyOf: ["Feed B"] }, { kind: "label", anyOf: ["x"] }), "a c"],
  [both(either(isRevoked, text("beta")), { kind: "confidence", from: 1 }), "a"],
  [not(either(text("alpha"), { kind: "confidence", to: 0 })), "b"],
  [not(both(text("alpha"), { kind: "label", anyOf: ["x"] })), "b c"],
];

/** The tests by their names. */
export const SEARCH_TESTS: Readonly<Record<string, StoreTest>> = {
  "words are found whole, by their beginning, as a phrase and by obvious parts": async (store) => {
    const workspaceId = "words";
    const objects = [
      searched("indicator--a", { name: "Evil Host", pattern: "[ipv4-addr:value = '1.2.3.4']" }),
      searched("indicator--b", {
        name: "evil",
        pattern: "[domain-name:value = 'evil.example.com']",
      }),
      searched("indicator--c", {
        description: "Exploits CVE-2024-3094, host of evil.",
        labels: ["Żółć"],
      }),
      searched("malware--d", {
        name: "Other",
        external_references: [{ external_id: "T1566.001" }],
      }),
      searched("file--e", { hashes: { MD5: "D41D8CD98F00B204E9800998ECF8427E" } }),
      searched("url--f", { value: "https://login.evil.example/verify?id=7", aliases: ["evil"] }),
    ];
    await take(store, workspaceId, { objects });
    await take(store, "words-elsewhere", { objects });
    await expectFound(store, workspaceId, [
      [text("evil"), "a b c f"],
      [text("EVIL host"), "a c"],
      [text('"evil host"'), "a"],
      [text('"host of evil"'), "c"],
      [text('"host evil"'), ""],
      [text("1.2.3.4"), "a"],
      [text("1.2.*"), "a"],
      [text("1.2.3"), ""],
      [text("evil.example.com"), "b"],
      [text("example.com"), "b"],
      [text("cve-2024-3094"), "c"],
      [text("cve-2024*"), "c"],
      [text("żółć"), "c"],
      [text("zolc"), ""],
      [text("t1566.001"), "d"],
      [text("d41d8cd98f00b204e9800998ecf8427e"), "e"],
      [text("d41d*"), "e"],
      [text("https://login.evil.example/verify?id=7"), "f"],
      [text("login.evil.example/verify"), "f"],
      [text("verify evil"), "f"],
      [{ kind: "not", condition: text("evil") }, "d e"],
      [{ kind: "not", condition: text('"evil host"') }, "b c d e f"],
      [{ kind: "and", conditions: [text("evil"), { kind: "type", anyOf: ["url"] }] }, "f"],
      [{ kind: "or", conditions: [text("other"), text("d41d*")] }, "d e"],
    ]);
  },

  "a search finds what was acknowledged before it, indexed or not": async (store) => {
    const workspaceId = "at-once";
    for (let at = 0; at < 20; at += 1) {
      const objects = [searched(`indicator--${at}`, { labels: [`round ${at}`] })];
      await store.append(requestOf({ workspaceId, requestId: `at-once-${at}`, objects }));
      const condition = { kind: "label", anyOf: [`round ${at}`] } as const;
      assert.deepEqual(await found(store, { workspaceId, condition }), [String(at)]);
    }
  },

  "conditions compare every field, alone and together": async (store) => {
    const workspaceId = "conditions";
    const first = [
      searched(
        "indicator--a",
        {
          ...{ name: "Alpha", labels: ["x", "y"], confidence: 90, revoked: true },
          ...{ created: "2026-01-01T00:00:00Z", valid_from: "2026-01-01T00:00:00Z" },
        },
        { tlp: "red", observables: [{ key: "url:value", value: "u" }] },
      ),
      searched(
        "indicator--b",
        {
          ...{ name: "alphabet", labels: ["y"], confidence: 50, created: "2026-01-02T00:00:00.5Z" },
          ...{ valid_from: "2026-01-01T00:00:00Z", valid_until: "2026-02-01T00:00:00Z" },
        },
        { tlp: "green", observables: [{ key: "domain-name:value", value: "u" }] },
      ),
    ];
    const second = [
      searched("malware--c", { name: `Beta${" long".repeat(20)}`, labels: ["X"], confidence: 0 }),
    ];
    await take(store, workspaceId, { objects: first });
    await take(store, workspaceId, { sourceSystem: "Feed B", objects: second });
    await expectFound(store, workspaceId, CONDITION_CASES);
    assert.deepEqual(await store.countMatches({ workspaceId }), { count: 3, exact: true });
    assert.deepEqual(await store.countMatches({ workspaceId: "unknown" }), {
      count: 0,
      exact: true,
    });
    const all = { workspaceId, condition: both(), countMax: 2 };
    assert.deepEqual(await store.countMatches(all), { count: 2, exact: false });
  },

  "every order goes both ways, with what is missing first and equals by their change": async (
    store,
  ) => {
    const workspaceId = "orders";
    const instants = (at: number) =>
      Object.fromEntries(SORTED_TIMES.map((name) => [name, `202${at}-01-01T00:00:00.123456Z`]));
    await take(
      store,
      workspaceId,
      {
        sourceSystem: "Z",
        objects: [searched("tool--a", { name: "b", confidence: 5, ...instants(2) })],
      },
      {
        sourceSystem: "a",
        objects: [
          searched("tool--b", {}),
          searched("indicator--c", { name: "B", confidence: 5, ...instants(2) }),
        ],
      },
      {
        sourceSystem: "Z",
        objects: [searched("malware--d", { name: "ä", confidence: 70, ...instants(1) })],
      },
      { sourceSystem: "a", objects: [searched("tool--b", { description: "again" })] },
    );
    const cases: readonly (readonly [SearchSort, string])[] = [
      ["updated", "a c d b"],
      ["ingested", "a b c d"],
      ["created", "b d a c"],
      ["modified", "b d a c"],
      ["valid_from", "b d a c"],
      ["valid_until", "b d a c"],
      ["confidence", "b a c d"],
      ["name", "b a c d"],
      ["type", "c d a b"],
      ["source", "a d c b"],
    ];
    for (const [by, expected] of cases) {
      const upward = { workspaceId, sort: { by, direction: "ascending" } } as const;
      const downward = { workspaceId, sort: { by, direction: "descending" } } as const;
      for (const limit of [1, 2, 1000]) {
        assert.equal((await found(store, upward, limit)).join(" "), expected, by);
        assert.equal((await found(store, downward, limit)).toReversed().join(" "), expected, by);
      }
      const condition: SearchCondition = { kind: "type", anyOf: ["tool", "malware"] };
      const some = (await found(store, { ...upward, condition }, 1)).join(" ");
      assert.equal(some, expected.replace("c", "").replace("  ", " ").trim(), by);
    }
    assert.deepEqual(await found(store, { workspaceId }), ["b", "d", "c", "a"]);
  },

  "an object found is its current version, with the time of its first": async (store) => {
    const workspaceId = "hits";
    await take(
      store,
      workspaceId,
      { objects: [searched("tool--a", { name: "one", labels: ["l1"] })] },
      { objects: [searched("tool--a", { name: "two", labels: ["l2"] })] },
    );
    const [hit, ...others] = (await store.searchObjects({ workspaceId, limit: 10 })).items;
    assert.ok(hit);
    assert.deepEqual(others, []);
    const { firstIngestedAt, ...version } = hit;
    const [current, first] = await store.objectVersions(
      { workspaceId, sourceSystem: version.sourceSystem, stixId: "tool--a" },
      10,
    );
    assert.deepEqual(version, current);
    assert.equal(firstIngestedAt, first?.ingestedAt);
    await expectFound(store, workspaceId, [
      [text("one"), ""],
      [text("two"), "a"],
      [{ kind: "label", anyOf: ["l1"] }, ""],
      [{ kind: "name", startsWith: "one" }, ""],
    ]);
  },

  "pages of a search are stable while objects change": async (store) => {
    const workspaceId = "stable";
    const names = ["a", "b", "c", "d", "e", "f"];
    await take(store, workspaceId, {
      objects: names.map((name) => searched(`tool--${name}`, { name })),
    });
    const query = { workspaceId, limit: 2, sort: { by: "name", direction: "ascending" } } as const;
    const first = await store.searchObjects(query);
    assert.ok(first.next);
    await take(store, workspaceId, {
      objects: [
        searched("tool--a", { name: "zz" }),
        searched("tool--c", { name: "c", description: "changed" }),
        searched("tool--0", { name: "0" }),
      ],
    });
    const second = await store.searchObjects({ ...query, limit: 10, cursor: first.next });
    assert.deepEqual(ids(second.items), ["tool--c", "tool--d", "tool--e", "tool--f", "tool--a"]);
    assert.equal(second.next, null);
    const other = { ...query, condition: text("a"), cursor: first.next };
    await refusedWith("invalid_request", store.searchObjects(other));
    await refusedWith("invalid_request", store.searchObjects({ ...query, cursor: "x" }));
    await refusedWith("invalid_request", store.searchObjects({ ...query, limit: 1_001 }));
  },

  "broken conditions are refused": async (store) => {
    const workspaceId = "broken-conditions";
    const nested = (depth: number): SearchCondition =>
      depth === 0 ? text("x") : { kind: "not", condition: nested(depth - 1) };
    const many = (count: number): SearchCondition => ({
      kind: "and",
      conditions: Array.from({ length: count }, () => text("x")),
    });
    const broken: readonly SearchCondition[] = [
      text(""),
      text('"..."'),
      text("x ".repeat(600)),
      text("x ".repeat(33)),
      { kind: "created", from: "yesterday" },
      { kind: "active", at: "2026" },
      { kind: "confidence", from: Number.NaN },
      { kind: "name", startsWith: "x".repeat(257) },
      { kind: "id", anyOf: Array.from({ length: 1_001 }, String) },
      nested(17),
      many(201),
    ];
    for (const condition of broken) {
      await refusedWith(
        "invalid_request",
        store.searchObjects({ workspaceId, condition, limit: 1 }),
      );
      await refusedWith("invalid_request", store.countMatches({ workspaceId, condition }));
    }
    await refusedWith("invalid_request", store.countMatches({ workspaceId, countMax: 0 }));
    assert.deepEqual(await found(store, { workspaceId, condition: nested(16) }), []);
    assert.deepEqual(await found(store, { workspaceId, condition: many(200) }), []);
  },
};
