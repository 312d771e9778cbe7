/** The list itself, or what stands in its place: that nothing matches, that nothing is there, what went wrong. */
import { Body1 } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { ReactNode, RefObject } from "react";
import type { Sort } from "../api/types.ts";
import { useSession, useWorkspace } from "../shell/session.tsx";
import type { GridCursor } from "./grid-cursor.ts";
import type { ListActs } from "./list-acts.ts";
import { Failure } from "./loading.tsx";
import { ObjectGrid } from "./object-grid.tsx";
import { isAsked, type SearchState } from "./search-state.ts";
import type { ChosenColumns } from "./use-columns.ts";
import { type ObjectList, ROWS_MAX } from "./use-list.ts";

/** The list. */
export function ListBody({
  state,
  list,
  cursor,
  acts,
  columns: { columns, onWidth },
  grid,
  onSort,
}: {
  readonly state: SearchState;
  readonly list: ObjectList;
  readonly cursor: GridCursor;
  readonly acts: ListActs;
  readonly columns: ChosenColumns;
  readonly grid: RefObject<HTMLDivElement | null>;
  readonly onSort: (sort: Sort) => void;
}): ReactNode {
  const { rows, isSearching, error, behind } = list;
  if (error !== null && rows.length === 0) {
    return <Failure error={error} onRetry={list.retry} />;
  }
  if (rows.length === 0 && !isSearching) {
    return isAsked(state) ? <NothingMatches /> : <NothingThere />;
  }
  return (
    <>
      {behind > 0 ? (
        <p className="note" role="status">
          {behind.toLocaleString("en")} requests that have arrived are not in this list yet.
        </p>
      ) : null}
      <ObjectGrid
        rows={rows}
        columns={columns}
        isWaiting={isSearching}
        hasMore={list.hasMore && error === null}
        isFetching={list.isFetching}
        onMore={list.more}
        sort={list.sort}
        onSort={onSort}
        cursor={cursor}
        openId={state.open ?? null}
        onOpen={acts.open}
        onEnter={acts.enter}
        onWidth={onWidth}
        gridRef={grid}
      />
      {error === null ? null : <Failure error={error} onRetry={list.more} />}
      {rows.length >= ROWS_MAX ? (
        <p className="note">
          These are the first {ROWS_MAX.toLocaleString("en")}. Narrow the list, or sort it another
          way, to see others.
        </p>
      ) : null}
    </>
  );
}

function NothingMatches(): ReactNode {
  return (
    <div className="center">
      <Body1>Nothing matches. Take a filter away, or search for fewer words.</Body1>
    </div>
  );
}

/** What to do first; an upload that can be pasted into a terminal. */
function NothingThere(): ReactNode {
  const { httpsOrigin } = useSession();
  const { workspaceId } = useWorkspace();
  const command = `stixgate upload --endpoint ${httpsOrigin} --workspace-id ${workspaceId} feed.json`;
  return (
    <div className="center">
      <Body1>Nothing has arrived yet.</Body1>
      <code className="requestId">{command}</code>
      <Body1>
        Or{" "}
        <Link to="/w/$workspaceId/connect" params={{ workspaceId }}>
          connect a tool
        </Link>
        , or{" "}
        <Link to="/w/$workspaceId/import" params={{ workspaceId }}>
          import a file
        </Link>
        .
      </Body1>
    </div>
  );
}
