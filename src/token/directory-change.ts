/** How the parts of the directory change it: a decision on one consistent view, made durable as a whole. */
import type { IdentityChange, IdentityTable } from "../store/index.ts";
import type { Clock } from "./clock.ts";
import type { DirectoryView } from "./directory-view.ts";
import type { DerivedKeys } from "./master-key.ts";

/** What a decision leads to: rows to write, and the answer to the caller. */
export interface Decision<Result> {
  readonly changes: readonly IdentityChange[];
  readonly result: Result;
}

/** What the parts of the directory share. */
export interface DirectoryContext {
  readonly clock: Clock;
  readonly keys: DerivedKeys;
  /** Decides while no other writer can interfere; a thrown refusal leaves everything as it was. */
  change<Result>(decide: (view: DirectoryView) => Decision<Result>): Promise<Result>;
}

/** How a deletion treats a thing that is in use. */
export interface DeleteOptions {
  /** Also delete what depends on it, instead of refusing with `conflict`. */
  readonly force?: boolean;
}

/** The change that removes a row. */
export function remove(table: IdentityTable, key: string): IdentityChange {
  return { kind: "remove", table, key };
}
