/** The versions of an object, newest first, and what any two of them differ in. */
import { Badge, Button, Subtitle2 } from "@fluentui/react-components";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { Difference, ObjectView } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import type { PartProps } from "./details-part.ts";
import { Answer } from "./panel.tsx";
import { Time } from "./time.tsx";

/** Versions of one page. */
const VERSIONS_AT_ONCE = 50;

/** Which two are compared, by their numbers. */
interface Pair {
  readonly from: number;
  readonly to: number;
}

/** The timeline. */
export function History({ view }: PartProps): ReactNode {
  const base = useApiBase();
  const path = `${base}/objects/${encodeURIComponent(view.id)}`;
  const versions = useInfiniteQuery({
    queryKey: ["versions", path, view.change],
    queryFn: ({ signal, pageParam }) =>
      call<readonly ObjectView[]>(
        `${path}/versions?limit=${VERSIONS_AT_ONCE}${pageParam === 0 ? "" : `&before=${pageParam}`}`,
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: (page) =>
      page.length < VERSIONS_AT_ONCE ? undefined : (page.at(-1)?.change ?? undefined),
  });
  return (
    <Answer of={versions}>
      {({ pages }) => (
        <Timeline
          key={view.change}
          path={path}
          versions={pages.flat()}
          {...(versions.hasNextPage ? { onMore: () => void versions.fetchNextPage() } : {})}
        />
      )}
    </Answer>
  );
}

function Timeline({
  path,
  versions,
  onMore,
}: {
  readonly path: string;
  readonly versions: readonly ObjectView[];
  readonly onMore?: () => void;
}): ReactNode {
  const [pair, setPair] = useState<Pair | null>(() => pairOf(versions[1], versions[0]));
  return (
    <div className="stack">
      <table className="table versions">
        <caption className="unseen">Versions, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">
              <span className="unseen">Compare</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version, at) => (
            <VersionRow
              key={version.change}
              version={version}
              before={versions[at + 1]}
              number={at}
              pair={pair}
              onPair={setPair}
            />
          ))}
        </tbody>
      </table>
      {onMore === undefined ? null : <Button onClick={onMore}>Earlier versions</Button>}
      {pair === null ? null : <Diff path={path} {...pair} />}
    </div>
  );
}

function VersionRow({
  version,
  before,
  number,
  pair,
  onPair,
}: {
  readonly version: ObjectView;
  readonly before: ObjectView | undefined;
  readonly number: number;
  readonly pair: Pair | null;
  readonly onPair: (pair: Pair) => void;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const { change, ingestedAt } = version;
  const choose = (end: keyof Pair): void => {
    const { from, to } = pair ?? { from: change, to: change };
    onPair({ from, to, [end]: change });
  };
  return (
    <tr className={pair?.to === change || pair?.from === change ? "on" : undefined}>
      <td>
        <Time instant={ingestedAt} />{" "}
        {number === 0 ? (
          <Badge size="small" appearance="tint">
            current
          </Badge>
        ) : null}{" "}
        {version.deleted ? "deleted " : ""}
        <Link
          to="/w/$workspaceId/ingestion"
          params={{ workspaceId }}
          search={{ request: version.requestId }}
          aria-label={`Request that brought the version of ${ingestedAt}`}
        >
          request
        </Link>
      </td>
      {(["from", "to"] as const).map((end) => (
        <td key={end}>
          <input
            type="radio"
            name={`${end}-version`}
            aria-label={`Compare ${end} the version of ${ingestedAt}`}
            checked={pair?.[end] === change}
            onChange={() => choose(end)}
          />
        </td>
      ))}
      <td>
        {before === undefined ? (
          <span className="hint">the first that is kept</span>
        ) : (
          <Button size="small" onClick={() => onPair({ from: before.change, to: change })}>
            What changed
          </Button>
        )}
      </td>
    </tr>
  );
}

function pairOf(from: ObjectView | undefined, to: ObjectView | undefined): Pair | null {
  return from === undefined || to === undefined ? null : { from: from.change, to: to.change };
}

function Diff({ path, from, to }: { readonly path: string } & Pair): ReactNode {
  const diff = useQuery({
    queryKey: ["diff", path, from, to],
    queryFn: ({ signal }) =>
      call<readonly Difference[]>(`${path}/diff?from=${from}&to=${to}`, { signal }),
    enabled: from !== to,
  });
  if (from === to) {
    return <span className="hint">Choose two different versions.</span>;
  }
  return (
    <section aria-label="What changed" className="stack tight">
      <Subtitle2 as="h3">What changed</Subtitle2>
      <Answer of={diff}>
        {(differences) =>
          differences.length === 0 ? <span className="hint">Nothing.</span> : diffTable(differences)
        }
      </Answer>
    </section>
  );
}

function diffTable(differences: readonly Difference[]): ReactNode {
  return (
    <table className="diff">
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ path: place, before, after }) => (
          <tr key={place}>
            <th scope="row">{place}</th>
            <td className={before === undefined ? undefined : "removed"}>
              {before === undefined ? <span className="hint">–</span> : <del>{shown(before)}</del>}
            </td>
            <td className={after === undefined ? undefined : "added"}>
              {after === undefined ? <span className="hint">–</span> : <ins>{shown(after)}</ins>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
