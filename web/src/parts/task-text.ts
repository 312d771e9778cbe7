/** A background task in words: what was ordered, and what became of it. */
import type { Condition, Task } from "../api/types.ts";
import { conditionText } from "./condition-text.ts";

/** What a task may do to an object. */
export type ObjectAction =
  | { readonly kind: "addLabels" | "removeLabels"; readonly labels: readonly string[] }
  | { readonly kind: "setConfidence"; readonly value: number }
  | { readonly kind: "extendValidUntil"; readonly days: number }
  | { readonly kind: "setValidUntil"; readonly at: string | null }
  | { readonly kind: "setRevoked"; readonly value: boolean };

/** What is ordered. */
export interface TaskOrder {
  readonly condition?: Condition;
  readonly actions?: readonly ObjectAction[];
  readonly delete?: boolean;
}

/** Such as “Add the tag phishing”. */
export function orderText({ actions = [], delete: isDeletion }: TaskOrder): string {
  return isDeletion === true ? "Delete" : actions.map(actionText).join(", ");
}

function actionText(action: ObjectAction): string {
  switch (action.kind) {
    case "addLabels":
      return `Add the tag ${action.labels.join(", ")}`;
    case "removeLabels":
      return `Remove the tag ${action.labels.join(", ")}`;
    case "setConfidence":
      return `Set the confidence to ${action.value}`;
    case "extendValidUntil":
      return `Extend the validity by ${action.days} days`;
    case "setValidUntil":
      return action.at === null ? "Remove the end of validity" : `Set valid until ${action.at}`;
    case "setRevoked":
      return action.value ? "Revoke" : "Take back the revocation";
  }
}

/** Which objects it is about. */
export function targetText({ condition }: TaskOrder): string {
  return condition === undefined ? "everything in the workspace" : conditionText(condition);
}

/** How far it is, in numbers. */
export function progressText({ progress }: Task): string {
  const { changed, unchanged, failed } = progress;
  return [
    `${changed.toLocaleString("en")} changed`,
    ...(unchanged > 0 ? [`${unchanged.toLocaleString("en")} left as they were`] : []),
    ...(failed > 0 ? [`${failed.toLocaleString("en")} not possible`] : []),
  ].join(", ");
}

/** Whether a task has ended, in whatever way. */
export function isOver({ state }: Task): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}
