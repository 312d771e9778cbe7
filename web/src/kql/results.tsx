/** The answer: its chart, its rows, what can be done with them, and what it cost. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  MessageBar,
  MessageBarBody,
  SearchBox,
} from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { CopyButton } from "../parts/copy-button.tsx";
import { Loading } from "../parts/loading.tsx";
import type { QueryState } from "./address.ts";
import { type Answer, compareValues, type Row, textOfValue } from "./answer.ts";
import { chartOf } from "./chart-data.ts";
import { cellCondition } from "./kql-text.ts";
import { type CellPlace, type Order, ResultGrid } from "./result-grid.tsx";
import { csvOf, jsonOf, saveFile } from "./save-file.ts";
import { ValueTree } from "./value-tree.tsx";

const Chart = lazy(async () => ({ default: (await import("./chart.tsx")).Chart }));

/** A shorter wait is none. */
const QUEUED_SECONDS_MIN = 0.001;

/** The answer. */
export function Results({
  answer,
  state,
  onState,
  onFilter,
}: {
  readonly answer: Answer;
  readonly state: QueryState;
  readonly onState: (change: Partial<Record<keyof QueryState, string | undefined>>) => void;
  /** Adds a condition to the query and runs it. */
  readonly onFilter: (condition: string) => void;
}): ReactNode {
  const { columns } = answer;
  const order = orderOf(state, answer);
  const find = String(state.find ?? "");
  const rows = useMemo(() => arrange(answer, find, order), [answer, find, order]);
  const chart = useMemo(() => chartOf(answer), [answer]);
  const [at, setAt] = useState<CellPlace | null>(null);
  const [isOpen, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows, other places.
  useEffect(() => setAt(null), [rows]);
  const column = at === null ? undefined : columns[at.column];
  const value = at === null ? undefined : rows[at.row]?.[at.column];
  const filter = (keep: boolean): void => {
    if (column !== undefined) {
      onFilter(cellCondition(column, value, keep));
    }
  };
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
        <SaveMenu answer={answer} rows={rows} />
        <span className="grow" />
        {column === undefined ? (
          <span className="hintText">Choose a cell to filter by it or to open it.</span>
        ) : (
          <>
            <span className="mono chosenCell">{column.name}</span>
            <Button size="small" onClick={() => filter(true)}>
              Only this (f)
            </Button>
            <Button size="small" onClick={() => filter(false)}>
              Without this (x)
            </Button>
            <Button size="small" onClick={() => setOpen(true)}>
              Open (Enter)
            </Button>
          </>
        )}
      </div>
      <div className={isCharted ? "answerBody charted" : "answerBody"}>
        {isCharted ? (
          <Suspense fallback={<Loading label="Drawing" />}>
            <div className="chartBox">
              <Chart data={chart} />
              {chart.left === 0 ? null : (
                <p className="hintText">{chart.left} more series are only in the table.</p>
              )}
            </div>
          </Suspense>
        ) : null}
        {columns.length === 0 ? null : (
          <ResultGrid
            columns={columns}
            rows={rows}
            order={order}
            onOrder={(name) => onState(nextOrder(name, order))}
            at={at}
            onMove={setAt}
            onOpen={() => setOpen(true)}
            onFilter={filter}
          />
        )}
        {isOpen && column !== undefined ? (
          <aside className="cellPane" aria-label={`Value of ${column.name}`}>
            <div className="paneBar">
              <b>{column.name}</b> <span className="hintText">{column.type}</span>
              <CopyButton text={textOfValue(value)} what="the value" />
              <span className="grow" />
              <Button
                size="small"
                appearance="subtle"
                icon={<DismissRegular />}
                aria-label="Close the value"
                onClick={() => setOpen(false)}
              />
            </div>
            <ValueTree column={column.name} type={column.type} value={value} onFilter={onFilter} />
          </aside>
        ) : null}
      </div>
    </section>
  );
}

function Facts({ answer, shown }: { readonly answer: Answer; readonly shown: number }): ReactNode {
  const { rows, statistics, partial, elapsedMs } = answer;
  const count =
    shown === rows.length
      ? `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`
      : `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
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
            <span>{bytes(statistics.datasetStatistics[0]?.tableSize ?? 0)}</span>
          </>
        )}
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

function SaveMenu({
  answer: { columns },
  rows,
}: {
  readonly answer: Answer;
  readonly rows: readonly Row[];
}): ReactNode {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" disabled={rows.length === 0}>
          Export…
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => saveFile("answer.csv", "text/csv", csvOf(columns, rows))}>
            CSV table
          </MenuItem>
          <MenuItem
            onClick={() => saveFile("answer.json", "application/json", jsonOf(columns, rows))}
          >
            JSON
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
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
