/** A condition in words, for people who read it rather than build it. */
import type { Condition } from "../api/types.ts";
import { tlpName } from "./tlp-name.ts";

type Leaf = Exclude<Condition, { readonly kind: "and" | "or" | "not" }>;
type TimeLeaf = Extract<Leaf, { readonly from?: string; readonly before?: string }>;

/** Values that are named one by one; of more, the number is said. */
const VALUES_SHOWN_MAX = 4;

const LIST_LABELS = { type: "type", source: "source", label: "tag", id: "STIX id" } as const;

const TIME_LABELS: Readonly<Record<TimeLeaf["kind"], string>> = {
  created: "created",
  modified: "modified",
  valid_from: "valid from",
  valid_until: "valid until",
  ingested: "first arrived",
  updated: "updated",
};

/** The words. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return joined(condition);
    case "not":
      return `not ${inParentheses(condition.condition)}`;
    default:
      return leafText(condition);
  }
}

function joined({
  kind,
  conditions,
}: {
  readonly kind: "and" | "or";
  readonly conditions: readonly Condition[];
}): string {
  const [only, ...others] = conditions;
  if (only === undefined) {
    return kind === "and" ? "everything" : "nothing";
  }
  return others.length === 0
    ? conditionText(only)
    : conditions.map(inParentheses).join(` ${kind} `);
}

function inParentheses(condition: Condition): string {
  const isGroup =
    (condition.kind === "and" || condition.kind === "or") && condition.conditions.length > 1;
  return isGroup ? `(${conditionText(condition)})` : conditionText(condition);
}

function leafText(leaf: Leaf): string {
  switch (leaf.kind) {
    case "type":
    case "source":
    case "label":
    case "id":
      return `${LIST_LABELS[leaf.kind]} is ${valuesText(leaf.anyOf)}`;
    case "tlp":
      return `TLP is ${valuesText(leaf.anyOf.map((level) => tlpName(level ?? "none")))}`;
    case "confidence":
      return rangeText("confidence", leaf.from, leaf.to);
    case "revoked":
      return leaf.is ? "revoked" : "not revoked";
    case "active":
      return leaf.at === "now" ? "active" : `active at ${instantText(leaf.at)}`;
    case "name":
      return `name begins with “${leaf.startsWith}”`;
    case "observable":
      return `value is ${leaf.value}${leaf.key === undefined ? "" : ` (${leaf.key})`}`;
    case "text":
      return `has the words “${leaf.words}”`;
    default:
      return timeText(leaf);
  }
}

function valuesText(values: readonly string[]): string {
  return values.length > VALUES_SHOWN_MAX
    ? `one of ${values.length.toLocaleString("en")} values`
    : values.join(" or ");
}

function rangeText(label: string, from: number | undefined, to: number | undefined): string {
  if (from === undefined && to === undefined) {
    return `${label} is given`;
  }
  if (from === undefined) {
    return `${label} is at most ${to}`;
  }
  return to === undefined ? `${label} is at least ${from}` : `${label} is ${from} to ${to}`;
}

function timeText({ kind, from, before }: TimeLeaf): string {
  const label = TIME_LABELS[kind];
  if (from !== undefined && before !== undefined) {
    return `${label} between ${instantText(from)} and ${instantText(before)}`;
  }
  if (from !== undefined) {
    const days = /^now-(\d+)d$/.exec(from)?.[1];
    return days === undefined
      ? `${label} since ${instantText(from)}`
      : `${label} in the last ${daysText(Number(days))}`;
  }
  return before === undefined ? `${label} is given` : `${label} before ${instantText(before)}`;
}

function instantText(instant: string): string {
  const [, sign, days] = /^now(?:([+-])(\d+)d)?$/.exec(instant) ?? [];
  if (days !== undefined) {
    return sign === "-" ? `${daysText(Number(days))} ago` : `${daysText(Number(days))} from now`;
  }
  return instant === "now" ? "now" : instant.replace(/T00:00:00(?:\.000)?Z$/, "");
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days.toLocaleString("en")} days`;
}
