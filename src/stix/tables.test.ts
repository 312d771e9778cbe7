/**
 * Goal: every property of every type in both versions is checked as its table says. Examples are made from
 * the tables: a full object breaks no MUST, and each single fault in it is found at its place.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMON_NAMES } from "./common-properties.ts";
import type { AdviceName, Kind, SpecVersion, SyntaxName } from "./kinds.ts";
import type { ObjectRule, ObjectType, Property } from "./object-type.ts";
import { RULES, type RuleId } from "./rules-table.ts";
import { NESTED_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS } from "./tables.ts";
import { type ValidationOptions, validateObject } from "./validate.ts";
import { SYNTAXES } from "./value-syntax.ts";
import { vocabularyNamed } from "./vocabularies.ts";

type Fields = Record<string, unknown>;

const UUID = "26ffb872-1dd9-446e-b6f5-d58527e5b5d2";
const OTHER_UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";
const TIME = "2024-01-01T00:00:00.000Z";
const VERSIONS: readonly SpecVersion[] = ["2.1", "2.0"];

function strict(version: SpecVersion): ValidationOptions {
  return {
    profile: "strict",
    defaultSpecVersion: version,
    patternTypeOn20: "optional",
    timestamps: "lenient",
    supportedTypes: "any",
    coerceNumericStrings: false,
    tlpGreenAlias: true,
    severity: {},
  };
}

const BY_SYNTAX: Readonly<Record<SyntaxName, string>> = {
  charset: "utf-8",
  cpe: "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*",
  "domain-name": "a.example",
  "email-addr": "a@b.example",
  "ipv4-addr": "198.51.100.3",
  "ipv6-addr": "2001:db8::1",
  "iso-639-2": "eng",
  "mac-addr": "d2:fb:49:24:37:18",
  "media-type": "text/plain",
  "reference-url": "https://a.example/",
  "relationship-type": "related-to",
  "registry-key": "HKEY_LOCAL_MACHINE\\System",
  uri: "https://a.example/",
};

const BY_ADVICE: Readonly<Record<AdviceName, string>> = {
  country: "DE",
  "country-area": "DE-BE",
  "lower-case": "tcp",
  "media-type": "text/plain",
  product: "tool",
  "semantic-version": "1.0.0",
  "service-name": "tcp",
  term: "delivery",
  "window-class": "HIGH_PRIORITY_CLASS",
};

/** Texts that stand for properties with a meaning of their own. */
const BY_NAME: Readonly<Record<string, string>> = {
  pattern: "[abc:b = 1]",
  pattern_type: "stix",
  pattern_version: "2.1",
};

type Example<Name extends Kind["is"]> = (
  kind: Extract<Kind, { is: Name }>,
  version: SpecVersion,
) => unknown;

const EXAMPLES: { readonly [Name in Kind["is"]]: Example<Name> } = {
  string: ({ syntax, advice }) =>
    syntax === undefined
      ? advice === undefined
        ? "a text"
        : BY_ADVICE[advice]
      : BY_SYNTAX[syntax],
  boolean: () => true,
  integer: ({ min }) => min ?? 7,
  confidence: () => 50,
  float: () => 1.5,
  timestamp: ({ fraction }) => (fraction === "none" ? "2024-01-01T00:00:00Z" : TIME),
  hex: () => "0f",
  binary: () => "QQ==",
  language: (_kind, version) => (version === "2.0" ? "eng" : "en"),
  identifier: ({ targets }) => {
    const type = targets.types[0] ?? (targets.classes.includes("sdo") ? "malware" : "file");
    return `${type}--${OTHER_UUID}`;
  },
  vocabulary: ({ name }, version) => firstOf(name, version),
  enumeration: ({ name }, version) => firstOf(name, version),
  list: ({ of }, version) => [exampleOf(of, version)],
  hashes: () => ({ MD5: "d41d8cd98f00b204e9800998ecf8427e" }),
  dictionary: ({ values }) => ({
    abc: values === "integer" ? 1 : values === "string-list" ? ["a"] : "a",
  }),
  nested: ({ type }, version) => exampleObject(typeNamed(type), version),
  extensions: () => ({ "x-example-ext": { some_key: 1 } }),
  observables: () => ({ "0": { type: "mutex", name: "a" } }),
  translations: () => ({ de: { name: "a" } }),
  marking: () => ({ statement: "a" }),
  objects: () => [
    {
      type: "identity",
      spec_version: "2.1",
      id: `identity--${UUID}`,
      created: TIME,
      modified: TIME,
      name: "a",
    },
  ],
};

