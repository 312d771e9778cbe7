/**
 * The rows of an answer: only those in sight are in the document. One cell is chosen; keys move it, and the bar above
 * says what can be done with it.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
} from "react";
import { type Column, isNumeric, type Row, textOfValue } from "./answer.ts";
import type { PaneKind } from "./answer-pane.tsx";

/** A cell: the row's place in the answer as shown, and the column's. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export interface Order {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

const ROW_PX = 32;
const OVERSCAN = 10;
const PAGE_ROWS = 15;
/** Longer texts are shown whole beside the grid. */
const CELL_TEXT_MAX = 300;
const LETTER_PX = 7.6;
const WIDTH_PX = { min: 90, max: 380, pad: 28 } as const;
/** Rows whose texts decide a column's width. */
const MEASURED_ROWS = 60;

export interface ResultGridProps {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Words that are lit up. */
  readonly find: string;
  readonly order: Order | null;
  readonly onOrder: (column: string) => void;
  readonly at: CellPlace | null;
  readonly onMove: (place: CellPlace) => void;
  readonly onOpen: (pane: PaneKind | undefined) => void;
  /** Adds the cell to the query: with its value only, or without it. */
  readonly onFilter: (keep: boolean) => void;
}

/** The grid. */
export function ResultGrid(props: ResultGridProps): ReactNode {
  const { columns, rows, find, order, onOrder, at, onMove, onOpen } = props;
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const widths = columns.map((column, place) => widthOf(column, rows, place));
  const template = widths.map((width) => `minmax(${width}px, ${width}fr)`).join(" ");
  const rowWidth = `max(100%, ${widths.reduce((sum, width) => sum + width, 0)}px)`;
  const style = { gridTemplateColumns: template, width: rowWidth };
  useEffect(() => {
    if (at !== null) {
      document
        .getElementById(`${id}-${at.row}-${at.column}`)
        ?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }, [at, id]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const work = workOf(event, props, (row) => virtual.scrollToIndex(row));
    if (work !== undefined && event.target === scroll.current) {
      event.preventDefault();
      event.stopPropagation();
      work();
    }
  };
  return (
    <div
      className="results"
      role="grid"
      aria-label="Rows of the answer"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={at === null ? undefined : `${id}-${at.row}-${at.column}`}
      tabIndex={0}
      ref={scroll}
      onKeyDown={onKeyDown}
    >
      <Heading columns={columns} order={order} onOrder={onOrder} style={style} />
      <div
        role="rowgroup"
        className="resultRows"
        style={{ height: virtual.getTotalSize(), width: rowWidth }}
      >
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            role="row"
            aria-rowindex={index + 2}
            className={at?.row === index ? "resultRow on" : "resultRow"}
            style={{
              transform: `translateY(${start}px)`,
              gridTemplateColumns: template,
            }}
          >
            {columns.map(({ name, type }, place) => (
              <span
                key={name}
                id={`${id}-${index}-${place}`}
                role="gridcell"
                className={cellClass(type, at?.row === index && at.column === place)}
                aria-selected={at?.row === index && at.column === place}
                onClick={() => onMove({ row: index, column: place })}
                onDoubleClick={() => onOpen(undefined)}
              >
                {lit(textOfValue(rows[index]?.[place]).slice(0, CELL_TEXT_MAX), find)}
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** What a key does in the grid. */
function workOf(
  event: KeyboardEvent,
  { columns, rows, at, onMove, onOpen, onFilter }: ResultGridProps,
  scrollTo: (row: number) => void,
): (() => void) | undefined {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.shiftKey && event.code === "Space" && at !== null) {
    return () => onFilter(true);
  }
  const step = isCommand ? undefined : STEPS[event.key];
  if (step !== undefined) {
    const [rowStep, columnStep] = step;
    const row = within(rows.length, (at?.row ?? -Math.max(0, rowStep)) + rowStep);
    const column = within(columns.length, (at?.column ?? 0) + columnStep);
    return () => {
      scrollTo(row);
      onMove({ row, column });
    };
  }
  const works: Readonly<Record<string, () => void>> = {
    Enter: () => onOpen(undefined),
    r: () => onOpen("row"),
    s: () => onOpen("column"),
    f: () => onFilter(true),
    x: () => onFilter(false),
  };
  return at === null || isCommand ? undefined : works[event.key];
}

function within(length: number, place: number): number {
  return Math.max(0, Math.min(length - 1, place));
}

/** The text with the words that are looked for lit up. */
function lit(text: string, find: string): ReactNode {
  const wanted = find.trim().toLowerCase();
  const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted);
  return at === -1 ? (
    text
  ) : (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}

function Heading({
  columns,
  order,
  onOrder,
  style,
}: {
  readonly columns: readonly Column[];
  readonly order: Order | null;
  readonly onOrder: (column: string) => void;
  readonly style: CSSProperties;
}): ReactNode {
  return (
    <div className="resultRow resultHeading" role="row" style={style}>
      {columns.map(({ name, type }) => (
        <span
          key={name}
          role="columnheader"
          className={isNumeric(type) ? "resultCell number" : "resultCell"}
          aria-sort={order?.column === name ? order.direction : undefined}
        >
          <button
            type="button"
            className="sorter"
            title={`${name}: ${type}`}
            onClick={() => onOrder(name)}
          >
            {name}
            {order?.column === name ? (order.direction === "ascending" ? " ↑" : " ↓") : ""}
          </button>
        </span>
      ))}
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageDown: [PAGE_ROWS, 0],
  PageUp: [-PAGE_ROWS, 0],
  Home: [Number.MIN_SAFE_INTEGER, 0],
  End: [Number.MAX_SAFE_INTEGER, 0],
};

function cellClass(type: string, isOn: boolean): string {
  return `resultCell${isNumeric(type) ? " number" : ""}${isOn ? " on" : ""}`;
}

function widthOf({ name }: Column, rows: readonly Row[], place: number): number {
  const longest = rows
    .slice(0, MEASURED_ROWS)
    .reduce((most, row) => Math.max(most, textOfValue(row[place]).length), name.length + 2);
  const { min, max, pad } = WIDTH_PX;
  return Math.max(min, Math.min(max, Math.round(longest * LETTER_PX) + pad));
}
