/**
 * Readers of STIX objects, one a type. Printed from the tables of the types by `npm run docs`; not for
 * editing. What a reader cannot accept at once it hands to the checks that are made of the same tables.
 */

import type { TimeOrder } from "../object-type.ts";
import { checkKeys, checkOrder, type Reader } from "../object-walk.ts";
import {
  any,
  confidence,
  flag,
  identifier,
  identifiers,
  language,
  phases,
  reference,
  term,
  terms,
  text,
  texts,
  time,
  version,
  versionTime,
} from "../plain-values.ts";

const MODIFIED_NOT_BEFORE_CREATED: TimeOrder = {
  later: "modified",
  earlier: "created",
  orEqual: true,
  rule: "time.orderModified",
};

const LAST_SEEN_NOT_BEFORE_FIRST_SEEN: TimeOrder = {
  later: "last_seen",
  earlier: "first_seen",
  orEqual: true,
  rule: "time.order",
};

const VALID_UNTIL_AFTER_VALID_FROM: TimeOrder = {
  later: "valid_until",
  earlier: "valid_from",
  orEqual: false,
  rule: "time.orderValid",
};

const LAST_OBSERVED_NOT_BEFORE_FIRST_OBSERVED: TimeOrder = {
  later: "last_observed",
  earlier: "first_observed",
  orEqual: true,
  rule: "time.order",
};

const STOP_TIME_AFTER_START_TIME: TimeOrder = {
  later: "stop_time",
  earlier: "start_time",
  orEqual: false,
  rule: "time.order",
};

const END_NOT_BEFORE_START: TimeOrder = {
  later: "end",
  earlier: "start",
  orEqual: true,
  rule: "time.order",
};

const readAttackPattern: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += texts(object["aliases"], slots, 16, walk);
  }
  known += phases(object["kill_chain_phases"], slots, 17, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readCampaign: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  known += texts(object["aliases"], slots, 16, walk);
  known += time(object["first_seen"], slots, 17, walk);
  known += time(object["last_seen"], slots, 18, walk);
  known += text(object["objective"], slots, 19, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["last_seen"], object["first_seen"], LAST_SEEN_NOT_BEFORE_FIRST_SEEN, walk);
};

const readCourseOfAction: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readGrouping: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  known += term(object["context"], slots, 16, walk);
  known += any(object["object_refs"], slots, 17, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readIdentity: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += texts(object["roles"], slots, 16, walk);
  }
  known += term(object["identity_class"], slots, 17, walk);
  known += terms(object["sectors"], slots, 18, walk);
  known += text(object["contact_information"], slots, 19, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readIncident: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readIndicator: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += terms(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += terms(object["indicator_types"], slots, 16, walk);
  }
  known += text(object["pattern"], slots, 17, walk);
  if (slots[18] !== undefined) {
    known += term(object["pattern_type"], slots, 18, walk);
  }
  if (slots[19] !== undefined) {
    known += text(object["pattern_version"], slots, 19, walk);
  }
  known += time(object["valid_from"], slots, 20, walk);
  known += time(object["valid_until"], slots, 21, walk);
  known += phases(object["kill_chain_phases"], slots, 22, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["valid_until"], object["valid_from"], VALID_UNTIL_AFTER_VALID_FROM, walk);
};

const readInfrastructure: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  known += terms(object["infrastructure_types"], slots, 16, walk);
  known += texts(object["aliases"], slots, 17, walk);
  known += phases(object["kill_chain_phases"], slots, 18, walk);
  known += time(object["first_seen"], slots, 19, walk);
  known += time(object["last_seen"], slots, 20, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["last_seen"], object["first_seen"], LAST_SEEN_NOT_BEFORE_FIRST_SEEN, walk);
};

const readIntrusionSet: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  known += texts(object["aliases"], slots, 16, walk);
  known += time(object["first_seen"], slots, 17, walk);
  known += time(object["last_seen"], slots, 18, walk);
  known += texts(object["goals"], slots, 19, walk);
  known += term(object["resource_level"], slots, 20, walk);
  known += term(object["primary_motivation"], slots, 21, walk);
  known += terms(object["secondary_motivations"], slots, 22, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["last_seen"], object["first_seen"], LAST_SEEN_NOT_BEFORE_FIRST_SEEN, walk);
};

