/** GUIDs: recognising them, and laying them out from a digest, so that the same name gives the same GUID. */

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Where the version and the variant stand among the 32 digits. @see RFC 9562 §4 */
const VERSION_PLACE = 12;
const VARIANT_PLACE = 16;
const DIGITS = 32;

/** Whether a text is a GUID of any version, in either case. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/**
 * The GUID that a digest gives, in lower case.
 * @param digest hexadecimal, 32 digits or more
 * @param version the digit that says how it came to be: 5 from a name, 8 as its maker likes
 * @throws RangeError for a digest that is too short, or isn't one
 * @see RFC 9562 §5
 */
export function guidFromDigest(digest: string, version: 4 | 5 | 8): string {
  const digits = digest.slice(0, DIGITS).toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) {
    throw new RangeError("a GUID is made from at least 32 hexadecimal digits");
  }
  const variant = ((Number.parseInt(digits.charAt(VARIANT_PLACE), 16) & 0b11) | 0b1000).toString(
    16,
  );
  const laidOut =
    digits.slice(0, VERSION_PLACE) +
    version +
    digits.slice(VERSION_PLACE + 1, VARIANT_PLACE) +
    variant +
    digits.slice(VARIANT_PLACE + 1);
  return laidOut.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
