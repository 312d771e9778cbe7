/**
 * Every rule a finding can name: how severe a breach is in each profile and version, where the standard
 * states it, and one sentence for people. The reference page of rules is printed from this table.
 */

/** What a breach does: an error makes an object invalid, a warning is kept beside it. */
export type Severity = "error" | "warning" | "off";

/** One row of the table of rules. */
export interface RuleFacts {
  readonly strict21: Severity;
  readonly strict20: Severity;
  readonly sentinel: Severity;
  /** Section of STIX 2.1, or of the upload API's page. */
  readonly section: string;
  /** What must hold, as one sentence. */
  readonly meaning: string;
}

const LETTERS: Readonly<Record<string, Severity>> = { E: "error", W: "warning", "-": "off" };

/** `strict` and `sentinel` as letters: `E/W` means an error in 2.1, a warning in 2.0. */
function rule(strict: string, sentinel: string, section: string, meaning: string): RuleFacts {
  const [in21 = "-", in20 = in21] = strict.split("/");
  return {
    strict21: LETTERS[in21] ?? "off",
    strict20: LETTERS[in20] ?? "off",
    sentinel: LETTERS[sentinel] ?? "off",
    section,
    meaning,
  };
}

/** The name of a rule. */
export type RuleId =
  | "record.object"
  | "type.present"
  | "type.supported"
  | "id.present"
  | "created.present"
  | "modified.present"
  | "spec_version.present"
  | "spec_version.value"
  | "required"
  | "required.21"
  | "required.20"
  | "pattern_type.missing20"
  | "null.required"
  | "null.optional"
  | "empty.required"
  | "kind"
  | "kind.kcpString"
  | "kind.extensions"
  | "int.safe"
  | "confidence.range"
  | "range"
  | "list.empty"
  | "dict.empty"
  | "dict.key"
  | "dict.keyCase"
  | "dict.value"
  | "enum"
  | "vocab"
  | "id.prefix"
  | "id.uuid"
  | "id.v4"
  | "id.sco5"
  | "id.sco4"
  | "id.scoValue"
  | "ref.format"
  | "ref.uuid"
  | "ref.target"
  | "ref.createdBy"
  | "ref.local"
  | "marking.target"
  | "marking.cycle"
  | "tlp.instance"
  | "time.invalid"
  | "time.form"
  | "time.precision"
  | "time.orderModified"
  | "time.orderValid"
  | "time.order"
  | "granular.both"
  | "granular.neither"
  | "granular.selectors"
  | "granular.resolve"
  | "extref.fields"
  | "extref.id"
  | "extref.idElsewhere"
  | "extref.url"
  | "extref.hashName"
  | "extref.hashes"
  | "hash.name"
  | "hash.key"
  | "hash.digest"
  | "kcp.fields"
  | "kcp.style"
  | "lang.form"
  | "lang.registered"
  | "lang.present"
  | "name.syntax"
  | "name.reserved"
  | "name.custom"
  | "name.defanged"
  | "name.suffix"
  | "enc.charset"
  | "ext.key"
  | "ext.type"
  | "ext.predefined"
  | "ext.newtype"
  | "type.syntax"
  | "type.reserved"
  | "ext.definition"
  | "pattern.syntax"
  | "pattern.positive"
  | "pattern.dupQualifier"
  | "pattern.disjointAnd"
  | "pattern.mixedSet"
  | "pattern.calendar"
  | "pattern.startStop"
  | "pattern.number"
  | "pattern.type"
  | "pattern.type_name"
  | "pattern.path"
  | "pattern.hashName"
  | "pattern.address"
  | "pattern.language"
  | "pattern.other"
  | "pattern.version"
  | "pattern.validity"
  | "indicator.named"
  | "rel.type"
  | "rel.matrix"
  | "object.rule"
  | "object.should"
  | "sco.value"
  | "limit"
  | "bundle.duplicate"
  | "state.reference"
  | "state.revoked"
  | "state.created"
  | "state.creator"
  | "state.uuid"
  | "state.translation";

