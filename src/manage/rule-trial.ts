/** What an ingestion rule would have done to the newest objects, object by object; nothing is changed. */
import { compileRules, type IngestionRule } from "../ingest/index.ts";
import { type Difference, differencesOf, validateObject } from "../stix/index.ts";
import type { SearchHit } from "../store/index.ts";
import type { ManageParts } from "./context.ts";
import { viewOf } from "./object-view.ts";

/** What a rule would have done. */
export interface RuleTrial {
  /** Objects that were looked at: the newest. */
  readonly tested: number;
  readonly changed: number;
  readonly dropped: number;
  /** Those that it would have touched, up to a hundred. */
  readonly samples: readonly RuleSample[];
}

/** An object that a rule would have touched. */
interface RuleSample {
  readonly id: string;
  readonly stixId: string;
  readonly type: string;
  readonly title: string;
  readonly dropped: boolean;
  /** What the receipt would have said. */
  readonly remarks: readonly string[];
  /** What would be different; nothing where it would have been dropped. */
  readonly changes: readonly Difference[];
}

/** More than anybody reads, and small enough to be sent at once. */
const SAMPLES_MAX = 100;

/** Tries a rule on objects. */
export function trialOf(
  { validation, now }: Pick<ManageParts, "validation" | "now">,
  rule: IngestionRule,
  items: readonly SearchHit[],
): RuleTrial {
  const apply = compileRules([rule], validation);
  const touched = items.flatMap((item) => {
    const value = JSON.parse(item.json) as object;
    const outcome = apply?.({
      sourceSystem: item.sourceSystem,
      receivedAt: item.ingestedAt,
      value,
      json: item.json,
      validation: validateObject(value, validation),
    });
    return outcome === undefined || outcome.kind === "unchanged" ? [] : [{ item, value, outcome }];
  });
  const dropped = touched.filter(({ outcome }) => outcome.kind === "dropped").length;
  const samples = touched.slice(0, SAMPLES_MAX).map(({ item, value, outcome }): RuleSample => {
    const { id, stixId, type, title } = viewOf(item, now());
    const isDropped = outcome.kind === "dropped";
    return {
      ...{ id, stixId, type, title, dropped: isDropped },
      remarks: isDropped ? [] : outcome.remarks.map(({ message }) => message),
      changes: isDropped ? [] : differencesOf(value, JSON.parse(outcome.json)),
    };
  });
  return { tested: items.length, changed: touched.length - dropped, dropped, samples };
}
