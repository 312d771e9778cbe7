/**
 * Rows on their way into a table by COPY in its binary form: one statement for a batch, without the arrays
 * and the plan of an INSERT, which takes the server a quarter less time.
 *
 *     copy = signature flags(0) extension(0) row{} end(-1)
 *     row  = columns(16 bits) {length value}     length -1: null     numbers are big-endian
 *
 * @see PostgreSQL, "COPY", "Binary Format"
 */

import pg, { type Client } from "pg";

/** A table to copy into, and what its columns hold. */
export interface CopyTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, CopyKind>>;
}

/** What a column can hold. */
export type CopyKind = "bigint" | "integer" | "boolean" | "text" | "bytes";

/** A value of a column: a number, whole and exact, for both kinds of numbers. */
export type CopyValue = number | boolean | string | Uint8Array;

/** The client's connection while the server waits for rows. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Signature, no flags, no extension. */
const HEAD = Buffer.from(`PGCOPY\n\xff\r\n\0${"\0".repeat(8)}`, "latin1");

/** In place of the number of columns of another row. */
const TAIL = Buffer.from([0xff, 0xff]);

const WORD_BYTES = 4;
const COUNT_BYTES = 2;
const HIGH_WORD = 2 ** 32;

/** Rows are put together in pieces of this size, unless a single row is larger: each is one message. */
const PIECE_BYTES = 256 * 1024;

/** UTF-8 takes at most so many bytes for a unit of a JavaScript string. */
const UTF8_BYTES_MAX = 3;

/** Puts rows into a table, from what `copyData` made of them. @throws what the client throws */
export function copyInto(client: Client, table: CopyTable, data: readonly Buffer[]): Promise<void> {
  const { name, columns } = table;
  return new Promise((resolve, reject) => {
    const sql = `COPY ${name} (${Object.keys(columns).join(", ")}) FROM STDIN (FORMAT binary)`;
    const query = new pg.Query(sql, (error) => {
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    });
    const sending = {
      handleCopyInResponse(connection: CopyConnection): void {
        for (const piece of data) {
          connection.sendCopyFromChunk(piece);
        }
        connection.endCopyFrom();
      },
    };
    client.query(Object.assign(query, sending));
  });
}

/** The rows as COPY reads them, in pieces. */
export function copyData(
  { columns }: CopyTable,
  rows: readonly (readonly CopyValue[])[],
): readonly Buffer[] {
  const writers = Object.values(columns).map((kind) => WRITERS[kind]);
  const full: Buffer[] = [];
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let at = HEAD.copy(piece);
  for (const row of rows) {
    const room = roomFor(row);
    if (at + room > piece.length) {
      full.push(piece.subarray(0, at));
      piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, room));
      at = 0;
    }
    at = piece.writeInt16BE(writers.length, at);
    for (const [column, write] of writers.entries()) {
      at = write(piece, row[column], at);
    }
  }
  return [...full, piece.subarray(0, at), TAIL];
}

/** Bytes that a row takes at most. */
function roomFor(row: readonly CopyValue[]): number {
  let bytes = COUNT_BYTES + row.length * (WORD_BYTES + NUMBER_BYTES.bigint);
  for (const value of row) {
    if (typeof value === "string") {
      bytes += UTF8_BYTES_MAX * value.length;
    } else if (typeof value === "object") {
      bytes += value.length;
    }
  }
  return bytes;
}

type Writer = (buffer: Buffer, value: CopyValue | undefined, at: number) => number;

const NUMBER_BYTES: Readonly<Record<"bigint" | "integer" | "boolean", number>> = {
  bigint: 8,
  integer: 4,
  boolean: 1,
};

const WRITERS: Readonly<Record<CopyKind, Writer>> = {
  bigint(buffer, value, at) {
    const number = Number(value);
    buffer.writeInt32BE(NUMBER_BYTES.bigint, at);
    buffer.writeInt32BE(Math.floor(number / HIGH_WORD), at + WORD_BYTES);
    return buffer.writeUInt32BE(number >>> 0, at + 2 * WORD_BYTES);
  },
  integer(buffer, value, at) {
    buffer.writeInt32BE(NUMBER_BYTES.integer, at);
    return buffer.writeInt32BE(Number(value), at + WORD_BYTES);
  },
  boolean(buffer, value, at) {
    buffer.writeInt32BE(NUMBER_BYTES.boolean, at);
    return buffer.writeUInt8(value === true ? 1 : 0, at + WORD_BYTES);
  },
  text(buffer, value, at) {
    const written = buffer.write(String(value), at + WORD_BYTES);
    buffer.writeInt32BE(written, at);
    return at + WORD_BYTES + written;
  },
  bytes(buffer, value, at) {
    const bytes = value as Uint8Array;
    buffer.set(bytes, at + WORD_BYTES);
    buffer.writeInt32BE(bytes.length, at);
    return at + WORD_BYTES + bytes.length;
  },
};
