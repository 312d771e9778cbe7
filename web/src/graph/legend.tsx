/** The types of the graph with their numbers, which hide and show them; their glyphs serve the canvas as well. */
import { Caption1 } from "@fluentui/react-components";
import { type ReactNode, useEffect, useState } from "react";
import { TypeIcon } from "../parts/type-icon.tsx";
import type { Picture } from "./model.ts";

/** The types. */
export function Legend({
  list,
  types,
  hidden,
  onHidden,
}: {
  readonly list: { current: HTMLUListElement | null };
  readonly types: Picture["types"];
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
}): ReactNode {
  const toggle = (type: string): void => {
    const next = new Set(hidden);
    if (!next.delete(type)) {
      next.add(type);
    }
    onHidden(next);
  };
  return (
    <ul className="legend" aria-label="Types" ref={list}>
      {types.map(({ type, count }) => (
        <li key={type} data-type={type}>
          <button
            type="button"
            className={hidden.has(type) ? "plainType off" : "plainType"}
            aria-pressed={!hidden.has(type)}
            title={hidden.has(type) ? `Show ${type}` : `Hide ${type}`}
            onClick={() => toggle(type)}
          >
            <TypeIcon type={type} /> {type} <Caption1>{count.toLocaleString("en")}</Caption1>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The glyphs of the legend as images, which a canvas can draw. */
export function useGlyphs(
  legend: { readonly current: HTMLUListElement | null },
  types: Picture["types"],
): ReadonlyMap<string, string> {
  const [glyphs, setGlyphs] = useState<ReadonlyMap<string, string>>(new Map());
  const key = types.map(({ type }) => type).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: other types, other glyphs.
  useEffect(() => {
    const items = legend.current?.querySelectorAll("li") ?? [];
    setGlyphs(
      new Map(
        [...items].flatMap((item) => {
          const svg = item.querySelector("svg")?.cloneNode(true) as SVGElement | undefined;
          if (svg === undefined) {
            return [];
          }
          svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
          svg.setAttribute("fill", "#ffffff");
          svg.setAttribute("width", "40");
          svg.setAttribute("height", "40");
          const text = new XMLSerializer().serializeToString(svg);
          const image = text.replaceAll("currentColor", "#ffffff");
          return [
            [item.dataset["type"] ?? "", `data:image/svg+xml;utf8,${encodeURIComponent(image)}`],
          ];
        }),
      ),
    );
  }, [key]);
  return glyphs;
}
