/** The tools above the list: saved views, columns, export, a new object. */
import { Button } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { BulkTarget } from "./bulk.tsx";
import { ColumnChooser } from "./column-chooser.tsx";
import { Exporter } from "./exporter.tsx";
import { NOTHING_ASKED, type SearchChange, type SearchState } from "./search-state.ts";
import { conditionOfChosen } from "./use-bulk.ts";
import type { ChosenColumns } from "./use-columns.ts";
import { ViewsMenu } from "./views-menu.tsx";

/** The tools. */
export function ListTools({
  state,
  target: { chosen, isAll, condition },
  columns: { choices, onChoices },
  change,
  onNew,
}: {
  readonly state: SearchState;
  readonly target: BulkTarget;
  readonly columns: ChosenColumns;
  readonly change: (part: SearchChange) => void;
  /** Left out for those who may not. */
  readonly onNew?: () => void;
}): ReactNode {
  const isPart = chosen.length > 0 && !isAll;
  return (
    <div className="tools">
      <ViewsMenu
        state={state}
        onOpen={(search, name) => change({ ...NOTHING_ASKED, ...search, view: name })}
      />
      <ColumnChooser choices={choices} onChoices={onChoices} />
      <Exporter
        condition={isPart ? conditionOfChosen(chosen) : condition}
        what={isPart ? "what is chosen" : "all that match"}
      />
      {onNew === undefined ? null : (
        <Button appearance="primary" icon={<AddRegular />} onClick={onNew}>
          New <span className="wide">&nbsp;(n)</span>
        </Button>
      )}
    </div>
  );
}
