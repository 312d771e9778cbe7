/** The audit log: who changed what when, of the workspace or of the whole tenant, newest first. */
import { Button, Tab, TabList } from "@fluentui/react-components";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { AuditEntry } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import type { PageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel } from "../parts/panel.tsx";
import { useApiBase } from "../shell/session.tsx";
import { ADMINISTRATORS_ONLY, type SectionProps, useApplications, usePeople } from "./admin.ts";
import { AuditEntries } from "./audit-entries.tsx";

const ENTRIES_OF_PAGE = 50;
const PAUSE_MS = 300;

/** Kinds of changes that there are, to choose from while typing. */
const ACTIONS: readonly string[] = [
  "object.create",
  "object.edit",
  "object.delete",
  "object.tag",
  "object.relate",
  "import.store",
  "import.discard",
  "quarantine.replay",
  "quarantine.dismiss",
  "quarantine.restore",
  "rule.save",
  "rule.remove",
  "rule.order",
  "view.save",
  "view.remove",
  "task.order",
  "task.cancel",
  "application.add",
  "application.enable",
  "application.disable",
  "application.remove",
  "secret.add",
  "secret.remove",
  "certificate.add",
  "certificate.remove",
  "api-key.add",
  "api-key.remove",
  "person.add",
  "person.enable",
  "person.disable",
  "person.sign-in",
  "person.sign-out-everywhere",
  "role.assign",
  "role.remove",
  "workspace.add",
  "workspace.rename",
  "workspace.remove",
];

const FILTERS = ["action", "actor", "target", "from", "before"] as const;

/** The part. */
export function Audit({ state, set }: SectionProps): ReactNode {
  const isTenant = state["log"] === "tenant";
  const log = useLog(state, isTenant);
  const isFiltered = FILTERS.some((name) => state[name] !== undefined);
  /** Another question begins at its newest entry. */
  const ask = (change: PageState): void => set({ ...change, cursor: undefined }, true);
  return (
    <Panel
      title="Audit log"
      hint="Changes, newest first. Uploads have receipts instead. Instants are those of your clock."
    >
      <TabList
        aria-label="Which log"
        size="small"
        style={{ flexWrap: "wrap" }}
        selectedValue={isTenant ? "tenant" : "workspace"}
        onTabSelect={(_event, { value }) => ask({ log: value === "tenant" ? "tenant" : undefined })}
      >
        <Tab value="workspace">This workspace</Tab>
        <Tab value="tenant">People, applications, roles, workspaces</Tab>
      </TabList>
      <Filters state={state} ask={ask} />
      <Answer of={log} missing={ADMINISTRATORS_ONLY}>
        {({ value, nextLink }) =>
          value.length === 0 && nextLink === null ? (
            <Nothing>{isFiltered ? "No such change." : "Nothing was changed by hand yet."}</Nothing>
          ) : (
            <>
              <AuditEntries entries={value} />
              <div className="inline">
                {state["cursor"] === undefined ? null : (
                  <Button onClick={() => set({ cursor: undefined })}>Newest</Button>
                )}
                {nextLink === null ? null : (
                  <Button onClick={() => set({ cursor: cursorOf(nextLink) })}>Older</Button>
                )}
              </div>
            </>
          )
        }
      </Answer>
    </Panel>
  );
}

function cursorOf(nextLink: string): string | undefined {
  return new URL(nextLink).searchParams.get("cursor") ?? undefined;
}

function useLog(state: PageState, isTenant: boolean): UseQueryResult<Page<AuditEntry>> {
  const base = useApiBase();
  const path = isTenant ? "/api/v1/audit" : `${base}/audit`;
  const asked = [...FILTERS, "cursor"].flatMap((name) => {
    const value = state[name];
    if (value === undefined) {
      return [];
    }
    // A day or a minute of the reader's clock.
    const isTime = name === "from" || name === "before";
    const instant = new Date(value);
    return isTime && Number.isNaN(instant.getTime())
      ? []
      : [[name, isTime ? instant.toISOString() : value]];
  });
  const query = new URLSearchParams([["limit", String(ENTRIES_OF_PAGE)], ...asked]);
  return useQuery({
    queryKey: ["audit", path, asked],
    queryFn: ({ signal }) => call<Page<AuditEntry>>(`${path}?${query}`, { signal }),
  });
}

function Filters({
  state,
  ask,
}: {
  readonly state: PageState;
  readonly ask: (change: PageState) => void;
}): ReactNode {
  const people = usePeople().data ?? [];
  const applications = useApplications().data ?? [];
  const actors = [
    ...people.map(({ personId, displayName }) => [personId, displayName] as const),
    ...applications.map(({ objectId, displayName }) => [objectId, displayName] as const),
  ];
  return (
    <div className="controls">
      {actors.length === 0 ? (
        <Filter label="Who (id)" name="actor" {...{ state, ask }} />
      ) : (
        <label className="label">
          Who
          <select
            className="picker"
            value={state["actor"] ?? ""}
            onChange={({ target }) => ask({ actor: target.value || undefined })}
          >
            <option value="">anybody</option>
            {actors.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Filter label="Kind of change" name="action" choices={ACTIONS} {...{ state, ask }} />
      <Filter label="Object (id or name)" name="target" {...{ state, ask }} />
      <Filter label="From" name="from" type="datetime-local" {...{ state, ask }} />
      <Filter label="Before" name="before" type="datetime-local" {...{ state, ask }} />
      {FILTERS.some((name) => state[name] !== undefined) ? (
        <Button onClick={() => ask(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}>
          Clear the filters
        </Button>
      ) : null}
    </div>
  );
}

function Filter({
  label,
  name,
  type = "text",
  choices,
  state,
  ask,
}: {
  readonly label: string;
  readonly name: (typeof FILTERS)[number];
  readonly type?: "datetime-local" | "text";
  readonly choices?: readonly string[];
  readonly state: PageState;
  readonly ask: (change: PageState) => void;
}): ReactNode {
  const value = state[name] ?? "";
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts a search.
  useEffect(() => {
    if (typed.trim() === value) {
      return;
    }
    const timer = setTimeout(() => ask({ [name]: typed.trim() || undefined }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label className="label">
      {label}
      <input
        className="picker"
        type={type}
        value={typed}
        {...(choices === undefined ? {} : { list: `${name}-choices` })}
        onChange={({ target }) => setTyped(target.value)}
      />
      {choices === undefined ? null : (
        <datalist id={`${name}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </label>
  );
}
