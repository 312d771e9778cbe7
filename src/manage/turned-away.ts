/**
 * Requests that were not let in: nobody is known to have sent them, so they leave no receipt. The last ones are
 * remembered in the memory of this server alone, so that an operator sees a client whose secret has expired.
 */

/** A request that was not let in. */
export interface TurnedAway {
  readonly at: string;
  readonly code: string;
  readonly message: string;
  /** Null where no token could be trusted. */
  readonly appId: string | null;
  readonly userAgent: string;
}

/** Remembers them. */
export interface TurnedAwayLog {
  add(workspaceId: string, refused: TurnedAway): void;
  /** Newest first. */
  since(workspaceId: string, instant: string): readonly TurnedAway[];
}

/** A client that tries once a second fills it in half an hour; the newest tell as much as all. */
const OF_WORKSPACE_MAX = 2_000;

/** Workspaces that are remembered; the longest quiet is forgotten first. */
const WORKSPACES_MAX = 1_000;

/** Makes an empty one. */
export function createTurnedAwayLog(): TurnedAwayLog {
  const byWorkspace = new Map<string, TurnedAway[]>();
  return {
    add(workspaceId, refused) {
      const known = byWorkspace.get(workspaceId) ?? [];
      known.push(refused);
      if (known.length > OF_WORKSPACE_MAX) {
        known.splice(0, known.length - OF_WORKSPACE_MAX);
      }
      byWorkspace.delete(workspaceId);
      byWorkspace.set(workspaceId, known);
      const [quietest] = byWorkspace.keys();
      if (byWorkspace.size > WORKSPACES_MAX && quietest !== undefined) {
        byWorkspace.delete(quietest);
      }
    },
    since: (workspaceId, instant) =>
      (byWorkspace.get(workspaceId) ?? []).filter(({ at }) => at >= instant).toReversed(),
  };
}
