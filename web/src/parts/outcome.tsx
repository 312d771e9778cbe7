/** What became of a request: a word and a colour. */
import { Badge } from "@fluentui/react-components";
import type { ReactNode } from "react";

const OUTCOMES: Readonly<
  Record<string, readonly [label: string, color: "danger" | "informative" | "success" | "warning"]>
> = {
  accepted: ["accepted", "success"],
  partly_accepted: ["accepted in part", "warning"],
  rejected: ["rejected", "danger"],
  empty: ["empty", "informative"],
  refused: ["refused", "danger"],
  throttled: ["throttled", "warning"],
  deleted: ["deletion", "informative"],
};

/** The outcomes that requests can be filtered by, with their names. */
export const OUTCOME_LABELS: readonly (readonly [string, string])[] = Object.entries(OUTCOMES).map(
  ([outcome, [label]]) => [outcome, label],
);

/** The word. */
export function Outcome({ outcome }: { readonly outcome: string }): ReactNode {
  const [label, color] = OUTCOMES[outcome] ?? [outcome, "informative"];
  return (
    <Badge appearance="tint" color={color}>
      {label}
    </Badge>
  );
}
