/**
 * The rows of one version of an object, as they are kept: what can be had from other columns of a row (whether it is
 * active now, the columns of the legacy table) is left to whoever reads them. An indicator has a row for each value that
 * its pattern pins, wherever it stands in it, and one without key and value when it pins none.
 */

import { type Data, dataOf, shortened } from "./data-column.ts";
import { tableId } from "./id.ts";

/** What is known of a version: the shape of a store's `ObjectVersion`, as far as the tables need it. */
export interface VersionInput {
  readonly sourceSystem: string;
  readonly stixId: string;
  /** RFC 3339, UTC. */
  readonly ingestedAt: string;
  readonly revoked: boolean;
  readonly facts: {
    readonly type: string;
    readonly created: string | null;
    readonly modified: string | null;
    readonly validFrom: string | null;
    readonly validUntil: string | null;
    readonly confidence: number | null;
    readonly tlp: string | null;
    readonly labels: readonly string[];
    readonly observables: readonly { readonly key: string; readonly value: string }[];
  };
  readonly json: string;
}

/** A row about a version of an object that is no indicator. Times are RFC 3339, UTC, as received. */
export interface ObjectRow {
  readonly id: string;
  readonly sourceSystem: string;
  readonly timeGenerated: string;
  readonly stixType: string;
  readonly revoked: boolean;
  readonly validUntil: string | null;
  readonly lastUpdateMethod: string;
  /** JSON. */
  readonly additionalFields: string;
  /** JSON. */
  readonly data: string;
}

/** A row about one value that a version of an indicator pins. */
export interface IndicatorRow extends ObjectRow {
  readonly observableKey: string;
  readonly observableValue: string;
  readonly pattern: string;
  readonly confidence: number | null;
  readonly created: string | null;
  readonly modified: string | null;
  readonly validFrom: string | null;
  readonly tags: string;
}

/** What the service writes for uploads. */
export const UPLOAD_METHOD = "ThreatIntelUploadAPI";

/** What the service writes for rows that repeat an unexpired object. */
export const REPUBLISH_METHOD = "LogARepublisher";

/** The object type with a table of its own. */
export const INDICATOR_TYPE = "indicator";

/** Characters that the rows of one version may take together before the later ones are shortened. */
const REPEATED_CHARACTERS_MAX = 8 * 1024 * 1024;

/** Texts in shortened rows: the length at which the service itself cuts pattern and description. */
const SHORTENED_CHARACTERS = 1_000;

/**
 * The row of a version of an object that is no indicator.
 * The text of a version is JSON by the store's promise; one that is not gives an empty `Data`.
 */
export function objectRow(version: VersionInput): ObjectRow {
  return rowWith(version, dataOf(version.json));
}

/**
 * The rows of a version of an indicator, in the order of its observables. When a pattern pins so many values that
 * repeating it would fill memory, rows after the first have `Pattern` and the texts in `Data` cut at 1,000 characters.
 */
export function indicatorRows(version: VersionInput): readonly IndicatorRow[] {
  const { observables } = version.facts;
  const data = dataOf(version.json);
  const first = indicatorWith(version, data);
  if (observables.length <= 1) {
    return [{ ...first, ...named(observables[0]) }];
  }
  const characters = (first.data.length + first.pattern.length) * observables.length;
  const later =
    characters > REPEATED_CHARACTERS_MAX
      ? indicatorWith(version, shortened(data, SHORTENED_CHARACTERS))
      : first;
  return observables.map((observable, place) => ({
    ...(place === 0 ? first : later),
    ...named(observable),
  }));
}

type CommonRow = Omit<IndicatorRow, "observableKey" | "observableValue">;

function named(observable: { readonly key: string; readonly value: string } | undefined) {
  return { observableKey: observable?.key ?? "", observableValue: observable?.value ?? "" };
}

function indicatorWith(version: VersionInput, data: Data): CommonRow {
  const { confidence, created, modified, validFrom, labels } = version.facts;
  const pattern = data["pattern"];
  return {
    ...rowWith(version, data),
    ...{ confidence, created, modified, validFrom },
    pattern: typeof pattern === "string" ? pattern : "",
    tags: labels.length === 0 ? "" : JSON.stringify(labels),
  };
}

function rowWith(version: VersionInput, data: Data): ObjectRow {
  const { sourceSystem, stixId, ingestedAt, facts } = version;
  return {
    id: tableId(sourceSystem, stixId),
    sourceSystem,
    timeGenerated: ingestedAt,
    stixType: facts.type,
    revoked: version.revoked,
    validUntil: facts.validUntil,
    lastUpdateMethod: UPLOAD_METHOD,
    additionalFields: facts.tlp === null ? "{}" : JSON.stringify({ TLPLevel: facts.tlp }),
    data: JSON.stringify(data),
  };
}
