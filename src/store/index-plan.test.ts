/** Goal: a batch of requests has the same effect on the index however the log is cut into batches. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Counters,
  type IndexPlan,
  type LoggedRequest,
  type ObjectState,
  planIndex,
  wantedObjects,
} from "./index-plan.ts";
import { factsOf } from "./samples.conformance.ts";
import { identityKey } from "./term.ts";

const START: Counters = { sequence: 0, change: 0, object: 0 };

/** A record told by a few letters: `a1` is the text 1 of object a. */
function recordOf(text: string, place: number, type: string): LoggedRequest["records"][number] {
  const [stixId = "", content = ""] = text;
  const deleted = content === "-" ? ({ deleted: true } as const) : {};
  return { place, facts: factsOf({ stixId, type, ...deleted }), content: Buffer.from(content) };
}

function requestOf(sequence: number, records: string, type = "indicator"): LoggedRequest {
  const texts = records.split(" ").filter((text) => text !== "");
  return {
    ...{ sequence, workspace: 1, source: 2 },
    records: texts.map((text, place) => recordOf(text, place, type)),
  };
}

test("a plan says what is new, what changes and what stays", () => {
  const first = planIndex([requestOf(1, "a1 b1")], new Map(), START);
  assert.deepEqual(first.counters, { sequence: 1, change: 2, object: 2 });
  assert.deepEqual(
    first.created.map(({ id, stixId, change }) => [id, stixId, change]),
    [
      [1, "a", 1],
      [2, "b", 2],
    ],
  );
  assert.deepEqual(first.growth, [{ workspace: 1, type: "indicator", by: 2 }]);
  const stored = new Map(first.created.map((state) => [identityKey(1, 2, state.stixId), state]));
  const next = [requestOf(2, "a1 b2 c1", "malware"), requestOf(3, ""), requestOf(4, "b1 b1")];
  const second = planIndex(next, stored, first.counters);
  assert.deepEqual(second.counters, { sequence: 4, change: 5, object: 3 });
  assert.deepEqual(
    second.updated.map(({ id, stixId, change, type }) => [id, stixId, change, type]),
    [[2, "b", 5, "indicator"]],
  );
  assert.deepEqual(
    second.created.map(({ id, stixId }) => [id, stixId]),
    [[3, "c"]],
  );
  assert.deepEqual(
    second.versions.map(({ change, object, sequence, record }) => [
      ...[change, object.stixId, sequence, record],
    ]),
    [
      [3, "b", 2, 1],
      [4, "c", 2, 2],
      [5, "b", 4, 0],
    ],
  );
  assert.deepEqual(second.results, [
    { sequence: 2, counts: { created: 1, updated: 1, unchanged: 1 } },
    { sequence: 3, counts: { created: 0, updated: 0, unchanged: 0 } },
    { sequence: 4, counts: { created: 0, updated: 1, unchanged: 1 } },
  ]);
  assert.deepEqual(second.growth, [{ workspace: 1, type: "malware", by: 1 }]);
});

test("keys are looked up once, in the order of their hashes", () => {
  const wanted = wantedObjects([requestOf(1, "a1 b1 a2 c1"), requestOf(2, "b2 d1")]);
  assert.deepEqual(wanted.map(({ stixId }) => stixId).sort(), ["a", "b", "c", "d"]);
  const hashes = wanted.map(({ hash }) => hash);
  assert.deepEqual(
    hashes,
    hashes.toSorted((a, b) => a - b),
  );
});

/** Applies a log batch by batch, as the indexer would with a database. */
function indexOf(log: readonly LoggedRequest[], batchSize: number): unknown {
  const states = new Map<string, ObjectState>();
  const counts = new Map<string, number>();
  const plans: IndexPlan[] = [];
  let counters = START;
  for (let at = 0; at < log.length; at += batchSize) {
    const plan = planIndex(log.slice(at, at + batchSize), states, counters);
    for (const state of [...plan.created, ...plan.updated]) {
      states.set(identityKey(state.workspace, state.source, state.stixId), state);
    }
    for (const { type, by } of plan.growth) {
      counts.set(type, (counts.get(type) ?? 0) + by);
    }
    plans.push(plan);
    counters = plan.counters;
  }
  const versions = plans.flatMap((plan) => plan.versions);
  const results = plans.flatMap((plan) => plan.results);
  const sorted = [...counts].filter(([, count]) => count > 0).sort();
  return { counters, states: [...states].sort(), versions, results, counts: sorted };
}

test("how the log is cut into batches makes no difference", () => {
  const record = fc.constantFrom("a1", "a2", "b1", "b2", "c1");
  const request = fc.tuple(
    fc.array(record, { maxLength: 5 }),
    fc.constantFrom("indicator", "malware"),
  );
  fc.assert(
    fc.property(
      fc.array(request, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (log, size) => {
        const requests = log.map(([records, type], at) =>
          requestOf(at + 1, records.join(" "), type),
        );
        assert.deepEqual(indexOf(requests, size), indexOf(requests, requests.length || 1));
      },
    ),
  );
});

test("a deletion is planned like a change, and only of what is there", () => {
  const first = planIndex(
    [requestOf(1, "a1 b1"), requestOf(2, "a- c-"), requestOf(3, "a-")],
    new Map(),
    START,
  );
  assert.deepEqual(
    first.results.map(({ counts }) => [counts.created, counts.updated, counts.unchanged]),
    [
      [2, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ],
  );
  assert.deepEqual(first.growth, [{ workspace: 1, type: "indicator", by: 1 }]);
  const stored = new Map(first.created.map((state) => [identityKey(1, 2, state.stixId), state]));
  const again = planIndex([requestOf(4, "a1 b-")], stored, first.counters);
  assert.deepEqual(
    again.updated.map(({ id, deleted, change }) => [id, deleted, change]),
    [
      [1, false, 4],
      [2, true, 5],
    ],
  );
  assert.deepEqual(again.results[0]?.counts, { created: 1, updated: 1, unchanged: 0 });
  assert.deepEqual(again.growth, []);
});
