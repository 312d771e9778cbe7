/** Which application and source, and since when: the same choice for every view of what comes in, kept in the address. */
import type { ReactNode } from "react";
import type { Activity } from "../api/ingestion-types.ts";
import type { PageState } from "./page-state.ts";

/** Spans of time, in hours. */
const HOURS: readonly (readonly [string, string])[] = [
  ["1", "the last hour"],
  ["24", "24 hours"],
  ["168", "7 days"],
  ["720", "30 days"],
];

/** The hours that the address asks for. */
export function hoursOf(state: PageState): string {
  return HOURS.find(([id]) => id === state["hours"])?.[0] ?? "24";
}

/** The conditions of the address as the API takes them. */
export function senderQuery({ app, source }: PageState): Readonly<Record<string, string>> {
  return {
    ...(app === undefined ? {} : { appId: app }),
    ...(source === undefined ? {} : { source }),
  };
}

/** What an application is called. */
export function senderName({ name, userAgent, appId }: Activity): string {
  return name ?? (userAgent === "" ? appId : userAgent);
}

/** The choice. */
export function SenderFilter({
  applications,
  state,
  set,
  hasTime,
}: {
  readonly applications: readonly Activity[];
  /** Whether the span of time matters here. */
  readonly hasTime: boolean;
  readonly state: PageState;
  readonly set: (change: PageState) => void;
}): ReactNode {
  const { app, source } = state;
  const names = new Map(applications.map((each) => [each.appId, senderName(each)]));
  const sources = new Set(
    applications.flatMap((each) => (each.source === null ? [] : [each.source])),
  );
  // What the address names is there to be chosen, whether or not it has sent anything lately.
  const allNames = new Map([
    ...names,
    ...(app === undefined || names.has(app) ? [] : [[app, app] as const]),
  ]);
  const allSources = [...new Set([...sources, ...(source === undefined ? [] : [source])])];
  return (
    <div className="inline">
      <Picker
        label="Application"
        any="Any application"
        value={app}
        options={[...allNames]}
        onChange={(next) => set({ app: next, cursor: undefined })}
      />
      <Picker
        label="Source"
        any="Any source"
        value={source}
        options={allSources.toSorted().map((each) => [each, each] as const)}
        onChange={(next) => set({ source: next, cursor: undefined })}
      />
      {hasTime ? (
        <select
          className="picker"
          aria-label="Within"
          value={hoursOf(state)}
          onChange={({ target }) => set({ hours: target.value })}
        >
          {HOURS.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      ) : null}
    </div>
  );
}

function Picker({
  label,
  any,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly any: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string | undefined) => void;
}): ReactNode {
  return (
    <select
      className="picker"
      aria-label={label}
      value={value ?? ""}
      onChange={({ target }) => onChange(target.value === "" ? undefined : target.value)}
    >
      <option value="">{any}</option>
      {options.map(([id, text]) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </select>
  );
}
