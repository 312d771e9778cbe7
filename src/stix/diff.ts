/**
 * What changed between two versions of an object: one entry for each place, as people read it and as JSON Patch
 * names it. Lists are compared after their common beginning and end, so that one item more is one entry.
 */

/** One place that differs. */
export interface Difference {
  readonly kind: "added" | "removed" | "changed";
  /** JSON Pointer, in the later version; of something removed, in the earlier one. @see RFC 6901 */
  readonly path: string;
  /** Undefined where it was added. */
  readonly before: unknown;
  /** Undefined where it was removed. */
  readonly after: unknown;
}

/** Entries of one comparison: more nobody reads. The last one is then the whole object, as changed. */
export const DIFFERENCES_MAX = 1_000;

/** Nesting that is looked into; deeper places are told as a whole. Objects are nested less when accepted. */
const DEPTH_MAX = 256;

/** The differences in the order of the later version, removed properties after the others. */
export function differencesOf(before: unknown, after: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare({ before, after, path: "", depth: 0, found });
  return found.length > DIFFERENCES_MAX
    ? [...found.slice(0, DIFFERENCES_MAX - 1), { kind: "changed", path: "", before, after }]
    : found;
}

interface Comparison {
  readonly before: unknown;
  readonly after: unknown;
  readonly path: string;
  readonly depth: number;
  readonly found: Difference[];
}

function compare(comparison: Comparison): void {
  const { before, after, path, depth, found } = comparison;
  if (Object.is(before, after) || found.length > DIFFERENCES_MAX) {
    return;
  }
  if (depth < DEPTH_MAX && isRecord(before) && isRecord(after)) {
    compareRecords(comparison, before, after);
  } else if (depth < DEPTH_MAX && Array.isArray(before) && Array.isArray(after)) {
    compareLists(comparison, before, after);
  } else {
    found.push({ kind: "changed", path, before, after });
  }
}

type JsonRecord = Readonly<Record<string, unknown>>;

function compareRecords(within: Comparison, before: JsonRecord, after: JsonRecord): void {
  const { path, depth, found } = within;
  for (const name of Object.keys(after)) {
    const place = `${path}/${pointerPart(name)}`;
    const value = after[name];
    if (Object.hasOwn(before, name)) {
      compare({ before: before[name], after: value, path: place, depth: depth + 1, found });
    } else {
      found.push({ kind: "added", path: place, before: undefined, after: value });
    }
  }
  for (const name of Object.keys(before).filter((each) => !Object.hasOwn(after, each))) {
    const place = `${path}/${pointerPart(name)}`;
    found.push({ kind: "removed", path: place, before: before[name], after: undefined });
  }
}

function compareLists(
  within: Comparison,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  const { path, depth, found } = within;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isEqual(before[start], after[start])) {
    start += 1;
  }
  let end = 0;
  while (end < shorter - start && isEqual(before.at(-1 - end), after.at(-1 - end))) {
    end += 1;
  }
  const both = shorter - end;
  for (let at = start; at < both; at += 1) {
    const place = `${path}/${at}`;
    compare({ before: before[at], after: after[at], path: place, depth: depth + 1, found });
  }
  for (let at = both; at < after.length - end; at += 1) {
    found.push({ kind: "added", path: `${path}/${at}`, before: undefined, after: after[at] });
  }
  for (let at = both; at < before.length - end; at += 1) {
    found.push({ kind: "removed", path: `${path}/${at}`, before: before[at], after: undefined });
  }
}

/** Told without comparing place by place, which would double with each level of nesting. */
function isEqual(one: unknown, other: unknown, depth = 0): boolean {
  if (Object.is(one, other)) {
    return true;
  }
  if (depth >= DEPTH_MAX) {
    return false;
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    const sameLength = one.length === other.length;
    return sameLength && one.every((each, at) => isEqual(each, other[at], depth + 1));
  }
  if (!isRecord(one) || !isRecord(other)) {
    return false;
  }
  const names = Object.keys(one);
  const sameNames =
    names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name));
  return sameNames && names.every((name) => isEqual(one[name], other[name], depth + 1));
}

function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
