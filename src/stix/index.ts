/**
 * STIX 2.0 and 2.1: the tables of every type, validation in two profiles, facts of an object.
 * No package, no clock, no exception for any input.
 * @module
 */
export { allowedRelationships } from "./allowed-relationships.ts";
export { observableId } from "./deterministic-id.ts";
export { DIFFERENCES_MAX, type Difference, differencesOf } from "./diff.ts";
export type { ObjectFacts } from "./facts.ts";
export { type Finding, messageOf } from "./finding.ts";
export { type Identifier, readIdentifier } from "./identifier.ts";
export type { Category, Kind, SpecVersion } from "./kinds.ts";
export { TLP1_IDS, type TlpLevel, tlpOf } from "./marking.ts";
export type { ObjectRule, ObjectType, Presence, Property } from "./object-type.ts";
export { propertyHelp, typeHelp } from "./property-help-table.ts";
export type { Profile } from "./rules.ts";
export { RULES, type RuleFacts, type RuleId, type Severity } from "./rules-table.ts";
export { type ObjectReference, referencesOf, searchTextOf, searchTextsOf } from "./search-facts.ts";
export { checkSet, type SetFinding, type SetOptions } from "./set.ts";
export { CUSTOM_TYPES, NESTED_TYPES, OBJECT_TYPES, PREDEFINED_EXTENSIONS } from "./tables.ts";
export { compareTimestamps, isTimestamp, normaliseTimestamp } from "./timestamp.ts";
export { type Validation, type ValidationOptions, validateObject } from "./validate.ts";
export { VOCABULARIES, type Vocabulary } from "./vocabularies.ts";