const readLocation: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  known += any(object["latitude"], slots, 16, walk);
  known += any(object["longitude"], slots, 17, walk);
  known += any(object["precision"], slots, 18, walk);
  known += term(object["region"], slots, 19, walk);
  known += any(object["country"], slots, 20, walk);
  known += any(object["administrative_area"], slots, 21, walk);
  known += text(object["city"], slots, 22, walk);
  known += text(object["street_address"], slots, 23, walk);
  known += text(object["postal_code"], slots, 24, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readMalware: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += terms(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += terms(object["malware_types"], slots, 16, walk);
  }
  if (slots[17] !== undefined) {
    known += flag(object["is_family"], slots, 17, walk);
  }
  if (slots[18] !== undefined) {
    known += texts(object["aliases"], slots, 18, walk);
  }
  known += phases(object["kill_chain_phases"], slots, 19, walk);
  if (slots[20] !== undefined) {
    known += time(object["first_seen"], slots, 20, walk);
  }
  if (slots[21] !== undefined) {
    known += time(object["last_seen"], slots, 21, walk);
  }
  if (slots[22] !== undefined) {
    known += identifiers(object["operating_system_refs"], slots, 22, walk);
  }
  if (slots[23] !== undefined) {
    known += terms(object["architecture_execution_envs"], slots, 23, walk);
  }
  if (slots[24] !== undefined) {
    known += terms(object["implementation_languages"], slots, 24, walk);
  }
  if (slots[25] !== undefined) {
    known += terms(object["capabilities"], slots, 25, walk);
  }
  if (slots[26] !== undefined) {
    known += identifiers(object["sample_refs"], slots, 26, walk);
  }
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["last_seen"], object["first_seen"], LAST_SEEN_NOT_BEFORE_FIRST_SEEN, walk);
};

const readMalwareAnalysis: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += any(object["product"], slots, 14, walk);
  known += text(object["version"], slots, 15, walk);
  known += reference(object["host_vm_ref"], slots, 16, walk);
  known += reference(object["operating_system_ref"], slots, 17, walk);
  known += identifiers(object["installed_software_refs"], slots, 18, walk);
  known += text(object["configuration_version"], slots, 19, walk);
  known += texts(object["modules"], slots, 20, walk);
  known += text(object["analysis_engine_version"], slots, 21, walk);
  known += text(object["analysis_definition_version"], slots, 22, walk);
  known += time(object["submitted"], slots, 23, walk);
  known += time(object["analysis_started"], slots, 24, walk);
  known += time(object["analysis_ended"], slots, 25, walk);
  known += text(object["result_name"], slots, 26, walk);
  known += term(object["result"], slots, 27, walk);
  known += any(object["analysis_sco_refs"], slots, 28, walk);
  known += reference(object["sample_ref"], slots, 29, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readNote: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["abstract"], slots, 14, walk);
  known += text(object["content"], slots, 15, walk);
  known += texts(object["authors"], slots, 16, walk);
  known += any(object["object_refs"], slots, 17, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readObservedData: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += time(object["first_observed"], slots, 14, walk);
  known += time(object["last_observed"], slots, 15, walk);
  known += any(object["number_observed"], slots, 16, walk);
  known += any(object["objects"], slots, 17, walk);
  known += any(object["object_refs"], slots, 18, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(
    object["last_observed"],
    object["first_observed"],
    LAST_OBSERVED_NOT_BEFORE_FIRST_OBSERVED,
    walk,
  );
};

const readOpinion: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["explanation"], slots, 14, walk);
  known += texts(object["authors"], slots, 15, walk);
  known += any(object["opinion"], slots, 16, walk);
  known += any(object["object_refs"], slots, 17, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readReport: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += terms(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += terms(object["report_types"], slots, 16, walk);
  }
  known += time(object["published"], slots, 17, walk);
  known += any(object["object_refs"], slots, 18, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readThreatActor: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += terms(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += terms(object["threat_actor_types"], slots, 16, walk);
  }
  known += texts(object["aliases"], slots, 17, walk);
  if (slots[18] !== undefined) {
    known += time(object["first_seen"], slots, 18, walk);
  }
  if (slots[19] !== undefined) {
    known += time(object["last_seen"], slots, 19, walk);
  }
  known += terms(object["roles"], slots, 20, walk);
  known += texts(object["goals"], slots, 21, walk);
  known += term(object["sophistication"], slots, 22, walk);
  known += term(object["resource_level"], slots, 23, walk);
  known += term(object["primary_motivation"], slots, 24, walk);
  known += terms(object["secondary_motivations"], slots, 25, walk);
  known += terms(object["personal_motivations"], slots, 26, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["last_seen"], object["first_seen"], LAST_SEEN_NOT_BEFORE_FIRST_SEEN, walk);
};

const readTool: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += terms(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  if (slots[16] !== undefined) {
    known += terms(object["tool_types"], slots, 16, walk);
  }
  if (slots[17] !== undefined) {
    known += texts(object["aliases"], slots, 17, walk);
  }
  known += phases(object["kill_chain_phases"], slots, 18, walk);
  known += text(object["tool_version"], slots, 19, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readVulnerability: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += text(object["name"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readRelationship: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  known += any(object["relationship_type"], slots, 14, walk);
  known += text(object["description"], slots, 15, walk);
  known += any(object["source_ref"], slots, 16, walk);
  known += any(object["target_ref"], slots, 17, walk);
  if (slots[18] !== undefined) {
    known += time(object["start_time"], slots, 18, walk);
  }
  if (slots[19] !== undefined) {
    known += time(object["stop_time"], slots, 19, walk);
  }
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["stop_time"], object["start_time"], STOP_TIME_AFTER_START_TIME, walk);
};

const readSighting: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  if (slots[14] !== undefined) {
    known += text(object["description"], slots, 14, walk);
  }
  known += time(object["first_seen"], slots, 15, walk);
  known += time(object["last_seen"], slots, 16, walk);
  known += any(object["count"], slots, 17, walk);
  known += any(object["sighting_of_ref"], slots, 18, walk);
  known += identifiers(object["observed_data_refs"], slots, 19, walk);
  known += identifiers(object["where_sighted_refs"], slots, 20, walk);
  known += flag(object["summary"], slots, 21, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
  checkOrder(object["last_seen"], object["first_seen"], LAST_SEEN_NOT_BEFORE_FIRST_SEEN, walk);
};

const readArtifact: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["mime_type"], slots, 7, walk);
  known += any(object["payload_bin"], slots, 8, walk);
  known += any(object["url"], slots, 9, walk);
  known += any(object["hashes"], slots, 10, walk);
  known += any(object["encryption_algorithm"], slots, 11, walk);
  if (slots[12] !== undefined) {
    known += text(object["decryption_key"], slots, 12, walk);
  }
  checkKeys(object, known, compiled, walk);
};

const readAutonomousSystem: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["number"], slots, 7, walk);
  known += text(object["name"], slots, 8, walk);
  known += text(object["rir"], slots, 9, walk);
  checkKeys(object, known, compiled, walk);
};

