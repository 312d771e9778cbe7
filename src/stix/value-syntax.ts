/**
 * Syntaxes of single strings, each a loop over characters and none a regular expression over input of
 * unknown length: no input takes more than linear time.
 */

import { CHARSET_NAMES } from "./charsets.ts";
import { isHexDigit } from "./identifier.ts";
import type { SyntaxName } from "./kinds.ts";
import { isLanguageCode } from "./language-codes.ts";
import { isMediaType } from "./media-types.ts";
import type { RuleId } from "./rules-table.ts";

/** A syntax: its test, what a string must be, and the rule that is broken otherwise. */
export interface Syntax {
  readonly test: (text: string) => boolean;
  /** Continues the sentence "Expected …". */
  readonly expected: string;
  readonly rule: RuleId;
}

/** Every syntax by its name. */
export const SYNTAXES: Readonly<Record<SyntaxName, Syntax>> = {
  charset: {
    test: (text) => CHARSET_NAMES.has(text.toLowerCase()),
    expected: "the name of an IANA character set, its preferred MIME name where it has one",
    rule: "enc.charset",
  },
  cpe: { test: isCpe, expected: "a CPE 2.3 formatted string", rule: "sco.value" },
  "domain-name": { test: isDomainName, expected: "a domain name", rule: "sco.value" },
  "email-addr": { test: isEmailAddress, expected: "an e-mail address", rule: "sco.value" },
  "ipv4-addr": { test: isIpv4, expected: "an IPv4 address or CIDR block", rule: "sco.value" },
  "ipv6-addr": { test: isIpv6, expected: "an IPv6 address or CIDR block", rule: "sco.value" },
  "iso-639-2": {
    test: isLanguageCode,
    expected: "a three-letter language code of ISO 639-2",
    rule: "sco.value",
  },
  "mac-addr": {
    test: isMacAddress,
    expected: "a MAC address in lower case with colons",
    rule: "sco.value",
  },
  "media-type": {
    test: isMediaType,
    expected: "a media type such as text/plain, of a top-level type that IANA registered",
    rule: "sco.value",
  },
  "reference-url": { test: isUri, expected: "a URI with a scheme", rule: "extref.url" },
  "relationship-type": {
    test: isRelationshipType,
    expected: "lower-case letters, digits and hyphens",
    rule: "rel.type",
  },
  "registry-key": {
    test: hasFullHive,
    expected: "the hive written out, such as HKEY_LOCAL_MACHINE",
    rule: "sco.value",
  },
  uri: { test: isUri, expected: "a URI with a scheme", rule: "sco.value" },
};

/** ASCII characters of a string as a set for lookups by code. */
function charSet(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) {
    table[character.charCodeAt(0)] = 1;
  }
  return table;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
const SCHEME = charSet(`${LETTERS}${DIGITS}+.-`);
const URI_CHARACTERS = charSet(`${LETTERS}${DIGITS}-._~:/?#[]@!$&'()*+,;=`);
const ATOM = charSet(`${LETTERS}${DIGITS}!#$%&'*+-/=?^_\`{|}~`);
const LABEL = charSet(`${LETTERS}${DIGITS}-_`);
const CPE_CHARACTERS = charSet(`${LETTERS}${DIGITS}-._*?`);

function isIn(table: Uint8Array, code: number): boolean {
  return code < 128 && table[code] === 1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** `scheme ":" *( unreserved / reserved / "%" 2HEXDIG )` with at most one `#`. @see RFC 3986 §3 */
function isUri(text: string): boolean {
  const colon = text.indexOf(":");
  if (colon < 1 || colon === text.length - 1 || isDigit(text.charCodeAt(0))) {
    return false;
  }
  for (let at = 0; at < colon; at += 1) {
    if (!isIn(SCHEME, text.charCodeAt(at))) {
      return false;
    }
  }
  return hasUriCharacters(text, colon + 1);
}

function hasUriCharacters(text: string, from: number): boolean {
  let fragments = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 37) {
      if (!isHexDigit(text.charCodeAt(at + 1)) || !isHexDigit(text.charCodeAt(at + 2))) {
        return false;
      }
      at += 2;
    } else if (!isIn(URI_CHARACTERS, code)) {
      return false;
    }
    fragments += code === 35 ? 1 : 0;
  }
  return fragments <= 1;
}

