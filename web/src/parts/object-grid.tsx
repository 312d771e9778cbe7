/**
 * A grid of objects over as many as there are: pages are fetched as they come into sight, and only the rows in sight
 * are in the document. The grid itself has the focus and names the row that the keys are at.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect } from "react";
import type { ObjectView, Sort } from "../api/types.ts";
import { ColumnEdge } from "./column-edge.tsx";
import { type ShownColumn, trackOf } from "./columns.tsx";
import { useShown } from "./defang.ts";
import type { GridCursor } from "./grid-cursor.ts";
import { onGridKey } from "./grid-keys.ts";
import "./grid.css";

const ROW_PX = 40;
const CHECK_PX = 40;
const OVERSCAN = 12;

/** How many rows before its end the next page is fetched. */
const FETCH_AHEAD = 40;
/** Rows that stand for those on their way. */
const TAIL_ROWS = 3;
const WAITING_ROWS = 24;

export interface ObjectGridProps {
  readonly rows: readonly ObjectView[];
  readonly columns: readonly ShownColumn[];
  /** Nothing has come yet. */
  readonly isWaiting: boolean;
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  readonly onMore: () => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly cursor: GridCursor;
  readonly openId: string | null;
  readonly onOpen: (view: ObjectView) => void;
  /** Opens an object, and leads the keys to it. */
  readonly onEnter: (view: ObjectView) => void;
  /** @param px null: as the column is made @param isDone false while an edge is being dragged */
  readonly onWidth: (id: string, px: number | null, isDone: boolean) => void;
  readonly gridRef: RefObject<HTMLDivElement | null>;
}

/** The grid. */
export function ObjectGrid(props: ObjectGridProps): ReactNode {
  const { rows, columns, isWaiting, hasMore, isFetching, onMore, cursor, openId, gridRef } = props;
  const virtual = useVirtualizer({
    count: isWaiting ? WAITING_ROWS : rows.length + (hasMore ? TAIL_ROWS : 0),
    getScrollElement: () => gridRef.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    // The heading covers a row's height.
    scrollPaddingEnd: ROW_PX,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isFetching && last >= rows.length - FETCH_AHEAD) {
      onMore();
    }
  }, [hasMore, isFetching, last, rows.length, onMore]);
  const { at } = cursor;
  useEffect(() => {
    if (at >= 0) {
      virtual.scrollToIndex(at);
    }
  }, [at, virtual]);
  const template = [`${CHECK_PX}px`, ...columns.map(trackOf)].join(" ");
  const minWidth = columns.reduce((sum, { chosenPx, px }) => sum + (chosenPx ?? px), CHECK_PX);
  const isAtRendered = items.some(({ index }) => index === at);
  return (
    <div
      className="grid"
      role="grid"
      aria-label="Objects"
      aria-busy={isWaiting}
      aria-rowcount={hasMore || isWaiting ? -1 : rows.length + 1}
      aria-multiselectable
      tabIndex={0}
      ref={gridRef}
      {...(isAtRendered ? { "aria-activedescendant": rowId(at) } : {})}
      onKeyDown={(event) => onGridKey(event, props)}
      onFocus={({ target, currentTarget }) => {
        // Whoever comes by keys stands somewhere at once.
        if (target === currentTarget && at < 0 && target.matches(":focus-visible")) {
          cursor.goTo(0);
        }
      }}
    >
      <GridHeading {...props} template={template} minWidth={minWidth} />
      <div
        style={{ height: virtual.getTotalSize(), minWidth, position: "relative" }}
        role="rowgroup"
      >
        {items.map(({ index, start }) => {
          const view = rows[index];
          const place = {
            transform: `translateY(${start}px)`,
            gridTemplateColumns: template,
            minWidth,
          };
          return view === undefined ? (
            <div
              key={`waiting ${index}`}
              role="row"
              aria-hidden
              className="row waiting"
              style={place}
            >
              {[null, ...columns].map((column) => (
                <span key={column?.id ?? "check"} role="gridcell" className="cell">
                  <span className="bone" />
                </span>
              ))}
            </div>
          ) : (
            <Row
              key={view.id}
              {...{ view, columns, cursor }}
              at={index}
              isOpen={view.id === openId}
              onOpen={props.onOpen}
              style={place}
            />
          );
        })}
      </div>
    </div>
  );
}

function rowId(at: number): string {
  return `objects-row-${at}`;
}

/** The heading. */
function GridHeading({
  columns,
  sort,
  onSort,
  rows,
  cursor: { chosen, choose },
  template,
  minWidth,
  onWidth,
}: ObjectGridProps & { readonly template: string; readonly minWidth: number }): ReactNode {
  const all = rows.length > 0 && rows.every(({ id }) => chosen.has(id));
  return (
    <div role="row" className="row heading" style={{ gridTemplateColumns: template, minWidth }}>
      <span role="columnheader" className="checkCell">
        <input
          type="checkbox"
          checked={all}
          ref={(box) => {
            if (box !== null) {
              box.indeterminate = !all && chosen.size > 0;
            }
          }}
          aria-label="Choose all that are shown"
          onChange={() => choose(all ? new Set() : new Set(rows.map(({ id }) => id)))}
        />
      </span>
      {columns.map((column) => {
        const { id, label, sort: by } = column;
        const isSorted = by !== undefined && by === sort.by;
        return (
          <span
            key={id}
            role="columnheader"
            className="cell headCell"
            aria-sort={isSorted ? sort.direction : undefined}
          >
            {by === undefined ? (
              <span className="text">{label}</span>
            ) : (
              <button
                type="button"
                className="sorter text"
                onClick={() =>
                  onSort({
                    by,
                    direction:
                      isSorted && sort.direction === "descending" ? "ascending" : "descending",
                  })
                }
              >
                {label}
                {isSorted ? (sort.direction === "ascending" ? " ↑" : " ↓") : ""}
              </button>
            )}
            <ColumnEdge column={column} onWidth={onWidth} />
          </span>
        );
      })}
    </div>
  );
}

function Row({
  view,
  columns,
  cursor,
  at,
  isOpen,
  onOpen,
  style,
}: {
  readonly view: ObjectView;
  readonly columns: readonly ShownColumn[];
  readonly cursor: GridCursor;
  readonly at: number;
  readonly isOpen: boolean;
  readonly onOpen: (view: ObjectView) => void;
  readonly style: Readonly<Record<string, string | number>>;
}): ReactNode {
  const shown = useShown();
  const isChosen = cursor.chosen.has(view.id);
  const classes = ["row", ...(isOpen ? ["on"] : []), ...(cursor.at === at ? ["at"] : [])];
  return (
    <div
      id={rowId(at)}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={isChosen}
      className={classes.join(" ")}
      style={style}
      onClick={(event) => {
        cursor.goTo(at);
        if (event.shiftKey) {
          cursor.chooseTo(at);
        } else if (event.ctrlKey || event.metaKey) {
          cursor.toggle(at);
        } else {
          onOpen(view);
        }
      }}
    >
      <span role="gridcell" className="checkCell">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isChosen}
          aria-label={`Choose ${shown(view.title)}`}
          onClick={(event) => {
            event.stopPropagation();
            cursor.goTo(at);
            if (event.shiftKey) {
              cursor.chooseTo(at);
            } else {
              cursor.toggle(at);
            }
          }}
          onChange={() => undefined}
        />
      </span>
      {columns.map(({ id, cell }) => (
        <span key={id} role="gridcell" className="cell">
          {cell(view, shown)}
        </span>
      ))}
    </div>
  );
}
