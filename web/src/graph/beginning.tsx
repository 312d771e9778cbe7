/** Where a graph begins: a search for an object, when the address names none. */
import { Body1, SearchBox } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useDeferredValue, useState } from "react";
import { call } from "../api/client.ts";
import type { SearchPage } from "../api/types.ts";
import { Failure } from "../parts/loading.tsx";
import { TypeIcon } from "../parts/type-icon.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const FOUND_MAX = 12;
/** Types with relations to show; a relationship is a line itself. */
const FIRST_TYPES = [
  "threat-actor",
  "intrusion-set",
  "campaign",
  "malware",
  "report",
  "identity",
] as const;

/** The search. */
export function Beginning(): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const [words, setWords] = useState("");
  const asked = useDeferredValue(words.trim());
  const found = useQuery({
    queryKey: ["graph-beginnings", base, asked],
    queryFn: ({ signal }) =>
      call<SearchPage>(`${base}/objects/search`, {
        method: "POST",
        signal,
        body: {
          limit: FOUND_MAX,
          condition:
            asked === ""
              ? { kind: "type", anyOf: FIRST_TYPES }
              : {
                  kind: "and",
                  conditions: [
                    { kind: "not", condition: { kind: "type", anyOf: ["relationship"] } },
                    { kind: "name", startsWith: asked },
                  ],
                },
          sort: { by: "name", direction: "ascending" },
        },
      }),
    placeholderData: (old) => old,
  });
  const value = found.data?.value ?? [];
  return (
    <div className="beginning">
      <h1 className="graphTitle">Graph</h1>
      <Body1>A graph begins with an object. Find one by the beginning of its name.</Body1>
      <SearchBox
        id="beginning"
        value={words}
        onChange={(_event, data) => setWords(data.value)}
        placeholder="Name of an actor, a malware, a report…"
        aria-label="Find an object by its name"
      />
      {found.error === null ? null : (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      )}
      <ul aria-label="Objects">
        {value.map(({ id, type, title, source }) => (
          <li key={id}>
            <Link to="/w/$workspaceId/graph" params={{ workspaceId }} search={{ of: id }}>
              <TypeIcon type={type} />
              <span>{title}</span>
              <span className="hintText">
                {type}, {source}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {found.isSuccess && value.length === 0 ? (
        <Body1 role="status">
          {asked === ""
            ? "There is nothing yet that could begin a graph. Import a bundle first."
            : "No name begins so."}
        </Body1>
      ) : null}
      <Body1>
        Or open an object in{" "}
        <Link to="/w/$workspaceId/intelligence" params={{ workspaceId }}>
          Intelligence
        </Link>{" "}
        and choose “Show as a graph” under Related.
      </Body1>
    </div>
  );
}
