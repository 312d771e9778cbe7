/** The choice of columns: of the address, else of this browser, else the first one; and their widths. */
import { useMemo, useState } from "react";
import {
  type ColumnChoice,
  columnsText,
  parseColumns,
  type ShownColumn,
  shownColumns,
} from "./columns.tsx";

const STORED = "stixgate.columns";

/** Columns, and the ways to change them. */
export interface ChosenColumns {
  readonly columns: readonly ShownColumn[];
  readonly choices: readonly ColumnChoice[];
  /** Null goes back to the first choice. */
  readonly onChoices: (choices: readonly ColumnChoice[] | null) => void;
  /** @param isDone false while an edge is being dragged */
  readonly onWidth: (id: string, px: number | null, isDone: boolean) => void;
}

/** The columns. */
export function useColumns(
  address: string | undefined,
  onAddress: (columns: string | undefined) => void,
): ChosenColumns {
  const [stored, setStored] = useState(readStored);
  const [dragged, setDragged] = useState<ColumnChoice | null>(null);
  const text = address ?? stored;
  const choices = useMemo(() => parseColumns(text), [text]);
  const columns = useMemo(
    () => shownColumns(dragged === null ? choices : withWidth(choices, dragged)),
    [choices, dragged],
  );
  const onChoices = (next: readonly ColumnChoice[] | null): void => {
    const written = next === null ? undefined : columnsText(next);
    setStored(written ?? null);
    store(written);
    onAddress(written);
  };
  return {
    columns,
    choices,
    onChoices,
    onWidth(id, px, isDone) {
      setDragged(isDone ? null : { id, px });
      if (isDone) {
        onChoices(withWidth(choices, { id, px }));
      }
    },
  };
}

function withWidth(choices: readonly ColumnChoice[], wide: ColumnChoice): readonly ColumnChoice[] {
  return choices.map((choice) => (choice.id === wide.id ? wide : choice));
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function store(written: string | undefined): void {
  try {
    if (written === undefined) {
      localStorage.removeItem(STORED);
    } else {
      localStorage.setItem(STORED, written);
    }
  } catch {
    // A full or forbidden store: the address keeps the choice.
  }
}
