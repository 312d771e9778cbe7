/**
 * Goal: real rules, workbooks and hunts from public repositories, word for word, find in a small set of data what a
 * person finds in it by hand; and every one of them that compiles also runs.
 *
 * The queries are not part of this repository; where they are not next to it, the test is skipped.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { openQuerySet, type QuerySet, type SetAnswer } from "../support/query-set.ts";

const CORPUS = new URL("../../../shared/corpus/kql.jsonl", import.meta.url);
const NOW = "2026-11-20T12:00:00.000Z";
const EVENT = "2026-11-20T11:30:00Z";
const HASH = "b".repeat(64);
const BAD_IP = "203.0.113.7";
const BAD_URL = "http://bad.example.com/x";

interface CorpusQuery {
  readonly id: string;
  readonly query: string;
}

function indicator(number: number, pattern: string, facts: object = {}): object {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    created: "2026-11-10T00:00:00.000Z",
    modified: "2026-11-10T00:00:00.000Z",
    pattern: `[${pattern}]`,
    pattern_type: "stix",
    valid_from: "2026-11-01T00:00:00Z",
    valid_until: "2026-12-31T00:00:00Z",
    ...facts,
  };
}

const mitre = (id: string, name: string): string =>
  JSON.stringify({ FullName: `mitre ${id} ${name}`, Alias: id, Name: name });

const UPLOADS = [
  {
    receivedAt: "2026-11-15T10:00:00.000Z",
    source: "Lumen",
    objects: [
      indicator(1, `ipv4-addr:value = '${BAD_IP}'`, {
        confidence: 80,
        description: "A bad address",
        labels: ["ActivityGroup:HERON", mitre("T1219", "Remote Access Software")],
        object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
      }),
      indicator(2, "domain-name:value = 'bad.example.com'", { confidence: 60 }),
      indicator(3, `url:value = '${BAD_URL}'`, {
        confidence: 70,
        labels: [mitre("T1071.001", "Web Protocols")],
      }),
      indicator(4, "email-addr:value = 'mallory@example.org'", { confidence: 50 }),
      indicator(5, `file:hashes.'SHA-256' = '${HASH}'`, { confidence: 90 }),
      indicator(6, "file:name = 'dropper.exe'"),
      indicator(7, "email-message:to_refs[*].value = 'ana@example.com'"),
    ],
  },
  {
    receivedAt: "2026-11-15T16:30:00.000Z",
    source: "Microsoft Emerging Threat Feed",
    objects: [
      indicator(11, "ipv4-addr:value = '192.0.2.66'", {
        confidence: 40,
        labels: [mitre("T1219", "Remote Access Software")],
      }),
      indicator(12, "network-traffic:src_ref.value = '192.0.2.77'", { confidence: 75 }),
      indicator(13, "ipv4-addr:value = '192.0.2.99'", { valid_until: "2026-11-19T00:00:00Z" }),
    ],
  },
];

const LOGS = {
  DnsEvents: [
    {
      TimeGenerated: EVENT,
      Computer: "dns1.corp.example",
      SubType: "LookupQuery",
      ClientIP: "10.0.0.5",
      Name: "bad.example.com",
      IPAddresses: `${BAD_IP}, 192.0.2.1`,
      QueryType: "A",
    },
    {
      TimeGenerated: EVENT,
      SubType: "LookupQuery",
      ClientIP: "10.0.0.6",
      Name: "fine.example.com",
    },
    { TimeGenerated: EVENT, Computer: "dns2", ClientIP: "10.0.0.7", Name: BAD_URL },
    {
      TimeGenerated: "2026-11-20T09:30:00Z",
      SubType: "LookupQuery",
      ClientIP: "10.0.0.8",
      Name: "bad.example.com",
      IPAddresses: BAD_IP,
    },
  ],
  CommonSecurityLog: [
    {
      TimeGenerated: EVENT,
      DeviceVendor: "Palo Alto Networks",
      DeviceProduct: "PAN-OS",
      SourceIP: "10.0.0.5",
      DestinationIP: BAD_IP,
      DeviceAction: "allow",
      Message: "nothing",
    },
    {
      TimeGenerated: EVENT,
      SourceIP: "10.0.0.9",
      DestinationIP: "192.0.2.5",
      DeviceName: "fw1.corp.example",
      SourceUserName: "ana@example.com",
      FileHash: HASH,
    },
  ],
  SigninLogs: [
    {
      TimeGenerated: EVENT,
      IPAddress: BAD_IP,
      UserPrincipalName: "ana@example.com",
      AppDisplayName: "Portal",
      Location: "DE",
      Status: { errorCode: 50126, failureReason: "Invalid password" },
    },
    {
      TimeGenerated: EVENT,
      IPAddress: "192.0.2.77",
      UserPrincipalName: "bea@example.com",
      Location: "FR",
    },
    {
      TimeGenerated: EVENT,
      IPAddress: "192.0.2.1",
      UserPrincipalName: "cid@example.com",
      Location: "FR",
    },
  ],
  EmailEvents: [
    {
      TimeGenerated: EVENT,
      SenderFromAddress: "Mallory@example.org",
      RecipientEmailAddress: "Bea@example.com",
      Subject: "Invoice",
      DeliveryAction: "Delivered",
      EmailDirection: "Inbound",
    },
    {
      TimeGenerated: EVENT,
      SenderFromAddress: "mallory@example.org",
      RecipientEmailAddress: "cid@example.com",
      DeliveryAction: "Blocked",
    },
  ],
  AZFWNetworkRule: [
    {
      TimeGenerated: EVENT,
      Protocol: "TCP",
      SourceIp: "10.0.0.5",
      DestinationIp: BAD_IP,
      Action: "Allow",
      ActionReason: "Rule 7",
    },
  ],
  DeviceEvents: [
    { TimeGenerated: EVENT, DeviceName: "desk-1", RemoteIP: BAD_IP, ActionType: "BrowserLaunched" },
    {
      TimeGenerated: "2026-11-20T11:40:00Z",
      DeviceName: "desk-1",
      RemoteIP: BAD_IP,
      ActionType: "BrowserLaunched",
    },
  ],
  DeviceNetworkEvents: [
    {
      TimeGenerated: EVENT,
      DeviceName: "desk-1",
      LocalIP: "10.0.0.5",
      RemoteIP: BAD_IP,
      ActionType: "ConnectionSuccess",
    },
  ],
  SecurityAlert: [
    {
      TimeGenerated: EVENT,
      SystemAlertId: "alert-1",
      AlertName: "Odd download",
      AlertSeverity: "High",
      ProviderName: "MDATP",
      VendorName: "Contoso",
      Description: "About a download",
      ExtendedProperties: '{"Compromised Host":"desk-1"}',
      Entities: JSON.stringify([
        { Type: "host", HostName: "desk-1" },
        { Type: "ip", Address: "10.0.0.5" },
        { Type: "url", Url: BAD_URL },
      ]),
    },
  ],
  SecurityIncident: [
    {
      TimeGenerated: EVENT,
      IncidentNumber: 7,
      Title: "Download seen",
      Severity: "High",
      AlertIds: '["alert-1"]',
      IncidentUrl:
        "https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident/subscriptions/1",
    },
  ],
  OfficeActivity: [
    {
      TimeGenerated: EVENT,
      UserId: "ana@example.com",
      ClientIP: "10.0.0.5",
      Operation: "FileAccessed",
      OfficeWorkload: "SharePoint",
    },
    { TimeGenerated: EVENT, UserId: "S-1-5-18", Operation: "FileAccessed" },
  ],
  SecurityEvent: [
    {
      TimeGenerated: EVENT,
      Computer: "srv1",
      EventID: 4688,
      Process: "dropper.exe",
      Account: "CORP\\ana",
    },
    {
      TimeGenerated: EVENT,
      Computer: "srv1",
      EventID: 4624,
      Process: "dropper.exe",
      Account: "CORP\\bea",
    },
    {
      TimeGenerated: EVENT,
      Computer: "srv2",
      EventID: 4624,
      TargetUserName: "ANA@example.com",
      IpAddress: "10.0.0.5",
    },
    {
      TimeGenerated: EVENT,
      Computer: "srv3.corp.example",
      EventID: 8002,
      FileHash: HASH.toUpperCase(),
      Account: "CORP\\ana",
      Process: "x.exe",
    },
  ],
  AuditLogs: [
    {
      TimeGenerated: EVENT,
      OperationName: "Add app",
      TargetResources: [{ displayName: "App 1", note: `${BAD_URL};` }],
      InitiatedBy: { user: { userPrincipalName: "ana@example.com" } },
    },
  ],
  Syslog: [
    {
      TimeGenerated: EVENT,
      Computer: "web1",
      HostIP: "10.0.0.20",
      ProcessName: "dropper",
      SyslogMessage: `GET ${BAD_URL}`,
    },
    { TimeGenerated: EVENT, Computer: "web2", ProcessName: "cron", SyslogMessage: "nothing" },
  ],
  VMConnection: [
    {
      TimeGenerated: EVENT,
      Computer: "vm1",
      ProcessName: "dropper",
      Direction: "outbound",
      RemoteIp: "192.0.2.8",
      DestinationPort: 443,
    },
  ],
  AzureActivity: [{ TimeGenerated: "2024-07-02T10:00:00Z", OperationName: "Start" }],
};

/** Watchlists of the community rules, which come with their solution. */
const WATCHLISTS = {
  "ID-TIBenignProperty": {
    columns: ["BenignProperty", "Notes", "IndicatorId"],
    rows: [["no", "[SomeRule]", "x"]],
  },
  "Activity-ExpectedSignificantActivity": {
    columns: ["Activity", "Auxiliar", "Notes", "UseCase", "SourceAddress", "DestinationAddress"],
    rows: [],
  },
  "RegEx-SingleRegularExpressions": {
    columns: ["UseCase", "RegEx", "Notes"],
    rows: [["none", "^$", ""]],
  },
  "ResultType-SignInLogsErrorCodes": {
    columns: ["ResultType", "ResultDescription", "Notes"],
    rows: [],
  },
  "Service-PrivateCorporateServices": {
    columns: ["Service", "IPAddress", "Notes"],
    rows: [],
  },
  "AlertName-MonitoredDetections": {
    columns: ["ProductName", "AlertName", "AnalyticsId", "Notes"],
    rows: [],
  },
};

