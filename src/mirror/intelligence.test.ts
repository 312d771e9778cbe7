/** Goal: the tables that queries read show each version, its republication and its end, as literals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KqlColumn } from "../kql/index.ts";
import {
  indicatorVersion,
  type TestEngine,
  tombstone,
  WORKSPACE,
  withEngine,
} from "./engine-samples.conformance.ts";
import type { WireCell } from "./mirror.ts";
import { STORED_TABLE } from "./names.ts";
import { republishSql } from "./republish.ts";

const DAY = "2026-11-";
const at = (day: number): string => `${DAY}${String(day).padStart(2, "0")}T00:00:00.000Z`;
const text = (name: string): KqlColumn => ({ name, type: "string" });

async function rowsOf(
  engine: TestEngine,
  select: string,
  columns: readonly KqlColumn[],
  now?: string,
): Promise<readonly (readonly WireCell[])[]> {
  const sql = `SELECT ${select} ORDER BY ALL`;
  return (await engine.ask({ sql, columns, ...(now === undefined ? {} : { now }) })).rows;
}

async function republish(engine: TestEngine, days: number, now: string): Promise<void> {
  for (const table of Object.values(STORED_TABLE)) {
    const sql = republishSql({ workspaceId: WORKSPACE, table, days });
    await engine.run(sql, { now: now.replace("Z", "") });
  }
}

const TIMES = [text("Id"), { name: "TimeGenerated", type: "datetime" }, text("Method")] as const;
const TIMES_SQL = 'right(Id, 4), TimeGenerated, LastUpdateMethod FROM "ThreatIntelIndicators"';

test("each version has its rows, and only in its own workspace", () =>
  withEngine(async (engine) => {
    const other = "ffffffff-0000-4000-8000-00000000000a";
    await engine.apply(
      indicatorVersion(1, at(1)),
      indicatorVersion(1, at(2)),
      indicatorVersion(2, at(3), { workspaceId: other }),
      indicatorVersion(3, at(3), { facts: { type: "malware", observables: [] } as never }),
    );
    assert.deepEqual(await rowsOf(engine, TIMES_SQL, TIMES), [
      ["0001", "2026-11-01T00:00:00.0000000Z", "ThreatIntelUploadAPI"],
      ["0001", "2026-11-02T00:00:00.0000000Z", "ThreatIntelUploadAPI"],
    ]);
    const types = await rowsOf(engine, 'StixType, Type FROM "ThreatIntelObjects"', [
      text("StixType"),
      text("Type"),
    ]);
    assert.deepEqual(types, [["malware", "ThreatIntelObjects"]]);
    const elsewhere = await engine.ask({
      sql: 'SELECT right(Id, 4), TenantId FROM "ThreatIntelIndicators"',
      columns: [text("Id"), text("TenantId")],
      workspaceId: other,
    });
    assert.deepEqual(elsewhere.rows, [["0002", other]]);
  }));

test("an indicator is active until it expires, is revoked or deleted, by the clock of the query", () =>
  withEngine(async (engine) => {
    await engine.apply(
      indicatorVersion(1, at(1)),
      indicatorVersion(2, at(1), { facts: { validUntil: at(10) } as never }),
      indicatorVersion(3, at(1), { revoked: true }),
      indicatorVersion(4, at(1)),
      tombstone(4, at(2)),
    );
    const columns: KqlColumn[] = [text("Id"), { name: "Active", type: "bool" }];
    const select = 'right(Id, 4), IsActive FROM "ThreatIntelIndicators"';
    assert.deepEqual(await rowsOf(engine, select, columns, at(9)), [
      ["0001", true],
      ["0002", true],
      ["0003", false],
      ["0004", false],
      ["0004", true],
    ]);
    assert.deepEqual((await rowsOf(engine, select, columns, at(10)))[1], ["0002", false]);
  }));

test("a deleted object keeps its values, so that the latest row of each is the deletion", () =>
  withEngine(async (engine) => {
    const observables = [
      { key: "file:name", value: "a" },
      { key: "file:name", value: "b" },
    ];
    await engine.apply(
      indicatorVersion(1, at(1), {
        facts: { observables: [{ key: "x:y", value: "old" }] } as never,
      }),
      indicatorVersion(1, at(2), { facts: { observables } as never }),
      tombstone(1, at(3)),
      indicatorVersion(2, at(4), { facts: { type: "malware", observables: [] } as never }),
      tombstone(2, at(5), "malware"),
    );
    const latest = `ObservableValue, arg_max(IsDeleted, TimeGenerated) FROM "ThreatIntelIndicators"
      GROUP BY Id, ObservableValue`;
    assert.deepEqual(
      await rowsOf(engine, latest, [text("Value"), { name: "IsDeleted", type: "bool" }]),
      [
        ["a", true],
        ["b", true],
        ["old", false],
      ],
    );
    assert.deepEqual(
      await rowsOf(engine, 'IsDeleted, StixType FROM "ThreatIntelObjects"', [
        { name: "IsDeleted", type: "bool" },
        text("StixType"),
      ]),
      [
        [false, "malware"],
        [true, "malware"],
      ],
    );
  }));

interface RepublishCase {
  readonly title: string;
  readonly rest?: Parameters<typeof indicatorVersion>[2];
  /** Day of November on which the next version arrives. */
  readonly next?: number;
  readonly days: number;
  readonly now: string;
  readonly expected: readonly string[];
}

