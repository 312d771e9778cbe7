/** How severe a breach of each rule is in one validation: the profile's column of the table, and exceptions. */

import type { SpecVersion } from "./kinds.ts";
import { RULES, type RuleId, type Severity } from "./rules-table.ts";

/** How strict to be: `sentinel` accepts what the service's clients exchange, `strict` is the standard. */
export type Profile = "sentinel" | "strict";

/** Severities of all rules for one validation. */
export type Severities = Readonly<Record<RuleId, Severity>>;

/** The severities of a profile and version, with single rules overridden by name. */
export function severitiesOf(
  profile: Profile,
  version: SpecVersion,
  overrides: Readonly<Record<string, Severity>>,
): Severities {
  const column = profile === "sentinel" ? "sentinel" : version === "2.1" ? "strict21" : "strict20";
  const entries = Object.entries(RULES).map(([id, facts]) => [id, overrides[id] ?? facts[column]]);
  return Object.fromEntries(entries) as Severities;
}
