/** A colour for each type of object, dark enough for white drawings on it. Never the only sign of the type. */
const COLOURS: Readonly<Record<string, string>> = {
  indicator: "#6b4fbb",
  "threat-actor": "#c4314b",
  "attack-pattern": "#ca5010",
  identity: "#0f6cbd",
  relationship: "#616161",
  malware: "#a4262c",
  "malware-analysis": "#8e562e",
  tool: "#5c2e91",
  campaign: "#8e562e",
  "intrusion-set": "#9b0062",
  vulnerability: "#986f0b",
  report: "#004e8c",
  grouping: "#004e8c",
  location: "#0b6a0b",
  infrastructure: "#005b70",
  "course-of-action": "#0b6a0b",
  note: "#616161",
  opinion: "#616161",
  sighting: "#005b70",
  "observed-data": "#005b70",
  "marking-definition": "#424242",
};

/** Observables, and types that the standard does not know. */
const OTHERS = { observable: "#005b70", unknown: "#616161" } as const;

const OBSERVABLES: ReadonlySet<string> = new Set([
  "artifact",
  "autonomous-system",
  "directory",
  "domain-name",
  "email-addr",
  "email-message",
  "file",
  "ipv4-addr",
  "ipv6-addr",
  "mac-addr",
  "mutex",
  "network-traffic",
  "process",
  "software",
  "url",
  "user-account",
  "windows-registry-key",
  "x509-certificate",
]);

/** Colour of a type's disc. */
export function typeColour(type: string): string {
  return COLOURS[type] ?? (OBSERVABLES.has(type) ? OTHERS.observable : OTHERS.unknown);
}
