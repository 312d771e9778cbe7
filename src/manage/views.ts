/** Saved views: a search with a name, of one workspace, for everybody who may read there. */
import type { DocumentStore, JsonValue, Page, StoredDocument } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type Acting, noteOf } from "./context.ts";

/** A saved view. */
export interface SavedView {
  readonly name: string;
  readonly etag: number;
  readonly updatedAt: string;
  /** Condition, sort and columns as the page uses them. */
  readonly content: JsonValue;
}

/** A workspace with more views has lost track of them. */
const VIEWS_MAX = 1_000;

const KIND = "view";

/** The views of a workspace, by name. */
export async function listViews(
  documents: DocumentStore,
  query: { readonly workspaceId: string; readonly limit: number; readonly cursor?: string },
): Promise<Page<SavedView>> {
  const page = await documents.list({ ...query, kind: KIND });
  return { items: page.items.map(toView), next: page.next };
}

/** Saves a view. @throws AppError `precondition_failed`, `conflict` when there are too many */
export async function saveView(
  documents: DocumentStore,
  acting: Acting,
  view: { readonly name: string; readonly content: JsonValue; readonly ifEtag: number | undefined },
): Promise<SavedView> {
  const key = { workspaceId: acting.workspaceId, kind: KIND, name: view.name };
  const before = await documents.get(key);
  if (before === undefined) {
    const { items } = await documents.list({ ...key, limit: VIEWS_MAX });
    if (items.length >= VIEWS_MAX) {
      throw new AppError("conflict", `There are ${VIEWS_MAX} views already.`);
    }
  }
  const [stored] = await documents.commit(
    [
      {
        kind: "put",
        key,
        content: view.content,
        ...(view.ifEtag === undefined ? {} : { ifRevision: view.ifEtag }),
      },
    ],
    [
      noteOf(acting, {
        action: "view.save",
        target: view.name,
        before: before?.content,
        after: view.content,
      }),
    ],
  );
  if (stored === undefined) {
    throw new AppError("internal", "The view was not stored.");
  }
  return toView(stored);
}

/** Removes a view. @throws AppError `not_found`, `precondition_failed` */
export async function removeView(
  documents: DocumentStore,
  acting: Acting,
  { name, ifEtag }: { readonly name: string; readonly ifEtag: number | undefined },
): Promise<void> {
  const key = { workspaceId: acting.workspaceId, kind: KIND, name };
  const before = await documents.get(key);
  if (before === undefined) {
    throw new AppError("not_found", `There is no view '${name}'.`, { field: "name" });
  }
  await documents.commit(
    [{ kind: "remove", key, ...(ifEtag === undefined ? {} : { ifRevision: ifEtag }) }],
    [noteOf(acting, { action: "view.remove", target: name, before: before.content })],
  );
}

function toView({ name, revision, updatedAt, content }: StoredDocument): SavedView {
  return { name, etag: revision, updatedAt, content };
}
