/** Who sends what: each application against its limit, each source of it, and who was not let in. */
import { Badge, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Activity, ActivityReport } from "../api/ingestion-types.ts";
import { useWorkspace } from "../shell/session.tsx";
import { Nothing, Panel, TableScroll } from "./panel.tsx";
import { senderName } from "./sender-filter.tsx";
import { Gauge } from "./throttle-gauge.tsx";
import { Time } from "./time.tsx";
import "./intake.css";

/** The list. */
export function SenderList({ report }: { readonly report: ActivityReport }): ReactNode {
  const { applications } = report;
  return (
    <>
      <Gauges applications={applications} />
      <Panel
        title="Who sends what"
        hint="Each application and source by itself. An application that is throttled should wait as long as the Retry-After of the answer says."
      >
        {applications.map((each) => (
          <Warning key={`${each.appId} ${each.source}`} activity={each} />
        ))}
        {applications.length === 0 ? (
          <Nothing command="npm run stixgate -- upload --help">Nobody has sent anything.</Nothing>
        ) : (
          <ActivityTable applications={applications} />
        )}
      </Panel>
      <TurnedAway report={report} />
    </>
  );
}

/** The limit is that of an application, whatever sources it sends. */
function Gauges({ applications }: { readonly applications: readonly Activity[] }): ReactNode {
  const each = [...new Map(applications.map((one) => [one.objectId, one])).values()];
  if (each.length === 0) {
    return null;
  }
  return (
    <Panel title="This minute" hint="Requests of each application against its limit.">
      <ul className="plainList gauges">
        {each.map((one) => (
          <li key={one.objectId}>
            <strong className="breaks">{senderName(one)}</strong>
            <Gauge name={senderName(one)} gauge={one.throttle} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What an operator should do something about. */
function Warning({ activity }: { readonly activity: Activity }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { loop, throttled, rejected, records, source } = activity;
  const name = `${senderName(activity)} (${source ?? "no source"})`;
  const texts = [
    ...(throttled > 0 ? [`${throttled} requests were throttled: it sends too fast.`] : []),
    ...(rejected > 0 && rejected * 2 >= records
      ? [`${rejected} of ${records} records were rejected.`]
      : []),
    ...(loop === null
      ? []
      : [`The same batch came ${loop.times} times without effect, from ${loop.since} on.`]),
  ];
  if (texts.length === 0) {
    return null;
  }
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{name}</MessageBarTitle>
        {texts.join(" ")}{" "}
        {loop === null ? null : (
          <Link
            className="link"
            to="/w/$workspaceId/ingestion"
            params={{ workspaceId }}
            search={{ request: loop.requestId }}
          >
            The last of them
          </Link>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}

const FIGURES = ["Requests", "Throttled", "Refused", "Records", "Accepted", "Rejected"] as const;

function ActivityTable({
  applications,
}: {
  readonly applications: readonly Activity[];
}): ReactNode {
  const { workspaceId } = useWorkspace();
  return (
    <TableScroll label="Applications and sources">
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col">Source</th>
          {FIGURES.map((label) => (
            <th key={label} scope="col" className="number">
              {label}
            </th>
          ))}
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody>
        {applications.map((each) => (
          <tr key={`${each.appId} ${each.source}`}>
            <td className="breaks">
              {senderName(each)} <span className="mono quiet">{each.appId}</span>{" "}
              {each.loop === null ? null : (
                <Badge color="warning" appearance="tint">
                  loop
                </Badge>
              )}
            </td>
            <td className="breaks">
              <Link
                className="link"
                to="/w/$workspaceId/ingestion"
                params={{ workspaceId }}
                search={{
                  app: each.appId,
                  ...(each.source === null ? {} : { source: each.source }),
                }}
              >
                {each.source ?? "no source"}
              </Link>
            </td>
            {[
              each.requests,
              each.throttled,
              each.refused,
              each.records,
              each.accepted,
              each.rejected,
            ].map((figure, at) => (
              <td key={FIGURES[at]} className="number">
                {figure.toLocaleString("en")}
              </td>
            ))}
            <td className="nowrap">
              <Time instant={each.lastAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableScroll>
  );
}

function TurnedAway({ report: { turnedAway } }: { readonly report: ActivityReport }): ReactNode {
  if (turnedAway.length === 0) {
    return null;
  }
  return (
    <Panel
      title="Not let in"
      hint="Without a valid token, or without a role: nobody is known to have sent these, so they leave no receipt. This server remembers the last ones until it is stopped."
    >
      <TableScroll label="Requests that were not let in">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Why</th>
            <th scope="col">Application</th>
            <th scope="col">Client</th>
          </tr>
        </thead>
        <tbody>
          {turnedAway.map(({ at, code, message, appId, userAgent }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two may have come in one instant.
            <tr key={`${at} ${place}`}>
              <td className="nowrap">
                <Time instant={at} />
              </td>
              <td className="breaks">
                {message} <code>{code}</code>
              </td>
              <td className="breaks mono">{appId ?? "not known"}</td>
              <td className="breaks">{userAgent}</td>
            </tr>
          ))}
        </tbody>
      </TableScroll>
    </Panel>
  );
}
