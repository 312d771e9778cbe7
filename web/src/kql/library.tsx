/** The list beside the editor: tables, shipped queries, saved ones, and what was run here before. */
import { Body1, Button, Caption1, Field, Input, Tab, TabList } from "@fluentui/react-components";
import { DeleteRegular, StarFilled, StarRegular } from "@fluentui/react-icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { Page } from "../api/types.ts";
import { Failure, Loading } from "../parts/loading.tsx";
import { Time } from "../parts/time.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { forgetRuns, type PastRun, starRun, useHistory } from "./history.ts";
import type { Catalogue } from "./language-messages.ts";
import { SchemaTree } from "./schema-tree.tsx";

const LISTS = [
  ["tables", "Tables"],
  ["shipped", "Shipped"],
  ["saved", "Saved"],
  ["history", "History"],
] as const;

export interface LibraryProps {
  readonly list: string;
  readonly onList: (list: string) => void;
  readonly catalogue: Catalogue | undefined;
  readonly onInsert: (text: string) => void;
  /** Puts a query in place of the text. */
  readonly onQuery: (query: string, span: string) => void;
  /** What would be saved. */
  readonly current: () => { readonly query: string; readonly span: string };
}

/** The list. */
export function Library(props: LibraryProps): ReactNode {
  const { list, onList } = props;
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  return (
    <aside className="library" aria-label="Tables and queries">
      <TabList
        size="small"
        selectedValue={list}
        onTabSelect={(_event, data) => onList(String(data.value))}
        aria-label="Lists"
      >
        {LISTS.map(([value, label]) => (
          <Tab key={value} value={value}>
            {label}
          </Tab>
        ))}
      </TabList>
      <Input
        size="small"
        value={words}
        onChange={(_event, data) => setWords(data.value)}
        placeholder="Find"
        aria-label="Find in this list"
      />
      <div className="libraryList">
        {list === "shipped" ? (
          <Shipped {...props} wanted={wanted} />
        ) : list === "saved" ? (
          <Saved {...props} wanted={wanted} />
        ) : list === "history" ? (
          <History {...props} wanted={wanted} />
        ) : (
          <Tables {...props} wanted={wanted} />
        )}
      </div>
    </aside>
  );
}

type ListProps = LibraryProps & { readonly wanted: string };

function Tables({ catalogue, onInsert, wanted }: ListProps): ReactNode {
  return catalogue === undefined ? (
    <Loading />
  ) : (
    <SchemaTree catalogue={catalogue} words={wanted} onInsert={onInsert} />
  );
}

function Nothing({ why = "Nothing has these words." }: { readonly why?: string }): ReactNode {
  return <Body1 className="nothing">{why}</Body1>;
}

interface PackQuery {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly query: string;
}

