/** The server itself: its health, the settings in force and where each came from, its version and licences. */
import { Badge, Field, Input } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ServerAbout, ServerHealth, SettingInForce } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { Answer, Panel, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { ADMINISTRATORS_ONLY, type SectionProps } from "./admin.ts";

const POLL_MS = 5_000;

/** An index in step is behind by a few all the time. */
const BEHIND_MIN = 200;

/** The part. */
export function Server(props: SectionProps): ReactNode {
  return (
    <>
      <Health />
      <SettingsInForce {...props} />
      <About />
    </>
  );
}

function Health(): ReactNode {
  const health = useQuery({
    queryKey: ["server", "health"],
    queryFn: ({ signal }) => call<ServerHealth>("/api/v1/server/health", { signal }),
    refetchInterval: POLL_MS,
  });
  return (
    <Panel title="Health" hint="Asked again every five seconds.">
      <Answer of={health} missing={ADMINISTRATORS_ONLY}>
        {(found) => (
          <dl className="facts">
            <dt>Uploads</dt>
            <dd>
              {found.fault === null ? (
                <Badge appearance="tint" color="success">
                  taken
                </Badge>
              ) : (
                <>
                  <Badge appearance="tint" color="danger">
                    refused
                  </Badge>{" "}
                  {found.fault}
                </>
              )}
            </dd>
            <dt>Requests stored</dt>
            <dd>{found.appended.toLocaleString("en")}</dd>
            <dt>Look-ups</dt>
            <dd>
              <Lag behind={found.appended - found.indexed} />
            </dd>
            <dt>Searches</dt>
            <dd>
              <Lag behind={found.indexed - found.searchable} />
            </dd>
            <dt>Stored</dt>
            <dd>
              <Files health={found} />
            </dd>
            <dt>Free on that disk</dt>
            <dd>{found.freeBytes === null ? "not known" : bytesText(found.freeBytes)}</dd>
            <dt>Memory</dt>
            <dd>{bytesText(found.memoryBytes)}</dd>
            <dt>Running</dt>
            <dd>
              since <Time instant={found.startedAt} />
            </dd>
          </dl>
        )}
      </Answer>
    </Panel>
  );
}

function Lag({ behind }: { readonly behind: number }): ReactNode {
  return behind < BEHIND_MIN ? (
    <Badge appearance="tint" color="success">
      in step
    </Badge>
  ) : (
    <Badge appearance="tint" color="warning">
      {behind.toLocaleString("en")} requests behind
    </Badge>
  );
}

function Files({ health: { files } }: { readonly health: ServerHealth }): ReactNode {
  if (files.length === 0) {
    return "elsewhere";
  }
  const sum = files.reduce((total, { bytes }) => total + bytes, 0);
  return (
    <details>
      <summary>{bytesText(sum)}</summary>
      <ul className="plainList">
        {files.map(({ name, bytes }) => (
          <li key={name}>
            <span className="mono">{name}</span> {bytesText(bytes)}
          </li>
        ))}
      </ul>
    </details>
  );
}

const UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;

function bytesText(bytes: number): string {
  const power = Math.min(
    UNITS.length - 1,
    Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1_000)),
  );
  const value = bytes / 1_000 ** power;
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 })} ${UNITS[power]}`;
}

function SettingsInForce({ state, set }: SectionProps): ReactNode {
  const settings = useQuery({
    queryKey: ["server", "settings"],
    queryFn: ({ signal }) => call<readonly SettingInForce[]>("/api/v1/server/settings", { signal }),
  });
  const words = (state["setting"] ?? "").toLowerCase();
  const isShown = ({ name, meaning }: SettingInForce): boolean =>
    `${name} ${meaning}`.toLowerCase().includes(words);
  return (
    <Panel
      title="Settings in force"
      hint="They are read when the server starts: from flags, the environment, the settings file, in this order. Passwords are not shown."
    >
      <Answer of={settings} missing={ADMINISTRATORS_ONLY}>
        {(found) => (
          <>
            <Field label="Find a setting">
              <Input
                value={state["setting"] ?? ""}
                onChange={(_event, { value }) => set({ setting: value || undefined }, true)}
              />
            </Field>
            <TableScroll label="Settings">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Value</th>
                  <th scope="col">From</th>
                  <th scope="col">Meaning</th>
                </tr>
              </thead>
              <tbody>
                {found.filter(isShown).map((setting) => (
                  <Row key={setting.name} setting={setting} />
                ))}
              </tbody>
            </TableScroll>
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Row({ setting }: { readonly setting: SettingInForce }): ReactNode {
  const { name, value, origin, fallback, unit, meaning, values, environment } = setting;
  const isDefault = origin === "default";
  return (
    <tr>
      <td className="mono">{name}</td>
      <td className="breaks mono">
        {JSON.stringify(value)} {unit}
      </td>
      <td>{isDefault ? origin : <Badge appearance="tint">{origin}</Badge>}</td>
      <td>
        {meaning}
        <details>
          <summary>how to change it</summary>
          <p className="hint">
            <span className="mono">{environment}</span>; {values}; by default{" "}
            <span className="mono">{JSON.stringify(fallback)}</span>
          </p>
        </details>
      </td>
    </tr>
  );
}

function About(): ReactNode {
  const about = useQuery({
    queryKey: ["server", "about"],
    queryFn: ({ signal }) => call<ServerAbout>("/api/v1/server/about", { signal }),
  });
  return (
    <Panel title="About">
      <Answer of={about}>
        {({ version, node, store, queries, licences }) => (
          <>
            <dl className="facts">
              <dt>Stixgate</dt>
              <dd>{version}</dd>
              <dt>Node</dt>
              <dd>{node}</dd>
              <dt>Store</dt>
              <dd>{store === "sqlite" ? "embedded (SQLite)" : "PostgreSQL"}</dd>
              <dt>Queries</dt>
              <dd>{queries ? "answered" : "off (query.enabled)"}</dd>
            </dl>
            <details>
              <summary>Licences of what the page is built from</summary>
              <pre className="json">{licences}</pre>
            </details>
          </>
        )}
      </Answer>
    </Panel>
  );
}