const readDirectory: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += text(object["path"], slots, 7, walk);
  known += any(object["path_enc"], slots, 8, walk);
  if (slots[9] !== undefined) {
    known += time(object["created"], slots, 9, walk);
  }
  if (slots[10] !== undefined) {
    known += time(object["modified"], slots, 10, walk);
  }
  if (slots[11] !== undefined) {
    known += time(object["accessed"], slots, 11, walk);
  }
  if (slots[12] !== undefined) {
    known += time(object["ctime"], slots, 12, walk);
  }
  if (slots[13] !== undefined) {
    known += time(object["mtime"], slots, 13, walk);
  }
  if (slots[14] !== undefined) {
    known += time(object["atime"], slots, 14, walk);
  }
  known += any(object["contains_refs"], slots, 15, walk);
  checkKeys(object, known, compiled, walk);
};

const readDomainName: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["value"], slots, 7, walk);
  known += any(object["resolves_to_refs"], slots, 8, walk);
  checkKeys(object, known, compiled, walk);
};

const readEmailAddr: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["value"], slots, 7, walk);
  known += text(object["display_name"], slots, 8, walk);
  known += any(object["belongs_to_ref"], slots, 9, walk);
  checkKeys(object, known, compiled, walk);
};

const readEmailMessage: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += flag(object["is_multipart"], slots, 7, walk);
  known += time(object["date"], slots, 8, walk);
  known += text(object["content_type"], slots, 9, walk);
  known += any(object["from_ref"], slots, 10, walk);
  known += any(object["sender_ref"], slots, 11, walk);
  known += any(object["to_refs"], slots, 12, walk);
  known += any(object["cc_refs"], slots, 13, walk);
  known += any(object["bcc_refs"], slots, 14, walk);
  if (slots[15] !== undefined) {
    known += text(object["message_id"], slots, 15, walk);
  }
  known += text(object["subject"], slots, 16, walk);
  known += texts(object["received_lines"], slots, 17, walk);
  known += any(object["additional_header_fields"], slots, 18, walk);
  known += text(object["body"], slots, 19, walk);
  known += any(object["body_multipart"], slots, 20, walk);
  known += any(object["raw_email_ref"], slots, 21, walk);
  checkKeys(object, known, compiled, walk);
};

