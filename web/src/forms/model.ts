/**
 * The fields of a form, made from the tables of the standard: which there are, in which order, what they are called and
 * how each is filled in. Nothing here draws anything.
 */
import {
  type Category,
  type Kind,
  NESTED_TYPES,
  OBJECT_TYPES,
  type ObjectRule,
  type ObjectType,
  observableId,
  PREDEFINED_EXTENSIONS,
  propertyHelp,
} from "../../../src/stix/index.ts";

/** What was filled in so far, by property. */
export type Values = Readonly<Record<string, unknown>>;

/** One field. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly kind: Kind;
  readonly isRequired: boolean;
}

/** The fields of a type, as they are shown. */
export interface FormFields {
  readonly required: readonly FormField[];
  /** What most people fill in. */
  readonly open: readonly FormField[];
  /** The rest. */
  readonly more: readonly FormField[];
}

/** What the server fills in, what has a place of its own in the form, and what STIX 2.1 has replaced. */
const NOT_ASKED: ReadonlySet<string> = new Set([
  "type",
  "spec_version",
  "id",
  "created",
  "modified",
  "objects",
]);

/** What most people fill in, whatever the type. */
const OFTEN: ReadonlySet<string> = new Set([
  "name",
  "description",
  "value",
  "aliases",
  "labels",
  "confidence",
  "object_marking_refs",
  "pattern_type",
  "valid_from",
  "valid_until",
  "kill_chain_phases",
  "first_seen",
  "last_seen",
  "count",
  "where_sighted_refs",
  "external_references",
  "abstract",
  "explanation",
  "identity_class",
  "sectors",
  "sophistication",
  "primary_motivation",
  "tool_version",
  "definition_type",
  "definition",
  "account_login",
  "account_type",
  "vendor",
  "objective",
  "pid",
  "user_id",
  "command_line",
  "key",
  "values",
  "subject",
  "issuer",
  "serial_number",
  "from_ref",
  "to_refs",
  "src_port",
  "dst_port",
  "size",
  "city",
]);

/** Of these types most people only fill in what identifies them. */
const HASHED: readonly string[] = ["file", "artifact", "x509-certificate"];

/** Words that are not written as they stand. */
const SPELLINGS: Readonly<Record<string, string>> = {
  refs: "",
  ref: "",
  url: "URL",
  cpe: "CPE",
  swid: "SWID",
  sid: "SID",
  pid: "PID",
  cwd: "Working directory",
  rir: "Registry",
  mime: "Media",
  bin: "(base64)",
  hex: "(hex)",
  sco: "observable",
  src: "source",
  dst: "destination",
  enc: "character set",
  id: "ID",
  ipfix: "IPFIX",
  vm: "virtual machine",
  ctime: "Created",
  mtime: "Modified",
  atime: "Accessed",
  os: "OS",
  x509: "X.509",
  cc: "Cc",
  bcc: "Bcc",
};

const LABELS: Readonly<Record<string, string>> = {
  labels: "Tags",
  object_marking_refs: "Marking",
  created_by_ref: "Created by",
  sighting_of_ref: "What was seen",
  where_sighted_refs: "Where it was seen",
  object_refs: "Objects",
  lang: "Language",
  to_refs: "To",
  sample_refs: "Samples",
  operating_system_refs: "Operating systems",
  architecture_execution_envs: "Processor architectures",
  opened_connection_refs: "Opened connections",
  child_refs: "Child processes",
  parent_ref: "Parent process",
  image_ref: "Program file",
  analysis_sco_refs: "Observables found",
  raw_email_ref: "Raw message",
  path_enc: "Character set of the path",
  name_enc: "Character set of the name",
  payload_bin: "Bytes (base64)",
  can_escalate_privs: "Can get more rights",
  from_ref: "From",
};