const LABEL_LENGTH_MAX = 63;
const DOMAIN_LENGTH_MAX = 253;

/** Labels of letters, digits, hyphens and underscores, or of Unicode letters; a final dot may stand. */
function isDomainName(text: string): boolean {
  const end = text.endsWith(".") ? text.length - 1 : text.length;
  if (end === 0 || end > DOMAIN_LENGTH_MAX) {
    return false;
  }
  let start = 0;
  for (let at = 0; at <= end; at += 1) {
    const code = at === end ? DOT : text.charCodeAt(at);
    const isFit = code === DOT ? isLabel(text, start, at) : isLabelCharacter(code);
    if (!isFit) {
      return false;
    }
    start = code === DOT ? at + 1 : start;
  }
  return true;
}

const DOT = 46;

function isLabelCharacter(code: number): boolean {
  return code < 128 ? isIn(LABEL, code) : !isSpaceOrControl(code);
}

function isLabel(text: string, start: number, end: number): boolean {
  const length = end - start;
  const isLong = length >= 1 && length <= LABEL_LENGTH_MAX;
  return isLong && text.charCodeAt(start) !== 45 && text.charCodeAt(end - 1) !== 45;
}

/** Beyond ASCII: what no label may hold. */
function isSpaceOrControl(code: number): boolean {
  return code < 0xa1 || code === 0x3000 || (code >= 0x2000 && code <= 0x206f) || code === 0xfeff;
}

/** `addr-spec` without comments and folding: dot-atom or quoted string, `@`, domain or literal. */
function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  if (at < 1 || at === text.length - 1) {
    return false;
  }
  const isQuoted = text.startsWith('"') && text[at - 1] === '"' && at > 2;
  const isLocal = isQuoted ? isQuotedString(text, at) : isDotAtom(text, 0, at);
  const isLiteral = text[at + 1] === "[" && text.endsWith("]");
  return isLocal && (isLiteral || isDotAtom(text, at + 1, text.length));
}

function isQuotedString(text: string, end: number): boolean {
  for (let at = 1; at < end - 1; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) {
      at += 1;
    } else if (code === 34 || code < 32 || code === 127) {
      return false;
    }
  }
  return true;
}

function isDotAtom(text: string, from: number, to: number): boolean {
  let previous = 46;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    const isDot = code === 46;
    if (isDot ? previous === 46 : code < 128 ? !isIn(ATOM, code) : isSpaceOrControl(code)) {
      return false;
    }
    previous = code;
  }
  return previous !== 46;
}

/** A number without leading zeros up to `max`, as the whole of the text from `from` to `to`. */
function isNumberUpTo(max: number, text: string, from: number, to: number): boolean {
  const length = to - from;
  if (length < 1 || length > 3 || (length > 1 && text.charCodeAt(from) === 48)) {
    return false;
  }
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) {
      return false;
    }
    value = value * 10 + code - 48;
  }
  return value <= max;
}

/** A dotted quad without leading zeros, with an optional prefix length. */
function isIpv4(text: string): boolean {
  const slash = text.indexOf("/");
  const end = slash < 0 ? text.length : slash;
  return isQuad(text, 0, end) && (slash < 0 || isNumberUpTo(32, text, slash + 1, text.length));
}

function isQuad(text: string, from: number, to: number): boolean {
  let start = from;
  let parts = 0;
  for (let at = from; at <= to; at += 1) {
    if (at === to || text.charCodeAt(at) === 46) {
      if (parts === 4 || !isNumberUpTo(255, text, start, at)) {
        return false;
      }
      parts += 1;
      start = at + 1;
    }
  }
  return parts === 4;
}

