/**
 * How many objects a second one core validates, with the pattern and without, and what that costs in parts of
 * `JSON.parse`. Every object is parsed from a text of its own, no two of which are alike; objects are parsed
 * and validated by the hundred, one hundred after the other, as requests of the upload API bring them.
 */

import { existsSync, readFileSync } from "node:fs";
import { type Profile, type ValidationOptions, validateObject } from "../src/stix/index.ts";
import { createFeed } from "./feed.ts";
import { bestTimesMs, growthOf, rounded, type ScalingRow, scalingOf, timeMs } from "./timing.ts";

/** What bounds a run. */
export interface StixBenchOptions {
  readonly secondsMax: number;
}

/** What was measured on one set of objects. */
type SetResult = {
  readonly objects: number;
  readonly bytesPerObject: number;
  readonly sentinelPerSecond: number;
  /** The same objects, their patterns of a language that nobody reads. */
  readonly withoutPatternPerSecond: number;
  readonly strictPerSecond: number;
  readonly jsonParsePerSecond: number;
  /** Time of validation in parts of the time of JSON.parse. */
  readonly sentinelToJsonParse: number;
  readonly withoutPatternToJsonParse: number;
  readonly strictToJsonParse: number;
  /** Objects found invalid in the sentinel profile. */
  readonly invalid: number;
};

/** What was measured; the published objects are null where they are not at hand. */
export interface StixBenchResult extends SetResult {
  readonly measured: string;
  /** Objects of the made feed that were found invalid: none should be. */
  readonly errors: number;
  readonly publishedIndicators: SetResult | null;
  readonly publishedObjects: SetResult | null;
  /** Power with which time grows in the worst row of the table below: 1 is linear. */
  readonly growthMax: number;
  readonly scaling: readonly ScalingRow[];
}

const MEASURED =
  "One core, objects by the hundred; JSON.parse reads each object from its own text, all different; " +
  "first the made feed (indicators as feeds have them), then published objects of 2.1.";

const REQUESTS = 100;
const OBJECTS_PER_REQUEST = 100;
const SIZES: readonly number[] = [250, 1_000, 4_000, 16_000, 64_000];
const PUBLISHED = new URL("../../shared/corpus/real.jsonl", import.meta.url);

type JsonObject = Record<string, unknown>;

function optionsOf(profile: Profile): ValidationOptions {
  return {
    profile,
    defaultSpecVersion: "2.0",
    patternTypeOn20: "optional",
    timestamps: "lenient",
    supportedTypes: "stix",
    coerceNumericStrings: false,
    tlpGreenAlias: true,
    severity: {},
  };
}

/** Runs the measurement. */
export function benchStix({ secondsMax }: StixBenchOptions): StixBenchResult {
  const feed = measure(feedTexts(), secondsMax / 2);
  const published = readPublished();
  const ofPublished = (texts: readonly string[]): SetResult | null =>
    texts.length === 0 ? null : measure(texts, secondsMax / 4);
  const scaling = FAMILIES.map(([name, make]) =>
    scalingOf(name, SIZES, (size) => sized(make(size), optionsOf("strict"))),
  );
  return {
    measured: MEASURED,
    ...feed,
    errors: feed.invalid,
    publishedIndicators: ofPublished(published.filter(isIndicator)),
    publishedObjects: ofPublished(published),
    growthMax: Math.max(...scaling.map(growthOf)),
    scaling: scaling.flat(),
  };
}

function isIndicator(text: string): boolean {
  return text.includes('"type":"indicator"');
}

/** Parses and validates hundred after hundred until the time is used up; the best round counts. */
function measure(texts: readonly string[], secondsMax: number): SetResult {
  const [sentinel, strict] = [optionsOf("sentinel"), optionsOf("strict")];
  const requests = requestsOf(texts);
  let invalid = 0;
  const times = bestTimesMs(secondsMax, () => {
    const round = { parseMs: 0, sentinelMs: 0, withoutMs: 0, strictMs: 0 };
    invalid = 0;
    for (const request of requests) {
      round.parseMs += timeMs(() => request.map(parsed)) / 2;
      const [objects, others] = [request.map(parsed), request.map(parsed)];
      round.sentinelMs += timeMs(() => {
        invalid += countInvalid(objects, sentinel);
      });
      const bare = request.map((text) => withoutPattern(parsed(text)));
      round.withoutMs += timeMs(() => countInvalid(bare, sentinel));
      round.strictMs += timeMs(() => countInvalid(others, strict));
      round.parseMs += timeMs(() => request.map(parsed)) / 2;
    }
    return round;
  });
  const perSecond = (ms: number): number => Math.round((texts.length / ms) * 1000);
  const toParse = (ms: number): number => rounded(ms / times.parseMs, 3);
  return {
    objects: texts.length,
    bytesPerObject: Math.round(texts.join("").length / texts.length),
    sentinelPerSecond: perSecond(times.sentinelMs),
    withoutPatternPerSecond: perSecond(times.withoutMs),
    strictPerSecond: perSecond(times.strictMs),
    jsonParsePerSecond: perSecond(times.parseMs),
    sentinelToJsonParse: toParse(times.sentinelMs),
    withoutPatternToJsonParse: toParse(times.withoutMs),
    strictToJsonParse: toParse(times.strictMs),
    invalid,
  };
}

