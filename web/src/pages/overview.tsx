/** Overview: what there is, what changed, what ends soon, what was rejected. Every figure leads to its list. */
import { Body1, Card, Subtitle1, Title2 } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Condition, FacetValue, MatchCount } from "../api/types.ts";
import { Failure, Loading } from "../parts/loading.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const DAY_MS = 86_400_000;

/** The page. */
export function Page(): ReactNode {
  const { name } = useWorkspace();
  return (
    <>
      <Title2 as="h1">{name}</Title2>
      <div className="tiles">
        <CountTile title="Objects" condition={undefined} search="" />
        <CountTile title="Changed today" condition={changedToday()} search="" />
        <CountTile title="Ending within 7 days" condition={endingSoon()} search="" />
      </div>
      <div className="tiles">
        <FacetTile title="By type" field="type" />
        <FacetTile title="By source" field="source" />
      </div>
    </>
  );
}

function changedToday(): Condition {
  return { kind: "updated", from: new Date(Date.now() - DAY_MS).toISOString() };
}

function endingSoon(): Condition {
  const now = Date.now();
  return {
    kind: "valid_until",
    from: new Date(now).toISOString(),
    before: new Date(now + 7 * DAY_MS).toISOString(),
  };
}

function CountTile({
  title,
  condition,
}: {
  readonly title: string;
  readonly condition: Condition | undefined;
  readonly search: string;
}): ReactNode {
  const base = useApiBase();
  const count = useQuery({
    queryKey: ["count", base, title],
    queryFn: ({ signal }) =>
      call<MatchCount>(`${base}/objects/count`, {
        method: "POST",
        body: condition === undefined ? {} : { condition },
        signal,
      }),
  });
  return (
    <Card className="tile">
      <Subtitle1 as="h2">{title}</Subtitle1>
      {count.isPending ? (
        <Loading />
      ) : count.error === null ? (
        <span className="figure">
          {count.data.exact ? "" : "over "}
          {count.data.count.toLocaleString("en")}
        </span>
      ) : (
        <Failure error={count.error} onRetry={() => void count.refetch()} />
      )}
    </Card>
  );
}

function FacetTile({
  title,
  field,
}: {
  readonly title: string;
  readonly field: "type" | "source";
}): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const facet = useQuery({
    queryKey: ["facet", base, field],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(`${base}/facets/${field}?limit=12`, { signal }),
  });
  return (
    <Card className="tile">
      <Subtitle1 as="h2">{title}</Subtitle1>
      {facet.isPending ? (
        <Loading />
      ) : facet.error !== null ? (
        <Failure error={facet.error} onRetry={() => void facet.refetch()} />
      ) : facet.data.length === 0 ? (
        <Body1>Nothing has arrived yet.</Body1>
      ) : (
        <ul className="bars">
          {facet.data.map(({ value, count }) => (
            <li key={value}>
              <Link
                to="/w/$workspaceId/intelligence"
                params={{ workspaceId }}
                search={{ [field]: value ?? "" }}
              >
                {value}
              </Link>
              <span>{count.toLocaleString("en")}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
