/**
 * The places of a word in a run of the search index, as bytes: which of its objects have it. Places are whole numbers
 * from 0 in ascending order. Numbers have seven bits a byte, the lowest first, and the highest bit says that more
 * follow. A list is the shorter of two forms:
 *
 *     differences = place place-before-last…     the first counted from 0
 *     bits        = bit{last place + 1}          the lowest bit of a byte first
 */

/** The forms; they stand in databases. */
const FORM = { differences: 0, bits: 1 };

const PAYLOAD_BITS = 7;
const MORE = 1 << PAYLOAD_BITS;
const PAYLOAD = MORE - 1;

/** Bytes of the largest number, below 2^31. */
export const NUMBER_BYTES_MAX = 5;

const BITS_PER_BYTE = 8;

/** Bytes that grow as they are written. */
export interface ByteSink {
  bytes: Uint8Array<ArrayBuffer>;
  end: number;
}

/** Sees to it that so many bytes more can be written. */
export function reserve(sink: ByteSink, bytes: number): void {
  if (sink.end + bytes > sink.bytes.length) {
    const larger = new Uint8Array(Math.max(sink.bytes.length * 2, sink.end + bytes));
    larger.set(sink.bytes.subarray(0, sink.end));
    sink.bytes = larger;
  }
}

/** Writes a whole number from 0 to 2^31 - 1; room for it must have been reserved. */
export function putNumber(sink: ByteSink, number: number): void {
  const { bytes } = sink;
  let rest = number;
  while (rest >= MORE) {
    bytes[sink.end] = (rest & PAYLOAD) | MORE;
    sink.end += 1;
    rest >>>= PAYLOAD_BITS;
  }
  bytes[sink.end] = rest;
  sink.end += 1;
}

/** Bytes of a number as `putNumber` writes it. */
function numberBytes(number: number): number {
  let bytes = 1;
  for (let rest = number >>> PAYLOAD_BITS; rest > 0; rest >>>= PAYLOAD_BITS) {
    bytes += 1;
  }
  return bytes;
}

/** Bytes that are read from a place on. */
export interface ByteSource {
  readonly bytes: Uint8Array;
  at: number;
}

/** @throws RangeError when the bytes end too soon */
export function takeNumber(source: ByteSource): number {
  const { bytes } = source;
  let number = 0;
  for (let shift = 0; ; shift += PAYLOAD_BITS) {
    const byte = bytes[source.at];
    if (byte === undefined || shift > PAYLOAD_BITS * (NUMBER_BYTES_MAX - 1)) {
      throw new RangeError("a list of the search index is damaged");
    }
    source.at += 1;
    number |= (byte & PAYLOAD) << shift;
    if (byte < MORE) {
      return number;
    }
  }
}

/** Writes a list with its length and form before it. @param places ascending, at least one */
export function putPlaces(sink: ByteSink, places: ArrayLike<number>): void {
  const bits = ((places[places.length - 1] ?? 0) >>> 3) + 1;
  let differences = 0;
  let last = 0;
  for (let at = 0; at < places.length && differences <= bits; at += 1) {
    const place = places[at] ?? 0;
    differences += numberBytes(place - last);
    last = place;
  }
  const isShort = differences <= bits;
  const length = isShort ? differences : bits;
  reserve(sink, length + NUMBER_BYTES_MAX);
  putNumber(sink, length * 2 + (isShort ? FORM.differences : FORM.bits));
  if (isShort) {
    putDifferences(sink, places);
  } else {
    putBits(sink, places, length);
  }
}

function putDifferences(sink: ByteSink, places: ArrayLike<number>): void {
  let last = 0;
  for (let at = 0; at < places.length; at += 1) {
    const place = places[at] ?? 0;
    putNumber(sink, place - last);
    last = place;
  }
}

function putBits(sink: ByteSink, places: ArrayLike<number>, length: number): void {
  const { bytes, end } = sink;
  bytes.fill(0, end, end + length);
  for (let at = 0; at < places.length; at += 1) {
    const place = places[at] ?? 0;
    bytes[end + (place >>> 3)] = (bytes[end + (place >>> 3)] ?? 0) | (1 << (place & 7));
  }
  sink.end += length;
}

/** Passes a list over. */
export function skipPlaces(source: ByteSource): void {
  const head = takeNumber(source);
  source.at += head >>> 1;
}

/** Adds the places of a list to others, each with `shift`, in their order. @throws RangeError when it is damaged */
export function takePlaces(source: ByteSource, shift: number, places: number[]): void {
  const head = takeNumber(source);
  const end = source.at + (head >>> 1);
  if (end > source.bytes.length) {
    throw new RangeError("a list of the search index is damaged");
  }
  if ((head & 1) === FORM.bits) {
    takeBits(source, end, { shift, places });
    return;
  }
  let place = shift;
  while (source.at < end) {
    place += takeNumber(source);
    places.push(place);
  }
}

function takeBits(
  source: ByteSource,
  end: number,
  { shift, places }: { readonly shift: number; readonly places: number[] },
): void {
  for (let first = shift; source.at < end; first += BITS_PER_BYTE) {
    let byte = source.bytes[source.at] ?? 0;
    source.at += 1;
    while (byte !== 0) {
      const lowest = 31 - Math.clz32(byte & -byte);
      places.push(first + lowest);
      byte &= byte - 1;
    }
  }
}
