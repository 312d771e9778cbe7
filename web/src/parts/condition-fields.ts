/**
 * What a condition can ask of: every property that can be searched, with its comparisons. Each comparison writes its
 * part of a condition from what was typed, and reads it back.
 */
import type { Condition } from "../api/types.ts";

/** How a value is asked for. */
export interface ConditionInput {
  readonly label: string;
  readonly kind: "text" | "number" | "instant" | "list" | "levels";
  readonly placeholder?: string;
  /** Values in use, as suggestions. */
  readonly facet?: "type" | "source" | "label";
  readonly isOptional?: boolean;
}

/** A comparison. Texts are as typed, one for each input. */
export interface Comparison {
  readonly id: string;
  readonly label: string;
  readonly inputs: readonly ConditionInput[];
  /** It is about the moment of the search, which a rule does not have. */
  readonly isRelative?: boolean;
  /** Undefined while something is missing. */
  readonly write: (texts: readonly string[]) => Condition | undefined;
  /** Undefined for a condition of another kind. */
  readonly read: (condition: Condition) => readonly string[] | undefined;
}

/** A property. */
export interface ConditionField {
  readonly id: string;
  readonly label: string;
  readonly comparisons: readonly Comparison[];
}

const list = (
  kind: "type" | "source" | "label" | "id",
  label: string,
  placeholder: string,
): ConditionField => ({
  id: kind,
  label,
  comparisons: [
    {
      id: "is",
      label: "is one of",
      inputs: [
        {
          label: "Value",
          kind: "list",
          placeholder,
          ...(kind === "id" ? {} : { facet: kind }),
        },
      ],
      write([text = ""]) {
        const anyOf = listOf(text);
        return anyOf.length === 0 ? undefined : { kind, anyOf };
      },
      read: (condition) =>
        condition.kind === kind && "anyOf" in condition ? [condition.anyOf.join("\n")] : undefined,
    },
  ],
});

