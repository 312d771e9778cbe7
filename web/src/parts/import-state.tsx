/** How far an import is, as a word and as a bar. */
import { Badge, Field, ProgressBar } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { ImportView } from "../api/ingestion-types.ts";

const STATES: Readonly<
  Record<ImportView["state"], readonly [string, "danger" | "informative" | "success" | "warning"]>
> = {
  checking: ["being checked", "informative"],
  checked: ["checked, not stored", "warning"],
  storing: ["being stored", "informative"],
  done: ["stored", "success"],
  failed: ["failed", "danger"],
  discarded: ["discarded", "informative"],
};

/** The word. */
export function ImportState({ state }: { readonly state: ImportView["state"] }): ReactNode {
  const [label, color] = STATES[state];
  return (
    <Badge appearance="tint" color={color}>
      {label}
    </Badge>
  );
}

const STEPS: Readonly<Partial<Record<ImportView["state"], string>>> = {
  checking: "checked",
  storing: "worked through",
};

/** The bar; nothing while nothing is done. */
export function ImportProgress({
  view: { state, progress },
}: {
  readonly view: Pick<ImportView, "state" | "progress">;
}): ReactNode {
  const step = STEPS[state];
  if (step === undefined) {
    return null;
  }
  const percent = Math.round(progress.share * 100);
  return (
    <Field
      validationState="none"
      validationMessage={`${progress.records.toLocaleString("en")} records ${step}, ${percent} %. You can leave this page: it goes on.`}
    >
      <ProgressBar
        aria-label={state === "checking" ? "Progress of the check" : "Progress of storing"}
        value={progress.share}
      />
    </Field>
  );
}
