/** Builds a condition: comparisons and groups of them, each of which can be turned around; it is read back in words. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useRef, useState } from "react";
import type { Condition } from "../api/types.ts";
import { ConditionGroup } from "./condition-group.tsx";
import { conditionText } from "./condition-text.ts";
import { conditionOfTree, newGroup, replaced, type TreeNode, treeOf } from "./condition-tree.ts";
import { MatchCountText } from "./match-count.tsx";
import "./condition.css";

/** The dialog. */
export function ConditionDialog({
  condition: given,
  isSearch,
  onCondition,
  onClose,
}: {
  readonly condition: Condition | undefined;
  readonly isSearch: boolean;
  readonly onCondition: (condition: Condition | undefined) => void;
  readonly onClose: () => void;
}): ReactNode {
  const [root, setRoot] = useState(() => treeOf(given));
  const form = useRef<HTMLDivElement>(null);
  const condition = conditionOfTree(root);
  const counted = useDeferredValue(condition);
  const onNode = (key: number, node: TreeNode | null): void => {
    const next = replaced(root, key, node);
    setRoot(next.children.length === 0 ? newGroup(next.join) : next);
    if (node === null) {
      // What had the focus is gone: it goes to what is left.
      requestAnimationFrame(() =>
        [...(form.current?.querySelectorAll("select") ?? [])].at(-1)?.focus(),
      );
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onCondition(condition);
    }
  };
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface className="conditionSurface" onKeyDown={onKeyDown}>
        <DialogBody>
          <DialogTitle>Conditions</DialogTitle>
          <DialogContent>
            <div className="builder" ref={form}>
              <ConditionGroup group={root} root={root} depth={0} {...{ isSearch, onNode }} />
            </div>
            <p className="conditionWords" role="status">
              {condition === undefined
                ? "Everything: nothing is asked yet."
                : conditionText(condition)}
            </p>
            {counted === undefined || !isSearch ? null : (
              <p className="note">
                <MatchCountText condition={counted} /> in the workspace
              </p>
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => onCondition(undefined)}>Remove all</Button>
            <Button onClick={onClose}>Cancel</Button>
            <Button appearance="primary" onClick={() => onCondition(condition)}>
              {isSearch ? "Search" : "Use"}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