const readFile: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["hashes"], slots, 7, walk);
  known += any(object["size"], slots, 8, walk);
  known += text(object["name"], slots, 9, walk);
  known += any(object["name_enc"], slots, 10, walk);
  known += any(object["magic_number_hex"], slots, 11, walk);
  known += any(object["mime_type"], slots, 12, walk);
  if (slots[13] !== undefined) {
    known += time(object["created"], slots, 13, walk);
  }
  if (slots[14] !== undefined) {
    known += time(object["modified"], slots, 14, walk);
  }
  if (slots[15] !== undefined) {
    known += time(object["accessed"], slots, 15, walk);
  }
  if (slots[16] !== undefined) {
    known += time(object["ctime"], slots, 16, walk);
  }
  if (slots[17] !== undefined) {
    known += time(object["mtime"], slots, 17, walk);
  }
  if (slots[18] !== undefined) {
    known += time(object["atime"], slots, 18, walk);
  }
  known += any(object["parent_directory_ref"], slots, 19, walk);
  if (slots[20] !== undefined) {
    known += flag(object["is_encrypted"], slots, 20, walk);
  }
  if (slots[21] !== undefined) {
    known += term(object["encryption_algorithm"], slots, 21, walk);
  }
  if (slots[22] !== undefined) {
    known += text(object["decryption_key"], slots, 22, walk);
  }
  known += any(object["contains_refs"], slots, 23, walk);
  known += any(object["content_ref"], slots, 24, walk);
  checkKeys(object, known, compiled, walk);
};

const readIpv4Addr: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["value"], slots, 7, walk);
  known += any(object["resolves_to_refs"], slots, 8, walk);
  known += any(object["belongs_to_refs"], slots, 9, walk);
  checkKeys(object, known, compiled, walk);
};

const readIpv6Addr: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["value"], slots, 7, walk);
  known += any(object["resolves_to_refs"], slots, 8, walk);
  known += any(object["belongs_to_refs"], slots, 9, walk);
  checkKeys(object, known, compiled, walk);
};

const readMacAddr: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["value"], slots, 7, walk);
  checkKeys(object, known, compiled, walk);
};

const readMutex: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += text(object["name"], slots, 7, walk);
  checkKeys(object, known, compiled, walk);
};

const readNetworkTraffic: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += time(object["start"], slots, 7, walk);
  known += time(object["end"], slots, 8, walk);
  known += flag(object["is_active"], slots, 9, walk);
  known += any(object["src_ref"], slots, 10, walk);
  known += any(object["dst_ref"], slots, 11, walk);
  known += any(object["src_port"], slots, 12, walk);
  known += any(object["dst_port"], slots, 13, walk);
  known += any(object["protocols"], slots, 14, walk);
  known += any(object["src_byte_count"], slots, 15, walk);
  known += any(object["dst_byte_count"], slots, 16, walk);
  known += any(object["src_packets"], slots, 17, walk);
  known += any(object["dst_packets"], slots, 18, walk);
  known += any(object["ipfix"], slots, 19, walk);
  known += any(object["src_payload_ref"], slots, 20, walk);
  known += any(object["dst_payload_ref"], slots, 21, walk);
  known += any(object["encapsulates_refs"], slots, 22, walk);
  known += any(object["encapsulated_by_ref"], slots, 23, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["end"], object["start"], END_NOT_BEFORE_START, walk);
};

const readProcess: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += flag(object["is_hidden"], slots, 7, walk);
  known += any(object["pid"], slots, 8, walk);
  if (slots[9] !== undefined) {
    known += text(object["name"], slots, 9, walk);
  }
  if (slots[10] !== undefined) {
    known += time(object["created"], slots, 10, walk);
  }
  if (slots[11] !== undefined) {
    known += time(object["created_time"], slots, 11, walk);
  }
  known += text(object["cwd"], slots, 12, walk);
  if (slots[13] !== undefined) {
    known += texts(object["arguments"], slots, 13, walk);
  }
  known += text(object["command_line"], slots, 14, walk);
  known += any(object["environment_variables"], slots, 15, walk);
  known += any(object["opened_connection_refs"], slots, 16, walk);
  known += any(object["creator_user_ref"], slots, 17, walk);
  known += any(object["image_ref"], slots, 18, walk);
  known += any(object["binary_ref"], slots, 19, walk);
  known += any(object["parent_ref"], slots, 20, walk);
  known += any(object["child_refs"], slots, 21, walk);
  checkKeys(object, known, compiled, walk);
};

const readSoftware: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += text(object["name"], slots, 7, walk);
  known += any(object["cpe"], slots, 8, walk);
  if (slots[9] !== undefined) {
    known += text(object["swid"], slots, 9, walk);
  }
  known += any(object["languages"], slots, 10, walk);
  known += text(object["vendor"], slots, 11, walk);
  known += text(object["version"], slots, 12, walk);
  checkKeys(object, known, compiled, walk);
};

