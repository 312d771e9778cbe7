/** The objects and relations of the graph as lists, for keys and for screen readers; what is chosen is lit up in the picture. */
import { Tab, TabList } from "@fluentui/react-components";
import { type KeyboardEvent, memo, type ReactNode, useEffect, useId, useMemo } from "react";
import { TypeIcon } from "../parts/type-icon.tsx";
import type { Acts } from "./acts.ts";
import type { ScreenPoint } from "./canvas.tsx";
import { kindOf } from "./card.tsx";
import { type DrawnEdge, type DrawnNode, isLow, type Picture, relationsOf } from "./model.ts";

/** Relations that are read out for one object. */
const RELATIONS_MAX = 3;
const PAGE_OPTIONS = 10;

/** An option of either list. */
interface Option {
  readonly id: string;
  readonly icon: string | null;
  readonly title: string;
  readonly text: string;
}

export interface TwinProps {
  readonly picture: Picture;
  readonly at: string | null;
  readonly picked: ReadonlySet<string>;
  /** Objects that have the words that are looked for; null when none are. */
  readonly found: ReadonlySet<string> | null;
  readonly isRelations: boolean;
  readonly onRelations: (isRelations: boolean) => void;
  readonly acts: Acts;
  readonly onMenu: (id: string | null, at: ScreenPoint) => void;
}

/** The lists. */
export function GraphTwin(props: TwinProps): ReactNode {
  const { picture, found, isRelations, onRelations } = props;
  const options = useMemo(
    () =>
      (isRelations ? relationOptions(picture) : objectOptions(picture)).filter(
        ({ id }) => found === null || found.has(id),
      ),
    [picture, found, isRelations],
  );
  return (
    <>
      <TabList
        size="small"
        selectedValue={isRelations ? "relations" : "objects"}
        onTabSelect={(_event, { value }) => onRelations(value === "relations")}
        aria-label="Lists of the graph"
      >
        <Tab value="objects">Objects {picture.nodes.length}</Tab>
        <Tab value="relations">Relations {picture.edges.length}</Tab>
      </TabList>
      <OptionList {...props} options={options} />
    </>
  );
}

function OptionList({
  options,
  at,
  picked,
  isRelations,
  acts,
  onMenu,
}: TwinProps & { readonly options: readonly Option[] }): ReactNode {
  const id = useId();
  const place = options.findIndex((option) => option.id === at);
  useEffect(() => {
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [id, place]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextPlace(event.key, place, options.length);
    const chosen = options[next ?? place];
    if (chosen === undefined) {
      return;
    }
    const work = next === null ? workOf(event, chosen.id) : () => acts.move(chosen.id);
    if (work !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      work();
    }
  };
  const workOf = (event: KeyboardEvent, chosen: string): (() => void) | undefined => {
    const isMenu = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    if (isMenu) {
      const box = document.getElementById(`${id}-${place}`)?.getBoundingClientRect();
      return () => onMenu(chosen, { x: (box?.left ?? 0) + 24, y: box?.bottom ?? 0 });
    }
    return event.key === "Enter"
      ? () => acts.open(chosen)
      : event.key === " "
        ? () => acts.pick([chosen], true)
        : undefined;
  };
  return (
    <div
      role="listbox"
      className="twin"
      data-shortcuts
      aria-label={isRelations ? "Relations of the graph" : "Objects of the graph"}
      aria-multiselectable
      aria-activedescendant={place === -1 ? undefined : `${id}-${place}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {options.map((option, index) => (
        <OptionRow
          key={option.id}
          dom={`${id}-${index}`}
          option={option}
          isAt={index === place}
          isPicked={picked.has(option.id)}
          acts={acts}
          onMenu={onMenu}
        />
      ))}
      {options.length === 0 ? (
        <div role="option" aria-selected={false} aria-disabled className="option hintText">
          {isRelations ? "No relation has these words." : "No object has these words."}
        </div>
      ) : null}
    </div>
  );
}

/** Hundreds of rows, of which one or two change with a key. */
const OptionRow = memo(
  function OptionRow({
    dom,
    option: { id, icon, title, text },
    isAt,
    isPicked,
    acts,
    onMenu,
  }: {
    readonly dom: string;
    readonly option: Option;
    readonly isAt: boolean;
    readonly isPicked: boolean;
    readonly acts: Acts;
    readonly onMenu: TwinProps["onMenu"];
  }): ReactNode {
    return (
      <div
        id={dom}
        role="option"
        aria-selected={isAt || isPicked}
        className={`option${isAt ? " on" : ""}${isPicked ? " picked" : ""}`}
        onClick={(event) =>
          event.ctrlKey || event.metaKey ? acts.pick([id], true) : acts.move(id)
        }
        onDoubleClick={() => acts.open(id)}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(id, { x: event.clientX, y: event.clientY });
        }}
      >
        {icon === null ? null : <TypeIcon type={icon} />}
        <span className="twinText">
          <span>{title}</span>
          <span className="hintText">{text}</span>
        </span>
      </div>
    );
  },
  (before, after) =>
    before.option === after.option &&
    before.isAt === after.isAt &&
    before.isPicked === after.isPicked &&
    before.dom === after.dom &&
    before.acts === after.acts,
);

function nextPlace(key: string, place: number, length: number): number | null {
  const places: Readonly<Record<string, number>> = {
    ArrowDown: place + 1,
    ArrowUp: Math.max(0, place - 1),
    PageDown: place + PAGE_OPTIONS,
    PageUp: place - PAGE_OPTIONS,
    Home: 0,
    End: length - 1,
  };
  const next = places[key];
  return next === undefined ? null : Math.max(0, Math.min(length - 1, next));
}

function objectOptions(picture: Picture): readonly Option[] {
  return picture.nodes.map((node) => ({
    id: node.id,
    icon: node.type,
    title: `${node.view?.title ?? node.label}${node.isStart ? " (start)" : ""}`,
    text: describe(node, picture),
  }));
}

function describe(node: DrawnNode, picture: Picture): string {
  const { id, type, count, view, folded, members } = node;
  const relations = relationsOf(picture, id);
  const more = relations.length - RELATIONS_MAX;
  const facts = [
    count > 1 ? `${count.toLocaleString("en")} of the type ${type}` : type,
    ...(members === "more" ? ["on the server"] : []),
    ...(view === null ? [] : badgeWords(view)),
    ...(folded > 0 ? [`${folded} hang on it`] : []),
  ];
  const shown = relations.slice(0, RELATIONS_MAX).join("; ");
  return `${facts.join(", ")}. ${shown}${more > 0 ? `; and ${more} more` : ""}`;
}

function badgeWords({
  tlp,
  revoked,
  confidence,
}: NonNullable<DrawnNode["view"]>): readonly string[] {
  return [
    ...(tlp === null ? [] : [`TLP:${(tlp === "white" ? "clear" : tlp).toUpperCase()}`]),
    ...(revoked ? ["revoked"] : []),
    ...(isLow(confidence) ? [`confidence ${confidence}`] : []),
  ];
}

function relationOptions({ nodes, edges }: Picture): readonly Option[] {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  return edges.map((edge: DrawnEdge) => ({
    id: edge.id,
    icon: null,
    title: `${labels.get(edge.source) ?? ""} ${edge.label} → ${labels.get(edge.target) ?? ""}`,
    text: kindOf(edge),
  }));
}
