/** The row that the keys are at, and the rows that are chosen from it. */
import { useMemo, useRef, useState } from "react";
import type { ObjectView } from "../api/types.ts";

/** A cursor over rows. */
export interface GridCursor {
  /** Place of the row; -1 without one. */
  readonly at: number;
  readonly view: ObjectView | undefined;
  /** Goes to a place, or as near as there are rows. */
  readonly goTo: (at: number) => ObjectView | undefined;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (ids: ReadonlySet<string>) => void;
  /** Chooses a row, or no longer; ranges begin there. */
  readonly toggle: (at: number) => void;
  /** Chooses all from the row that was toggled last to a row. */
  readonly chooseTo: (at: number) => void;
}

const NONE: ReadonlySet<string> = new Set();

/** A cursor; the choice ends with the question. */
export function useGridCursor(rows: readonly ObjectView[], question: string): GridCursor {
  const [cursorId, setCursorId] = useState<string | null>(null);
  const [choice, setChoice] = useState({ question, ids: NONE });
  const anchor = useRef<string | null>(null);
  const places = useMemo(() => new Map(rows.map(({ id }, at) => [id, at])), [rows]);
  const placeOf = (id: string | null): number => (id === null ? -1 : (places.get(id) ?? -1));
  const at = placeOf(cursorId);
  const chosen = choice.question === question ? choice.ids : NONE;
  const choose = (ids: ReadonlySet<string>): void => setChoice({ question, ids });
  return {
    at,
    view: rows[at],
    chosen,
    choose,
    goTo(wanted) {
      const view = rows[Math.max(0, Math.min(rows.length - 1, wanted))];
      setCursorId(view?.id ?? null);
      return view;
    },
    toggle(place) {
      const id = rows[place]?.id;
      if (id !== undefined) {
        const next = new Set(chosen);
        if (!next.delete(id)) {
          next.add(id);
        }
        anchor.current = id;
        choose(next);
      }
    },
    chooseTo(place) {
      const from = Math.max(0, placeOf(anchor.current));
      const [first, last] = from < place ? [from, place] : [place, from];
      choose(new Set([...chosen, ...rows.slice(first, last + 1).map(({ id }) => id)]));
    },
  };
}
