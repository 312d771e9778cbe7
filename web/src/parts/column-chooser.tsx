/** Chooses columns and their order: by the mouse, or by Alt and the arrow keys. */
import {
  Button,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Subtitle2,
} from "@fluentui/react-components";
import { ArrowDownRegular, ArrowUpRegular, ColumnTripleEditRegular } from "@fluentui/react-icons";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { COLUMNS, type ColumnChoice } from "./columns.tsx";

/** The button, and the list behind it. */
export function ColumnChooser({
  choices,
  onChoices,
}: {
  readonly choices: readonly ColumnChoice[];
  /** Null goes back to the first choice. */
  readonly onChoices: (choices: readonly ColumnChoice[] | null) => void;
}): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const hidden = COLUMNS.filter(({ id }) => !choices.some((choice) => choice.id === id));
  const labelOf = (id: string): string => COLUMNS.find((column) => column.id === id)?.label ?? id;
  const move = (at: number, by: number): void => {
    const choice = choices[at];
    const to = at + by;
    if (choice !== undefined && to >= 0 && to < choices.length) {
      onChoices(choices.toSpliced(at, 1).toSpliced(to, 0, choice));
      // The keys stay with the column that was moved.
      requestAnimationFrame(() =>
        list.current?.querySelectorAll<HTMLInputElement>("input")[to]?.focus(),
      );
    }
  };
  const onKeyDown = (event: KeyboardEvent, at: number): void => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by !== undefined && event.altKey) {
      event.preventDefault();
      move(at, by);
    }
  };
  return (
    <Popover trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button icon={<ColumnTripleEditRegular />} aria-label="Columns">
          <span className="wide">Columns</span>
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label="Columns">
        <div className="columnPanel">
          <Subtitle2 as="h2">Columns</Subtitle2>
          <p className="note">
            Alt+↑ and Alt+↓ move a column. Its edge in the heading makes it wider: drag it, or use ←
            and → there.
          </p>
          <ul className="columnList" ref={list}>
            {choices.map(({ id }, at) => (
              <li key={id}>
                <label>
                  <input
                    type="checkbox"
                    checked
                    disabled={choices.length === 1}
                    onKeyDown={(event) => onKeyDown(event, at)}
                    onChange={() => onChoices(choices.toSpliced(at, 1))}
                  />
                  {labelOf(id)}
                </label>
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<ArrowUpRegular />}
                  aria-label={`${labelOf(id)}: further left`}
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                />
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<ArrowDownRegular />}
                  aria-label={`${labelOf(id)}: further right`}
                  disabled={at === choices.length - 1}
                  onClick={() => move(at, 1)}
                />
              </li>
            ))}
            {hidden.map(({ id, label }) => (
              <li key={id}>
                <label>
                  <input
                    type="checkbox"
                    checked={false}
                    onChange={() => onChoices([...choices, { id, px: null }])}
                  />
                  {label}
                </label>
              </li>
            ))}
          </ul>
          <Button size="small" onClick={() => onChoices(null)}>
            Reset
          </Button>
        </div>
      </PopoverSurface>
    </Popover>
  );
}
