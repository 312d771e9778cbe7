/**
 * The measured queries: each as KQL, and as SQL that somebody who knows DuckDB would write for the same answer.
 */

import type { KqlColumn } from "../src/kql/index.ts";
import { INTELLIGENCE_TABLES } from "../src/tables/index.ts";
import { KNOWN_DOMAIN } from "./kql-data.ts";

/** One measured query. */
export interface MeasuredQuery {
  readonly name: string;
  readonly kql: string;
  readonly sql: string;
  /** Columns of the SQL's answer; those of the plan are the same. */
  readonly columns: readonly KqlColumn[];
}

const INDICATOR_COLUMNS = INTELLIGENCE_TABLES.ThreatIntelIndicators;
const COUNT: KqlColumn = { name: "count_", type: "long" };
const text = (name: string): KqlColumn => ({ name, type: "string" });

const PRIVATE = "(10\\.|127\\.|192\\.168\\.|172\\.(1[6-9]|2\\d|3[01])\\.|169\\.254\\.)";

export const MEASURED_QUERIES: readonly MeasuredQuery[] = [
  {
    name: "count",
    kql: "ThreatIntelIndicators | count",
    sql: 'SELECT count(*) FROM "ThreatIntelIndicators"',
    columns: [{ name: "Count", type: "long" }],
  },
  {
    name: "filterTake",
    kql: "ThreatIntelIndicators | where Confidence > 90 and ObservableKey == 'ipv4-addr:value' | take 100",
    sql: `SELECT * FROM "ThreatIntelIndicators"
      WHERE Confidence > 90 AND ObservableKey = 'ipv4-addr:value' LIMIT 100`,
    columns: INDICATOR_COLUMNS,
  },
  {
    name: "lookup",
    kql: `ThreatIntelIndicators | where ObservableValue == '${KNOWN_DOMAIN}'`,
    sql: `SELECT * FROM "ThreatIntelIndicators" WHERE ObservableValue = '${KNOWN_DOMAIN}'`,
    columns: INDICATOR_COLUMNS,
  },
  {
    name: "latestBySource",
    kql: `ThreatIntelIndicators | summarize arg_max(TimeGenerated, *) by Id
      | where IsActive | summarize count() by SourceSystem`,
    sql: `SELECT r.s, count(*) FROM (
        SELECT arg_max({'a': IsActive, 's': SourceSystem}, TimeGenerated) AS r
          FROM "ThreatIntelIndicators" GROUP BY Id) WHERE r.a GROUP BY r.s`,
    columns: [text("SourceSystem"), COUNT],
  },
  {
    name: "hasByHour",
    kql: "ThreatIntelIndicators | where ObservableValue has 'example' | summarize count() by bin(TimeGenerated, 1h)",
    sql: `SELECT date_trunc('hour', TimeGenerated), count(*) FROM "ThreatIntelIndicators"
      WHERE regexp_matches(ObservableValue, '(?i)(^|[^a-z0-9])example([^a-z0-9]|$)') GROUP BY 1`,
    columns: [{ name: "TimeGenerated", type: "datetime" }, COUNT],
  },
  {
    name: "firstLabel",
    kql: "ThreatIntelIndicators | summarize count() by tostring(Data.labels[0])",
    sql: `SELECT coalesce(Data ->> '$.labels[0]', ''), count(*) FROM "ThreatIntelIndicators" GROUP BY 1`,
    columns: [text("Data_labels_0"), COUNT],
  },
  {
    name: "expandLabels",
    kql: `ThreatIntelIndicators | mv-expand Label = Data.labels to typeof(string)
      | summarize dcount(Id) by Label`,
    sql: `SELECT Label, count(DISTINCT Id) FROM (
        SELECT unnest(Data ->> '$.labels[*]') AS Label, Id FROM "ThreatIntelIndicators") GROUP BY 1`,
    columns: [text("Label"), { name: "dcount_Id", type: "long" }],
  },
  {
    name: "addressRule",
    kql: `let lookBack = 1h;
      let indicators = ThreatIntelIndicators
        | extend IndicatorType = replace_regex(tostring(split(ObservableKey, ':', 0)), @'[\\[\\]"]', '')
        | where IndicatorType in ('ipv4-addr', 'ipv6-addr', 'network-traffic')
        | extend Address = toupper(ObservableValue), Level = tostring(parse_json(AdditionalFields).TLPLevel)
        | where TimeGenerated >= ago(14d)
        | where ipv4_is_private(Address) == false and Address !startswith 'fe80'
            and Address !startswith '::' and Address !startswith '127.'
        | summarize LatestIndicatorTime = arg_max(TimeGenerated, *) by Id, ObservableValue
        | where IsActive and (ValidUntil > now() or isempty(ValidUntil));
      indicators
      | join kind=innerunique (
          DnsEvents | where TimeGenerated >= ago(lookBack)
          | where SubType =~ 'LookupQuery' and isnotempty(IPAddresses)
          | mv-expand SingleIP = split(IPAddresses, ', ') to typeof(string)
          | extend DnsTime = TimeGenerated
        ) on $left.Address == $right.SingleIP
      | where DnsTime < ValidUntil
      | summarize DnsTime = arg_max(DnsTime, *) by Id, SingleIP
      | project DnsTime, Computer, ClientIP, Name, SingleIP, Id, Confidence, Level, Tags`,
    sql: `WITH indicators AS (
        SELECT ObservableValue AS Address, Id,
               arg_max({'c': Confidence, 'l': coalesce(AdditionalFields ->> '$.TLPLevel', ''), 't': Tags,
                        'a': IsActive, 'v': ValidUntil}, TimeGenerated) AS r
          FROM "ThreatIntelIndicators"
         WHERE ObservableKey IN ('ipv4-addr:value', 'ipv6-addr:value')
           AND TimeGenerated >= $now - INTERVAL 14 DAY
           AND regexp_matches(ObservableValue, '^\\d+\\.\\d+\\.\\d+\\.\\d+$')
           AND NOT regexp_matches(ObservableValue, '^${PRIVATE}')
         GROUP BY ALL),
      active AS (SELECT upper(Address) AS Address, any_value(Id) AS Id, any_value(r) AS r FROM indicators
                  WHERE r.a AND (r.v > $now OR r.v IS NULL) GROUP BY upper(Address)),
      events AS (SELECT TimeGenerated AS DnsTime, Computer, ClientIP, Name,
                        unnest(string_split(IPAddresses, ', ')) AS SingleIP
                   FROM "DnsEvents"
                  WHERE TimeGenerated >= $now - INTERVAL 1 HOUR AND SubType = 'LookupQuery'
                    AND IPAddresses <> '')
      SELECT max(DnsTime), arg_max(Computer, DnsTime), arg_max(ClientIP, DnsTime),
             arg_max(Name, DnsTime), SingleIP, Id, any_value(r.c), any_value(r.l), any_value(r.t)
        FROM active JOIN events ON Address = SingleIP WHERE DnsTime < r.v GROUP BY Id, SingleIP`,
    columns: [
      { name: "DnsTime", type: "datetime" },
      ...["Computer", "ClientIP", "Name", "SingleIP", "Id"].map(text),
      { name: "Confidence", type: "int" },
      text("Level"),
      text("Tags"),
    ],
  },
  {
    name: "wideRows",
    kql: "ThreatIntelIndicators | take 30000",
    sql: 'SELECT * FROM "ThreatIntelIndicators" LIMIT 30000',
    columns: INDICATOR_COLUMNS,
  },
];
