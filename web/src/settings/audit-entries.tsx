/** Entries of the audit log as a table, each with what was before and after. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AuditEntry } from "../api/admin-types.ts";
import { TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useWorkspace } from "../shell/session.tsx";
import { useApplications, usePeople, useWorkspaces } from "./admin.ts";

/** The table. */
export function AuditEntries({ entries }: { readonly entries: readonly AuditEntry[] }): ReactNode {
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
        {entries.map((entry) => (
          <tr key={entry.position}>
            <td className="nowrap">
              <Time instant={entry.at} />
            </td>
            <td className="breaks">{entry.actorName}</td>
            <td>{entry.action}</td>
            <td className="breaks">
              <Target target={entry.target} />
            </td>
            <td>
              <details>
                <summary>before and after</summary>
                <pre className="json">{detailsOf(entry)}</pre>
              </details>
            </td>
          </tr>
        ))}
      </tbody>
    </TableScroll>
  );
}

function detailsOf({ at, before, after, requestId }: AuditEntry): string {
  return JSON.stringify({ at, before, after, requestId }, null, 2);
}

/** A STIX object leads to its list; an id of somebody is said by name, too. */
function Target({ target }: { readonly target: string }): ReactNode {
  const { workspaceId } = useWorkspace();
  const name = useNameOf(target);
  const stixId = /[a-z0-9-]+--[0-9a-f-]{36}$/.exec(target)?.[0];
  if (stixId !== undefined) {
    return (
      <Link
        className="link mono"
        to="/w/$workspaceId/intelligence"
        params={{ workspaceId }}
        search={{ text: stixId }}
      >
        {target}
      </Link>
    );
  }
  return (
    <>
      {name} <span className="mono">{target}</span>
    </>
  );
}

function useNameOf(id: string): string | undefined {
  const people = usePeople().data ?? [];
  const applications = useApplications().data ?? [];
  const workspaces = useWorkspaces().data ?? [];
  return (
    people.find(({ personId }) => personId === id)?.displayName ??
    applications.find(({ appId, objectId }) => appId === id || objectId === id)?.displayName ??
    workspaces.find(({ workspaceId }) => workspaceId === id)?.name
  );
}
