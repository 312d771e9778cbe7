/**
 * Finds where values stand in a JSON text: from the path of a finding to its offsets, in one walk for all
 * findings of a text. The text has been parsed before, so nothing is checked here.
 */

/** A value in a text; offsets in UTF-16 code units. */
export interface JsonPlace {
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
  /** Where the key begins and ends, for members of objects. */
  readonly key: { readonly start: number; readonly end: number } | undefined;
}

/** Paths that are looked for, as a tree; `place` is set by the walk. */
export interface PlaceTree {
  readonly children: Map<string, PlaceTree>;
  place: JsonPlace | undefined;
}

/** A path as single steps: keys of objects, indexes of lists. */
export interface ResolvedPath {
  readonly steps: readonly string[];
  /** False where the path leads on to something absent; the steps end at its parent then. */
  readonly complete: boolean;
}

/** Ways to read an ambiguous path that are tried; keys with dots in them are rare. */
const READINGS_MAX = 1_000;

/**
 * Reads a path such as `external_references[0].hashes.SHA-256` with the help of the value it leads through,
 * because keys may themselves contain dots and brackets.
 */
export function resolvePath(path: string, root: unknown): ResolvedPath {
  const search: Search = { path, steps: [], best: [], readingsLeft: READINGS_MAX };
  return descend(root, 0, search)
    ? { steps: search.steps, complete: true }
    : { steps: search.best, complete: false };
}

interface Search {
  readonly path: string;
  readonly steps: string[];
  /** The deepest steps that led somewhere. */
  best: readonly string[];
  readingsLeft: number;
}

function descend(value: unknown, at: number, search: Search): boolean {
  const { path, steps } = search;
  if (at >= path.length) {
    return true;
  }
  if (steps.length > search.best.length) {
    search.best = [...steps];
  }
  search.readingsLeft -= 1;
  if (search.readingsLeft < 0 || typeof value !== "object" || value === null) {
    return false;
  }
  return Array.isArray(value)
    ? descendList(value, at, search)
    : descendObject(value as Readonly<Record<string, unknown>>, at, search);
}

function descendList(list: readonly unknown[], at: number, search: Search): boolean {
  const close = search.path.indexOf("]", at);
  const index = search.path[at] === "[" && close > 0 ? search.path.slice(at + 1, close) : "";
  return /^\d+$/.test(index) && Number(index) < list.length
    ? step(index, list[Number(index)], { at: close + 1, search })
    : false;
}

function descendObject(
  object: Readonly<Record<string, unknown>>,
  from: number,
  search: Search,
): boolean {
  const { path } = search;
  const at = path[from] === "." && from > 0 ? from + 1 : from;
  const plain = segmentEnd(path, at);
  const key = path.slice(at, plain);
  if (Object.hasOwn(object, key) && step(key, object[key], { at: plain, search })) {
    return true;
  }
  if (plain === path.length) {
    return false;
  }
  return Object.keys(object)
    .filter((each) => each.length > key.length && path.startsWith(each, at))
    .filter((each) => isSegmentEnd(path, at + each.length))
    .some((each) => step(each, object[each], { at: at + each.length, search }));
}

function step(
  key: string,
  value: unknown,
  { at, search }: { readonly at: number; readonly search: Search },
): boolean {
  search.steps.push(key);
  if (descend(value, at, search)) {
    return true;
  }
  search.steps.pop();
  return false;
}

function segmentEnd(path: string, at: number): number {
  let end = at;
  while (!isSegmentEnd(path, end)) {
    end += 1;
  }
  return end;
}

function isSegmentEnd(path: string, at: number): boolean {
  return at >= path.length || path[at] === "." || path[at] === "[";
}

/** A tree without paths. */
export function emptyTree(): PlaceTree {
  return { children: new Map(), place: undefined };
}

/** The node of a path in the tree, made where it is missing. */
export function nodeOf(tree: PlaceTree, steps: readonly string[]): PlaceTree {
  let node = tree;
  for (const key of steps) {
    let child = node.children.get(key);
    if (child === undefined) {
      child = emptyTree();
      node.children.set(key, child);
    }
    node = child;
  }
  return node;
}

/** Sets the places of all paths of the tree below the value that begins at or after `at`. */
export function locate(text: string, at: number, tree: PlaceTree): void {
  walk(text, skipSpace(text, at), tree, undefined);
}

/** Walks over one value and gives the offset behind it. Of a repeated key the last one counts, as for JSON.parse. */
function walk(text: string, start: number, node: PlaceTree, key: JsonPlace["key"]): number {
  const first = text[start];
  const isContainer = first === "{" || first === "[";
  const end =
    node.children.size === 0 || !isContainer
      ? skipValue(text, start)
      : first === "{"
        ? walkObject(text, start, node)
        : walkList(text, start, node);
  node.place = { start, end, key };
  return end;
}

function walkObject(text: string, start: number, node: PlaceTree): number {
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== "}") {
    const keyEnd = skipValue(text, at);
    const child = node.children.get(keyIn(text, at, keyEnd));
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end =
      child === undefined
        ? skipValue(text, value)
        : walk(text, value, child, { start: at, end: keyEnd });
    at = overComma(text, end);
  }
  return at + 1;
}

function walkList(text: string, start: number, node: PlaceTree): number {
  let at = skipSpace(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== "]"; index++) {
    const child = node.children.get(String(index));
    const end = child === undefined ? skipValue(text, at) : walk(text, at, child, undefined);
    at = overComma(text, end);
  }
  return at + 1;
}

function overComma(text: string, at: number): number {
  const next = skipSpace(text, at);
  return text[next] === "," ? skipSpace(text, next + 1) : next;
}

function keyIn(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes("\\") ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The first offset at or after `at` that is no white space of JSON. */
export function skipSpace(text: string, at: number): number {
  let place = at;
  for (;;) {
    const code = text.charCodeAt(place);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      return place;
    }
    place += 1;
  }
}

/** The offset behind the value that begins at `start`; the end of the text where the value has none. */
export function skipValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) {
    return skipString(text, start);
  }
  if (first === 0x7b || first === 0x5b) {
    return skipContainer(text, start);
  }
  const end = start + 1;
  const scalar = /[\s,\]}{["]/g;
  scalar.lastIndex = end;
  return scalar.exec(text)?.index ?? text.length;
}

function skipString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) {
      backslashes += 1;
    }
    if (backslashes % 2 === 0) {
      return quote + 1;
    }
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function skipContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    depth += code === 0x7b || code === 0x5b ? 1 : code === 0x7d || code === 0x5d ? -1 : 0;
    at += 1;
    if (depth === 0) {
      return at;
    }
  }
  return text.length;
}

/** The offset in the text of a unit of the string that a JSON literal stands for. */
export function offsetInLiteral(text: string, literal: JsonPlace, unit: number): number {
  let at = literal.start + 1;
  for (let left = unit; left > 0 && at < literal.end - 1; left--) {
    const isEscape = text.charCodeAt(at) === BACKSLASH;
    at += isEscape ? (text[at + 1] === "u" ? 6 : 2) : 1;
  }
  return Math.min(at, literal.end - 1);
}
