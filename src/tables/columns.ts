/**
 * The columns of Sentinel's threat-intelligence tables with their KQL types, in the order of the documentation's
 * reference: Azure Monitor's tables ThreatIntelIndicators, ThreatIntelObjects and ThreatIntelligenceIndicator.
 */

import type { KqlColumn, KqlType } from "../kql/index.ts";

/** Name of a table that is made of stored objects. */
export type IntelligenceTable =
  | "ThreatIntelIndicators"
  | "ThreatIntelObjects"
  | "ThreatIntelligenceIndicator";

/** Columns as texts `name type`; the type is left out where it is string. */
function columns(...texts: readonly string[]): readonly KqlColumn[] {
  return Object.freeze(
    texts.map((text) => {
      const [name = "", type = "string"] = text.split(" ");
      return Object.freeze({ name, type: type as KqlType });
    }),
  );
}

/** The documented columns of each table. */
export const INTELLIGENCE_TABLES: Readonly<Record<IntelligenceTable, readonly KqlColumn[]>> =
  Object.freeze({
    ThreatIntelIndicators: columns(
      "AdditionalFields dynamic",
      "AzureTenantId",
      "_BilledSize real",
      "Confidence int",
      "Created datetime",
      "Data dynamic",
      "Id",
      "IsActive bool",
      "_IsBillable",
      "IsDeleted bool",
      "LastUpdateMethod",
      "Modified datetime",
      "ObservableKey",
      "ObservableValue",
      "Pattern",
      "_ResourceId",
      "Revoked bool",
      "Source",
      "SourceSystem",
      "_SubscriptionId",
      "Tags",
      "TenantId",
      "TimeGenerated datetime",
      "Type",
      "ValidFrom datetime",
      "ValidUntil datetime",
      "WorkspaceId",
    ),
    ThreatIntelObjects: columns(
      "AdditionalFields dynamic",
      "AzureTenantId",
      "_BilledSize real",
      "Data dynamic",
      "Id",
      "_IsBillable",
      "IsDeleted bool",
      "LastUpdateMethod",
      "_ResourceId",
      "SourceSystem",
      "StixType",
      "_SubscriptionId",
      "TenantId",
      "TimeGenerated datetime",
      "Type",
      "WorkspaceId",
    ),
    ThreatIntelligenceIndicator: columns(
      "Action",
      "Active bool",
      "ActivityGroupNames",
      "AdditionalInformation",
      "_BilledSize real",
      "ConfidenceScore real",
      "Description",
      "DiamondModel",
      "DomainName",
      "EmailEncoding",
      "EmailLanguage",
      "EmailRecipient",
      "EmailSenderAddress",
      "EmailSenderName",
      "EmailSourceDomain",
      "EmailSourceIpAddress",
      "EmailSubject",
      "EmailXMailer",
      "ExpirationDateTime datetime",
      "ExternalIndicatorId",
      "FileCompileDateTime datetime",
      "FileCreatedDateTime datetime",
      "FileHashType",
      "FileHashValue",
      "FileMutexName",
      "FileName",
      "FilePacker",
      "FilePath",
      "FileSize int",
      "FileType",
      "IndicatorId",
      "IndicatorProvider",
      "_IsBillable",
      "KillChainActions bool",
      "KillChainC2 bool",
      "KillChainDelivery bool",
      "KillChainExploitation bool",
      "KillChainReconnaissance bool",
      "KillChainWeaponization bool",
      "KnownFalsePositives",
      "MalwareNames",
      "NetworkCidrBlock",
      "NetworkDestinationAsn int",
      "NetworkDestinationCidrBlock",
      "NetworkDestinationIP",
      "NetworkDestinationPort int",
      "NetworkIP",
      "NetworkPort int",
      "NetworkProtocol int",
      "NetworkSourceAsn int",
      "NetworkSourceCidrBlock",
      "NetworkSourceIP",
      "NetworkSourcePort int",
      "PassiveOnly bool",
      "SourceSystem",
      "Tags",
      "TenantId",
      "ThreatSeverity int",
      "ThreatType",
      "TimeGenerated datetime",
      "TrafficLightProtocolLevel",
      "Type",
      "Url",
      "UserAgent",
    ),
  });
