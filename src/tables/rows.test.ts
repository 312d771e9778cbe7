/** Goal: a version of an object gives exactly the rows that Sentinel's tables would show of it, as literals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { indicatorRows, objectRow, type VersionInput } from "./rows.ts";

const FACTS: VersionInput["facts"] = {
  type: "indicator",
  created: "2026-10-01T08:00:00.000Z",
  modified: "2026-10-02T09:30:00.123456Z",
  validFrom: "2026-10-01T00:00:00Z",
  validUntil: "2026-12-31T23:59:59Z",
  confidence: 85,
  tlp: "green",
  labels: ["loader", "tls, 8443"],
  observables: [{ key: "ipv4-addr:value", value: "203.0.113.7" }],
};

const VERSION: VersionInput = {
  sourceSystem: "Feed é",
  stixId: "indicator--0c7e22ad-b099-4dc3-b0df-2ea3f49ae2e6",
  ingestedAt: "2026-11-01T10:00:00.250Z",
  revoked: false,
  facts: FACTS,
  json: `{ "type": "indicator", "id": "indicator--0c7e22ad-b099-4dc3-b0df-2ea3f49ae2e6",
    "pattern": "[ipv4-addr:value = '203.0.113.7']", "name": "", "external_references": [],
    "labels": ["loader", "tls, 8443"], "extensions": {"x": {}} }`,
};

const ROW = {
  id: "RmVlZCDDqQ==---indicator--0c7e22ad-b099-4dc3-b0df-2ea3f49ae2e6",
  sourceSystem: "Feed é",
  timeGenerated: "2026-11-01T10:00:00.250Z",
  stixType: "indicator",
  lastUpdateMethod: "ThreatIntelUploadAPI",
  additionalFields: '{"TLPLevel":"green"}',
  data:
    '{"type":"indicator","id":"indicator--0c7e22ad-b099-4dc3-b0df-2ea3f49ae2e6",' +
    '"pattern":"[ipv4-addr:value = \'203.0.113.7\']","labels":["loader","tls, 8443"]}',
  confidence: 85,
  created: "2026-10-01T08:00:00.000Z",
  modified: "2026-10-02T09:30:00.123456Z",
  validFrom: "2026-10-01T00:00:00Z",
  validUntil: "2026-12-31T23:59:59Z",
  revoked: false,
  pattern: "[ipv4-addr:value = '203.0.113.7']",
  tags: '["loader","tls, 8443"]',
  observableKey: "ipv4-addr:value",
  observableValue: "203.0.113.7",
};

test("an indicator that pins one value has one row", () => {
  assert.deepEqual(indicatorRows(VERSION), [ROW]);
});

test("AND and sets have a row for each value", () => {
  const observables = [
    { key: "file:hashes.'SHA-256'", value: "aa" },
    { key: "file:name", value: "x.exe" },
    { key: "file:name", value: "y.exe" },
  ];
  const rows = indicatorRows({ ...VERSION, facts: { ...FACTS, observables } });
  const expected = observables.map(({ key, value }) => ({
    ...ROW,
    observableKey: key,
    observableValue: value,
  }));
  assert.deepEqual(rows, expected);
});

test("a pattern that pins nothing has one row without key and value", () => {
  const rows = indicatorRows({ ...VERSION, facts: { ...FACTS, observables: [] } });
  assert.deepEqual(rows, [{ ...ROW, observableKey: "", observableValue: "" }]);
});

test("revoked, unmarked and unlabelled versions say so", () => {
  const facts = { ...FACTS, tlp: null, labels: [], confidence: null, validUntil: null };
  const rows = indicatorRows({ ...VERSION, revoked: true, facts });
  assert.deepEqual(rows, [
    {
      ...ROW,
      revoked: true,
      additionalFields: "{}",
      tags: "",
      confidence: null,
      validUntil: null,
    },
  ]);
});

test("an object of another type has the common columns only", () => {
  const version: VersionInput = {
    ...VERSION,
    sourceSystem: "ab",
    stixId: "malware--1",
    facts: { ...FACTS, type: "malware", tlp: "red" },
    json: '{"type":"malware","big":12345678901234567890,"real":1.0e2,"list":[[],[""],["a",[]]]}',
  };
  assert.deepEqual(objectRow(version), {
    id: "YWI=---malware--1",
    sourceSystem: "ab",
    timeGenerated: "2026-11-01T10:00:00.250Z",
    stixType: "malware",
    revoked: false,
    validUntil: "2026-12-31T23:59:59Z",
    lastUpdateMethod: "ThreatIntelUploadAPI",
    additionalFields: '{"TLPLevel":"red"}',
    data: '{"type":"malware","big":12345678901234567890,"real":1.0e2,"list":[["a"]]}',
  });
});

test("a text that is no object leaves Data empty", () => {
  for (const json of ["", "nonsense", "[]", "null", "3"]) {
    assert.equal(objectRow({ ...VERSION, json }).data, "{}");
  }
});

test("a pattern of very many values is repeated in short", () => {
  const pattern = `[ipv4-addr:value IN (${"'203.0.113.7', ".repeat(3_000)})]`;
  const observables = Array.from({ length: 3_000 }, (_, place) => ({
    key: "ipv4-addr:value",
    value: String(place),
  }));
  const json = JSON.stringify({ type: "indicator", pattern, name: "wide" });
  const rows = indicatorRows({ ...VERSION, json, facts: { ...FACTS, observables } });
  assert.equal(rows.length, 3_000);
  assert.equal(rows[0]?.pattern, pattern);
  assert.equal(rows[0]?.data, json);
  assert.equal(rows[2_999]?.observableValue, "2999");
  assert.equal(rows[2_999]?.pattern, pattern.slice(0, 1_000));
  assert.deepEqual(JSON.parse(rows[2_999]?.data ?? ""), {
    type: "indicator",
    pattern: pattern.slice(0, 1_000),
    name: "wide",
  });
});
