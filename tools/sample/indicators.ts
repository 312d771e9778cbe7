/**
 * The indicators of the sample feed: one recipe a kind, applied to every cluster, and single indicators
 * that show what the recipes don't.
 */
import { CLUSTERS, type Cluster } from "./cast.ts";
import { common, digest, pick, type StixObject, TLP } from "./derive.ts";

/** What a row of the indicator recipe needs to build its pattern. */
interface Place {
  readonly cluster: Cluster;
  /** Unique in the feed. */
  readonly name: string;
  /** Counts all indicators of all recipes, from 0: every address is used once. */
  readonly serial: number;
}

/** Blocks that RFC 5737 and RFC 3849 reserve for documentation. */
const IPV4_BLOCKS = ["192.0.2", "198.51.100", "203.0.113"] as const;
const IPV6_PREFIX = "2001:db8";
const ZONES = ["example", "example.com", "example.net", "example.org"] as const;

interface Recipe {
  readonly kind: string;
  readonly count: number;
  readonly title: string;
  readonly phase: readonly [chain: string, phase: string];
  readonly types: readonly string[];
  readonly pattern: (place: Place) => string;
}

/** A documentation address; every serial below 762 has its own. */
export function ipv4(serial: number): string {
  return `${IPV4_BLOCKS[serial % 3]}.${((serial * 37) % 254) + 1}`;
}

function ipv6(serial: number): string {
  return `${IPV6_PREFIX}:${(serial + 0x10).toString(16)}::${((serial * 53) % 0xffff).toString(16)}`;
}

function hostName({ cluster, name, serial }: Place): string {
  const first = pick(cluster.words, `first ${name}`);
  const others = cluster.words.filter((word) => word !== first);
  const second = pick(others, `second ${name}`);
  return `${first}-${second}${(serial % 89) + 10}.${pick(ZONES, `zone ${name}`)}`;
}

function mailbox(place: Place): string {
  return `${pick(["noreply", "service", "office", "team"], `box ${place.name}`)}@${hostName(place)}`;
}

function fileName({ cluster, name }: Place): string {
  return pick(cluster.malware.files, `file ${name}`);
}

const DELIVERY = ["lockheed-martin-cyber-kill-chain", "delivery"] as const;
const INSTALLATION = ["lockheed-martin-cyber-kill-chain", "installation"] as const;
/** The kill chain phase of everything that talks to a control server. */
export const COMMAND: readonly [chain: string, phase: string] = [
  "lockheed-martin-cyber-kill-chain",
  "command-and-control",
];
const EXECUTION = ["mitre-attack", "execution"] as const;
const PERSISTENCE = ["mitre-attack", "persistence"] as const;