function requestsOf(texts: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(texts.length / OBJECTS_PER_REQUEST);
  return Array.from({ length: count }, (_, index) =>
    texts.slice(index * OBJECTS_PER_REQUEST, (index + 1) * OBJECTS_PER_REQUEST),
  );
}

function parsed(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

function countInvalid(objects: readonly JsonObject[], options: ValidationOptions): number {
  let invalid = 0;
  for (const object of objects) {
    invalid += validateObject(object, options).valid ? 0 : 1;
  }
  return invalid;
}

function withoutPattern(object: JsonObject): JsonObject {
  if (object["pattern_type"] !== undefined) {
    object["pattern_type"] = "unread";
  }
  return object;
}

/** The feed of the other benchmarks, with a name and a description of its own for each object. */
function feedTexts(): readonly string[] {
  const feed = createFeed();
  let number = 0;
  return Array.from({ length: REQUESTS }, () => {
    const body = feed.body(OBJECTS_PER_REQUEST);
    body.renew();
    const { stixobjects } = JSON.parse(body.bytes.toString("utf8")) as {
      stixobjects: JsonObject[];
    };
    return stixobjects.map((object) => {
      number += 1;
      const { name, description } = object;
      return JSON.stringify({
        ...object,
        name: `${name} (${number})`,
        description: `Case ${number * 7_919}: ${description}`,
      });
    });
  }).flat();
}

/** Published objects of 2.1 that lie beside the project, where they do; bundles and custom types are left out. */
function readPublished(): readonly string[] {
  if (!existsSync(PUBLISHED)) {
    return [];
  }
  const rows = readFileSync(PUBLISHED, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { version: string; object: JsonObject });
  return rows
    .filter(({ version, object }) => version === "2.1" && object["type"] !== "bundle")
    .map(({ object }) => JSON.stringify(object));
}

function sized(
  object: JsonObject,
  options: ValidationOptions,
): ReturnType<Parameters<typeof scalingOf>[2]> {
  const value = JSON.parse(JSON.stringify(object)) as JsonObject;
  return {
    characters: JSON.stringify(object).length,
    run: () => void validateObject(value, options),
  };
}

const INDICATOR: JsonObject = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--8a1f3c52-6b0e-4d97-9e24-0b6f0c9f5a11",
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: "Growing",
  description: "Grows in one place",
  indicator_types: ["malicious-activity"],
  pattern: "[ipv4-addr:value = '198.51.100.7']",
  pattern_type: "stix",
  valid_from: "2026-01-01T00:00:00Z",
};

function indexes(size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => index);
}

function hex(index: number): string {
  return index.toString(16).padStart(12, "0");
}

/** Objects that grow in one place, and what a breach of a rule in every part of them costs. */
const FAMILIES: readonly (readonly [name: string, make: (size: number) => JsonObject])[] = [
  [
    "bundle of indicators",
    (size) => ({
      type: "bundle",
      id: "bundle--8a1f3c52-6b0e-4d97-9e24-0b6f0c9f5a11",
      objects: indexes(size / 10).map((index) => ({
        ...INDICATOR,
        id: `indicator--8a1f3c52-6b0e-4d97-9e24-${hex(index)}`,
      })),
    }),
  ],
  ["labels", (size) => ({ ...INDICATOR, labels: indexes(size).map((index) => `label-${index}`) })],
  ["wrong labels", (size) => ({ ...INDICATOR, labels: indexes(size) })],
  ["description", (size) => ({ ...INDICATOR, description: "text ".repeat(size) })],
  [
    "unknown properties",
    (size) => ({
      ...INDICATOR,
      ...Object.fromEntries(indexes(size).map((index) => [`x_property_${index}`, index])),
    }),
  ],
  [
    "external references",
    (size) => ({
      ...INDICATOR,
      external_references: indexes(size).map((index) => ({
        source_name: `source ${index}`,
        external_id: hex(index),
      })),
    }),
  ],
  [
    "granular markings",
    (size) => ({
      ...INDICATOR,
      labels: indexes(size).map((index) => `label-${index}`),
      granular_markings: [
        {
          marking_ref: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
          selectors: indexes(size).map((index) => `labels.[${index}]`),
        },
      ],
    }),
  ],
  [
    "pattern",
    (size) => ({
      ...INDICATOR,
      pattern: `[${indexes(size / 4)
        .map((index) => `url:value = 'https://${hex(index)}.example'`)
        .join(" OR ")}]`,
    }),
  ],
];
