/** Ends every session of a person: what an administrator does when a laptop is lost. */
import type { DocumentChange } from "../store/index.ts";
import {
  type Actor,
  noteOf,
  type PeopleParts,
  placeOf,
  readAll,
  requirePerson,
  type SecretKind,
} from "./context.ts";

/** Links that were not used yet let in as well as sessions do. Keys of scripts are removed by name instead. */
const LETTING_IN: readonly SecretKind[] = ["web-session", "sign-in-code"];

interface Held {
  readonly personId: string;
  readonly expiresAt: string;
}

/** Ends every session of a person, and the links not used yet; gives the number of sessions. @throws AppError `not_found` */
export async function signOutEverywhere(
  parts: PeopleParts,
  reference: string,
  actor: Actor,
): Promise<number> {
  const { personId } = await requirePerson(parts, reference);
  const found = await Promise.all(LETTING_IN.map((kind) => heldBy(parts, kind, personId)));
  const sessions = found[0]?.length ?? 0;
  await parts.documents.commit(found.flat(), [
    noteOf(actor, { action: "person.sign-out-everywhere", target: personId, after: { sessions } }),
  ]);
  return sessions;
}

/** How many sessions each person has that are not over, by id; whoever has none is missing. */
export async function openSessions(parts: PeopleParts): Promise<ReadonlyMap<string, number>> {
  const now = parts.clock().toISOString();
  const counts = new Map<string, number>();
  for (const { content } of await readAll(parts, "web-session")) {
    const { personId, expiresAt } = content as unknown as Held;
    if (expiresAt > now) {
      counts.set(personId, (counts.get(personId) ?? 0) + 1);
    }
  }
  return counts;
}

async function heldBy(
  parts: PeopleParts,
  kind: SecretKind,
  personId: string,
): Promise<readonly DocumentChange[]> {
  return (await readAll(parts, kind))
    .filter(({ content }) => (content as unknown as Held).personId === personId)
    .map(({ name }) => ({ kind: "remove", key: placeOf(kind, name) }) as const);
}
