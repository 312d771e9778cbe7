/**
 * What can be done to an object without a person looking at it: by a bulk task to all that match, by an ingestion rule
 * to what arrives. One table says how each action changes an object; none of them changes what it means.
 */
import { AppError } from "../wire/index.ts";
import { taggedWith } from "./labels.ts";

type StixObject = Readonly<Record<string, unknown>>;

/** A change of one property. */
export type ObjectAction =
  | { readonly kind: "addLabels" | "removeLabels"; readonly labels: readonly string[] }
  | { readonly kind: "setConfidence"; readonly value: number }
  /** Puts the end so many days later; without an end nothing changes. */
  | { readonly kind: "extendValidUntil"; readonly days: number }
  /** RFC 3339; null: no end. */
  | { readonly kind: "setValidUntil"; readonly at: string | null }
  | { readonly kind: "setRevoked"; readonly value: boolean };

type Kind = ObjectAction["kind"];
type ActionOf<K extends Kind> = Extract<ObjectAction, { readonly kind: K }>;

/** Most actions of a rule or task. */
export const ACTIONS_MAX = 20;

const MS_PER_DAY = 86_400_000;

/** Ten years: more is a mistake in the unit. */
const EXTEND_DAYS_MAX = 3_650;

/** Only indicators have an end of validity. */
const HAS_VALID_UNTIL = "indicator";

const APPLY: { readonly [K in Kind]: (object: StixObject, action: ActionOf<K>) => StixObject } = {
  addLabels: (object, { labels }) => withLabels(object, taggedWith(labelsOf(object), labels, [])),
  removeLabels: (object, { labels }) =>
    withLabels(object, taggedWith(labelsOf(object), [], labels)),
  setConfidence: (object, { value }) => ({ ...object, confidence: value }),
  extendValidUntil: (object, { days }) => extended(object, days),
  setValidUntil: (object, { at }) =>
    hasEnd(object) ? withProperty(object, "valid_until", at) : object,
  setRevoked: (object, { value }) =>
    value || object["revoked"] === true ? { ...object, revoked: value } : object,
};

/** The object after the actions, in their order. */
export function applyActions(object: StixObject, actions: readonly ObjectAction[]): StixObject {
  return actions.reduce<StixObject>(
    (before, action) =>
      (APPLY[action.kind] as (object: StixObject, action: ObjectAction) => StixObject)(
        before,
        action,
      ),
    object,
  );
}

/** Refuses actions that can't be meant. @throws AppError `invalid_request` */
export function checkActions(actions: readonly ObjectAction[]): void {
  if (actions.length > ACTIONS_MAX) {
    throw fault(`At most ${ACTIONS_MAX} actions.`);
  }
  for (const action of actions) {
    if (action.kind === "setConfidence" && !isWhole(action.value, 0, 100)) {
      throw fault("A confidence is a whole number from 0 to 100.");
    }
    if (action.kind === "extendValidUntil" && !isWhole(action.days, 1, EXTEND_DAYS_MAX)) {
      throw fault(`The days must be a whole number from 1 to ${EXTEND_DAYS_MAX}.`);
    }
    if (
      action.kind === "setValidUntil" &&
      action.at !== null &&
      Number.isNaN(Date.parse(action.at))
    ) {
      throw fault("The end of validity must be an instant of RFC 3339.");
    }
    if ("labels" in action && action.labels.length === 0) {
      throw fault("Which labels?");
    }
  }
}

function labelsOf(object: StixObject): readonly string[] {
  const { labels } = object;
  return Array.isArray(labels) ? labels.filter((each) => typeof each === "string") : [];
}

function withLabels(object: StixObject, labels: readonly string[]): StixObject {
  return withProperty(object, "labels", labels.length === 0 ? null : labels);
}

function withProperty(object: StixObject, name: string, value: unknown): StixObject {
  if (value !== null) {
    return { ...object, [name]: value };
  }
  const { [name]: _removed, ...rest } = object;
  return rest;
}

function hasEnd(object: StixObject): boolean {
  return object["type"] === HAS_VALID_UNTIL;
}

function extended(object: StixObject, days: number): StixObject {
  const until = Date.parse(String(object["valid_until"]));
  return hasEnd(object) && !Number.isNaN(until)
    ? { ...object, valid_until: new Date(until + days * MS_PER_DAY).toISOString() }
    : object;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

function fault(message: string): AppError {
  return new AppError("invalid_request", message, { field: "actions" });
}
