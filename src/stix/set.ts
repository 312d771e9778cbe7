/**
 * What can only be said of several objects together: references that lead nowhere, markings that mark each
 * other in a circle, versions of one object that contradict each other. STIX 2.1 §3.3, §3.6, §7.2, §8.
 */

import type { Finding } from "./finding.ts";
import { readIdentifier } from "./identifier.ts";
import { RULES, type RuleId, type Severity } from "./rules-table.ts";
import { compareTimestamps, normaliseTimestamp } from "./timestamp.ts";
import { FINDINGS_MAX, isObject, type JsonObject } from "./walk.ts";

/** A finding about one object of a set. */
export interface SetFinding extends Finding {
  /** Place of the object in the list, from 0. */
  readonly index: number;
}

/** How to check a set. */
export interface SetOptions {
  readonly profile: "sentinel" | "strict";
  readonly severity: Readonly<Record<string, Severity>>;
  /** Ids that count as present although the set does not hold them, such as what a store has. */
  readonly known?: ReadonlySet<string>;
  /** Findings in all; 1,000 when left out. */
  readonly findingsMax?: number;
}

interface Member {
  readonly index: number;
  readonly object: JsonObject;
  readonly id: string;
}

interface Report {
  readonly findings: SetFinding[];
  readonly options: SetOptions;
}

/**
 * Checks objects against each other and returns every finding, rule by rule. The objects are not
 * validated one by one: `validateObject` does that. Linear in the size of the set but for sorting the
 * versions of each object.
 *
 * @see STIX 2.1 §3.3, §3.6, §7.2.2
 */
export function checkSet(objects: readonly unknown[], options: SetOptions): readonly SetFinding[] {
  const report: Report = { findings: [], options };
  const members: Member[] = [];
  for (const [index, object] of objects.entries()) {
    if (isObject(object) && typeof object["id"] === "string") {
      members.push({ index, object, id: object["id"] });
    }
  }
  const byId = Map.groupBy(members, (member) => member.id);
  for (const versions of byId.values()) {
    checkVersions(versions, report);
  }
  checkUuids(members, report);
  for (const member of members) {
    checkReferences(member, byId, report);
    checkTranslation(member, byId, report);
  }
  checkMarkingCycles(members, byId, report);
  return report.findings;
}

interface Breach {
  readonly path: string;
  readonly reason: string;
  readonly value?: unknown;
}

function add({ findings, options }: Report, rule: RuleId, member: Member, breach: Breach): void {
  const facts = RULES[rule];
  const standard = options.profile === "sentinel" ? facts.sentinel : facts.strict21;
  const severity = options.severity[rule] ?? standard;
  if (severity !== "off" && findings.length < (options.findingsMax ?? FINDINGS_MAX)) {
    findings.push({ rule, severity, section: facts.section, index: member.index, ...breach });
  }
}

/** The versions of one object, oldest first. */
function checkVersions(versions: readonly Member[], report: Report): void {
  const first = versions[0];
  if (first === undefined || versions.length < 2) {
    return;
  }
  const dated = versions
    .map((member) => ({ member, modified: timeAt(member.object, "modified") }))
    .sort((left, right) => compareTimestamps(left.modified, right.modified));
  for (const [index, { member, modified }] of dated.entries()) {
    const previous = dated[index - 1];
    if (previous === undefined) {
      continue;
    }
    if (compareTimestamps(modified, previous.modified) === 0) {
      const reason = "Another object of the set has the same id and modified";
      add(report, "bundle.duplicate", member, { path: "id", reason, value: member.id });
    } else if (previous.member.object["revoked"] === true) {
      const reason = "A revoked object has no later version";
      add(report, "state.revoked", member, { path: "modified", reason, value: modified });
    }
    checkConstant(member, previous.member, report);
  }
}

/** What stays the same in every version. */
function checkConstant(member: Member, previous: Member, report: Report): void {
  const created = timeAt(member.object, "created");
  if (compareTimestamps(created, timeAt(previous.object, "created")) !== 0) {
    const reason = "created is the same in every version";
    add(report, "state.created", member, { path: "created", reason, value: created });
  }
  const creator = member.object["created_by_ref"];
  if (creator !== previous.object["created_by_ref"]) {
    const reason = "Only the creator makes new versions";
    add(report, "state.creator", member, { path: "created_by_ref", reason, value: creator });
  }
}

/** A timestamp in strict form; what cannot be read counts as the earliest one. */
function timeAt(object: JsonObject, name: string): string {
  const value = object[name];
  const time = typeof value === "string" ? normaliseTimestamp(value) : undefined;
  return time ?? "0000-01-01T00:00:00Z";
}

