/** The audit log of the workspace: who changed what, newest first. */
import { Button } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { AuditEntry } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import type { PageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useApiBase } from "../shell/session.tsx";

const ENTRIES_OF_PAGE = 50;
const PAUSE_MS = 300;

const FILTERS = [
  ["action", "Kind of change", "object.edit"],
  ["actor", "Who (id)", ""],
  ["target", "What (id or name)", ""],
] as const;

/** The part. */
export function Audit({
  state,
  set,
}: {
  readonly state: PageState;
  readonly set: (change: PageState, replace?: boolean) => void;
}): ReactNode {
  const base = useApiBase();
  const filters = FILTERS.flatMap(([name]) => {
    const value = state[name];
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  const log = useInfiniteQuery({
    queryKey: ["audit", base, filters],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams([
        ["limit", String(ENTRIES_OF_PAGE)],
        ...filters,
        ...(pageParam === null ? [] : [["cursor", pageParam] as [string, string]]),
      ]);
      return call<Page<AuditEntry>>(`${base}/audit?${query}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextLink }) =>
      nextLink === null ? null : new URL(nextLink).searchParams.get("cursor"),
  });
  return (
    <Panel
      title="Audit log"
      hint="Changes of this workspace, newest first. Uploads have receipts instead."
    >
      <div className="controls">
        {FILTERS.map(([name, label, placeholder]) => (
          <Filter
            key={name}
            label={label}
            placeholder={placeholder}
            value={state[name] ?? ""}
            onValue={(value) => set({ [name]: value === "" ? undefined : value }, true)}
          />
        ))}
      </div>
      <Answer of={log}>
        {({ pages }) => {
          const entries = pages.flatMap(({ value }) => value);
          return entries.length === 0 ? (
            <Nothing>
              {filters.length > 0 ? "No such change." : "Nothing was changed by hand yet."}
            </Nothing>
          ) : (
            <>
              <Entries entries={entries} />
              {log.hasNextPage ? (
                <Button onClick={() => void log.fetchNextPage()}>Older</Button>
              ) : null}
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}

function Filter({
  label,
  placeholder,
  value,
  onValue,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts a search.
  useEffect(() => {
    if (typed.trim() === value) {
      return;
    }
    const timer = setTimeout(() => onValue(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label className="label">
      {label}
      <input
        className="picker"
        value={typed}
        placeholder={placeholder}
        onChange={({ target }) => setTyped(target.value)}
      />
    </label>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }): ReactNode {
  return (
    <TableScroll label="Changes">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Change</th>
          <th scope="col">What</th>
          <th scope="col">Details</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ position, at, actorName, action, target, before, after, requestId }) => (
          <tr key={position}>
            <td className="nowrap">
              <Time instant={at} />
            </td>
            <td className="breaks">{actorName}</td>
            <td>{action}</td>
            <td className="breaks mono">{target}</td>
            <td>
              <details>
                <summary>before and after</summary>
                <pre className="json">
                  {JSON.stringify({ at, before, after, requestId }, null, 2)}
                </pre>
              </details>
            </td>
          </tr>
        ))}
      </tbody>
    </TableScroll>
  );
}
