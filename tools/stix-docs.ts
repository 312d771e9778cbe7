/** Prints the reference pages of STIX properties and validation rules from the tables in `src/stix/`. */
import {
  type Kind,
  NESTED_TYPES,
  OBJECT_TYPES,
  type ObjectRule,
  type ObjectType,
  PREDEFINED_EXTENSIONS,
  type Presence,
  type Property,
  propertyHelp,
  RULES,
  typeHelp,
  VOCABULARIES,
} from "../src/stix/index.ts";

/** The page of every property of every type, as Markdown. */
export function stixPropertiesPage(): string {
  return [
    "# STIX properties",
    "",
    "Printed from the tables in `src/stix/`; run `npm run docs` after a change there.",
    "",
    "What each type may hold in STIX 2.1 and 2.0: **R** required, o optional, - not in that version. `id(x)`",
    "is a reference to an object of a type or class in x, `T[]` a list with at least one item, `ov(x)` an",
    "open vocabulary, `enum(x)` a closed one. A kind that differs in 2.0 stands behind a slash.",
    "",
    ...section("Objects", [...OBJECT_TYPES.values()]),
    ...section("Predefined extensions", [...PREDEFINED_EXTENSIONS.values()]),
    ...section("Types inside other types", [...NESTED_TYPES.values()]),
    "## Vocabularies",
    "",
    ...[...VOCABULARIES.values()].flatMap(({ name, values20, values21 }) => [
      `- \`${name}\`: ${[...values21].join(", ")}`,
      ...([...values20].join() === [...values21].join()
        ? []
        : [`  - in 2.0: ${[...values20].join(", ")}`]),
    ]),
    "",
  ].join("\n");
}

function section(title: string, types: readonly ObjectType[]): readonly string[] {
  return [`## ${title}`, "", ...types.flatMap(typeLines)];
}

function typeLines(type: ObjectType): readonly string[] {
  const host = type.extends === undefined ? "" : ` Extends ${type.extends}.`;
  const versions = type.in20 ? "" : " Not in 2.0.";
  const id =
    type.contributing === undefined || type.contributing.length === 0
      ? []
      : [`- The id is made from ${type.contributing.join(", ")}.`];
  const notes = [
    ...type.order.map(({ later, earlier, orEqual }) =>
      orEqual ? `- ${later} is not before ${earlier}.` : `- ${later} is after ${earlier}.`,
    ),
    ...type.rules.map((rule) => `- ${ruleText(rule)}`),
    ...id,
  ];
  return [
    `### ${type.name}`,
    "",
    ...(typeHelp(type.name) === "" ? [] : [typeHelp(type.name), ""]),
    `STIX 2.1 §${type.section}.${host}${versions}`,
    "",
    "| property | 2.1 | 2.0 | kind | meaning |",
    "|---|---|---|---|---|",
    ...type.properties.map((property) => propertyLine(property, type)),
    "",
    ...(notes.length > 0 ? [...notes, ""] : []),
  ];
}

const PRESENCE: Readonly<Record<Presence, string>> = {
  required: "**R**",
  optional: "o",
  absent: "-",
};

function propertyLine({ name, in20, in21, kind20, kind21 }: Property, type: ObjectType): string {
  const [now, before] = [kindText(kind21), kindText(kind20)];
  const kind = now === before ? now : `${now} / ${before}`;
  const old = type.in20 ? PRESENCE[in20] : "-";
  const meaning = propertyHelp(type.name, name);
  return `| \`${name}\` | ${PRESENCE[in21]} | ${old} | ${kind} | ${meaning} |`;
}

function kindText(kind: Kind): string {
  switch (kind.is) {
    case "string":
      return kind.syntax ?? "string";
    case "integer":
    case "float":
      return `${kind.is}${rangeText(kind.min, kind.max)}`;
    case "confidence":
      return "integer 0 to 100";
    case "timestamp":
      return kind.fraction === "any" ? "timestamp" : `timestamp (${kind.fraction} fraction)`;
    case "identifier":
      return `id(${[...kind.targets.types, ...kind.targets.classes.map((each) => each.toUpperCase())].join(", ")})`;
    case "vocabulary":
      return `ov(${kind.name})`;
    case "enumeration":
      return `enum(${kind.name})`;
    case "list":
      return `${kindText(kind.of)}[]`;
    case "dictionary":
      return kind.values === "any" ? "dictionary" : `dictionary of ${kind.values}`;
    case "nested":
      return kind.type;
    default:
      return kind.is;
  }
}

function rangeText(min: number | undefined, max: number | undefined): string {
  if (min === undefined) {
    return "";
  }
  return max === undefined ? ` from ${min}` : ` ${min} to ${max}`;
}

function ruleText(rule: ObjectRule): string {
  const only = rule.in === undefined || rule.in === "both" ? "" : ` (${rule.in})`;
  switch (rule.rule) {
    case "at-least-one":
      return `At least one of ${rule.groups.map((group) => group.join(" with ")).join(", ")}${only}.`;
    case "at-least-one-own": {
      const besides = rule.besides === undefined ? "" : ` besides ${rule.besides}`;
      return `At least one property of its own${besides}${rule.orExtension ? ", or an extension" : ""}${only}.`;
    }
    case "exactly-one":
      return `Exactly one of ${rule.of.join(", ")}${only}.`;
    case "needs":
      return `${rule.property} needs ${rule.needs}${only}.`;
    case "needs-when":
      return `${rule.property} is needed when ${rule.when} is ${rule.equals}${only}.`;
    case "forbidden-when":
      return `${rule.property} is forbidden when ${rule.when} is ${rule.equals}${only}.`;
    default:
      return rule satisfies never;
  }
}

/** The page of every validation rule with its severities, as Markdown. */
export function stixRulesPage(): string {
  return [
    "# Validation rules",
    "",
    "Printed from the table in `src/stix/rules-table.ts`; run `npm run docs` after a change there.",
    "",
    "An **error** makes an object invalid: an upload rejects the record and answers with the reason. A warning",
    "is kept in the receipt beside the stored object. Off means that the rule is not looked at. The profile",
    "`sentinel` is the default of uploads, `strict` that of conformance checks. Any row can be changed by the",
    "rule's name.",
    "",
    "| rule | sentinel | strict 2.1 | strict 2.0 | section | what must hold |",
    "|---|---|---|---|---|---|",
    ...Object.entries(RULES).map(
      ([id, { sentinel, strict21, strict20, section: place, meaning }]) => {
        const severities = [sentinel, strict21, strict20].map((each) =>
          each === "error" ? "**error**" : each,
        );
        return `| \`${id}\` | ${severities.join(" | ")} | ${place} | ${meaning} |`;
      },
    ),
    "",
  ].join("\n");
}
