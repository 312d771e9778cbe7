/** Goal: every shipped query gives what a small set of intelligence and logs, counted by hand, says it should. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readQueryPack } from "../../src/query/index.ts";
import { openQuerySet, type QuerySet } from "../support/query-set.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
const GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
const HASH = "b".repeat(64);

function idOf(type: string, number: number): string {
  return `${type}--00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

function stix(type: string, number: number, facts: object): object {
  return {
    type,
    spec_version: "2.1",
    id: idOf(type, number),
    created: "2026-11-10T00:00:00.000Z",
    modified: "2026-11-10T00:00:00.000Z",
    ...facts,
  };
}

function indicator(number: number, pattern: string, facts: object): object {
  return stix("indicator", number, {
    pattern: `[${pattern}]`,
    pattern_type: "stix",
    valid_from: "2026-11-01T00:00:00Z",
    ...facts,
  });
}

function relationship(number: number, from: string, type: string, to: string): object {
  return stix("relationship", number, {
    relationship_type: type,
    source_ref: from,
    target_ref: to,
  });
}

const december = { valid_until: "2026-12-31T00:00:00Z" };

/** Active: 1 to 7, 10 to 15 and 17. Expired: 8. Revoked: 9. */
const UPLOADS = [
  {
    receivedAt: "2026-11-10T06:00:00.000Z",
    source: "Feed A",
    objects: [
      indicator(1, "ipv4-addr:value = '203.0.113.7'", {
        ...december,
        confidence: 80,
        labels: ["botnet", "c2"],
        object_marking_refs: [AMBER],
        kill_chain_phases: [
          { kill_chain_name: "lockheed-martin-cyber-kill-chain", phase_name: "delivery" },
        ],
      }),
      indicator(3, "domain-name:value = 'bad.example.com'", {
        valid_until: "2026-11-22T00:00:00Z",
        confidence: 30,
        labels: ["botnet"],
      }),
      indicator(4, "url:value = 'http://bad.example.com/x'", {}),
      indicator(5, "url:value = 'http://Bad.Example.com/y'", { ...december, confidence: 10 }),
      indicator(8, "domain-name:value = 'gone.example.net'", {
        valid_until: "2026-11-18T00:00:00Z",
      }),
      indicator(9, "domain-name:value = 'taken.example.net'", {
        name: "Taken back",
        revoked: true,
      }),
      stix("malware", 1, { name: "Harbourbot", is_family: true }),
      stix("threat-actor", 1, {
        name: "Grey Heron",
        aliases: ["Heron"],
        threat_actor_types: ["crime-syndicate"],
      }),
      relationship(1, idOf("indicator", 1), "indicates", idOf("malware", 1)),
      relationship(2, idOf("indicator", 3), "indicates", idOf("threat-actor", 1)),
      relationship(3, idOf("threat-actor", 1), "uses", idOf("malware", 1)),
    ],
  },
  {
    receivedAt: "2026-11-12T12:00:00.000Z",
    source: "Feed B",
    objects: [
      indicator(2, "ipv4-addr:value = '203.0.113.7'", { ...december, confidence: 60 }),
      indicator(6, "ipv4-addr:value = '10.1.2.3'", {
        valid_from: "2026-01-01T00:00:00Z",
        valid_until: "2028-01-01T00:00:00Z",
        confidence: 50,
        object_marking_refs: [GREEN],
      }),
      indicator(7, `file:hashes.'SHA-256' = '${HASH}'`, { ...december, confidence: 90 }),
      indicator(10, "ipv4-addr:value = '198.51.100.0/24'", { ...december, confidence: 70 }),
      indicator(11, "email-addr:value = 'mallory@example.org'", { ...december, confidence: 75 }),
      indicator(12, "domain-name:value = 'twice.example.org'", { ...december, confidence: 20 }),
      indicator(13, "domain-name:value = 'twice.example.org'", { ...december, confidence: 25 }),
      indicator(15, "domain-name:value = 'bad.example.com'", { ...december, confidence: 85 }),
      stix("indicator", 14, {
        pattern: "alert tcp any any -> any 4444",
        pattern_type: "snort",
        valid_from: "2026-11-01T00:00:00Z",
        ...december,
      }),
    ],
  },
  {
    receivedAt: "2026-11-12T18:00:00.000Z",
    source: "Feed B",
    objects: [
      indicator(13, "domain-name:value = 'twice.example.org'", {
        ...december,
        confidence: 25,
        modified: "2026-11-12T18:00:00.000Z",
      }),
    ],
  },
];

