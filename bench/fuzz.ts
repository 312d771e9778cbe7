/**
 * Fuzzing at length: values and patterns that nobody would write, as many as are asked for, by a generator that
 * gives the same ones for the same seed. Counts what throws or contradicts itself, of which there should be
 * nothing, and sorts the times by the size of the input: time per character stays level where time is linear.
 */

import { checkPattern, observablesOf, parsePattern, printPattern } from "../src/pattern/index.ts";
import {
  NESTED_TYPES,
  OBJECT_TYPES,
  PREDEFINED_EXTENSIONS,
  type ValidationOptions,
  validateObject,
} from "../src/stix/index.ts";
import { rounded, type ScalingRow } from "./timing.ts";

/** How much to try. */
export interface FuzzOptions {
  /** Inputs altogether; every other one is a pattern. */
  readonly values: number;
  readonly seed: number;
}

/** What was found. */
export interface FuzzResult {
  readonly values: number;
  readonly patterns: number;
  readonly seed: number;
  readonly characters: number;
  /** Inputs found valid, of objects in either profile and version, and of patterns. */
  readonly validObjects: number;
  readonly validPatterns: number;
  /** Inputs that threw or contradicted themselves: none should be. */
  readonly errors: number;
  readonly firstError: string | null;
  /** Time per character in parts of that of inputs an eighth as large, where it grows most: 1 is linear. */
  readonly growthMax: number;
  /** Median times by size. */
  readonly scaling: readonly ScalingRow[];
}

const BASE: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "any",
  coerceNumericStrings: true,
  tlpGreenAlias: true,
  severity: {},
};
const EVERY: readonly ValidationOptions[] = [
  BASE,
  { ...BASE, defaultSpecVersion: "2.1", supportedTypes: "stix" },
  { ...BASE, profile: "strict" },
  { ...BASE, profile: "strict", defaultSpecVersion: "2.1" },
];

/** A source of whole numbers below a bound. */
type Random = (bound: number) => number;

/** Mulberry32: small, quick, and good enough to mix words. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Runs the fuzzing. */
export function benchFuzz({ values, seed }: FuzzOptions): FuzzResult {
  const random = randomFrom(seed);
  const tally = { characters: 0, validObjects: 0, validPatterns: 0, errors: 0, patterns: 0 };
  let firstError: string | null = null;
  const buckets = new Map<string, Bucket>();
  for (let index = 0; index < values; index++) {
    const isPattern = index % 2 === 1;
    const text = isPattern ? patternText(random) : JSON.stringify(jsonValue(random));
    const { valid, error, ms } = attempt(isPattern ? () => tryPattern(text) : prepared(text));
    tally.characters += text.length;
    tally.patterns += Number(isPattern);
    tally.validPatterns += Number(isPattern && valid);
    tally.validObjects += Number(!isPattern && valid);
    if (error !== undefined) {
      tally.errors += 1;
      firstError ??= `${error}: ${text.slice(0, 500)}`;
    }
    // The first ones are slower: the engine has not compiled anything yet.
    if (index >= WARM_UP_VALUES) {
      note(buckets, isPattern ? "patterns" : "values", text.length, ms);
    }
  }
  const scaling = rowsOf(buckets);
  return { values, seed, ...tally, firstError, growthMax: growthOf(scaling), scaling };
}

const WARM_UP_VALUES = 5_000;

interface Outcome {
  readonly valid: boolean;
  readonly error: string | undefined;
  readonly ms: number;
}

function attempt(run: () => boolean): Outcome {
  const startMs = performance.now();
  try {
    return { valid: run(), error: undefined, ms: performance.now() - startMs };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { valid: false, error: message, ms: performance.now() - startMs };
  }
}

/** Reading the text is not what is timed. */
function prepared(text: string): () => boolean {
  const value: unknown = JSON.parse(text);
  return () => tryValue(value);
}

/** Whether the value is valid for anybody; throws where the answers contradict each other. */
function tryValue(value: unknown): boolean {
  let isValid = false;
  for (const options of EVERY) {
    const { valid, findings, facts } = validateObject(value, options);
    if (valid !== findings.every(({ severity }) => severity === "warning")) {
      throw new Error("the verdict contradicts the findings");
    }
    if (facts !== undefined && !valid) {
      throw new Error("facts of an invalid object");
    }
    isValid ||= valid;
  }
  return isValid;
}

