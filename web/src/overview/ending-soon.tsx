/** The objects whose validity ends next. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Changes } from "../api/overview-types.ts";
import type { Condition, SearchPage } from "../api/types.ts";
import { Answer, Panel } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { TypeIcon } from "../parts/type-icon.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { endingCondition, Waiting, whereOf } from "./figures.tsx";

const ITEMS = 8;

/** The list; it is asked for only where something ends. */
export function EndingSoon({ changes }: { readonly changes: Changes | undefined }): ReactNode {
  return (
    <Panel title="Ending within 7 days">
      {changes === undefined ? (
        <Waiting />
      ) : changes.ending.count === 0 ? (
        <p>Nothing ends within 7 days.</p>
      ) : (
        <List condition={endingCondition(changes)} />
      )}
    </Panel>
  );
}

function List({ condition }: { readonly condition: Condition }): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const found = useQuery({
    queryKey: ["ending", base, condition],
    queryFn: ({ signal }) =>
      call<SearchPage>(`${base}/objects/search`, {
        method: "POST",
        body: { condition, sort: { by: "valid_until", direction: "ascending" }, limit: ITEMS },
        signal,
      }),
  });
  return (
    <Answer of={found}>
      {({ value }) => (
        <ul className="bars">
          {value.map(({ id, type, title, validUntil }) => (
            <li key={id}>
              <span className="cellTitle text">
                <TypeIcon type={type} />
                <Link
                  to="/w/$workspaceId/intelligence"
                  params={{ workspaceId }}
                  search={{
                    where: whereOf(condition),
                    sort: "valid_until",
                    direction: "ascending",
                    open: id,
                  }}
                >
                  {title}
                </Link>
              </span>
              <Time instant={validUntil} />
            </li>
          ))}
        </ul>
      )}
    </Answer>
  );
}
