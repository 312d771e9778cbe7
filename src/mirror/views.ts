/**
 * The SQL of what queries read: a view for each of Sentinel's tables over the kept rows of a workspace, and one for
 * each table of logs. A row of a version appears once at its ingestion, and a second time at its latest republication.
 */

import { DUCKDB_TYPES, type KqlColumn } from "../kql/index.ts";
import {
  INTELLIGENCE_TABLES,
  type IntelligenceTable,
  LEGACY_CIDR_OF,
  LEGACY_KILL_CHAIN,
  LEGACY_NUMBERS,
  LEGACY_OBSERVABLES,
  REPUBLISH_METHOD,
} from "../tables/index.ts";
import { mirrorTable, NOW_VARIABLE, quoteName, quoteText, STORED_TABLE } from "./names.ts";

/** SQL of a column by its name. */
type Expressions = Readonly<Record<string, string>>;

/** The instant of `now()`. A row is active or not at the time of the query, not at that of its ingestion. */
const NOW = `CAST(getvariable('${NOW_VARIABLE}') AS TIMESTAMP)`;

const IS_ACTIVE = `(NOT Revoked AND NOT IsDeleted AND (ValidUntil IS NULL OR ValidUntil > ${NOW}))`;

/** Columns whose names are the same in a view and in what it reads. */
const KEPT: Readonly<Record<"indicator" | "object", readonly string[]>> = {
  indicator: [
    ..."AdditionalFields Confidence Created Data Id IsDeleted Modified ObservableKey".split(" "),
    ..."ObservableValue Pattern Revoked SourceSystem Tags ValidFrom ValidUntil".split(" "),
  ],
  object: "AdditionalFields Data Id IsDeleted SourceSystem StixType".split(" "),
};

/** Statements that make the views of a workspace's intelligence. */
export function intelligenceViews(workspaceId: string): readonly string[] {
  const own = {
    TenantId: quoteText(workspaceId),
    WorkspaceId: quoteText(workspaceId),
    _BilledSize: "CAST(strlen(Data) AS DOUBLE)",
    _IsBillable: "'False'",
  };
  const indicators = {
    ...named(KEPT.indicator),
    ...own,
    IsActive: IS_ACTIVE,
    Source: "SourceSystem",
  };
  return [
    twice(workspaceId, "ThreatIntelIndicators", STORED_TABLE.indicator, indicators),
    twice(workspaceId, "ThreatIntelObjects", STORED_TABLE.object, {
      ...named(KEPT.object),
      ...own,
    }),
    legacyView(workspaceId),
  ];
}

function named(columns: readonly string[]): Expressions {
  return Object.fromEntries(columns.map((name) => [name, quoteName(name)]));
}

/** A view with each row at its ingestion and at its latest republication. */
function twice(
  workspaceId: string,
  table: IntelligenceTable,
  stored: string,
  expressions: Expressions,
): string {
  const from = mirrorTable(workspaceId, stored);
  const branch = (instant: string, method: string): string =>
    selected(INTELLIGENCE_TABLES[table], {
      ...expressions,
      Type: quoteText(table),
      TimeGenerated: instant,
      LastUpdateMethod: method,
    });
  return `CREATE OR REPLACE VIEW ${mirrorTable(workspaceId, table)} AS
    SELECT ${branch("TimeGenerated", "LastUpdateMethod")} FROM ${from}
    UNION ALL
    SELECT ${branch("Republished", quoteText(REPUBLISH_METHOD))} FROM ${from}
     WHERE Republished IS NOT NULL`;
}

/** The list of a SELECT; a column without SQL is empty. */
function selected(columns: readonly KqlColumn[], expressions: Expressions): string {
  return columns
    .map(({ name, type }) => {
      const empty = type === "string" ? "''" : `CAST(NULL AS ${DUCKDB_TYPES[type]})`;
      return `${expressions[name] ?? empty} AS ${quoteName(name)}`;
    })
    .join(", ");
}

function legacyView(workspaceId: string): string {
  const table = "ThreatIntelligenceIndicator";
  const expressions: Expressions = {
    ...legacyValues(),
    ...named(["SourceSystem", "Tags", "TenantId", "TimeGenerated", "_BilledSize", "_IsBillable"]),
    Active: "IsActive",
    ActivityGroupNames: "regexp_extract(Tags, 'ActivityGroup:([^\\s\"]+)', 1)",
    ConfidenceScore: "CAST(Confidence AS DOUBLE)",
    Description: member("description"),
    ExpirationDateTime: "ValidUntil",
    ExternalIndicatorId: member("id"),
    FileHashType: hashOnly("regexp_extract(ObservableKey, '^file:hashes\\.''?([^'']*)', 1)"),
    FileHashValue: hashOnly("ObservableValue"),
    IndicatorId: "Id",
    IndicatorProvider: "SourceSystem",
    ThreatType: member("indicator_types[0]"),
    TrafficLightProtocolLevel: "coalesce(AdditionalFields ->> '$.TLPLevel', '')",
    Type: quoteText(table),
  };
  return `CREATE OR REPLACE VIEW ${mirrorTable(workspaceId, table)} AS
    SELECT ${selected(INTELLIGENCE_TABLES[table], expressions)}
      FROM ${mirrorTable(workspaceId, "ThreatIntelIndicators")}`;
}

function member(path: string): string {
  return `coalesce(Data ->> '$.${path}', '')`;
}

function hashOnly(sql: string): string {
  return `CASE WHEN starts_with(ObservableKey, 'file:hashes.') THEN ${sql} ELSE '' END`;
}

/** Columns that show the value of an observable, or whether a phase of the kill chain is named. */
function legacyValues(): Expressions {
  const isCidr = "contains(ObservableValue, '/')";
  const texts = Object.entries(LEGACY_OBSERVABLES).flatMap(([column, keys]) => {
    const block = LEGACY_CIDR_OF[column];
    const is = `ObservableKey IN (${keys.map(quoteText).join(", ")})`;
    const value = (condition: string): string =>
      `CASE WHEN ${condition} THEN ObservableValue ELSE '' END`;
    return block === undefined
      ? [[column, value(is)]]
      : [
          [column, value(`${is} AND NOT ${isCidr}`)],
          [block, value(`${is} AND ${isCidr}`)],
        ];
  });
  const numbers = Object.entries(LEGACY_NUMBERS).map(([column, keys]) => [
    column,
    `CASE WHEN ObservableKey IN (${keys.map(quoteText).join(", ")})
      THEN TRY_CAST(ObservableValue AS INTEGER) END`,
  ]);
  const phases = Object.entries(LEGACY_KILL_CHAIN).map(([column, names]) => [
    column,
    `CASE WHEN list_has_any(Data ->> '$.kill_chain_phases[*].phase_name',
      [${names.map(quoteText).join(", ")}]) THEN true END`,
  ]);
  return Object.fromEntries([...texts, ...numbers, ...phases]);
}
