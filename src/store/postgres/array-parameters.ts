/**
 * Arrays as parameters of a statement, in PostgreSQL's binary form: a batch of rows travels as one array
 * for each column, bytes as they are instead of in hexadecimal, texts without quotes.
 *
 *     array   = dimensions(1) hasNull elementType count lowerBound(1) element{count}     32 bits each
 *     element = length bytes     length -1: null     numbers are big-endian
 *     array   = dimensions(0) hasNull elementType     when it is empty
 *
 * @see PostgreSQL sources, `array_recv`
 */

/** Numbers of the element types in the server's catalogue. */
const TYPE = { bytea: 17, bigint: 20, integer: 23, text: 25 } as const;

const WORD_BYTES = 4;

/** An array of whole numbers, as `bigint[]`. */
export function bigints(values: readonly (number | null)[]): Buffer {
  return numbers(TYPE.bigint, 8, values, (buffer, value, at) => {
    buffer.writeBigInt64BE(BigInt(value), at);
  });
}

/** An array of 32-bit numbers, as `integer[]`. */
export function integers(values: readonly (number | null)[]): Buffer {
  return numbers(TYPE.integer, 4, values, (buffer, value, at) => {
    buffer.writeInt32BE(value, at);
  });
}

/** An array of texts, as `text[]`. */
export function texts(values: readonly (string | null)[]): Buffer {
  return elements(
    TYPE.text,
    values.map((value) => (value === null ? null : Buffer.from(value))),
  );
}

/** An array of byte strings, as `bytea[]`. */
export function byteStrings(values: readonly (Uint8Array | null)[]): Buffer {
  return elements(TYPE.bytea, values);
}

function numbers(
  type: number,
  bytes: number,
  values: readonly (number | null)[],
  write: (buffer: Buffer, value: number, at: number) => void,
): Buffer {
  const size = values.reduce((sum: number, value) => sum + (value === null ? 0 : bytes), 0);
  const buffer = head(type, values.length, size);
  let at = buffer.length - size - WORD_BYTES * values.length;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : bytes, at);
    if (value !== null) {
      write(buffer, value, at);
      at += bytes;
    }
  }
  return buffer;
}

function elements(type: number, values: readonly (Uint8Array | null)[]): Buffer {
  const size = values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  const buffer = head(type, values.length, size);
  let at = buffer.length - size - WORD_BYTES * values.length;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : value.length, at);
    if (value !== null) {
      buffer.set(value, at);
      at += value.length;
    }
  }
  return buffer;
}

/** A buffer for the whole array, with the part before its elements written. */
function head(type: number, count: number, elementBytes: number): Buffer {
  const words = count === 0 ? [0, 1, type] : [1, 1, type, count, 1];
  const buffer = Buffer.allocUnsafe(WORD_BYTES * (words.length + count) + elementBytes);
  for (const [at, word] of words.entries()) {
    buffer.writeInt32BE(word, at * WORD_BYTES);
  }
  return buffer;
}
