/** What an object is related to, as a list, and the builder of new relationships. */
import { Body1, Button, Field, Input, Select } from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { Graph, ObjectView } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Failure, Loading } from "./loading.tsx";
import { TypeIcon } from "./type-icon.tsx";

/** The list. */
export function RelatedList({
  view,
  onOpen,
}: {
  readonly view: ObjectView;
  readonly onOpen: (id: string) => void;
}): ReactNode {
  const base = useApiBase();
  const { workspaceId, canWrite } = useWorkspace();
  const graph = useQuery({
    queryKey: ["graph", base, view.id, 1],
    queryFn: ({ signal }) =>
      call<Graph>(`${base}/objects/${encodeURIComponent(view.id)}/graph?depth=1`, { signal }),
  });
  if (graph.isPending) {
    return <Loading />;
  }
  if (graph.error !== null) {
    return <Failure error={graph.error} onRetry={() => void graph.refetch()} />;
  }
  const nodes = new Map(graph.data.nodes.map((node) => [node.stixId, node]));
  return (
    <div className="related">
      {graph.data.edges.length === 0 ? <Body1>Nothing is related to it yet.</Body1> : null}
      <ul>
        {graph.data.edges.map(({ source, target, relation, relationshipId }) => {
          const outgoing = source === view.stixId;
          const other = nodes.get(outgoing ? target : source);
          const label = other?.view?.title ?? (outgoing ? target : source);
          const otherId = other?.view?.id;
          return (
            <li key={relationshipId ?? `${source} ${relation} ${target}`}>
              <span className="relation">{outgoing ? `${relation} →` : `← ${relation}`}</span>
              <TypeIcon type={other?.type ?? ""} />
              {otherId === undefined ? (
                <span title="Not stored here">{label}</span>
              ) : (
                <Button appearance="transparent" size="small" onClick={() => onOpen(otherId)}>
                  {label}
                </Button>
              )}
            </li>
          );
        })}
        {graph.data.groups.map(({ relation, type, count }) => (
          <li key={`${relation} ${type}`}>
            <span className="relation">{relation}</span> and {count.toLocaleString("en")} more of
            the type {type}
          </li>
        ))}
      </ul>
      <Link to="/w/$workspaceId/graph" params={{ workspaceId }} search={{ of: view.id }}>
        Show as a graph
      </Link>
      {canWrite ? <Relate view={view} /> : null}
    </div>
  );
}

function Relate({ view }: { readonly view: ObjectView }): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const [target, setTarget] = useState("");
  const [chosen, setChosen] = useState("");
  const targetType = /^([a-z0-9-]+)--/.exec(target.trim())?.[1] ?? "";
  const types = useQuery({
    queryKey: ["relationship-types", view.type, targetType],
    queryFn: ({ signal }) =>
      call<readonly string[]>(
        `${base}/relationship-types?source=${encodeURIComponent(view.type)}&target=${encodeURIComponent(targetType)}`,
        { signal },
      ),
    enabled: targetType !== "",
  });
  const relationshipType = types.data?.includes(chosen) === true ? chosen : (types.data?.[0] ?? "");
  const relate = useMutation({
    mutationFn: () =>
      call(`${base}/objects/${encodeURIComponent(view.id)}/relationships`, {
        method: "POST",
        body: { relationships: [{ relationshipType, targetRef: target.trim() }] },
      }),
    onSuccess: async () => {
      setTarget("");
      await queries.invalidateQueries();
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    relate.mutate();
  };
  return (
    <form className="form" onSubmit={onSubmit}>
      <Field label="Relate it to" hint="The STIX id of another object of this workspace">
        <Input value={target} onChange={(_event, data) => setTarget(data.value)} />
      </Field>
      <Field label="How" hint="What the standard allows between the two">
        <Select
          value={relationshipType}
          onChange={(_event, data) => setChosen(data.value)}
          disabled={types.data === undefined}
        >
          {(types.data ?? []).map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
      </Field>
      <Button type="submit" disabled={relationshipType === "" || relate.isPending}>
        Relate
      </Button>
      {relate.error === null ? null : <Body1 role="alert">{relate.error.message}</Body1>}
    </form>
  );
}
