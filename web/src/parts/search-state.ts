/** What is asked of the intelligence, as it stands in the address, and the search that it means. */
import type { Condition, Sort } from "../api/types.ts";

/** The part of the address that says what is asked. */
export interface SearchState {
  readonly text?: string;
  readonly type?: string;
  readonly source?: string;
  readonly label?: string;
  readonly tlp?: string;
  /** `active`, `inactive` or `revoked`. */
  readonly state?: string;
  /** A condition that was built by hand, as JSON. */
  readonly where?: string;
  readonly sort?: string;
  readonly direction?: string;
  /** The object that is open. */
  readonly open?: string;
}

const SORTS: readonly Sort["by"][] = [
  "updated",
  "created",
  "modified",
  "valid_from",
  "valid_until",
  "ingested",
  "confidence",
  "name",
  "type",
  "source",
];

/** The order that the address says. */
export function sortOf({ sort, direction }: SearchState): Sort {
  return {
    by: SORTS.find((by) => by === sort) ?? "updated",
    direction: direction === "ascending" ? "ascending" : "descending",
  };
}

/** The condition that the address means; undefined when nothing is asked. @param now for what is active */
export function conditionOf(state: SearchState, now: Date): Condition | undefined {
  const instant = now.toISOString();
  const parts: Condition[] = [
    ...(state.type === undefined ? [] : [{ kind: "type", anyOf: [state.type] } as const]),
    ...(state.source === undefined ? [] : [{ kind: "source", anyOf: [state.source] } as const]),
    ...(state.label === undefined ? [] : [{ kind: "label", anyOf: [state.label] } as const]),
    ...(state.tlp === undefined
      ? []
      : [{ kind: "tlp", anyOf: [state.tlp === "none" ? null : state.tlp] } as const]),
    ...stateCondition(state.state, instant),
    ...textCondition(state.text),
    ...builtCondition(state.where),
  ];
  return parts.length === 0 ? undefined : { kind: "and", conditions: parts };
}

function stateCondition(state: string | undefined, at: string): Condition[] {
  if (state === "active") {
    return [{ kind: "active", at }];
  }
  if (state === "revoked") {
    return [{ kind: "revoked", is: true }];
  }
  return state === "inactive" ? [{ kind: "not", condition: { kind: "active", at } }] : [];
}

/** A STIX id is looked for as one; anything else by words, or as a value that a pattern pins. */
function textCondition(text: string | undefined): Condition[] {
  const words = text?.trim() ?? "";
  if (words === "") {
    return [];
  }
  if (/^[a-z0-9-]+--[0-9a-f-]{36}$/i.test(words)) {
    return [{ kind: "id", anyOf: [words.toLowerCase()] }];
  }
  return /[\p{L}\p{N}]/u.test(words) ? [{ kind: "text", words }] : [];
}

function builtCondition(where: string | undefined): Condition[] {
  if (where === undefined) {
    return [];
  }
  try {
    return [JSON.parse(where) as Condition];
  } catch {
    return [];
  }
}
