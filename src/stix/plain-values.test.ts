/** Goal: the printed validators say what the checks made of the same tables say, finding by finding. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compiledType, type Edition } from "./compile.ts";
import { READERS } from "./generated/validators-table.ts";
import type { ObjectType } from "./object-type.ts";
import { type CompiledType, readByTable, walkObject } from "./object-walk.ts";
import { severitiesOf } from "./rules.ts";
import { CUSTOM_TYPES, NESTED_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS } from "./tables.ts";
import { adviceOf, FINDINGS_MAX, type JsonObject, startWalk, type WalkSettings } from "./walk.ts";

function settings(differs: Partial<WalkSettings>): WalkSettings {
  const severities = differs.severities ?? severitiesOf("sentinel", "2.1", {});
  return {
    version: "2.1",
    lenient: true,
    severities,
    advice: adviceOf(severities),
    findingsMax: FINDINGS_MAX,
    coerceNumericStrings: false,
    patternTypeRequiredOn20: false,
    tables: new Map(),
    ...differs,
  };
}

const SETTINGS: readonly WalkSettings[] = [
  settings({}),
  settings({ lenient: false, severities: severitiesOf("strict", "2.1", {}) }),
  // A 2.0 object of a type that came with 2.1 is walked by the tables of 2.1.
  settings({ version: "2.0", severities: severitiesOf("sentinel", "2.0", { "id.v4": "error" }) }),
  settings({ coerceNumericStrings: true, findingsMax: 2 }),
  settings({ version: "2.0", lenient: false, severities: severitiesOf("strict", "2.0", {}) }),
];

const TYPES = [
  ...OBJECT_TYPES.values(),
  ...NESTED_TYPES.values(),
  ...PREDEFINED_EXTENSIONS.values(),
  CUSTOM_TYPES.object,
  CUSTOM_TYPES.observable,
];
const EDITIONS: readonly Edition[] = ["2.1", "2.0", "2.0-lenient", "either"];

function outcomeOf(
  object: JsonObject,
  compiled: CompiledType,
  at: WalkSettings,
  inContainer: boolean,
): unknown {
  const walk = startWalk(at, object);
  // Within a container references are keys, and `type` is one here.
  walk.container = inContainer ? object : undefined;
  walkObject(object, compiled, walk);
  const { findings, invalid, full, path, observables } = walk;
  return { findings, invalid, full, path, observables };
}

/** Only observables, and what stands in them, may be in a container. */
const OUTSIDE: ReadonlySet<string> = new Set(["sdo", "sro", "smo"]);

function check(object: JsonObject, compiled: CompiledType, { category }: ObjectType): void {
  const places = OUTSIDE.has(category) ? [false] : [false, true];
  const byTable: CompiledType = { ...compiled, read: readByTable };
  const printed: CompiledType = { ...compiled, read: compiled.readAll };
  for (const at of SETTINGS) {
    for (const inContainer of places) {
      const expected = outcomeOf(object, byTable, at, inContainer);
      assert.deepEqual(outcomeOf(object, printed, at, inContainer), expected, "printed");
      assert.deepEqual(outcomeOf(object, compiled, at, inContainer), expected, "by keys");
    }
  }
}

const UUIDS = [
  "8a1f3c52-6b0e-4d97-9e24-0b6f0c9f5a11",
  "8a1f3c52-6b0e-5d97-9e24-0b6f0c9f5a11",
  "8a1f3c52-6b0e-4d97-ce24-0b6f0c9f5a11",
];
const WORDS = [
  "2024-01-01T00:00:00.000Z",
  "2024-01-01T00:00:00.000Z",
  "2024-01-01T00:00:00Z",
  "2023-12-31T23:59:60.1234567Z",
  "2023-02-29T00:00:00.000Z",
  "2024-01-01 00:00:00.000",
  "2.0",
  "2.1",
  "stix",
  "en",
  "qq",
  "EN",
  "a b",
  "",
];

const text = fc.constantFrom(...WORDS);
const reference = fc
  .tuple(fc.constantFrom(...OBJECT_TYPES.keys(), "x-own"), fc.constantFrom(...UUIDS))
  .map((parts) => parts.join("--"));
const phase = fc.record(
  { kill_chain_name: text, phase_name: text, x_more: text },
  { requiredKeys: ["kill_chain_name"] },
);
const single = fc.oneof(
  text,
  reference,
  phase,
  fc.constantFrom<unknown>(null, true, false, 0, 50, 100, 101, -1, 1.5, "70", {}),
);
const value = fc.oneof(single, fc.array(single, { maxLength: 3 }));

test("every type has a printed validator", () => {
  const isPrinted = (edition: Edition) => (type: ObjectType) =>
    READERS.has(type.name) && compiledType(type, edition).readAll === READERS.get(type.name);
  assert.ok(EDITIONS.every((edition) => TYPES.every(isPrinted(edition))));
  assert.equal(READERS.size, TYPES.length, "no two types share a name");
});

for (const type of TYPES) {
  test(`${type.name}: any values`, () => {
    const names = [...type.properties.map(({ name }) => name), "x_own"];
    const fields = Object.fromEntries(names.map((name) => [name, value]));
    const likely = { type: type.name, spec_version: "2.1", id: `${type.name}--${UUIDS[0]}` };
    fc.assert(
      fc.property(
        fc.record(fields, { requiredKeys: [] }),
        fc.boolean(),
        fc.constantFrom(...EDITIONS),
        (object, isLikely, edition) => {
          check(isLikely ? { ...object, ...likely } : object, compiledType(type, edition), type);
        },
      ),
      { numRuns: 60 },
    );
  });
}
