/** Markings: the TLP levels and their fixed ids, granular markings, marking-definitions. STIX 2.1 §7.2. */

import { resolveSelector } from "./selector.ts";
import { isObject, type JsonObject, report, type Walk } from "./walk.ts";

/** Levels of the Traffic Light Protocol, the least restrictive first. */
export type TlpLevel = "white" | "green" | "amber" | "amber+strict" | "red";

const LEVELS: readonly TlpLevel[] = ["white", "green", "amber", "amber+strict", "red"];

/** The four markings of TLP 1, by level. No others may be made. @see STIX 2.1 §7.2.1.4 */
export const TLP1_IDS: Readonly<Record<"white" | "green" | "amber" | "red", string>> = {
  white: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
  green: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
  amber: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
  red: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
};

/** The moment at which the four markings of TLP 1 were made. */
const TLP1_CREATED = "2017-01-20T00:00:00.000Z";

const LEVEL_BY_ID: ReadonlyMap<string, TlpLevel> = new Map<string, TlpLevel>([
  [TLP1_IDS.white, "white"],
  [TLP1_IDS.green, "green"],
  [TLP1_IDS.amber, "amber"],
  [TLP1_IDS.red, "red"],
  // TLP 2.0; clear is the new name of white.
  ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "white"],
  ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"],
  ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"],
  ["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"],
  ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "red"],
  // A marking of amber+strict that was in use before TLP 2.0 had its own.
  ["marking-definition--826578e1-40ad-459f-bc73-ede076f81f37", "amber+strict"],
]);

/** The id that the upload API's page calls green, beside the one that STIX defines. */
const GREEN_ALIAS = "marking-definition--089a6ecb-cc15-43cc-9494-767639779123";

/**
 * The most restrictive TLP level among `object_marking_refs`; null where none is known.
 * @param options `tlpGreenAlias`: whether the id that the upload API's page prints for green counts
 */
export function tlpOf(
  refs: unknown,
  options: { readonly tlpGreenAlias: boolean },
): TlpLevel | null {
  if (!Array.isArray(refs)) {
    return null;
  }
  let highest = -1;
  for (const ref of refs) {
    const isAlias = options.tlpGreenAlias && ref === GREEN_ALIAS;
    highest = Math.max(highest, isAlias ? RANK_OF_GREEN : rankOf(ref));
  }
  return LEVELS[highest] ?? null;
}

const RANK_OF_GREEN = LEVELS.indexOf("green");

/** The marking that was looked up last: a feed has the same one on all of its objects. */
let lastRef: string = TLP1_IDS.white;
let lastRank = LEVELS.indexOf("white");

/** The place of a marking's level among the levels; -1 where it has none. */
function rankOf(ref: unknown): number {
  if (ref === lastRef) {
    return lastRank;
  }
  if (typeof ref !== "string") {
    return -1;
  }
  const level = LEVEL_BY_ID.get(ref);
  lastRef = ref;
  lastRank = level === undefined ? -1 : LEVELS.indexOf(level);
  return lastRank;
}

/** `lang` or `marking_ref`, not both; every selector points at something. */
export function checkGranularMarking(marking: JsonObject, walk: Walk): void {
  const hasLang = marking["lang"] !== undefined && marking["lang"] !== null;
  const hasRef = marking["marking_ref"] !== undefined && marking["marking_ref"] !== null;
  if (hasLang && hasRef) {
    const reason = "Expected lang or marking_ref, not both";
    report(walk, "granular.both", undefined, { reason, value: marking });
  } else if (!hasRef && (!hasLang || (walk.settings.version === "2.0" && !walk.settings.lenient))) {
    const reason = walk.settings.version === "2.0" ? "marking_ref" : "lang or marking_ref";
    report(walk, "granular.neither", undefined, { reason: `Expected ${reason}` });
  }
  const selectors = marking["selectors"];
  if (Array.isArray(selectors)) {
    checkSelectors(selectors, walk);
  }
}

function checkSelectors(selectors: readonly unknown[], walk: Walk): void {
  walk.path.push("selectors");
  for (const [index, selector] of selectors.entries()) {
    if (typeof selector !== "string") {
      continue;
    }
    const result = resolveSelector(selector, walk.root);
    if (result === "malformed") {
      const reason = "Expected a selector such as name or labels.[0]";
      report(walk, "granular.selectors", index, { reason, value: selector });
    } else if (result === "unresolved") {
      const reason = "The object has nothing at this selector";
      report(walk, "granular.resolve", index, { reason, value: selector });
    }
  }
  walk.path.pop();
}

/** Members of `definition` by definition type. */
const DEFINITION_MEMBERS: ReadonlyMap<unknown, string> = new Map([
  ["statement", "statement"],
  ["tlp", "tlp"],
]);

/** What a marking-definition must not do beside its properties. */
export function checkMarking(marking: JsonObject, walk: Walk): void {
  checkSelfMarking(marking, walk);
  const definition = marking["definition"];
  const member = DEFINITION_MEMBERS.get(marking["definition_type"]);
  if (member !== undefined && isObject(definition) && typeof definition[member] !== "string") {
    walk.path.push("definition");
    const reason = "Expected a string";
    report(walk, "kind", member, { reason, value: definition[member] });
    walk.path.pop();
  }
  if (member === "tlp") {
    checkTlpInstance(marking, walk);
  }
}

function checkSelfMarking(marking: JsonObject, walk: Walk): void {
  const id = marking["id"];
  const refs = marking["object_marking_refs"];
  const granular = marking["granular_markings"];
  const reason = "A marking must not mark itself";
  if (typeof id !== "string") {
    return;
  }
  if (Array.isArray(refs) && refs.includes(id)) {
    report(walk, "marking.cycle", "object_marking_refs", { reason, value: id });
  }
  const marksPart = (each: unknown): boolean => isObject(each) && each["marking_ref"] === id;
  if (Array.isArray(granular) && granular.some(marksPart)) {
    report(walk, "marking.cycle", "granular_markings", { reason, value: id });
  }
}

function checkTlpInstance(marking: JsonObject, walk: Walk): void {
  const definition = marking["definition"];
  const level = isObject(definition) ? definition["tlp"] : undefined;
  const isKnown = typeof level === "string" && Object.hasOwn(TLP1_IDS, level);
  const id = isKnown ? TLP1_IDS[level as keyof typeof TLP1_IDS] : undefined;
  if (id === undefined || marking["id"] !== id || marking["created"] !== TLP1_CREATED) {
    const reason = "There are four TLP markings with fixed ids and dates, and no others";
    report(walk, "tlp.instance", "definition", { reason, value: level });
  }
}
