/**
 * Upload bodies for measurements: realistic indicators of about 0.8 KB, all different. A body is made once
 * and then renewed in place, because writing new JSON for every request would measure the generator.
 */

/** A request body whose records can be made new. */
export interface FeedBody {
  readonly bytes: Buffer;
  /** Gives each record an id and an observable that no earlier call has given. */
  readonly renew: () => void;
}

/** Source of bodies; deterministic, so that runs can be compared. */
export interface Feed {
  readonly body: (recordCount: number) => FeedBody;
}

interface Template {
  readonly name: string;
  readonly description: string;
  readonly pattern: string;
  readonly indicatorType: string;
  readonly labels: readonly string[];
  readonly phase: string;
}

/** Digits in a text that are replaced by a counter; both markers occur nowhere else in a body. */
const HEX_MARKER = "facade000000";
const DECIMAL_MARKER = "190.190.190";

const TEMPLATES: readonly Template[] = [
  {
    name: "Beacon address of a loader seen in phishing waves",
    description:
      "Host that the second stage of the loader reports to every nine minutes over TLS on port 8443. Sinkholed elsewhere; still answering from two providers.",
    pattern: `[ipv4-addr:value = '45.${DECIMAL_MARKER}']`,
    indicatorType: "malicious-activity",
    labels: ["loader", "beacon", "tls-8443"],
    phase: "command-and-control",
  },
  {
    name: "Look-alike domain of a parcel service",
    description:
      "Registered in bulk with a privacy proxy, resolves to shared hosting and carries a copied tracking page that asks for card data. Part of a set of about forty names.",
    pattern: `[domain-name:value = 'parcel-${HEX_MARKER}.example.com']`,
    indicatorType: "anomalous-activity",
    labels: ["phishing", "card-data", "parcel"],
    phase: "delivery",
  },
  {
    name: "Dropper in a disk image",
    description:
      "SHA-256 of an executable inside a mounted image, signed with a stolen certificate. Unpacks a stealer and starts it by a scheduled task.",
    pattern: `[file:hashes.'SHA-256' = '5f2c9e0b7d41a8836c0e94b1d7f3a2c85e6b90d14f7c8a23b1e5${HEX_MARKER}']`,
    indicatorType: "malicious-activity",
    labels: ["stealer", "iso", "signed"],
    phase: "installation",
  },
  {
    name: "Page that collects sign-in data",
    description:
      "Form that imitates a single sign-on page in three languages, behind a redirect of an advertising network. Credentials are tried within the hour.",
    pattern: `[url:value = 'https://login-${HEX_MARKER}.example.net/session/verify?lang=en']`,
    indicatorType: "attribution",
    labels: ["credential-theft", "redirect"],
    phase: "exploitation",
  },
];

const TLP_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
const FIRST_INSTANT_MS = Date.UTC(2026, 0, 1);
const VALID_MS = 90 * 86_400_000;
const MINUTE_MS = 60_000;
const COUNTER_HEX_DIGITS = 12;

/**
 * Makes a feed whose records start anew with each call.
 * @param first counter that the feed starts at; each record takes one or two
 */
export function createFeed(first = 0): Feed {
  let counter = first;
  return {
    body: (recordCount) => {
      const stixobjects = Array.from({ length: recordCount }, (_, index) => recordAt(index));
      const bytes = Buffer.from(JSON.stringify({ sourcesystem: "Bench Feed", stixobjects }));
      const places = [
        ...placesOf(bytes, HEX_MARKER).map((at) => ({ at, write: writeHex })),
        ...placesOf(bytes, DECIMAL_MARKER).map((at) => ({ at, write: writeOctets })),
      ];
      return {
        bytes,
        renew: () => {
          for (const { at, write } of places) {
            counter += 1;
            write(bytes, at, counter);
          }
        },
      };
    },
  };
}

function recordAt(index: number): Readonly<Record<string, unknown>> {
  const template = TEMPLATES[index % TEMPLATES.length] ?? TEMPLATES[0];
  const created = FIRST_INSTANT_MS + index * MINUTE_MS;
  const instant = (ms: number): string => new Date(ms).toISOString();
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--8a1f3c52-6b0e-4d97-9e24-${HEX_MARKER}`,
    created: instant(created),
    modified: instant(created),
    name: template?.name,
    description: template?.description,
    indicator_types: [template?.indicatorType],
    pattern: template?.pattern,
    pattern_type: "stix",
    valid_from: instant(created),
    valid_until: instant(created + VALID_MS),
    confidence: 40 + (index % 60),
    labels: template?.labels,
    kill_chain_phases: [
      { kill_chain_name: "lockheed-martin-cyber-kill-chain", phase_name: template?.phase },
    ],
    object_marking_refs: [TLP_GREEN],
  };
}

function placesOf(bytes: Buffer, marker: string): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(marker); at !== -1; at = bytes.indexOf(marker, at + 1)) {
    places.push(at);
  }
  return places;
}

function writeHex(bytes: Buffer, at: number, counter: number): void {
  bytes.write(counter.toString(16).padStart(COUNTER_HEX_DIGITS, "0"), at, "latin1");
}

/** Three octets from 100 to 199, so that every address has the length of the marker. */
function writeOctets(bytes: Buffer, at: number, counter: number): void {
  const octet = (place: number): number => 100 + (Math.floor(counter / 100 ** place) % 100);
  bytes.write(`${octet(2)}.${octet(1)}.${octet(0)}`, at, "latin1");
}