const readUrl: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["value"], slots, 7, walk);
  checkKeys(object, known, compiled, walk);
};

const readUserAccount: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += text(object["user_id"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += text(object["credential"], slots, 8, walk);
  }
  known += text(object["account_login"], slots, 9, walk);
  known += term(object["account_type"], slots, 10, walk);
  known += text(object["display_name"], slots, 11, walk);
  known += flag(object["is_service_account"], slots, 12, walk);
  known += flag(object["is_privileged"], slots, 13, walk);
  known += flag(object["can_escalate_privs"], slots, 14, walk);
  known += flag(object["is_disabled"], slots, 15, walk);
  known += time(object["account_created"], slots, 16, walk);
  known += time(object["account_expires"], slots, 17, walk);
  if (slots[18] !== undefined) {
    known += time(object["credential_last_changed"], slots, 18, walk);
  }
  if (slots[19] !== undefined) {
    known += time(object["password_last_changed"], slots, 19, walk);
  }
  known += time(object["account_first_login"], slots, 20, walk);
  known += time(object["account_last_login"], slots, 21, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsRegistryKey: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += any(object["key"], slots, 7, walk);
  known += any(object["values"], slots, 8, walk);
  if (slots[9] !== undefined) {
    known += time(object["modified"], slots, 9, walk);
  }
  if (slots[10] !== undefined) {
    known += time(object["modified_time"], slots, 10, walk);
  }
  known += any(object["creator_user_ref"], slots, 11, walk);
  known += any(object["number_of_subkeys"], slots, 12, walk);
  checkKeys(object, known, compiled, walk);
};

const readX509Certificate: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  known += flag(object["is_self_signed"], slots, 7, walk);
  known += any(object["hashes"], slots, 8, walk);
  known += text(object["version"], slots, 9, walk);
  known += text(object["serial_number"], slots, 10, walk);
  known += text(object["signature_algorithm"], slots, 11, walk);
  known += text(object["issuer"], slots, 12, walk);
  known += time(object["validity_not_before"], slots, 13, walk);
  known += time(object["validity_not_after"], slots, 14, walk);
  known += text(object["subject"], slots, 15, walk);
  known += text(object["subject_public_key_algorithm"], slots, 16, walk);
  known += text(object["subject_public_key_modulus"], slots, 17, walk);
  known += any(object["subject_public_key_exponent"], slots, 18, walk);
  known += any(object["x509_v3_extensions"], slots, 19, walk);
  checkKeys(object, known, compiled, walk);
};

const readLanguageContent: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  known += any(object["external_references"], slots, 9, walk);
  known += identifiers(object["object_marking_refs"], slots, 10, walk);
  known += any(object["granular_markings"], slots, 11, walk);
  known += any(object["extensions"], slots, 12, walk);
  known += any(object["object_ref"], slots, 13, walk);
  known += time(object["object_modified"], slots, 14, walk);
  known += any(object["contents"], slots, 15, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readMarkingDefinition: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += any(object["external_references"], slots, 5, walk);
  known += identifiers(object["object_marking_refs"], slots, 6, walk);
  known += any(object["granular_markings"], slots, 7, walk);
  known += any(object["extensions"], slots, 8, walk);
  if (slots[9] !== undefined) {
    known += text(object["name"], slots, 9, walk);
  }
  known += term(object["definition_type"], slots, 10, walk);
  known += any(object["definition"], slots, 11, walk);
  checkKeys(object, known, compiled, walk);
};

const readExtensionDefinition: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  known += any(object["external_references"], slots, 8, walk);
  known += identifiers(object["object_marking_refs"], slots, 9, walk);
  known += any(object["granular_markings"], slots, 10, walk);
  known += text(object["name"], slots, 11, walk);
  known += text(object["description"], slots, 12, walk);
  known += text(object["schema"], slots, 13, walk);
  known += any(object["version"], slots, 14, walk);
  known += any(object["extension_types"], slots, 15, walk);
  known += texts(object["extension_properties"], slots, 16, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readBundle: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += identifier(object["id"], slots, 1, walk);
  known += any(object["spec_version"], slots, 2, walk);
  known += any(object["objects"], slots, 3, walk);
  checkKeys(object, known, compiled, walk);
};

const readExternalReference: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["source_name"], slots, 0, walk);
  known += text(object["description"], slots, 1, walk);
  known += any(object["url"], slots, 2, walk);
  known += any(object["hashes"], slots, 3, walk);
  known += text(object["external_id"], slots, 4, walk);
  checkKeys(object, known, compiled, walk);
};

