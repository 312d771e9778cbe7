/**
 * Watchlists: small tables that an analyst uploads and queries read with `_GetWatchlist('alias')`. The documents are
 * the truth. Rows that queries read are a copy in the mirror, made when a query first asks for an edition, so that
 * every process on one store has them; a copy carries its edition, and a query reads the current one only.
 */

import { hash } from "node:crypto";
import type { KqlColumn, KqlFunction } from "../kql/index.ts";
import type { LogCell, Mirror } from "../mirror/index.ts";
import type { DocumentKey, DocumentStore, JsonValue } from "../store/index.ts";
import { AppError, guidFromDigest } from "../wire/index.ts";
import { type Fresh, keepFresh } from "./fresh.ts";
import { kqlName, kqlString } from "./kql-text.ts";

/** What is known of a watchlist without its rows. */
export interface WatchlistInfo {
  readonly alias: string;
  readonly displayName: string;
  /** The column that most look-ups go by. */
  readonly searchKey: string;
  readonly columns: readonly string[];
  readonly items: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** A watchlist to keep. */
export interface NewWatchlist {
  readonly workspaceId: string;
  readonly alias: string;
  readonly displayName?: string;
  readonly searchKey?: string;
  readonly columns: readonly string[];
  /** A row has a text for each column. */
  readonly rows: readonly (readonly string[])[];
  readonly actor: string;
}

/** The watchlists of all workspaces. */
export interface Watchlists {
  list(workspaceId: string): Promise<readonly WatchlistInfo[]>;
  /** Keeps a watchlist in place of what its alias had. @throws AppError `invalid_request`, `body_too_large` */
  put(watchlist: NewWatchlist): Promise<WatchlistInfo>;
  /** @throws AppError `not_found` */
  remove(workspaceId: string, alias: string): Promise<void>;
  /** The function for a query's text, and a mark that changes with it. */
  functionFor(workspaceId: string, query: string): Promise<WatchlistFunction>;
  /** Makes sure that queries see the current rows of the watchlists that the text names. */
  supply(workspaceId: string, query: string): Promise<void>;
}

/** `_GetWatchlist` as one query sees it. */
export interface WatchlistFunction {
  readonly version: string;
  readonly definition: KqlFunction;
}

/** The table of the mirror that holds the copies. It has no `TimeGenerated` for queries, whose range is not for it. */
export const WATCHLIST_TABLE = "_WatchlistItems";

/** Its columns. */
export const WATCHLIST_COLUMNS: readonly KqlColumn[] = Object.freeze([
  { name: "Alias", type: "string" },
  { name: "Edition", type: "string" },
  { name: "ItemId", type: "string" },
  { name: "SearchKey", type: "string" },
  { name: "Updated", type: "datetime" },
  { name: "Item", type: "dynamic" },
] satisfies readonly KqlColumn[]);

const INFO_KIND = "watchlist";
const ROWS_KIND = "watchlist-rows";
/** Watchlists of a workspace; Sentinel has as few. */
const WATCHLISTS_MAX = 500;
const COLUMNS_MAX = 100;
const ROWS_MAX = 200_000;
const ALIAS = /^[A-Za-z0-9][A-Za-z0-9_. -]{0,62}$/;
const COLUMN_LENGTH_MAX = 128;
/** Rows that are handed to the mirror at one time. */
const APPEND_ROWS = 10_000;
/** After this a copy is looked for again, because logs are removed with age. */
const SUPPLIED_MS = 3_600_000;

interface KeptInfo extends WatchlistInfo {
  readonly revision: number;
}

/** What the watchlists are made of. */
export interface WatchlistParts {
  readonly documents: DocumentStore;
  readonly mirror: Pick<Mirror, "appendLogRows">;
  /** How many items of an edition the mirror has. */
  readonly countItems: (workspaceId: string, edition: string) => Promise<number>;
  readonly now: () => Date;
}

/** Opens the watchlists. */
export function createWatchlists(parts: WatchlistParts): Watchlists {
  const { documents, now } = parts;
  const infos: Fresh<readonly KeptInfo[]> = keepFresh(
    (workspaceId) => readInfos(documents, workspaceId),
    () => now().getTime(),
  );
  const supplied = new Map<string, { readonly until: number; readonly done: Promise<void> }>();

  async function supplyOne(workspaceId: string, info: KeptInfo): Promise<void> {
    const edition = editionOf(info);
    const key = `${workspaceId}/${edition}`;
    const known = supplied.get(key);
    if (known !== undefined && now().getTime() < known.until) {
      return known.done;
    }
    const done = copyRows(parts, workspaceId, info);
    supplied.set(key, { until: now().getTime() + SUPPLIED_MS, done });
    done.catch(() => supplied.delete(key));
    return done;
  }

  return {
    list: async (workspaceId) =>
      (await infos.get(workspaceId)).map(({ revision: _revision, ...info }) => info),
    async put(watchlist) {
      const info = checkWatchlist(watchlist, now());
      const others = (await readInfos(documents, watchlist.workspaceId)).filter(
        ({ alias }) => alias.toLowerCase() !== info.alias.toLowerCase(),
      );
      if (others.length >= WATCHLISTS_MAX) {
        throw new AppError("conflict", `A workspace has at most ${WATCHLISTS_MAX} watchlists.`);
      }
      const { workspaceId, rows } = watchlist;
      await documents.commit([
        { kind: "put", key: keyOf(workspaceId, ROWS_KIND, info.alias), content: { rows } },
        { kind: "put", key: keyOf(workspaceId, INFO_KIND, info.alias), content: contentOf(info) },
      ]);
      infos.forget(workspaceId);
      return info;
    },
    async remove(workspaceId, alias) {
      const known = (await readInfos(documents, workspaceId)).find(
        (info) => info.alias.toLowerCase() === alias.toLowerCase(),
      );
      if (known === undefined) {
        throw new AppError("not_found", `This workspace has no watchlist '${alias}'.`, {
          field: "alias",
        });
      }
      await documents.commit([
        { kind: "remove", key: keyOf(workspaceId, INFO_KIND, known.alias) },
        { kind: "remove", key: keyOf(workspaceId, ROWS_KIND, known.alias) },
      ]);
      infos.forget(workspaceId);
    },
    async functionFor(workspaceId, query) {
      const named = namedIn(await infos.get(workspaceId), query);
      return { version: named.map(editionOf).join(","), definition: definitionOf(named) };
    },
    async supply(workspaceId, query) {
      for (const info of namedIn(await infos.get(workspaceId), query)) {
        await supplyOne(workspaceId, info);
      }
    },
  };
}

function keyOf(workspaceId: string, kind: string, alias: string): DocumentKey {
  return { workspaceId, kind, name: alias.toLowerCase() };
}

function contentOf(info: WatchlistInfo): JsonValue {
  return { ...info };
}

async function readInfos(
  documents: DocumentStore,
  workspaceId: string,
): Promise<readonly KeptInfo[]> {
  const page = await documents.list({ workspaceId, kind: INFO_KIND, limit: WATCHLISTS_MAX });
  return page.items.map(({ content, revision }) => ({
    ...(content as unknown as WatchlistInfo),
    revision,
  }));
}

function editionOf({ alias, revision }: KeptInfo): string {
  return `${alias.toLowerCase()}/${revision}`;
}

/** The watchlists whose aliases stand in the text; all of them where an alias is not written out. */
function namedIn(infos: readonly KeptInfo[], query: string): readonly KeptInfo[] {
  const calls = query.match(/_GetWatchlist\b/g)?.length ?? 0;
  const literal =
    /_GetWatchlist\s*\(\s*(?:watchlistAlias\s*=\s*)?@?(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s*[,)]/g;
  const named = [...query.matchAll(literal)].map(([, single, double]) => single ?? double ?? "");
  if (named.length < calls) {
    return infos;
  }
  const wanted = new Set(named.map((alias) => alias.toLowerCase()));
  return infos.filter(({ alias }) => wanted.has(alias.toLowerCase()));
}

/** The columns that every watchlist has, in Sentinel's order. */
const FIXED_COLUMNS = [
  "_DTItemId = ItemId",
  "LastUpdatedTimeUTC = Updated",
  "SearchKey",
  "WatchlistItem = Item",
];

function definitionOf(infos: readonly KeptInfo[]): KqlFunction {
  const taken = new Set(["_DTItemId", "LastUpdatedTimeUTC", "SearchKey", "WatchlistItem"]);
  const columns = [...new Set(infos.flatMap((info) => info.columns))].filter(
    (name) => !taken.has(name),
  );
  const shown = columns.map((name) => `${kqlName(name)} = tostring(Item[${kqlString(name)}])`);
  const editions = infos.map((info) => kqlString(editionOf(info))).join(", ");
  const current = editions === "" ? "false" : `Edition in (${editions})`;
  return {
    name: "_GetWatchlist",
    parameters: "(watchlistAlias: string)",
    body: `${WATCHLIST_TABLE}
| where ${current} and Alias == tolower(watchlistAlias)
| project ${[...FIXED_COLUMNS, ...shown].join(", ")}`,
  };
}

async function copyRows(parts: WatchlistParts, workspaceId: string, info: KeptInfo): Promise<void> {
  const edition = editionOf(info);
  if ((await parts.countItems(workspaceId, edition)) === info.items) {
    return;
  }
  const document = await parts.documents.get(keyOf(workspaceId, ROWS_KIND, info.alias));
  const { rows } = (document?.content ?? { rows: [] }) as {
    readonly rows: readonly (readonly string[])[];
  };
  const searchColumn = info.columns.indexOf(info.searchKey);
  const cells = rows.map((row, index): readonly LogCell[] => [
    info.alias.toLowerCase(),
    edition,
    itemId(edition, index),
    row[searchColumn] ?? "",
    info.updatedAt,
    JSON.stringify(Object.fromEntries(info.columns.map((name, place) => [name, row[place] ?? ""]))),
  ]);
  for (let start = 0; start < cells.length; start += APPEND_ROWS) {
    await parts.mirror.appendLogRows({
      workspaceId,
      table: WATCHLIST_TABLE,
      columns: WATCHLIST_COLUMNS,
      rows: cells.slice(start, start + APPEND_ROWS),
    });
  }
}

/** A GUID that is the same for an item of an edition, whoever copies it. */
function itemId(edition: string, index: number): string {
  return guidFromDigest(hash("sha256", `${edition}/${index}`), 4);
}

function checkWatchlist(watchlist: NewWatchlist, now: Date): WatchlistInfo {
  const { alias, columns, rows, actor } = watchlist;
  const searchKey = watchlist.searchKey ?? columns[0] ?? "";
  const fault = faultOf(watchlist, searchKey);
  if (fault !== undefined) {
    const [field, message] = fault;
    throw new AppError("invalid_request", message, { field });
  }
  return {
    alias,
    displayName: watchlist.displayName ?? alias,
    searchKey,
    columns,
    items: rows.length,
    updatedAt: now.toISOString(),
    updatedBy: actor,
  };
}

function faultOf(
  { alias, columns, rows }: NewWatchlist,
  searchKey: string,
): readonly [field: string, message: string] | undefined {
  const named = columns.map((name) => name.trim());
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  const repeated = named.find((name, place) => named.indexOf(name) !== place);
  const faults: readonly (readonly [boolean, string, string])[] = [
    [
      !ALIAS.test(alias),
      "alias",
      "An alias has 1 to 63 letters, digits, spaces, dots, dashes and underscores.",
    ],
    [
      columns.length === 0 || columns.length > COLUMNS_MAX,
      "columns",
      `A watchlist has 1 to ${COLUMNS_MAX} columns.`,
    ],
    [
      named.some((name) => name === "" || name.length > COLUMN_LENGTH_MAX),
      "columns",
      `The name of a column has 1 to ${COLUMN_LENGTH_MAX} characters.`,
    ],
    [repeated !== undefined, "columns", `The column '${repeated}' stands twice.`],
    [!columns.includes(searchKey), "searchKey", `There is no column '${searchKey}'.`],
    [rows.length > ROWS_MAX, "rows", `A watchlist has at most ${ROWS_MAX} rows.`],
    [ragged >= 0, "rows", `Row ${ragged + 1} has not ${columns.length} values.`],
  ];
  const found = faults.find(([isFault]) => isFault);
  return found === undefined ? undefined : [found[1], found[2]];
}
