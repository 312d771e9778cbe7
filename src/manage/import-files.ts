/** The files of imports: what was received and what was found in it, for a day, and the list of what is wrong. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../wire/index.ts";
import { csvCell } from "./export.ts";
import { type ResultFiles, readRecords } from "./import-results.ts";

/** Files hold data that nobody may need any more; a day is enough to put something right. */
const KEEP_FILE_MS = 86_400_000;

/** The files of an import. */
export interface ImportFiles extends ResultFiles {
  /** The text as it was received; it goes once it was tried out. */
  readonly data: string;
}

/** Where the files of an import are. */
export function filesOf(directory: string, importId: string): ImportFiles {
  return {
    data: join(directory, `${importId}.data`),
    records: join(directory, `${importId}.records`),
    index: join(directory, `${importId}.index`),
  };
}

const FAULTS_HEADING = "index,line,id,pointer,message,suggestion\n";

/** Records of one reading. */
const PAGE_RECORDS = 1_000;

/** Everything that is wrong, as lines of a table or as a list of records with their text. */
export async function* faultsText(
  files: ResultFiles,
  format: "csv" | "json",
): AsyncGenerator<string> {
  yield format === "csv" ? FAULTS_HEADING : "[";
  let isFirst = true;
  for (let from: number | null = 0; from !== null; ) {
    const page = await readRecords(files, { statuses: ["invalid"], from, limit: PAGE_RECORDS });
    for (const { json, faults, ...record } of page.items) {
      if (format === "csv") {
        yield faults
          .map(({ index, line, stixId, pointer, message, suggestion }) =>
            [
              ...[String(index), String(line ?? ""), stixId ?? "", pointer, message],
              suggestion?.text ?? "",
            ]
              .map(csvCell)
              .join(","),
          )
          .map((line) => `${line}\n`)
          .join("");
        continue;
      }
      const { index, line, stixId } = record;
      const entry = { index, line, id: stixId, faults, record: parsed(json) };
      yield `${isFirst ? "" : ","}\n${JSON.stringify(entry)}`;
      isFirst = false;
    }
    from = page.next;
  }
  if (format === "json") {
    yield "\n]\n";
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** Until when the files of an import are kept; null when they are gone. RFC 3339 */
export async function filesUntil({ index }: ResultFiles): Promise<string | null> {
  const found = await stat(index).catch(() => undefined);
  return found === undefined ? null : new Date(found.mtimeMs + KEEP_FILE_MS).toISOString();
}

/** @throws AppError `not_found` when a file is not here, or not any more */
export async function requireFile(file: string): Promise<void> {
  if (!(await isHere(file))) {
    throw new AppError(
      "not_found",
      "The file is not here any more: it is kept for a day. Send it again.",
      { field: "importId" },
    );
  }
}

/** Whether a file is on this server. */
export async function isHere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** Removes the files of an import. */
export async function removeFiles(files: ImportFiles): Promise<void> {
  await Promise.all(
    [files.data, files.records, files.index].map((file) => rm(file, { force: true })),
  );
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
