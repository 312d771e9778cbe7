/**
 * IPv4 and IPv6 addresses and CIDR blocks: read from text, compared as sets, written in one spelling.
 *
 * @see RFC 4291 §2.2 (text forms of IPv6), RFC 4632 §3.1 (prefix notation), RFC 5952 (the one spelling)
 */
import { isDigit, isHexDigit } from "./characters.ts";

/** A block of addresses; a single address is the block with the longest prefix. */
export interface AddressBlock {
  /** 4 octets or 16, as written: bits behind the prefix are kept. */
  readonly octets: readonly number[];
  readonly prefixLength: number;
}

const FULL_STOP = 0x2e;
const ZERO = 0x30;
const IPV4_OCTETS = 4;
const IPV6_GROUPS = 8;
/** Eight groups of four digits with seven colons, or six with an embedded IPv4 address; with a prefix. */
const TEXT_LENGTH_MAX = 49;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a bare address; undefined for everything else. */
export function addressBlockOf(text: string): AddressBlock | undefined {
  if (text.length > TEXT_LENGTH_MAX) {
    return undefined;
  }
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const octets = address.includes(":") ? ipv6Octets(address) : ipv4Octets(address);
  if (octets === undefined) {
    return undefined;
  }
  const bits = octets.length * 8;
  const prefixLength = slash < 0 ? bits : decimalOf(text.slice(slash + 1), bits);
  return prefixLength === undefined ? undefined : { octets, prefixLength };
}

/** Whether the first block lies inside the second; equal blocks do, blocks of different families never. */
export function isSubset(inner: AddressBlock, outer: AddressBlock): boolean {
  if (inner.octets.length !== outer.octets.length || inner.prefixLength < outer.prefixLength) {
    return false;
  }
  let bits = outer.prefixLength;
  for (let at = 0; bits > 0; at++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : 0xff & (0xff << (8 - bits));
    const difference = (inner.octets[at] ?? 0) ^ (outer.octets[at] ?? 0);
    if ((difference & mask) !== 0) {
      return false;
    }
  }
  return true;
}

/** Writes a block in its one spelling; the prefix of a single address is left out. */
export function printAddressBlock(block: AddressBlock): string {
  const { octets, prefixLength } = block;
  const address = octets.length === IPV4_OCTETS ? octets.join(".") : printIpv6(octets);
  return prefixLength === octets.length * 8 ? address : `${address}/${prefixLength}`;
}

/** Whether the text between two places is a dotted quad without leading zeros; makes no strings for it. */
export function isIpv4(text: string, from = 0, to: number = text.length): boolean {
  return packedIpv4(text, from, to) >= 0;
}

/** Reads a dotted quad. */
function ipv4Octets(text: string): number[] | undefined {
  const packed = packedIpv4(text, 0, text.length);
  return packed < 0
    ? undefined
    : [Math.floor(packed / 0x1_00_00_00), (packed >> 16) & 255, (packed >> 8) & 255, packed & 255];
}

const IPV4_LENGTH_MAX = 15;
const OCTET_MAX = 255;

/** The four octets as one number below 2^32; -1 where the text is no address. */
function packedIpv4(text: string, from: number, to: number): number {
  if (to - from > IPV4_LENGTH_MAX) {
    return -1;
  }
  let packed = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === FULL_STOP) {
      if (digits === 0) {
        return -1;
      }
      packed = packed * (OCTET_MAX + 1) + octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    // A zero before another digit would be a leading one.
    if (!isDigit(code) || (digits > 0 && octet === 0)) {
      return -1;
    }
    octet = octet * 10 + code - ZERO;
    digits++;
    if (octet > OCTET_MAX) {
      return -1;
    }
  }
  return dots === IPV4_OCTETS - 1 && digits > 0 ? packed * (OCTET_MAX + 1) + octet : -1;
}

/** Reads one to three digits without leading zeros. */
function decimalOf(text: string, max: number): number | undefined {
  if (text.length === 0 || text.length > 3 || (text.length > 1 && text.startsWith("0"))) {
    return undefined;
  }
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at))) {
      return undefined;
    }
  }
  const value = Number.parseInt(text, 10);
  return value <= max ? value : undefined;
}

function ipv6Octets(text: string): number[] | undefined {
  const gap = text.indexOf("::");
  if (gap < 0) {
    const octets = groupOctets(text);
    return octets?.length === 2 * IPV6_GROUPS ? octets : undefined;
  }
  const head = gap === 0 ? [] : groupOctets(text.slice(0, gap), true);
  const rest = text.slice(gap + 2);
  const tail = rest === "" ? [] : groupOctets(rest);
  if (head === undefined || tail === undefined) {
    return undefined;
  }
  const missing = 2 * IPV6_GROUPS - head.length - tail.length;
  // The double colon stands for at least one group.
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** Reads groups between single colons; the last may be an IPv4 address, except before a gap. */
function groupOctets(text: string, beforeGap = false): number[] | undefined {
  const octets: number[] = [];
  const groups = text.split(":", IPV6_GROUPS + 1);
  for (const [place, group] of groups.entries()) {
    const isLast = place === groups.length - 1;
    if (isLast && !beforeGap && group.includes(".")) {
      const embedded = ipv4Octets(group);
      return embedded && [...octets, ...embedded];
    }
    if (!isGroup(group)) {
      return undefined;
    }
    const value = Number.parseInt(group, 16);
    octets.push(value >> 8, value & 0xff);
  }
  return octets;
}

function isGroup(text: string): boolean {
  if (text.length === 0 || text.length > 4) {
    return false;
  }
  for (let at = 0; at < text.length; at++) {
    if (!isHexDigit(text.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

function printIpv6(octets: readonly number[]): string {
  const groups: number[] = [];
  for (let at = 0; at < octets.length; at += 2) {
    groups.push(((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0));
  }
  const [start, length] = longestZeroRun(groups);
  const written = groups.map((group) => group.toString(16));
  if (length < 2) {
    return written.join(":");
  }
  return `${written.slice(0, start).join(":")}::${written.slice(start + length).join(":")}`;
}

/** The first of the longest runs of zero groups, as start and length. */
function longestZeroRun(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (const [place, group] of groups.entries()) {
    if (group !== 0) {
      start = place + 1;
    } else if (place + 1 - start > best[1]) {
      best = [start, place + 1 - start];
    }
  }
  return best;
}
