/** Imports as documents: kept, listed, forgotten, and, where a server was killed in the middle, known to have failed. */
import { stat } from "node:fs/promises";
import type { AuditNote, DocumentKey, DocumentStore, JsonValue, Page } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { filesOf } from "./import-files.ts";
import type { Import } from "./import-order.ts";

interface Parts {
  readonly documents: DocumentStore;
  readonly directory: string;
  readonly now: () => Date;
}

const KIND = "import";

/** What was imported is asked for for weeks; the objects and receipts stay anyway. */
const KEEP_MS = 30 * 86_400_000;

/** Documents of one commit: each may hold a thousand faults. */
const FORGOTTEN_AT_ONCE = 100;

/** Writes an import down. @param ifRevision the revision that must stand there. @throws AppError `precondition_failed` */
export async function keepImport(
  { documents }: Pick<Parts, "documents">,
  current: Import,
  ifRevision?: number,
  notes: readonly AuditNote[] = [],
): Promise<void> {
  const content = current as unknown as JsonValue;
  await documents.commit(
    [
      {
        kind: "put",
        key: keyOf(current),
        content,
        ...(ifRevision === undefined ? {} : { ifRevision }),
      },
    ],
    notes,
  );
}

/** An import and its revision. @throws AppError `not_found` */
export async function readImport(
  { documents }: Pick<Parts, "documents">,
  workspaceId: string,
  importId: string,
): Promise<{ readonly found: Import; readonly revision: number }> {
  const document = await documents.get({ workspaceId, kind: KIND, name: importId });
  if (document === undefined) {
    throw new AppError("not_found", `There is no import ${importId}.`, { field: "importId" });
  }
  return { found: asImport(document.content), revision: document.revision };
}

/** A page of imports; their faults would make a page of thousands of lines and are left out. */
export async function listImports(
  { documents }: Pick<Parts, "documents">,
  query: { readonly workspaceId: string; readonly limit: number; readonly cursor?: string },
): Promise<Page<Import>> {
  const page = await documents.list({ ...query, kind: KIND });
  const items = page.items.map(({ content }) => ({ ...asImport(content), faults: [] }));
  return { items, next: page.next };
}

/** Ends what an earlier run of this server has left half done: its file is still here, and nobody works on it. */
export async function failInterrupted(parts: Parts): Promise<void> {
  for (const { content, revision } of await parts.documents.everywhere(KIND)) {
    const left = asImport(content);
    const isOpen = left.state === "checking" || left.state === "storing";
    if (isOpen && (await isHere(filesOf(parts.directory, left.importId).data))) {
      const reason = "The server was stopped in the middle: send the file again.";
      const finishedAt = parts.now().toISOString();
      await keepImport(parts, { ...left, state: "failed", reason, finishedAt }, revision);
    }
  }
}

/** Removes imports that were ordered more than thirty days ago. */
export async function forgetImports({ documents, now }: Parts): Promise<void> {
  const limit = new Date(now().getTime() - KEEP_MS).toISOString();
  const old = (await documents.everywhere(KIND))
    .map(({ content }) => asImport(content))
    .filter(({ orderedAt }) => orderedAt < limit);
  for (let at = 0; at < old.length; at += FORGOTTEN_AT_ONCE) {
    const some = old.slice(at, at + FORGOTTEN_AT_ONCE);
    await documents.commit(some.map((each) => ({ kind: "remove", key: keyOf(each) }) as const));
  }
}

async function isHere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

function keyOf({ workspaceId, importId }: Pick<Import, "workspaceId" | "importId">): DocumentKey {
  return { workspaceId, kind: KIND, name: importId };
}

function asImport(content: JsonValue): Import {
  return content as unknown as Import;
}
