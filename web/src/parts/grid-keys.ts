/** Keys of the grid: going through its rows, opening one, choosing some. */
import type { KeyboardEvent } from "react";
import type { ObjectView } from "../api/types.ts";
import type { GridCursor } from "./grid-cursor.ts";

/** Rows that a key goes by a page. */
const PAGE_ROWS = 15;

/** Keys of the grid itself; letters work on the whole page. */
export function onGridKey(
  event: KeyboardEvent,
  {
    rows,
    cursor,
    onEnter,
  }: {
    readonly rows: readonly ObjectView[];
    readonly cursor: GridCursor;
    readonly onEnter: (view: ObjectView) => void;
  },
): void {
  if (event.target !== event.currentTarget) {
    return;
  }
  const { at } = cursor;
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE_ROWS,
    PageUp: at - PAGE_ROWS,
    Home: 0,
    End: rows.length - 1,
  };
  const place = places[event.key];
  if (place !== undefined) {
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, place));
    cursor.goTo(next);
    if (event.shiftKey) {
      cursor.chooseTo(next);
    }
  } else if (event.key === "Enter" && cursor.view !== undefined) {
    // The same key would press what gets the focus next.
    event.preventDefault();
    onEnter(cursor.view);
  } else if (event.key === " " && at >= 0) {
    event.preventDefault();
    cursor.toggle(at);
  } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    cursor.choose(new Set(rows.map(({ id }) => id)));
  }
}
