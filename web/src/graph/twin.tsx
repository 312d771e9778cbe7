/** The objects of the graph as a list, for keys and for screen readers; what is chosen is lit up in the picture. */
import { type KeyboardEvent, type ReactNode, useEffect, useId } from "react";
import { TypeIcon } from "../parts/type-icon.tsx";
import { type DrawnNode, neighboursOf, type Picture } from "./model.ts";

/** Relations that are read out for one object. */
const RELATIONS_MAX = 3;

/** The list. */
export function GraphTwin({
  picture,
  at,
  onMove,
  onOpen,
  onExpand,
}: {
  readonly picture: Picture;
  readonly at: string | null;
  readonly onMove: (id: string) => void;
  /** Enter: the object's details, or the members of a group. */
  readonly onOpen: (id: string) => void;
  /** The key e. */
  readonly onExpand: (id: string) => void;
}): ReactNode {
  const id = useId();
  const { nodes } = picture;
  const place = nodes.findIndex((node) => node.id === at);
  useEffect(() => {
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [id, place]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextPlace(event.key, place, nodes.length);
    const chosen = nodes[next ?? place];
    if (chosen === undefined) {
      return;
    }
    const works: Readonly<Record<string, (each: string) => void>> = { Enter: onOpen, e: onExpand };
    const work = next === null ? works[event.key] : onMove;
    if (work !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      work(chosen.id);
    }
  };
  return (
    <div
      role="listbox"
      className="twin"
      aria-label="Objects of the graph"
      aria-activedescendant={place === -1 ? undefined : `${id}-${place}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {nodes.map((node, index) => (
        <div
          key={node.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={node.id === at}
          className={node.id === at ? "option on" : "option"}
          onClick={() => onMove(node.id)}
          onDoubleClick={() => onOpen(node.id)}
        >
          <TypeIcon type={node.type} />
          <span className="twinText">
            <span>
              {node.view?.title ?? node.label}
              {node.isStart ? " (start)" : ""}
            </span>
            <span className="hintText">{describe(node, picture)}</span>
          </span>
        </div>
      ))}
    </div>
  );
}

function nextPlace(key: string, place: number, length: number): number | null {
  const places: Readonly<Record<string, number>> = {
    ArrowDown: place + 1,
    ArrowUp: Math.max(0, place - 1),
    PageDown: place + 10,
    PageUp: place - 10,
    Home: 0,
    End: length - 1,
  };
  const next = places[key];
  return next === undefined ? null : Math.max(0, Math.min(length - 1, next));
}

function describe({ id, type, count }: DrawnNode, picture: Picture): string {
  const relations = neighboursOf(picture, id);
  const more = relations.length - RELATIONS_MAX;
  const shown = relations.slice(0, RELATIONS_MAX).join("; ");
  const what = count > 1 ? `${count.toLocaleString("en")} of the type ${type}` : type;
  return `${what}. ${shown}${more > 0 ? `; and ${more} more` : ""}`;
}