/** Whether the text is a pattern; throws where what is printed of it is not. */
function tryPattern(text: string): boolean {
  const result = parsePattern(text);
  if (!result.ok) {
    return false;
  }
  checkPattern(result.pattern);
  observablesOf(result.pattern);
  if (!parsePattern(printPattern(result.pattern)).ok) {
    throw new Error("the printed pattern cannot be parsed");
  }
  return true;
}

interface Bucket {
  readonly input: string;
  count: number;
  /** Characters and nanoseconds a character, of the first ones. */
  readonly characters: number[];
  readonly nanos: number[];
}

/** Enough for a median that other work on the machine does not move. */
const NOTED_MAX = 5_000;

/** Inputs of a size up to twice as large count together. */
function note(buckets: Map<string, Bucket>, input: string, characters: number, ms: number): void {
  const key = `${input} ${Math.ceil(Math.log2(Math.max(1, characters)))}`;
  const bucket = buckets.get(key) ?? { input, count: 0, characters: [], nanos: [] };
  bucket.count += 1;
  if (bucket.count <= NOTED_MAX) {
    bucket.characters.push(characters);
    bucket.nanos.push((ms * 1_000_000) / Math.max(1, characters));
  }
  buckets.set(key, bucket);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1] ?? 0;
}

/** So few inputs of one size tell nothing. */
const COUNT_MIN = 20;

function rowsOf(buckets: ReadonlyMap<string, Bucket>): readonly ScalingRow[] {
  return [...buckets.values()]
    .filter(({ count }) => count >= COUNT_MIN)
    .map(({ input, count, characters, nanos }) => ({
      input: `${count.toLocaleString("en-US")} ${input}`,
      characters: median(characters),
      micros: rounded((median(nanos) * median(characters)) / 1000, 2),
      nanosPerCharacter: rounded(median(nanos), 2),
    }))
    .sort(
      (left, right) =>
        kindOf(left.input).localeCompare(kindOf(right.input)) || left.characters - right.characters,
    );
}

function kindOf(input: string): string {
  return input.slice(input.indexOf(" ") + 1);
}

/** Rows double their size; small inputs measure the clock rather than the work. */
const EIGHTFOLD = 3;
const COMPARED_FROM_CHARACTERS = 100;

function growthOf(rows: readonly ScalingRow[]): number {
  const growths = rows.map((row, index) => {
    const larger = rows[index + EIGHTFOLD];
    const isSameKind = larger !== undefined && kindOf(larger.input) === kindOf(row.input);
    return isSameKind && row.characters >= COMPARED_FROM_CHARACTERS
      ? larger.nanosPerCharacter / row.nanosPerCharacter
      : 0;
  });
  return rounded(Math.max(0, ...growths), 2);
}

const NAMES: readonly string[] = [
  ...new Set(
    [...OBJECT_TYPES.values(), ...NESTED_TYPES.values(), ...PREDEFINED_EXTENSIONS.values()].flatMap(
      ({ properties }) => properties.map(({ name }) => name),
    ),
  ),
  ...PREDEFINED_EXTENSIONS.keys(),
  ...["extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e", "SHA-256", "en", "0", ""],
  ...["__proto__", "constructor", "toJSON", "toString", "x_own", "Ünïcode", "a".repeat(300)],
];
const TYPES: readonly string[] = [...OBJECT_TYPES.keys(), "x-own", "a", "!", "constructor"];
const TEXTS: readonly string[] = [
  ...[
    "2.0",
    "2.1",
    "stix",
    "sigma",
    "yara",
    "en",
    "0",
    "",
    "\u0000\ud800",
    "a@b.example",
    "1.2.3.4",
  ],
  ...[
    "2024-01-01T00:00:00.000Z",
    "2024-01-01T00:00:00Z",
    "2023-02-29T25:61:00z",
    "[url:value = 'a']",
  ],
  ...[
    "labels.[0]",
    "name",
    "external_references.[0].url",
    "text/plain",
    "UTF-8",
    "https://a.example/%",
  ],
  ...TYPES.map((type) => `${type}--26ffb872-1dd9-446e-b6f5-d58527e5b5d2`),
];
const OTHERS: readonly unknown[] = [null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, 50];

function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from[random(from.length)];
}

const PARTS_MAX = 200;

/** From 1 to 200 parts, small numbers being more frequent than large ones. */
function partsOf(random: Random): number {
  return Math.ceil(PARTS_MAX ** (random(1_000_000) / 1_000_000));
}

