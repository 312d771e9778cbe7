/** The object that is open beside the list, with the way to its neighbours and back. */
import { Button } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import type { ReactNode, RefObject } from "react";
import type { ObjectView } from "../api/types.ts";
import { Details } from "./details.tsx";
import type { ListActs } from "./list-acts.ts";
import type { SearchChange, SearchState } from "./search-state.ts";

/** The pane. */
export function ObjectPane({
  state: { open = "", part },
  acts,
  pane,
  known,
  change,
}: {
  readonly state: SearchState;
  readonly acts: ListActs;
  readonly pane: RefObject<HTMLElement | null>;
  readonly known: ObjectView | null;
  readonly change: (part: SearchChange, replace?: boolean) => void;
}): ReactNode {
  return (
    <aside
      className="pane"
      aria-label="Object"
      ref={pane}
      tabIndex={-1}
      onKeyDown={({ key, target, defaultPrevented }) => {
        // Where letters are typed, the first Escape leaves the field, and the next one the object.
        const isField = target instanceof HTMLElement && target.matches("input, textarea, select");
        const isList = isField && target.getAttribute("aria-expanded") === "true";
        if (key === "Escape" && isField && !isList && !defaultPrevented) {
          pane.current?.focus();
        }
      }}
    >
      <div className="paneBar">
        <Button appearance="subtle" onClick={() => acts.step(-1)}>
          Previous (k)
        </Button>
        <Button appearance="subtle" onClick={() => acts.step(1)}>
          Next (j)
        </Button>
        <span className="grow" />
        <Button
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label="Close (Esc)"
          onClick={acts.close}
        />
      </div>
      <Details
        id={open}
        known={known}
        part={part}
        onPart={(next) => change({ part: next }, true)}
        onOpen={(next) => change({ open: next })}
      />
    </aside>
  );
}
