/** Overview: what there is, what changed, what ends soon, who went silent, what was rejected. Every figure leads to its list. */
import { Button, Title2 } from "@fluentui/react-components";
import { ArrowClockwiseRegular } from "@fluentui/react-icons";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Changes, Overview } from "../api/overview-types.ts";
import type { Condition } from "../api/types.ts";
import { EndingSoon } from "../overview/ending-soon.tsx";
import {
  countText,
  endingCondition,
  Sparkline,
  Tile,
  Values,
  Waiting,
  whereOf,
} from "../overview/figures.tsx";
import { FirstSteps } from "../overview/first-steps.tsx";
import { IntakeTrend } from "../overview/intake-trend.tsx";
import { Faults, Sources, Throttled } from "../overview/troubles.tsx";
import { Answer, Panel } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const REFRESH_MS = 60_000;
/** While there is nothing, the first upload is waited for. */
const FIRST_UPLOAD_MS = 3_000;
const SHOWN_MAX = 10;
/** An address that asks nothing at all would show what was asked last. */
const EVERYTHING = { sort: "updated" } as const;

/** The page. */
export function Page(): ReactNode {
  const { name } = useWorkspace();
  const overview = useOverview();
  const isEmpty = overview.data !== undefined && isUntouched(overview.data);
  const changes = useChanges(overview.data !== undefined && !isEmpty);
  const refresh = (): void => {
    void overview.refetch();
    void changes.refetch();
  };
  return (
    <div className="stack">
      <div className="panelHead">
        <Title2 as="h1">{name}</Title2>
        <span className="grow" />
        {overview.data === undefined ? null : (
          <span className="hint">
            as of <Time instant={overview.data.at} />
          </span>
        )}
        <Button
          appearance="subtle"
          icon={<ArrowClockwiseRegular />}
          disabled={overview.isFetching}
          onClick={refresh}
        >
          Refresh
        </Button>
      </div>
      <Answer of={overview}>
        {(found) =>
          isUntouched(found) ? (
            <FirstSteps />
          ) : (
            <>
              <Tiles overview={found} changes={changes.data} />
              <div className="columns">
                <IntakeTrend intake={found.intake} />
                <Faults faults={found.intake.faults} />
              </div>
              <ChangedToday changes={changes} />
              <div className="columns">
                <Sources overview={found} />
                <div className="stack">
                  <Throttled throttled={found.intake.throttled} />
                  <EndingSoon changes={changes.data} />
                </div>
              </div>
              <There overview={found} />
            </>
          )
        }
      </Answer>
    </div>
  );
}

function useOverview(): UseQueryResult<Overview> {
  const base = useApiBase();
  return useQuery({
    queryKey: ["overview", base],
    queryFn: ({ signal }) => call<Overview>(`${base}/overview`, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isUntouched(data) ? FIRST_UPLOAD_MS : REFRESH_MS,
  });
}

/** Asked after the rest is there, since it may take longer. */
function useChanges(enabled: boolean): UseQueryResult<Changes> {
  const base = useApiBase();
  return useQuery({
    queryKey: ["overview", base, "changes"],
    queryFn: ({ signal }) => call<Changes>(`${base}/overview/changes`, { signal }),
    refetchInterval: REFRESH_MS,
    enabled,
  });
}

function isUntouched({ total, intake }: Overview): boolean {
  return total === 0 && intake.day.requests === 0 && intake.lastSent.length === 0;
}

function Tiles({
  overview: { total, intake },
  changes,
}: {
  readonly overview: Overview;
  readonly changes: Changes | undefined;
}): ReactNode {
  const { day, hours } = intake;
  const text = (of: (known: Changes) => string): string | undefined =>
    changes === undefined ? undefined : of(changes);
  const changed: Condition = { kind: "updated", from: changes?.since ?? "" };
  return (
    <div className="tiles figures">
      <Tile title="Objects" text={total.toLocaleString("en")} to={{ search: EVERYTHING }} />
      <Tile
        title="Active now"
        text={text(({ active }) => countText(active))}
        to={{ search: { state: "active" } }}
      />
      <Tile
        title="Changed in 24 hours"
        text={text((known) => countText(known.changed))}
        picture={<Sparkline values={hours.map(({ accepted }) => accepted)} />}
        to={{ search: { where: whereOf(changed) } }}
      />
      <Tile
        title="Ending within 7 days"
        text={text(({ ending }) => countText(ending))}
        to={{
          search: {
            where: changes === undefined ? "" : whereOf(endingCondition(changes)),
            sort: "valid_until",
            direction: "ascending",
          },
        }}
      />
      <Tile
        title="Rejected in 24 hours"
        text={day.rejected.toLocaleString("en")}
        picture={<Sparkline values={hours.map(({ rejected }) => rejected)} />}
        to={{ view: "activity" }}
      />
      <Tile
        title="Throttled in 24 hours"
        text={day.throttled.toLocaleString("en")}
        picture={<Sparkline values={hours.map(({ throttled }) => throttled)} />}
        to={{ view: "activity" }}
      />
    </div>
  );
}

function ChangedToday({ changes }: { readonly changes: UseQueryResult<Changes> }): ReactNode {
  return (
    <Panel title="Changed in 24 hours">
      {changes.data === undefined && changes.error === null ? (
        <Waiting />
      ) : (
        <Answer of={changes}>
          {({ since, changed, types, sources, tlps }) => {
            const search = { where: whereOf({ kind: "updated", from: since }) };
            return changed.count === 0 ? (
              <p>Nothing has changed.</p>
            ) : (
              <div className="columns three">
                <div>
                  <h3>By type</h3>
                  <Values field="type" values={types} search={search} />
                </div>
                <div>
                  <h3>By source</h3>
                  <Values field="source" values={sources} search={search} />
                </div>
                <div>
                  <h3>By TLP</h3>
                  <Values field="tlp" values={tlps} search={search} />
                </div>
              </div>
            );
          }}
        </Answer>
      )}
    </Panel>
  );
}

function There({ overview: { types, sources, tlps } }: { readonly overview: Overview }): ReactNode {
  const exact = (values: Overview["types"]) =>
    values.slice(0, SHOWN_MAX).map((each) => ({ ...each, exact: true }));
  return (
    <Panel title="All objects">
      <div className="columns three">
        <div>
          <h3>By type</h3>
          <Values field="type" values={exact(types)} search={{}} />
        </div>
        <div>
          <h3>By source</h3>
          <Values field="source" values={exact(sources)} search={{}} />
        </div>
        <div>
          <h3>By TLP</h3>
          <Values field="tlp" values={exact(tlps)} search={{}} />
        </div>
      </div>
    </Panel>
  );
}