/** Every rule by its name, in the order in which they are explained. */
export const RULES: Readonly<Record<RuleId, RuleFacts>> = {
  "record.object": rule("E", "E", "Upload API", "A record is a JSON object."),
  "type.present": rule("E", "E", "3.2", "type is a non-empty string."),
  "type.supported": rule("-", "E", "Upload API", "type is one of the types that are stored."),
  "id.present": rule("E", "E", "3.2", "id is a non-empty string."),
  "created.present": rule(
    "E",
    "E",
    "3.2",
    "Objects that have versions, and markings, have created.",
  ),
  "modified.present": rule("E", "E", "3.2", "Objects that have versions have modified."),
  "spec_version.present": rule("E/-", "-", "3.2", "A 2.1 object says its spec_version."),
  "spec_version.value": rule("E", "E", "3.2", "spec_version is 2.0 or 2.1."),
  required: rule("E", "E", "4", "A property that both versions demand is present."),
  "required.21": rule(
    "E/-",
    "E",
    "4",
    "A property that only 2.1 demands is present on 2.1 objects.",
  ),
  "required.20": rule(
    "-/E",
    "W",
    "4",
    "A property that only 2.0 demands is present on 2.0 objects.",
  ),
  "pattern_type.missing20": rule(
    "-",
    "W",
    "4.7",
    "A 2.0 indicator without pattern_type counts as stix.",
  ),
  "null.required": rule("E", "E", "2.12", "A demanded property is not null."),
  "null.optional": rule("E", "W", "2.12", "A property is left out rather than null."),
  "empty.required": rule(
    "E",
    "E",
    "Upload API",
    "id, type, created, modified, pattern, pattern_type and valid_from are not empty.",
  ),
  kind: rule("E", "E", "2", "A property has the JSON kind of its table."),
  "kind.kcpString": rule("E", "W", "2.11", "An item of kill_chain_phases is an object."),
  "kind.extensions": rule("E", "W", "3.2", "extensions is an object."),
  "int.safe": rule("E/W", "W", "2.10", "An integer lies within ±(2^53 - 1)."),
  "confidence.range": rule("E/-", "E", "3.2", "confidence is an integer from 0 to 100."),
  range: rule("E", "W", "2", "A number lies within its range."),
  "list.empty": rule("E", "W", "2.12", "A list has at least one item."),
  "dict.empty": rule("E", "W", "2.3", "A dictionary has at least one key."),
  "dict.key": rule("E", "W", "2.3", "A dictionary key has the right characters and length."),
  "dict.keyCase": rule(
    "W",
    "-",
    "2.3",
    "A dictionary key is lower case (2.0: and at most 30 characters).",
  ),
  "dict.value": rule(
    "E",
    "W",
    "2.3",
    "The values of a dictionary have the kind that its property demands.",
  ),
  enum: rule("E", "W", "2.4", "A value of a closed vocabulary is one of the listed ones."),
  vocab: rule(
    "W",
    "-",
    "2.14",
    "A value of an open vocabulary should be listed, or lower case with hyphens.",
  ),
  "id.prefix": rule("E", "W", "2.9", "The id begins with the object's type."),
  "id.uuid": rule("E", "W", "2.9", "The id ends with an RFC 4122 UUID."),
  "id.v4": rule("W/E", "-", "2.9", "The UUID is of version 4 (2.1: should be)."),
  "id.sco5": rule(
    "W/-",
    "-",
    "2.9",
    "The UUID of an observable should be of version 5, made from its properties.",
  ),
  "id.sco4": rule(
    "E/-",
    "W",
    "2.9",
    "An observable without contributing property has a UUID of version 4.",
  ),
  "id.scoValue": rule(
    "W/-",
    "-",
    "2.9",
    "The UUID of version 5 should be the one that the standard's rule gives.",
  ),
  "ref.format": rule("E", "W", "2.9", "A reference is an identifier."),
  "ref.uuid": rule(
    "W/-",
    "W",
    "2.9",
    "The UUID of a reference between observables has groups of 8, 4, 4, 4 and 12 digits.",
  ),
  "ref.target": rule("E", "W", "3.3", "A reference points at an allowed type."),
  "ref.createdBy": rule("W", "-", "3.2", "created_by_ref points at an identity."),
  "ref.local": rule(
    "E",
    "W",
    "2.13",
    "A key used inside observed-data.objects exists there and has the right type.",
  ),
  "marking.target": rule("E", "W", "7.2", "A marking reference names a marking-definition."),
  "marking.cycle": rule("E", "E", "7.2.2", "A marking-definition does not mark itself."),
  "tlp.instance": rule(
    "E",
    "W",
    "7.2.1.4",
    "There are four TLP markings, and no others may be made.",
  ),
  "time.invalid": rule("E", "E", "2.16", "A timestamp is a real date and time."),
  "time.form": rule("E", "W", "2.16", "A timestamp has the form YYYY-MM-DDTHH:mm:ss[.s+]Z."),
  "time.precision": rule(
    "E",
    "W",
    "3.2",
    "created and modified have at least (2.0: exactly) three fraction digits; time_date_stamp has none.",
  ),
  "time.orderModified": rule("E", "W", "3.2", "modified is not before created."),
  "time.orderValid": rule("E", "E", "4.7", "valid_until is after valid_from."),
  "time.order": rule("E", "W", "4", "The later of two timestamps is not before the earlier."),
  "granular.both": rule(
    "E/-",
    "W",
    "7.2.3",
    "A granular marking has lang or marking_ref, not both.",
  ),
  "granular.neither": rule(
    "E",
    "W",
    "7.2.3",
    "A granular marking has lang or marking_ref (2.0: marking_ref).",
  ),
  "granular.selectors": rule(
    "E",
    "W",
    "7.2.3",
    "selectors is a list of selectors in the right syntax.",
  ),
  "granular.resolve": rule("E", "W", "7.2.3", "A selector points at something on the object."),
  "extref.fields": rule(
    "E",
    "W",
    "2.5",
    "An external reference has source_name and one of description, url, external_id.",
  ),
  "extref.id": rule(
    "E",
    "W",
    "4.19",
    "CVE ids of a vulnerability and CAPEC ids of an attack-pattern carry their source_name and the right form.",
  ),
  "extref.idElsewhere": rule(
    "W",
    "W",
    "2.5",
    "CVE and CAPEC ids of other types should carry their source_name and the right form.",
  ),
  "extref.url": rule("E", "W", "2.5", "url is an RFC 3986 URI."),
  "extref.hashName": rule("E/W", "-", "2.5", "The keys of hashes come from hash-algorithm-ov."),
  "extref.hashes": rule(
    "W",
    "-",
    "2.5",
    "url should be accompanied by hashes, SHA-256 among them.",
  ),
  "hash.name": rule("W", "-", "2.7", "The keys of hashes should come from hash-algorithm-ov."),
  "hash.key": rule("E", "W", "2.7", "A hash key has the right characters and length."),
  "hash.digest": rule("E", "E", "2.7", "A digest fits its algorithm."),
  "kcp.fields": rule("E", "W", "2.11", "A kill chain phase has kill_chain_name and phase_name."),
  "kcp.style": rule(
    "W",
    "-",
    "2.11",
    "Names of kill chains and phases should be lower case with hyphens.",
  ),
  "lang.form": rule("E/-", "W", "3.2", "A language is a well-formed RFC 5646 tag."),
  "lang.registered": rule("W/-", "-", "3.2", "The parts of a language tag should be registered."),
  "lang.present": rule(
    "W/-",
    "-",
    "3.2",
    "An object with texts that can be translated should have lang.",
  ),
  "name.syntax": rule(
    "E",
    "W",
    "3.1",
    "A property name is 3 to 250 characters of a-z, 0-9 and _, and begins with a letter.",
  ),
  "name.reserved": rule("E", "W", "3.8", "Reserved names are not used."),
  "name.custom": rule(
    "W",
    "-",
    "11.1",
    "A custom property should begin with x_, or come with an extension.",
  ),
  "name.defanged": rule("E/-", "W", "3.2", "Only observables are defanged."),
  "name.suffix": rule(
    "E",
    "W",
    "3.1",
    "Names that end in _ref, _refs, _bin, _hex or _enc keep their meaning.",
  ),
  "enc.charset": rule("E", "W", "6.7", "An _enc property names an IANA character set."),
  "ext.key": rule(
    "W/-",
    "-",
    "7.3",
    "A key of extensions should be an extension-definition id or a predefined name.",
  ),
  "ext.type": rule("E/-", "W", "7.3", "An extension by definition has an extension_type."),
  "ext.predefined": rule("E", "W", "6", "The content of a predefined extension follows its table."),
  "ext.newtype": rule(
    "W",
    "W",
    "11.2",
    "A type that the standard does not define should bring its extension, or begin with x-.",
  ),
  "type.syntax": rule(
    "E",
    "E",
    "3.1",
    "A type name is 3 to 250 characters of a-z, 0-9 and -, begins with a letter and has no --.",
  ),
  "type.reserved": rule("E", "W", "3.8", "Reserved type names are not used."),
  "ext.definition": rule(
    "E/-",
    "W",
    "7.3",
    "extension_properties come only with toplevel-property-extension.",
  ),
  "pattern.syntax": rule("E", "W", "9", "A STIX pattern can be parsed."),
  "pattern.positive": rule("E", "W", "9.5", "REPEATS and WITHIN have positive values."),
  "pattern.dupQualifier": rule(
    "E/W",
    "W",
    "9.5",
    "An observation expression has each qualifier once.",
  ),
  "pattern.disjointAnd": rule(
    "W",
    "W",
    "9.4",
    "The comparisons joined by AND can hold for one object.",
  ),
  "pattern.mixedSet": rule("W", "W", "9.6", "An IN set holds values of one type."),
  "pattern.calendar": rule("W", "W", "9.3", "A timestamp in a pattern is a real day."),
  "pattern.startStop": rule("W", "W", "9.5", "START lies before STOP."),
  "pattern.number": rule(
    "W",
    "-",
    "9.3",
    "Numbers are plain, indexes not negative, hexadecimal lower case.",
  ),
  "pattern.type": rule("W", "W", "9.7", "A pattern looks at cyber observables."),
  "pattern.type_name": rule(
    "E",
    "W",
    "3.1",
    "The object types of a pattern have names of 3 to 250 characters.",
  ),
  "pattern.path": rule(
    "W",
    "W",
    "9.7",
    "The paths of a pattern exist on the observables they name.",
  ),
  "pattern.hashName": rule(
    "W",
    "W",
    "2.7",
    "A pattern spells hash algorithms as hash-algorithm-ov does.",
  ),
  "pattern.address": rule("W", "W", "6", "Addresses in a pattern have a form that can match."),
  "pattern.language": rule(
    "W",
    "W",
    "10.17",
    "A pattern of another language has the outer form of that language.",
  ),
  "pattern.other": rule("W", "W", "9", "Other remarks about a pattern."),
  "pattern.version": rule("W", "-", "4.7", "pattern_version of a STIX pattern is 2.0 or 2.1."),
  "pattern.validity": rule(
    "W",
    "-",
    "9.5",
    "START and STOP of a pattern should lie within valid_from and valid_until.",
  ),
  "indicator.named": rule("W/-", "-", "4.7", "An indicator should have a name and a description."),
  "rel.type": rule("E", "W", "5.1", "relationship_type is lower case letters, digits and hyphens."),
  "rel.matrix": rule(
    "W",
    "-",
    "5.1",
    "The relationship should be one that the standard defines for its ends.",
  ),
  "object.rule": rule("E", "W", "4", "Properties that need or exclude each other."),
  "object.should": rule("W", "-", "4", "Advice of the standard about a value."),
  "sco.value": rule("E", "W", "6", "The value of an observable has the right syntax."),
  limit: rule(
    "E",
    "E",
    "Limits",
    "Depth, string length, list length and number of findings are bounded.",
  ),
  "bundle.duplicate": rule("W", "W", "8", "Objects of a set differ in id or modified."),
  "state.reference": rule("W", "-", "3.3", "A set should hold the objects that it refers to."),
  "state.revoked": rule("W", "W", "3.6", "A revoked object has no later version."),
  "state.created": rule("W", "W", "3.6", "created is the same in every version."),
  "state.creator": rule("W", "W", "3.6", "created_by_ref is the same in every version."),
  "state.uuid": rule("W", "W", "2.9", "Objects of different types do not share a UUID."),
  "state.translation": rule(
    "W",
    "W",
    "7.1",
    "object_modified is the modified of a version of the object.",
  ),
};