/** A property's name as people read it. */
export function labelOf(name: string): string {
  if (Object.hasOwn(LABELS, name)) {
    return LABELS[name] ?? name;
  }
  const words = name
    .split("_")
    .map((word) => SPELLINGS[word] ?? word)
    .filter((word) => word !== "")
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The fields of a type, a nested type or an extension; none for an unknown one. */
export function fieldsOf(type: string): FormFields {
  const table = OBJECT_TYPES.get(type) ?? NESTED_TYPES.get(type) ?? PREDEFINED_EXTENSIONS.get(type);
  if (table === undefined) {
    return { required: [], open: [], more: [] };
  }
  const fields = table.properties
    .filter(({ name, in21 }) => in21 !== "absent" && !NOT_ASKED.has(name))
    .map(
      ({ name, in21, kind21 }): FormField => ({
        name,
        label: labelOf(name),
        help: propertyHelp(type, name),
        kind: kind21,
        isRequired: in21 === "required",
      }),
    );
  const optional = inOrderOfUse(fields.filter(({ isRequired }) => !isRequired));
  const isOpen = ({ name }: FormField): boolean => isOften(table, name);
  return {
    required: fields.filter(({ isRequired }) => isRequired),
    open: optional.filter(isOpen),
    more: optional.filter((field) => !isOpen(field)),
  };
}

/** Every field of a nested type in the order of the standard. */
export function nestedFieldsOf(type: string): readonly FormField[] {
  const { required, open, more } = fieldsOf(type);
  return [...required, ...open, ...more];
}

function isOften(table: ObjectType, name: string): boolean {
  return (
    OFTEN.has(name) ||
    name.endsWith("_types") ||
    (name === "hashes" && HASHED.includes(table.name)) ||
    table.rules.some((rule) => namesOf(rule).includes(name))
  );
}

/** Properties of which a rule may need one. */
function namesOf(rule: ObjectRule): readonly string[] {
  switch (rule.rule) {
    case "at-least-one":
      return rule.groups.flat();
    case "exactly-one":
      return rule.of;
    case "needs-when":
      return [rule.property];
    default:
      return [];
  }
}

/** A type's own properties come before those that every object has, but for its tags. */
function inOrderOfUse(fields: readonly FormField[]): readonly FormField[] {
  const rankOf = ({ name }: FormField): number =>
    name === "name" ? 0 : name === "description" ? 1 : COMMON_ORDER.indexOf(name) + 2;
  return fields.toSorted((one, other) => rankOf(one) - rankOf(other));
}

const COMMON_ORDER: readonly string[] = [
  "confidence",
  "labels",
  "object_marking_refs",
  "external_references",
  "revoked",
  "created_by_ref",
  "lang",
  "defanged",
  "granular_markings",
  "extensions",
];

/** Headings of the types that can be made. */
const GROUPS: readonly (readonly [label: string, category: Category])[] = [
  ["Intelligence", "sdo"],
  ["Relations", "sro"],
  ["Observables", "sco"],
  ["Markings and the like", "smo"],
];

/** The types that can be made, under headings. */
export function typeGroups(
  makeable: readonly string[],
): readonly (readonly [label: string, types: readonly string[]])[] {
  return GROUPS.map(
    ([label, category]) =>
      [
        label,
        [...OBJECT_TYPES.values()]
          .filter((type) => type.category === category && makeable.includes(type.name))
          .map(({ name }) => name),
      ] as const,
  ).filter(([, types]) => types.length > 0);
}

/** What a form of a type begins with. */
export function startValues(type: string, now: string): Values {
  return type === "indicator" ? { pattern_type: "stix", valid_from: now } : {};
}

/** What a copy of an object begins with: all but what makes the original what it is. */
export function copiedValues(object: Values): Values {
  const { revoked: _revoked, valid_until: _end, ...values } = editableValues(object, undefined);
  return values;
}

/** What the next object of the same kind has as well. */
const KEPT: ReadonlySet<string> = new Set([
  "labels",
  "confidence",
  "lang",
  "object_marking_refs",
  "created_by_ref",
  "pattern_type",
  "valid_from",
  "valid_until",
  "kill_chain_phases",
  "pe_type",
  "account_type",
  "identity_class",
  "context",
  "relationship_type",
  "source_ref",
]);

/** What "Add and duplicate" leaves in the form: the metadata, and nothing that makes the object what it is. */
export function keptValues(values: Values): Values {
  const entries = Object.entries(values).filter(
    ([name]) => KEPT.has(name) || name.endsWith("_types"),
  );
  return Object.fromEntries(entries);
}

/** Of what was filled in for one type, what another has too. */
export function valuesFor(type: string, values: Values): Values {
  const table = OBJECT_TYPES.get(type);
  const entries = Object.entries(values).filter(([name]) =>
    table?.properties.some((each) => each.name === name && each.in21 !== "absent"),
  );
  return Object.fromEntries(entries);
}

/** What a form may change of an object: all but what the server fills in, or only what is allowed. */
export function editableValues(object: Values, allowed: readonly string[] | undefined): Values {
  const entries = Object.entries(object).filter(([name]) =>
    allowed === undefined ? !NOT_ASKED.has(name) : allowed.includes(name),
  );
  return Object.fromEntries(entries);
}

/** Fields for what an object has and the standard doesn't know. */
export function customFields(type: string, values: Values): readonly FormField[] {
  const table = OBJECT_TYPES.get(type);
  const known = new Set(table?.properties.map(({ name }) => name));
  return Object.entries(values)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => ({
      name,
      label: name,
      help: "Not a property that the standard defines.",
      kind:
        typeof value === "string"
          ? ({ is: "string" } as const)
          : ({ is: "dictionary", values: "any", anyCase: true } as const),
      isRequired: false,
    }));
}

/** The object that the values make, its properties in the order of the standard. */
export function objectOf(type: string, values: Values, uuid: string): Values {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const order = OBJECT_TYPES.get(type)?.properties.map(({ name }) => name) ?? [];
  const rankOf = (name: string): number => {
    const at = order.indexOf(name);
    return at < 0 ? order.length : at;
  };
  const sorted = Object.fromEntries(
    given.toSorted(([one], [other]) => rankOf(one) - rankOf(other)),
  );
  const id = observableId({ ...sorted, type }) ?? `${type}--${uuid}`;
  return { type, spec_version: "2.1", id, ...sorted };
}

/** Types of the objects that a reference may point at; undefined for any. */
export function targetTypes(
  kind: Extract<Kind, { is: "identifier" }>,
): readonly string[] | undefined {
  const { types, classes, except } = kind.targets;
  if (classes.length >= GROUPS.length) {
    return undefined;
  }
  const ofClasses = [...OBJECT_TYPES.values()]
    .filter(({ category, name }) => classes.includes(category) && !except.includes(name))
    .map(({ name }) => name);
  return [...types, ...ofClasses];
}

/** The values with one more, or with one less when it is undefined. */
export function withValue(values: Values, name: string, value: unknown): Values {
  const rest = Object.fromEntries(Object.entries(values).filter(([each]) => each !== name));
  return value === undefined ? rest : { ...values, [name]: value };
}
