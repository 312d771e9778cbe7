/** What the server's API tells first. @see docs/reference/openapi.json */
import type { FacetValue, MatchCount, ReceiptSummary } from "./types.ts";

interface IntakeFigures {
  readonly requests: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly throttled: number;
}

export interface HourFigures extends IntakeFigures {
  readonly from: string;
}

export interface Intake {
  readonly since: string;
  readonly complete: boolean;
  readonly day: IntakeFigures;
  readonly hours: readonly HourFigures[];
  readonly faults: readonly ReceiptSummary[];
  readonly throttled: readonly {
    readonly appId: string;
    readonly times: number;
    readonly lastAt: string;
  }[];
  readonly lastSent: readonly { readonly source: string; readonly at: string }[];
  readonly lookedSince: string;
}

export interface Overview {
  readonly at: string;
  readonly total: number;
  readonly types: readonly FacetValue[];
  readonly sources: readonly FacetValue[];
  readonly tlps: readonly FacetValue[];
  readonly intake: Intake;
}

export interface CountedValue extends MatchCount {
  readonly value: string | null;
}

export interface Changes {
  readonly since: string;
  readonly until: string;
  readonly changed: MatchCount;
  readonly active: MatchCount;
  readonly ending: MatchCount;
  readonly types: readonly CountedValue[];
  readonly sources: readonly CountedValue[];
  readonly tlps: readonly CountedValue[];
}
