/**
 * How many patterns a second one core reads, checks and takes the observables out of: patterns as feeds have
 * them, made here, and real ones where the folder with them lies beside the checkout. `JSON.parse` of the
 * same patterns, in arrays of 100 strings, is what to compare with.
 */

import { existsSync, readFileSync } from "node:fs";
import { checkPattern, observablesOf, parsePattern } from "../src/pattern/index.ts";
import { bestTimesMs, growthOf, rounded, type ScalingRow, scalingOf, timeMs } from "./timing.ts";

/** What bounds a run. */
export interface PatternBenchOptions {
  readonly secondsMax: number;
}

/** What was measured; the real ones are null where they are not at hand. */
export interface PatternBenchResult {
  readonly parsePerSecond: number;
  readonly allPerSecond: number;
  readonly jsonParsePerSecond: number;
  readonly parseToJsonParse: number;
  readonly patterns: number;
  readonly charactersPerPattern: number;
  readonly realParsePerSecond: number | null;
  readonly realAllPerSecond: number | null;
  readonly realJsonParsePerSecond: number | null;
  readonly realParseToJsonParse: number | null;
  readonly realPatterns: number;
  readonly realCharactersPerPattern: number | null;
  /** Made patterns that could not be parsed: none should be. */
  readonly errors: number;
  /** Power with which time grows in the worst row of the table below: 1 is linear. */
  readonly growthMax: number;
  readonly scaling: readonly ScalingRow[];
}

const PATTERNS = 20_000;
const PATTERNS_PER_CHUNK = 100;
const SIZES: readonly number[] = [250, 1_000, 4_000, 16_000];
const REAL_PATTERNS = new URL("../../shared/corpus/patterns-real.jsonl", import.meta.url);

interface Measured {
  readonly parsePerSecond: number;
  readonly allPerSecond: number;
  readonly jsonParsePerSecond: number;
  readonly parseToJsonParse: number;
  readonly charactersPerPattern: number;
  readonly errors: number;
}

/** Runs the measurement. */
export function benchPattern({ secondsMax }: PatternBenchOptions): PatternBenchResult {
  const made = measure(generated(PATTERNS), secondsMax);
  const realPatterns = readReal();
  const real = realPatterns.length === 0 ? undefined : measure(realPatterns, secondsMax);
  const scaling = FAMILIES.map(([name, make]) =>
    scalingOf(name, SIZES, (size) => {
      const text = make(size);
      return { characters: text.length, run: () => void readWhole(text) };
    }),
  );
  return {
    ...made,
    patterns: PATTERNS,
    realParsePerSecond: real?.parsePerSecond ?? null,
    realAllPerSecond: real?.allPerSecond ?? null,
    realJsonParsePerSecond: real?.jsonParsePerSecond ?? null,
    realParseToJsonParse: real?.parseToJsonParse ?? null,
    realPatterns: realPatterns.length,
    realCharactersPerPattern: real?.charactersPerPattern ?? null,
    growthMax: Math.max(...scaling.map(growthOf)),
    scaling: scaling.flat(),
  };
}

/** Everything that an upload does with a pattern; false where it cannot be parsed. */
function readWhole(text: string): boolean {
  const result = parsePattern(text);
  if (!result.ok) {
    return false;
  }
  checkPattern(result.pattern);
  observablesOf(result.pattern);
  return true;
}

function measure(patterns: readonly string[], secondsMax: number): Measured {
  const texts: readonly string[] = chunksOf(patterns).map((chunk) => JSON.stringify(chunk));
  let errors = 0;
  const times = bestTimesMs(secondsMax / 2, () => {
    let [jsonMs, parseMs, allMs] = [0, 0, 0];
    errors = 0;
    // Each task gets strings that nobody has looked at before, as a server does.
    for (const text of texts) {
      let fresh: string[] = [];
      const read = (): void => {
        fresh = JSON.parse(text) as string[];
      };
      jsonMs += timeMs(read);
      parseMs += timeMs(() => {
        for (const pattern of fresh) {
          errors += parsePattern(pattern).ok ? 0 : 1;
        }
      });
      jsonMs += timeMs(read);
      allMs += timeMs(() => fresh.forEach(readWhole));
    }
    return { jsonMs: jsonMs / 2, parseMs, allMs };
  });
  const perSecond = (ms: number): number => Math.round((patterns.length / ms) * 1000);
  const characters = patterns.reduce((sum, pattern) => sum + pattern.length, 0);
  return {
    parsePerSecond: perSecond(times.parseMs),
    allPerSecond: perSecond(times.allMs),
    jsonParsePerSecond: perSecond(times.jsonMs),
    parseToJsonParse: rounded(times.parseMs / times.jsonMs, 2),
    charactersPerPattern: Math.round(characters / patterns.length),
    errors,
  };
}