const at = "2026-11-20T09:00:00Z";
const before7 = "2026-11-12T09:00:00Z";

const LOGS = {
  DnsEvents: [
    {
      TimeGenerated: at,
      Name: "Bad.Example.com.",
      ClientIP: "10.0.0.5",
      IPAddresses: "203.0.113.7, 192.0.2.1",
    },
    { TimeGenerated: "2026-11-20T10:00:00Z", Name: "bad.example.com", ClientIP: "10.0.0.5" },
    { TimeGenerated: at, Name: "fine.example.com", ClientIP: "10.0.0.6", IPAddresses: "192.0.2.9" },
    { TimeGenerated: before7, Name: "bad.example.com", ClientIP: "10.0.0.7" },
  ],
  CommonSecurityLog: [
    {
      TimeGenerated: at,
      SourceIP: "10.0.0.5",
      DestinationIP: "203.0.113.7",
      DestinationPort: 443,
      DeviceAction: "Allow",
    },
    {
      TimeGenerated: at,
      SourceIP: "10.0.0.5",
      DestinationIP: "203.0.113.7",
      DestinationPort: 443,
      DeviceAction: "Deny",
    },
    {
      TimeGenerated: at,
      SourceIP: "10.0.0.5",
      DestinationIP: "198.51.100.9",
      DestinationPort: 80,
      DeviceAction: "allow",
    },
    {
      TimeGenerated: at,
      SourceIP: "10.0.0.5",
      DestinationIP: "198.51.101.9",
      DestinationPort: 80,
      DeviceAction: "allow",
    },
  ],
  SigninLogs: [
    {
      TimeGenerated: at,
      UserPrincipalName: "ana@example.com",
      IPAddress: "203.0.113.7",
      AppDisplayName: "Portal",
      ResultType: "0",
    },
    {
      TimeGenerated: at,
      UserPrincipalName: "ana@example.com",
      IPAddress: "203.0.113.7",
      AppDisplayName: "Portal",
      ResultType: "50126",
    },
    {
      TimeGenerated: at,
      UserPrincipalName: "bea@example.com",
      IPAddress: "192.0.2.44",
      AppDisplayName: "Portal",
      ResultType: "0",
    },
  ],
  AADNonInteractiveUserSignInLogs: [
    {
      TimeGenerated: at,
      UserPrincipalName: "ana@example.com",
      IPAddress: "203.0.113.7",
      AppDisplayName: "Mail",
      ResultType: "0",
    },
  ],
  EmailEvents: [
    {
      TimeGenerated: at,
      SenderFromAddress: "Mallory@example.org",
      SenderFromDomain: "example.org",
      RecipientEmailAddress: "ana@example.com",
      DeliveryAction: "Delivered",
    },
    {
      TimeGenerated: at,
      SenderFromAddress: "mallory@example.org",
      SenderFromDomain: "example.org",
      RecipientEmailAddress: "bea@example.com",
      DeliveryAction: "Blocked",
    },
    {
      TimeGenerated: at,
      SenderFromAddress: "x@twice.example.org",
      SenderFromDomain: "twice.example.org",
      RecipientEmailAddress: "bea@example.com",
      DeliveryAction: "Junked",
    },
  ],
  UrlClickEvents: [
    {
      TimeGenerated: at,
      AccountUpn: "ana@example.com",
      Url: "http://bad.example.com/x",
      ActionType: "ClickAllowed",
      IsClickedThrough: false,
    },
    {
      TimeGenerated: at,
      AccountUpn: "bea@example.com",
      Url: "http://fine.example.com/",
      ActionType: "ClickAllowed",
      IsClickedThrough: false,
    },
  ],
  DeviceNetworkEvents: [
    {
      TimeGenerated: at,
      DeviceName: "desk-1",
      RemoteIP: "203.0.113.7",
      RemoteUrl: "",
      RemotePort: 443,
      InitiatingProcessFileName: "curl.exe",
    },
    {
      TimeGenerated: at,
      DeviceName: "desk-1",
      RemoteIP: "192.0.2.1",
      RemoteUrl: "twice.example.org",
      RemotePort: 80,
      InitiatingProcessFileName: "edge.exe",
    },
    {
      TimeGenerated: before7,
      DeviceName: "desk-2",
      RemoteIP: "203.0.113.7",
      RemoteUrl: "",
      RemotePort: 443,
      InitiatingProcessFileName: "curl.exe",
    },
  ],
  DeviceFileEvents: [
    {
      TimeGenerated: at,
      DeviceName: "desk-1",
      FileName: "a.exe",
      SHA256: HASH.toUpperCase(),
      SHA1: "",
      MD5: "",
    },
    {
      TimeGenerated: at,
      DeviceName: "desk-1",
      FileName: "b.exe",
      SHA256: "c".repeat(64),
      SHA1: "",
      MD5: "",
    },
  ],
};