const UPLOADED = "2026-11-01";

const REPUBLISH_CASES: readonly RepublishCase[] = [
  {
    title: "not before the first period",
    days: 7,
    now: "2026-11-07T23:59:59.999Z",
    expected: [UPLOADED],
  },
  { title: "at the first period", days: 7, now: at(8), expected: [UPLOADED, "2026-11-08"] },
  { title: "the latest only", days: 7, now: at(29), expected: [UPLOADED, "2026-11-29"] },
  { title: "with another period", days: 10, now: at(30), expected: [UPLOADED, "2026-11-21"] },
  { title: "never when it is off", days: 0, now: at(30), expected: [UPLOADED] },
  {
    title: "not once it has expired",
    rest: { facts: { validUntil: at(10) } as never },
    days: 7,
    now: at(30),
    expected: [UPLOADED, "2026-11-08"],
  },
  {
    title: "not at the very end of validity",
    rest: { facts: { validUntil: at(8) } as never },
    days: 7,
    now: at(30),
    expected: [UPLOADED],
  },
  {
    title: "not when it was expired on arrival",
    rest: { facts: { validUntil: "2020-01-01T00:00:00Z" } as never },
    days: 7,
    now: at(30),
    expected: [UPLOADED],
  },
  {
    title: "not when it is revoked",
    rest: { revoked: true },
    days: 7,
    now: at(30),
    expected: [UPLOADED],
  },
  {
    title: "not once it is superseded",
    next: 17,
    days: 7,
    now: at(30),
    expected: [UPLOADED, "2026-11-15", "2026-11-17", "2026-11-24"],
  },
];

for (const { title, rest, next, days, now, expected } of REPUBLISH_CASES) {
  test(`an object appears again: ${title}`, () =>
    withEngine(async (engine) => {
      await engine.apply(
        indicatorVersion(1, at(1), rest),
        ...(next === undefined ? [] : [indicatorVersion(1, at(next))]),
      );
      await republish(engine, days, now);
      // A second round changes nothing.
      await republish(engine, days, now);
      const rows = await rowsOf(engine, TIMES_SQL, TIMES, now);
      assert.deepEqual(
        rows.map(([, time]) => String(time).slice(0, 10)),
        expected,
      );
      const methods = rows.map(([, , method]) => method);
      const again = rows.filter(([, time]) => !["01", "17"].includes(String(time).slice(8, 10)));
      assert.equal(methods.filter((method) => method === "LogARepublisher").length, again.length);
    }));
}

test("a rule that looks back 14 days sees an unexpired indicator on every day", () =>
  withEngine(async (engine) => {
    await engine.apply(indicatorVersion(1, at(1)));
    for (let day = 1; day <= 30; day += 1) {
      await republish(engine, 7, at(day));
      const rows = await rowsOf(
        engine,
        `count(*) FROM (SELECT arg_max(IsActive, TimeGenerated) AS a FROM "ThreatIntelIndicators"
          WHERE TimeGenerated >= getvariable('kql_now') - INTERVAL 14 DAY GROUP BY Id) WHERE a`,
        [{ name: "n", type: "long" }],
        at(day),
      );
      assert.deepEqual(rows, [[1]], `day ${day}`);
    }
  }));

