/**
 * Ingestion rules: what is done to records as they arrive, before they are stored. Every rule that is on looks at every
 * valid record, in the order of the rules, and sees what those before it have made of it. `modified` is left alone.
 * @see Microsoft Learn, "Work with threat intelligence", "Manage ingestion rules"
 */
import { isDeepStrictEqual } from "node:util";
import { type Validation, type ValidationOptions, validateObject } from "../stix/index.ts";
import { type ConditionCandidate, conditionTest, type SearchCondition } from "../store/index.ts";
import type { ReceiptFinding } from "../wire/index.ts";
import { applyActions, type ObjectAction } from "./actions.ts";

/** A rule. */
export interface IngestionRule {
  readonly name: string;
  /** Lower numbers first. */
  readonly order: number;
  readonly enabled: boolean;
  /** Every record when left out. */
  readonly condition?: SearchCondition;
  readonly actions: readonly ObjectAction[];
  /** Do not store the record; the actions of this rule then mean nothing. */
  readonly drop?: boolean;
}

/** What became of a record. */
export type RuleOutcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "dropped"; readonly by: string }
  | {
      readonly kind: "changed";
      readonly json: string;
      readonly validation: Validation;
      /** A remark for the receipt for each rule that changed something. */
      readonly remarks: readonly ReceiptFinding[];
    };

/** A valid record. */
export interface RuledRecord {
  readonly sourceSystem: string;
  readonly receivedAt: string;
  readonly value: object;
  readonly json: string;
  readonly validation: Validation;
}

/** Name under which receipts list what a rule did. */
const RULE_FINDING = "ingestion.rule";

/** Makes what applies rules; undefined when none is on. */
export function compileRules(
  rules: readonly IngestionRule[],
  options: ValidationOptions,
): ((record: RuledRecord) => RuleOutcome) | undefined {
  const on = rules
    .filter(({ enabled }) => enabled)
    .toSorted((one, other) => one.order - other.order)
    .map((rule) => ({ rule, holds: conditionTest(rule.condition) }));
  if (on.length === 0) {
    return undefined;
  }
  return (record) => {
    let state: RuledState = { ...record, remarks: [] };
    for (const { rule, holds } of on) {
      if (!holds(candidateOf(record, state))) {
        continue;
      }
      if (rule.drop === true) {
        return { kind: "dropped", by: rule.name };
      }
      state = afterRule(rule, state, options);
    }
    const { json, validation, remarks } = state;
    return remarks.length === 0
      ? { kind: "unchanged" }
      : { kind: "changed", json, validation, remarks };
  };
}

interface RuledState {
  readonly value: object;
  readonly json: string;
  readonly validation: Validation;
  readonly remarks: readonly ReceiptFinding[];
}

function afterRule(rule: IngestionRule, state: RuledState, options: ValidationOptions): RuledState {
  const before = state.value as Readonly<Record<string, unknown>>;
  const value = applyActions(before, rule.actions);
  if (isDeepStrictEqual(value, before)) {
    return state;
  }
  const validation = validateObject(value, options);
  if (!validation.valid) {
    // What arrived was valid; a rule must not lose it.
    const what = "would have made the record invalid and was left out";
    return { ...state, remarks: [...state.remarks, remark(rule, what)] };
  }
  const remarks = [...state.remarks, remark(rule, `changed ${changedNames(before, value)}`)];
  return { value, validation, json: JSON.stringify(value), remarks };
}

function candidateOf(
  { sourceSystem, receivedAt }: RuledRecord,
  { validation: { facts }, json }: RuledState,
): ConditionCandidate {
  if (facts === undefined) {
    throw new TypeError("a valid record has facts");
  }
  return {
    sourceSystem,
    stixId: facts.stixId,
    facts: { ...facts, keepRevoked: false },
    revoked: facts.revoked,
    json,
    ingestedAt: receivedAt,
  };
}

function remark({ name }: IngestionRule, what: string): ReceiptFinding {
  return { rule: RULE_FINDING, path: "", message: `The ingestion rule "${name}" ${what}.` };
}

function changedNames(before: object, after: object): string {
  const [old, fresh] = [before, after] as Readonly<Record<string, unknown>>[];
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(fresh ?? {})]);
  return [...names].filter((name) => !isDeepStrictEqual(old?.[name], fresh?.[name])).join(", ");
}
