/**
 * SHA-1 (FIPS 180-4 §6.1) of short inputs, for deterministic ids only: nothing is protected by it. Written
 * out here because the rooms that use it run without a platform's crypto.
 */

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;
const ROUNDS = 80;

/** The four round functions with their constants, twenty rounds each. */
const PHASES: readonly (readonly [(b: number, c: number, d: number) => number, number])[] = [
  [(b, c, d): number => (b & c) | (~b & d), 0x5a827999],
  [(b, c, d): number => b ^ c ^ d, 0x6ed9eba1],
  [(b, c, d): number => (b & c) | (b & d) | (c & d), 0x8f1bbcdc],
  [(b, c, d): number => b ^ c ^ d, 0xca62c1d6],
];

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The message, a 1 bit, zeros, and the length in bits. */
function padded(message: Uint8Array): DataView {
  const length = message.length + 1 + LENGTH_BYTES;
  const bytes = new Uint8Array(Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - LENGTH_BYTES, BigInt(message.length) * 8n);
  return view;
}

/** The 20 bytes of the digest. */
export function sha1(message: Uint8Array): Uint8Array {
  const view = padded(message);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = new Int32Array(ROUNDS);
  for (let offset = 0; offset < view.byteLength; offset += BLOCK_BYTES) {
    for (let round = 0; round < ROUNDS; round += 1) {
      words[round] = round < 16 ? view.getInt32(offset + round * 4) : mixed(words, round);
    }
    compress(state, words);
  }
  const digest = new DataView(new ArrayBuffer(state.length * 4));
  for (const [index, word] of state.entries()) {
    digest.setInt32(index * 4, word);
  }
  return new Uint8Array(digest.buffer);
}

function mixed(words: Int32Array, round: number): number {
  const at = (back: number): number => words[round - back] ?? 0;
  return rotate(at(3) ^ at(8) ^ at(14) ^ at(16), 1);
}

function compress(state: number[], words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let round = 0; round < ROUNDS; round += 1) {
    const phase = PHASES[Math.floor(round / 20)];
    if (phase === undefined) {
      break;
    }
    const [mix, constant] = phase;
    const next = (rotate(a, 5) + mix(b, c, d) + e + constant + (words[round] ?? 0)) | 0;
    [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
  }
  for (const [index, word] of [a, b, c, d, e].entries()) {
    state[index] = ((state[index] ?? 0) + word) | 0;
  }
}
