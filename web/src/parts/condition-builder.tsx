/** The button of the conditions; what builds them is loaded when somebody asks for it. */
import { Button } from "@fluentui/react-components";
import { FilterRegular } from "@fluentui/react-icons";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { Condition } from "../api/types.ts";

const ConditionDialog = lazy(() =>
  import("./condition-dialog.tsx").then(({ ConditionDialog: component }) => ({
    default: component,
  })),
);

/** The button, and the dialog behind it. */
export function ConditionBuilder({
  where,
  onWhere,
  isSearch = false,
}: {
  /** A condition as JSON. */
  readonly where: string | undefined;
  readonly onWhere: (where: string | undefined) => void;
  /** It is for a search, which has a moment that `in the last … days` is about. */
  readonly isSearch?: boolean;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const condition = conditionOfText(where);
  const count = condition === undefined ? 0 : countLeaves(condition);
  return (
    <>
      <Button
        icon={<FilterRegular />}
        appearance={count > 0 ? "primary" : "secondary"}
        onClick={() => setOpen(true)}
      >
        {count > 0 ? `Conditions (${count})` : "Conditions"}
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <ConditionDialog
            condition={condition}
            isSearch={isSearch}
            onClose={() => setOpen(false)}
            onCondition={(next) => {
              setOpen(false);
              onWhere(next === undefined ? undefined : JSON.stringify(next));
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** What stands in the address may have been written by hand. */
function conditionOfText(where: string | undefined): Condition | undefined {
  try {
    const parsed: unknown = where === undefined ? undefined : JSON.parse(where);
    return isCondition(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isCondition(value: unknown): value is Condition {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { kind, conditions, condition } = value as Readonly<Record<string, unknown>>;
  if (kind === "and" || kind === "or") {
    return Array.isArray(conditions) && conditions.every(isCondition);
  }
  return kind === "not" ? isCondition(condition) : typeof kind === "string";
}

function countLeaves(condition: Condition): number {
  if (condition.kind === "and" || condition.kind === "or") {
    return condition.conditions.reduce((sum, each) => sum + countLeaves(each), 0);
  }
  return condition.kind === "not" ? countLeaves(condition.condition) : 1;
}
