/** What is done in the list by keys and buttons: going through it, opening, choosing, and the way back. */
import type { RefObject } from "react";
import type { ObjectView } from "../api/types.ts";
import { type Shortcut, useShortcuts } from "../shell/keys.tsx";
import type { GridCursor } from "./grid-cursor.ts";
import type { SearchChange } from "./search-state.ts";

/** What the list consists of, for those who act in it. */
export interface ListParts {
  readonly openId: string | undefined;
  readonly rows: readonly ObjectView[];
  readonly cursor: GridCursor;
  readonly grid: RefObject<HTMLDivElement | null>;
  readonly pane: RefObject<HTMLElement | null>;
  readonly canWrite: boolean;
  readonly canTag: boolean;
  /** Something is chosen, or all that match. */
  readonly hasChosen: boolean;
  readonly change: (part: SearchChange, replace?: boolean) => void;
  readonly onDialog: (dialog: "new" | "tag") => void;
  readonly onNone: () => void;
}

/** What can be done. */
export interface ListActs {
  readonly open: (view: ObjectView) => void;
  /** Opens an object, and leads the keys to it. */
  readonly enter: (view: ObjectView) => void;
  readonly close: () => void;
  /** To the next object, or the one before. */
  readonly step: (by: number) => void;
}

/** The acts; their keys work while the list is shown. */
export function useListActs(parts: ListParts): ListActs {
  const { openId, rows, cursor, grid, pane, change } = parts;
  const placeOpen = rows.findIndex(({ id }) => id === openId);
  const open = ({ id }: ObjectView): void => change({ open: id }, true);
  const acts: ListActs = {
    open,
    enter(view) {
      open(view);
      // The pane may not be there yet.
      requestAnimationFrame(() => pane.current?.focus());
    },
    close() {
      if (placeOpen >= 0) {
        cursor.goTo(placeOpen);
      }
      change({ open: undefined, part: undefined }, true);
      // On a narrow screen the list comes back first.
      requestAnimationFrame(() => grid.current?.focus());
    },
    step(by) {
      if (openId === undefined) {
        cursor.goTo(cursor.at + by);
        grid.current?.focus({ preventScroll: true });
        return;
      }
      const view = cursor.goTo((placeOpen >= 0 ? placeOpen : cursor.at) + by);
      if (view !== undefined) {
        open(view);
      }
    },
  };
  useShortcuts([...readKeys(parts, acts), ...chooseKeys(parts), ...changeKeys(parts)]);
  return acts;
}

function readKeys({ openId, onNone }: ListParts, acts: ListActs): Shortcut[] {
  return [
    { keys: "j", label: "Next object", run: () => acts.step(1) },
    { keys: "k", label: "Previous object", run: () => acts.step(-1) },
    { keys: "Home", label: "First object (in the list)", run: null },
    { keys: "End", label: "Last object that is loaded (in the list)", run: null },
    { keys: "Enter", label: "Open the object (in the list)", run: null },
    {
      keys: "Escape",
      label: "Close the object, or choose none",
      run: () => (openId === undefined ? onNone() : acts.close()),
    },
    {
      keys: "/",
      label: "Search",
      run: () => document.querySelector<HTMLInputElement>("#search input, input#search")?.focus(),
    },
  ];
}

function chooseKeys({ cursor, grid }: ListParts): Shortcut[] {
  const choose = (run: () => void): void => {
    run();
    grid.current?.focus({ preventScroll: true });
  };
  return [
    { keys: "x", label: "Choose the object", run: () => choose(() => cursor.toggle(cursor.at)) },
    {
      keys: "Shift+x",
      label: "Choose all from the one chosen last",
      run: () => choose(() => cursor.chooseTo(cursor.at)),
    },
  ];
}

function changeKeys(parts: ListParts): Shortcut[] {
  const { openId, cursor, canWrite, canTag, hasChosen, change, onDialog } = parts;
  const canReach = openId !== undefined || cursor.view !== undefined;
  return [
    {
      keys: "t",
      label: "Tag what is chosen, or the object",
      run: () => canTag && (hasChosen || canReach) && onDialog("tag"),
    },
    { keys: "n", label: "New object", run: () => canWrite && onDialog("new") },
    {
      keys: "e",
      label: "Edit the object",
      run: () => canWrite && canReach && change({ open: openId ?? cursor.view?.id, part: "edit" }),
    },
  ];
}
