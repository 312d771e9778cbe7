/** Every documented table that is shipped, by name. */

import { ASIM_TABLES } from "./asim.ts";
import { DEFENDER_TABLES } from "./defender.ts";
import { IDENTITY_TABLES } from "./identity.ts";
import { INFRASTRUCTURE_TABLES } from "./infrastructure.ts";
import { readSchemas, type TableSchema } from "./notation.ts";

/** The tables with their columns. @see Azure Monitor, "Tables by category" */
export const DOCUMENTED_TABLES: ReadonlyMap<string, TableSchema> = new Map(
  [IDENTITY_TABLES, DEFENDER_TABLES, ASIM_TABLES, INFRASTRUCTURE_TABLES]
    .flatMap(readSchemas)
    .map((table) => [table.name, table]),
);
