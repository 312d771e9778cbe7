/** One object: its fields, its pattern, what it is related to, its history, and the record itself. */
import {
  Badge,
  Body1,
  Button,
  Input,
  Subtitle2,
  Tab,
  TabList,
  Tag,
  TagGroup,
  Title3,
} from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call, callWithEtag } from "../api/client.ts";
import type { Difference, ObjectView } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { CopyButton } from "./copy-button.tsx";
import { EditForm } from "./edit-form.tsx";
import { Failure, Loading } from "./loading.tsx";
import { PatternText } from "./pattern-text.tsx";
import { RelatedList } from "./related-list.tsx";
import { Time } from "./time.tsx";
import { Tlp } from "./tlp.tsx";
import { TypeIcon } from "./type-icon.tsx";

type Part = "fields" | "related" | "history" | "json" | "edit";

const PARTS: readonly (readonly [Part, string])[] = [
  ["fields", "Details"],
  ["related", "Related"],
  ["history", "History"],
  ["json", "JSON"],
  ["edit", "Edit"],
];

/** The pane of an object. */
export function Details({
  id,
  known,
  part: given,
  onPart,
  onOpen,
}: {
  readonly id: string;
  /** What the list knows already; the rest is fetched. */
  readonly known: ObjectView | null;
  /** The part that is shown, where the address says it. */
  readonly part?: string | undefined;
  readonly onPart?: (part: string | undefined) => void;
  readonly onOpen: (id: string) => void;
}): ReactNode {
  const base = useApiBase();
  const { canWrite, canTag } = useWorkspace();
  const [own, setOwn] = useState<string | undefined>();
  const wanted = onPart === undefined ? own : given;
  const setPart = onPart ?? setOwn;
  const part =
    PARTS.find(([each]) => each === wanted && (each !== "edit" || canWrite))?.[0] ?? "fields";
  const object = useQuery({
    queryKey: ["object", base, id],
    queryFn: ({ signal }) =>
      callWithEtag<ObjectView>(`${base}/objects/${encodeURIComponent(id)}`, { signal }),
    ...(known === null ? {} : { placeholderData: { body: known, etag: `"${known.change}"` } }),
  });
  if (object.isPending) {
    return <Loading />;
  }
  if (object.error !== null) {
    return <Failure error={object.error} onRetry={() => void object.refetch()} />;
  }
  const view = object.data.body;
  return (
    <div className="details">
      <header>
        <Title3 as="h2" className="detailsTitle">
          <TypeIcon type={view.type} /> {view.title}
        </Title3>
        <div className="chips">
          <Badge appearance="outline">{view.type}</Badge>
          <Tlp level={view.tlp} />
          {view.revoked ? <Badge color="danger">revoked</Badge> : null}
          <Badge color={view.active ? "success" : "informative"} appearance="tint">
            {view.active ? "active" : "inactive"}
          </Badge>
          {view.confidence === null ? null : (
            <Badge appearance="tint">confidence {view.confidence}</Badge>
          )}
        </div>
      </header>
      <TabList
        size="small"
        selectedValue={part}
        onTabSelect={(_event, data) =>
          setPart(data.value === "fields" ? undefined : String(data.value))
        }
        aria-label="Parts of the object"
      >
        {PARTS.filter(([each]) => each !== "edit" || canWrite).map(([each, label]) => (
          <Tab key={each} value={each}>
            {label}
          </Tab>
        ))}
      </TabList>
      {part === "fields" ? <Fields view={view} canTag={canTag} /> : null}
      {part === "related" ? <RelatedList view={view} onOpen={onOpen} /> : null}
      {part === "history" ? <History view={view} /> : null}
      {part === "json" ? <Json view={view} /> : null}
      {part === "edit" ? (
        <EditForm key={view.change} view={view} onDone={() => setPart(undefined)} />
      ) : null}
    </div>
  );
}

/** Properties that have a place of their own. */
const PLACED: ReadonlySet<string> = new Set(["pattern", "labels", "name", "description"]);

