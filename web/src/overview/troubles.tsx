/** What needs a look: requests with something wrong, applications that are slowed down, sources that went silent. */
import { Badge } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Intake, Overview } from "../api/overview-types.ts";
import { Outcome } from "../parts/outcome.tsx";
import { Panel, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useApplications } from "../settings/admin.ts";
import { useWorkspace } from "../shell/session.tsx";

const DAY_MS = 86_400_000;

/** A source that sent nothing for this long may be broken. */
const SILENT_DAYS = 3;
const SOURCES_SHOWN = 12;

/** Requests of the day with something rejected or refused, the newest first. */
export function Faults({ faults }: Pick<Intake, "faults">): ReactNode {
  const { workspaceId } = useWorkspace();
  return (
    <Panel
      title="Errors of the last 24 hours"
      actions={
        <Link
          className="link"
          to="/w/$workspaceId/ingestion"
          params={{ workspaceId }}
          search={{ view: "quarantine" }}
        >
          Rejected records
        </Link>
      }
    >
      {faults.length === 0 ? (
        <p>Nothing was rejected or refused.</p>
      ) : (
        <ul className="lines">
          {faults.map(({ requestId, receivedAt, sourceSystem, outcome, counts, refusal }) => (
            <li key={requestId}>
              <Link
                className="link"
                to="/w/$workspaceId/ingestion"
                params={{ workspaceId }}
                search={{ request: requestId }}
              >
                {sourceSystem ?? "no source"}
              </Link>
              <Outcome outcome={outcome} />
              <span className="breaks">
                {refusal === null
                  ? `${counts.rejected} of ${counts.received} records rejected`
                  : refusal.message}
              </span>
              <Time instant={receivedAt} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Applications that asked for more than the throttle allows. */
export function Throttled({ throttled }: Pick<Intake, "throttled">): ReactNode {
  const { workspaceId } = useWorkspace();
  const applications = useApplications();
  const nameOf = (appId: string): string =>
    applications.data?.find((each) => each.appId === appId)?.displayName ?? appId;
  return (
    <Panel
      title="Throttled applications"
      actions={
        <Link
          className="link"
          to="/w/$workspaceId/ingestion"
          params={{ workspaceId }}
          search={{ view: "activity" }}
        >
          All applications
        </Link>
      }
    >
      {throttled.length === 0 ? (
        <p>None in 24 hours.</p>
      ) : (
        <ul className="lines">
          {throttled.map(({ appId, times, lastAt }) => (
            <li key={appId}>
              <Link
                className="link"
                to="/w/$workspaceId/ingestion"
                params={{ workspaceId }}
                search={{ view: "activity" }}
              >
                {nameOf(appId)}
              </Link>
              <span>
                {times.toLocaleString("en")} {times === 1 ? "request was" : "requests were"} told to
                wait, last
              </span>
              <Time instant={lastAt} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface SourceState {
  readonly source: string;
  /** Null: nothing within what was looked at. */
  readonly lastAt: string | null;
}

/** Sources, those that have been silent longest first. */
export function Sources({ overview }: { readonly overview: Overview }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { lookedSince } = overview.intake;
  const now = Date.parse(overview.at);
  const states = statesOf(overview);
  return (
    <Panel title="Sources" hint={`A source that sent nothing for ${SILENT_DAYS} days is silent.`}>
      <TableScroll label="Sources and when they last sent">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Last request</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {states.slice(0, SOURCES_SHOWN).map(({ source, lastAt }) => (
            <tr key={source}>
              <td className="breaks">
                <Link
                  className="link"
                  to="/w/$workspaceId/intelligence"
                  params={{ workspaceId }}
                  search={{ source }}
                >
                  {source}
                </Link>
              </td>
              <td className="nowrap">
                {lastAt === null ? "before " : null}
                <Time instant={lastAt ?? lookedSince} />
              </td>
              <td>
                <State isSilent={now - Date.parse(lastAt ?? lookedSince) > SILENT_DAYS * DAY_MS} />
              </td>
            </tr>
          ))}
        </tbody>
      </TableScroll>
      {states.length > SOURCES_SHOWN ? (
        <p className="hint">And {states.length - SOURCES_SHOWN} that sent later.</p>
      ) : null}
    </Panel>
  );
}

function State({ isSilent }: { readonly isSilent: boolean }): ReactNode {
  return isSilent ? (
    <Badge color="warning" appearance="tint">
      silent
    </Badge>
  ) : (
    <Badge color="success" appearance="tint">
      sending
    </Badge>
  );
}

function statesOf({ sources, intake }: Overview): readonly SourceState[] {
  const last = new Map(intake.lastSent.map(({ source, at }) => [source, at]));
  const names = new Set(sources.flatMap(({ value }) => (value === null ? [] : [value])));
  return [...names]
    .map((source) => ({ source, lastAt: last.get(source) ?? null }))
    .toSorted((one, other) => (one.lastAt ?? "").localeCompare(other.lastAt ?? ""));
}
