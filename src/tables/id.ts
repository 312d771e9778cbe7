/** The id of an object in the tables: the base64 of its source, three hyphens, its STIX id. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Id of an object as the tables and the management API spell it. */
export function tableId(sourceSystem: string, stixId: string): string {
  return `${base64(new TextEncoder().encode(sourceSystem))}---${stixId}`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    const left = bytes.length - at;
    text += digit(group, 18) + digit(group, 12);
    text += left > 1 ? digit(group, 6) : "=";
    text += left > 2 ? digit(group, 0) : "=";
  }
  return text;
}

function digit(group: number, shift: number): string {
  return ALPHABET.charAt((group >>> shift) & 63);
}