const event7 = "2026-11-20T11:30:00.0000000Z";

type Expectation = readonly [columns: string, ...rows: readonly (readonly unknown[])[]];

/** For each query, some of its columns and all of its rows. */
const EXPECTED: Readonly<Record<string, Expectation>> = {
  ti003: [
    "DomainName HostName IP_addr AlertName Alert_TimeGenerated",
    ["bad.example.com", "desk-1", "10.0.0.5", "Odd download", event7],
  ],
  ti006: [
    "TI_EmailAddress SenderFromAddress RecipientEmailAddress Subject DomainName Name UPNSuffix",
    [
      "mallory@example.org",
      "mallory@example.org",
      "bea@example.com",
      "Invoice",
      "example.org",
      "bea",
      "example.com",
    ],
  ],
  ti007: [
    "FileHashType FileHashValue SourceIP HostName DnsDomain Name UPNSuffix Confidence",
    ["SHA-256", HASH, "10.0.0.9", "fw1", "corp.example", "ana", "example.com", 90],
  ],
  ti011: [
    "TI_ipEntity CS_ipEntity SourceIP MessageIP DeviceVendor Confidence",
    [BAD_IP, BAD_IP, "10.0.0.5", "", "Palo Alto Networks", 80],
  ],
  ti012: [
    "TI_ipEntity Description ActivityGroupNames HostName DnsDomain ClientIP DNS_TimeGenerated",
    [
      BAD_IP,
      "A bad address",
      'HERON","{\\"FullName\\":\\"mitre',
      "dns1",
      "corp.example",
      "10.0.0.5",
      event7,
    ],
  ],
  ti014: [
    "IoCIP IoCDirection SrcIpAddr imNWS_mintime",
    [BAD_IP, "Destination", "10.0.0.5", event7],
  ],
  ti021: ["DnsQuery SrcIpAddr HostName Confidence", ["bad.example.com", "10.0.0.5", "dns1", 60]],
  ti022: ["IoC DnsQuery SrcIpAddr Confidence", [BAD_IP, "bad.example.com", "10.0.0.5", 80]],
  ti030: ["Incident Name|IncidentNumber|IncidentBlade"],
  ti034: [
    "FileHash HostName DnsDomain NTDomain Name Event",
    [HASH.toUpperCase(), "srv3", "corp.example", "CORP", "ana", 8002],
  ],
  ti035: [
    "TI_ipEntity SourceAddress DestinationAddress Firewall_Action",
    [BAD_IP, "10.0.0.5", BAD_IP, "Allow"],
  ],
  ti036: [
    "IPAddress Name UPNSuffix StatusCode StatusReason Confidence",
    [BAD_IP, "ana", "example.com", "50126", "Invalid password", 80],
    ["192.0.2.77", "bea", "example.com", "", "", 75],
  ],
  ti037: [
    "DeviceName TI_ipEntity StartTime EndTime",
    ["desk-1", BAD_IP, event7, "2026-11-20T11:40:00.0000000Z"],
  ],
  ti038: ["Url AlertName Compromised_Host Confidence", [BAD_URL, "Odd download", "desk-1", 70]],
  ti041: [
    "Name ClientIP HostCustomEntity ConfidenceScore",
    ["bad.example.com", "10.0.0.5", "dns1.corp.example", 60],
  ],
  ti046: ["UserId Operation IPCustomEntity", ["ana@example.com", "FileAccessed", "10.0.0.5"]],
  ti049: ["TargetUserName Computer IPCustomEntity", ["ana@example.com", "srv2", "10.0.0.5"]],
  ti051: [
    "SourceIP DeviceName AccountCustomEntity",
    ["10.0.0.9", "fw1.corp.example", "ana@example.com"],
  ],
  ti062: ["Url userPrincipalName TargetResourceDisplayName", [BAD_URL, "ana@example.com", "App 1"]],
  ti063: ["Url User"],
  ti065: ["AlertName ConfidenceScore Compromised_Host", ["Odd download", 70, "desk-1"]],
  ti066: [
    "Url HostCustomEntity IPCustomEntity ConfidenceScore",
    [BAD_URL, "web1", "10.0.0.20", 70],
  ],
  ti068: ["FileName Computer Account Event", ["dropper.exe", "srv1", "CORP\\ana", 4688]],
  ti069: ["FileName Computer HostIP", ["dropper.exe", "web1", "10.0.0.20"]],
  ti070: [
    "FileName Computer IPCustomEntity DestinationPort",
    ["dropper.exe", "vm1", "192.0.2.8", 443],
  ],
  ti072: ["Computer ClientIP Url count_", ["dns2", "10.0.0.7", BAD_URL, 1]],
  ti073: [
    "IndicatorType TimeGenerated CountOfIndicators",
    ["IP", "2026-11-15T10:00:00.0000000Z", 1],
    ["Domain", "2026-11-15T10:00:00.0000000Z", 1],
    ["URL", "2026-11-15T10:00:00.0000000Z", 1],
    ["Email", "2026-11-15T10:00:00.0000000Z", 2],
    ["File", "2026-11-15T10:00:00.0000000Z", 1],
    ["Other", "2026-11-15T10:00:00.0000000Z", 1],
    ["IP", "2026-11-15T16:00:00.0000000Z", 3],
  ],
  ti074: [
    "SourceSystem TimeGenerated CountOfIndicators",
    ["Lumen", "2026-11-15T10:00:00.0000000Z", 7],
    ["Microsoft Emerging Threat Feed", "2026-11-15T16:00:00.0000000Z", 3],
  ],
  ti095: ["FileHashType", ["SHA-256"]],
  ti159: [
    "MitreID MitreTechniqueName TechniqueCount",
    ["T1219", "Remote Access Software", 2],
    ["T1071.001", "Web Protocols", 1],
  ],
  ti160: [
    "ObservableKey Confidence IOCcount",
    ["ipv4-addr:value", 80, 1],
    ["ipv4-addr:value", 40, 1],
  ],
  ti165: ["TimeGenerated count_", ["2024-07-02T00:00:00.0000000Z", 1]],
  ti166: ["NetworkIP NetworkSourceIP", ["192.0.2.66", ""], ["", "192.0.2.77"], ["192.0.2.99", ""]],
  ti167: [
    "IndicatorType IndicatorCount",
    ["IP", 3],
    ["Domain", 1],
    ["URL", 1],
    ["Email", 2],
    ["File", 1],
    ["Other", 1],
  ],
  ti175: ["UserPrincipalName Location IPAddress", ["bea@example.com", "FR", "192.0.2.77"]],
  ti177: [
    "IOC count_",
    ["bad.example.com", 1],
    [BAD_IP, 1],
    ["192.0.2.66", 1],
    ["192.0.2.99", 1],
    [BAD_URL, 1],
    ["No IOC defined", 5],
  ],
};

