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
    kind: "edit",
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
