/** One object: its fields, its pattern, what it is related to, its history, and the record itself. */
import { Badge, Body1, Button, Tab, TabList, Title3 } from "@fluentui/react-components";
import { FullScreenMaximizeRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { ApiError, callWithEtag } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { useShown } from "./defang.ts";
import "./details.css";
import { PARTS, type Part, type PartProps } from "./details-part.ts";
import { Failure, Loading } from "./loading.tsx";
import { usePageState } from "./page-state.ts";
import { Tlp } from "./tlp.tsx";
import { TypeIcon } from "./type-icon.tsx";

/** What the body of the pane is made of comes along when the first object is opened. */
const lazyPart = (name: "ObjectFields" | "RelatedList" | "History" | "RawJson" | "EditPart") =>
  lazy(() => import("./details-parts.tsx").then((parts) => ({ default: parts[name] })));
const ObjectFields = lazyPart("ObjectFields");
const RelatedList = lazyPart("RelatedList");
const History = lazyPart("History");
const RawJson = lazyPart("RawJson");
const EditPart = lazyPart("EditPart");
const QuickActions = lazy(() =>
  import("./details-parts.tsx").then(({ QuickActions: component }) => ({ default: component })),
);

const BODIES: Readonly<Record<Part, (props: PartProps) => ReactNode>> = {
  fields: (props) => <ObjectFields {...props} />,
  related: (props) => <RelatedList {...props} />,
  relate: (props) => <RelatedList {...props} />,
  history: (props) => <History {...props} />,
  json: (props) => <RawJson {...props} />,
  edit: (props) => <EditPart key={props.view.id} {...props} />,
};

/** The pane of an object. Which part of it is shown stands in the address, and stays when another object is opened. */
export function Details({
  id,
  known,
  part,
  onPart: onGivenPart,
  onOpen,
  isPage = false,
}: {
  readonly id: string;
  /** What the list knows already; the rest is fetched. */
  readonly known: ObjectView | null;
  /** The part that is shown, and the way to another, for pages that keep their address themselves. */
  readonly part?: string | undefined;
  readonly onPart?: (part: string | undefined) => void;
  readonly onOpen: (id: string) => void;
  /** It has a page of its own. */
  readonly isPage?: boolean;
}): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const [state, setState] = usePageState();
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
    return object.error instanceof ApiError && object.error.problem.status === 404 ? (
      <div className="center">
        <Body1>This object is not here: it was deleted, or never stored in this workspace.</Body1>
      </div>
    ) : (
      <Failure error={object.error} onRetry={() => void object.refetch()} />
    );
  }
  const view = object.data.body;
  const shown = PARTS.filter(([each]) => each !== "edit" || canWrite);
  const wanted = onGivenPart === undefined ? state["part"] : part;
  const chosen =
    wanted === "relate" && canWrite
      ? wanted
      : (shown.find(([each]) => each === wanted)?.[0] ?? "fields");
  const onPart = (next: Part): void => {
    const name = next === "fields" ? undefined : next;
    if (onGivenPart === undefined) {
      setState({ part: name }, true);
    } else {
      onGivenPart(name);
    }
  };
  return (
    <div className={isPage ? "details page" : "details"}>
      <DetailsHead view={view} part={chosen} isPage={isPage} onPart={onPart} onOpen={onOpen} />
      <TabList
        size="small"
        selectedValue={chosen === "relate" ? "related" : chosen}
        onTabSelect={(_event, data) => onPart(data.value as Part)}
        aria-label="Parts of the object"
      >
        {shown.map(([each, label]) => (
          <Tab key={each} value={each}>
            {label}
          </Tab>
        ))}
      </TabList>
      <Suspense fallback={<Loading />}>
        {BODIES[chosen]({ view, part: chosen, onOpen, onPart })}
      </Suspense>
    </div>
  );
}

function DetailsHead({
  view,
  isPage,
  ...props
}: PartProps & { readonly isPage: boolean }): ReactNode {
  const { workspaceId } = useWorkspace();
  const shown = useShown();
  return (
    <header className="stack tight">
      <div className="detailsHead">
        <Title3 as="h2" className="detailsTitle">
          <TypeIcon type={view.type} /> {shown(view.title)}
        </Title3>
        {isPage ? null : (
          <Link
            to="/w/$workspaceId/objects/$objectId"
            params={{ workspaceId, objectId: view.id }}
            search={(old: Record<string, unknown>) => ({ part: old["part"] })}
            aria-label="Open on a page of its own"
            title="Open on a page of its own"
          >
            <Button
              as="a"
              tabIndex={-1}
              appearance="subtle"
              size="small"
              icon={<FullScreenMaximizeRegular />}
              aria-hidden
            />
          </Link>
        )}
      </div>
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
      <Suspense fallback={null}>
        <QuickActions view={view} {...props} />
      </Suspense>
    </header>
  );
}
