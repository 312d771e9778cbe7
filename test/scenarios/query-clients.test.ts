/**
 * Goal: Azure's own clients, unmodified, send logs and run queries here over HTTPS, with tokens of Azure's identity
 * library; single queries, batches, partial answers, errors, statistics and render hints come as they expect them.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { ClientSecretCredential } from "@azure/identity";
import { isAggregateLogsUploadError, LogsIngestionClient } from "@azure/monitor-ingestion";
import {
  LogsQueryClient as OldLogsQueryClient,
  LogsQueryResultStatus as OldStatus,
} from "@azure/monitor-query";
import { LogsQueryClient, LogsQueryResultStatus } from "@azure/monitor-query-logs";
import { mainFile, type RunningServer, startServer } from "./running-server.ts";

const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
  created: "2026-01-05T08:00:00.000Z",
  modified: "2026-01-05T08:00:00.000Z",
  name: "A host",
  pattern: "[ipv4-addr:value = '192.0.2.10']",
  pattern_type: "stix",
  valid_from: "2026-01-05T08:00:00Z",
};

const run = promisify(execFile);
const DAY = { duration: "P1D" };

describe("Azure's monitor clients", () => {
  let server: RunningServer;
  let credential: ClientSecretCredential;
  const trusted = getCACertificates("default");

  before(async () => {
    server = await startServer({ args: ["--set", "query.rowsMax=1000"] });
    setDefaultCACertificates([...trusted, server.ca]);
    const { tenantId, clientId, clientSecret, https } = server.ready;
    credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
      authorityHost: https,
      disableInstanceDiscovery: true,
    });
    const uploaded = await server.upload({ sourcesystem: "test", stixobjects: [INDICATOR] });
    assert.equal(uploaded.status, 200);
    const client = new LogsIngestionClient(https, credential);
    await client.upload(dcrOf(server), "Microsoft-DnsEvents", [
      { Name: "bad.example", ClientIP: "198.51.100.7", SubType: "LookupQuery", ResultCode: "0" },
      { Name: "good.example", ClientIP: "198.51.100.8", SubType: "LookupQuery", ResultCode: 3 },
    ]);
  });

  after(async () => {
    setDefaultCACertificates(trusted);
    await server?.stop();
  });

  function clients(): { fresh: LogsQueryClient; old: OldLogsQueryClient } {
    const { https } = server.ready;
    return {
      fresh: new LogsQueryClient(credential, { endpoint: `${https}/v1` }),
      old: new OldLogsQueryClient(credential, { endpoint: https }),
    };
  }

  test("both clients read what was just uploaded", async () => {
    const query = "ThreatIntelIndicators | project ObservableValue, IsActive, Data, TimeGenerated";
    const { fresh, old } = clients();
    for (const client of [fresh, old]) {
      const result = await client.queryWorkspace(server.ready.workspaceId, query, DAY);
      assert.equal(result.status, "Success");
      const table = "tables" in result ? result.tables[0] : undefined;
      assert.equal(table?.name, "PrimaryResult");
      const [row, ...others] = table?.rows ?? [];
      assert.equal(others.length, 0);
      assert.equal(row?.[0], "192.0.2.10");
      assert.equal(row?.[1], true);
      assert.match(JSON.stringify(row?.[2]), /"name":"A host"/);
      assert.ok(row?.[3] instanceof Date);
    }
  });

  test("the endpoint works without /v1, too", async () => {
    const client = new LogsQueryClient(credential, { endpoint: server.ready.https });
    const result = await client.queryWorkspace(server.ready.workspaceId, "print x = 1", DAY);
    assert.equal(result.status, LogsQueryResultStatus.Success);
  });

  test("logs arrive with their types", async () => {
    const { fresh } = clients();
    const query =
      "DnsEvents | order by Name asc | project Name, ClientIP, ResultCode, Type, isnotnull(TimeGenerated)";
    const result = await fresh.queryWorkspace(server.ready.workspaceId, query, DAY);
    assert.ok(result.status === LogsQueryResultStatus.Success);
    assert.deepEqual(result.tables[0]?.rows, [
      ["bad.example", "198.51.100.7", 0, "DnsEvents", true],
      ["good.example", "198.51.100.8", 3, "DnsEvents", true],
    ]);
    assert.deepEqual(
      result.tables[0]?.columnDescriptors?.map(({ name, type }) => `${name} ${type}`),
      ["Name string", "ClientIP string", "ResultCode int", "Type string", "Column1 bool"],
    );
  });

  test("statistics and render hints come on request", async () => {
    const { fresh, old } = clients();
    const query =
      "range x from 1 to 3 step 1 | summarize n = count() by x | render barchart with (title='T')";
    for (const client of [fresh, old]) {
      const result = await client.queryWorkspace(server.ready.workspaceId, query, DAY, {
        includeQueryStatistics: true,
        includeVisualization: true,
      });
      assert.ok(result.status === "Success");
      const { visualization, title } = result.visualization as Record<string, unknown>;
      assert.deepEqual([visualization, title], ["barchart", "T"]);
      const { query: statistics } = result.statistics as { query: { executionTime: number } };
      assert.ok(statistics.executionTime > 0);
    }
  });

  test("by resource path", async () => {
    const { workspaceId, dataDir } = server.ready;
    const args = [mainFile, "workspace", "list", "--json", "--data-dir", dataDir];
    const { stdout } = await run(process.execPath, args);
    const [workspace] = JSON.parse(stdout) as readonly { readonly resourcePath: string }[];
    const resourceId = workspace?.resourcePath ?? "";
    assert.match(resourceId, /^\/subscriptions\/.+\/workspaces\/quickstart$/);
    const { fresh, old } = clients();
    for (const client of [fresh, old]) {
      const result = await client.queryResource(resourceId, "DnsEvents | distinct TenantId", DAY);
      assert.ok(result.status === "Success");
      assert.deepEqual(result.tables[0]?.rows, [[workspaceId]]);
    }
  });

  test("a batch answers each query for itself, in order", async () => {
    const { fresh, old } = clients();
    const { workspaceId } = server.ready;
    const queries = [
      { workspaceId, query: "print a = 1", timespan: DAY },
      { workspaceId, query: "print b = nope()", timespan: DAY },
      { workspaceId, query: "print c = 'x'", timespan: DAY },
    ];
    for (const client of [fresh, old]) {
      const [first, second, third, ...others] = await client.queryBatch(queries);
      assert.equal(others.length, 0);
      assert.ok(first !== undefined && "tables" in first);
      assert.deepEqual(first.tables[0]?.rows, [[1]]);
      assert.notEqual(second?.status, "Success");
      assert.ok(third !== undefined && "tables" in third);
      assert.deepEqual(third.tables[0]?.rows, [["x"]]);
    }
  });

  test("an answer that is cut off is a partial one", async () => {
    const { fresh, old } = clients();
    const query = "range x from 1 to 5000 step 1";
    const { workspaceId } = server.ready;
    const result = await fresh.queryWorkspace(workspaceId, query, DAY);
    assert.ok(result.status === LogsQueryResultStatus.PartialFailure);
    assert.equal(result.partialTables[0]?.rows.length, 1000);
    const before = await old.queryWorkspace(workspaceId, query, DAY);
    assert.ok(before.status === OldStatus.PartialFailure);
    assert.equal(before.partialTables[0]?.rows.length, 1000);
  });

  test("a wrong query is a 400 with its place", async () => {
    const { fresh, old } = clients();
    for (const client of [fresh, old]) {
      await assert.rejects(
        client.queryWorkspace(server.ready.workspaceId, "DnsEvents\n| where Nmae == 'x'", DAY),
        (error: unknown) => {
          const { statusCode, code, details } = error as {
            readonly statusCode: number;
            readonly code: string;
            readonly details: unknown;
          };
          const text = JSON.stringify(details);
          assert.equal(statusCode, 400);
          assert.equal(code, "BadArgumentError");
          assert.match(text, /KS142/);
          assert.match(text, /Nmae/);
          return true;
        },
      );
    }
  });

  test("records that have no place are refused by their stream or rule", async () => {
    const client = new LogsIngestionClient(server.ready.https, credential);
    const cases: readonly (readonly [string, string, number, string])[] = [
      [dcrOf(server), "Custom-Nowhere_CL", 400, "InvalidStream"],
      [`dcr-${"0".repeat(32)}`, "Custom-Nowhere_CL", 404, "NotFound"],
    ];
    for (const [rule, stream, status, code] of cases) {
      await assert.rejects(client.upload(rule, stream, [{ a: 1 }]), (error: unknown) => {
        assert.ok(isAggregateLogsUploadError(error));
        const cause = error.errors[0]?.cause as { statusCode?: number; code?: string } | undefined;
        const { statusCode, code: actual } = cause ?? {};
        assert.equal(statusCode, status);
        assert.equal(actual, code);
        return true;
      });
    }
  });

  test("many records go in several packed requests and are all there", async () => {
    const client = new LogsIngestionClient(server.ready.https, credential);
    const records = Array.from({ length: 20_000 }, (_, index) => ({
      TimeGenerated: new Date().toISOString(),
      Computer: `host-${index % 7}`,
      SyslogMessage: `message ${index} ${"x".repeat(100)}`,
      ProcessID: index,
    }));
    await client.upload(dcrOf(server), "Microsoft-Syslog", records, { maxConcurrency: 2 });
    const { fresh } = clients();
    const result = await fresh.queryWorkspace(
      server.ready.workspaceId,
      "Syslog | summarize count(), dcount(ProcessID), max(ProcessID)",
      DAY,
    );
    assert.ok(result.status === LogsQueryResultStatus.Success);
    assert.deepEqual(result.tables[0]?.rows, [[20_000, 20_000, 19_999]]);
  });
});

function dcrOf({ ready }: RunningServer): string {
  return `dcr-${ready.workspaceId.replaceAll("-", "")}`;
}