function Fields({
  view,
  canTag,
}: {
  readonly view: ObjectView;
  readonly canTag: boolean;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const object = view.object ?? {};
  const { description, pattern } = object;
  return (
    <div className="fields">
      {typeof description === "string" ? <p className="prose">{description}</p> : null}
      {typeof pattern === "string" ? (
        <PatternText pattern={pattern} observables={view.observables} />
      ) : null}
      <Tags view={view} canTag={canTag} />
      <dl>
        <dt>Source</dt>
        <dd>{view.source}</dd>
        <dt>Arrived</dt>
        <dd>
          <Time instant={view.ingestedAt} /> in{" "}
          <Link
            to="/w/$workspaceId/ingestion"
            params={{ workspaceId }}
            search={{ request: view.requestId }}
          >
            this request
          </Link>
        </dd>
        {Object.entries(object)
          .filter(([name]) => !PLACED.has(name))
          .map(([name, value]) => (
            <FieldRow key={name} name={name} value={value} />
          ))}
      </dl>
    </div>
  );
}

function FieldRow({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span className={typeof value === "string" ? "value" : "value mono"}>{text}</span>
        <CopyButton text={text} what={name} />
      </dd>
    </>
  );
}

function Tags({
  view,
  canTag,
}: {
  readonly view: ObjectView;
  readonly canTag: boolean;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const change = useMutation({
    mutationFn: (body: { readonly add?: readonly string[]; readonly remove?: readonly string[] }) =>
      call<ObjectView>(`${base}/objects/${encodeURIComponent(view.id)}/tags`, {
        method: "POST",
        body,
      }),
    onSuccess: async () => {
      setTyped("");
      await queries.invalidateQueries();
    },
  });
  return (
    <div>
      <Subtitle2 as="h3">Tags</Subtitle2>
      <TagGroup
        aria-label="Tags"
        {...(canTag
          ? { onDismiss: (_event, data) => change.mutate({ remove: [String(data.value)] }) }
          : {})}
      >
        {view.labels.map((label) => (
          <Tag key={label} value={label} dismissible={canTag} size="small">
            {label}
          </Tag>
        ))}
      </TagGroup>
      {canTag ? (
        <form
          className="inline"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() !== "") {
              change.mutate({ add: [typed.trim()] });
            }
          }}
        >
          <Input
            size="small"
            value={typed}
            onChange={(_event, data) => setTyped(data.value)}
            placeholder="Add a tag"
            aria-label="Add a tag"
          />
          <Button size="small" type="submit" disabled={change.isPending}>
            Add
          </Button>
        </form>
      ) : null}
      {change.error === null ? null : <Body1 role="alert">{change.error.message}</Body1>}
    </div>
  );
}

function History({ view }: { readonly view: ObjectView }): ReactNode {
  const base = useApiBase();
  const path = `${base}/objects/${encodeURIComponent(view.id)}`;
  const [pair, setPair] = useState<readonly [number, number] | null>(null);
  const versions = useQuery({
    queryKey: ["versions", path, view.change],
    queryFn: ({ signal }) => call<readonly ObjectView[]>(`${path}/versions`, { signal }),
  });
  if (versions.isPending) {
    return <Loading />;
  }
  if (versions.error !== null) {
    return <Failure error={versions.error} onRetry={() => void versions.refetch()} />;
  }
  return (
    <div>
      <ul className="history">
        {versions.data.map((version, at) => {
          const before = versions.data[at + 1];
          return (
            <li key={version.change}>
              <span>
                <Time instant={version.ingestedAt} /> {version.deleted ? "deleted" : ""}
                {before === undefined ? " first version that is kept" : ""}
              </span>
              {before === undefined || version.deleted ? null : (
                <Button
                  size="small"
                  appearance={pair?.[1] === version.change ? "primary" : "secondary"}
                  onClick={() => setPair([before.change, version.change])}
                >
                  What changed
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {pair === null ? null : <Diff path={path} from={pair[0]} to={pair[1]} />}
    </div>
  );
}

function Diff({
  path,
  from,
  to,
}: {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}): ReactNode {
  const diff = useQuery({
    queryKey: ["diff", path, from, to],
    queryFn: ({ signal }) =>
      call<readonly Difference[]>(`${path}/diff?from=${from}&to=${to}`, { signal }),
  });
  if (diff.isPending) {
    return <Loading />;
  }
  if (diff.error !== null) {
    return <Failure error={diff.error} />;
  }
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
        {diff.data.map(({ path: place, before, after }) => (
          <tr key={place}>
            <th scope="row">{place}</th>
            <td className="removed">{before === undefined ? "" : JSON.stringify(before)}</td>
            <td className="added">{after === undefined ? "" : JSON.stringify(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Json({ view }: { readonly view: ObjectView }): ReactNode {
  const text = JSON.stringify(view.object, null, 2);
  return (
    <div>
      <CopyButton text={text} what="the STIX object" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, so the keys have to reach it. */}
      <pre className="json" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}
