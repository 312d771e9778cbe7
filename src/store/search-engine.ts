/** What searches need of an engine: rows, counts, and the versions behind them. */

import type { VersionRow } from "./engine-rows.ts";
import type { CountedValue } from "./search-query.ts";
import type { SearchDialect, SearchStatement } from "./search-sql.ts";

/** A row of a search. */
export interface FoundRow {
  readonly change: number;
  readonly key: number | string;
  /** As `instantKey` gives it. */
  readonly ingested: number;
  readonly ok: boolean;
}

/** What a search needs of an engine. */
export interface SearchEngine {
  readonly dialect: SearchDialect;
  rows(statement: SearchStatement): Promise<readonly FoundRow[]>;
  count(statement: SearchStatement): Promise<number>;
  /** Those of these versions that are current, by their change. */
  versions(changes: readonly number[]): Promise<ReadonlyMap<number, VersionRow>>;
  /** The number of a workspace; undefined where nothing has it. */
  workspace(workspaceId: string): Promise<number | undefined>;
  /** Values of a field among the current objects of a workspace, in any order. */
  values(workspace: number, field: "type" | "source"): Promise<readonly string[]>;
  /** The number that rows have for a counted value; undefined where no object ever had it. */
  facet(workspace: number, value: CountedValue): Promise<number | undefined>;
  /** Number of current objects of a workspace. */
  objects(workspace: number): Promise<number>;
}