function Shipped({ onQuery, wanted }: ListProps): ReactNode {
  const pack = useQuery({
    queryKey: ["query-pack"],
    queryFn: ({ signal }) =>
      call<{ value: readonly PackQuery[] }>("/api/v1/query-pack", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (pack.isPending) {
    return <Loading />;
  }
  if (pack.error !== null) {
    return <Failure error={pack.error} onRetry={() => void pack.refetch()} />;
  }
  const shown = pack.data.value.filter(({ title, description, tags }) =>
    `${title} ${description} ${tags.join(" ")}`.toLowerCase().includes(wanted),
  );
  return (
    <ul>
      {shown.map(({ id, title, description, query }) => (
        <li key={id}>
          <button type="button" className="plain entry" onClick={() => onQuery(query, "")}>
            <b>{title}</b>
            <Caption1>{description}</Caption1>
          </button>
        </li>
      ))}
      {shown.length === 0 ? <Nothing /> : null}
    </ul>
  );
}

interface SavedQuery {
  readonly name: string;
  readonly updatedAt: string;
  readonly content: unknown;
}

/** Views of the workspace hold other things as well; a query says that it is one. */
interface QueryContent {
  readonly kind: "query";
  readonly query: string;
  readonly span: string;
}

function isQuery(content: unknown): content is QueryContent {
  const { kind, query } = (content ?? {}) as Partial<QueryContent>;
  return kind === "query" && typeof query === "string";
}

const VIEWS_PAGE_ITEMS = 100;
/** Pages of saved views that are read; a workspace has few. */
const VIEWS_PAGES_MAX = 10;

async function listSaved(base: string, signal: AbortSignal): Promise<readonly SavedQuery[]> {
  const found: SavedQuery[] = [];
  let next: string | null = `${base}/views?limit=${VIEWS_PAGE_ITEMS}`;
  for (let page = 0; page < VIEWS_PAGES_MAX && next !== null; page += 1) {
    const answer: Page<SavedQuery> = await call<Page<SavedQuery>>(next, { signal });
    found.push(...answer.value.filter(({ content }) => isQuery(content)));
    next = answer.nextLink === null ? null : pathOf(answer.nextLink);
  }
  return found;
}

/** The server writes its own name into the link, which behind a proxy is another than the page's. */
function pathOf(link: string): string {
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
}

function Saved({ onQuery, current, wanted }: ListProps): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const saved = useQuery({
    queryKey: ["saved-queries", base],
    queryFn: ({ signal }) => listSaved(base, signal),
  });
  const change = useMutation({
    mutationFn: ({ at, content }: { readonly at: string; readonly content?: QueryContent }) =>
      call(`${base}/views/${encodeURIComponent(at)}`, {
        method: content === undefined ? "DELETE" : "PUT",
        ...(content === undefined ? {} : { body: { content } }),
      }),
    onSuccess: async () => {
      setName("");
      await queries.invalidateQueries({ queryKey: ["saved-queries", base] });
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const { query, span } = current();
    if (name.trim() !== "" && query.trim() !== "") {
      change.mutate({ at: name.trim(), content: { kind: "query", query, span } });
    }
  };
  const shown = (saved.data ?? []).filter((each) => each.name.toLowerCase().includes(wanted));
  return (
    <>
      {canWrite ? (
        <form className="saveQuery" onSubmit={onSubmit}>
          <Field label="Save the query as" hint="Everybody who may read the workspace sees it">
            <Input size="small" value={name} onChange={(_event, data) => setName(data.value)} />
          </Field>
          <Button size="small" type="submit" disabled={change.isPending || name.trim() === ""}>
            Save
          </Button>
        </form>
      ) : null}
      {change.error === null ? null : <Body1 role="alert">{change.error.message}</Body1>}
      {saved.isPending ? <Loading /> : null}
      {saved.error === null ? null : (
        <Failure error={saved.error} onRetry={() => void saved.refetch()} />
      )}
      <ul>
        {shown.map(({ name: each, updatedAt, content }) => (
          <li key={each} className="savedEntry">
            <button
              type="button"
              className="plain entry"
              onClick={() => isQuery(content) && onQuery(content.query, content.span)}
            >
              <b>{each}</b>
              <Caption1>
                <Time instant={updatedAt} />
              </Caption1>
            </button>
            {canWrite ? (
              <Button
                size="small"
                appearance="transparent"
                icon={<DeleteRegular />}
                aria-label={`Remove ${each}`}
                onClick={() => change.mutate({ at: each })}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {saved.isSuccess && shown.length === 0 ? (
        <Nothing
          why={wanted === "" ? "No query has been saved yet." : "No name has these words."}
        />
      ) : null}
    </>
  );
}

function History({ onQuery, wanted }: ListProps): ReactNode {
  const { workspaceId } = useWorkspace();
  const runs = useHistory(workspaceId).filter(({ query }) => query.toLowerCase().includes(wanted));
  if (runs.length === 0) {
    return <Nothing why="Queries that you run are listed here, in this browser only." />;
  }
  const starred = runs.filter(({ isStarred }) => isStarred === true);
  const others = runs.filter(({ isStarred }) => isStarred !== true);
  return (
    <>
      <ul>
        {[...starred, ...others].map((run) => (
          <PastEntry
            key={run.query}
            run={run}
            onQuery={onQuery}
            onStar={() => starRun(workspaceId, run.query)}
          />
        ))}
      </ul>
      {others.length === 0 ? null : (
        <Button size="small" onClick={() => forgetRuns(workspaceId)}>
          Forget those without a star
        </Button>
      )}
    </>
  );
}

function PastEntry({
  run: { query, span, at, rows, isStarred },
  onQuery,
  onStar,
}: {
  readonly run: PastRun;
  readonly onQuery: ListProps["onQuery"];
  readonly onStar: () => void;
}): ReactNode {
  return (
    <li className="savedEntry">
      <button type="button" className="plain entry" onClick={() => onQuery(query, span)}>
        <span className="mono pastQuery">{query}</span>
        <Caption1>
          <Time instant={at} />, {rows === null ? "refused" : `${rows.toLocaleString("en")} rows`}
        </Caption1>
      </button>
      <Button
        size="small"
        appearance="transparent"
        icon={isStarred === true ? <StarFilled /> : <StarRegular />}
        aria-pressed={isStarred === true}
        aria-label={`Keep ${query.slice(0, 40)}`}
        title={isStarred === true ? "Take the star away" : "Keep it, on top"}
        onClick={onStar}
      />
    </li>
  );
}
