/**
 * Identifiers, `<type>--<UUID>`, read by character loops: no regular expression, so that no input is slow.
 * STIX 2.1 §2.9; RFC 4122 §3.
 */

const UUID_LENGTH = 36;
const TYPE_LENGTH_MIN = 3;
const NAME_LENGTH_MAX = 250;

const HYPHEN = 45;

/** 1 at the codes of hexadecimal digits of either case. */
const HEX_DIGITS: Uint8Array = new Uint8Array(256);
for (const digit of "0123456789abcdefABCDEF") {
  HEX_DIGITS[digit.charCodeAt(0)] = 1;
}

/** Whether a character code is a hexadecimal digit of either case. */
export function isHexDigit(code: number): boolean {
  return HEX_DIGITS[code] === 1;
}

function areHexDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (!isHexDigit(text.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

/**
 * The version digit (1 to 8) of the RFC 4122 UUID that a text ends with, from `from` on; 0 where there is none.
 * @param from index of the first character of the UUID
 */
export function uuidVersion(text: string, from: number): number {
  const isUuid =
    text.length - from === UUID_LENGTH &&
    text.charCodeAt(from + 8) === HYPHEN &&
    text.charCodeAt(from + 13) === HYPHEN &&
    text.charCodeAt(from + 18) === HYPHEN &&
    text.charCodeAt(from + 23) === HYPHEN &&
    areHexDigits(text, from, from + 8) &&
    areHexDigits(text, from + 9, from + 13) &&
    areHexDigits(text, from + 14, from + 18) &&
    areHexDigits(text, from + 19, from + 23) &&
    areHexDigits(text, from + 24, from + UUID_LENGTH);
  if (!isUuid) {
    return 0;
  }
  const variant = text.charCodeAt(from + 19) | 32;
  const isVariant = variant === 56 || variant === 57 || variant === 97 || variant === 98;
  const version = text.charCodeAt(from + 14) - 48;
  return isVariant && version >= 1 && version <= 8 ? version : 0;
}

/** Groups of a UUID, which hyphens separate. */
const UUID_GROUPS = 5;

/** No group of a UUID is as long as this, however it was miscounted. */
const GROUP_LENGTH_MAX = 32;

/**
 * Whether what stands from `from` on looks like a UUID whose digits somebody miscounted: five groups of
 * hexadecimal digits, not all of them as long as they must be.
 * @param from index of the first character of the UUID
 */
export function hasMiscountedGroups(text: string, from: number): boolean {
  if (text.length - from > UUID_GROUPS * (GROUP_LENGTH_MAX + 1)) {
    return false;
  }
  const groups = text.slice(from).split("-");
  const isGroup = (group: string): boolean =>
    group !== "" && group.length <= GROUP_LENGTH_MAX && areHexDigits(group, 0, group.length);
  return (
    groups.length === UUID_GROUPS &&
    groups.every(isGroup) &&
    groups.map((group) => group.length).join() !== "8,4,4,4,12"
  );
}

/** Whether a name follows the rules for type names. @see STIX 2.1 §3.1 */
export function isTypeName(name: string): boolean {
  const first = name.charCodeAt(0);
  const isLong = name.length >= TYPE_LENGTH_MIN && name.length <= NAME_LENGTH_MAX;
  if (!isLong || first < 97 || first > 122 || name.includes("--")) {
    return false;
  }
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    const isLetter = code >= 97 && code <= 122;
    if (!isLetter && !(code >= 48 && code <= 57) && code !== HYPHEN) {
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

/** Length of an identifier behind its type: two hyphens and a UUID. */
const TAIL_LENGTH = UUID_LENGTH + 2;

/**
 * The version digit of the UUID where a text is an identifier of this type, 0 otherwise. Says the same as
 * `readIdentifier` without making strings: nearly every id that arrives is such a one.
 */
export function uuidVersionOf(type: string, text: string): number {
  const end = type.length;
  const isShaped =
    text.length === end + TAIL_LENGTH &&
    text.charCodeAt(end) === 45 &&
    text.charCodeAt(end + 1) === 45;
  return isShaped && text.startsWith(type) ? uuidVersion(text, end + 2) : 0;
}
