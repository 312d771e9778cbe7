/** The records of a file that was tried out: what storing each would do, or what is wrong with it and where. */
import { Badge, Button, Tab, TabList } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { call } from "../api/client.ts";
import type { ImportRecord, ImportView, RecordStatus } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { leftOutOf } from "./left-out.ts";
import { Loading } from "./loading.tsx";
import { usePageState } from "./page-state.ts";
import { Answer, Nothing, Panel, TableScroll } from "./panel.tsx";
import { STATUS_WORDS, StatusBadge } from "./status-words.tsx";

/** Loaded when a record is looked at: it brings the rules of STIX. */
const ImportRecordCard = lazy(() =>
  import("./import-record.tsx").then(({ ImportRecordCard: card }) => ({ default: card })),
);

const RECORDS_OF_PAGE = 50;

const STATUSES: readonly RecordStatus[] = [
  "invalid",
  "new",
  "changed",
  "revoked",
  "unchanged",
  "dropped",
];

interface RecordPage {
  readonly value: readonly ImportRecord[];
  readonly next: number | null;
}

/** The list. */
export function ImportRecords({
  view,
  actions,
}: {
  readonly view: ImportView;
  readonly actions: ReactNode;
}): ReactNode {
  const base = useApiBase();
  const [state, set] = usePageState();
  const { importId, counts, invalid, total } = view;
  const asked = state["show"];
  const show =
    STATUSES.find((status) => status === asked) ??
    (asked === undefined && invalid > 0 ? "invalid" : "all");
  const pages = useInfiniteQuery({
    queryKey: ["imports", base, importId, "records", show],
    queryFn: ({ pageParam, signal }) =>
      call<RecordPage>(
        `${base}/imports/${importId}/records?limit=${RECORDS_OF_PAGE}&from=${pageParam}${show === "all" ? "" : `&status=${show}`}`,
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Panel title="Records" actions={actions}>
      <TabList
        aria-label="Which records"
        size="small"
        style={{ flexWrap: "wrap" }}
        selectedValue={show}
        onTabSelect={(_event, data) => set({ show: String(data.value), record: undefined })}
      >
        <Tab value="all">All ({total.toLocaleString("en")})</Tab>
        {STATUSES.filter((status) => counts[status] > 0 || status === show).map((status) => (
          <Tab key={status} value={status}>
            {status === "invalid" ? "errors only" : STATUS_WORDS[status].word} (
            {counts[status].toLocaleString("en")})
          </Tab>
        ))}
      </TabList>
      <Answer of={pages}>
        {({ pages: found }) => {
          const records = found.flatMap(({ value }) => value);
          return records.length === 0 ? (
            <Nothing>
              {show === "invalid" ? "Nothing is wrong any more." : "There are none of these."}
            </Nothing>
          ) : (
            <>
              <RecordTable view={view} records={records} />
              {pages.hasNextPage ? (
                <Button
                  disabled={pages.isFetchingNextPage}
                  onClick={() => void pages.fetchNextPage()}
                >
                  More
                </Button>
              ) : null}
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}

function RecordTable({
  view,
  records,
}: {
  readonly view: ImportView;
  readonly records: readonly ImportRecord[];
}): ReactNode {
  const [state, set] = usePageState();
  const { canWrite } = useWorkspace();
  const out = leftOutOf(state);
  const mayChoose = view.state === "checked" && canWrite;
  const toggle = (index: number, isIn: boolean): void => {
    const next = isIn ? [...out].filter((each) => each !== index) : [...out, index];
    set({ without: next.length === 0 ? undefined : next.join(".") }, true);
  };
  return (
    <TableScroll label="Records of the file">
      <thead>
        <tr>
          {mayChoose ? (
            <th scope="col">
              <span className="unseen">Store it</span>
            </th>
          ) : null}
          <th scope="col" className="number">
            Line
          </th>
          <th scope="col" className="number">
            Record
          </th>
          <th scope="col">Storing it</th>
          <th scope="col">Object</th>
          <th scope="col">What is wrong, or odd</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <RecordRows
            key={record.index}
            view={view}
            record={record}
            isOpen={state["record"] === String(record.index)}
            onOpen={(isOpen) => set({ record: isOpen ? String(record.index) : undefined })}
            {...(mayChoose
              ? {
                  choice: {
                    isIn: !out.has(record.index),
                    onChange: (isIn: boolean) => toggle(record.index, isIn),
                  },
                }
              : {})}
          />
        ))}
      </tbody>
    </TableScroll>
  );
}

function RecordRows({
  view,
  record,
  isOpen,
  onOpen,
  choice,
}: {
  readonly view: ImportView;
  readonly record: ImportRecord;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly choice?: { readonly isIn: boolean; readonly onChange: (isIn: boolean) => void };
}): ReactNode {
  const { index, line, status, stixId, title, faults, remarks, fixed } = record;
  const columns = choice === undefined ? 5 : 6;
  return (
    <>
      <tr className={isOpen ? "on" : undefined}>
        {choice === undefined ? null : (
          <td>
            <input
              type="checkbox"
              aria-label={`Store record ${index + 1}`}
              checked={choice.isIn && status !== "invalid" && status !== "dropped"}
              disabled={status === "invalid" || status === "dropped"}
              onChange={({ target }) => choice.onChange(target.checked)}
            />
          </td>
        )}
        <td className="number">{line ?? "–"}</td>
        <td className="number">
          <button
            type="button"
            className="link"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? "Close" : "Open"} record ${index + 1}`}
            onClick={() => onOpen(!isOpen)}
          >
            {index + 1}
          </button>
        </td>
        <td>
          <StatusBadge status={status} isFixed={fixed} />
        </td>
        <td className="breaks">
          {title === null || title === stixId ? null : <div>{title}</div>}
          <span className="mono quiet">{stixId ?? "without an id"}</span>
        </td>
        <td className="breaks">
          <Problems faults={faults} remarks={remarks} />
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={columns}>
            <Suspense fallback={<Loading />}>
              <ImportRecordCard view={view} index={index} onClose={() => onOpen(false)} />
            </Suspense>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Problems({ faults, remarks }: Pick<ImportRecord, "faults" | "remarks">): ReactNode {
  return (
    <ul className="plainList">
      {faults.map(({ line, pointer, message, suggestion }) => (
        <li key={`${pointer} ${message}`}>
          <span className="number">{line === null ? "" : `Line ${line}, `}</span>
          <span className="mono">{pointer === "" ? "(record)" : pointer}</span>: {message}
          {suggestion === null ? null : (
            <>
              {" "}
              <Badge appearance="outline" color="informative">
                {suggestion.text}
              </Badge>
            </>
          )}
        </li>
      ))}
      {remarks.map((remark) => (
        <li key={remark}>{remark}</li>
      ))}
    </ul>
  );
}
