/**
 * Prints the straight-line readers of STIX objects from the tables in `src/stix/`: one function a type, one line
 * a property. A reader serves every edition of the tables; what some of them lack is asked for first.
 */
import {
  CUSTOM_TYPES,
  NESTED_TYPES,
  OBJECT_TYPES,
  type ObjectType,
  PREDEFINED_EXTENSIONS,
  type Property,
} from "../src/stix/index.ts";
import { type PlainName, plainNameOf } from "../src/stix/plain-kinds.ts";

type TimeOrder = ObjectType["order"][number];

/** The module of readers, as formatted TypeScript. */
export function stixValidators(): string {
  const types = [
    ...OBJECT_TYPES.values(),
    ...NESTED_TYPES.values(),
    ...PREDEFINED_EXTENSIONS.values(),
    CUSTOM_TYPES.object,
    CUSTOM_TYPES.observable,
  ];
  const functions = types.map(readerOf);
  const orders = new Map(types.flatMap((type) => type.order.map((each) => [nameOf(each), each])));
  return [
    "/**",
    " * Readers of STIX objects, one a type. Printed from the tables of the types by `npm run docs`; not for",
    " * editing. What a reader cannot accept at once it hands to the checks that are made of the same tables.",
    " */",
    "",
    'import type { TimeOrder } from "../object-type.ts";',
    'import { checkKeys, checkOrder, type Reader } from "../object-walk.ts";',
    "import {",
    ...readersUsed(functions.join("\n")).map((name) => `  ${name},`),
    '} from "../plain-values.ts";',
    "",
    ...[...orders].flatMap(([name, order]) => orderLines(name, order)),
    ...functions,
    "/** The reader of each type, by name. */",
    "export const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([",
    ...types.map(({ name }) => `  ["${name}", ${functionName(name)}],`),
    "]);",
    "",
  ].join("\n");
}

/** What a printed validator may call, in the order of its imports. */
const READER_NAMES: readonly PlainName[] = [
  "any",
  "confidence",
  "flag",
  "identifier",
  "identifiers",
  "language",
  "phases",
  "reference",
  "term",
  "terms",
  "text",
  "texts",
  "time",
  "version",
  "versionTime",
];

function readersUsed(code: string): readonly PlainName[] {
  return READER_NAMES.filter((name) => code.includes(` ${name}(object[`));
}

function readerOf(type: ObjectType): string {
  const lines = type.properties.flatMap((property, index) => readerLines(property, index, type));
  const orders = type.order.flatMap((order) => {
    const times = [`object["${order.later}"]`, `object["${order.earlier}"]`];
    return callLines("checkOrder", [...times, nameOf(order), "walk"]);
  });
  return [
    `const ${functionName(type.name)}: Reader = (object, compiled, walk) => {`,
    "  const { slots } = compiled;",
    "  let known = 0;",
    ...lines,
    "  checkKeys(object, known, compiled, walk);",
    ...orders,
    "};",
    "",
  ].join("\n");
}

/** One property; one that a version lacks is read only where the edition at hand has it. */
function readerLines(property: Property, index: number, type: ObjectType): readonly string[] {
  const reader = plainNameOf(property, type);
  const line = `known += ${reader}(object["${property.name}"], slots, ${index}, walk);`;
  const isInBoth = property.in21 !== "absent" && property.in20 !== "absent";
  return isInBoth || reader === "any"
    ? [`  ${line}`]
    : [`  if (slots[${index}] !== undefined) {`, `    ${line}`, "  }"];
}

/** Longest line of the formatter, which this imitates. */
const LINE_LENGTH_MAX = 100;

function callLines(name: string, values: readonly string[]): readonly string[] {
  const line = `  ${name}(${values.join(", ")});`;
  return line.length <= LINE_LENGTH_MAX
    ? [line]
    : [`  ${name}(`, ...values.map((value) => `    ${value},`), "  );"];
}

function orderLines(name: string, { later, earlier, orEqual, rule }: TimeOrder): readonly string[] {
  return [
    `const ${name}: TimeOrder = {`,
    `  later: "${later}",`,
    `  earlier: "${earlier}",`,
    `  orEqual: ${orEqual},`,
    `  rule: "${rule}",`,
    "};",
    "",
  ];
}

function nameOf({ later, earlier, orEqual }: TimeOrder): string {
  return `${later}_${orEqual ? "not_before" : "after"}_${earlier}`.toUpperCase();
}

function functionName(type: string): string {
  const words = type.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `read${words.join("")}`;
}
