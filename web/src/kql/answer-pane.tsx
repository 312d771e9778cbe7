/** The pane beside the rows: the chosen value in full, its whole row, or the figures of its column. */
import { Button, Tab, TabList } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CopyButton } from "../parts/copy-button.tsx";
import { useWorkspace } from "../shell/session.tsx";
import { type Column, nestedOf, type Row, textOfValue, type Value } from "./answer.ts";
import { cellCondition } from "./kql-text.ts";
import { objectOf } from "./object-link.ts";
import { jsonOf } from "./save-file.ts";
import { statisticsOf } from "./statistics.ts";
import { ValueTree } from "./value-tree.tsx";

/** What the pane shows. */
export type PaneKind = "value" | "row" | "column";

const KINDS: readonly (readonly [PaneKind, string])[] = [
  ["value", "Value"],
  ["row", "Row"],
  ["column", "Column"],
];

export interface AnswerPaneProps {
  readonly kind: PaneKind;
  readonly onKind: (kind: PaneKind | undefined) => void;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly at: { readonly row: number; readonly column: number };
  /** Adds a condition to the query and runs it. */
  readonly onFilter: (condition: string) => void;
}

/** The pane. */
export function AnswerPane(props: AnswerPaneProps): ReactNode {
  const { kind, onKind, columns, rows, at } = props;
  const column = columns[at.column];
  const row = rows[at.row];
  if (column === undefined || row === undefined) {
    return null;
  }
  return (
    <aside className="cellPane" aria-label={`About ${column.name}`}>
      <div className="paneBar">
        <TabList
          size="small"
          selectedValue={kind}
          onTabSelect={(_event, { value }) => onKind(value as PaneKind)}
          aria-label="What of the answer"
        >
          {KINDS.map(([value, label]) => (
            <Tab key={value} value={value}>
              {label}
            </Tab>
          ))}
        </TabList>
        <span className="grow" />
        <Button
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label="Close the pane"
          onClick={() => onKind(undefined)}
        />
      </div>
      {kind === "row" ? (
        <WholeRow {...props} row={row} />
      ) : kind === "column" ? (
        <Figures column={column} rows={rows} at={at.column} onFilter={props.onFilter} />
      ) : (
        <OneValue column={column} value={row[at.column]} onFilter={props.onFilter} />
      )}
    </aside>
  );
}

function OneValue({
  column: { name, type },
  value,
  onFilter,
}: {
  readonly column: Column;
  readonly value: Value;
  readonly onFilter: (condition: string) => void;
}): ReactNode {
  return (
    <>
      <div className="paneBar">
        <b>{name}</b> <span className="hintText">{type}</span>
        <CopyButton text={textOfValue(value)} what="the value" />
      </div>
      <ValueTree column={name} type={type} value={value} onFilter={onFilter} />
    </>
  );
}

/** All fields of a row; those without a value are named at the end. */
function WholeRow({ columns, row, onFilter }: AnswerPaneProps & { readonly row: Row }): ReactNode {
  const isFilled = (_column: Column, at: number): boolean => textOfValue(row[at]) !== "";
  const empty = columns.filter((column, at) => !isFilled(column, at));
  return (
    <>
      <div className="paneBar">
        <ObjectLink columns={columns} row={row} />
        <CopyButton text={jsonOf(columns, [row])} what="the row as JSON" />
      </div>
      <dl className="wholeRow">
        {columns.map((column, at) =>
          isFilled(column, at) ? (
            <div key={column.name}>
              <dt>{column.name}</dt>
              <dd>
                {nestedOf(row[at], column.type) === undefined ? (
                  <button
                    type="button"
                    className="plain mono"
                    title="Only rows with this value"
                    onClick={() => onFilter(cellCondition(column, row[at], true))}
                  >
                    {textOfValue(row[at])}
                  </button>
                ) : (
                  <ValueTree
                    column={column.name}
                    type={column.type}
                    value={row[at]}
                    onFilter={onFilter}
                  />
                )}
              </dd>
            </div>
          ) : null,
        )}
      </dl>
      {empty.length === 0 ? null : (
        <p className="hintText">Empty: {empty.map(({ name }) => name).join(", ")}</p>
      )}
    </>
  );
}

/** The way from a row of the intelligence's tables to its object. */
export function ObjectLink({
  columns,
  row,
}: {
  readonly columns: readonly Column[];
  readonly row: Row;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const id = objectOf(columns, row);
  return id === null ? null : (
    <Link to="/w/$workspaceId/intelligence" params={{ workspaceId }} search={{ open: id }}>
      Open the object
    </Link>
  );
}

function Figures({
  column,
  rows,
  at,
  onFilter,
}: {
  readonly column: Column;
  readonly rows: readonly Row[];
  readonly at: number;
  readonly onFilter: (condition: string) => void;
}): ReactNode {
  const { count, missing, distinct, min, max, sum, average, top } = statisticsOf(column, rows, at);
  const number = (value: number): string =>
    value.toLocaleString("en", { maximumFractionDigits: 3 });
  const figures = [
    ["Rows", number(count)],
    ["Empty", number(missing)],
    ["Distinct", number(distinct)],
    ...(min === null ? [] : [["Least", min]]),
    ...(max === null ? [] : [["Greatest", max]]),
    ...(sum === null ? [] : [["Sum", number(sum)]]),
    ...(average === null ? [] : [["Average", number(average)]]),
  ];
  return (
    <>
      <div className="paneBar">
        <b>{column.name}</b> <span className="hintText">{column.type}</span>
      </div>
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      <h3 className="libraryHeading">Most frequent</h3>
      <ul className="members">
        {top.map(({ value, count: times }) => (
          <li key={value}>
            <button
              type="button"
              className="plain mono"
              title="Only rows with this value"
              onClick={() => onFilter(cellCondition(column, value, true))}
            >
              {value}
            </button>{" "}
            <span className="hintText">{number(times)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
