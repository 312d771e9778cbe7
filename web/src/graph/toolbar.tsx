/** The bar above the picture. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { Acts } from "./acts.ts";
import { type Change, type GraphState, listOf } from "./address.ts";
import { LAYOUTS, type LayoutName } from "./layouts.ts";
import type { DrawnNode } from "./model.ts";

export interface ToolbarProps {
  readonly state: GraphState;
  readonly depth: number;
  readonly layout: LayoutName;
  readonly set: (change: Change) => void;
  readonly acts: Acts;
  readonly at: DrawnNode | undefined;
  readonly picked: ReadonlySet<string>;
  readonly isFraming: boolean;
  readonly onFraming: (isFraming: boolean) => void;
  readonly onFit: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onArrange: () => void;
  readonly onExport: (what: "png" | "svg" | "stix") => void;
}

/** The bar. */
export function Toolbar(props: ToolbarProps): ReactNode {
  const { state, depth, layout, set, onFit, onZoom, onArrange, onExport } = props;
  const isTable = state.view === "table";
  const isAll = state.references === "all";
  return (
    <div className="graphBar" role="toolbar" aria-label="Graph">
      <select
        className="picker"
        aria-label="Steps"
        value={String(depth)}
        onChange={(event) => set({ depth: event.target.value })}
      >
        <option value="1">1 step away</option>
        <option value="2">2 steps away</option>
        <option value="3">3 steps away</option>
      </select>
      <select
        className="picker"
        aria-label="Layout"
        value={layout}
        disabled={isTable}
        onChange={(event) =>
          set({ layout: event.target.value === "force" ? undefined : event.target.value })
        }
      >
        {LAYOUTS.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <Button
        size="small"
        aria-pressed={isAll}
        title="Authors and markings of every object, not only of those that were expanded"
        onClick={() => set({ references: isAll ? undefined : "all" })}
      >
        Authors and markings
      </Button>
      <NodeButtons {...props} />
      <span className="grow" />
      <Button
        size="small"
        aria-pressed={isTable}
        onClick={() => set({ view: isTable ? undefined : "table" })}
      >
        Table
      </Button>
      {isTable ? null : (
        <>
          <FrameButton {...props} />
          <Button size="small" title="Places found anew (l)" onClick={onArrange}>
            Arrange
          </Button>
          <Button size="small" onClick={onFit}>
            Fit (f)
          </Button>
          <Button size="small" aria-label="Zoom in (+)" onClick={() => onZoom(1)}>
            +
          </Button>
          <Button size="small" aria-label="Zoom out (-)" onClick={() => onZoom(-1)}>
            −
          </Button>
        </>
      )}
      <ExportMenu hasPicture={!isTable} onExport={onExport} />
    </div>
  );
}

function FrameButton({ isFraming, onFraming }: ToolbarProps): ReactNode {
  return (
    <Button
      size="small"
      aria-pressed={isFraming}
      title="Drag a frame around objects; Shift does so at any time"
      onClick={() => onFraming(!isFraming)}
    >
      Frame
    </Button>
  );
}

function NodeButtons({ state, set, acts, at, picked }: ToolbarProps): ReactNode {
  const id = at?.id ?? null;
  const away = listOf(state.away).length;
  const canHide = picked.size > 0 || (at !== undefined && !at.isStart && at.group === null);
  return (
    <>
      <Button size="small" disabled={id === null} onClick={() => id !== null && acts.expand(id)}>
        Expand (e)
      </Button>
      <Button
        size="small"
        disabled={at === undefined || at.group !== null}
        onClick={() => acts.path(id)}
      >
        {state.from === undefined || state.to !== undefined ? "Path from (p)" : "Path to (p)"}
      </Button>
      <Button size="small" disabled={!canHide} onClick={() => acts.hide(id)}>
        {picked.size > 1 ? `Hide ${picked.size} (h)` : "Hide (h)"}
      </Button>
      {away === 0 ? null : (
        <Button size="small" onClick={() => set({ away: undefined })}>
          Show {away} hidden
        </Button>
      )}
      {picked.size === 0 ? null : (
        <Button size="small" onClick={() => set({ pick: undefined })}>
          Deselect {picked.size}
        </Button>
      )}
    </>
  );
}

function ExportMenu({
  hasPicture,
  onExport,
}: {
  readonly hasPicture: boolean;
  readonly onExport: ToolbarProps["onExport"];
}): ReactNode {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small">Export…</Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem disabled={!hasPicture} onClick={() => onExport("png")}>
            Picture (PNG)
          </MenuItem>
          <MenuItem disabled={!hasPicture} onClick={() => onExport("svg")}>
            Drawing (SVG)
          </MenuItem>
          <MenuItem onClick={() => onExport("stix")}>What is shown, as a STIX bundle</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
