/**
 * Where the columns of the legacy table ThreatIntelligenceIndicator come from: for each, the keys of the observables
 * whose value it shows. Microsoft's own query that stands in for the legacy table has the same keys; those it leaves
 * out follow the STIX properties of the same meaning.
 */

/** Columns that show the value of an observable with one of these keys. */
export const LEGACY_OBSERVABLES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  DomainName: ["domain-name:value"],
  EmailRecipient: ["email-message:to_refs[*].value"],
  EmailSenderAddress: [
    "email-addr:value",
    "email-message:from_ref.value",
    "email-message:sender_ref.value",
  ],
  EmailSubject: ["email-message:subject"],
  FileMutexName: ["mutex:name"],
  FileName: ["file:name"],
  FilePath: ["directory:path", "file:parent_directory_ref.path"],
  FileType: ["file:mime_type"],
  NetworkDestinationIP: ["network-traffic:dst_ref.value"],
  NetworkIP: ["ipv4-addr:value", "ipv6-addr:value"],
  NetworkSourceIP: ["network-traffic:src_ref.value"],
  Url: ["url:value"],
  UserAgent: [
    "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
    "network-traffic:extensions.'http-request-ext'.request_header.User-Agent",
  ],
});

/** Columns that show the value when it is a block of addresses instead of one address. */
export const LEGACY_CIDR_OF: Readonly<Record<string, string>> = Object.freeze({
  NetworkDestinationIP: "NetworkDestinationCidrBlock",
  NetworkIP: "NetworkCidrBlock",
  NetworkSourceIP: "NetworkSourceCidrBlock",
});

/** Number columns that show the value of an observable with one of these keys. */
export const LEGACY_NUMBERS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  FileSize: ["file:size"],
  NetworkDestinationPort: ["network-traffic:dst_port"],
  NetworkSourcePort: ["network-traffic:src_port"],
});

/** Columns that are true when a kill chain phase of one of these names is among those of the indicator. */
export const LEGACY_KILL_CHAIN: Readonly<Record<string, readonly string[]>> = Object.freeze({
  KillChainActions: ["actions-on-objective", "actions-on-objectives"],
  KillChainC2: ["command-and-control"],
  KillChainDelivery: ["delivery"],
  KillChainExploitation: ["exploitation"],
  KillChainReconnaissance: ["reconnaissance"],
  KillChainWeaponization: ["weaponization"],
});
