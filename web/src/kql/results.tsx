/** The answer: its chart, its rows, what can be done with them, and what it cost. */
import { Button, MessageBar, MessageBarBody, SearchBox } from "@fluentui/react-components";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { Loading } from "../parts/loading.tsx";
import type { QueryState } from "./address.ts";
import { type Answer, type Column, compareValues, type Row, textOfValue } from "./answer.ts";
import { ColumnMenu, ExportMenu } from "./answer-menus.tsx";
import { AnswerPane, ObjectLink, type PaneKind } from "./answer-pane.tsx";
import { type ChartData, chartOf, isDrawable } from "./chart-data.ts";
import { hiddenColumns, withoutColumns } from "./column-list.ts";
import { cellCondition } from "./kql-text.ts";
import { type CellPlace, type Order, ResultGrid } from "./result-grid.tsx";
import type { Asked } from "./snippets.ts";

const Chart = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

/** A shorter wait is none. */
const QUEUED_SECONDS_MIN = 0.001;

type Change = Partial<Record<keyof QueryState, string | undefined>>;

/** The answer. */
export function Results({
  answer,
  asked,
  state,
  onState,
  onFilter,
}: {
  readonly answer: Answer;
  readonly asked: Asked;
  readonly state: QueryState;
  readonly onState: (change: Change) => void;
  /** Adds a condition to the query and runs it. */
  readonly onFilter: (condition: string) => void;
}): ReactNode {
  const order = orderOf(state, answer);
  const find = String(state.find ?? "");
  const { hide } = state;
  const hidden = useMemo(() => hiddenColumns(hide), [hide]);
  const found = useMemo(() => arrange(answer, find, order), [answer, find, order]);
  const { columns, rows } = useMemo(
    () => withoutColumns(answer, found, hidden),
    [answer, found, hidden],
  );
  const chart = useMemo(() => chartOf(answer), [answer]);
  const [at, setAt] = useState<CellPlace | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows or columns, other places.
  useEffect(() => setAt(null), [rows]);
  const column = at === null ? undefined : columns[at.column];
  const value = at === null ? undefined : rows[at.row]?.[at.column];
  const filter = (keep: boolean): void => {
    if (column !== undefined) {
      onFilter(cellCondition(column, value, keep));
    }
  };
  const pane = paneOf(state);
  const isCharted = chart !== null && state.show !== "table";
  return (
    <section className="answer" aria-label="Answer">
      <Facts answer={answer} shown={rows.length} />
      <div className="answerBar">
        <SearchBox
          size="small"
          value={find}
          onChange={(_event, data) => onState({ find: data.value === "" ? undefined : data.value })}
          placeholder="Find in the rows"
          aria-label="Find in the rows"
        />
        {chart === null ? null : (
          <Button
            size="small"
            aria-pressed={isCharted}
            onClick={() => onState({ show: isCharted ? "table" : undefined })}
          >
            {isCharted ? "Hide the chart" : "Show the chart"}
          </Button>
        )}
        <ColumnMenu answer={answer} hidden={hidden} onHide={(text) => onState({ hide: text })} />
        <ExportMenu columns={columns} rows={rows} asked={asked} />
        <span className="grow" />
        <CellBar
          columns={answer.columns}
          row={at === null ? undefined : found[at.row]}
          name={column?.name}
          onFilter={filter}
          onPane={(kind) => onState({ pane: kind })}
        />
      </div>
      <div className={isCharted ? "answerBody charted" : "answerBody"}>
        {isCharted ? <ChartBox chart={chart} /> : null}
        {columns.length === 0 ? null : (
          <ResultGrid
            columns={columns}
            rows={rows}
            find={find}
            order={order}
            onOrder={(name) => onState(nextOrder(name, order))}
            at={at}
            onMove={setAt}
            onOpen={(kind) => onState({ pane: kind ?? pane ?? "value" })}
            onFilter={filter}
          />
        )}
        {pane === undefined || at === null ? null : (
          <AnswerPane
            kind={pane}
            onKind={(kind) => onState({ pane: kind })}
            columns={columns}
            rows={rows}
            at={at}
            onFilter={onFilter}
          />
        )}
      </div>
    </section>
  );
}

function paneOf({ pane }: QueryState): PaneKind | undefined {
  return pane === "value" || pane === "row" || pane === "column" ? pane : undefined;
}

