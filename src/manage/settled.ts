/**
 * What became of rejected records: put right and stored, or not wanted any more. A document for each request that has
 * such records; it goes when the receipt is gone.
 */
import type { DocumentKey, DocumentStore, JsonValue, Store } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import type { Acting } from "./context.ts";

/** What became of a rejected record. */
export interface Settlement {
  readonly how: "stored" | "dismissed";
  /** Request that stored it; null for what was dismissed. */
  readonly requestId: string | null;
  readonly at: string;
  readonly by: string;
}

/** By the record's place in its request. */
export type Settlements = Readonly<Record<string, Settlement>>;

interface Parts {
  readonly documents: DocumentStore;
  readonly store: Store;
  readonly now: () => Date;
}

const KIND = "settled";

/** Two people may settle records of one request at the same moment; then the later looks again. */
const ATTEMPTS_MAX = 5;

/** Documents that one round of forgetting looks at. */
const FORGET_LOOKS_MAX = 1_000;

/** What became of the rejected records of a request. */
export async function settlementsOf(
  { documents }: Pick<Parts, "documents">,
  workspaceId: string,
  requestId: string,
): Promise<Settlements> {
  return (await read(documents, keyOf(workspaceId, requestId))).settlements;
}

/** Notes what became of records; `null` takes it back. @throws AppError `precondition_failed` where others never stop */
export async function settle(
  { documents, now }: Pick<Parts, "documents" | "now">,
  acting: Acting,
  {
    requestId,
    recordIndexes,
    how,
  }: {
    readonly requestId: string;
    readonly recordIndexes: readonly number[];
    readonly how: Settlement["how"] | null;
  },
): Promise<void> {
  const key = keyOf(acting.workspaceId, requestId);
  const settlement: Settlement | null = how && {
    how,
    requestId: how === "stored" ? acting.requestId : null,
    at: now().toISOString(),
    by: acting.actor.name,
  };
  for (let attempt = 1; ; attempt += 1) {
    const { settlements, revision } = await read(documents, key);
    const changed: Record<string, Settlement> = { ...settlements };
    for (const index of recordIndexes) {
      delete changed[index];
      if (settlement !== null) {
        changed[index] = settlement;
      }
    }
    try {
      const content = changed as unknown as JsonValue;
      await documents.commit([{ kind: "put", key, content, ifRevision: revision }]);
      return;
    } catch (error) {
      const isOvertaken = error instanceof AppError && error.code === "precondition_failed";
      if (!isOvertaken || attempt === ATTEMPTS_MAX) {
        throw error;
      }
    }
  }
}

/** Removes what became of records whose receipt is gone. */
export async function forgetSettled({ documents, store }: Parts): Promise<void> {
  const all = (await documents.everywhere(KIND)).toSorted((one, other) =>
    one.updatedAt.localeCompare(other.updatedAt),
  );
  for (const { workspaceId, kind, name } of all.slice(0, FORGET_LOOKS_MAX)) {
    if ((await store.receipt(workspaceId, name)) === undefined) {
      await documents.commit([{ kind: "remove", key: { workspaceId, kind, name } }]);
    }
  }
}

async function read(
  documents: DocumentStore,
  key: DocumentKey,
): Promise<{ readonly settlements: Settlements; readonly revision: number }> {
  const found = await documents.get(key);
  return {
    settlements: (found?.content ?? {}) as unknown as Settlements,
    revision: found?.revision ?? 0,
  };
}

function keyOf(workspaceId: string, requestId: string): DocumentKey {
  return { workspaceId, kind: KIND, name: requestId };
}
