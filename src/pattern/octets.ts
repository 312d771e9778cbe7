/**
 * Bytes of observed objects and of binary constants. They are kept as text of which each character, below
 * U+0100, is one byte: the same form in which a string is compared with bytes.
 *
 * @see STIX 2.1 §9.6.1 (binary and hex)
 */

/** A value that is bytes, not text. A class, so that no JSON value can look like one. */
export class Octets {
  readonly octets: string;

  constructor(octets: string) {
    this.octets = octets;
  }
}

const BASE64_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_VALUES: ReadonlyMap<string, number> = new Map(
  [...BASE64_ALPHABET].map((character, value) => [character, value]),
);

/** Reads pairs of hexadecimal digits; undefined for anything else. */
export function octetsOfHex(text: string): Octets | undefined {
  if (text.length % 2 !== 0) {
    return undefined;
  }
  let octets = "";
  for (let at = 0; at < text.length; at += 2) {
    const pair = text.slice(at, at + 2);
    const value = Number(`0x${pair}`);
    // Number takes white space at the end for nothing, which is no digit.
    if (Number.isNaN(value) || pair.trim().length < 2) {
      return undefined;
    }
    octets += String.fromCharCode(value);
  }
  return new Octets(octets);
}

/** Reads padded base64; undefined for anything else. */
export function octetsOfBase64(text: string): Octets | undefined {
  if (text.length % 4 !== 0) {
    return undefined;
  }
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digitsEnd = text.length - padding;
  let octets = "";
  let bits = 0;
  let bitCount = 0;
  for (let at = 0; at < digitsEnd; at++) {
    const value = BASE64_VALUES.get(text.charAt(at));
    if (value === undefined) {
      return undefined;
    }
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      octets += String.fromCharCode((bits >> bitCount) & 0xff);
    }
  }
  return new Octets(octets);
}

/** Whether every character stands for one byte, so that the text can be compared with bytes. */
export function isByteText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0xff) {
      return false;
    }
  }
  return true;
}

/** The text that the bytes encode in UTF-8; undefined when they encode none. */
export function utf8TextOf({ octets }: Octets): string | undefined {
  const bytes = Uint8Array.from(octets, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder has no other way to say that the bytes are no text.
    return undefined;
  }
}