/** Objects of different types do not share a UUID. */
function checkUuids(members: readonly Member[], report: Report): void {
  const typeByUuid = new Map<string, string>();
  for (const member of members) {
    const identifier = readIdentifier(member.id);
    if (identifier === undefined || identifier.uuidVersion === 0) {
      continue;
    }
    const uuid = member.id.slice(identifier.type.length + 2).toLowerCase();
    const type = typeByUuid.get(uuid) ?? identifier.type;
    typeByUuid.set(uuid, type);
    if (type !== identifier.type) {
      const reason = `A ${type} of the set has the same UUID`.slice(0, 200);
      add(report, "state.uuid", member, { path: "id", reason, value: member.id });
    }
  }
}

/** The references of an object with their paths: `…_ref`, `…_refs`, and those of granular markings. */
function referencesOf(object: JsonObject): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (name.endsWith("_ref") && typeof value === "string") {
      found.push([name, value]);
    } else if (name.endsWith("_refs") && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        found.push(...(typeof item === "string" ? [[`${name}[${index}]`, item] as const] : []));
      }
    }
  }
  return [...found, ...granularReferences(object)];
}

function granularReferences(object: JsonObject): readonly (readonly [string, string])[] {
  const markings = object["granular_markings"];
  if (!Array.isArray(markings)) {
    return [];
  }
  return markings.flatMap((marking, index) => {
    const ref = isObject(marking) ? marking["marking_ref"] : undefined;
    return typeof ref === "string"
      ? [[`granular_markings[${index}].marking_ref`, ref] as const]
      : [];
  });
}

function checkReferences(
  member: Member,
  byId: ReadonlyMap<string, readonly Member[]>,
  report: Report,
): void {
  for (const [path, value] of referencesOf(member.object)) {
    if (!byId.has(value) && report.options.known?.has(value) !== true) {
      const reason = "The set does not hold the object referred to";
      add(report, "state.reference", member, { path, reason, value });
    }
  }
}

/** A translation names the version that it translates. */
function checkTranslation(
  member: Member,
  byId: ReadonlyMap<string, readonly Member[]>,
  report: Report,
): void {
  const { object } = member;
  const target = object["object_ref"];
  const stated = object["object_modified"];
  const isTranslation = object["type"] === "language-content";
  const versions = typeof target === "string" ? (byId.get(target) ?? []) : [];
  if (!isTranslation || typeof stated !== "string" || versions.length === 0) {
    return;
  }
  if (!versions.some((version) => version.object["modified"] === stated)) {
    const reason = "No version of the object in the set has this modified";
    add(report, "state.translation", member, { path: "object_modified", reason, value: stated });
  }
}

/** A marking on the way, its references and how many of them were followed. */
interface Visit {
  readonly member: Member;
  readonly refs: readonly (readonly [string, string])[];
  followed: number;
}

/**
 * Markings that mark each other in a circle; each circle is reported once, where it closes. Depth first,
 * without recursion: a chain of markings may be as long as the set.
 */
function checkMarkingCycles(
  members: readonly Member[],
  byId: ReadonlyMap<string, readonly Member[]>,
  report: Report,
): void {
  const finished = new Set<Member>();
  for (const start of members.filter(({ object }) => object["type"] === "marking-definition")) {
    if (!finished.has(start)) {
      followMarkings(start, byId, report, finished);
    }
  }
}

function followMarkings(
  start: Member,
  byId: ReadonlyMap<string, readonly Member[]>,
  report: Report,
  finished: Set<Member>,
): void {
  const trail = [visit(start)];
  const open = new Set([start]);
  for (let last = trail.at(-1); last !== undefined; last = trail.at(-1)) {
    const reference = last.refs[last.followed];
    last.followed += 1;
    if (reference === undefined) {
      finished.add(last.member);
      open.delete(last.member);
      trail.pop();
      continue;
    }
    const [path, value] = reference;
    const next = byId.get(value)?.[0];
    if (next !== undefined && open.has(next)) {
      const reason = "Markings must not mark each other in a circle";
      add(report, "marking.cycle", last.member, { path, reason, value });
    } else if (next !== undefined && !finished.has(next)) {
      open.add(next);
      trail.push(visit(next));
    }
  }
}

function visit(member: Member): Visit {
  return { member, refs: markingsOf(member.object), followed: 0 };
}

function markingsOf(object: JsonObject): readonly (readonly [string, string])[] {
  return referencesOf(object).filter(
    ([path]) => path.startsWith("object_marking_refs[") || path.startsWith("granular_markings["),
  );
}
