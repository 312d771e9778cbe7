/**
 * Remembers when each application was last let in, so that a credential nobody uses can be told from one that a
 * connector lives by. Kept in memory and written now and then: a server that is killed forgets a minute at most.
 */
import type { Logger } from "pino";
import type { DocumentStore } from "../store/index.ts";
import type { Principal, TokenVerifier } from "../token/index.ts";
import type { Teardown } from "./teardown.ts";

/** When applications were last let in. */
export interface ApplicationUses {
  /** The same verifier, whose answers are remembered. */
  watching(verifier: TokenVerifier): TokenVerifier;
  /** RFC 3339 by object id; what other servers on the same store have seen is up to a minute old. */
  last(): Promise<ReadonlyMap<string, string>>;
}

interface Parts {
  readonly documents: DocumentStore;
  readonly now: () => Date;
  readonly log: Logger;
}

const KIND = "application-use";
const WRITE_MS = 60_000;

/** Makes the memory, and has it written until the server is taken down. */
export function rememberUses(parts: Parts, teardown: Teardown): ApplicationUses {
  const fresh = new Map<string, string>();
  const uses = applicationUses(parts, fresh);
  const write = async (): Promise<void> => {
    try {
      await writeUses(parts.documents, fresh);
    } catch (cause) {
      parts.log.warn({ err: cause }, "when applications were last used could not be written down");
    }
  };
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = write();
  }, WRITE_MS);
  timer.unref();
  teardown.push(async () => {
    clearInterval(timer);
    await round;
    await write();
  });
  return uses;
}

function applicationUses({ documents, now }: Parts, fresh: Map<string, string>): ApplicationUses {
  const noted = (principal: Principal): Principal => {
    if (principal.kind === "application") {
      fresh.set(principal.objectId, now().toISOString());
    }
    return principal;
  };
  return {
    watching: (verifier) => ({
      verifyAuthorization: async (authorization, plane) =>
        noted(await verifier.verifyAuthorization(authorization, plane)),
      verifyToken: async (token, plane) => noted(await verifier.verifyToken(token, plane)),
    }),
    async last() {
      const stored = await documents.everywhere(KIND);
      const found = new Map(stored.map(({ name, content }) => [name, String(content)]));
      for (const [objectId, at] of fresh) {
        found.set(objectId, at);
      }
      return found;
    },
  };
}

/** Writes what is new since the last time, and keeps what comes meanwhile for the next. */
async function writeUses(documents: DocumentStore, fresh: Map<string, string>): Promise<void> {
  const uses = [...fresh];
  if (uses.length === 0) {
    return;
  }
  await documents.commit(
    uses.map(([name, at]) => ({
      kind: "put",
      key: { workspaceId: "", kind: KIND, name },
      content: at,
    })),
  );
  for (const [objectId, at] of uses) {
    if (fresh.get(objectId) === at) {
      fresh.delete(objectId);
    }
  }
}
