/** Indicators and log rows for measurements of queries: a million realistic rows that are made as they are asked for. */

import type { LogRows } from "../src/mirror/index.ts";
import type { ObjectVersion } from "../src/store/index.ts";

/** The workspace that everything lies in. */
export const WORKSPACE = "4f0f2b6c-6a0e-4d5e-9d0b-2f6b1c9e7a10";

/** A value that one indicator pins, for look-ups. */
export const KNOWN_DOMAIN = "parcel-000000c0ffee.example.com";
const KNOWN_COUNTER = 0xc0ffee;

/** Of a million versions eight in ten are first ones of their objects; the others are updates. */
const FIRST_VERSIONS = 0.8;
const SOURCES = 7;
const SPREAD_MS = 6 * 86_400_000;
const VALID_MS = 60 * 86_400_000;
const DAY_MS = 86_400_000;

const DESCRIPTION =
  "Host that the second stage of the loader reports to every nine minutes over TLS on port 8443. " +
  "Sinkholed elsewhere; still answering from two providers. Part of a set of about forty names.";

/** Versions after a change, as a store with so many would give them. */
export function versionsAfter(
  count: number,
  nowMs: number,
): (after: number, limit: number) => Promise<readonly ObjectVersion[]> {
  return async (after, limit) => {
    const length = Math.max(0, Math.min(limit, count - after));
    return Array.from({ length }, (_, place) => versionAt(after + place, count, nowMs));
  };
}

function versionAt(place: number, count: number, nowMs: number): ObjectVersion {
  const object = place % Math.ceil(count * FIRST_VERSIONS);
  const stixId = `indicator--8a1f3c52-6b0e-4d97-9e24-${hex(object)}`;
  const created = instant(nowMs - SPREAD_MS - (object % 1000) * 60_000);
  const [key, value] = observableOf(place);
  const labels = [`loader${place % 50}`, "beacon", `tls-${place % 9}`];
  const confidence = place % 100;
  const validFrom = created;
  const validUntil = instant(nowMs + ((place * 7919) % VALID_MS) - 5 * DAY_MS);
  const json = JSON.stringify({
    type: "indicator",
    spec_version: "2.1",
    id: stixId,
    created,
    modified: created,
    name: `Beacon address ${place} of a loader seen in phishing waves`,
    description: DESCRIPTION,
    indicator_types: ["malicious-activity"],
    pattern: `[${key} = '${value}']`,
    pattern_type: "stix",
    valid_from: validFrom,
    valid_until: validUntil,
    confidence,
    labels,
    object_marking_refs: ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
  });
  return {
    change: place + 1,
    requestId: `bench-${Math.floor(place / 100)}`,
    sequence: Math.floor(place / 100) + 1,
    recordIndex: place % 100,
    ingestedAt: instant(nowMs - SPREAD_MS + (place / count) * SPREAD_MS),
    workspaceId: WORKSPACE,
    sourceSystem: `Feed ${object % SOURCES}`,
    stixId,
    revoked: place % 50 === 0,
    deleted: false,
    json,
    facts: {
      ...{ stixId, type: "indicator", specVersion: "2.1", created, modified: created },
      ...{ validFrom, validUntil, name: null, confidence, tlp: "green", labels },
      ...{ revoked: place % 50 === 0, keepRevoked: true, observables: [{ key, value }] },
    },
  };
}

function observableOf(place: number): readonly [key: string, value: string] {
  switch (place % 4) {
    case 0:
      return ["ipv4-addr:value", addressAt(place)];
    case 1: {
      const counter = place === 1 ? KNOWN_COUNTER : place;
      return ["domain-name:value", `parcel-${hex(counter)}.example.com`];
    }
    case 2:
      return ["url:value", `https://login-${hex(place)}.example.net/session/verify?lang=en`];
    default:
      return [
        "file:hashes.'SHA-256'",
        `5f2c9e0b7d41a8836c0e94b1d7f3a2c85e6b90d14f7c8a23b1e5${hex(place)}`,
      ];
  }
}

/** An address outside of the private ranges. */
function addressAt(place: number): string {
  return `45.${(place >>> 16) & 255}.${(place >>> 8) & 255}.${place & 255}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(12, "0");
}

function instant(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}

/** Columns of the log table that the measured rule joins. */
export const DNS_COLUMNS = [
  { name: "TimeGenerated", type: "datetime" },
  { name: "Computer", type: "string" },
  { name: "ClientIP", type: "string" },
  { name: "Name", type: "string" },
  { name: "SubType", type: "string" },
  { name: "IPAddresses", type: "string" },
] as const;

/** Look-ups of the last hour, a quarter of them of an address that an indicator pins. */
export function dnsRows(count: number, objects: number, nowMs: number): LogRows {
  const rows = Array.from({ length: count }, (_, place) => {
    const known = ((place * 31) % Math.max(1, Math.floor(objects / 4))) * 4;
    const address =
      place % 4 === 0 ? addressAt(known) : `198.51.${place % 256}.${(place >>> 8) & 255}`;
    return [
      instant(nowMs - (((place * 3_600_000) / count) % 3_600_000)),
      `host-${place % 200}.example.org`,
      `10.0.${place % 16}.${place % 250}`,
      `name-${place % 5000}.example.com`,
      "LookupQuery",
      `${address}, 203.0.113.${place % 250}`,
    ];
  });
  return { workspaceId: WORKSPACE, table: "DnsEvents", columns: [...DNS_COLUMNS], rows };
}
