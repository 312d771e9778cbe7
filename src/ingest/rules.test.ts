/** Goal: rules change or drop what they match, in their order, say so in the receipt, and never lose a valid record. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import { createMemoryStore, type Store } from "../store/index.ts";
import type { ObjectAction } from "./actions.ts";
import { type IngestionRule, prepareRecords } from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--6d0a9f0e-0001-4000-8000-000000000001",
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  pattern: "[ipv4-addr:value = '203.0.113.7']",
  pattern_type: "stix",
  valid_from: "2026-01-01T00:00:00Z",
  valid_until: "2026-06-01T00:00:00Z",
  confidence: 10,
  labels: ["seen"],
};

function rule(name: string, parts: Partial<IngestionRule>): IngestionRule {
  return { name, order: 1, enabled: true, actions: [], ...parts };
}

async function stored(
  objects: readonly object[],
  rules: readonly IngestionRule[],
): Promise<{ store: Store; json: Record<string, unknown>[]; receipt: unknown }> {
  const store = createMemoryStore();
  const requestId = "00000000-0000-4000-8000-000000000001";
  const { prepared } = prepareRecords({
    request: {
      requestId,
      workspaceId: WORKSPACE,
      receivedAt: "2026-11-22T10:00:00.000Z",
      generation: "v3",
      apiVersion: "",
      caller: { tenantId: "t", objectId: "o", appId: "a", userAgent: "" },
    },
    sourceSystem: "feed",
    records: objects.map((value) => ({ value, json: JSON.stringify(value) })),
    notes: [],
    validation: UPLOAD_VALIDATION,
    unrevoke: "allow",
    revoked: new Set(),
    rules,
  });
  await store.waitIndexed(await store.append(prepared));
  const { items } = await store.currentObjects({ workspaceId: WORKSPACE, limit: 10 });
  const receipt = await store.receipt(WORKSPACE, requestId);
  return { store, json: items.map(({ json }) => JSON.parse(json)), receipt };
}

describe("ingestion rules", () => {
  const cases: readonly (readonly [string, readonly ObjectAction[], Record<string, unknown>])[] = [
    [
      "labels are added once",
      [{ kind: "addLabels", labels: ["new", "seen"] }],
      { labels: ["seen", "new"] },
    ],
    [
      "the last label goes with the property",
      [{ kind: "removeLabels", labels: ["seen"] }],
      { labels: undefined },
    ],
    ["a confidence is set", [{ kind: "setConfidence", value: 90 }], { confidence: 90 }],
    [
      "validity is extended by whole days",
      [{ kind: "extendValidUntil", days: 10 }],
      { valid_until: "2026-06-11T00:00:00.000Z" },
    ],
    ["validity has no end", [{ kind: "setValidUntil", at: null }], { valid_until: undefined }],
    ["a record is revoked", [{ kind: "setRevoked", value: true }], { revoked: true }],
  ];
  for (const [title, actions, expected] of cases) {
    test(title, async () => {
      const { json } = await stored([INDICATOR], [rule("r", { actions })]);
      for (const [name, value] of Object.entries(expected)) {
        assert.deepEqual(json[0]?.[name], value);
      }
      assert.equal(json[0]?.["modified"], INDICATOR.modified);
    });
  }

  test("rules see what those before them made, whatever order they are given in", async () => {
    const { json, receipt } = await stored(
      [INDICATOR],
      [
        rule("second", {
          order: 2,
          condition: { kind: "confidence", from: 80 },
          actions: [{ kind: "addLabels", labels: ["sure"] }],
        }),
        rule("first", { order: 1, actions: [{ kind: "setConfidence", value: 85 }] }),
        rule("off", { enabled: false, actions: [{ kind: "addLabels", labels: ["off"] }] }),
        rule("other", {
          condition: { kind: "source", anyOf: ["another"] },
          actions: [{ kind: "addLabels", labels: ["other"] }],
        }),
      ],
    );
    assert.deepEqual(json[0]?.["labels"], ["seen", "sure"]);
    const { warnings } = receipt as {
      warnings: { warnings: { rule: string; message: string }[] }[];
    };
    assert.deepEqual(
      warnings[0]?.warnings.map((each) => [each.rule, each.message]),
      [
        ["ingestion.rule", 'The ingestion rule "first" changed confidence.'],
        ["ingestion.rule", 'The ingestion rule "second" changed labels.'],
      ],
    );
  });

  test("a dropped record is not stored, is no error, and stands in the receipt", async () => {
    const other = {
      ...INDICATOR,
      id: "indicator--6d0a9f0e-0001-4000-8000-000000000002",
      confidence: 50,
    };
    const { json, receipt } = await stored(
      [INDICATOR, other],
      [rule("too unsure", { condition: { kind: "confidence", to: 20 }, drop: true })],
    );
    assert.deepEqual(
      json.map(({ id }) => id),
      [other.id],
    );
    const { notes, outcome, counts } = receipt as {
      notes: string[];
      outcome: string;
      counts: { accepted: number; rejected: number };
    };
    assert.deepEqual(notes, [
      'The ingestion rule "too unsure" dropped record 0, indicator--6d0a9f0e-0001-4000-8000-000000000001.',
    ]);
    assert.deepEqual([outcome, counts.accepted, counts.rejected], ["accepted", 1, 0]);
  });

  test("a rule that would make a record invalid is left out, and the record kept as it came", async () => {
    const { json, receipt } = await stored(
      [INDICATOR],
      [rule("early", { actions: [{ kind: "setValidUntil", at: "2025-01-01T00:00:00Z" }] })],
    );
    assert.equal(json[0]?.["valid_until"], INDICATOR.valid_until);
    assert.match(JSON.stringify(receipt), /would have made the record invalid and was left out/);
  });

  test("an invalid record is rejected whatever the rules say", async () => {
    const { json } = await stored(
      [{ ...INDICATOR, confidence: 101 }],
      [rule("fix", { actions: [{ kind: "setConfidence", value: 1 }] })],
    );
    assert.deepEqual(json, []);
  });
});
