/**
 * Identifiers, `<type>--<UUID>`, read by character loops: no regular expression, so that no input is slow.
 * STIX 2.1 §2.9; RFC 4122 §3.
 */

const UUID_LENGTH = 36;
const TYPE_LENGTH_MIN = 3;
const NAME_LENGTH_MAX = 250;

const ASCII_MAX = 127;

/** Classes of characters as bits, looked up instead of compared. */
const HEX = 1;
const TYPE = 2;
const HYPHEN = 4;
const CLASSES: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(128);
  for (const char of "0123456789abcdefABCDEF") {
    table[char.charCodeAt(0)] = HEX;
  }
  for (const char of "abcdefghijklmnopqrstuvwxyz0123456789-") {
    const code = char.charCodeAt(0);
    table[code] = (table[code] ?? 0) | TYPE;
  }
  table[45] = TYPE | HYPHEN;
  return table;
}

/** The class that each of the 36 places of a UUID demands. */
const UUID_PLACES: Uint8Array = Uint8Array.from({ length: UUID_LENGTH }, (_each, at) =>
  at === 8 || at === 13 || at === 18 || at === 23 ? HYPHEN : HEX,
);

function isOf(bit: number, code: number): boolean {
  return code <= ASCII_MAX && ((CLASSES[code] ?? 0) & bit) !== 0;
}

/** Whether a character code is a hexadecimal digit of either case. */
export function isHexDigit(code: number): boolean {
  return isOf(HEX, code);
}

/**
 * The version digit (1 to 8) of the RFC 4122 UUID that a text ends with, from `from` on; 0 where there is none.
 * @param from index of the first character of the UUID
 */
export function uuidVersion(text: string, from: number): number {
  if (text.length - from !== UUID_LENGTH) {
    return 0;
  }
  for (let at = 0; at < UUID_LENGTH; at += 1) {
    const code = text.charCodeAt(from + at);
    if (code > ASCII_MAX || ((CLASSES[code] ?? 0) & (UUID_PLACES[at] ?? 0)) === 0) {
      return 0;
    }
  }
  const variant = text.charCodeAt(from + 19) | 32;
  const isVariant = variant === 56 || variant === 57 || variant === 97 || variant === 98;
  const version = text.charCodeAt(from + 14) - 48;
  return isVariant && version >= 1 && version <= 8 ? version : 0;
}

/** Whether a name follows the rules for type names. @see STIX 2.1 §3.1 */
export function isTypeName(name: string): boolean {
  const first = name.charCodeAt(0);
  const isLong = name.length >= TYPE_LENGTH_MIN && name.length <= NAME_LENGTH_MAX;
  if (!isLong || first < 97 || first > 122 || name.includes("--")) {
    return false;
  }
  for (let at = 0; at < name.length; at += 1) {
    if (!isOf(TYPE, name.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

/** What can be read from an identifier. */
export interface Identifier {
  /** The text before `--`. */
  readonly type: string;
  /** Version digit of the UUID, 1 to 8; 0 where what follows is no UUID. */
  readonly uuidVersion: number;
}

/** Reads an identifier; undefined where there is no type before a `--`. */
export function readIdentifier(text: string): Identifier | undefined {
  const end = text.indexOf("--");
  if (end < 1) {
    return undefined;
  }
  return { type: text.slice(0, end), uuidVersion: uuidVersion(text, end + 2) };
}
