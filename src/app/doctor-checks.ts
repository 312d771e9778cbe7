/** How checks of `doctor` end. */

/** How a check ended: `warning` wants to be looked at, `failure` must be. */
export type CheckStatus = "ok" | "warning" | "failure";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** A sentence or two: what was found, and what to do about it. */
  readonly detail: string;
}

/** What was found, before it has its name. */
export type Found = Omit<Check, "name">;

export function ok(detail: string): Found {
  return { status: "ok", detail };
}

export function warning(detail: string): Found {
  return { status: "warning", detail };
}

export function failure(detail: string): Found {
  return { status: "failure", detail };
}
