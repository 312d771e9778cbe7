/** The right edge of a column's heading, which makes the column wider or narrower. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import { COLUMN_PX_MIN, clampPx, type ShownColumn } from "./columns.tsx";

/** How far a key moves an edge. */
const STEP_PX = 20;

/** The edge: dragged, or moved by the arrow keys; a double click or Delete sets it free again. */
export function ColumnEdge({
  column: { id, label, chosenPx, px },
  onWidth,
}: {
  readonly column: ShownColumn;
  readonly onWidth: (id: string, px: number | null, isDone: boolean) => void;
}): ReactNode {
  const [drag, setDrag] = useState<{ readonly x: number; readonly px: number } | null>(null);
  const widthOf = (edge: Element): number =>
    edge.parentElement?.getBoundingClientRect().width ?? chosenPx ?? px;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const step = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      onWidth(id, clampPx(widthOf(event.currentTarget) + step), true);
    } else if (event.key === "Delete" || event.key === "Home") {
      event.preventDefault();
      onWidth(id, event.key === "Home" ? COLUMN_PX_MIN : null, true);
    }
  };
  const onPointer = (event: PointerEvent<HTMLElement>, isDone: boolean): void => {
    if (drag !== null && event.clientX !== drag.x) {
      onWidth(id, clampPx(drag.px + event.clientX - drag.x), isDone);
    }
    if (isDone) {
      setDrag(null);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule between sections can't be moved.
    <span
      role="separator"
      tabIndex={0}
      className={drag === null ? "edge" : "edge dragged"}
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={chosenPx ?? px}
      aria-valuemin={COLUMN_PX_MIN}
      onKeyDown={onKeyDown}
      onDoubleClick={() => onWidth(id, null, true)}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ x: event.clientX, px: widthOf(event.currentTarget) });
      }}
      onPointerMove={(event) => onPointer(event, false)}
      onPointerUp={(event) => onPointer(event, true)}
      onPointerCancel={() => setDrag(null)}
    />
  );
}
