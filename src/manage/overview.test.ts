/** Goal: the overview's figures are those of the lists they lead to, and rules tell what they would do and did. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import type { IngestionRule } from "../ingest/index.ts";
import {
  createMemoryStore,
  type DocumentStore,
  openSqliteDocumentStore,
  type Store,
} from "../store/index.ts";
import { prepareObjects, settled } from "./context.ts";
import {
  type Acting,
  changesOf,
  createRules,
  type ManageParts,
  overviewOf,
  type Rules,
  type StixObject,
} from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";

describe("overview and rules", () => {
  let store: Store;
  let documents: DocumentStore;
  let parts: ManageParts;
  let rules: Rules;
  let now = new Date("2026-11-22T10:30:00.000Z");
  let requests = 0;
  beforeEach(() => {
    now = new Date("2026-11-22T10:30:00.000Z");
    store = createMemoryStore({ clock: () => now });
    documents = openSqliteDocumentStore({ file: ":memory:", now: () => now });
    parts = { store, documents, validation: UPLOAD_VALIDATION, now: () => now };
    rules = createRules(parts);
    requests = 0;
  });
  afterEach(async () => {
    await store.close();
    await documents.close();
  });

  function acting(): Acting {
    requests += 1;
    return {
      workspaceId: WORKSPACE,
      actor: { id: "p", name: "Ada" },
      caller: { tenantId: "t", objectId: "o", appId: "app", userAgent: "misp" },
      requestId: `00000000-0000-4000-8000-${String(requests).padStart(12, "0")}`,
    };
  }

  async function send(sourceSystem: string, objects: readonly StixObject[]): Promise<void> {
    const { prepared } = prepareObjects(parts, acting(), { sourceSystem, objects, notes: [] });
    await settled(parts, await store.append(prepared));
  }

  function indicator(at: number, more: object = {}): StixObject {
    return {
      type: "indicator",
      spec_version: "2.1",
      id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
      created: "2026-01-01T00:00:00.000Z",
      modified: "2026-01-01T00:00:00.000Z",
      pattern: "[ipv4-addr:value = '203.0.113.7']",
      pattern_type: "stix",
      valid_from: "2026-01-01T00:00:00Z",
      ...more,
    };
  }

  test("what there is and what came, hour by hour, with faults and silent sources", async () => {
    await send("old feed", [indicator(1), indicator(2)]);
    now = new Date("2026-11-24T10:30:00.000Z");
    await send("feed", [
      indicator(3, { object_marking_refs: [GREEN] }),
      indicator(4, { confidence: 200 }),
    ]);
    const { total, types, sources, tlps, intake } = await overviewOf(parts, WORKSPACE);
    assert.equal(total, 3);
    assert.deepEqual(types, [{ value: "indicator", count: 3 }]);
    assert.deepEqual(sources, [
      { value: "old feed", count: 2 },
      { value: "feed", count: 1 },
    ]);
    assert.deepEqual(tlps, [
      { value: null, count: 2 },
      { value: "green", count: 1 },
    ]);
    assert.equal(intake.complete, true);
    assert.equal(intake.since, "2026-11-23T10:30:00.000Z");
    assert.equal(intake.hours.length, 24);
    assert.deepEqual(intake.hours.at(-1), {
      from: "2026-11-24T10:00:00.000Z",
      requests: 1,
      accepted: 1,
      rejected: 1,
      throttled: 0,
    });
    assert.equal(intake.faults.length, 1);
    assert.deepEqual(intake.throttled, []);
    assert.deepEqual(intake.lastSent, [
      { source: "feed", at: "2026-11-24T10:30:00.000Z" },
      { source: "old feed", at: "2026-11-22T10:30:00.000Z" },
    ]);
  });

  test("what changed in a day, what is active, what ends within a week", async () => {
    await send("old feed", [indicator(1), indicator(2, { revoked: true })]);
    now = new Date("2026-11-24T10:30:00.000Z");
    await send("feed", [
      indicator(3, { valid_until: "2026-11-25T00:00:00Z" }),
      indicator(4, { object_marking_refs: [GREEN] }),
    ]);
    const { since, changed, active, ending, types, sources, tlps } = await changesOf(
      parts,
      WORKSPACE,
    );
    assert.equal(since, "2026-11-23T10:30:00.000Z");
    assert.deepEqual(changed, { count: 2, exact: true });
    assert.deepEqual(active, { count: 3, exact: true });
    assert.deepEqual(ending, { count: 1, exact: true });
    assert.deepEqual(types, [{ value: "indicator", count: 2, exact: true }]);
    assert.deepEqual(sources, [{ value: "feed", count: 2, exact: true }]);
    assert.deepEqual(tlps, [
      { value: "green", count: 1, exact: true },
      { value: null, count: 1, exact: true },
    ]);
  });

  test("of more changes than are looked at, each value is counted", async () => {
    for (let from = 0; from < 1_100; from += 100) {
      const objects = Array.from({ length: 100 }, (_each, at) => indicator(from + at));
      await send(from === 0 ? "small" : "big", objects);
    }
    const { changed, sources, tlps } = await changesOf(parts, WORKSPACE);
    assert.deepEqual(changed, { count: 1_100, exact: true });
    assert.deepEqual(sources, [
      { value: "big", count: 1_000, exact: true },
      { value: "small", count: 100, exact: true },
    ]);
    assert.deepEqual(tlps, [{ value: null, count: 1_100, exact: true }]);
  });

  const rule = (name: string, more: object = {}): IngestionRule =>
    ({
      name,
      enabled: true,
      order: 10,
      actions: [{ kind: "addLabels", labels: ["seen"] }],
      ...more,
    }) as IngestionRule;

  test("a trial tells object by object what would be different", async () => {
    await send("feed", [indicator(1, { name: "One" }), indicator(2, { labels: ["seen"] })]);
    const trial = await rules.test(WORKSPACE, rule("test"), 10);
    assert.deepEqual([trial.tested, trial.changed, trial.dropped], [2, 1, 0]);
    const [sample] = trial.samples;
    assert.deepEqual([sample?.type, sample?.title], ["indicator", "One"]);
    assert.deepEqual(sample?.changes, [
      { kind: "added", path: "/labels", before: undefined, after: ["seen"] },
    ]);
    const one = await rules.test(WORKSPACE, rule("test", { actions: [], drop: true }), 1);
    assert.deepEqual([one.tested, one.dropped], [1, 1]);
  });

  test("an order names every rule once, and is kept as a whole", async () => {
    for (const [at, name] of ["a", "b", "c"].entries()) {
      await rules.save(acting(), rule(name, { order: at }), undefined);
    }
    const ordered = await rules.reorder(acting(), ["c", "a", "b"]);
    assert.deepEqual(
      ordered.map(({ name, order }) => [name, order]),
      [
        ["c", 10],
        ["a", 20],
        ["b", 30],
      ],
    );
    for (const names of [
      ["a", "b"],
      ["a", "b", "b"],
      ["a", "b", "d"],
      ["a", "b", "c", "c"],
    ]) {
      await assert.rejects(rules.reorder(acting(), names), {
        code: "invalid_request",
        field: "names",
      });
    }
  });
});