function firstOf(name: string, version: SpecVersion): string {
  const { values20, values21 } = vocabularyNamed(name);
  return [...(version === "2.0" ? values20 : values21)][0] ?? "";
}

function typeNamed(name: string): ObjectType {
  const type = NESTED_TYPES.get(name);
  assert.ok(type, name);
  return type;
}

function exampleOf(kind: Kind, version: SpecVersion): unknown {
  return (EXAMPLES[kind.is] as (kind: Kind, version: SpecVersion) => unknown)(kind, version);
}

/** Properties that their type does not bear beside the others. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "granular-marking": ["lang"],
  "observed-data": ["object_refs"],
  artifact: ["url"],
  "network-traffic": ["end"],
  "email-message": ["body"],
  "extension-definition": ["extension_properties"],
};

function kindOf(property: Property, version: SpecVersion): Kind {
  return version === "2.0" ? property.kind20 : property.kind21;
}

function presentIn(type: ObjectType, version: SpecVersion): readonly Property[] {
  return type.properties.filter(
    ({ name, in20, in21 }) =>
      (version === "2.0" ? in20 : in21) !== "absent" && !LEFT_OUT[type.name]?.includes(name),
  );
}

function exampleObject(type: ObjectType, version: SpecVersion): Fields {
  const fields: Fields = {};
  for (const property of presentIn(type, version)) {
    const { name } = property;
    fields[name] = BY_NAME[name] ?? exampleOf(kindOf(property, version), version);
  }
  return { ...fields, ...AFTERWARDS[type.name]?.(version), ...headOf(type, version) };
}

/** What the rules between properties ask for. */
const AFTERWARDS: Readonly<Record<string, (version: SpecVersion) => Fields>> = {
  "granular-marking": () => ({ selectors: ["type"] }),
  indicator: () => ({ valid_until: "2024-01-02T00:00:00Z" }),
  relationship: (version) => (version === "2.1" ? { stop_time: "2024-01-02T00:00:00Z" } : {}),
  "marking-definition": () => ({ definition_type: "statement" }),
};

function headOf(type: ObjectType, version: SpecVersion): Fields {
  if (type.category === "nested" || type.category === "extension") {
    return {};
  }
  const isEmbedded = type.category === "sco" && version === "2.0";
  const isBundle = type.category === "bundle";
  return {
    type: type.name,
    ...(isEmbedded ? {} : { id: `${type.name}--${UUID}` }),
    ...(isEmbedded || (isBundle && version === "2.1") ? {} : { spec_version: version }),
  };
}

/** Where an example of a type stands: by itself, or inside the object that can hold it. */
interface Stage {
  readonly input: unknown;
  /** Path of the example in the input, with a dot behind it; empty at top level. */
  readonly path: string;
}

const OBSERVED: Fields = {
  type: "observed-data",
  id: `observed-data--${UUID}`,
  created: TIME,
  modified: TIME,
  first_observed: TIME,
  last_observed: TIME,
  number_observed: 1,
};

function stage(type: ObjectType, example: unknown, version: SpecVersion): Stage {
  if (type.category === "extension") {
    const host = OBJECT_TYPES.get(type.extends ?? "");
    assert.ok(host, type.name);
    const holder = { ...exampleObject(host, version), extensions: { [type.name]: example } };
    const outer = stage(host, holder, version);
    return { input: outer.input, path: `${outer.path}extensions.${type.name}.` };
  }
  if (type.category === "sco" && version === "2.0") {
    const targets = Object.fromEntries(
      [...OBJECT_TYPES.keys()].map((name) => [`${name}--${OTHER_UUID}`, { type: name }]),
    );
    return { input: { ...OBSERVED, objects: { ...targets, "0": example } }, path: "objects.0." };
  }
  return { input: example, path: "" };
}

/** Errors of an example, as `rule path`; those of the bare targets around it left out. */
function errorsOf(type: ObjectType, example: unknown, version: SpecVersion): readonly string[] {
  const { input, path } = stage(type, example, version);
  return validateObject(input, strict(version))
    .findings.filter((each) => each.severity === "error" && `${each.path}.`.startsWith(path))
    .map((each) => `${each.rule} ${each.path.slice(path.length)}`);
}

const STAGED: readonly ObjectType[] = [...OBJECT_TYPES.values(), ...PREDEFINED_EXTENSIONS.values()];

