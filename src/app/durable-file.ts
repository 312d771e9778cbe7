/**
 * Writing small files so that nobody ever reads half of one: the bytes go to a temporary neighbour, are
 * forced to disk, and only then get the name. Holds no knowledge of what the files contain.
 */

import { randomBytes } from "node:crypto";
import { link, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/** Answers of file systems without hard links (FAT, some network shares). */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"]);

/**
 * Creates a file that must not exist yet, whole or not at all, and tells whether this call created it.
 *
 * Of several processes that try at once exactly one succeeds; the others find its complete file.
 */
export async function createFileOnce(
  path: string,
  bytes: Uint8Array,
  mode: number,
): Promise<boolean> {
  const temporary = await writeTemporary(path, bytes, mode);
  try {
    // A rename would silently replace the file of a process that was faster; a link refuses.
    await link(temporary, path);
  } catch (error) {
    return await createWithoutLink(error, { path, bytes, mode });
  } finally {
    await unlink(temporary);
  }
  await syncDirectory(dirname(path));
  return true;
}

/** Replaces a file, or creates it; readers see the old bytes or the new, never a mixture. */
export async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = await writeTemporary(path, bytes, mode);
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** The code of a failed system call, such as `ENOENT`; undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

async function createWithoutLink(linkError: unknown, file: NewFile): Promise<boolean> {
  const code = systemErrorCode(linkError);
  if (code === "EEXIST") {
    return false;
  }
  if (code === undefined || !NO_HARD_LINKS.has(code)) {
    throw linkError;
  }
  // Exclusive creation still lets only one process win; what is lost is that a reader in the same
  // instant could find the file too short, which is reported and gone at the next start.
  try {
    await writeSynced(file.path, file.bytes, file.mode);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
  return true;
}

async function writeTemporary(path: string, bytes: Uint8Array, mode: number): Promise<string> {
  const temporary = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    await writeSynced(temporary, bytes, mode);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  return temporary;
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const handle = await open(path, "wx", mode);
  try {
    await handle.writeFile(bytes);
    // The umask may have taken away more than asked for.
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") {
    // Windows can't open directories; NTFS journals the name itself.
    return;
  }
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
