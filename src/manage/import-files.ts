/** The files of imports: what was received, for a day, and the list of what is wrong with it. */
import { createWriteStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "../wire/index.ts";
import { csvCell } from "./export.ts";
import type { ImportFault } from "./import-order.ts";

const KEEP_FILE_MS = 86_400_000;

/** Receives a body into a file; gives its bytes. @throws AppError `body_too_large`, `invalid_request` */
export async function save(body: Readable, file: string, bytesMax: number): Promise<number> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(
        bytes > bytesMax
          ? new AppError("body_too_large", `The file is larger than ${bytesMax} bytes.`)
          : null,
        chunk,
      );
    },
  });
  try {
    await pipeline(body, limit, createWriteStream(file, { mode: 0o600 }));
    return bytes;
  } catch (error) {
    await rm(file, { force: true });
    throw error instanceof AppError
      ? error
      : new AppError("invalid_request", "The file did not arrive whole.", { cause: error });
  }
}

const FAULTS_HEADING = "index,line,id,pointer,message\n";

/** Writes the list of faults as a table. */
export async function writeFaults(file: string, faults: readonly ImportFault[]): Promise<void> {
  const lines = faults.map(({ index, line, stixId, pointer, message }) =>
    [String(index), String(line ?? ""), stixId ?? "", pointer, message].map(csvCell).join(","),
  );
  const stream = createWriteStream(file, { mode: 0o600 });
  await pipeline([FAULTS_HEADING, ...lines.map((each) => `${each}\n`)], stream);
}

/** @throws AppError `not_found` when a file is not here, or not any more */
export async function requireFile(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) === undefined) {
    throw new AppError(
      "not_found",
      "The file is not here any more: it is kept for a day. Send it again.",
      {
        field: "importId",
      },
    );
  }
}

/** Removes files that have waited for longer than a day. */
export async function forgetOldFiles(directory: string, now: Date): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const file = join(directory, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && now.getTime() - found.mtimeMs > KEEP_FILE_MS) {
      await rm(file, { force: true });
    }
  }
}

/** Where the files of an import are. */
export function filesOf(
  directory: string,
  importId: string,
): { readonly data: string; readonly faults: string } {
  return {
    data: join(directory, `${importId}.data`),
    faults: join(directory, `${importId}.errors.csv`),
  };
}