/** The indicators of every cluster: one row a kind. */
const RECIPES: readonly Recipe[] = [
  {
    kind: "ipv4",
    count: 6,
    title: "control server",
    phase: COMMAND,
    types: ["malicious-activity"],
    pattern: ({ serial }) => `[ipv4-addr:value = '${ipv4(serial)}']`,
  },
  {
    kind: "ipv6",
    count: 2,
    title: "control server by IPv6",
    phase: COMMAND,
    types: ["malicious-activity"],
    pattern: ({ serial }) => `[ipv6-addr:value = '${ipv6(serial)}']`,
  },
  {
    kind: "domain",
    count: 6,
    title: "control domain",
    phase: COMMAND,
    types: ["malicious-activity"],
    pattern: (place) => `[domain-name:value = '${hostName(place)}']`,
  },
  {
    kind: "url",
    count: 5,
    title: "download address",
    phase: DELIVERY,
    types: ["malicious-activity"],
    pattern: (place) =>
      `[url:value = 'https://${hostName(place)}/${pick(place.cluster.words, `path ${place.name}`)}/${fileName(place)}']`,
  },
  {
    kind: "sha256",
    count: 4,
    title: "sample",
    phase: INSTALLATION,
    types: ["malicious-activity"],
    pattern: ({ name }) => `[file:hashes.'SHA-256' = '${digest("sha256", name)}']`,
  },
  {
    kind: "either-hash",
    count: 2,
    title: "sample known by two digests",
    phase: INSTALLATION,
    types: ["malicious-activity"],
    pattern: ({ name }) =>
      `[file:hashes.MD5 = '${digest("md5", name)}' OR file:hashes.'SHA-1' = '${digest("sha1", name)}']`,
  },
  {
    kind: "email",
    count: 2,
    title: "sender address",
    phase: DELIVERY,
    types: ["malicious-activity", "attribution"],
    pattern: (place) => `[email-addr:value = '${mailbox(place)}']`,
  },
  {
    kind: "flow",
    count: 2,
    title: "connection to the control port",
    phase: COMMAND,
    types: ["anomalous-activity"],
    pattern: ({ cluster, serial }) =>
      `[network-traffic:dst_ref.value = '${ipv4(serial)}' AND network-traffic:dst_port = ${cluster.malware.port}]`,
  },
  {
    kind: "named-file",
    count: 1,
    title: "lure with name and digest",
    phase: DELIVERY,
    types: ["malicious-activity"],
    pattern: (place) =>
      `[file:name = '${fileName(place)}' AND file:hashes.'SHA-256' = '${digest("sha256", place.name)}']`,
  },
  {
    kind: "set",
    count: 1,
    title: "pool of control servers",
    phase: COMMAND,
    types: ["malicious-activity"],
    pattern: ({ serial }) =>
      `[ipv4-addr:value IN ('${ipv4(serial)}', '${ipv4(serial + 251)}', '${ipv4(serial + 502)}')]`,
  },
  {
    kind: "registry",
    count: 1,
    title: "autostart entry",
    phase: PERSISTENCE,
    types: ["malicious-activity", "compromised"],
    pattern: ({ cluster, name }) =>
      `[windows-registry-key:key = '${cluster.malware.registryKey}' AND windows-registry-key:values[*].name = '${pick(cluster.words, `value ${name}`)}']`,
  },
  {
    kind: "message",
    count: 1,
    title: "message of the wave",
    phase: DELIVERY,
    types: ["malicious-activity"],
    pattern: (place) =>
      `[email-message:from_ref.value = '${mailbox(place)}' AND email-message:subject = '${place.cluster.subject}']`,
  },
  {
    kind: "process",
    count: 1,
    title: "command line",
    phase: EXECUTION,
    types: ["anomalous-activity"],
    pattern: ({ cluster }) => `[process:command_line LIKE '${cluster.malware.commandLine}']`,
  },
];

/** Start and end of validity; `undefined` where the indicator has no end. */
type Validity = readonly [validFrom: string, validUntil: string | undefined];

function validity(name: string, created: string): Validity {
  const endsInYear = pick([undefined, 2031, 2033, 2035, 2038], `until ${name}`);
  return [created, endsInYear === undefined ? undefined : `${endsInYear}-12-31T23:59:59.000Z`];
}

/** What distinguishes one indicator; everything else is drawn from its name. */
export interface IndicatorPlan {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly pattern: string;
  readonly patternType?: string;
  readonly phase: readonly [chain: string, phase: string];
  readonly label: string;
  readonly validity?: Validity;
  readonly extra?: StixObject;
}

/** Builds an indicator from its plan. */
export function indicator(plan: IndicatorPlan): StixObject {
  const base = common("indicator", plan.name);
  const [validFrom, validUntil] = plan.validity ?? validity(plan.name, String(base["created"]));
  const patternType = plan.patternType ?? "stix";
  const [chain, phase] = plan.phase;
  const marking = pick(["white", "green", "green", "amber", "red"] as const, `tlp ${plan.name}`);
  return {
    ...base,
    name: plan.title,
    description: plan.description,
    indicator_types: plan.types,
    pattern: plan.pattern,
    pattern_type: patternType,
    ...(patternType === "stix" ? { pattern_version: "2.1" } : {}),
    valid_from: validFrom,
    ...(validUntil === undefined ? {} : { valid_until: validUntil }),
    kill_chain_phases: [{ kill_chain_name: chain, phase_name: phase }],
    labels: [plan.label, `tlp:${marking}`],
    confidence: pick([30, 45, 55, 70, 85, 95], `confidence ${plan.name}`),
    lang: "en",
    object_marking_refs: [TLP[marking]],
    ...plan.extra,
  };
}

