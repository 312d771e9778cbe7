/** Import: a file is sent, checked without being stored, and stored when somebody has seen what is wrong with it. */
import { Button, Title2 } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { ImportView } from "../api/ingestion-types.ts";
import type { Page as ApiPage } from "../api/types.ts";
import { ImportForm } from "../parts/import-form.tsx";
import { ImportResult, ImportState } from "../parts/import-result.tsx";
import { usePageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const IMPORTS_OF_PAGE = 20;

/** The page. */
export function Page(): ReactNode {
  const { canWrite } = useWorkspace();
  const [state, set] = usePageState();
  const importId = state["import"];
  return (
    <div className="stack">
      <Title2 as="h1">Import</Title2>
      {importId === undefined ? (
        <Panel title="A file">
          {canWrite ? (
            <ImportForm onChecked={(id) => set({ import: id })} />
          ) : (
            <Nothing>
              You can look at imports, and not make any: that takes a role that may write here, such
              as Microsoft Sentinel Contributor.
            </Nothing>
          )}
        </Panel>
      ) : (
        <ImportResult importId={importId} onClose={() => set({ import: undefined })} />
      )}
      <Earlier />
    </div>
  );
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
  });
  return (
    <Panel
      title="Earlier imports"
      hint="Kept for thirty days; a file that was not stored waits for a day."
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
                    {["Records", "Invalid", "Stored"].map((label) => (
                      <th key={label} scope="col" className="number">
                        {label}
                      </th>
                    ))}
                    <th scope="col">By</th>
                    <th scope="col">When</th>
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
                      <td>
                        <ImportState state={each.state} />
                      </td>
                      <td className="number">{each.total.toLocaleString("en")}</td>
                      <td className="number">{each.invalid.toLocaleString("en")}</td>
                      <td className="number">{each.stored.toLocaleString("en")}</td>
                      <td className="breaks">{each.orderedBy.name}</td>
                      <td className="nowrap">
                        <Time instant={each.orderedAt} />
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
