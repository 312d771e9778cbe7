/** Where the journal of an upload lies, when it is begun, continued and removed. */
import { existsSync } from "node:fs";
import {
  ClientError,
  DEFAULT_ENDPOINT,
  type Journal,
  openJournal,
  STDIN_NAME,
} from "../client/index.ts";
import type { ResolvedSettings, UploadFlags } from "./upload-settings.ts";

/** Ending of the journal that stands beside the first input. */
export const JOURNAL_ENDING = ".upload-journal";

/** What names a journal. */
export interface JournalNaming {
  readonly files: readonly string[];
  readonly flags: UploadFlags;
}

/** Where the journal lies: beside the first file; a pipe has no place of its own. */
export function journalPathOf({ files, flags }: JournalNaming): string | undefined {
  const file = files[0];
  if (flags.journal === false) {
    return undefined;
  }
  if (typeof flags.journal === "string") {
    return flags.journal;
  }
  return file === undefined || file === STDIN_NAME ? undefined : `${file}${JOURNAL_ENDING}`;
}

/**
 * Opens the journal of an upload; undefined when it keeps none.
 *
 * @throws ClientError options_invalid, journal_mismatch, journal_unwritable
 */
export async function journalOf(
  naming: JournalNaming,
  settings: ResolvedSettings,
  note: (text: string) => void,
): Promise<Journal | undefined> {
  const { flags } = naming;
  const resume = flags.resume ?? false;
  const path = journalPathOf(naming);
  if (path === undefined) {
    if (resume) {
      throw new ClientError("options_invalid", "--resume needs a journal: name it by --journal.");
    }
    return undefined;
  }
  const exists = existsSync(path);
  if (resume && !exists) {
    note(`no journal ${path}, so there is nothing to resume; starting from the beginning.`);
  }
  if (!resume && exists) {
    note(`starting over; --resume would have continued the upload in ${path}.`);
  }
  const identity = {
    endpoint: (settings.client.endpoint ?? DEFAULT_ENDPOINT).replace(/\/+$/, ""),
    workspaceId: settings.client.workspaceId,
  };
  try {
    return await openJournal(path, identity, resume);
  } catch (error) {
    const optional = flags.journal === undefined && !resume;
    if (error instanceof ClientError && error.code === "journal_unwritable" && optional) {
      note(`${error.message}. Going on without: an interruption cannot be resumed.`);
      return undefined;
    }
    throw error;
  }
}

/** Ends a journal; it stays only where it lets something be skipped later. */
export async function closeJournal(journal: Journal | undefined, keep: boolean): Promise<void> {
  await (keep ? journal?.close() : journal?.remove());
}
