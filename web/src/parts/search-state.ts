/** What is asked of the intelligence, as it stands in the address, and the search that it means. */
import type { Condition, Sort } from "../api/types.ts";

/** One value or several; one of them has to fit. */
type Values = string | readonly string[];

/** The part of the address that says what is asked. */
export interface SearchState {
  readonly text?: string;
  readonly type?: Values;
  readonly source?: Values;
  readonly label?: Values;
  /** `none` for objects without a marking. */
  readonly tlp?: Values;
  /** `active`, `inactive` or `revoked`. */
  readonly state?: string;
  /** A condition that was built by hand, as JSON; instants may be relative, such as `now-7d`. */
  readonly where?: string;
  readonly sort?: string;
  readonly direction?: string;
  /** Columns in their order, with widths: `title:320,type,tlp`. */
  readonly columns?: string;
  /** Name of the saved view that this was opened from. */
  readonly view?: string;
  /** The object that is open. */
  readonly open?: string;
  /** The part of it that is shown. */
  readonly part?: string;
}

/** A change of the address; undefined takes a part away. */
export type SearchChange = { readonly [Key in keyof SearchState]?: SearchState[Key] | undefined };

/** What narrows the list. */
const QUESTION_KEYS = ["text", "type", "source", "label", "tlp", "state", "where"] as const;

/** What a saved view keeps. */
const VIEW_KEYS = [...QUESTION_KEYS, "sort", "direction", "columns"] as const;

/** What a saved view keeps of the address. */
export type ViewSearch = Pick<SearchState, (typeof VIEW_KEYS)[number]>;

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

/** Reads the address, which may have been written by hand. */
export function searchStateOf(raw: Readonly<Record<string, unknown>>): SearchState {
  const names = [...VIEW_KEYS, "view", "open", "part"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const given = raw[name];
      // A condition that was written into an address by hand arrives as what it means.
      const isTree = name === "where" && typeof given === "object" && given !== null;
      const value = valuesOf(isTree ? JSON.stringify(given) : given);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function valuesOf(value: unknown): Values | undefined {
  if (Array.isArray(value)) {
    const texts = value.map(String);
    return texts.length > 1 ? texts : texts[0];
  }
  return value === undefined || value === null || value === "" || typeof value === "object"
    ? undefined
    : String(value);
}

/** What a view keeps of the address. */
export function viewSearchOf(state: SearchState): ViewSearch {
  return Object.fromEntries(
    VIEW_KEYS.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name]]])),
  );
}

/** The address with everything that a view keeps taken away. */
export const NOTHING_ASKED: SearchChange = Object.fromEntries(
  [...VIEW_KEYS, "view"].map((name) => [name, undefined]),
);

/** Whether two views ask the same. */
export function isSameSearch(one: ViewSearch, other: ViewSearch): boolean {
  return textOf(one) === textOf(other);
}

function textOf(search: ViewSearch): string {
  return JSON.stringify(VIEW_KEYS.map((name) => search[name] ?? null));
}

/** Whether anything narrows the list. */
export function isAsked(state: SearchState): boolean {
  return QUESTION_KEYS.some((name) => state[name] !== undefined);
}

/** One value or several as a list. */
export function listOf(values: Values | undefined): readonly string[] {
  return values === undefined ? [] : typeof values === "string" ? [values] : values;
}

/** The other way round; an empty list is none. */
export function asValues(list: readonly string[]): Values | undefined {
  return list.length > 1 ? list : list[0];
}

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
    ...anyOf("type", state.type),
    ...anyOf("source", state.source),
    ...anyOf("label", state.label),
    ...(state.tlp === undefined ? [] : [tlpCondition(listOf(state.tlp))]),
    ...stateCondition(state.state, instant),
    ...textCondition(state.text),
    ...builtCondition(state.where).map((condition) => atInstant(condition, now)),
  ];
  return parts.length === 0 ? undefined : { kind: "and", conditions: parts };
}

function anyOf(kind: "type" | "source" | "label", values: Values | undefined): Condition[] {
  return values === undefined ? [] : [{ kind, anyOf: listOf(values) }];
}

function tlpCondition(levels: readonly string[]): Condition {
  return { kind: "tlp", anyOf: levels.map((level) => (level === "none" ? null : level)) };
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

const DAY_MS = 86_400_000;

/** A condition whose relative instants stand for a moment. */
export function atInstant(condition: Condition, now: Date): Condition {
  if (condition.kind === "and" || condition.kind === "or") {
    return { ...condition, conditions: condition.conditions.map((each) => atInstant(each, now)) };
  }
  if (condition.kind === "not") {
    return { ...condition, condition: atInstant(condition.condition, now) };
  }
  return Object.fromEntries(
    Object.entries(condition).map(([name, value]) => [
      name,
      ["from", "before", "at"].includes(name) ? instantOf(value, now) : value,
    ]),
  ) as unknown as Condition;
}

function instantOf(value: unknown, now: Date): unknown {
  const [isRelative, sign, days] = /^now(?:([+-])(\d{1,5})d)?$/.exec(String(value)) ?? [];
  if (isRelative === undefined) {
    return value;
  }
  const distance = Number(days ?? 0) * DAY_MS * (sign === "-" ? -1 : 1);
  return new Date(now.getTime() + distance).toISOString();
}

const lastKey = (workspaceId: string): string => `stixgate.last.${workspaceId}`;

/** Remembers what was asked last in a workspace, for who comes back. */
export function rememberSearch(workspaceId: string, state: SearchState): void {
  const last = {
    ...viewSearchOf(state),
    ...(state.view === undefined ? {} : { view: state.view }),
  };
  try {
    localStorage.setItem(lastKey(workspaceId), JSON.stringify(last));
  } catch {
    // A full or forbidden store costs the memory, not the search.
  }
}

/** What was asked last; null when that was nothing. */
export function rememberedSearch(workspaceId: string): SearchState | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(lastKey(workspaceId)) ?? "{}");
    const state = searchStateOf(stored as Record<string, unknown>);
    return Object.keys(state).length === 0 ? null : state;
  } catch {
    return null;
  }
}