for (const version of VERSIONS) {
  const types = STAGED.filter((type) => version === "2.1" || type.in20);
  for (const type of types) {
    test(`${type.name} ${version}: a full example breaks no MUST`, () => {
      assert.deepEqual(errorsOf(type, exampleObject(type, version), version), []);
    });

    test(`${type.name} ${version}: each property of a wrong kind is found`, () => {
      const missed = presentIn(type, version).filter(({ name }) => {
        const wrong = { ...exampleObject(type, version), [name]: [[{}]] };
        return !errorsOf(type, wrong, version).some((each) => each.split(" ")[1]?.startsWith(name));
      });
      assert.deepEqual(missed, []);
    });

    test(`${type.name} ${version}: each required property that is missing or null is found`, () => {
      const required = presentIn(type, version).filter(
        ({ in20, in21 }) => (version === "2.0" ? in20 : in21) === "required",
      );
      const missed = required.filter(({ name }) => {
        const example = exampleObject(type, version);
        const nulled = { ...example, [name]: null };
        delete example[name];
        return [example, nulled].some((each) => errorsOf(type, each, version).length === 0);
      });
      // Without spec_version the default of the options counts in 2.0; a type is found by its own rule.
      assert.deepEqual(missed, []);
    });
  }
}

type Fault = readonly [bad: unknown, rule: RuleId];

/** Values that a kind does not allow, each with the rule that it breaks. */
const FAULTS: {
  readonly [Name in Kind["is"]]: (kind: Extract<Kind, { is: Name }>) => readonly Fault[];
} = {
  string: ({ syntax }) => {
    const bad = syntax === "registry-key" ? "HKLM\\x" : "\u0000";
    return [[5, "kind"], ...(syntax === undefined ? [] : [[bad, SYNTAXES[syntax].rule] as const])];
  },
  boolean: () => [
    ["true", "kind"],
    [0, "kind"],
  ],
  integer: ({ min, max }) => [
    [1.5, "kind"],
    [1e300, "int.safe"],
    ...(min === undefined ? [] : [[min - 1, "range"] as const]),
    ...(max === undefined ? [] : [[max + 1, "range"] as const]),
  ],
  confidence: () => [
    [101, "confidence.range"],
    [1.5, "confidence.range"],
    ["5", "confidence.range"],
  ],
  float: ({ max }) => [
    ["1", "kind"],
    ...(max === undefined ? [] : [[max + 0.5, "range"] as const]),
  ],
  timestamp: ({ fraction }) => [
    ["2023-02-29T00:00:00.000Z", "time.invalid"],
    [1704067200, "time.invalid"],
    ["2024-01-01T00:00:00.000", "time.form"],
    ...(fraction === "any"
      ? []
      : [[fraction === "none" ? TIME : "2024-01-01T00:00:00.0Z", "time.precision"] as const]),
  ],
  hex: () => [
    ["0", "sco.value"],
    ["0G", "sco.value"],
    ["0F", "sco.value"],
    [15, "kind"],
  ],
  binary: () => [
    ["QQ", "sco.value"],
    [5, "kind"],
  ],
  language: () => [
    ["no_tag", "lang.form"],
    [5, "kind"],
  ],
  identifier: ({ rule }) => [
    [`bundle--${OTHER_UUID}`, rule],
    ["malware--1", "ref.format"],
    [5, "kind"],
  ],
  vocabulary: () => [
    ["none of these", "vocab"],
    [5, "kind"],
  ],
  enumeration: () => [
    ["none of these", "enum"],
    [5, "kind"],
  ],
  list: ({ of }) => [[[], "list.empty"], [{}, "kind"], ...faultsOf(of).map(inList)],
  hashes: () => [
    [{}, "dict.empty"],
    [{ "a b": "1" }, "hash.key"],
    [{ MD5: "1" }, "hash.digest"],
    [{ MD5: 5 }, "kind"],
    [[], "kind"],
  ],
  dictionary: ({ values }) => [
    [{}, "dict.empty"],
    [{ "a b": "1" }, "dict.key"],
    [[], "kind"],
    ...(values === "any" ? [] : [[{ abc: 1.5 }, "dict.value"] as const]),
  ],
  nested: () => [[5, "kind"]],
  extensions: () => [
    [[], "kind.extensions"],
    [{}, "dict.empty"],
  ],
  observables: () => [
    [[], "kind"],
    [{}, "dict.empty"],
    [{ "0": 5 }, "kind"],
    [{ "0": {} }, "required"],
  ],
  translations: () => [
    [{}, "dict.empty"],
    [{ e_n: { name: "a" } }, "lang.form"],
    [{ en: 5 }, "kind"],
  ],
  marking: () => [
    ["text", "kind"],
    [{}, "dict.empty"],
  ],
  objects: () => [
    [[], "list.empty"],
    [[5], "kind"],
    [{}, "kind"],
  ],
};

