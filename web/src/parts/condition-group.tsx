/** A group of a condition, with what is in it. */
import { Button } from "@fluentui/react-components";
import { AddRegular, DeleteRegular, GroupRegular } from "@fluentui/react-icons";
import { type ReactNode, useRef } from "react";
import { Not } from "./condition-not.tsx";
import { ConditionRule } from "./condition-rule.tsx";
import {
  GROUP_DEPTH_MAX,
  type GroupNode,
  hasRoom,
  newGroup,
  newRule,
  type TreeNode,
} from "./condition-tree.ts";

export interface ConditionGroupProps {
  readonly group: GroupNode;
  /** The whole tree. */
  readonly root: GroupNode;
  readonly depth: number;
  readonly isSearch: boolean;
  /** Puts a node in place of the one with the key; null takes it away. */
  readonly onNode: (key: number, node: TreeNode | null) => void;
}

/** The group. */
export function ConditionGroup(props: ConditionGroupProps): ReactNode {
  const { group, root, depth, isSearch, onNode } = props;
  const { key, join, isNot, children } = group;
  const box = useRef<HTMLFieldSetElement>(null);
  const set = (change: Partial<GroupNode>): void => onNode(key, { ...group, ...change });
  const add = (node: TreeNode): void => {
    set({ children: [...children, node] });
    // The keys go on in what was added.
    requestAnimationFrame(() =>
      [...(box.current?.querySelectorAll<HTMLElement>("[data-property]") ?? [])].at(-1)?.focus(),
    );
  };
  const place = depth === 0 ? "of the condition" : `of the group at level ${depth + 1}`;
  return (
    <fieldset className="conditionGroup" ref={box}>
      <legend className="unseen">{depth === 0 ? "Condition" : "Group"}</legend>
      <div className="inline">
        <Not isNot={isNot} what={`the group ${place}`} onNot={(next) => set({ isNot: next })} />
        <select
          className="picker"
          aria-label={`How the parts ${place} are joined`}
          value={join}
          onChange={({ target }) => set({ join: target.value === "or" ? "or" : "and" })}
        >
          <option value="and">all of these hold (and)</option>
          <option value="or">any of these holds (or)</option>
        </select>
        {depth === 0 ? null : (
          <Button
            size="small"
            appearance="subtle"
            icon={<DeleteRegular />}
            aria-label={`Remove the group ${place}`}
            onClick={() => onNode(key, null)}
          />
        )}
      </div>
      {children.map((child, at) => (
        <div key={child.key} className="conditionPart">
          <span className="conditionJoin" aria-hidden>
            {at === 0 ? "" : join}
          </span>
          {child.kind === "rule" ? (
            <ConditionRule
              rule={child}
              isSearch={isSearch}
              onRule={(next) => onNode(child.key, next)}
            />
          ) : (
            <ConditionGroup {...props} group={child} depth={depth + 1} />
          )}
        </div>
      ))}
      <div className="inline">
        <Button
          size="small"
          icon={<AddRegular />}
          disabled={!hasRoom(root)}
          onClick={() => add(newRule())}
        >
          Add a comparison
        </Button>
        <Button
          size="small"
          icon={<GroupRegular />}
          disabled={!hasRoom(root) || depth + 1 >= GROUP_DEPTH_MAX}
          onClick={() => add(newGroup(join === "and" ? "or" : "and"))}
        >
          Add a group
        </Button>
      </div>
    </fieldset>
  );
}
