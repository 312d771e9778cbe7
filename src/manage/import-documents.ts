/** Imports as documents: kept, listed, and forgotten. */
import { hash } from "node:crypto";
import type { AuditNote, DocumentKey, DocumentStore, JsonValue, Page } from "../store/index.ts";
import { AppError, guidFromDigest } from "../wire/index.ts";
import type { Acting } from "./context.ts";
import { filesOf, filesUntil } from "./import-files.ts";
import type { Import, ImportChoice } from "./import-order.ts";

/** An import as it is kept: with what another run of the server needs to go on. */
export interface KeptImport extends Omit<Import, "requests" | "filesUntil"> {
  /** Who ordered the step under way. */
  readonly acting: Acting;
  readonly choice: ImportChoice | null;
  /** Requests to the store so far; their ids follow from the import's. */
  readonly batches: number;
}

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

/** Writes an import down; gives its revision. @throws AppError `precondition_failed` when another one stands there */
export async function keepImport(
  { documents }: Pick<Parts, "documents">,
  current: KeptImport,
  ifRevision?: number,
  notes: readonly AuditNote[] = [],
): Promise<number> {
  const content = current as unknown as JsonValue;
  const revision = ifRevision === undefined ? {} : { ifRevision };
  const [kept] = await documents.commit(
    [{ kind: "put", key: keyOf(current), content, ...revision }],
    notes,
  );
  return kept?.revision ?? 0;
}

/** An import and its revision. @throws AppError `not_found` */
export async function readImport(
  { documents }: Pick<Parts, "documents">,
  workspaceId: string,
  importId: string,
): Promise<{ readonly found: KeptImport; readonly revision: number }> {
  const document = await documents.get({ workspaceId, kind: KIND, name: importId });
  if (document === undefined) {
    throw new AppError("not_found", `There is no import ${importId}.`, { field: "importId" });
  }
  return { found: asImport(document.content), revision: document.revision };
}

/** A page of imports; their faults and requests would make a page of thousands of lines and are left out. */
export async function listImports(
  parts: Parts,
  query: { readonly workspaceId: string; readonly limit: number; readonly cursor?: string },
): Promise<Page<Import>> {
  const page = await parts.documents.list({ ...query, kind: KIND });
  const items = page.items
    .map(({ content }) => ({ ...asImport(content), faults: [], batches: 0 }))
    .toSorted((one, other) => other.orderedAt.localeCompare(one.orderedAt));
  return { items: await Promise.all(items.map((each) => shown(parts, each))), next: page.next };
}

/** An import as people see it. */
export async function shown(
  { directory }: Pick<Parts, "directory">,
  { acting: _acting, choice: _choice, batches, ...rest }: KeptImport,
): Promise<Import> {
  return {
    ...rest,
    requests: Array.from({ length: batches }, (_, at) => requestIdOf(rest.importId, at)),
    filesUntil: await filesUntil(filesOf(directory, rest.importId)),
  };
}

/** The id of a request to the store: the same in every run, so that none is made twice. */
export function requestIdOf(importId: string, batch: number): string {
  return guidFromDigest(hash("sha256", `${importId} ${batch}`), 4);
}

/** Imports in the middle of a step. */
export async function openImports({
  documents,
}: Pick<Parts, "documents">): Promise<readonly KeptImport[]> {
  return (await documents.everywhere(KIND))
    .map(({ content }) => asImport(content))
    .filter(({ state }) => state === "checking" || state === "storing");
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

function keyOf({ workspaceId, importId }: Pick<Import, "workspaceId" | "importId">): DocumentKey {
  return { workspaceId, kind: KIND, name: importId };
}

function asImport(content: JsonValue): KeptImport {
  return content as unknown as KeptImport;
}
