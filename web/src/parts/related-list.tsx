/** What an object is related to, by kind of relation, and the way to relate it to more. */
import { Body1, Button, Subtitle2 } from "@fluentui/react-components";
import { LinkAddRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Graph } from "../api/types.ts";
import { ObjectName } from "../forms/object-picker.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import type { PartProps } from "./details-part.ts";
import { Answer } from "./panel.tsx";
import { Relate } from "./relate.tsx";

/** Relations of one kind, all in one direction. */
interface Kin {
  readonly relation: string;
  readonly isOutgoing: boolean;
  readonly edges: readonly Graph["edges"][number][];
  /** At least so many more that are not listed, by type. */
  readonly more: readonly { readonly type: string; readonly count: number }[];
}

/** The list. */
export function RelatedList({ view, part, onOpen, onPart }: PartProps): ReactNode {
  const base = useApiBase();
  const { workspaceId, canWrite } = useWorkspace();
  const graph = useQuery({
    queryKey: ["graph", base, view.id, 1],
    queryFn: ({ signal }) =>
      call<Graph>(`${base}/objects/${encodeURIComponent(view.id)}/graph?depth=1`, { signal }),
  });
  return (
    <div className="related">
      <div className="inline">
        {canWrite && part !== "relate" ? (
          <Button icon={<LinkAddRegular />} size="small" onClick={() => onPart("relate")}>
            Relate it to others
          </Button>
        ) : null}
        <Link to="/w/$workspaceId/graph" params={{ workspaceId }} search={{ of: view.id }}>
          Show as a graph
        </Link>
      </div>
      {part === "relate" ? (
        <Relate key={view.id} view={view} onClose={() => onPart("related")} />
      ) : null}
      <Answer of={graph}>
        {(found) => <Kinships graph={found} of={view.stixId} onOpen={onOpen} />}
      </Answer>
    </div>
  );
}

function Kinships({
  graph,
  of,
  onOpen,
}: {
  readonly graph: Graph;
  readonly of: string;
  readonly onOpen: (id: string) => void;
}): ReactNode {
  const nodes = new Map(graph.nodes.map((node) => [node.stixId, node.view]));
  const kinships = kinshipsOf(graph, of);
  if (kinships.length === 0) {
    return <Body1>Nothing is related to it yet.</Body1>;
  }
  return kinships.map(({ relation, isOutgoing, edges, more }) => (
    <section key={`${isOutgoing} ${relation}`} aria-label={wordsFor(relation, isOutgoing)}>
      <Subtitle2 as="h3">
        {wordsFor(relation, isOutgoing)} <span className="count">{edges.length}</span>
      </Subtitle2>
      <ul>
        {edges.map(({ source, target, relationshipId }) => {
          const other = isOutgoing ? target : source;
          const view = nodes.get(other) ?? null;
          return (
            <li key={relationshipId ?? other}>
              {view === null ? (
                <span className="valueLine">
                  <ObjectName id={other} view={undefined} />
                  <span className="hint">not stored here</span>
                </span>
              ) : (
                <button type="button" className="link" onClick={() => onOpen(view.id)}>
                  <ObjectName id={other} view={view} />
                </button>
              )}
            </li>
          );
        })}
        {more.map(({ type, count }) => (
          <li key={type} className="hint">
            and {count.toLocaleString("en")} more of the type {type}: the graph lists them
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** The relation, read from the object that is open. */
function wordsFor(relation: string, isOutgoing: boolean): string {
  const words = relation.replace(/_refs?$/, "").replaceAll(/[_-]/g, " ");
  return isOutgoing ? `${words} →` : `← ${words}`;
}

function kinshipsOf({ edges, groups }: Graph, of: string): readonly Kin[] {
  const own = edges.filter(({ source, target }) => source === of || target === of);
  const byKind = Map.groupBy(own, ({ relation, source }) =>
    JSON.stringify([relation, source === of]),
  );
  return [...byKind].map(([key, members]) => {
    const [relation, isOutgoing] = JSON.parse(key) as [string, boolean];
    const more = groups.filter(
      (group) => group.of === of && group.relation === relation && group.outgoing === isOutgoing,
    );
    return { relation, isOutgoing, edges: members, more };
  });
}
