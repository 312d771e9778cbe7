/** Overview: what there is, what changed, what ends soon, who went silent, what was rejected. Every figure leads to its list. */
import { Badge, Body1, Title2 } from "@fluentui/react-components";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { ActivityReport } from "../api/ingestion-types.ts";
import type { Condition, FacetValue, MatchCount, SearchPage } from "../api/types.ts";
import { IntakeTrend } from "../parts/intake-trend.tsx";
import { Answer, Nothing, Panel, TableScroll } from "../parts/panel.tsx";
import type { SearchState } from "../parts/search-state.ts";
import { Time } from "../parts/time.tsx";
import { TypeIcon } from "../parts/type-icon.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const DAY_MS = 86_400_000;
const SOON_DAYS = 7;
const SOON_ITEMS = 8;
const FACET_ITEMS = 10;

/** A source that sent nothing for this long may be broken. */
const SILENT_DAYS = 3;
const ACTIVITY_HOURS_MAX = 720;
const SOURCES_MAX = 50;

/** The page. */
export function Page(): ReactNode {
  const { name } = useWorkspace();
  // All figures of a visit are of the same moment.
  const [now] = useState(() => Date.now());
  const dayAgo = new Date(now - DAY_MS).toISOString();
  return (
    <div className="stack">
      <Title2 as="h1">{name}</Title2>
      <div className="tiles figures">
        <CountTile title="Objects" search={{}} condition={undefined} />
        <CountTile
          title="Active now"
          search={{ state: "active" }}
          condition={{ kind: "active", at: new Date(now).toISOString() }}
        />
        <WhereTile title="Changed in 24 hours" condition={{ kind: "updated", from: dayAgo }} />
        <WhereTile
          title={`Ending within ${SOON_DAYS} days`}
          condition={soon(now)}
          order={{ sort: "valid_until", direction: "ascending" }}
        />
        <RejectedTile />
      </div>
      <div className="columns">
        <FacetPanel title="By type" field="type" />
        <FacetPanel title="By source" field="source" />
        <FacetPanel title="By TLP" field="tlp" />
      </div>
      <IntakeTrend now={now} />
      <div className="columns">
        <EndingSoon now={now} />
        <SilentSources now={now} />
      </div>
    </div>
  );
}

function soon(now: number): Condition {
  return {
    kind: "valid_until",
    from: new Date(now).toISOString(),
    before: new Date(now + SOON_DAYS * DAY_MS).toISOString(),
  };
}

function whereOf(condition: Condition): string {
  return JSON.stringify({ kind: "and", conditions: [condition] });
}

function WhereTile({
  title,
  condition,
  order = {},
}: {
  readonly title: string;
  readonly condition: Condition;
  readonly order?: SearchState;
}): ReactNode {
  const search = { ...order, where: whereOf(condition) };
  return <CountTile title={title} condition={condition} search={search} />;
}

function CountTile({
  title,
  condition,
  search,
}: {
  readonly title: string;
  readonly condition: Condition | undefined;
  readonly search: SearchState;
}): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const count = useQuery({
    queryKey: ["count", base, condition],
    queryFn: ({ signal }) =>
      call<MatchCount>(`${base}/objects/count`, {
        method: "POST",
        body: condition === undefined ? {} : { condition },
        signal,
      }),
  });
  return (
    <Panel title={title}>
      <Answer of={count}>
        {({ exact, count: figure }) => (
          <Link
            className="figure figureLink"
            to="/w/$workspaceId/intelligence"
            params={{ workspaceId }}
            search={search}
            aria-label={`${title}: ${figure.toLocaleString("en")}`}
          >
            {exact ? "" : "over "}
            {figure.toLocaleString("en")}
          </Link>
        )}
      </Answer>
    </Panel>
  );
}

function useActivity(hours: number): UseQueryResult<ActivityReport> {
  const base = useApiBase();
  return useQuery({
    queryKey: ["activity", base, hours],
    queryFn: ({ signal }) => call<ActivityReport>(`${base}/activity?hours=${hours}`, { signal }),
  });
}

function RejectedTile(): ReactNode {
  const { workspaceId } = useWorkspace();
  const activity = useActivity(24);
  return (
    <Panel title="Rejected in 24 hours">
      <Answer of={activity}>
        {({ applications }) => {
          const figure = applications.reduce((sum, { rejected }) => sum + rejected, 0);
          return (
            <Link
              className="figure figureLink"
              to="/w/$workspaceId/ingestion"
              params={{ workspaceId }}
              search={{ view: "quarantine" }}
              aria-label={`Rejected in 24 hours: ${figure.toLocaleString("en")}`}
            >
              {figure.toLocaleString("en")}
            </Link>
          );
        }}
      </Answer>
    </Panel>
  );
}

