/** The tree of what queries can name, as the rows that are in sight: groups, tables, columns, functions, watchlists. */
import { kqlName, kqlText } from "./kql-text.ts";
import type { Catalogue } from "./language-messages.ts";

/** A row of the tree. */
export interface SchemaRow {
  readonly id: string;
  readonly level: 1 | 2 | 3;
  readonly name: string;
  /** A type, or how many there are. */
  readonly detail: string;
  /** What is put into the query; null for a group. */
  readonly insert: string | null;
  /** Null where there is nothing below. */
  readonly isOpen: boolean | null;
}

/** A watchlist, as the server tells it. */
export interface Watchlist {
  readonly alias: string;
  readonly displayName: string;
  readonly columns: readonly string[];
  readonly items: number;
}

/** Groups of tables by where they come from. */
const TABLE_GROUPS = [
  ["intelligence", "Intelligence"],
  ["custom", "Your tables"],
  ["documented", "Microsoft's tables"],
] as const;

/** What is open at first. */
export const OPEN_AT_FIRST: ReadonlySet<string> = new Set(["intelligence", "custom"]);

interface Branch {
  readonly row: Omit<SchemaRow, "level" | "isOpen">;
  readonly below: readonly Branch[];
}

/** The rows in sight. With words, whatever has them is shown, opened. */
export function schemaRows(
  { tables, functions }: Pick<Catalogue, "tables" | "functions">,
  watchlists: readonly Watchlist[],
  { open, words }: { readonly open: ReadonlySet<string>; readonly words: string },
): readonly SchemaRow[] {
  const groups: Branch[] = [
    ...TABLE_GROUPS.map(([origin, name]) =>
      group(origin, name, tables.filter((table) => table.origin === origin).map(tableBranch)),
    ),
    group("functions", "Functions", functions.map(functionBranch)),
    group("watchlists", "Watchlists", watchlists.map(watchlistBranch)),
  ];
  const wanted = words.trim().toLowerCase();
  const shown = wanted === "" ? groups : groups.flatMap((branch) => narrowed(branch, wanted) ?? []);
  return shown.flatMap((branch) =>
    branch.below.length === 0 ? [] : rowsOf(branch, 1, wanted === "" ? open : null),
  );
}

function group(id: string, name: string, below: readonly Branch[]): Branch {
  return { row: { id, name, detail: String(below.length), insert: null }, below };
}

function tableBranch({ name, columns }: Catalogue["tables"][number]): Branch {
  return {
    row: { id: `table ${name}`, name, detail: "", insert: kqlName(name) },
    below: columns.map((column) => ({
      row: {
        id: `column ${name} ${column.name}`,
        name: column.name,
        detail: column.type,
        insert: kqlName(column.name),
      },
      below: [],
    })),
  };
}

function functionBranch({ name, parameters }: Catalogue["functions"][number]): Branch {
  const names = parameters.replace(/\s*[:=][^,)]*/g, "");
  const row = {
    id: `function ${name}`,
    name,
    detail: parameters,
    insert: `${kqlName(name)}${names}`,
  };
  return { row, below: [] };
}

function watchlistBranch({ alias, items, columns }: Watchlist): Branch {
  return {
    row: {
      id: `watchlist ${alias}`,
      name: alias,
      detail: `${items.toLocaleString("en")} items`,
      insert: `_GetWatchlist(${kqlText(alias)})`,
    },
    below: columns.map((column) => ({
      row: { id: `item ${alias} ${column}`, name: column, detail: "", insert: kqlName(column) },
      below: [],
    })),
  };
}

/** The branch with only what has the words; undefined where nothing has. */
function narrowed(branch: Branch, wanted: string): Branch | undefined {
  const hasWords = branch.row.insert !== null && branch.row.name.toLowerCase().includes(wanted);
  const below = branch.below.flatMap((each) => narrowed(each, wanted) ?? []);
  return hasWords || below.length > 0 ? { ...branch, below } : undefined;
}

function rowsOf(
  { row, below }: Branch,
  level: 1 | 2 | 3,
  open: ReadonlySet<string> | null,
): readonly SchemaRow[] {
  const isOpen = open === null || open.has(row.id);
  const own = { ...row, level, isOpen: below.length === 0 ? null : isOpen };
  const next = level === 1 ? 2 : 3;
  return [own, ...(isOpen ? below.flatMap((each) => rowsOf(each, next, open)) : [])];
}

/** The row that an arrow or a letter leads to, and what it opens or closes. */
export function steer(
  rows: readonly SchemaRow[],
  at: number,
  key: string,
): { readonly at: number; readonly toggle: string | null } | null {
  const row = rows[at];
  const to = (place: number) => ({
    at: Math.max(0, Math.min(rows.length - 1, place)),
    toggle: null,
  });
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "Home":
      return to(0);
    case "End":
      return to(rows.length - 1);
    case "ArrowRight":
      return row?.isOpen === false
        ? { at, toggle: row.id }
        : row?.isOpen === true
          ? to(at + 1)
          : null;
    case "ArrowLeft":
      return row?.isOpen === true
        ? { at, toggle: row.id }
        : to(rows.findLastIndex((each, place) => place < at && each.level < (row?.level ?? 1)));
    default:
      return null;
  }
}
