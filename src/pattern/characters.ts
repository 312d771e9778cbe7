/**
 * The classes of characters that the pattern grammar distinguishes, as tests on UTF-16 units.
 * NaN, which charCodeAt gives beyond the end, belongs to none of them.
 */

/** Unicode's White_Space property; U+FEFF is not part of it. */
export function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) {
    return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  }
  if (code < 0x85) {
    return false;
  }
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** A character that an identifier may begin with. */
export function isWordStart(code: number): boolean {
  return isLetter(code) || code === 0x5f;
}

/** A character that an identifier may go on with, the hyphen of object types included. */
export function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f || code === 0x2d;
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}

export function isBase64Digit(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x2b || code === 0x2f;
}