function ChartBox({ chart }: { readonly chart: ChartData }): ReactNode {
  return (
    <Suspense fallback={<Loading label="Drawing" />}>
      <div className="chartBox">
        <Chart data={chart} />
        {chart.left === 0 ? null : (
          <p className="hintText">{chart.left} more series are only in the table.</p>
        )}
      </div>
    </Suspense>
  );
}

/** What can be done with the chosen cell. */
function CellBar({
  columns,
  row,
  name,
  onFilter,
  onPane,
}: {
  readonly columns: readonly Column[];
  readonly row: Row | undefined;
  readonly name: string | undefined;
  readonly onFilter: (keep: boolean) => void;
  readonly onPane: (kind: PaneKind) => void;
}): ReactNode {
  if (name === undefined || row === undefined) {
    return <span className="hintText">Choose a cell to filter by it or to open it.</span>;
  }
  return (
    <>
      <ObjectLink columns={columns} row={row} />
      <span className="mono chosenCell">{name}</span>
      <Button
        size="small"
        title="Only rows with this value: f, or Ctrl+Shift+Space"
        onClick={() => onFilter(true)}
      >
        Only this (f)
      </Button>
      <Button size="small" title="Without rows with this value" onClick={() => onFilter(false)}>
        Without this (x)
      </Button>
      <Button size="small" onClick={() => onPane("value")}>
        Value (Enter)
      </Button>
      <Button size="small" onClick={() => onPane("row")}>
        Row (r)
      </Button>
      <Button size="small" onClick={() => onPane("column")}>
        Figures (s)
      </Button>
    </>
  );
}

function Facts({ answer, shown }: { readonly answer: Answer; readonly shown: number }): ReactNode {
  const { rows, statistics, partial, elapsedMs, render } = answer;
  const count =
    shown === rows.length
      ? `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`
      : `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
  const isTable = render === null || isDrawable(render.visualization);
  return (
    <>
      {partial === null ? null : (
        <MessageBar intent="warning">
          <MessageBarBody>{partial} Take fewer rows, or summarize them.</MessageBarBody>
        </MessageBar>
      )}
      <p className="facts" role="status">
        <b>{count}</b>
        <span>{seconds(elapsedMs / 1000)} in all</span>
        {statistics === null ? null : (
          <>
            <span>{seconds(statistics.executionTime)} on the server</span>
            <span>{seconds(statistics.compilationTime)} to read the query</span>
            {statistics.queuedTime >= QUEUED_SECONDS_MIN ? (
              <span>{seconds(statistics.queuedTime)} in the queue</span>
            ) : null}
            <span>processor {statistics.resourceUsage.cpu["total cpu"].slice(0, 12)}</span>
            <span>{bytes(statistics.datasetStatistics[0]?.tableSize ?? 0)}</span>
          </>
        )}
        {isTable ? null : <span>A {render.visualization} is not drawn here: see the rows.</span>}
      </p>
    </>
  );
}

function seconds(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB"] as const;
  const step = value < 1 ? 0 : Math.min(3, Math.floor(Math.log2(value) / 10));
  return `${(value / 1024 ** step).toLocaleString("en", { maximumFractionDigits: 1 })} ${units[step]}`;
}

function orderOf({ sort, direction }: QueryState, { columns }: Answer): Order | null {
  const column = columns.find(({ name }) => name === String(sort ?? ""));
  return column === undefined
    ? null
    : {
        column: column.name,
        direction: direction === "descending" ? "descending" : "ascending",
      };
}

/** Ascending, descending, as it came. */
function nextOrder(
  name: string,
  order: Order | null,
): { readonly sort: string | undefined; readonly direction: string | undefined } {
  if (order?.column !== name) {
    return { sort: name, direction: "ascending" };
  }
  return order.direction === "ascending"
    ? { sort: name, direction: "descending" }
    : { sort: undefined, direction: undefined };
}

function arrange({ columns, rows }: Answer, find: string, order: Order | null): readonly Row[] {
  const wanted = find.trim().toLowerCase();
  const found =
    wanted === ""
      ? rows
      : rows.filter((row) => row.some((cell) => textOfValue(cell).toLowerCase().includes(wanted)));
  const at = columns.findIndex(({ name }) => name === order?.column);
  const type = columns[at]?.type ?? "";
  if (order === null || at === -1) {
    return found;
  }
  const sign = order.direction === "ascending" ? 1 : -1;
  return found.toSorted((first, second) => sign * compareValues(first[at], second[at], type));
}
