/** The properties of an object: its own in the order of the standard, then those of the record and where it came from. */
import { Subtitle2, Tooltip } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { OBJECT_TYPES, propertyHelp } from "../../../src/stix/index.ts";
import type { ObjectView } from "../api/types.ts";
import { useTitles } from "../forms/find-objects.ts";
import { LabelsField } from "../forms/labels-field.tsx";
import { labelOf } from "../forms/model.ts";
import { useWorkspace } from "../shell/session.tsx";
import { useShown } from "./defang.ts";
import type { PartProps } from "./details-part.ts";
import { useObjectChanges } from "./object-changes.ts";
import { PatternText } from "./pattern-text.tsx";
import { PropertyValue, referencesIn } from "./property-value.tsx";
import { Time } from "./time.tsx";

/** Properties that have a place of their own. */
const PLACED: ReadonlySet<string> = new Set(["description", "pattern", "labels", "type"]);

/** Properties of the record rather than of what it is about. */
const OF_RECORD: readonly string[] = [
  "id",
  "spec_version",
  "created",
  "modified",
  "created_by_ref",
  "revoked",
  "lang",
  "defanged",
  "granular_markings",
];

/** Properties that most types have: they stand behind a type's own. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  "confidence",
  "object_marking_refs",
  "external_references",
  "extensions",
]);

/** The properties. */
export function ObjectFields({ view, onOpen }: PartProps): ReactNode {
  const { canTag } = useWorkspace();
  const object = view.object ?? {};
  const shown = useShown();
  const { description, pattern } = object;
  const titles = useTitles(useMemo(() => referencesIn(view.object), [view.object]));
  const order = OBJECT_TYPES.get(view.type)?.properties.map(({ name }) => name) ?? [];
  const names = Object.keys(object)
    .filter((name) => !PLACED.has(name) && !(name === "name" && object[name] === view.title))
    .toSorted((one, other) => rankOf(one, order) - rankOf(other, order));
  const row = (name: string): ReactNode => (
    <PropertyRow key={name} type={view.type} name={name}>
      <PropertyValue
        type={view.type}
        name={name}
        value={object[name]}
        titles={titles}
        onOpen={onOpen}
      />
    </PropertyRow>
  );
  return (
    <div className="fields">
      {typeof description === "string" ? <p className="prose">{shown(description)}</p> : null}
      {typeof pattern === "string" ? (
        <PatternText pattern={pattern} observables={view.observables} />
      ) : null}
      <Tags key={view.id} view={view} canTag={canTag} />
      <dl>{names.filter((name) => !OF_RECORD.includes(name)).map(row)}</dl>
      <Subtitle2 as="h3">Record</Subtitle2>
      <dl>{names.filter((name) => OF_RECORD.includes(name)).map(row)}</dl>
      <Subtitle2 as="h3">Where it came from</Subtitle2>
      <Origin view={view} />
    </div>
  );
}

function rankOf(name: string, order: readonly string[]): number {
  const at = order.indexOf(name);
  const rank = at < 0 ? order.length : at;
  return EVERYWHERE.has(name) ? rank + order.length : rank;
}

function PropertyRow({
  type,
  name,
  children,
}: {
  readonly type: string;
  readonly name: string;
  readonly children: ReactNode;
}): ReactNode {
  const help = propertyHelp(type, name);
  return (
    <>
      <dt>
        {help === "" ? (
          labelOf(name)
        ) : (
          <Tooltip content={`${name}: ${help}`} relationship="description">
            <span>{labelOf(name)}</span>
          </Tooltip>
        )}
      </dt>
      <dd>{children}</dd>
    </>
  );
}

function Origin({ view }: { readonly view: ObjectView }): ReactNode {
  const { workspaceId } = useWorkspace();
  return (
    <dl>
      <dt>Source</dt>
      <dd>
        <Link
          to="/w/$workspaceId/intelligence"
          params={{ workspaceId }}
          search={{ source: view.source }}
        >
          {view.source}
        </Link>{" "}
        {view.provenance === "own" ? "(made here)" : null}
      </dd>
      <dt>This version</dt>
      <dd>
        <Time instant={view.ingestedAt} /> in{" "}
        <Link
          to="/w/$workspaceId/ingestion"
          params={{ workspaceId }}
          search={{ request: view.requestId }}
        >
          this request
        </Link>
        , record {view.recordIndex}
      </dd>
      {view.firstIngestedAt === null ? null : (
        <>
          <dt>First arrived</dt>
          <dd>
            <Time instant={view.firstIngestedAt} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Tags({
  view,
  canTag,
}: {
  readonly view: ObjectView;
  readonly canTag: boolean;
}): ReactNode {
  const changes = useObjectChanges();
  const [pending, setPending] = useState<readonly string[] | null>(null);
  if (!canTag && view.labels.length === 0) {
    return null;
  }
  const labels = pending ?? view.labels;
  const change = (items: readonly string[]): void => {
    setPending(items);
    void changes
      .tag([view], {
        add: items.filter((each) => !view.labels.includes(each)),
        remove: view.labels.filter((each) => !items.includes(each)),
      })
      .then(() => setPending(null));
  };
  return (
    <section className="stack tight" aria-label="Tags of the object">
      <Subtitle2 as="h3">Tags</Subtitle2>
      {canTag ? (
        <LabelsField items={labels} onItems={change} field={{ "aria-label": "Add a tag" }} />
      ) : (
        <span className="chips">
          {labels.map((label) => (
            <span key={label} className="chip">
              {label}
            </span>
          ))}
        </span>
      )}
    </section>
  );
}
