/**
 * Takes the values and labels of dropped versions out of the index, a part of a table in each transaction, once
 * enough were dropped. Readers pass over them in any case; what is gained is their room.
 */

import { isCleaningDue } from "../retention.ts";
import type { Ask, Statement } from "./sessions.ts";
import type { SettledPosition } from "./version-retention.ts";

/** Looks at one part and returns how many rows that were, or 0 when nothing is due. To be called inside a
 * transaction. */
export type ValueCleaner = (until: SettledPosition) => Promise<number>;

/** Rows of an index that are looked at in one transaction. */
const CLEANED_ROWS = 5_000;

/** In the order of their numbers in `retention_position`. */
const TABLES = ["observable", "label"] as const;

const STATE: Statement = {
  name: "clean-state",
  text: `SELECT dropped, clean_table, clean_until, clean_hash, clean_change, clean_place
    FROM stixgate.retention_position WHERE id = 1`,
};

const SPAN: Statement = {
  name: "clean-span",
  text: `SELECT (SELECT max(change) FROM stixgate.version) - (SELECT min(change) FROM stixgate.version)
    AS span`,
};

const BEGIN: Statement = {
  name: "clean-begin",
  text: `UPDATE stixgate.retention_position SET dropped = 0, clean_table = 0, clean_until = $1,
    clean_hash = -1, clean_change = 0, clean_place = 0 WHERE id = 1`,
};

const MOVE: Statement = {
  name: "clean-move",
  text: `UPDATE stixgate.retention_position SET clean_hash = $1, clean_change = $2, clean_place = $3
    WHERE id = 1`,
};

const NEXT_TABLE: Statement = {
  name: "clean-next-table",
  text: `UPDATE stixgate.retention_position SET clean_table = $1, clean_hash = -1, clean_change = 0,
    clean_place = 0 WHERE id = 1`,
};

const PARTS: readonly Part[] = TABLES.map((table) => ({
  end: {
    name: `clean-end-${table}`,
    text: `SELECT hash, change, place FROM stixgate.${table}
      WHERE (hash, change, place) > ($1::bigint, $2::bigint, $3::bigint)
      ORDER BY hash, change, place OFFSET $4 LIMIT 1`,
  },
  drop: {
    name: `clean-${table}`,
    text: `DELETE FROM stixgate.${table} AS entry
      WHERE (hash, change, place) > ($1::bigint, $2::bigint, $3::bigint)
        AND (hash, change, place) <= ($4::bigint, $5::bigint, $6::bigint) AND change <= $7
        AND NOT EXISTS (SELECT FROM stixgate.version
          WHERE version.change = entry.change AND version.place = entry.place)`,
  },
}));

interface Part {
  readonly end: Statement;
  readonly drop: Statement;
}

/** Behind every row: hashes have 52 bits. */
const END = [Number.MAX_SAFE_INTEGER, 0, 0] as const;

interface State {
  readonly dropped: string;
  readonly clean_table: number | null;
  readonly clean_until: string;
  readonly clean_hash: string;
  readonly clean_change: string;
  readonly clean_place: string;
}

/** Cleans on a connection. @param droppedMin versions dropped before it begins, where not as usual */
export function createValueCleaner(ask: Ask, droppedMin?: number): ValueCleaner {
  async function beginWhenDue(dropped: number, until: SettledPosition): Promise<number> {
    if (dropped === 0) {
      return 0;
    }
    const [row] = await ask<{ span: string | null }>(SPAN, []);
    if (!isCleaningDue(dropped, Number(row?.span ?? 0), droppedMin)) {
      return 0;
    }
    await ask(BEGIN, [until.change]);
    return 1;
  }

  return async (until) => {
    const [state] = await ask<State>(STATE, []);
    const table = state?.clean_table ?? null;
    const part = PARTS[table ?? -1];
    if (state === undefined || table === null || part === undefined) {
      return await beginWhenDue(Number(state?.dropped ?? 0), until);
    }
    const from = [state.clean_hash, state.clean_change, state.clean_place];
    const [row] = await ask<Record<"hash" | "change" | "place", string>>(part.end, [
      ...from,
      CLEANED_ROWS - 1,
    ]);
    const end = row === undefined ? END : [row.hash, row.change, row.place];
    await ask(part.drop, [...from, ...end, state.clean_until]);
    if (row === undefined) {
      await ask(NEXT_TABLE, [table + 1 < TABLES.length ? table + 1 : null]);
    } else {
      await ask(MOVE, [...end]);
    }
    return CLEANED_ROWS;
  };
}