type Expectation = readonly [columns: string, ...rows: readonly (readonly unknown[])[]];

/** What each shipped query gives: the columns' names, then the rows. */
const EXPECTED: Readonly<Record<string, Expectation>> = {
  "arrival-lag-by-source": [
    "SourceSystem Indicators Median Slowest",
    ["Feed A", 6, 6, 6],
    ["Feed B", 9, 60, 60],
  ],
  "domains-by-ending": ["Ending Domains", ["com", 1], ["org", 1]],
  "indicators-active-by-source": ["SourceSystem Indicators", ["Feed B", 9], ["Feed A", 4]],
  "indicators-and-what-they-indicate": [
    "ObservableValue Kind Indicated Confidence SourceSystem",
    ["203.0.113.7", "malware", "Harbourbot", 80, "Feed A"],
    ["bad.example.com", "threat-actor", "Grey Heron", 30, "Feed A"],
  ],
  "indicators-by-confidence": [
    "Confidence Indicators",
    ["0-24", 2],
    ["25-49", 2],
    ["50-74", 3],
    ["75-100", 4],
    ["none", 2],
  ],
  "indicators-by-kill-chain-phase": [
    "Chain Phase Indicators",
    ["lockheed-martin-cyber-kill-chain", "delivery", 1],
  ],
  "indicators-by-label": ["Label Indicators", ["botnet", 2], ["c2", 1]],
  "indicators-by-tlp": ["Level Indicators", ["none", 11], ["amber", 1], ["green", 1]],
  "indicators-by-type": [
    "Type Indicators",
    ["domain-name", 4],
    ["ipv4-addr", 4],
    ["url", 2],
    ["(not one value)", 1],
    ["email-addr", 1],
    ["file", 1],
  ],
  "indicators-expired-lately": [
    "ValidUntil ObservableValue SourceSystem Id",
    ["2026-11-18T00:00:00.0000000Z", "gone.example.net", "Feed A", "indicator 8"],
  ],
  "indicators-expiring-soon": [
    "ValidUntil ObservableValue SourceSystem Confidence Id",
    ["2026-11-22T00:00:00.0000000Z", "bad.example.com", "Feed A", 30, "indicator 3"],
  ],
  "indicators-long-lived": [
    "Days ObservableValue SourceSystem Id",
    [730, "10.1.2.3", "Feed B", "indicator 6"],
  ],
  "indicators-most-updated": [
    "Id Versions Latest SourceSystem",
    ["indicator 13", 2, "2026-11-12T18:00:00.0000000Z", "Feed B"],
  ],
  "indicators-new-by-day": [
    "FirstSeen SourceSystem New",
    ["2026-11-10T00:00:00.0000000Z", "Feed A", 6],
    ["2026-11-12T00:00:00.0000000Z", "Feed B", 9],
  ],
  "indicators-not-one-value": [
    "SourceSystem Language Pattern Id",
    ["Feed B", "snort", "alert tcp any any -> any 4444", "indicator 14"],
  ],
  "indicators-private-addresses": [
    "ObservableValue SourceSystem Confidence Id",
    ["10.1.2.3", "Feed B", 50, "indicator 6"],
  ],
  "indicators-repeated-in-a-source": [
    "SourceSystem ObservableKey ObservableValue Indicators Ids",
    ["Feed B", "domain-name:value", "twice.example.org", 2, ["indicator 12", "indicator 13"]],
  ],
  "indicators-revoked": [
    "TimeGenerated ObservableValue SourceSystem Name Id",
    ["2026-11-10T06:00:00.0000000Z", "taken.example.net", "Feed A", "Taken back", "indicator 9"],
  ],
  "indicators-without-end": [
    "SourceSystem Indicators Examples",
    ["Feed A", 1, ["http://bad.example.com/x"]],
  ],
  "logs-volume-by-table": [
    "Table Rows Latest",
    ["CommonSecurityLog", 4, "2026-11-20T09:00:00.0000000Z"],
    ["DnsEvents", 3, "2026-11-20T10:00:00.0000000Z"],
    ["EmailEvents", 3, "2026-11-20T09:00:00.0000000Z"],
    ["SigninLogs", 3, "2026-11-20T09:00:00.0000000Z"],
    ["DeviceFileEvents", 2, "2026-11-20T09:00:00.0000000Z"],
    ["DeviceNetworkEvents", 2, "2026-11-20T09:00:00.0000000Z"],
    ["UrlClickEvents", 2, "2026-11-20T09:00:00.0000000Z"],
  ],
  "match-clicked-urls": [
    "AccountUpn Url Value ActionType IsClickedThrough IndicatorConfidence",
    ["ana@example.com", "http://bad.example.com/x", "bad.example.com", "ClickAllowed", false, 30],
    ["ana@example.com", "http://bad.example.com/x", "bad.example.com", "ClickAllowed", false, 85],
    [
      "ana@example.com",
      "http://bad.example.com/x",
      "http://bad.example.com/x",
      "ClickAllowed",
      false,
      null,
    ],
  ],
  "match-dns-answers": [
    "Name Address ClientIP IndicatorConfidence Answers",
    ["Bad.Example.com.", "203.0.113.7", "10.0.0.5", 60, 1],
    ["Bad.Example.com.", "203.0.113.7", "10.0.0.5", 80, 1],
  ],
  "match-dns-domains": [
    "Domain ClientIP IndicatorConfidence IndicatorId Queries First Last",
    [
      "bad.example.com",
      "10.0.0.5",
      30,
      "indicator 3",
      2,
      "2026-11-20T09:00:00.0000000Z",
      "2026-11-20T10:00:00.0000000Z",
    ],
    [
      "bad.example.com",
      "10.0.0.5",
      85,
      "indicator 15",
      2,
      "2026-11-20T09:00:00.0000000Z",
      "2026-11-20T10:00:00.0000000Z",
    ],
  ],
  "match-endpoint-connections": [
    "DeviceName Value RemotePort IndicatorConfidence Connections Processes",
    ["desk-1", "203.0.113.7", 443, 60, 1, ["curl.exe"]],
    ["desk-1", "203.0.113.7", 443, 80, 1, ["curl.exe"]],
    ["desk-1", "twice.example.org", 80, 20, 1, ["edge.exe"]],
    ["desk-1", "twice.example.org", 80, 25, 1, ["edge.exe"]],
  ],
  "match-file-hashes": [
    "DeviceName FileName Hash IndicatorConfidence Events",
    ["desk-1", "a.exe", HASH, 90, 1],
  ],
  "match-firewall-addresses": [
    "Address SourceIP DestinationIP DestinationPort IndicatorConfidence Events Allowed",
    ["203.0.113.7", "10.0.0.5", "203.0.113.7", 443, 60, 2, 1],
    ["203.0.113.7", "10.0.0.5", "203.0.113.7", 443, 80, 2, 1],
  ],
  "match-mail-senders": [
    "Value IndicatorConfidence Mails Delivered Recipients",
    ["mallory@example.org", 75, 2, 1, 2],
    ["twice.example.org", 20, 1, 0, 1],
    ["twice.example.org", 25, 1, 0, 1],
  ],
  "match-sign-ins": [
    "UserPrincipalName IPAddress AppDisplayName IndicatorConfidence SignIns Succeeded",
    ["ana@example.com", "203.0.113.7", "Portal", 60, 2, 1],
    ["ana@example.com", "203.0.113.7", "Portal", 80, 2, 1],
    ["ana@example.com", "203.0.113.7", "Mail", 60, 1, 1],
    ["ana@example.com", "203.0.113.7", "Mail", 80, 1, 1],
  ],
  "match-subnets": [
    "DestinationIP Subnet IndicatorConfidence",
    ["198.51.100.9", "198.51.100.0/24", 70],
  ],
  "objects-by-type": ["StixType Objects", ["relationship", 3], ["malware", 1], ["threat-actor", 1]],
  "relationships-by-type": [
    "From Type To Relationships",
    ["indicator", "indicates", "malware", 1],
    ["indicator", "indicates", "threat-actor", 1],
    ["threat-actor", "uses", "malware", 1],
  ],
  "sources-overlap": ["SourceSystem Other Shared", ["Feed A", "Feed B", 2]],
  "threat-actors": [
    "Name Aliases Relationships SourceSystem",
    ["Grey Heron", ["Heron"], 2, "Feed A"],
  ],
  "urls-by-host": ["Host Urls Example", ["bad.example.com", 2, "http://Bad.Example.com/y"]],
  "values-from-several-sources": [
    "ObservableValue ObservableKey SourceCount Sources Confidence",
    ["203.0.113.7", "ipv4-addr:value", 2, ["Feed A", "Feed B"], 80],
    ["bad.example.com", "domain-name:value", 2, ["Feed A", "Feed B"], 85],
  ],
};

