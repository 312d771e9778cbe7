/** Rejected records that somebody should look at: put right and sent again, or dismissed, one by one or many at once. */
import { Button } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { QuarantinedRecord, QuarantinePage } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { useDismiss } from "./dismissal.ts";
import type { PageState } from "./page-state.ts";
import { Answer, Nothing, Panel, Refusal } from "./panel.tsx";
import { RejectedCard } from "./rejected-record.tsx";
import { senderQuery } from "./sender-filter.tsx";
import { Time } from "./time.tsx";

const SHOWN = [
  ["without", "Open"],
  ["only", "Settled"],
  ["with", "All"],
] as const;

/** The list. */
export function Quarantine({
  state,
  set,
}: {
  readonly state: PageState;
  readonly set: (change: PageState) => void;
}): ReactNode {
  const base = useApiBase();
  const settled = SHOWN.find(([id]) => id === state["settled"])?.[0] ?? "without";
  const query = new URLSearchParams({ settled, ...senderQuery(state) });
  const pages = useInfiniteQuery({
    queryKey: ["quarantine", base, String(query)],
    queryFn: ({ pageParam, signal }) =>
      call<QuarantinePage>(
        `${base}/quarantine?${query}${pageParam === null ? "" : `&cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ cursor }) => cursor,
  });
  return (
    <Panel
      title="Rejected records"
      hint="The newest request first; kept for as long as their receipts. A record that was sent again and stored, or dismissed, is settled."
      actions={
        <select
          className="picker"
          aria-label="Which records"
          value={settled}
          onChange={({ target }) =>
            set({ settled: target.value === "without" ? undefined : target.value })
          }
        >
          {SHOWN.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      }
    >
      <Answer of={pages}>
        {({ pages: found }) => {
          const records = found.flatMap(({ value }) => value);
          return (
            <>
              {records.length === 0 && !pages.hasNextPage ? (
                <Nothing>
                  {settled === "without" ? "Nothing is rejected. That is good." : "There is none."}
                </Nothing>
              ) : (
                <Records records={records} isOpenList={settled === "without"} />
              )}
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

function keyOf({ requestId, recordIndex }: QuarantinedRecord): string {
  return `${requestId} ${recordIndex}`;
}

function Records({
  records,
  isOpenList,
}: {
  readonly records: readonly QuarantinedRecord[];
  readonly isOpenList: boolean;
}): ReactNode {
  const { workspaceId, canWrite } = useWorkspace();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const here = records.filter((record) => chosen.has(keyOf(record)));
  const toggle = (record: QuarantinedRecord, isIn: boolean): void => {
    const others = [...chosen].filter((each) => each !== keyOf(record));
    setChosen(new Set(isIn ? [...others, keyOf(record)] : others));
  };
  return (
    <>
      {isOpenList && canWrite ? (
        <BulkDismiss
          all={records}
          chosen={here}
          onChosen={(next) => setChosen(new Set(next.map(keyOf)))}
        />
      ) : null}
      {records.map((record) => (
        <RejectedCard
          key={keyOf(record)}
          requestId={record.requestId}
          record={record}
          settled={record.settled}
          source={record.source}
          appId={record.appId}
          heading={
            <span className="inline">
              <span>
                {record.source},{" "}
                <Link
                  className="link"
                  to="/w/$workspaceId/ingestion"
                  params={{ workspaceId }}
                  search={{ request: record.requestId }}
                >
                  <Time instant={record.receivedAt} />
                </Link>
              </span>
              {isOpenList && canWrite ? (
                <input
                  type="checkbox"
                  aria-label={`Choose record ${record.recordIndex}: ${record.stixId ?? "without an id"}`}
                  checked={chosen.has(keyOf(record))}
                  onChange={({ target }) => toggle(record, target.checked)}
                />
              ) : null}
            </span>
          }
        />
      ))}
    </>
  );
}

function BulkDismiss({
  all,
  chosen,
  onChosen,
}: {
  readonly all: readonly QuarantinedRecord[];
  readonly chosen: readonly QuarantinedRecord[];
  readonly onChosen: (records: readonly QuarantinedRecord[]) => void;
}): ReactNode {
  const dismiss = useDismiss();
  const isAll = chosen.length === all.length && all.length > 0;
  return (
    <div className="inline">
      <label className="inline">
        <input
          type="checkbox"
          checked={isAll}
          onChange={({ target }) => onChosen(target.checked ? all : [])}
        />
        All {all.length} shown
      </label>
      <Button
        size="small"
        disabled={chosen.length === 0 || dismiss.isPending}
        onClick={() => dismiss.mutate(chosen)}
      >
        Dismiss {chosen.length === 0 ? "those chosen" : `the ${chosen.length} chosen`}
      </Button>
      <Refusal error={dismiss.error} />
    </div>
  );
}