function faultsOf(kind: Kind): readonly Fault[] {
  return (FAULTS[kind.is] as (kind: Kind) => readonly Fault[])(kind);
}

function inList([bad, rule]: Fault): Fault {
  return [[bad], rule];
}

/** Properties whose meaning their name fixes are covered by the cases of the rules. */
const FIXED: ReadonlySet<string> = new Set(["type", "id", "spec_version", "created_by_ref"]);

/** The rule as it counts where the example stands: inside extensions, and among observables of 2.0. */
function countedRule(rule: RuleId, type: ObjectType, version: SpecVersion): RuleId {
  const isEmbedded =
    version === "2.0" && (type.category === "sco" || type.category === "extension");
  if (isEmbedded && (rule === "ref.format" || rule === "ref.target")) {
    return "ref.local";
  }
  return type.category === "extension" && rule === "kind" ? "ext.predefined" : rule;
}

function rulesAt(
  type: ObjectType,
  example: unknown,
  version: SpecVersion,
  name: string,
): readonly string[] {
  const { input, path } = stage(type, example, version);
  return validateObject(input, strict(version))
    .findings.filter((each) => `${each.path}.`.startsWith(`${path}${name}`))
    .map((each) => each.rule);
}

for (const version of VERSIONS) {
  for (const type of STAGED.filter(({ in20 }) => version === "2.1" || in20)) {
    test(`${type.name} ${version}: each fault of each kind is found under its rule`, () => {
      const missed = presentIn(type, version)
        .filter(({ name }) => !FIXED.has(name))
        .flatMap((property) =>
          faultsOf(kindOf(property, version)).flatMap(([bad, rule]) => {
            const { name } = property;
            const counted = countedRule(rule, type, version);
            const facts = RULES[counted];
            const severity = version === "2.0" ? facts.strict20 : facts.strict21;
            const example = { ...exampleObject(type, version), [name]: bad };
            const isFound = rulesAt(type, example, version, name).includes(counted);
            return isFound || severity === "off"
              ? []
              : [`${name} ${counted} ${JSON.stringify(bad)}`];
          }),
        );
      assert.deepEqual(missed, []);
    });
  }
}

/** An object that holds an example of a nested type, and the path of the example. */
const HOLDERS: Readonly<Record<string, readonly [holder: string, path: string]>> = {
  "external-reference": ["identity", "external_references"],
  "kill-chain-phase": ["attack-pattern", "kill_chain_phases"],
  "granular-marking": ["identity", "granular_markings"],
  "email-mime-part": ["email-message", "body_multipart"],
  "windows-registry-value": ["windows-registry-key", "values"],
  "x509-v3-extensions": ["x509-certificate", "x509_v3_extensions"],
  "alternate-data-stream": ["ntfs-ext", "alternate_data_streams"],
  "windows-pe-optional-header": ["windows-pebinary-ext", "optional_header"],
  "windows-pe-section": ["windows-pebinary-ext", "sections"],
};

test("each fault in a type inside another is found", () => {
  const missed = [...NESTED_TYPES.values()].flatMap((nested) => {
    const [holderName, path] = HOLDERS[nested.name] ?? ["", ""];
    const holder = STAGED.find((type) => type.name === holderName);
    assert.ok(holder, nested.name);
    const isList = holder.properties.find(({ name }) => name === path)?.kind21.is === "list";
    return presentIn(nested, "2.1").flatMap((property) =>
      faultsOf(property.kind21).flatMap(([bad, rule]) => {
        const part = { ...exampleObject(nested, "2.1"), [property.name]: bad };
        const example = { ...exampleObject(holder, "2.1"), [path]: isList ? [part] : part };
        const found = rulesAt(holder, example, "2.1", path);
        const counted = countedRule(rule, holder, "2.1");
        return found.includes(counted) ? [] : [`${nested.name} ${property.name} ${counted}`];
      }),
    );
  });
  assert.deepEqual(missed, []);
});

/** An example without some properties. */
function lacking(type: ObjectType, version: SpecVersion, names: readonly string[]): Fields {
  const entries = Object.entries(exampleObject(type, version));
  return Object.fromEntries(entries.filter(([name]) => !names.includes(name)));
}

