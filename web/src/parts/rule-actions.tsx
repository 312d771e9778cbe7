/** What a rule does to a record: a list of changes, one after the other. */
import { Button } from "@fluentui/react-components";
import { AddRegular, DeleteRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { RuleAction } from "../api/ingestion-types.ts";

/** A change as it is typed. */
export interface ActionRow {
  readonly kind: string;
  readonly value: string;
}

interface ActionKind {
  readonly label: string;
  readonly placeholder: string;
  readonly toAction: (value: string) => RuleAction;
  readonly toValue: (action: RuleAction) => string;
  /** Where it is one of few values; else it is typed. */
  readonly choices?: readonly string[];
}

const labelsOf = (value: string): readonly string[] =>
  value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

const KINDS: Readonly<Record<string, ActionKind>> = {
  addLabels: {
    label: "Add tags",
    placeholder: "phishing, reviewed",
    toAction: (value) => ({ kind: "addLabels", labels: labelsOf(value) }),
    toValue: (action) => ("labels" in action ? action.labels.join(", ") : ""),
  },
  removeLabels: {
    label: "Remove tags",
    placeholder: "unreviewed",
    toAction: (value) => ({ kind: "removeLabels", labels: labelsOf(value) }),
    toValue: (action) => ("labels" in action ? action.labels.join(", ") : ""),
  },
  setConfidence: {
    label: "Set the confidence to",
    placeholder: "0 to 100",
    toAction: (value) => ({ kind: "setConfidence", value: numberOf(value) }),
    toValue: (action) => (action.kind === "setConfidence" ? String(action.value) : ""),
  },
  extendValidUntil: {
    label: "Extend the validity by days",
    placeholder: "30",
    toAction: (value) => ({ kind: "extendValidUntil", days: numberOf(value) }),
    toValue: (action) => (action.kind === "extendValidUntil" ? String(action.days) : ""),
  },
  setValidUntil: {
    label: "Set the end of validity to",
    placeholder: "2027-01-31T00:00:00Z; empty: no end",
    toAction: (value) => ({
      kind: "setValidUntil",
      at: value.trim() === "" ? null : value.trim(),
    }),
    toValue: (action) => (action.kind === "setValidUntil" ? (action.at ?? "") : ""),
  },
  setRevoked: {
    label: "Set revoked to",
    placeholder: "",
    toAction: (value) => ({ kind: "setRevoked", value: value !== "false" }),
    toValue: (action) => (action.kind === "setRevoked" ? String(action.value) : ""),
    choices: ["true", "false"],
  },
};

/** What is no number is refused by the server, which names the field. */
function numberOf(value: string): number {
  return value.trim() === "" ? -1 : Number(value);
}

/** A first row. */
export const EMPTY_ACTION: ActionRow = { kind: "addLabels", value: "" };

/** The actions that rows mean. */
export function actionsOf(rows: readonly ActionRow[]): readonly RuleAction[] {
  return rows.flatMap(({ kind, value }) => KINDS[kind]?.toAction(value) ?? []);
}

/** The rows that stand for actions. */
export function rowsOf(actions: readonly RuleAction[]): readonly ActionRow[] {
  return actions.map((action) => ({
    kind: action.kind,
    value: KINDS[action.kind]?.toValue(action) ?? "",
  }));
}

/** An action in words. */
export function actionText(action: RuleAction): string {
  const { label, toValue } = KINDS[action.kind] ?? { label: action.kind, toValue: () => "" };
  return `${label} ${toValue(action) || "none"}`;
}

/** The editor. */
export function RuleActions({
  rows,
  onRows,
}: {
  readonly rows: readonly ActionRow[];
  readonly onRows: (rows: readonly ActionRow[]) => void;
}): ReactNode {
  return (
    <div className="stack tight">
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place.
        <div key={at} className="inline">
          <select
            className="picker grow"
            aria-label={`Action ${at + 1}`}
            value={row.kind}
            onChange={({ target }) => {
              const [first = ""] = KINDS[target.value]?.choices ?? [];
              onRows(rows.with(at, { kind: target.value, value: first }));
            }}
          >
            {Object.entries(KINDS).map(([kind, { label }]) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </select>
          <ActionValue
            row={row}
            at={at}
            onValue={(value) => onRows(rows.with(at, { ...row, value }))}
          />
          <Button
            size="small"
            icon={<DeleteRegular />}
            aria-label={`Remove action ${at + 1}`}
            onClick={() => onRows(rows.toSpliced(at, 1))}
          />
        </div>
      ))}
      <span>
        <Button size="small" icon={<AddRegular />} onClick={() => onRows([...rows, EMPTY_ACTION])}>
          Add an action
        </Button>
      </span>
    </div>
  );
}

function ActionValue({
  row,
  at,
  onValue,
}: {
  readonly row: ActionRow;
  readonly at: number;
  readonly onValue: (value: string) => void;
}): ReactNode {
  const kind = KINDS[row.kind];
  const label = `Value of action ${at + 1}`;
  if (kind?.choices !== undefined) {
    return (
      <select
        className="picker"
        aria-label={label}
        value={row.value}
        onChange={({ target }) => onValue(target.value)}
      >
        {kind.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  return (
    <input
      className="picker grow"
      aria-label={label}
      placeholder={kind?.placeholder}
      value={row.value}
      onChange={({ target }) => onValue(target.value)}
    />
  );
}