function chunksOf(patterns: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(patterns.length / PATTERNS_PER_CHUNK);
  return Array.from({ length: count }, (_, index) =>
    patterns.slice(index * PATTERNS_PER_CHUNK, (index + 1) * PATTERNS_PER_CHUNK),
  );
}

function readReal(): readonly string[] {
  if (!existsSync(REAL_PATTERNS)) {
    return [];
  }
  const lines = readFileSync(REAL_PATTERNS, "utf8").trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { pattern: string }).pattern);
}

/** Shapes of patterns with the part of a hundred that each has in a feed; `n` makes each one new. */
const SHAPES: readonly (readonly [percent: number, make: (n: number) => string])[] = [
  [28, (n) => `[ipv4-addr:value = '${address(n)}']`],
  [20, (n) => `[domain-name:value = 'host-${hex(n, 8)}.example.com']`],
  [14, (n) => `[url:value = 'https://files.example.net/${hex(n, 12)}/index.php?session=${n}']`],
  [14, (n) => `[file:hashes.'SHA-256' = '${hex(n, 64)}']`],
  [6, (n) => `[file:hashes.MD5 = '${hex(n, 32)}' OR file:hashes.'SHA-1' = '${hex(n, 40)}']`],
  [6, (n) => `[file:name = 'setup-${n}.exe' AND file:size = ${100_000 + n}]`],
  [
    4,
    (n) =>
      `[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '${address(n)}' AND network-traffic:dst_port = ${n % 65_536}]`,
  ],
  [
    3,
    (n) =>
      `([process:command_line LIKE '%powershell%-enc ${hex(n, 6)}%'] FOLLOWEDBY [file:name = 'run-${n}.ps1']) WITHIN 300 SECONDS`,
  ],
  [
    3,
    (n) =>
      `[windows-registry-key:key = 'HKLM\\\\\\\\Software\\\\\\\\Run\\\\\\\\${hex(n, 6)}' OR email-message:subject MATCHES '^Invoice ${n}']`,
  ],
  [
    2,
    (n) =>
      `[${list(10 + (n % 40), (each) => `domain-name:value = 'c${hex(n * 64 + each, 8)}.example.org'`, " OR ")}]`,
  ],
];

function generated(count: number): readonly string[] {
  const shapes = SHAPES.flatMap(([percent, make]) => Array.from({ length: percent }, () => make));
  // 37 has no factor in common with 100, so the shapes come mixed and each at its part.
  return Array.from({ length: count }, (_, n) => shapes[(n * 37) % shapes.length]?.(n) ?? "");
}

function address(n: number): string {
  return `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
}

function hex(n: number, digits: number): string {
  return n
    .toString(16)
    .padStart(digits, "5f2c9e0b7d41a8836c0e94b1d7f3a2c85e6b90d14f7c8a23b1e5facade0fa11d");
}

function list(size: number, make: (index: number) => string, join: string): string {
  return Array.from({ length: size }, (_, index) => make(index)).join(join);
}

/** Patterns that grow in one place. */
const FAMILIES: readonly (readonly [name: string, make: (size: number) => string])[] = [
  ["OR of comparisons", (size) => `[${list(size, (n) => `url:value = 'u${n}'`, " OR ")}]`],
  ["AND of comparisons", (size) => `[${list(size, (n) => `file:name != 'f${n}'`, " AND ")}]`],
  ["OR of observations", (size) => list(size, (n) => `[url:value = 'u${n}']`, " OR ")],
  ["FOLLOWEDBY", (size) => list(size, (n) => `[url:value = 'u${n}']`, " FOLLOWEDBY ")],
  ["IN list", (size) => `[url:value IN (${list(size, (n) => `'u${n}'`, ", ")})]`],
  ["one long string", (size) => `[url:value = '${"u\\'".repeat(size)}']`],
  ["one long path", (size) => `[a:${list(size, (n) => `k${n}_ref`, ".")} = 1]`],
  ["qualifiers", (size) => `[a:b = 1]${" REPEATS 2 TIMES".repeat(size)}`],
];
