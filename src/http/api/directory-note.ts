/** How a change of the directory stands in the audit log of the tenant, and what a deletion has to name. */
import type { AuditNote, JsonValue } from "../../store/index.ts";
import { ACCESS_WRITE, type Directory } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import type { ApiCall } from "./route.ts";

export interface DirectoryRouteOptions {
  readonly directory: Directory;
  /** Keeps what was changed. */
  readonly note: (note: AuditNote) => Promise<void>;
  /** When an application was last let in, by object id: RFC 3339. Whoever never was is missing. */
  readonly lastUses: () => Promise<ReadonlyMap<string, string>>;
}

/** Who may look after the directory. */
export const DIRECTORY_ACCESS: { readonly kind: "tenant"; readonly action: string } = {
  kind: "tenant",
  action: ACCESS_WRITE,
};

/** What was changed. */
export interface DirectoryChange {
  readonly action: string;
  readonly target: string;
  readonly before?: object;
  readonly after?: object;
}

/** The note of a change. */
export function noteOf(
  { caller, requestId }: Pick<ApiCall, "caller" | "requestId">,
  { action, target, before, after }: DirectoryChange,
): AuditNote {
  return {
    workspaceId: "",
    actor: caller.actor.id,
    actorName: caller.actor.name,
    action,
    target,
    before: (before ?? null) as unknown as JsonValue,
    after: (after ?? null) as unknown as JsonValue,
    requestId,
  };
}

/** Refuses a deletion that does not name what it deletes. @throws AppError `invalid_request` */
export function requireNamed(given: string | undefined, name: string): void {
  if (given !== name) {
    throw new AppError(
      "invalid_request",
      "To delete it, give its name as `confirm`: what is deleted does not come back.",
      { field: "confirm" },
    );
  }
}
