/** Import: a file is sent, checked without being stored, and stored when somebody has seen what is wrong with it. */
import { Button, Tab, TabList, Title2 } from "@fluentui/react-components";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { ImportView } from "../api/ingestion-types.ts";
import type { Page as ApiPage } from "../api/types.ts";
import { ImportForm } from "../parts/import-form.tsx";
import { ImportResult } from "../parts/import-result.tsx";
import { ImportState } from "../parts/import-state.tsx";
import { usePageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel, TableScroll } from "../parts/panel.tsx";
import { saveAnswer } from "../parts/save-blob.ts";
import { Time } from "../parts/time.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const IMPORTS_OF_PAGE = 20;

/** How often the list is asked for while something in it goes on. */
const POLL_MS = 1_000;

/** What belongs to one import in the address, and to no other. */
const NO_RESULT = { record: undefined, show: undefined, skip: undefined, without: undefined };

/** The page. */
export function Page(): ReactNode {
  const { canWrite } = useWorkspace();
  const [state, set] = usePageState();
  const importId = state["import"];
  const batch = state["batch"]?.split(".") ?? [];
  const open = (importIds: readonly string[]): void =>
    set({
      ...NO_RESULT,
      import: importIds[0],
      batch: importIds.length > 1 ? importIds.join(".") : undefined,
    });
  return (
    <div className="stack">
      <Title2 as="h1">Import</Title2>
      {batch.length > 1 && importId !== undefined ? (
        <TabList
          aria-label="Files of this import"
          style={{ flexWrap: "wrap" }}
          selectedValue={importId}
          onTabSelect={(_event, data) => set({ ...NO_RESULT, import: String(data.value) })}
        >
          {batch.map((each, at) => (
            <BatchTab key={each} importId={each} number={at + 1} />
          ))}
        </TabList>
      ) : null}
      {importId === undefined ? (
        <Panel title="Files">
          {canWrite ? (
            <ImportForm onSent={open} />
          ) : (
            <Nothing>
              You can look at imports, and not make any: that takes a role that may write here, such
              as Microsoft Sentinel Contributor.
            </Nothing>
          )}
        </Panel>
      ) : (
        <ImportResult key={importId} importId={importId} onClose={() => open([])} />
      )}
      <Earlier />
    </div>
  );
}

function BatchTab({
  importId,
  number,
}: {
  readonly importId: string;
  readonly number: number;
}): ReactNode {
  const base = useApiBase();
  const found = useQuery({
    queryKey: ["imports", base, importId],
    queryFn: ({ signal }) => call<ImportView>(`${base}/imports/${importId}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === "checking" ? POLL_MS : false),
  });
  const { order, invalid = 0 } = found.data ?? {};
  return (
    <Tab value={importId}>
      {order?.fileName ?? `File ${number}`}
      {invalid > 0 ? ` (${invalid.toLocaleString("en")} invalid)` : ""}
    </Tab>
  );
}

function isOpen({ state }: Pick<ImportView, "state">): boolean {
  return state === "checking" || state === "storing";
}

function Earlier(): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const pages = useInfiniteQuery({
    queryKey: ["imports", base],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? "" : `&cursor=${encodeURIComponent(pageParam)}`;
      return call<ApiPage<ImportView>>(`${base}/imports?limit=${IMPORTS_OF_PAGE}${cursor}`, {
        signal,
      });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextLink }) =>
      nextLink === null ? null : new URL(nextLink).searchParams.get("cursor"),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ value }) => value.some(isOpen)) === true ? POLL_MS : false,
  });
  return (
    <Panel
      title="Earlier imports"
      hint="Kept for thirty days; records and the file of errors for a day."
    >
      <Answer of={pages}>
        {({ pages: found }) => {
          const imports = found.flatMap(({ value }) => value);
          return imports.length === 0 ? (
            <Nothing command="npm run stixgate -- import --help">
              Nothing was imported yet. A terminal can do it, too:
            </Nothing>
          ) : (
            <>
              <TableScroll label="Imports, newest first">
                <thead>
                  <tr>
                    <th scope="col">File</th>
                    <th scope="col">Source</th>
                    <th scope="col">State</th>
                    {["Stored", "Total", "Invalid"].map((label) => (
                      <th key={label} scope="col" className="number">
                        {label}
                      </th>
                    ))}
                    <th scope="col">By</th>
                    <th scope="col">Created</th>
                    <th scope="col">Errors</th>
                  </tr>
                </thead>
                <tbody>
                  {imports.map(({ importId, order, ...each }) => (
                    <tr key={importId}>
                      <td className="breaks">
                        <Link
                          className="link"
                          to="/w/$workspaceId/import"
                          params={{ workspaceId }}
                          search={{ import: importId }}
                        >
                          {order.fileName}
                        </Link>
                      </td>
                      <td className="breaks">{order.source}</td>
                      <td className="nowrap">
                        <ImportState state={each.state} />
                        {isOpen(each) ? ` ${Math.round(each.progress.share * 100)} %` : ""}
                      </td>
                      <td className="number">{each.stored.toLocaleString("en")}</td>
                      <td className="number">{each.total.toLocaleString("en")}</td>
                      <td className="number">{each.invalid.toLocaleString("en")}</td>
                      <td className="breaks">{each.orderedBy.name}</td>
                      <td className="nowrap">
                        <Time instant={each.orderedAt} />
                      </td>
                      <td>
                        {each.invalid > 0 && each.filesUntil !== null ? (
                          <button
                            type="button"
                            className="link"
                            aria-label={`Errors of ${order.fileName} as CSV`}
                            onClick={() =>
                              void saveAnswer(
                                `${base}/imports/${importId}/errors.csv`,
                                `${order.fileName}.errors.csv`,
                              ).catch(() => pages.refetch())
                            }
                          >
                            CSV
                          </button>
                        ) : (
                          "–"
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </TableScroll>
              {pages.hasNextPage ? (
                <Button onClick={() => void pages.fetchNextPage()}>More</Button>
              ) : null}
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}
