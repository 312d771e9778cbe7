/** A condition as it is built: groups in groups, with comparisons that may not be complete yet. */
import type { Condition } from "../api/types.ts";
import { CONDITION_FIELDS, type Comparison, type ConditionField } from "./condition-fields.ts";

/** A comparison as it is typed. */
export interface RuleNode {
  readonly key: number;
  readonly kind: "rule";
  readonly isNot: boolean;
  readonly field: string;
  readonly comparison: string;
  readonly texts: readonly string[];
}

/** Comparisons and groups, all of which or any of which must hold. */
export interface GroupNode {
  readonly key: number;
  readonly kind: "group";
  readonly isNot: boolean;
  readonly join: "and" | "or";
  readonly children: readonly TreeNode[];
}

/** A node. */
export type TreeNode = RuleNode | GroupNode;

/** The server takes sixteen levels and two hundred comparisons; people read far fewer. */
export const GROUP_DEPTH_MAX = 8;
const RULES_MAX = 200;

let keys = 0;

function nextKey(): number {
  keys += 1;
  return keys;
}

/** A comparison that nothing was typed into yet. */
export function newRule(): RuleNode {
  return {
    key: nextKey(),
    kind: "rule",
    isNot: false,
    field: "text",
    comparison: "has",
    texts: [],
  };
}

/** A group with one comparison. */
export function newGroup(join: GroupNode["join"] = "and"): GroupNode {
  return { key: nextKey(), kind: "group", isNot: false, join, children: [newRule()] };
}

/** The property of a comparison, and how it is compared. */
export function fieldOf({ field, comparison }: RuleNode): {
  readonly field: ConditionField | undefined;
  readonly comparison: Comparison | undefined;
} {
  const found = CONDITION_FIELDS.find(({ id }) => id === field);
  return { field: found, comparison: found?.comparisons.find(({ id }) => id === comparison) };
}

/** The tree of a condition; its root is a group, whatever the condition is. */
export function treeOf(condition: Condition | undefined): GroupNode {
  if (condition === undefined) {
    return newGroup();
  }
  const root = nodeOf(condition, false);
  return root.kind === "group"
    ? root
    : { key: nextKey(), kind: "group", isNot: false, join: "and", children: [root] };
}

function nodeOf(condition: Condition, isNot: boolean): TreeNode {
  if (condition.kind === "not") {
    return nodeOf(condition.condition, !isNot);
  }
  if (condition.kind === "and" || condition.kind === "or") {
    const children = condition.conditions.map((each) => nodeOf(each, false));
    return { key: nextKey(), kind: "group", isNot, join: condition.kind, children };
  }
  for (const field of CONDITION_FIELDS) {
    for (const comparison of field.comparisons) {
      const texts = comparison.read(condition);
      if (texts !== undefined) {
        return {
          key: nextKey(),
          kind: "rule",
          isNot,
          field: field.id,
          comparison: comparison.id,
          texts,
        };
      }
    }
  }
  // A kind that a later version of the server may know: it can only be taken away.
  return newRule();
}

/** The condition of a tree; what is not complete is left out, and undefined when nothing is left. */
export function conditionOfTree(node: TreeNode): Condition | undefined {
  const plain = node.kind === "rule" ? ruleCondition(node) : groupCondition(node);
  return plain !== undefined && node.isNot ? { kind: "not", condition: plain } : plain;
}

function ruleCondition(rule: RuleNode): Condition | undefined {
  return fieldOf(rule).comparison?.write(rule.texts);
}

function groupCondition({ join, children }: GroupNode): Condition | undefined {
  const conditions = children.flatMap((child) => conditionOfTree(child) ?? []);
  return conditions.length === 0 ? undefined : { kind: join, conditions };
}

/** How many comparisons a tree has. */
function countRules(node: TreeNode): number {
  return node.kind === "rule"
    ? 1
    : node.children.reduce((sum, child) => sum + countRules(child), 0);
}

/** Whether another comparison may be added. */
export function hasRoom(root: GroupNode): boolean {
  return countRules(root) < RULES_MAX;
}

/** The tree with a node in place of another, or without it; groups that become empty go as well, but not the root. */
export function replaced(root: GroupNode, key: number, node: TreeNode | null): GroupNode {
  const children = root.children.flatMap((child): readonly TreeNode[] => {
    if (child.key === key) {
      return node === null ? [] : [node];
    }
    if (child.kind === "rule") {
      return [child];
    }
    const next = replaced(child, key, node);
    return next.children.length === 0 ? [] : [next];
  });
  return root.key === key && node?.kind === "group" ? node : { ...root, children };
}
