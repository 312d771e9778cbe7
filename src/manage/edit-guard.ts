/**
 * Makes sure that of several editors of one version only one wins, also when they use different servers. An edit first
 * takes the version's place in a small document, which the document store lets only one writer change; uploads don't
 * take part, since the last one that is ingested is current in any case.
 */
import type { DocumentKey, ObjectVersion } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";
import { objectIdOf } from "./object-id.ts";

/** An edit that was begun longer ago has failed on its way: its version may be edited again. */
const ABANDONED_MS = 30_000;

const KIND = "edit";

interface Guard {
  readonly change: number;
  readonly at: string;
}

/** Takes the right to edit a version. @throws AppError `precondition_failed` when somebody else has it */
export async function takeEdit(
  { documents, now }: Pick<ManageParts, "documents" | "now">,
  version: ObjectVersion,
): Promise<void> {
  const key: DocumentKey = {
    workspaceId: version.workspaceId,
    kind: KIND,
    name: objectIdOf(version),
  };
  const found = await documents.get(key);
  const held = found?.content as Guard | undefined;
  const instant = now();
  if (
    held !== undefined &&
    held.change >= version.change &&
    instant.getTime() - Date.parse(held.at) < ABANDONED_MS
  ) {
    throw new AppError("precondition_failed", "Somebody else is changing this object right now.", {
      field: "If-Match",
    });
  }
  const content = { change: version.change, at: instant.toISOString() };
  await documents.commit([{ kind: "put", key, content, ifRevision: found?.revision ?? 0 }]);
}

/** Nobody who read a version before has not either changed it or given up by then. */
const FORGET_MS = 3_600_000;

/** Guards of one commit. */
const FORGOTTEN_AT_ONCE = 1_000;

/** Removes the guards of edits that are long over. */
export async function forgetEdits({
  documents,
  now,
}: Pick<ManageParts, "documents" | "now">): Promise<void> {
  const limit = new Date(now().getTime() - FORGET_MS).toISOString();
  const old = (await documents.everywhere(KIND)).filter(({ updatedAt }) => updatedAt < limit);
  for (let at = 0; at < old.length; at += FORGOTTEN_AT_ONCE) {
    const some = old.slice(at, at + FORGOTTEN_AT_ONCE);
    // One that was taken meanwhile has another revision: the next round looks again.
    await documents.commit(
      some.map(
        ({ workspaceId, name, revision }) =>
          ({
            kind: "remove",
            key: { workspaceId, kind: KIND, name },
            ifRevision: revision,
          }) as const,
      ),
    );
  }
}
