/** What a rule would have done, object by object: what would be different, before and after. */
import { Badge } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { RuleTrial } from "../api/ingestion-types.ts";
import type { Difference } from "../api/types.ts";
import { useWorkspace } from "../shell/session.tsx";
import { Panel, TableScroll } from "./panel.tsx";
import { TypeIcon } from "./type-icon.tsx";

/** The trial. */
export function RuleTrialView({ trial }: { readonly trial: RuleTrial }): ReactNode {
  const { tested, changed, dropped, samples } = trial;
  return (
    <Panel
      title="Test"
      hint="What the rule would have done; nothing was changed, and it is not saved yet."
    >
      <p role="status">
        Of the newest {tested.toLocaleString("en")} objects it would have changed{" "}
        {changed.toLocaleString("en")} and dropped {dropped.toLocaleString("en")}.
        {changed + dropped > samples.length ? ` The first ${samples.length} are shown.` : ""}
      </p>
      {samples.length === 0 ? null : (
        <TableScroll label="What would be different">
          <thead>
            <tr>
              <th scope="col">Object</th>
              <th scope="col">Property</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {samples.map((sample) => (
              <Sample key={sample.id} sample={sample} />
            ))}
          </tbody>
        </TableScroll>
      )}
    </Panel>
  );
}

function Sample({
  sample: { id, type, title, dropped, changes, remarks },
}: {
  readonly sample: RuleTrial["samples"][number];
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const rows = Math.max(1, changes.length);
  const name = (
    <td className="breaks" rowSpan={rows}>
      <span className="inline">
        <TypeIcon type={type} />
        <Link
          className="link"
          to="/w/$workspaceId/intelligence"
          params={{ workspaceId }}
          search={{ open: id }}
        >
          {title}
        </Link>
      </span>
    </td>
  );
  const [first, ...more] = changes;
  if (first === undefined) {
    return (
      <tr>
        {name}
        <td colSpan={3}>
          {dropped ? (
            <Badge appearance="tint" color="danger">
              not stored
            </Badge>
          ) : (
            remarks.join(" ")
          )}
        </td>
      </tr>
    );
  }
  return (
    <>
      <tr>
        {name}
        <Change change={first} />
      </tr>
      {more.map((change) => (
        <tr key={change.path}>
          <Change change={change} />
        </tr>
      ))}
    </>
  );
}

function Change({ change: { path, before, after } }: { readonly change: Difference }): ReactNode {
  return (
    <>
      <td className="mono">{path.slice(1)}</td>
      <td className="breaks mono">{before === undefined ? "–" : JSON.stringify(before)}</td>
      <td className="breaks mono">{after === undefined ? "–" : JSON.stringify(after)}</td>
    </>
  );
}
