/** The names a server certificate is issued for: reading configured ones and comparing sets of them. */

import { isIP } from "node:net";
import { hostname } from "node:os";
import { domainToASCII } from "node:url";
import { AppError } from "../../wire/index.ts";

/** A name as a certificate carries it: canonical spelling, lower case. */
export interface CertificateName {
  readonly type: "dns" | "ip";
  readonly value: string;
}

/**
 * The public hosts that shipping connectors have built in. A machine that resolves them to this server
 * reaches it with an unmodified client.
 */
export const TAKEOVER_HOSTS: readonly string[] = [
  "api.ti.sentinel.azure.com",
  "sentinelus.azure-api.net",
  "login.microsoftonline.com",
  "management.azure.com",
];

/** Every server answers to these, so that a fresh one can be tried on its own machine. */
const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** More names than this in one certificate are a mistake, and every handshake would carry them. */
const CONFIGURED_NAMES_MAX = 100;
const DNS_NAME_LENGTH_MAX = 253;
/** RFC 1123 §2.1 labels; a leading `*` label stands for any single label (RFC 6125 §6.4.3). */
const DNS_NAME =
  /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** What would make a longer address of a name; `domainToASCII` silently cuts it off. */
const URL_PARTS = /[\s/\\:?#@%]/;

/** What the names of a certificate follow from. */
export interface NameSettings {
  /** DNS names or IP addresses, without scheme and port. */
  readonly configured: readonly string[];
  readonly takeover: boolean;
  /** Name of this machine; left out of the certificate when no DNS name can be spelled like it. */
  readonly machine?: string;
}

/**
 * The names that the server's certificate has to carry, without repetition, in a fixed order.
 *
 * @throws AppError `settings_invalid` for a configured name that can't stand in a certificate
 */
export function certificateNames(settings: NameSettings): readonly CertificateName[] {
  if (settings.configured.length > CONFIGURED_NAMES_MAX) {
    throw new AppError(
      "settings_invalid",
      `The setting tls.names has ${settings.configured.length} names; at most ${CONFIGURED_NAMES_MAX} fit.`,
      { field: "tls.names" },
    );
  }
  const machine = parseName(settings.machine ?? hostname());
  const names = [
    ...LOOPBACK_NAMES.map(requireName),
    ...(machine === undefined ? [] : [machine]),
    ...settings.configured.map(requireName),
    ...(settings.takeover ? TAKEOVER_HOSTS.map(requireName) : []),
  ];
  return [...new Map(names.map((name) => [keyOf(name), name])).values()];
}

/** Whether two lists hold the same names in any order. */
export function sameNames(
  left: readonly CertificateName[],
  right: readonly CertificateName[],
): boolean {
  const keys = new Set(left.map(keyOf));
  return (
    keys.size === new Set(right.map(keyOf)).size && right.every((name) => keys.has(keyOf(name)))
  );
}

/** Reads a DNS name or an IP address; undefined when it is neither. */
export function parseName(text: string): CertificateName | undefined {
  const trimmed = text.trim().replace(/^\[(.*)\]$/, "$1");
  if (isIP(trimmed) !== 0) {
    return ipName(trimmed);
  }
  if (URL_PARTS.test(trimmed)) {
    return undefined;
  }
  // A final dot only says that the name is absolute; certificates spell names without it.
  const value = domainToASCII(trimmed.replace(/\.$/, "")).toLowerCase();
  if (value.length > DNS_NAME_LENGTH_MAX || !DNS_NAME.test(value) || isIP(value) !== 0) {
    return undefined;
  }
  return { type: "dns", value };
}

function requireName(text: string): CertificateName {
  const name = parseName(text);
  if (name === undefined) {
    throw new AppError(
      "settings_invalid",
      `In the setting tls.names, ${JSON.stringify(text)} is neither a DNS name nor an IP address. Write ` +
        "it without scheme, port and path, such as ti.example.org or 10.0.0.5.",
      { field: "tls.names" },
    );
  }
  return name;
}

function ipName(text: string): CertificateName | undefined {
  if (text.includes("%")) {
    // A zone (fe80::1%eth0) has a meaning on one machine only, and no place in a certificate.
    return undefined;
  }
  if (isIP(text) === 4) {
    return { type: "ip", value: text };
  }
  // The URL parser spells IPv6 addresses in their one canonical form (RFC 5952).
  return { type: "ip", value: new URL(`http://[${text}]`).hostname.slice(1, -1) };
}

function keyOf(name: CertificateName): string {
  return `${name.type}:${name.value}`;
}
