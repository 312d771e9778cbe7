/** The columns of the list: every one there is, and the choice of some of them with their order and widths. */
import type { ReactNode } from "react";
import type { ObjectView, Sort } from "../api/types.ts";
import { TagLine } from "./tag-chip.tsx";
import { Time } from "./time.tsx";
import { Tlp } from "./tlp.tsx";
import { TypeIcon } from "./type-icon.tsx";

/** A column. */
export interface GridColumn {
  readonly id: string;
  readonly label: string;
  /** Its order in a search; it can't be sorted by without. */
  readonly sort?: Sort["by"];
  /** Width where none was chosen. */
  readonly px: number;
  /** Part of the room that is left over, where no width was chosen. */
  readonly share?: number;
  /** @param shown how values are written: as they are, or disarmed */
  readonly cell: (view: ObjectView, shown: (text: string) => string) => ReactNode;
}

/** A column that was chosen. */
export interface ColumnChoice {
  readonly id: string;
  /** Null: as the column is made. */
  readonly px: number | null;
}

/** A chosen column, ready to be shown. */
export interface ShownColumn extends GridColumn {
  readonly chosenPx: number | null;
}

/** Narrower columns say nothing; wider ones hide the others. */
export const COLUMN_PX_MIN = 60;
const COLUMN_PX_MAX = 1_200;

const time = (
  id: string,
  label: string,
  sort: Sort["by"],
  read: (view: ObjectView) => string | null,
): GridColumn => ({ id, label, sort, px: 120, cell: (view) => <Time instant={read(view)} /> });

const property = (id: string, label: string, px: number, name: string): GridColumn => ({
  id,
  label,
  px,
  cell: ({ object }, shown) => <span className="mono text">{shown(textOf(object?.[name]))}</span>,
});

/** Every column there is. */
export const COLUMNS: readonly GridColumn[] = [
  {
    id: "title",
    label: "Name",
    sort: "name",
    px: 220,
    share: 3,
    cell: ({ type, title, revoked }, shown) => (
      <span className="cellTitle">
        <TypeIcon type={type} />
        <span className={revoked ? "text struck" : "text"} title={shown(title)}>
          {shown(title)}
        </span>
      </span>
    ),
  },
  { id: "type", label: "Type", sort: "type", px: 130, cell: ({ type }) => type },
  {
    id: "observables",
    label: "Values",
    px: 140,
    share: 2,
    cell: ({ observables }, shown) => (
      <span className="mono text">{shown(observables.map(({ value }) => value).join(", "))}</span>
    ),
  },
  {
    id: "confidence",
    label: "Confidence",
    sort: "confidence",
    px: 105,
    cell: ({ confidence }) => confidence ?? "–",
  },
  { id: "tlp", label: "TLP", px: 150, cell: ({ tlp }) => <Tlp level={tlp} /> },
  {
    id: "labels",
    label: "Tags",
    px: 190,
    share: 1,
    cell: ({ labels }) => <TagLine tags={labels} />,
  },
  {
    id: "state",
    label: "State",
    px: 90,
    cell: ({ revoked, active }) => (revoked ? "revoked" : active ? "active" : "inactive"),
  },
  { id: "source", label: "Source", sort: "source", px: 150, cell: ({ source }) => source },
  time("valid_until", "Valid until", "valid_until", ({ validUntil }) => validUntil),
  time("updated", "Updated", "updated", ({ ingestedAt }) => ingestedAt),
  time("created", "Created", "created", ({ created }) => created),
  time("modified", "Modified", "modified", ({ modified }) => modified),
  time("valid_from", "Valid from", "valid_from", ({ validFrom }) => validFrom),
  time("ingested", "First arrived", "ingested", ({ firstIngestedAt }) => firstIngestedAt),
  property("threat_types", "Threat types", 160, "indicator_types"),
  property("pattern", "Pattern", 300, "pattern"),
  {
    id: "stix_id",
    label: "STIX id",
    px: 300,
    cell: ({ stixId }) => <span className="mono text">{stixId}</span>,
  },
  property("created_by", "Created by", 300, "created_by_ref"),
  property("spec_version", "STIX version", 110, "spec_version"),
];

function textOf(value: unknown): string {
  return Array.isArray(value)
    ? value.map(String).join(", ")
    : value === undefined
      ? ""
      : String(value);
}

const SHOWN_AT_FIRST = 10;

/** The columns that are shown until somebody chooses. */
const FIRST_CHOICE: readonly ColumnChoice[] = COLUMNS.slice(0, SHOWN_AT_FIRST).map(({ id }) => ({
  id,
  px: null,
}));

/** Reads a choice such as `title:320,type`; what is unknown is left out. */
export function parseColumns(text: string | null | undefined): readonly ColumnChoice[] {
  const choices = (text ?? "").split(",").flatMap((part) => {
    const [id = "", width] = part.split(":");
    const px = Number(width);
    return COLUMNS.some((column) => column.id === id)
      ? [{ id, px: width !== undefined && Number.isFinite(px) ? clampPx(px) : null }]
      : [];
  });
  const ids = choices.map(({ id }) => id);
  const once = choices.filter(({ id }, at) => ids.indexOf(id) === at);
  return once.length === 0 ? FIRST_CHOICE : once;
}

/** Writes a choice; undefined for the first one. */
export function columnsText(choices: readonly ColumnChoice[]): string | undefined {
  const write = (each: readonly ColumnChoice[]): string =>
    each.map(({ id, px }) => (px === null ? id : `${id}:${px}`)).join(",");
  const text = write(choices);
  return text === write(FIRST_CHOICE) ? undefined : text;
}

/** A width that can be shown. */
export function clampPx(px: number): number {
  return Math.round(Math.max(COLUMN_PX_MIN, Math.min(COLUMN_PX_MAX, px)));
}

/** The columns of a choice. */
export function shownColumns(choices: readonly ColumnChoice[]): readonly ShownColumn[] {
  return choices.flatMap(({ id, px }) => {
    const column = COLUMNS.find((each) => each.id === id);
    return column === undefined ? [] : [{ ...column, chosenPx: px }];
  });
}

/** Width of a column in a grid's template. */
export function trackOf({ chosenPx, px, share }: ShownColumn): string {
  if (chosenPx !== null) {
    return `${chosenPx}px`;
  }
  return share === undefined ? `${px}px` : `minmax(${px}px, ${share}fr)`;
}
