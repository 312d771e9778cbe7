/**
 * How many objects a second one core validates, the pattern included: indicators as feeds have them, in
 * requests of 100 that are parsed, validated and dropped one after the other, as the upload API does it.
 * `JSON.parse` of the same requests in the same run is what to compare with.
 */

import { type Profile, type ValidationOptions, validateObject } from "../src/stix/index.ts";
import { createFeed } from "./feed.ts";
import { bestTimesMs, growthOf, rounded, type ScalingRow, scalingOf, timeMs } from "./timing.ts";

/** What bounds a run. */
export interface StixBenchOptions {
  readonly secondsMax: number;
}

/** What was measured. */
export interface StixBenchResult {
  readonly sentinelPerSecond: number;
  readonly strictPerSecond: number;
  readonly jsonParsePerSecond: number;
  /** Time of validation in parts of the time of JSON.parse. */
  readonly sentinelToJsonParse: number;
  readonly strictToJsonParse: number;
  readonly bytesPerObject: number;
  readonly objects: number;
  /** Objects of the feed that were found invalid: none should be. */
  readonly errors: number;
  /** Power with which time grows in the worst row of the table below: 1 is linear. */
  readonly growthMax: number;
  readonly scaling: readonly ScalingRow[];
}

const BODIES = 100;
const OBJECTS_PER_BODY = 100;
const SIZES: readonly number[] = [250, 1_000, 4_000, 16_000, 64_000];

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
  const texts = feedTexts();
  const objects = texts.length * OBJECTS_PER_BODY;
  const sentinel = measure(texts, optionsOf("sentinel"), secondsMax / 2);
  const strict = measure(texts, optionsOf("strict"), secondsMax / 2);
  const scaling = FAMILIES.map(([name, make]) =>
    scalingOf(name, SIZES, (size) => sized(make(size), optionsOf("strict"))),
  );
  const perSecond = (ms: number): number => Math.round((objects / ms) * 1000);
  return {
    sentinelPerSecond: perSecond(sentinel.validateMs),
    strictPerSecond: perSecond(strict.validateMs),
    jsonParsePerSecond: perSecond((sentinel.parseMs + strict.parseMs) / 2),
    sentinelToJsonParse: rounded(sentinel.validateMs / sentinel.parseMs, 3),
    strictToJsonParse: rounded(strict.validateMs / strict.parseMs, 3),
    bytesPerObject: Math.round((texts[0]?.length ?? 0) / OBJECTS_PER_BODY),
    objects,
    errors: sentinel.errors + strict.errors,
    growthMax: Math.max(...scaling.map(growthOf)),
    scaling: scaling.flat(),
  };
}

interface Measured {
  readonly parseMs: number;
  readonly validateMs: number;
  readonly errors: number;
}

function measure(
  texts: readonly string[],
  options: ValidationOptions,
  secondsMax: number,
): Measured {
  let errors = 0;
  const times = bestTimesMs(secondsMax, () => {
    let [parseMs, validateMs] = [0, 0];
    errors = 0;
    for (const text of texts) {
      let objects: JsonObject[] = [];
      parseMs += timeMs(() => {
        objects = JSON.parse(text) as JsonObject[];
      });
      validateMs += timeMs(() => {
        for (const object of objects) {
          errors += validateObject(object, options).valid ? 0 : 1;
        }
      });
    }
    return { parseMs, validateMs };
  });
  return { ...times, errors };
}

function feedTexts(): readonly string[] {
  const feed = createFeed();
  return Array.from({ length: BODIES }, () => {
    const body = feed.body(OBJECTS_PER_BODY);
    body.renew();
    const { stixobjects } = JSON.parse(body.bytes.toString("utf8")) as { stixobjects: unknown[] };
    return JSON.stringify(stixobjects);
  });
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