const readKillChainPhase: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["kill_chain_name"], slots, 0, walk);
  known += any(object["phase_name"], slots, 1, walk);
  checkKeys(object, known, compiled, walk);
};

const readGranularMarking: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  if (slots[0] !== undefined) {
    known += language(object["lang"], slots, 0, walk);
  }
  known += reference(object["marking_ref"], slots, 1, walk);
  known += texts(object["selectors"], slots, 2, walk);
  checkKeys(object, known, compiled, walk);
};

const readEmailMimePart: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["body"], slots, 0, walk);
  known += any(object["body_raw_ref"], slots, 1, walk);
  known += text(object["content_type"], slots, 2, walk);
  known += text(object["content_disposition"], slots, 3, walk);
  checkKeys(object, known, compiled, walk);
};

const readAlternateDataStream: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["name"], slots, 0, walk);
  known += any(object["hashes"], slots, 1, walk);
  known += any(object["size"], slots, 2, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsPeOptionalHeader: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["magic_hex"], slots, 0, walk);
  known += any(object["major_linker_version"], slots, 1, walk);
  known += any(object["minor_linker_version"], slots, 2, walk);
  known += any(object["size_of_code"], slots, 3, walk);
  known += any(object["size_of_initialized_data"], slots, 4, walk);
  known += any(object["size_of_uninitialized_data"], slots, 5, walk);
  known += any(object["address_of_entry_point"], slots, 6, walk);
  known += any(object["base_of_code"], slots, 7, walk);
  known += any(object["base_of_data"], slots, 8, walk);
  known += any(object["image_base"], slots, 9, walk);
  known += any(object["section_alignment"], slots, 10, walk);
  known += any(object["file_alignment"], slots, 11, walk);
  known += any(object["major_os_version"], slots, 12, walk);
  known += any(object["minor_os_version"], slots, 13, walk);
  known += any(object["major_image_version"], slots, 14, walk);
  known += any(object["minor_image_version"], slots, 15, walk);
  known += any(object["major_subsystem_version"], slots, 16, walk);
  known += any(object["minor_subsystem_version"], slots, 17, walk);
  known += any(object["win32_version_value_hex"], slots, 18, walk);
  known += any(object["size_of_image"], slots, 19, walk);
  known += any(object["size_of_headers"], slots, 20, walk);
  known += any(object["checksum_hex"], slots, 21, walk);
  known += any(object["subsystem_hex"], slots, 22, walk);
  known += any(object["dll_characteristics_hex"], slots, 23, walk);
  known += any(object["size_of_stack_reserve"], slots, 24, walk);
  known += any(object["size_of_stack_commit"], slots, 25, walk);
  known += any(object["size_of_heap_reserve"], slots, 26, walk);
  known += any(object["size_of_heap_commit"], slots, 27, walk);
  known += any(object["loader_flags_hex"], slots, 28, walk);
  known += any(object["number_of_rva_and_sizes"], slots, 29, walk);
  known += any(object["hashes"], slots, 30, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsPeSection: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["name"], slots, 0, walk);
  known += any(object["size"], slots, 1, walk);
  known += any(object["entropy"], slots, 2, walk);
  known += any(object["hashes"], slots, 3, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsRegistryValue: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["name"], slots, 0, walk);
  known += text(object["data"], slots, 1, walk);
  known += any(object["data_type"], slots, 2, walk);
  checkKeys(object, known, compiled, walk);
};

const readX509V3Extensions: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["basic_constraints"], slots, 0, walk);
  known += text(object["name_constraints"], slots, 1, walk);
  known += text(object["policy_constraints"], slots, 2, walk);
  known += text(object["key_usage"], slots, 3, walk);
  known += text(object["extended_key_usage"], slots, 4, walk);
  known += text(object["subject_key_identifier"], slots, 5, walk);
  known += text(object["authority_key_identifier"], slots, 6, walk);
  known += text(object["subject_alternative_name"], slots, 7, walk);
  known += text(object["issuer_alternative_name"], slots, 8, walk);
  known += text(object["subject_directory_attributes"], slots, 9, walk);
  known += text(object["crl_distribution_points"], slots, 10, walk);
  known += text(object["inhibit_any_policy"], slots, 11, walk);
  known += time(object["private_key_usage_period_not_before"], slots, 12, walk);
  known += time(object["private_key_usage_period_not_after"], slots, 13, walk);
  known += text(object["certificate_policies"], slots, 14, walk);
  known += text(object["policy_mappings"], slots, 15, walk);
  checkKeys(object, known, compiled, walk);
};

const readArchiveExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["contains_refs"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += text(object["version"], slots, 1, walk);
  }
  known += text(object["comment"], slots, 2, walk);
  checkKeys(object, known, compiled, walk);
};

const readNtfsExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["sid"], slots, 0, walk);
  known += any(object["alternate_data_streams"], slots, 1, walk);
  checkKeys(object, known, compiled, walk);
};

const readPdfExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["version"], slots, 0, walk);
  known += flag(object["is_optimized"], slots, 1, walk);
  known += any(object["document_info_dict"], slots, 2, walk);
  known += text(object["pdfid0"], slots, 3, walk);
  known += text(object["pdfid1"], slots, 4, walk);
  checkKeys(object, known, compiled, walk);
};

const readRasterImageExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["image_height"], slots, 0, walk);
  known += any(object["image_width"], slots, 1, walk);
  known += any(object["bits_per_pixel"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += text(object["image_compression_algorithm"], slots, 3, walk);
  }
  known += any(object["exif_tags"], slots, 4, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsPebinaryExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += term(object["pe_type"], slots, 0, walk);
  known += text(object["imphash"], slots, 1, walk);
  known += any(object["machine_hex"], slots, 2, walk);
  known += any(object["number_of_sections"], slots, 3, walk);
  known += any(object["time_date_stamp"], slots, 4, walk);
  known += any(object["pointer_to_symbol_table_hex"], slots, 5, walk);
  known += any(object["number_of_symbols"], slots, 6, walk);
  known += any(object["size_of_optional_header"], slots, 7, walk);
  known += any(object["characteristics_hex"], slots, 8, walk);
  known += any(object["file_header_hashes"], slots, 9, walk);
  known += any(object["optional_header"], slots, 10, walk);
  known += any(object["sections"], slots, 11, walk);
  checkKeys(object, known, compiled, walk);
};

const readHttpRequestExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["request_method"], slots, 0, walk);
  known += text(object["request_value"], slots, 1, walk);
  known += any(object["request_version"], slots, 2, walk);
  known += any(object["request_header"], slots, 3, walk);
  known += any(object["message_body_length"], slots, 4, walk);
  known += any(object["message_body_data_ref"], slots, 5, walk);
  checkKeys(object, known, compiled, walk);
};

const readIcmpExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["icmp_type_hex"], slots, 0, walk);
  known += any(object["icmp_code_hex"], slots, 1, walk);
  checkKeys(object, known, compiled, walk);
};

const readSocketExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["address_family"], slots, 0, walk);
  known += flag(object["is_blocking"], slots, 1, walk);
  known += flag(object["is_listening"], slots, 2, walk);
  known += any(object["protocol_family"], slots, 3, walk);
  known += any(object["options"], slots, 4, walk);
  known += any(object["socket_type"], slots, 5, walk);
  known += any(object["socket_descriptor"], slots, 6, walk);
  known += any(object["socket_handle"], slots, 7, walk);
  checkKeys(object, known, compiled, walk);
};

const readTcpExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["src_flags_hex"], slots, 0, walk);
  known += any(object["dst_flags_hex"], slots, 1, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsProcessExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += flag(object["aslr_enabled"], slots, 0, walk);
  known += flag(object["dep_enabled"], slots, 1, walk);
  known += any(object["priority"], slots, 2, walk);
  known += text(object["owner_sid"], slots, 3, walk);
  known += text(object["window_title"], slots, 4, walk);
  known += any(object["startup_info"], slots, 5, walk);
  known += any(object["integrity_level"], slots, 6, walk);
  checkKeys(object, known, compiled, walk);
};

const readWindowsServiceExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["service_name"], slots, 0, walk);
  known += texts(object["descriptions"], slots, 1, walk);
  known += text(object["display_name"], slots, 2, walk);
  known += text(object["group_name"], slots, 3, walk);
  known += any(object["start_type"], slots, 4, walk);
  known += any(object["service_dll_refs"], slots, 5, walk);
  known += any(object["service_type"], slots, 6, walk);
  known += any(object["service_status"], slots, 7, walk);
  checkKeys(object, known, compiled, walk);
};

const readUnixAccountExt: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += any(object["gid"], slots, 0, walk);
  known += texts(object["groups"], slots, 1, walk);
  known += text(object["home_dir"], slots, 2, walk);
  known += text(object["shell"], slots, 3, walk);
  checkKeys(object, known, compiled, walk);
};

