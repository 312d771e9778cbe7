/** Goal: Azure's own SDK, and the calls that two connectors make, manage threat intelligence here unmodified. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  SecurityInsights,
  type ThreatIntelligenceIndicatorModel,
} from "@azure/arm-securityinsight";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import { type RunningServer, startServer } from "./running-server.ts";

const GROUP = "stixgate";

function indicator(at: number, more: object = {}): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `feed ${at}`,
    pattern: `[ipv4-addr:value = '203.0.113.${at}']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    confidence: at,
    ...more,
  };
}

describe("Sentinel's management plane", () => {
  let server: RunningServer;
  let client: SecurityInsights;
  let workspace = "";
  let base = "";
  let token = "";
  before(async () => {
    server = await startServer();
    token = await server.token();
    workspace = server.ready.workspaceName;
    const session = await server.call("/api/v1/session", {
      headers: { authorization: `Bearer ${token}` },
    });
    const [{ resourceId }] = JSON.parse(session.body).workspaces;
    base = `${resourceId}/providers/Microsoft.SecurityInsights/threatIntelligence/main`;
    const [, , subscriptionId = ""] = resourceId.split("/");
    assert.equal(resourceId.split("/")[4], GROUP);
    const httpClient = createDefaultHttpClient();
    client = new SecurityInsights(
      { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
      subscriptionId,
      {
        endpoint: server.ready.https,
        $host: server.ready.https,
        httpClient: {
          sendRequest: (request) => {
            request.tlsSettings = { ca: server.ca };
            return httpClient.sendRequest(request);
          },
        },
      },
    );
    const uploaded = await server.upload({
      sourcesystem: "Opencti Stream Connector",
      stixobjects: Array.from({ length: 60 }, (_, at) => indicator(at + 1)),
    });
    assert.equal(uploaded.status, 200, uploaded.body);
  });
  after(() => server.stop());

  const own: ThreatIntelligenceIndicatorModel = {
    kind: "indicator",
    displayName: "phishing page",
    description: "seen in mail",
    pattern: "[url:value = 'https://login.example/x']",
    patternType: "url",
    threatTypes: ["phishing"],
    threatIntelligenceTags: ["mail"],
    confidence: 70,
    source: "Azure Sentinel",
    createdByRef: "somebody@contoso.example",
    validFrom: "2026-02-01T00:00:00Z",
    validUntil: "",
    killChainPhases: [{ killChainName: "lockheed-martin-cyber-kill-chain", phaseName: "delivery" }],
    externalReferences: [],
    granularMarkings: [],
  };

  test("the SDK makes, reads, changes, tags and deletes an indicator", async () => {
    const { threatIntelligenceIndicator: operations } = client;
    const made = await operations.createIndicator(GROUP, workspace, own);
    assert.equal(made.kind, "indicator");
    const name = made.name ?? "";
    const read = (await operations.get(GROUP, workspace, name)) as ThreatIntelligenceIndicatorModel;
    assert.deepEqual(
      [read.displayName, read.source, read.patternType, read.confidence, read.threatTypes],
      ["phishing page", "Microsoft Sentinel", "url", 70, ["phishing"]],
    );
    assert.deepEqual(read.parsedPattern, [
      {
        patternTypeKey: "url",
        patternTypeValues: [{ valueType: "url", value: "https://login.example/x" }],
      },
    ]);
    assert.deepEqual(read.killChainPhases, own.killChainPhases);
    const changed = (await operations.create(GROUP, workspace, name, {
      ...read,
      confidence: 20,
      displayName: "phishing page, old",
    })) as ThreatIntelligenceIndicatorModel;
    assert.deepEqual([changed.confidence, changed.displayName], [20, "phishing page, old"]);
    await assert.rejects(operations.create(GROUP, workspace, name, { ...read, confidence: 30 }), {
      statusCode: 412,
    });
    await operations.appendTags(GROUP, workspace, name, { threatIntelligenceTags: ["second"] });
    const replaced = (await operations.replaceTags(GROUP, workspace, name, {
      kind: "indicator",
      threatIntelligenceTags: ["only"],
    })) as ThreatIntelligenceIndicatorModel;
    assert.deepEqual(replaced.threatIntelligenceTags, ["only"]);
    await operations.delete(GROUP, workspace, name);
    await assert.rejects(operations.get(GROUP, workspace, name), {
      statusCode: 404,
      code: "NotFound",
    });
    await operations.delete(GROUP, workspace, name);
  });

  test("the SDK pages through what criteria find, and through everything", async () => {
    const found: string[] = [];
    const pages = client.threatIntelligenceIndicator.listQueryIndicators(GROUP, workspace, {
      pageSize: 7,
      minConfidence: 11,
      maxConfidence: 40,
      sources: ["Opencti Stream Connector"],
      patternTypes: ["ipv4-addr"],
      sortBy: [{ itemKey: "confidence", sortOrder: "descending" }],
    });
    for await (const item of pages) {
      found.push((item as ThreatIntelligenceIndicatorModel).displayName ?? "");
    }
    assert.deepEqual(
      found,
      Array.from({ length: 30 }, (_, at) => `feed ${40 - at}`),
    );
    let all = 0;
    const list = client.threatIntelligenceIndicators.list(GROUP, workspace, { top: 25 });
    for await (const _item of list) {
      all += 1;
    }
    assert.equal(all, 60);
    const metrics = await client.threatIntelligenceIndicatorMetrics.list(GROUP, workspace);
    assert.deepEqual(metrics.value[0]?.properties?.sourceMetrics, [
      { metricName: "Opencti Stream Connector", metricValue: 60 },
    ]);
  });

  test("OpenCTI's delete: query by id and source, then DELETE what it returned", async () => {
    const id = String(indicator(3)["id"]);
    const call = (path: string, body: unknown) =>
      server.call(`${path}?api-version=2025-07-01-preview`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const condition = {
      clauses: [
        { field: "id", operator: "Equals", values: [id] },
        { field: "source", operator: "Equals", values: ["Opencti Stream Connector"] },
      ],
      conditionConnective: "And",
      stixObjectType: "indicator",
    };
    const answer = await call(`${base}/query`, { condition });
    assert.equal(answer.status, 200, answer.body);
    const { value } = JSON.parse(answer.body);
    assert.equal(value.length, 1);
    assert.equal(value[0].properties.data.id, id);
    assert.equal(value[0].kind, "Indicator");
    assert.equal(JSON.parse((await call(`${base}/count`, { condition })).body).count, 1);
    const removed = await server.call(`${value[0].id}?api-version=2025-07-01-preview`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(removed.status, 200, removed.body);
    assert.equal(JSON.parse((await call(`${base}/count`, { condition })).body).count, 0);
    const wrong = await call(`${base}/query`, {
      condition: { clauses: [{ field: "colour", operator: "Equals", values: ["red"] }] },
    });
    assert.equal(wrong.status, 400);
    assert.match(JSON.parse(wrong.body).error.message, /There is no field 'colour'/);
  });

  test("misp2sentinel's cleanup: keywords as one quoted text, and the next link as the skip token", async () => {
    const uploaded = await server.upload({
      sourcesystem: "MISP",
      stixobjects: Array.from({ length: 5 }, (_, at) =>
        indicator(100 + at, { confidence: 5, labels: ["misp:event"], name: "old entry" }),
      ),
    });
    assert.equal(uploaded.status, 200, uploaded.body);
    const names: string[] = [];
    let skipToken = "";
    do {
      const answer = await server.call(
        `${base.toLowerCase()}/queryIndicators?api-version=2025-09-01`,
        {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify({
            pageSize: 2,
            includeDisabled: true,
            sources: ["MISP"],
            keywords: '"old entry"',
            sortBy: [{ itemKey: "lastUpdatedTimeUtc", sortOrder: "ascending" }],
            skipToken,
          }),
        },
      );
      assert.equal(answer.status, 200, answer.body);
      const body = JSON.parse(answer.body);
      names.push(...body.value.map((item: { name: string }) => item.name));
      skipToken = body.nextLink ?? "";
    } while (skipToken !== "");
    assert.equal(new Set(names).size, 5);
    const gone = await server.call(`${base}/indicators/${names[0]}?api-version=2025-09-01`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(gone.status, 200);
  });

  test("refusals have Azure's envelope", async () => {
    const nobody = await server.call(`${base}/metrics?api-version=2022-09-01-preview`);
    assert.equal(nobody.status, 401);
    assert.equal(JSON.parse(nobody.body).error.code, "AuthenticationFailed");
    const nowhere = await server.call(`${base.replace(workspace, "elsewhere")}/metrics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(nowhere.status, 404);
    assert.equal(JSON.parse(nowhere.body).error.code, "ResourceNotFound");
  });
});
