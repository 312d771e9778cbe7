/** Every record of a request with what became of it, as it was received; and the request as files and as lines to paste. */
import { Badge, Button, Tab, TabList } from "@fluentui/react-components";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { RequestRecord } from "../api/ingestion-types.ts";
import type { Receipt } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { CopyButton } from "./copy-button.tsx";
import { CopyMenu } from "./copy-menu.tsx";
import { usePageState } from "./page-state.ts";
import { Answer, Nothing, Panel, Refusal, TableScroll } from "./panel.tsx";
import { saveAnswer } from "./save-blob.ts";
import "./intake.css";

/** A page of records. */
export interface RequestRecordPage {
  readonly value: readonly RequestRecord[];
  readonly next: number | null;
}

const RECORDS_OF_PAGE = 50;

/** Records that are copied as lines to paste: those of any upload; an import has more, and a file. */
const COPIED_MAX = 200;

const FATES: Readonly<
  Record<
    RequestRecord["fate"],
    readonly [label: string, color: "danger" | "informative" | "success" | "warning"]
  >
> = {
  new: ["new", "success"],
  changed: ["changed", "success"],
  unchanged: ["unchanged", "informative"],
  stored: ["stored", "success"],
  pending: ["stored, not indexed yet", "informative"],
  rejected: ["rejected", "danger"],
};

const FILTERS = [
  ["all", "All"],
  ["accepted", "Accepted"],
  ["rejected", "Rejected"],
] as const;

/** The records. */
export function RequestRecords({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const base = useApiBase();
  const [state, set] = usePageState();
  const { requestId, counts } = receipt;
  const only = FILTERS.find(([id]) => id === state["only"])?.[0] ?? "all";
  const pages = useInfiniteQuery({
    queryKey: ["receipt", base, requestId, "records", only, receipt.indexed],
    queryFn: ({ pageParam, signal }) =>
      call<RequestRecordPage>(
        `${base}/requests/${requestId}/records?limit=${RECORDS_OF_PAGE}&from=${pageParam}${only === "all" ? "" : `&only=${only}`}`,
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Panel
      title={`Records (${counts.received.toLocaleString("en")})`}
      hint="The text of each record is exactly what was received. What an ingestion rule changed is shown as it was stored, and says so."
    >
      <TabList
        aria-label="Which records"
        size="small"
        selectedValue={only}
        onTabSelect={(_event, data) =>
          set({ only: data.value === "all" ? undefined : String(data.value), record: undefined })
        }
      >
        {FILTERS.map(([id, label]) => (
          <Tab key={id} value={id}>
            {label}
          </Tab>
        ))}
      </TabList>
      <Answer of={pages}>
        {({ pages: found }) => {
          const records = found.flatMap(({ value }) => value);
          return records.length === 0 ? (
            <Nothing>There are none of these, or none that are still kept.</Nothing>
          ) : (
            <>
              <RecordTable records={records} />
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

function RecordTable({ records }: { readonly records: readonly RequestRecord[] }): ReactNode {
  return (
    <TableScroll label="Records of the request">
      <thead>
        <tr>
          <th scope="col" className="number">
            Record
          </th>
          <th scope="col">What became of it</th>
          <th scope="col">Object</th>
          <th scope="col">Reasons and warnings</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <RecordRows key={record.recordIndex} record={record} />
        ))}
      </tbody>
    </TableScroll>
  );
}

function RecordRows({ record }: { readonly record: RequestRecord }): ReactNode {
  const { workspaceId } = useWorkspace();
  const [state, set] = usePageState();
  const { recordIndex, fate, stixId, objectId, errors, warnings, settled, text } = record;
  const isOpen = state["record"] === String(recordIndex);
  const [label, color] = FATES[fate];
  return (
    <>
      <tr className={isOpen ? "on" : undefined}>
        <td className="number">
          <button
            type="button"
            className="link"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? "Hide" : "Show"} record ${recordIndex} as received`}
            onClick={() => set({ record: isOpen ? undefined : String(recordIndex) })}
          >
            {recordIndex}
          </button>
        </td>
        <td>
          <span className="chips">
            <Badge appearance="tint" color={color}>
              {label}
            </Badge>
            {settled === null ? null : (
              <Badge appearance="outline" color="informative">
                {settled.how === "stored" ? "put right" : "dismissed"}
              </Badge>
            )}
          </span>
        </td>
        <td className="breaks mono">
          {objectId === null ? (
            (stixId ?? "without an id")
          ) : (
            <Link
              className="link"
              to="/w/$workspaceId/intelligence"
              params={{ workspaceId }}
              search={{ open: objectId }}
            >
              {stixId}
            </Link>
          )}
        </td>
        <td className="breaks">
          {[...errors, ...warnings].map(({ message }) => message).join(" ")}
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={4}>
            <div className="record">
              <div className="inline">
                <span>{text.length.toLocaleString("en")} characters, as received</span>
                <CopyButton text={text} what={`record ${recordIndex} as received`} />
              </div>
              <Received label={`Text of record ${recordIndex}`} text={text} />
            </div>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Received({ label, text }: { readonly label: string; readonly text: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className="code wraps" aria-label={label} tabIndex={0}>
      {text}
    </section>
  );
}

/** The request as files, and as lines to paste. */
export function RequestFiles({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const base = useApiBase();
  const { requestId, sourceSystem, caller, counts } = receipt;
  const records = useQuery({
    queryKey: ["receipt", base, requestId, "copied", receipt.indexed],
    queryFn: ({ signal }) =>
      call<RequestRecordPage>(`${base}/requests/${requestId}/records?limit=${COPIED_MAX}`, {
        signal,
      }),
    enabled: counts.received > 0,
  });
  const save = useMutation({
    mutationFn: ([path, name]: readonly [string, string]) => saveAnswer(`${base}${path}`, name),
  });
  const path = `/requests/${requestId}`;
  const files = [
    ["Receipt as JSON", path, `receipt-${requestId}.json`],
    ["Records as CSV", `${path}/records.csv`, `request-${requestId}.csv`],
    ["Body", `${path}/body`, `request-${requestId}.json`],
  ] as const;
  return (
    <>
      <Refusal error={save.error} />
      {files
        .filter(([label]) => counts.received > 0 || label === "Receipt as JSON")
        .map(([label, from, name]) => (
          <Button
            key={label}
            size="small"
            title={
              label === "Body"
                ? "Put together again from its records; the spaces between them are not kept"
                : undefined
            }
            disabled={save.isPending}
            onClick={() => save.mutate([from, name])}
          >
            {label}
          </Button>
        ))}
      <CopyMenu
        objects={(records.data?.value ?? []).map(({ text }) => parsed(text))}
        source={sourceSystem}
        clientId={caller.appId}
        what="the request"
      />
    </>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
