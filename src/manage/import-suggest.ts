/**
 * Values that would put a fault right. A few are tried, those that people mean when they write what was found; the first
 * with which the rule is content is suggested. What isn't sure is not guessed.
 */
import { hash } from "node:crypto";
import { type ValidationOptions, validateObject } from "../stix/index.ts";
import { guidFromDigest } from "../wire/index.ts";
import { isRfc3339Like, patternOfValue } from "./csv-indicators.ts";
import type { Suggestion } from "./import-order.ts";
import { pointerOf, stepsOf } from "./import-places.ts";

/** What is wrong, as the validation says it. */
interface Wrong {
  readonly rule: string;
  readonly path: string;
}

interface Candidate {
  readonly text: string;
  readonly value?: unknown;
}

/** Longest value that is shown in a suggestion's text. */
const SHOWN_LENGTH_MAX = 80;

type Json = Readonly<Record<string, unknown>>;

/**
 * What to write instead; null when nothing is sure.
 * @param now what a missing time becomes, RFC 3339
 */
export function suggestionFor(
  object: unknown,
  wrong: Wrong,
  { validation, now }: { readonly validation: ValidationOptions; readonly now: string },
): Suggestion | null {
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    return null;
  }
  const record = object as Json;
  const path = wrong.path === "" ? (PROPERTY_OF_RULE.get(wrong.rule) ?? "") : wrong.path;
  const steps = stepsOf(path);
  const [property] = steps;
  if (property === undefined) {
    return null;
  }
  const found = valueAt(record, steps);
  const candidates = found.is
    ? candidatesFor(found.value, property, record)
    : missing(property, record, now);
  for (const { text, ...rest } of candidates) {
    const changed = withValue(record, steps, rest);
    const { findings } = validateObject(changed, validation);
    const isStill = findings.some(
      (finding) => finding.severity === "error" && finding.path === wrong.path,
    );
    if (!isStill) {
      return { text, pointer: pointerOf(path), ...rest };
    }
  }
  return null;
}

const PROPERTY_OF_RULE: ReadonlyMap<string, string> = new Map([
  ["id.present", "id"],
  ["type.present", "type"],
  ["created.present", "created"],
  ["modified.present", "modified"],
]);

const TYPE_OF_ID = /^([a-z0-9-]+)--/;
const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/** What most people leave out, and mean. */
function missing(property: string, record: Json, now: string): readonly Candidate[] {
  const { created, modified, id, type } = record;
  const typeOfId = TYPE_OF_ID.exec(typeof id === "string" ? id : "")?.[1];
  const values: Readonly<Record<string, readonly unknown[]>> = {
    type: typeOfId === undefined ? [] : [typeOfId],
    id: typeof type === "string" ? [newId(type, record)] : [],
    spec_version: ["2.1"],
    created: [modified, now],
    modified: [created, now],
    valid_from: [created, now],
    pattern_type: ["stix"],
    is_family: [false],
  };
  return (Object.hasOwn(values, property) ? (values[property] ?? []) : [])
    .filter((value) => value !== undefined)
    .map((value) => ({ text: `Add "${property}": ${shown(value)}`, value }));
}

function candidatesFor(found: unknown, property: string, record: Json): readonly Candidate[] {
  const values = [...replacementsOf(found, property, record)];
  const written = values.map((value) => ({ text: `Write ${shown(value)}`, value }));
  return isNothing(found) ? [...written, { text: `Remove "${property}"` }] : written;
}

function* replacementsOf(found: unknown, property: string, record: Json): Generator<unknown> {
  if (property === "id") {
    yield* idsFor(found, record);
    return;
  }
  if (property === "spec_version") {
    yield "2.1";
    return;
  }
  if (typeof found === "number") {
    yield* replacementsOfNumber(found);
  } else if (typeof found === "string") {
    yield* replacementsOfText(found.trim(), property);
  }
}

function* replacementsOfNumber(found: number): Generator<unknown> {
  const seconds = found > 1e8 && found < 1e11 ? found * 1_000 : found;
  if (Number.isSafeInteger(seconds) && seconds > 1e11 && seconds < 1e14) {
    yield new Date(seconds).toISOString();
  }
  yield Math.min(100, Math.max(0, Math.round(found)));
  yield String(found);
}

function* replacementsOfText(text: string, property: string): Generator<unknown> {
  if (isRfc3339Like(text)) {
    yield isoOf(text);
  }
  if (property === "pattern" && text !== "") {
    yield `[${text}]`;
    yield patternOfValue(text);
  }
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) {
    yield Number(text);
  }
  if (/^(true|false)$/i.test(text)) {
    yield text.toLowerCase() === "true";
  }
  if (text !== "") {
    yield [text];
    yield text;
    yield text.toLowerCase();
    yield text.toLowerCase().replaceAll(/[ _]+/g, "-");
  }
}

function* idsFor(found: unknown, record: Json): Generator<unknown> {
  const { type } = record;
  if (typeof type !== "string") {
    return;
  }
  const guid = typeof found === "string" ? GUID.exec(found)?.[0] : undefined;
  if (guid !== undefined) {
    yield `${type}--${guid.toLowerCase()}`;
  }
  yield newId(type, record);
}

/** The same record gets the same id, however often it is asked for. */
function newId(type: string, record: Json): string {
  return `${type}--${guidFromDigest(hash("sha256", JSON.stringify(record)), 4)}`;
}

function isoOf(text: string): string | undefined {
  const isLocal = /\d\d:\d\d/.test(text) && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const ms = Date.parse(isLocal ? `${text.replace(" ", "T")}Z` : text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function isNothing(value: unknown): boolean {
  return (
    value === null ||
    value === "" ||
    (typeof value === "object" && Object.keys(value as object).length === 0)
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX - 1)}…` : text;
}

function valueAt(
  record: unknown,
  steps: readonly string[],
): { readonly is: boolean; readonly value?: unknown } {
  let value = record;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return { is: false };
    }
    value = (value as Json)[step];
  }
  return { is: true, value };
}

/** A copy with a value in its place, or without it. */
function withValue(
  record: unknown,
  [step, ...rest]: readonly string[],
  change: { readonly value?: unknown },
): unknown {
  if (step === undefined) {
    return change.value;
  }
  const isGone = rest.length === 0 && !("value" in change);
  if (Array.isArray(record)) {
    const at = Number(step);
    return isGone ? record.toSpliced(at, 1) : record.with(at, withValue(record[at], rest, change));
  }
  const { [step]: inner, ...others } = (record ?? {}) as Json;
  return isGone ? others : { ...(record as Json), [step]: withValue(inner, rest, change) };
}