function readCorpus(): readonly CorpusQuery[] {
  return readFileSync(CORPUS, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CorpusQuery);
}

const skip = existsSync(CORPUS) ? false : "the collected queries are not next to this repository";

describe("queries that people have published", { skip }, () => {
  let set: QuerySet;
  let corpus: readonly CorpusQuery[] = [];

  before(async () => {
    corpus = readCorpus();
    set = await openQuerySet({
      now: NOW,
      uploads: UPLOADS,
      logs: LOGS,
      watchlists: WATCHLISTS,
    });
  });

  after(() => set?.close());

  for (const [id, [columns, ...rows]] of Object.entries(EXPECTED)) {
    test(`${id} finds what there is`, async () => {
      const answer = await set.ask(corpus.find((each) => each.id === id)?.query ?? "");
      const names = columns.includes("|") ? columns.split("|") : columns.split(" ");
      assert.deepEqual(pick(answer, names), [...rows].sort(byText));
    });
  }

  test("each of the others runs, but for templates, half a query, and two with names that nobody documents", async () => {
    const refused: string[] = [];
    for (const { id, query } of corpus.filter((each) => !(each.id in EXPECTED))) {
      await set.ask(query).catch((error: Error) => refused.push(`${id} ${error.message}`));
    }
    assert.deepEqual(refused, [
      "ti039 KS204 at 681: The name 'GitHubAudit' does not refer to any known table, tabular variable or function.",
      ...["085 KS213 at 155", "086 KS213 at 155", "088 KS213 at 175"].map(
        (start) => `ti${start}: Client parameters are not supported or enabled.`,
      ),
      "ti125 KS142 at 4715: The name 'identity_s' does not refer to any known column, table, variable or function.",
      "ti169 KQL_SYNTAX at 78: the text has no query",
    ]);
  });
});

/** The named columns of all rows, in the order of their text. */
function pick(answer: SetAnswer, names: readonly string[]): readonly (readonly unknown[])[] {
  const places = names.map((name) => {
    const place = answer.columns.indexOf(name);
    assert.ok(place >= 0, `${name} is not among ${answer.columns.join(", ")}`);
    return place;
  });
  return answer.rows.map((row) => places.map((place) => row[place])).sort(byText);
}

function byText(left: readonly unknown[], right: readonly unknown[]): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
