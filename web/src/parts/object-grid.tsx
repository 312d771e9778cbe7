/**
 * A grid of objects over as many as there are: pages are fetched as they come into sight, and only the rows in sight
 * are in the document. One row can be opened, any number chosen, all of it by keys.
 */
import { Checkbox } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { ObjectView, Sort } from "../api/types.ts";
import { Time } from "./time.tsx";
import { Tlp } from "./tlp.tsx";
import { TypeIcon } from "./type-icon.tsx";

/** A column. */
export interface GridColumn {
  readonly id: string;
  readonly label: string;
  /** Its order in a search; it can't be sorted by without. */
  readonly sort?: Sort["by"];
  readonly width: string;
  readonly cell: (view: ObjectView) => ReactNode;
}

/** Every column there is. */
export const COLUMNS: readonly GridColumn[] = [
  {
    id: "title",
    label: "Name",
    sort: "name",
    width: "minmax(220px, 3fr)",
    cell: ({ type, title, revoked }) => (
      <span className="cellTitle">
        <TypeIcon type={type} />
        <span className={revoked ? "text struck" : "text"}>{title}</span>
      </span>
    ),
  },
  { id: "type", label: "Type", sort: "type", width: "130px", cell: ({ type }) => type },
  {
    id: "observables",
    label: "Values",
    width: "minmax(140px, 2fr)",
    cell: ({ observables }) => (
      <span className="mono text">{observables.map(({ value }) => value).join(", ")}</span>
    ),
  },
  {
    id: "confidence",
    label: "Confidence",
    sort: "confidence",
    width: "100px",
    cell: ({ confidence }) => confidence ?? "–",
  },
  { id: "tlp", label: "TLP", width: "130px", cell: ({ tlp }) => <Tlp level={tlp} /> },
  {
    id: "labels",
    label: "Tags",
    width: "minmax(100px, 1fr)",
    cell: ({ labels }) => <span className="text">{labels.join(", ")}</span>,
  },
  {
    id: "state",
    label: "State",
    width: "90px",
    cell: ({ revoked, active }) => (revoked ? "revoked" : active ? "active" : "inactive"),
  },
  { id: "source", label: "Source", sort: "source", width: "150px", cell: ({ source }) => source },
  {
    id: "valid_until",
    label: "Valid until",
    sort: "valid_until",
    width: "110px",
    cell: ({ validUntil }) => <Time instant={validUntil} />,
  },
  {
    id: "updated",
    label: "Updated",
    sort: "updated",
    width: "110px",
    cell: ({ ingestedAt }) => <Time instant={ingestedAt} />,
  },
];

const ROW_PX = 40;
const OVERSCAN = 12;

/** How many rows before its end the next page is fetched. */
const FETCH_AHEAD = 40;

export interface ObjectGridProps {
  readonly rows: readonly ObjectView[];
  readonly columns: readonly GridColumn[];
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  readonly onMore: () => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly openId: string | null;
  readonly onOpen: (view: ObjectView) => void;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: ReadonlySet<string>) => void;
}

/** The grid. */
export function ObjectGrid(props: ObjectGridProps): ReactNode {
  const { rows, columns, hasMore, isFetching, onMore, openId, onOpen, chosen, onChoose } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isFetching && last >= rows.length - FETCH_AHEAD) {
      onMore();
    }
  }, [hasMore, isFetching, last, rows.length, onMore]);
  const template = ["36px", ...columns.map(({ width }) => width)].join(" ");
  const at = rows.findIndex(({ id }) => id === openId);
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) {
      next.add(id);
    }
    onChoose(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(rows.length - 1, at + step));
      const view = rows[next];
      if (view !== undefined) {
        virtual.scrollToIndex(next);
        onOpen(view);
      }
    } else if (event.key === " " && openId !== null) {
      event.preventDefault();
      toggle(openId);
    }
  };
  return (
    <div
      className="grid"
      role="grid"
      aria-label="Objects"
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      aria-multiselectable
      tabIndex={0}
      ref={scroll}
      onKeyDown={onKeyDown}
    >
      <Heading {...props} template={template} />
      <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="rowgroup">
        {items.map(({ index, start }) => {
          const view = rows[index];
          return view === undefined ? null : (
            <div
              key={view.id}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={chosen.has(view.id)}
              className={view.id === openId ? "row on" : "row"}
              style={{ transform: `translateY(${start}px)`, gridTemplateColumns: template }}
              onClick={() => onOpen(view)}
            >
              <span role="gridcell">
                <Checkbox
                  checked={chosen.has(view.id)}
                  aria-label={`Choose ${view.title}`}
                  onClick={(event) => event.stopPropagation()}
                  onChange={() => toggle(view.id)}
                />
              </span>
              {columns.map(({ id, cell }) => (
                <span key={id} role="gridcell" className="cell">
                  {cell(view)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Heading({
  columns,
  sort,
  onSort,
  rows,
  chosen,
  onChoose,
  template,
}: ObjectGridProps & { readonly template: string }): ReactNode {
  const all = rows.length > 0 && rows.every(({ id }) => chosen.has(id));
  return (
    <div role="row" className="row heading" style={{ gridTemplateColumns: template }}>
      <span role="columnheader">
        <Checkbox
          checked={all ? true : chosen.size > 0 ? "mixed" : false}
          aria-label="Choose all that are shown"
          onChange={() => onChoose(all ? new Set() : new Set(rows.map(({ id }) => id)))}
        />
      </span>
      {columns.map(({ id, label, sort: by }) => (
        <span
          key={id}
          role="columnheader"
          className="cell"
          aria-sort={by === sort.by ? sort.direction : undefined}
        >
          {by === undefined ? (
            label
          ) : (
            <button
              type="button"
              className="sorter"
              onClick={() =>
                onSort({
                  by,
                  direction:
                    sort.by === by && sort.direction === "descending" ? "ascending" : "descending",
                })
              }
            >
              {label}
              {by === sort.by ? (sort.direction === "ascending" ? " ↑" : " ↓") : ""}
            </button>
          )}
        </span>
      ))}
    </div>
  );
}
