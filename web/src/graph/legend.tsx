/** The types and relations of the graph with their numbers, which hide and show them; the glyphs serve the canvas as well. */
import { Caption1 } from "@fluentui/react-components";
import { type ReactNode, type RefObject, useEffect, useState } from "react";
import { TypeIcon } from "../parts/type-icon.tsx";
import { type Glyphs, shapeOf } from "./looks.ts";
import type { Picture } from "./model.ts";

/** Relations that are listed before the rest is asked for. */
const RELATIONS_MAX = 6;

/** The types and relations. */
export function Legend({
  list,
  picture,
  hiddenTypes,
  hiddenRelations,
  onType,
  onRelation,
}: {
  readonly list: RefObject<HTMLUListElement | null>;
  readonly picture: Picture;
  readonly hiddenTypes: ReadonlySet<string>;
  readonly hiddenRelations: ReadonlySet<string>;
  readonly onType: (type: string) => void;
  readonly onRelation: (relation: string) => void;
}): ReactNode {
  const { types, relations } = picture;
  const [isLong, setLong] = useState(false);
  const shown = isLong ? relations : relations.slice(0, RELATIONS_MAX);
  return (
    <>
      <ul className="legend" aria-label="Types" ref={list}>
        {types.map(({ name, count }) => (
          <li key={name} data-type={name}>
            <Toggle
              name={name}
              count={count}
              isHidden={hiddenTypes.has(name)}
              onToggle={() => onType(name)}
              icon={
                <span className={`shape ${shapeOf(name)}`}>
                  <TypeIcon type={name} />
                </span>
              }
            />
          </li>
        ))}
      </ul>
      {relations.length < 2 ? null : (
        <ul className="legend" aria-label="Relations">
          {shown.map(({ name, count }) => (
            <li key={name}>
              <Toggle
                name={name}
                count={count}
                isHidden={hiddenRelations.has(name)}
                onToggle={() => onRelation(name)}
                icon={null}
              />
            </li>
          ))}
          {relations.length > RELATIONS_MAX ? (
            <li>
              <button type="button" className="plainType more" onClick={() => setLong(!isLong)}>
                {isLong ? "Fewer" : `${relations.length - RELATIONS_MAX} more`}
              </button>
            </li>
          ) : null}
        </ul>
      )}
    </>
  );
}

function Toggle({
  name,
  count,
  isHidden,
  onToggle,
  icon,
}: {
  readonly name: string;
  readonly count: number;
  readonly isHidden: boolean;
  readonly onToggle: () => void;
  readonly icon: ReactNode;
}): ReactNode {
  return (
    <button
      type="button"
      className={`plainType${isHidden ? " off" : ""}${icon === null ? " bare" : ""}`}
      aria-pressed={!isHidden}
      title={isHidden ? `Show ${name}` : `Hide ${name}`}
      onClick={onToggle}
    >
      {icon} {name} <Caption1>{count.toLocaleString("en")}</Caption1>
    </button>
  );
}

/** The glyphs of the legend as drawings, which a canvas can use. */
export function useGlyphs(
  legend: RefObject<HTMLUListElement | null>,
  types: Picture["types"],
): Glyphs {
  const [glyphs, setGlyphs] = useState<Glyphs>(new Map());
  const key = types
    .map(({ name }) => name)
    .sort()
    .join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: other types, other glyphs.
  useEffect(() => {
    const items = legend.current?.querySelectorAll("li") ?? [];
    setGlyphs(
      new Map(
        [...items].flatMap((item) => {
          const svg = item.querySelector("svg");
          const drawing = svg === null ? "" : new XMLSerializer().serializeToString(svg);
          const inside = drawing.replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "");
          return svg === null
            ? []
            : [[item.dataset["type"] ?? "", inside.replaceAll("currentColor", "#ffffff")]];
        }),
      ),
    );
  }, [key]);
  return glyphs;
}
