/** The picture of the graph on a canvas. What it shows and what is chosen comes from outside; places it finds itself. */
import cytoscape, { type Core, type EventObject, type NodeSingular } from "cytoscape";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { useTheme } from "../shell/theme.tsx";
import { HoverCard, type Hovered } from "./card.tsx";
import {
  bringIntoSight,
  drawScene,
  fadeOthers,
  fitAll,
  type Marks,
  mark,
  type Scene,
  unfade,
  writeLabels,
} from "./draw.ts";
import { type Layout, startLayout } from "./layout.ts";
import type { Place } from "./layouts.ts";
import { colourAt, styleOf } from "./stylesheet.ts";
import { svgOf } from "./svg.ts";

/** A place on the screen. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

/** What the page does to the canvas. */
export interface CanvasHandle {
  readonly fit: () => void;
  readonly zoom: (factor: number) => void;
  readonly png: () => Blob | null;
  readonly svg: () => string | null;
  /** Where a node or the middle of an edge stands on the screen; null when it is not drawn. */
  readonly pointOf: (id: string) => ScreenPoint | null;
  readonly focus: () => void;
}

/** What somebody does on the canvas. */
interface CanvasActs {
  readonly onMove: (id: string | null) => void;
  /** A double click or Enter. */
  readonly onExpand: (id: string) => void;
  readonly onMenu: (id: string | null, at: ScreenPoint) => void;
  readonly onPick: (ids: readonly string[], isAdded: boolean) => void;
  /** Nodes that were put somewhere. */
  readonly onPlaces: (places: ReadonlyMap<string, Place>) => void;
}

export interface CanvasProps extends Scene, Marks, CanvasActs {
  readonly handle: Ref<CanvasHandle>;
  /** Dragging draws a frame around nodes, in place of moving the picture. */
  readonly isFraming: boolean;
  /** Another number: places are found anew. */
  readonly arranged: number;
}

const ZOOM = { min: 0.05, max: 3, step: 1.3 } as const;
const PAN_PX = 60;
/** Labels are chosen anew when the picture has come to rest for so long. */
const LABEL_PAUSE_MS = 60;
const HOVER_PAUSE_MS = 80;

interface Drawn {
  readonly cy: Core;
  readonly layout: Layout;
}