/** Values of a list stand in lines of their own: names of sources have commas. */
function listOf(text: string): readonly string[] {
  return text
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

type TimeKind = "created" | "modified" | "valid_from" | "valid_until" | "ingested" | "updated";

const DAYS = { label: "Value", kind: "number", placeholder: "7" } as const;
const INSTANT = { label: "Value", kind: "instant" } as const;
const UNTIL = { label: "End", kind: "instant" } as const;

function rangeOf(
  kind: TimeKind,
  condition: Condition,
): { readonly from?: string; readonly before?: string } | undefined {
  return condition.kind === kind ? (condition as { from?: string; before?: string }) : undefined;
}

/** A comparison with days from now. */
function daysComparison(
  kind: TimeKind,
  id: string,
  label: string,
  template: { readonly from?: string; readonly before?: string },
): Comparison {
  const fill = (days: string): { from?: string; before?: string } =>
    Object.fromEntries(
      Object.entries(template).map(([name, text]) => [name, text.replace("N", days)]),
    );
  return {
    id,
    label,
    inputs: [DAYS],
    isRelative: true,
    write: ([days = ""]) => (/^\d{1,5}$/.test(days) ? { kind, ...fill(days) } : undefined),
    read(condition) {
      const range = rangeOf(kind, condition);
      const days = /\d+/.exec(`${range?.from ?? ""} ${range?.before ?? ""}`)?.[0];
      const expected = days === undefined ? undefined : fill(days);
      return range !== undefined &&
        expected !== undefined &&
        range.from === expected.from &&
        range.before === expected.before
        ? [days ?? ""]
        : undefined;
    },
  };
}

const time = (kind: TimeKind, label: string): ConditionField => ({
  id: kind,
  label,
  comparisons: [
    daysComparison(kind, "last", "in the last … days", { from: "now-Nd" }),
    daysComparison(kind, "next", "in the next … days", { from: "now", before: "now+Nd" }),
    daysComparison(kind, "older", "more than … days ago", { before: "now-Nd" }),
    {
      id: "since",
      label: "since",
      inputs: [INSTANT],
      write: ([from = ""]) => (from === "" ? undefined : { kind, from }),
      read(condition) {
        const { from, before } = rangeOf(kind, condition) ?? {};
        return from !== undefined && before === undefined ? [from] : undefined;
      },
    },
    {
      id: "before",
      label: "before",
      inputs: [INSTANT],
      write: ([before = ""]) => (before === "" ? undefined : { kind, before }),
      read(condition) {
        const { from, before } = rangeOf(kind, condition) ?? {};
        return before !== undefined && from === undefined ? [before] : undefined;
      },
    },
    {
      id: "between",
      label: "between",
      inputs: [INSTANT, UNTIL],
      write: ([from = "", before = ""]) =>
        from === "" || before === "" ? undefined : { kind, from, before },
      read(condition) {
        const { from, before } = rangeOf(kind, condition) ?? {};
        return from !== undefined && before !== undefined ? [from, before] : undefined;
      },
    },
    {
      id: "given",
      label: "is given",
      inputs: [],
      write: () => ({ kind }),
      read: (condition) => (condition.kind === kind ? [] : undefined),
    },
  ],
});

const NUMBER = { label: "Value", kind: "number", placeholder: "80" } as const;

function confidenceText(text: string): number | undefined {
  return /^\d{1,3}$/.test(text.trim()) ? Number(text) : undefined;
}

const confidence: ConditionField = {
  id: "confidence",
  label: "Confidence",
  comparisons: [
    {
      id: "from",
      label: "is at least",
      inputs: [NUMBER],
      write([text = ""]) {
        const from = confidenceText(text);
        return from === undefined ? undefined : { kind: "confidence", from };
      },
      read: (condition) =>
        condition.kind === "confidence" &&
        condition.from !== undefined &&
        condition.to === undefined
          ? [String(condition.from)]
          : undefined,
    },
    {
      id: "to",
      label: "is at most",
      inputs: [NUMBER],
      write([text = ""]) {
        const to = confidenceText(text);
        return to === undefined ? undefined : { kind: "confidence", to };
      },
      read: (condition) =>
        condition.kind === "confidence" &&
        condition.to !== undefined &&
        condition.from === undefined
          ? [String(condition.to)]
          : undefined,
    },
    {
      id: "between",
      label: "is between",
      inputs: [NUMBER, { label: "End", kind: "number", placeholder: "100" }],
      write([start = "", end = ""]) {
        const [from, to] = [confidenceText(start), confidenceText(end)];
        return from === undefined || to === undefined
          ? undefined
          : { kind: "confidence", from, to };
      },
      read: (condition) =>
        condition.kind === "confidence" &&
        condition.from !== undefined &&
        condition.to !== undefined
          ? [String(condition.from), String(condition.to)]
          : undefined,
    },
    {
      id: "given",
      label: "is given",
      inputs: [],
      write: () => ({ kind: "confidence" }),
      read: (condition) => (condition.kind === "confidence" ? [] : undefined),
    },
  ],
};

const yesOrNo = (id: string, label: string, is: boolean): Comparison => ({
  id,
  label,
  inputs: [],
  write: () => ({ kind: "revoked", is }),
  read: (condition) => (condition.kind === "revoked" && condition.is === is ? [] : undefined),
});

/** Every property, the common ones first. */
export const CONDITION_FIELDS: readonly ConditionField[] = [
  {
    id: "text",
    label: "Words",
    comparisons: [
      {
        id: "has",
        label: "has",
        inputs: [{ label: "Value", kind: "text", placeholder: 'apt* "spear phishing"' }],
        write: ([words = ""]) => (words.trim() === "" ? undefined : { kind: "text", words }),
        read: (condition) => (condition.kind === "text" ? [condition.words] : undefined),
      },
    ],
  },
  list("type", "Type", "indicator"),
  list("source", "Source", "MISP"),
  list("label", "Tag", "phishing"),
  {
    id: "tlp",
    label: "TLP",
    comparisons: [
      {
        id: "is",
        label: "is one of",
        inputs: [{ label: "Value", kind: "levels" }],
        write([text = ""]) {
          const anyOf = listOf(text).map((level) => (level === "none" ? null : level));
          return anyOf.length === 0 ? undefined : { kind: "tlp", anyOf };
        },
        read: (condition) =>
          condition.kind === "tlp"
            ? [condition.anyOf.map((level) => level ?? "none").join("\n")]
            : undefined,
      },
    ],
  },
  confidence,
  {
    id: "observable",
    label: "Value that the pattern pins",
    comparisons: [
      {
        id: "is",
        label: "is",
        inputs: [
          { label: "Value", kind: "text", placeholder: "203.0.113.7" },
          {
            label: "Path",
            kind: "text",
            placeholder: "ipv4-addr:value, or any",
            isOptional: true,
          },
        ],
        write: ([value = "", key = ""]) =>
          value.trim() === ""
            ? undefined
            : {
                kind: "observable",
                value: value.trim(),
                ...(key.trim() === "" ? {} : { key: key.trim() }),
              },
        read: (condition) =>
          condition.kind === "observable" ? [condition.value, condition.key ?? ""] : undefined,
      },
    ],
  },
  {
    id: "name",
    label: "Name",
    comparisons: [
      {
        id: "begins",
        label: "begins with",
        inputs: [{ label: "Value", kind: "text", placeholder: "Cobalt" }],
        write: ([startsWith = ""]) =>
          startsWith.trim() === "" ? undefined : { kind: "name", startsWith },
        read: (condition) => (condition.kind === "name" ? [condition.startsWith] : undefined),
      },
    ],
  },
  list("id", "STIX id", "indicator--…"),
  {
    id: "active",
    label: "Active",
    comparisons: [
      {
        id: "now",
        label: "now",
        inputs: [],
        isRelative: true,
        write: () => ({ kind: "active", at: "now" }),
        read: (condition) =>
          condition.kind === "active" && condition.at === "now" ? [] : undefined,
      },
      {
        id: "at",
        label: "at",
        inputs: [INSTANT],
        write: ([at = ""]) => (at === "" ? undefined : { kind: "active", at }),
        read: (condition) => (condition.kind === "active" ? [condition.at] : undefined),
      },
    ],
  },
  {
    id: "revoked",
    label: "Revoked",
    comparisons: [yesOrNo("yes", "yes", true), yesOrNo("no", "no", false)],
  },
  time("updated", "Updated"),
  time("ingested", "First arrived"),
  time("created", "Created"),
  time("modified", "Modified"),
  time("valid_from", "Valid from"),
  time("valid_until", "Valid until"),
];