function FacetPanel({
  title,
  field,
}: {
  readonly title: string;
  readonly field: "type" | "source" | "tlp";
}): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const facet = useQuery({
    queryKey: ["facet", base, field, FACET_ITEMS],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(`${base}/facets/${field}?limit=${FACET_ITEMS}`, { signal }),
  });
  return (
    <Panel title={title}>
      <Answer of={facet}>
        {(values) =>
          values.length === 0 ? (
            <Nothing>Nothing has arrived yet. Import a file, or connect a tool.</Nothing>
          ) : (
            <ul className="bars">
              {values.map(({ value, count }) => (
                <li key={value}>
                  <Link
                    to="/w/$workspaceId/intelligence"
                    params={{ workspaceId }}
                    search={{ [field]: value ?? "none" }}
                  >
                    {field === "tlp" ? tlpName(value) : value}
                  </Link>
                  <span>{count.toLocaleString("en")}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  );
}

/** As the chips write it; TLP 2.0 calls CLEAR what was WHITE. */
function tlpName(level: string | null): string {
  return level === null ? "none" : `TLP:${level === "white" ? "CLEAR" : level.toUpperCase()}`;
}

function EndingSoon({ now }: { readonly now: number }): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const found = useQuery({
    queryKey: ["ending", base, now],
    queryFn: ({ signal }) =>
      call<SearchPage>(`${base}/objects/search`, {
        method: "POST",
        body: {
          condition: soon(now),
          sort: { by: "valid_until", direction: "ascending" },
          limit: SOON_ITEMS,
        },
        signal,
      }),
  });
  return (
    <Panel title="Ending soon">
      <Answer of={found}>
        {({ value }) =>
          value.length === 0 ? (
            <Nothing>Nothing ends within {SOON_DAYS} days.</Nothing>
          ) : (
            <ul className="bars">
              {value.map(({ id, type, title, validUntil }) => (
                <li key={id}>
                  <span className="cellTitle text">
                    <TypeIcon type={type} />
                    <Link
                      to="/w/$workspaceId/intelligence"
                      params={{ workspaceId }}
                      search={{
                        where: whereOf(soon(now)),
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
          )
        }
      </Answer>
    </Panel>
  );
}

interface SourceState {
  readonly source: string;
  readonly count: number;
  /** Null: nothing within what was looked at. */
  readonly lastAt: string | null;
}

function SilentSources({ now }: { readonly now: number }): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const activity = useActivity(ACTIVITY_HOURS_MAX);
  const facet = useQuery({
    queryKey: ["facet", base, "source", SOURCES_MAX],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(`${base}/facets/source?limit=${SOURCES_MAX}`, { signal }),
  });
  return (
    <Panel title="Sources" hint={`A source that sent nothing for ${SILENT_DAYS} days is silent.`}>
      <Answer of={facet}>
        {(values) => (
          <Answer of={activity}>
            {({ applications, since }) => (
              <TableScroll label="Sources and when they last sent">
                <thead>
                  <tr>
                    <th scope="col">Source</th>
                    <th scope="col">Last request</th>
                    <th scope="col">State</th>
                  </tr>
                </thead>
                <tbody>
                  {statesOf(values, applications).map(({ source, lastAt }) => (
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
                        {lastAt === null ? (
                          <Body1>
                            before <Time instant={since} />
                          </Body1>
                        ) : (
                          <Time instant={lastAt} />
                        )}
                      </td>
                      <td>
                        {isSilent(lastAt, now) ? (
                          <Badge color="warning" appearance="tint">
                            silent
                          </Badge>
                        ) : (
                          <Badge color="success" appearance="tint">
                            sending
                          </Badge>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </TableScroll>
            )}
          </Answer>
        )}
      </Answer>
    </Panel>
  );
}

function isSilent(lastAt: string | null, now: number): boolean {
  return lastAt === null || now - Date.parse(lastAt) > SILENT_DAYS * DAY_MS;
}

/** Those that have been silent longest first. */
function statesOf(
  values: readonly FacetValue[],
  applications: ActivityReport["applications"],
): readonly SourceState[] {
  return values
    .flatMap(({ value, count }) => (value === null ? [] : [{ source: value, count }]))
    .map(({ source, count }) => {
      const instants = applications
        .filter((each) => each.source === source)
        .map(({ lastAt }) => lastAt);
      return { source, count, lastAt: instants.toSorted().at(-1) ?? null };
    })
    .toSorted((one, other) => (one.lastAt ?? "").localeCompare(other.lastAt ?? ""));
}