/** The canvas. */
export function GraphCanvas(props: CanvasProps): ReactNode {
  const { picture, glyphs, layout, fixed, start, handle, at, path, found, picked } = props;
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const { choice, isDark } = useTheme();
  useEffect(() => startCanvas(place.current as HTMLDivElement, drawn, latest, setHovered), []);
  const edges = picture.edges.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme means other colours of the same names.
  useEffect(() => {
    drawn.current?.cy.style(styleOf(place.current as HTMLDivElement, { edges, isDark }));
  }, [choice, isDark, edges]);
  const before = useRef({ layout: "", arranged: -1 });
  const { arranged } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: places that were saved by a drag are those on the canvas.
  useEffect(() => {
    if (drawn.current === null) {
      return;
    }
    const { cy } = drawn.current;
    const isFresh = before.current.layout !== layout || before.current.arranged !== arranged;
    before.current = { layout, arranged };
    setHovered(null);
    void drawScene(drawn.current, { picture, glyphs, layout, fixed, start }, isFresh).then(
      () => cy.destroyed() || mark(cy, latest.current),
    );
  }, [picture, glyphs, layout, start, arranged]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture has to be marked as well.
  useEffect(() => {
    if (drawn.current !== null) {
      mark(drawn.current.cy, { at, path, found, picked });
    }
  }, [at, path, found, picked, picture]);
  useEffect(() => {
    if (drawn.current !== null && at !== null) {
      bringIntoSight(drawn.current.cy, at);
    }
  }, [at]);
  const { isFraming } = props;
  useEffect(() => {
    drawn.current?.cy.userPanningEnabled(!isFraming);
  }, [isFraming]);
  useImperativeHandle(handle, () => handleOf(drawn, latest, place), []);
  return (
    <div className="graphPlace">
      <div
        className="graphCanvas"
        role="application"
        aria-label="Picture of the graph. The list beside it has the same objects."
        // The picture takes keys, so they have to reach it.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys.
        tabIndex={0}
        ref={place}
        onKeyDown={(event) => onKeyDown(event, drawn.current?.cy, latest.current)}
        onContextMenu={(event) => event.preventDefault()}
      />
      {hovered === null ? null : <HoverCard hovered={hovered} picture={picture} />}
    </div>
  );
}

const PANS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function onKeyDown(event: KeyboardEvent, cy: Core | undefined, props: CanvasProps): void {
  const step = PANS[event.key];
  const { at, picture, onExpand, onMenu, onPick } = props;
  if (cy === undefined) {
    return;
  }
  if (step !== undefined) {
    cy.panBy({ x: step[0] * PAN_PX, y: step[1] * PAN_PX });
  } else if (event.key === "Enter" && at !== null) {
    onExpand(at);
  } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    onMenu(at, pointIn(cy, at));
  } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
    onPick(
      picture.nodes.map(({ id }) => id),
      false,
    );
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function pointIn(cy: Core, id: string | null): ScreenPoint {
  const box = cy.container()?.getBoundingClientRect();
  const [left, top] = [box?.left ?? 0, box?.top ?? 0];
  const element = id === null ? undefined : cy.getElementById(id);
  if (element === undefined || element.empty()) {
    return { x: left + cy.width() / 2, y: top + cy.height() / 2 };
  }
  const { x1, x2, y1, y2 } = element.renderedBoundingBox({ includeLabels: false });
  return { x: left + (x1 + x2) / 2, y: top + (y1 + y2) / 2 };
}

type Latest = { readonly current: CanvasProps };

/** Makes the canvas; gives what ends it. */
function startCanvas(
  container: HTMLDivElement,
  drawn: { current: Drawn | null },
  latest: Latest,
  onHover: (hovered: Hovered | null) => void,
): () => void {
  const cy = cytoscape({
    container,
    minZoom: ZOOM.min,
    maxZoom: ZOOM.max,
    hideEdgesOnViewport: true,
    boxSelectionEnabled: true,
    selectionType: "additive",
  });
  const layout = startLayout();
  drawn.current = { cy, layout };
  listen(cy, latest);
  listenToHover(cy, onHover);
  let isMoved = false;
  cy.on("dragpan scrollzoom pinchzoom", () => {
    isMoved = true;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  cy.on("viewport position", () => {
    clearTimeout(timer);
    timer = setTimeout(() => writeLabels(cy), LABEL_PAUSE_MS);
  });
  const sizes = new ResizeObserver(() => (isMoved ? cy.resize() : fitAll(cy)));
  sizes.observe(container);
  return () => {
    clearTimeout(timer);
    sizes.disconnect();
    layout.close();
    cy.destroy();
    drawn.current = null;
  };
}

function listen(cy: Core, latest: Latest): void {
  const isBesides = ({ originalEvent }: EventObject): boolean =>
    originalEvent instanceof MouseEvent && (originalEvent.ctrlKey || originalEvent.metaKey);
  cy.on("tap", (event) => {
    const { onMove, onPick } = latest.current;
    if (event.target === cy) {
      onMove(null);
    } else if (isBesides(event) && event.target.isNode()) {
      onPick([event.target.id()], true);
    } else {
      onMove(event.target.id());
    }
  });
  cy.on("dbltap", "node", (event) => latest.current.onExpand(event.target.id()));
  cy.on("cxttap", (event) => {
    const id = event.target === cy ? null : event.target.id();
    const box = cy.container()?.getBoundingClientRect();
    const { x, y } = event.renderedPosition;
    latest.current.onMenu(id, { x: (box?.left ?? 0) + x, y: (box?.top ?? 0) + y });
  });
  // What the canvas selects itself is handed on at once: the selection is the page's.
  cy.on("boxend", () =>
    setTimeout(() => {
      const chosen = cy.nodes(":selected");
      const ids = chosen.map((node) => node.id());
      cy.elements().unselect();
      latest.current.onPick(ids, false);
    }),
  );
  cy.on("tapunselect tapselect", () => cy.elements().unselect());
  cy.on("dragfree", "node", (event) => {
    const node = event.target as NodeSingular;
    latest.current.onPlaces(new Map([[node.id(), { ...node.position() }]]));
  });
}

/** A pointer that only passes by changes nothing. */
function listenToHover(cy: Core, onHover: (hovered: Hovered | null) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFaded = false;
  cy.on("mouseover", "node, edge", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (cy.destroyed() || target.removed()) {
        return;
      }
      isFaded = true;
      fadeOthers(cy, target);
      const { x2, y1 } = target.renderedBoundingBox({ includeLabels: false });
      onHover({ id: target.id(), x: x2, y: y1, width: cy.width(), height: cy.height() });
    }, HOVER_PAUSE_MS);
  });
  cy.on("mouseout grab viewport", () => {
    clearTimeout(timer);
    if (isFaded) {
      isFaded = false;
      unfade(cy);
      onHover(null);
    }
  });
}

function handleOf(
  drawn: { readonly current: Drawn | null },
  latest: Latest,
  place: { readonly current: HTMLDivElement | null },
): CanvasHandle {
  const ground = (element: Element): string => colourAt(element, "--colorNeutralBackground1");
  return {
    fit() {
      if (drawn.current !== null) {
        fitAll(drawn.current.cy);
      }
    },
    zoom(factor) {
      const cy = drawn.current?.cy;
      cy?.zoom({
        level: cy.zoom() * (factor > 0 ? ZOOM.step : 1 / ZOOM.step),
        renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 },
      });
    },
    png() {
      const cy = drawn.current?.cy;
      return cy === undefined || place.current === null
        ? null
        : cy.png({
            output: "blob",
            full: true,
            scale: 2,
            bg: ground(place.current),
            maxWidth: 8_000,
            maxHeight: 8_000,
          });
    },
    svg() {
      const cy = drawn.current?.cy;
      if (cy === undefined || place.current === null) {
        return null;
      }
      const { picture, glyphs } = latest.current;
      return svgOf(picture, {
        glyphs,
        places: new Map(cy.nodes().map((node) => [node.id(), { ...node.position() }])),
        sizes: new Map(cy.nodes().map((node) => [node.id(), Number(node.data("size"))])),
        ground: ground(place.current),
        words: colourAt(place.current, "--colorNeutralForeground1"),
        line: colourAt(place.current, "--colorNeutralStrokeAccessible"),
      });
    },
    pointOf(id) {
      const cy = drawn.current?.cy;
      return cy === undefined || cy.getElementById(id).empty() ? null : pointIn(cy, id);
    },
    focus: () => place.current?.focus(),
  };
}
