/** Figures of the overview: each is a link to the very list that it counts. */
import { Skeleton, SkeletonItem } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Changes, CountedValue } from "../api/overview-types.ts";
import type { Condition, MatchCount } from "../api/types.ts";
import type { SearchState } from "../parts/search-state.ts";
import { TypeIcon } from "../parts/type-icon.tsx";
import { useWorkspace } from "../shell/session.tsx";
import "./overview.css";

/** A condition as the address of a list has it. */
export function whereOf(condition: Condition): string {
  return JSON.stringify({ kind: "and", conditions: [condition] });
}

const WEEK_MS = 7 * 86_400_000;

/** What ends within the week that was asked for. */
export function endingCondition({ until }: Changes): Condition {
  const from = new Date(Date.parse(until) - WEEK_MS).toISOString();
  return { kind: "valid_until", from, before: until };
}

/** A number that may be "at least so many". */
export function countText({ count, exact }: MatchCount): string {
  return `${exact ? "" : "more than "}${count.toLocaleString("en")}`;
}

/** A figure with its name; a skeleton while it is on its way. */
export function Tile({
  title,
  text,
  note,
  picture,
  to,
}: {
  readonly title: string;
  readonly text: string | undefined;
  readonly note?: ReactNode;
  readonly picture?: ReactNode;
  /** Where the list is: a search of the intelligence, or a view of the ingestion. */
  readonly to: { readonly search: SearchState } | { readonly view: string };
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const target =
    "view" in to
      ? ({ to: "/w/$workspaceId/ingestion", search: { view: to.view } } as const)
      : ({ to: "/w/$workspaceId/intelligence", search: to.search } as const);
  return (
    <div className="panel figureTile">
      <h2 className="figureName">{title}</h2>
      {text === undefined ? (
        <Waiting />
      ) : (
        <Link
          className="figure figureLink"
          {...target}
          params={{ workspaceId }}
          aria-label={`${title}: ${text}`}
        >
          {text}
        </Link>
      )}
      {picture}
      {note === undefined ? null : <p className="hint">{note}</p>}
    </div>
  );
}

/** Something is on its way; its place is kept. */
export function Waiting(): ReactNode {
  return (
    <Skeleton aria-label="Loading" className="waiting">
      <SkeletonItem size={28} />
    </Skeleton>
  );
}

/** What a list of values is of. */
export type ValueField = "type" | "source" | "tlp";

/** As the chips write it; TLP 2.0 calls CLEAR what was WHITE. */
function nameOf(field: ValueField, value: string | null): string {
  if (value === null) {
    return "no TLP";
  }
  const level = value === "white" ? "clear" : value;
  return field === "tlp" ? `TLP:${level.toUpperCase()}` : value;
}

/** Values with their numbers, as bars; each leads to its list. */
export function Values({
  field,
  values,
  search,
}: {
  readonly field: ValueField;
  readonly values: readonly CountedValue[];
  /** What else the list is limited to. */
  readonly search: SearchState;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const most = Math.max(1, ...values.map(({ count }) => count));
  return (
    <ul className="bars measured">
      {values.map(({ value, count, exact }) => (
        <li key={value}>
          <Link
            to="/w/$workspaceId/intelligence"
            params={{ workspaceId }}
            search={{ ...search, [field]: value ?? "none" }}
          >
            {field === "type" ? <TypeIcon type={value ?? ""} /> : null}
            <span className="text">{nameOf(field, value)}</span>
          </Link>
          <span>{countText({ count, exact })}</span>
          <i aria-hidden style={{ width: `${(count / most) * 100}%` }} />
        </li>
      ))}
    </ul>
  );
}

/** A line of figures, in a corner; the figures themselves are told beside it. */
export function Sparkline({ values }: { readonly values: readonly number[] }): ReactNode {
  const most = Math.max(...values);
  if (most === 0) {
    return null;
  }
  const points = values
    .map((value, at) => `${(at / (values.length - 1)) * 100},${24 - (value / most) * 22}`)
    .join(" ");
  return (
    <svg className="sparkline" viewBox="0 0 100 26" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points} />
    </svg>
  );
}