const GROUPS = 8;

/** Any form of RFC 4291 §2.2, with an optional prefix length. */
function isIpv6(text: string): boolean {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  if (slash >= 0 && !isNumberUpTo(128, text, slash + 1, text.length)) {
    return false;
  }
  if (address.length > 45 || address.length < 2) {
    return false;
  }
  const gap = address.indexOf("::");
  if (gap < 0) {
    return groupsOf(address) === GROUPS;
  }
  const before = gap === 0 ? 0 : groupsOf(address.slice(0, gap), false);
  const rest = address.slice(gap + 2);
  const behind = rest === "" ? 0 : groupsOf(rest);
  return before >= 0 && behind >= 0 && before + behind < GROUPS;
}

/** Number of 16-bit groups that a text holds; -1 where one is malformed. */
function groupsOf(text: string, mayEmbed = true): number {
  const parts = text.split(":");
  let count = 0;
  for (const [index, part] of parts.entries()) {
    const isEmbedded = mayEmbed && index === parts.length - 1 && part.includes(".");
    if (isEmbedded ? !isQuad(part, 0, part.length) : !isGroup(part)) {
      return -1;
    }
    count += isEmbedded ? 2 : 1;
  }
  return count;
}

function isGroup(part: string): boolean {
  if (part.length < 1 || part.length > 4) {
    return false;
  }
  for (let at = 0; at < part.length; at += 1) {
    if (!isHexDigit(part.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

const MAC_LENGTH = 17;

function isMacAddress(text: string): boolean {
  if (text.length !== MAC_LENGTH) {
    return false;
  }
  for (let at = 0; at < MAC_LENGTH; at += 1) {
    const code = text.charCodeAt(at);
    const isLowerHex = isDigit(code) || (code >= 97 && code <= 102);
    if (at % 3 === 2 ? code !== 58 : !isLowerHex) {
      return false;
    }
  }
  return true;
}

const CPE_PREFIX = "cpe:2.3:";
const CPE_COMPONENTS = 11;

/** `cpe:2.3:` and eleven components; a backslash escapes the next character. @see NISTIR 7695 §6.2 */
function isCpe(text: string): boolean {
  if (!text.startsWith(CPE_PREFIX) || !"aho*-".includes(text[CPE_PREFIX.length] ?? " ")) {
    return false;
  }
  let components = 1;
  let length = 0;
  for (let at = CPE_PREFIX.length; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 58) {
      if (length === 0) {
        return false;
      }
      components += 1;
      length = 0;
      continue;
    }
    if (code === 92) {
      at += 1;
    } else if (!isIn(CPE_CHARACTERS, code)) {
      return false;
    }
    length += 1;
  }
  return components === CPE_COMPONENTS && length > 0;
}

function isRelationshipType(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && code !== 45 && (code < 97 || code > 122)) {
      return false;
    }
  }
  return text !== "";
}

/** Abbreviations of registry hives, which the standard wants written out. */
const SHORT_HIVES: ReadonlySet<string> = new Set([
  "HKLM",
  "HKCU",
  "HKCR",
  "HKU",
  "HKCC",
  "HKPD",
  "HKDD",
]);

function hasFullHive(text: string): boolean {
  const end = text.indexOf("\\");
  return !SHORT_HIVES.has((end < 0 ? text : text.slice(0, end)).toUpperCase());
}

/** An even number of lower-case hexadecimal digits. @see STIX 2.1 §2.8 */
export function isHexString(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && (code < 97 || code > 102)) {
      return false;
    }
  }
  return text.length % 2 === 0 && text !== "";
}

/** Base64 with padding. @see RFC 4648 §4 */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) {
    return false;
  }
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const end = text.length - padding;
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isLetter && !isDigit(code) && code !== 43 && code !== 47) {
      return false;
    }
  }
  return true;
}
