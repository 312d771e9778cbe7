/** A read-only card beside what the pointer is on. The list says the same to those who use no pointer. */
import { Badge } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { ObjectView } from "../api/types.ts";
import { Time } from "../parts/time.tsx";
import { Tlp } from "../parts/tlp.tsx";
import type { DrawnEdge, DrawnNode, Picture } from "./model.ts";

/** What the pointer is on, its upper right corner, and the room that there is. */
export interface Hovered {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CARD_PX = { width: 280, height: 170, gap: 12 } as const;
const LABELS_MAX = 4;

/** The card. */
export function HoverCard({
  hovered,
  picture,
}: {
  readonly hovered: Hovered;
  readonly picture: Picture;
}): ReactNode {
  const { id, x, y, width, height } = hovered;
  const node = picture.nodes.find((each) => each.id === id);
  const edge = picture.edges.find((each) => each.id === id);
  if (node === undefined && edge === undefined) {
    return null;
  }
  const left = x + CARD_PX.gap + CARD_PX.width > width ? 8 : x + CARD_PX.gap;
  const top = Math.max(8, Math.min(y, height - CARD_PX.height));
  return (
    <div className="hoverCard" style={{ left, top, width: CARD_PX.width }} aria-hidden>
      {node === undefined ? null : <NodeCard node={node} picture={picture} />}
      {edge === undefined ? null : <EdgeCard edge={edge} picture={picture} />}
    </div>
  );
}

function NodeCard({
  node: { id, label, type, view, count, members },
  picture,
}: {
  readonly node: DrawnNode;
  readonly picture: Picture;
}): ReactNode {
  const links = picture.edges.filter(({ source, target }) => source === id || target === id).length;
  return (
    <>
      <b>{view?.title ?? label}</b>
      <div className="chips">
        <Badge appearance="outline">{type}</Badge>
        <Tlp level={view?.tlp ?? null} />
        {view?.revoked === true ? <Badge color="danger">revoked</Badge> : null}
        {view?.confidence == null ? null : (
          <Badge appearance="tint">confidence {view.confidence}</Badge>
        )}
      </div>
      {view === null ? null : <ViewLines view={view} />}
      {view === null && count === 1 ? <span>It is referred to, and not stored here.</span> : null}
      {members === null ? null : (
        <span>
          {count.toLocaleString("en")} objects.{" "}
          {members === "known" ? "Double-click to draw them." : "Double-click to fetch some."}
        </span>
      )}
      <span className="hintText">
        {links} {links === 1 ? "relation" : "relations"} in the picture
      </span>
    </>
  );
}

function ViewLines({ view }: { readonly view: ObjectView }): ReactNode {
  return (
    <>
      <span className="hintText">
        {view.source}
        {view.modified === null ? null : (
          <>
            {", changed "}
            <Time instant={view.modified} />
          </>
        )}
      </span>
      {view.validUntil === null ? null : (
        <span className="hintText">
          Valid until <Time instant={view.validUntil} />
        </span>
      )}
      {view.labels.length === 0 ? null : (
        <span className="hintText">{view.labels.slice(0, LABELS_MAX).join(", ")}</span>
      )}
    </>
  );
}

function EdgeCard({
  edge,
  picture,
}: {
  readonly edge: DrawnEdge;
  readonly picture: Picture;
}): ReactNode {
  const labelOf = (id: string): string => picture.nodes.find((node) => node.id === id)?.label ?? id;
  return (
    <>
      <b>{edge.label}</b>
      <span>
        {labelOf(edge.source)} → {labelOf(edge.target)}
      </span>
      <span className="hintText">{kindOf(edge)}</span>
    </>
  );
}

/** What sort of relation it is, in words. */
export function kindOf({ isReference, isWeak, revoked }: DrawnEdge): string {
  return [
    isReference ? "reference in a property" : "relationship",
    ...(isWeak ? ["low confidence"] : []),
    ...(revoked ? ["revoked"] : []),
  ].join(", ");
}
