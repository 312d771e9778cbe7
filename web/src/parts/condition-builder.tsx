/** Builds a condition of AND and OR groups by hand; it stands in the address as JSON. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { AddRegular, DeleteRegular, FilterRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";
import type { Condition } from "../api/types.ts";

/** A comparison as it is typed. */
interface Row {
  readonly field: string;
  readonly value: string;
}

/** Rows of a group are joined by OR, groups by AND. */
type Groups = readonly (readonly Row[])[];

interface FieldKind {
  readonly label: string;
  readonly placeholder: string;
  readonly toCondition: (value: string) => Condition;
  /** The value, when a condition is of this kind. */
  readonly fromCondition: (condition: Condition) => string | undefined;
}

const textsOf =
  (kind: "type" | "source" | "label" | "id") =>
  (condition: Condition): string | undefined =>
    condition.kind === kind && "anyOf" in condition ? condition.anyOf.join(", ") : undefined;

const texts = (
  kind: "type" | "source" | "label" | "id",
  label: string,
  placeholder: string,
): FieldKind => ({
  label,
  placeholder,
  toCondition: (value) => ({ kind, anyOf: value.split(",").map((each) => each.trim()) }),
  fromCondition: textsOf(kind),
});

const FIELDS: Readonly<Record<string, FieldKind>> = {
  text: {
    label: "Words",
    placeholder: 'apt* "spear phishing"',
    toCondition: (words) => ({ kind: "text", words }),
    fromCondition: (condition) => (condition.kind === "text" ? condition.words : undefined),
  },
  type: texts("type", "Type", "indicator, malware"),
  source: texts("source", "Source", "MISP"),
  label: texts("label", "Tag", "phishing"),
  id: texts("id", "STIX id", "indicator--…"),
  observable: {
    label: "Value that is pinned",
    placeholder: "203.0.113.7",
    toCondition: (value) => ({ kind: "observable", value }),
    fromCondition: (condition) => (condition.kind === "observable" ? condition.value : undefined),
  },
  name: {
    label: "Name begins with",
    placeholder: "Cobalt",
    toCondition: (startsWith) => ({ kind: "name", startsWith }),
    fromCondition: (condition) => (condition.kind === "name" ? condition.startsWith : undefined),
  },
  confidence: {
    label: "Confidence at least",
    placeholder: "80",
    toCondition: (value) => ({ kind: "confidence", from: Number(value) || 0 }),
    fromCondition: (condition) =>
      condition.kind === "confidence" ? String(condition.from ?? 0) : undefined,
  },
  valid_until: {
    label: "Valid until before",
    placeholder: "2027-01-31T00:00:00Z",
    toCondition: (before) => ({ kind: "valid_until", before }),
    fromCondition: (condition) =>
      condition.kind === "valid_until" ? (condition.before ?? "") : undefined,
  },
  updated: {
    label: "Updated since",
    placeholder: "2026-11-01T00:00:00Z",
    toCondition: (from) => ({ kind: "updated", from }),
    fromCondition: (condition) =>
      condition.kind === "updated" ? (condition.from ?? "") : undefined,
  },
};

const EMPTY: Row = { field: "text", value: "" };

/** The button, and the dialog behind it. */
export function ConditionBuilder({
  where,
  onWhere,
}: {
  readonly where: string | undefined;
  readonly onWhere: (where: string | undefined) => void;
}): ReactNode {
  const [groups, setGroups] = useState<Groups | null>(null);
  const count = groupsOf(where).flat().length;
  return (
    <>
      <Button
        icon={<FilterRegular />}
        appearance={count > 0 ? "primary" : "secondary"}
        onClick={() => setGroups(count > 0 ? groupsOf(where) : [[EMPTY]])}
      >
        {count > 0 ? `Conditions (${count})` : "Conditions"}
      </Button>
      <Dialog open={groups !== null} onOpenChange={(_event, data) => !data.open && setGroups(null)}>
        <DialogSurface>
          <DialogBody>
            <DialogTitle>Conditions</DialogTitle>
            <DialogContent>
              {groups === null ? null : <Editor groups={groups} onGroups={setGroups} />}
            </DialogContent>
            <DialogActions>
              <Button
                onClick={() => {
                  onWhere(undefined);
                  setGroups(null);
                }}
              >
                Remove all
              </Button>
              <Button
                appearance="primary"
                onClick={() => {
                  onWhere(whereOf(groups ?? []));
                  setGroups(null);
                }}
              >
                Search
              </Button>
            </DialogActions>
          </DialogBody>
        </DialogSurface>
      </Dialog>
    </>
  );
}

function Editor({
  groups,
  onGroups,
}: {
  readonly groups: Groups;
  readonly onGroups: (groups: Groups) => void;
}): ReactNode {
  const setGroup = (at: number, rows: readonly Row[]): void =>
    onGroups(
      groups.map((group, place) => (place === at ? rows : group)).filter((rows) => rows.length > 0),
    );
  return (
    <div className="builder">
      {groups.map((rows, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups have no identity but their place.
        <fieldset key={at}>
          <legend>{at === 0 ? "All of these groups must hold. Any of:" : "and any of:"}</legend>
          {rows.map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place.
            <div key={place} className="inline">
              <select
                className="picker"
                aria-label="Property"
                value={row.field}
                onChange={(event) =>
                  setGroup(at, rows.with(place, { ...row, field: event.target.value }))
                }
              >
                {Object.entries(FIELDS).map(([field, { label }]) => (
                  <option key={field} value={field}>
                    {label}
                  </option>
                ))}
              </select>
              <input
                className="picker grow"
                aria-label="Value"
                placeholder={FIELDS[row.field]?.placeholder}
                value={row.value}
                onChange={(event) =>
                  setGroup(at, rows.with(place, { ...row, value: event.target.value }))
                }
              />
              <Button
                size="small"
                icon={<DeleteRegular />}
                aria-label="Remove this comparison"
                onClick={() => setGroup(at, rows.toSpliced(place, 1))}
              />
            </div>
          ))}
          <Button size="small" icon={<AddRegular />} onClick={() => setGroup(at, [...rows, EMPTY])}>
            or
          </Button>
        </fieldset>
      ))}
      <Button size="small" icon={<AddRegular />} onClick={() => onGroups([...groups, [EMPTY]])}>
        and
      </Button>
    </div>
  );
}

function whereOf(groups: Groups): string | undefined {
  const parts = groups.flatMap((rows) => {
    const conditions = rows.flatMap(({ field, value }) =>
      value.trim() === "" ? [] : [FIELDS[field]?.toCondition(value.trim()) ?? []].flat(),
    );
    return conditions.length === 0 ? [] : [{ kind: "or", conditions } as const];
  });
  return parts.length === 0 ? undefined : JSON.stringify({ kind: "and", conditions: parts });
}

/** Reads back what this builder wrote; anything else can't be shown as groups. */
function groupsOf(where: string | undefined): Groups {
  const whole = parsed(where);
  if (whole?.kind !== "and") {
    return [];
  }
  return whole.conditions.map((group) =>
    (group.kind === "or" ? group.conditions : [group]).flatMap((condition) => {
      const found = Object.entries(FIELDS)
        .map(([field, { fromCondition }]) => ({ field, value: fromCondition(condition) }))
        .find(({ value }) => value !== undefined);
      return found?.value === undefined ? [] : [{ field: found.field, value: found.value }];
    }),
  );
}

function parsed(where: string | undefined): Condition | undefined {
  try {
    return where === undefined ? undefined : (JSON.parse(where) as Condition);
  } catch {
    return undefined;
  }
}