/** The indicators of all clusters, in the order of the tables. */
export function clusterIndicators(): StixObject[] {
  let serial = 0;
  return CLUSTERS.flatMap((cluster) =>
    RECIPES.flatMap((recipe) =>
      Array.from({ length: recipe.count }, (_, index) => {
        const place = { cluster, name: `${cluster.key} ${recipe.kind} ${index}`, serial: serial++ };
        return indicator({
          name: place.name,
          title: `${cluster.malware.name} ${recipe.title} ${index + 1}`,
          description: `Seen with ${cluster.malware.name}, which ${cluster.actor.name} uses.`,
          types: recipe.types,
          pattern: recipe.pattern(place),
          phase: recipe.phase,
          label: `actor:${cluster.key}`,
        });
      }),
    ),
  );
}

const YARA_RULE = `rule AbacusLocker_Note
{
  meta:
    author = "Harbour Street CERT"
    description = "Ransom note of AbacusLocker"
  strings:
    $title = "Your ledger is closed" ascii wide
    $mark = { 41 42 41 43 55 53 00 07 }
  condition:
    all of them
}
`;

/** Single indicators that show what the recipes don't. */
export const SINGLE_INDICATORS: readonly IndicatorPlan[] = [
  {
    name: "yara note",
    title: "AbacusLocker ransom note (YARA)",
    description: "A rule in another language than STIX: stored as it is, not parsed.",
    types: ["malicious-activity"],
    pattern: YARA_RULE,
    patternType: "yara",
    phase: ["mitre-attack", "impact"],
    label: "actor:broken-abacus",
  },
  {
    name: "subnet",
    title: "OrchardBot hosting range",
    description: "Sixteen addresses that were rented together.",
    types: ["malicious-activity"],
    pattern: "[ipv4-addr:value ISSUBSET '198.51.100.240/28']",
    phase: COMMAND,
    label: "actor:night-orchard",
  },
  {
    name: "sequence",
    title: "Lure opened, then a name query",
    description: "FerryRAT asks for its first name within five minutes of the lure being opened.",
    types: ["anomalous-activity"],
    pattern:
      "([file:name = 'tender_annex.docm'] FOLLOWEDBY [domain-name:value = 'council-archive.example']) WITHIN 300 SECONDS",
    phase: COMMAND,
    label: "actor:grey-ferryman",
  },
  {
    name: "certificate",
    title: "Certificate of the Salt Mirror servers",
    description: "Self-signed certificate that all their servers share.",
    types: ["malicious-activity", "attribution"],
    // The name of the hash as many tools write it: accepted, with a warning in the receipt.
    pattern: `[x509-certificate:hashes.SHA1 = '${digest("sha1", "salt-mirror certificate")}']`,
    phase: COMMAND,
    label: "actor:salt-mirror",
  },
  {
    name: "mutex",
    title: "KestrelStealer runs once",
    description: "Name of the mutex that keeps a second copy from starting.",
    types: ["malicious-activity"],
    pattern: "[mutex:name = 'Global-kestrel-7f31']",
    phase: EXECUTION,
    label: "actor:paper-kestrel",
  },
  {
    name: "revoked",
    title: "Withdrawn: shared mail relay",
    description: "Reported as a control server by mistake; it belongs to a mail provider.",
    types: ["benign"],
    pattern: "[ipv4-addr:value = '203.0.113.254']",
    phase: COMMAND,
    label: "false-positive",
    extra: { revoked: true },
  },
  {
    name: "granular",
    title: "Ledger sign-in page",
    description: "Imitates the sign-in of a hospital's billing system.",
    types: ["malicious-activity"],
    pattern: "[url:value = 'https://ward-billing.example/sign-in?next=%2Fledger']",
    phase: DELIVERY,
    label: "actor:broken-abacus",
    extra: { granular_markings: [{ marking_ref: TLP.red, selectors: ["description"] }] },
  },
  ...[2018, 2019, 2020, 2021, 2022, 2023].map(
    (year, index): IndicatorPlan => ({
      name: `retired ${year}`,
      title: `Control server of ${year}, given up`,
      description: "Kept for searches in old logs; its validity has ended.",
      types: ["malicious-activity"],
      pattern: `[ipv4-addr:value = '${ipv4(700 + index)}']`,
      phase: COMMAND,
      label: "retired",
      validity: [`${year}-02-01T00:00:00.000Z`, `${year + 1}-02-01T00:00:00.000Z`],
    }),
  ),
];