/** An example that breaks a rule between properties. */
function breaking(type: ObjectType, rule: ObjectRule, version: SpecVersion): Fields {
  switch (rule.rule) {
    case "at-least-one":
      return lacking(type, version, rule.groups.flat());
    case "at-least-one-own": {
      const own = type.properties.map(({ name }) => name).filter((name) => !COMMON_NAMES.has(name));
      const gone = own.filter((name) => name !== rule.besides);
      return lacking(type, version, [...gone, "extensions"]);
    }
    case "exactly-one":
      return lacking(type, version, rule.of);
    case "needs":
      return {
        ...lacking(type, version, [rule.needs]),
        [rule.property]: sample(type, rule.property, version),
      };
    case "needs-when":
      return { ...lacking(type, version, [rule.property]), [rule.when]: rule.equals };
    case "forbidden-when":
      return {
        ...exampleObject(type, version),
        [rule.property]: sample(type, rule.property, version),
        [rule.when]: rule.equals,
      };
    default:
      return rule satisfies never;
  }
}

function sample(type: ObjectType, name: string, version: SpecVersion): unknown {
  const property = type.properties.find((each) => each.name === name);
  assert.ok(property, `${type.name} ${name}`);
  return exampleOf(kindOf(property, version), version);
}

for (const version of VERSIONS) {
  for (const type of STAGED.filter(({ in20 }) => version === "2.1" || in20)) {
    const rules = type.rules.filter((rule) => (rule.in ?? version) === version);
    test(`${type.name} ${version}: each rule between properties can be broken`, () => {
      const counted = type.category === "extension" ? "ext.predefined" : "object.rule";
      const missed = rules.filter(
        (rule) => !rulesAt(type, breaking(type, rule, version), version, "").includes(counted),
      );
      assert.deepEqual(missed, []);
    });

    test(`${type.name} ${version}: times out of order are found`, () => {
      const orders = type.order.filter(({ later, earlier }) =>
        [later, earlier].every((name) =>
          type.properties.some(
            (each) => each.name === name && (version === "2.1" || each.in20 !== "absent"),
          ),
        ),
      );
      const missed = orders.filter(({ later, earlier, rule }) => {
        const times = { [earlier]: "2024-01-01T00:00:00.001Z", [later]: TIME };
        const example = { ...exampleObject(type, version), ...times };
        return !rulesAt(type, example, version, later).includes(rule);
      });
      assert.deepEqual(missed, []);
    });
  }
}

test("the tables name what exists", () => {
  const classes = new Set(["sdo", "sro", "sco", "smo"]);
  const faults: string[] = [];
  const visit = (kind: Kind, place: string): void => {
    if (kind.is === "list") {
      visit(kind.of, place);
    } else if (kind.is === "vocabulary" || kind.is === "enumeration") {
      assert.equal(vocabularyNamed(kind.name).closed, kind.is === "enumeration", place);
    } else if (kind.is === "nested") {
      typeNamed(kind.type);
    } else if (kind.is === "identifier") {
      const unknown = kind.targets.types.filter((name) => !OBJECT_TYPES.has(name));
      faults.push(...[...unknown, ...kind.targets.classes.filter((name) => !classes.has(name))]);
    }
  };
  for (const type of [...STAGED, ...NESTED_TYPES.values()]) {
    for (const { name, kind20, kind21 } of type.properties) {
      visit(kind20, `${type.name}.${name}`);
      visit(kind21, `${type.name}.${name}`);
    }
  }
  assert.deepEqual(faults, []);
  const known = (type: ObjectType, name: string): boolean =>
    type.properties.some((each) => each.name === name);
  for (const type of STAGED) {
    for (const { later, earlier } of type.order) {
      assert.ok(known(type, later) && known(type, earlier), type.name);
    }
    for (const name of type.contributing ?? []) {
      assert.ok(known(type, name), `${type.name} ${name}`);
    }
  }
});

test("the tables are complete: types and properties as the standard counts them", () => {
  const count = (category: string): number =>
    [...OBJECT_TYPES.values()].filter((type) => type.category === category).length;
  assert.deepEqual(["sdo", "sro", "sco", "smo", "bundle"].map(count), [19, 2, 18, 3, 1]);
  assert.equal(PREDEFINED_EXTENSIONS.size, 12);
  assert.equal(NESTED_TYPES.size, 9);
});