const readCustom: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  known += version(object["spec_version"], slots, 1, walk);
  known += identifier(object["id"], slots, 2, walk);
  known += reference(object["created_by_ref"], slots, 3, walk);
  known += versionTime(object["created"], slots, 4, walk);
  known += versionTime(object["modified"], slots, 5, walk);
  known += flag(object["revoked"], slots, 6, walk);
  known += texts(object["labels"], slots, 7, walk);
  if (slots[8] !== undefined) {
    known += confidence(object["confidence"], slots, 8, walk);
  }
  if (slots[9] !== undefined) {
    known += language(object["lang"], slots, 9, walk);
  }
  known += any(object["external_references"], slots, 10, walk);
  known += identifiers(object["object_marking_refs"], slots, 11, walk);
  known += any(object["granular_markings"], slots, 12, walk);
  known += any(object["extensions"], slots, 13, walk);
  checkKeys(object, known, compiled, walk);
  checkOrder(object["modified"], object["created"], MODIFIED_NOT_BEFORE_CREATED, walk);
};

const readCustomObservable: Reader = (object, compiled, walk) => {
  const { slots } = compiled;
  let known = 0;
  known += text(object["type"], slots, 0, walk);
  if (slots[1] !== undefined) {
    known += version(object["spec_version"], slots, 1, walk);
  }
  known += any(object["id"], slots, 2, walk);
  if (slots[3] !== undefined) {
    known += identifiers(object["object_marking_refs"], slots, 3, walk);
  }
  known += any(object["granular_markings"], slots, 4, walk);
  if (slots[5] !== undefined) {
    known += flag(object["defanged"], slots, 5, walk);
  }
  known += any(object["extensions"], slots, 6, walk);
  checkKeys(object, known, compiled, walk);
};

/** The reader of each type, by name. */
export const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["attack-pattern", readAttackPattern],
  ["campaign", readCampaign],
  ["course-of-action", readCourseOfAction],
  ["grouping", readGrouping],
  ["identity", readIdentity],
  ["incident", readIncident],
  ["indicator", readIndicator],
  ["infrastructure", readInfrastructure],
  ["intrusion-set", readIntrusionSet],
  ["location", readLocation],
  ["malware", readMalware],
  ["malware-analysis", readMalwareAnalysis],
  ["note", readNote],
  ["observed-data", readObservedData],
  ["opinion", readOpinion],
  ["report", readReport],
  ["threat-actor", readThreatActor],
  ["tool", readTool],
  ["vulnerability", readVulnerability],
  ["relationship", readRelationship],
  ["sighting", readSighting],
  ["artifact", readArtifact],
  ["autonomous-system", readAutonomousSystem],
  ["directory", readDirectory],
  ["domain-name", readDomainName],
  ["email-addr", readEmailAddr],
  ["email-message", readEmailMessage],
  ["file", readFile],
  ["ipv4-addr", readIpv4Addr],
  ["ipv6-addr", readIpv6Addr],
  ["mac-addr", readMacAddr],
  ["mutex", readMutex],
  ["network-traffic", readNetworkTraffic],
  ["process", readProcess],
  ["software", readSoftware],
  ["url", readUrl],
  ["user-account", readUserAccount],
  ["windows-registry-key", readWindowsRegistryKey],
  ["x509-certificate", readX509Certificate],
  ["language-content", readLanguageContent],
  ["marking-definition", readMarkingDefinition],
  ["extension-definition", readExtensionDefinition],
  ["bundle", readBundle],
  ["external-reference", readExternalReference],
  ["kill-chain-phase", readKillChainPhase],
  ["granular-marking", readGranularMarking],
  ["email-mime-part", readEmailMimePart],
  ["alternate-data-stream", readAlternateDataStream],
  ["windows-pe-optional-header", readWindowsPeOptionalHeader],
  ["windows-pe-section", readWindowsPeSection],
  ["windows-registry-value", readWindowsRegistryValue],
  ["x509-v3-extensions", readX509V3Extensions],
  ["archive-ext", readArchiveExt],
  ["ntfs-ext", readNtfsExt],
  ["pdf-ext", readPdfExt],
  ["raster-image-ext", readRasterImageExt],
  ["windows-pebinary-ext", readWindowsPebinaryExt],
  ["http-request-ext", readHttpRequestExt],
  ["icmp-ext", readIcmpExt],
  ["socket-ext", readSocketExt],
  ["tcp-ext", readTcpExt],
  ["windows-process-ext", readWindowsProcessExt],
  ["windows-service-ext", readWindowsServiceExt],
  ["unix-account-ext", readUnixAccountExt],
  ["custom", readCustom],
  ["custom-observable", readCustomObservable],
]);