describe("the shipped queries", () => {
  let set: QuerySet;

  before(async () => {
    set = await openQuerySet({ now: NOW, uploads: UPLOADS, logs: LOGS });
  });

  after(() => set?.close());

  test("each has a title, a description, tags, and an expectation here", () => {
    const pack = readQueryPack();
    assert.ok(pack.length >= 25);
    assert.deepEqual(
      pack.map(({ id }) => id),
      Object.keys(EXPECTED),
    );
    for (const { id, title, description, tags, query } of pack) {
      assert.ok(title && description.endsWith(".") && tags.length > 0 && query, id);
    }
  });

  for (const { id, query } of readQueryPack()) {
    test(id, async () => {
      const [columns, ...rows] = EXPECTED[id] ?? [""];
      const answer = await set.ask(query);
      assert.equal(answer.columns.join(" "), columns);
      const got = answer.rows.map((row) => row.map(readable)).sort(byText);
      assert.deepEqual(got, [...rows].sort(byText));
    });
  }

  test("those that say an order keep it", async () => {
    const pack = new Map(readQueryPack().map(({ id, query }) => [id, query]));
    for (const id of ["indicators-by-type", "indicators-by-confidence", "logs-volume-by-table"]) {
      const [, ...rows] = EXPECTED[id] ?? [""];
      assert.deepEqual((await set.ask(pack.get(id) ?? "")).rows, rows, id);
    }
  });
});

function byText(left: readonly unknown[], right: readonly unknown[]): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

/** An id of an object as its type and number; JSON as what it says. */
function readable(cell: unknown): unknown {
  if (typeof cell !== "string") {
    return cell;
  }
  if (/^\[.*\]$/.test(cell)) {
    return (JSON.parse(cell) as unknown[]).map(readable).sort();
  }
  const [, type, number] = /([a-z-]+)--00000000-0000-4000-8000-(\d{12})$/.exec(cell) ?? [];
  return type === undefined ? cell : `${type.replace(/^.*---/, "")} ${Number(number)}`;
}
