/**
 * Which STIX ids may be revoked, as bits that two threads share: the writer marks an id before the index
 * that revokes it becomes visible, and every upload asks the bits before it asks the reader. Nothing is
 * ever unmarked, and two ids can share a bit, so a marked id has to be looked up; an unmarked one is not
 * revoked, which is true of almost every record of a feed. Until the writer has marked what was stored before,
 * every id has to be looked up.
 */

/** Shared between the thread of the caller and the writer. */
export type RevokedBits = SharedArrayBuffer;

/** 8 MB: with a million revoked objects one look-up in sixty is in vain. */
const BIT_COUNT = 2 ** 26;
const BITS_PER_BYTE = 8;

/** The byte behind the bits: 1 when everything stored has been marked. */
const COMPLETE_AT = BIT_COUNT / BITS_PER_BYTE;

/** Multiplier and start of FNV-1a with 32 bits. */
const FNV_PRIME = 0x01000193;
const FNV_START = 0x811c9dc5;

/** Makes bits, none of them marked. */
export function createRevokedBits(): RevokedBits {
  return new SharedArrayBuffer(BIT_COUNT / BITS_PER_BYTE + 1);
}

/** A function that marks an id. */
export function revokedMarker(bits: RevokedBits): (stixId: string) => void {
  const bytes = new Uint8Array(bits);
  return (stixId) => {
    const bit = bitOf(stixId);
    Atomics.or(bytes, bit >>> 3, 1 << (bit & 7));
  };
}

/** Says that everything stored has been marked. */
export function revokedComplete(bits: RevokedBits): void {
  Atomics.store(new Uint8Array(bits), COMPLETE_AT, 1);
}

/** A function that says whether an id may be revoked. */
export function revokedTest(bits: RevokedBits): (stixId: string) => boolean {
  const bytes = new Uint8Array(bits);
  return (stixId) => {
    const bit = bitOf(stixId);
    const isMarked = (Atomics.load(bytes, bit >>> 3) & (1 << (bit & 7))) !== 0;
    return isMarked || Atomics.load(bytes, COMPLETE_AT) === 0;
  };
}

function bitOf(text: string): number {
  let hash = FNV_START;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return (hash ^ (hash >>> 15)) & (BIT_COUNT - 1);
}