/** A JSON value: mostly an object of a type of the standard. */
function jsonValue(random: Random): unknown {
  const budget = { parts: partsOf(random) };
  if (random(10) === 0) {
    return anyValue(random, budget, 0);
  }
  const object = objectOf(random, budget, 0) as Record<string, unknown>;
  object["type"] = pick(random, TYPES);
  if (random(2) === 0) {
    object["id"] = `${object["type"]}--26ffb872-1dd9-446e-b6f5-d58527e5b5d2`;
    object["created"] = "2024-01-01T00:00:00.000Z";
    object["modified"] = "2024-01-01T00:00:00.000Z";
  }
  return object;
}

const DEPTH_MAX = 300;

function anyValue(random: Random, budget: { parts: number }, depth: number): unknown {
  budget.parts -= 1;
  const kind = budget.parts > 0 && depth < DEPTH_MAX ? random(10) : random(6);
  if (kind < 4) {
    return pick(random, TEXTS);
  }
  if (kind < 6) {
    return pick(random, OTHERS);
  }
  return kind < 8 ? listOf(random, budget, depth) : objectOf(random, budget, depth);
}

function listOf(random: Random, budget: { parts: number }, depth: number): unknown[] {
  const length = lengthOf(random, budget);
  return Array.from({ length }, () => anyValue(random, budget, depth + 1));
}

/** So many members of what is left: some, so that something is left for what stands in them. */
function lengthOf(random: Random, budget: { parts: number }): number {
  const length = random(Math.max(1, Math.ceil(budget.parts / 3)) + 1);
  budget.parts -= length;
  return length;
}

function objectOf(random: Random, budget: { parts: number }, depth: number): unknown {
  const length = lengthOf(random, budget);
  const members = Array.from({ length }, () => {
    const value = anyValue(random, budget, depth + 1);
    return `${JSON.stringify(pick(random, NAMES))}:${JSON.stringify(value)}`;
  });
  // As JSON.parse makes objects: `__proto__` is an own property like any other.
  return JSON.parse(`{${members.join(",")}}`);
}

const TOKENS: readonly string[] = [
  ...["[", "]", "(", ")", " AND ", " OR ", " FOLLOWEDBY ", " NOT ", " IN ", " LIKE ", " MATCHES "],
  ...[" = ", " != ", "<", ">=", " ISSUBSET ", "EXISTS ", " WITHIN 5 SECONDS", " REPEATS 2 TIMES"],
  ...[
    " START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'",
    "ipv4-addr:value",
    "file:name",
  ],
  ...[
    "file:hashes.'SHA-256'",
    "a:b[*].c_ref.d",
    "'text'",
    "'it\\'s'",
    "5",
    "-1.5",
    "true",
    "h'0f'",
  ],
  ...[
    "b'QQ=='",
    "t'2024-02-30T00:00:00Z'",
    ",",
    ".",
    ":",
    "'",
    "\\",
    "/*",
    "*/",
    "// x\n",
    "\u3000",
    "é",
  ],
];
const TESTS: readonly string[] = [
  ...["ipv4-addr:value = '198.51.100.7'", "file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e'"],
  ...["url:value LIKE '%a_'", "domain-name:value IN ('a.example', 'b.example')", "a:b NOT = h'0F'"],
  ...["network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24'", "file:size >= +5", "EXISTS x:y"],
  ...[
    "process:name MATCHES '^a+$'",
    "file:extensions.'x-ext'[0].k != 1.50",
    "x:y = t'2024-01-01T00:00:00Z'",
  ],
];
const SUFFIXES: readonly string[] = ["", "", "", " WITHIN 5 SECONDS", " REPEATS 0 TIMES"];

/** A pattern: half of them follow the grammar, the others are words of it in any order. */
function patternText(random: Random): string {
  const parts = partsOf(random);
  if (random(2) === 0) {
    return Array.from({ length: parts }, () => pick(random, TOKENS)).join("");
  }
  return observations(random, parts, 0);
}

function observations(random: Random, parts: number, depth: number): string {
  if (parts <= 3 || depth > 200) {
    const tests = Array.from({ length: Math.min(parts, 3) }, () => pick(random, TESTS));
    return `[${tests.join(random(2) === 0 ? " OR " : " AND ")}]${pick(random, SUFFIXES)}`;
  }
  const left = 1 + random(parts - 1);
  const operator = pick(random, [" AND ", " OR ", " FOLLOWEDBY "]);
  const joined =
    observations(random, left, depth + 1) +
    operator +
    observations(random, parts - left, depth + 1);
  return random(3) === 0 ? `(${joined})${pick(random, SUFFIXES)}` : joined;
}
