/** What storing a record would do, in words and with a colour. */
import { Badge } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { RecordStatus } from "../api/ingestion-types.ts";

type Color = "danger" | "informative" | "subtle" | "success" | "warning";

/** The words. */
export const STATUS_WORDS: Readonly<
  Record<RecordStatus, { readonly word: string; readonly color: Color }>
> = {
  new: { word: "new", color: "success" },
  changed: { word: "changed", color: "warning" },
  revoked: { word: "revoked by it", color: "danger" },
  unchanged: { word: "unchanged", color: "informative" },
  dropped: { word: "dropped by a rule", color: "informative" },
  invalid: { word: "invalid", color: "danger" },
};

/** The word of a record. */
export function StatusBadge({
  status,
  isFixed,
}: {
  readonly status: RecordStatus;
  readonly isFixed: boolean;
}): ReactNode {
  const { word, color } = STATUS_WORDS[status];
  return (
    <span className="chips">
      <Badge appearance="tint" color={color}>
        {word}
      </Badge>
      {isFixed ? (
        <Badge appearance="outline" color="brand">
          edited
        </Badge>
      ) : null}
    </span>
  );
}