test("the legacy table shows a value under the column of its kind", () =>
  withEngine(async (engine) => {
    const shown: readonly (readonly [key: string, value: string, column: string])[] = [
      ["ipv4-addr:value", "203.0.113.7", "NetworkIP"],
      ["ipv6-addr:value", "2001:db8::1", "NetworkIP"],
      ["ipv4-addr:value", "203.0.113.0/24", "NetworkCidrBlock"],
      ["network-traffic:src_ref.value", "203.0.113.8", "NetworkSourceIP"],
      ["network-traffic:dst_ref.value", "203.0.113.9", "NetworkDestinationIP"],
      ["network-traffic:dst_port", "8443", "NetworkDestinationPort"],
      ["domain-name:value", "a.example", "DomainName"],
      ["url:value", "https://a.example/", "Url"],
      ["email-addr:value", "a@example.org", "EmailSenderAddress"],
      ["email-message:subject", "Hello", "EmailSubject"],
      ["file:hashes.'SHA-256'", "aa11", "FileHashValue"],
      ["file:name", "a.exe", "FileName"],
      ["file:size", "12", "FileSize"],
    ];
    await engine.apply(
      ...shown.map(([key, value], place) =>
        indicatorVersion(place, at(1), { facts: { observables: [{ key, value }] } as never }),
      ),
    );
    for (const [place, [key, value, column]] of shown.entries()) {
      const columns = [...new Set(shown.map(([, , name]) => name))];
      const filled = columns.map(
        (name) => `CASE WHEN CAST("${name}" AS VARCHAR) <> '' THEN '${name}' END`,
      );
      const rows = await rowsOf(
        engine,
        `concat_ws(',', ${filled.join(", ")}), CAST("${column}" AS VARCHAR)
           FROM "ThreatIntelligenceIndicator" WHERE right(IndicatorId, 4) = '${String(place).padStart(4, "0")}'`,
        [text("Filled"), text("Value")],
      );
      assert.deepEqual(rows, [[column, value]], key);
    }
    const hash = await rowsOf(
      engine,
      `FileHashType FROM "ThreatIntelligenceIndicator" WHERE FileHashValue <> ''`,
      [text("FileHashType")],
    );
    assert.deepEqual(hash, [["SHA-256"]]);
  }));

test("the legacy table shows what it takes out of the object", () =>
  withEngine(async (engine) => {
    const json = JSON.stringify({
      type: "indicator",
      id: "indicator--0001",
      description: "Says what it is",
      indicator_types: ["benign", "anonymization"],
      kill_chain_phases: [{ kill_chain_name: "x", phase_name: "delivery" }],
    });
    const facts = { labels: ["a", "ActivityGroup:STORM-1"], tlp: "amber", confidence: 70 };
    await engine.apply(indicatorVersion(1, at(1), { json, facts: facts as never }));
    const rows = await rowsOf(
      engine,
      `Active, ActivityGroupNames, ConfidenceScore, Description, ExternalIndicatorId, KillChainDelivery,
       KillChainC2, ThreatType, TrafficLightProtocolLevel, Type, Action FROM "ThreatIntelligenceIndicator"`,
      [
        { name: "Active", type: "bool" },
        text("ActivityGroupNames"),
        { name: "ConfidenceScore", type: "real" },
        text("Description"),
        text("ExternalIndicatorId"),
        { name: "KillChainDelivery", type: "bool" },
        { name: "KillChainC2", type: "bool" },
        text("ThreatType"),
        text("TrafficLightProtocolLevel"),
        text("Type"),
        text("Action"),
      ],
    );
    assert.deepEqual(rows, [
      [
        ...[true, "STORM-1", 70, "Says what it is", "indicator--0001", true, null, "benign"],
        ...["amber", "ThreatIntelligenceIndicator", ""],
      ],
    ]);
  }));

test("a transaction that fails leaves the mirror at the change before", () =>
  withEngine(async (engine) => {
    await engine.apply(indicatorVersion(1, at(1)));
    const before = engine.feed.committed();
    await engine.feed.add([indicatorVersion(2, at(2))]);
    await engine.feed.rollback();
    assert.deepEqual(engine.feed.committed(), before);
    assert.equal((await rowsOf(engine, TIMES_SQL, TIMES)).length, 1);
  }));
