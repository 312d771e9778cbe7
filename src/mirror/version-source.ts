/** Where the engine's process gets versions from: the embedded store itself, or the server's process. */

import { type ObjectVersion, openSqliteChanges } from "../store/index.ts";
import type { MirrorMark } from "./database.ts";
import { markOf } from "./feed.ts";
import type { ToEngine } from "./protocol.ts";
import { refusalFrom } from "./refusal.ts";

/** How soon a source is looked at again when nothing was new: one costs a look at a file, the other a question. */
const POLL_MS = { own: 200, asked: 1_000 };

/** Versions in the order of changes. */
export interface VersionSource {
  readonly pollMs: number;
  changes(after: number, limit: number): Promise<readonly ObjectVersion[]>;
  /** The last change in the store, as far as it is known. */
  latest(): number;
  /** Whether the store has this very change; one that it no longer keeps counts as its own. */
  has(position: MirrorMark): Promise<boolean>;
  close(): void;
}

/** Asks the server's process; one call at a time. */
export type AskForVersions = (
  after: number,
  limit: number,
) => Promise<Extract<ToEngine, { kind: "versions" }>>;

/** Opens the source. @throws AppError `store_unavailable` */
export function openVersions(storeDirectory: string | null, ask: AskForVersions): VersionSource {
  const source = storeDirectory === null ? askedVersions(ask) : ownVersions(storeDirectory);
  return {
    ...source,
    async has({ change, mark }) {
      if (change === 0) {
        return true;
      }
      const [version] = await source.changes(change - 1, 1);
      return version !== undefined && (version.change !== change || markOf(version) === mark);
    },
  };
}

function ownVersions(directory: string): Omit<VersionSource, "has"> {
  const reader = openSqliteChanges(directory);
  return {
    pollMs: POLL_MS.own,
    changes: (after, limit) => Promise.resolve(reader.changes(after, limit)),
    latest: () => reader.latest(),
    close: () => reader.close(),
  };
}

function askedVersions(ask: AskForVersions): Omit<VersionSource, "has"> {
  let latest = 0;
  return {
    pollMs: POLL_MS.asked,
    async changes(after, limit) {
      const { versions } = await ask(after, limit);
      if ("code" in versions) {
        throw refusalFrom(versions);
      }
      latest = Math.max(latest, versions.at(-1)?.change ?? 0);
      return versions;
    },
    latest: () => latest,
    close: () => undefined,
  };
}
