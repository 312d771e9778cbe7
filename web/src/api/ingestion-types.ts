/** What the server's API tells of requests, rejected records, imports and rules. @see docs/reference/openapi.json */
import type { Condition, Difference, Finding, ReceiptSummary } from "./types.ts";

/** Requests by what became of them. */
interface OutcomeCounts {
  readonly accepted: number;
  readonly partly: number;
  readonly rejected: number;
  readonly empty: number;
  readonly throttled: number;
  readonly refused: number;
}

/** Requests of a step of time. */
export interface ActivityStep extends OutcomeCounts {
  readonly from: string;
  /** Not let in: no valid token, or no role. */
  readonly turnedAway: number;
}

/** How much of its limit an application has used in this minute. */
export interface ThrottleGauge {
  readonly limit: number;
  readonly used: number;
  readonly resetsInSeconds: number;
}

export interface Activity {
  readonly appId: string;
  readonly objectId: string;
  readonly name: string | null;
  readonly outcomes: OutcomeCounts;
  readonly throttle: ThrottleGauge | null;
  readonly source: string | null;
  readonly userAgent: string;
  readonly requests: number;
  readonly throttled: number;
  readonly refused: number;
  readonly records: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly loop: {
    readonly times: number;
    readonly since: string;
    readonly until: string;
    readonly requestId: string;
  } | null;
}

export interface ActivityReport {
  readonly since: string;
  readonly complete: boolean;
  readonly applications: readonly Activity[];
  readonly stepSeconds: number;
  readonly steps: readonly ActivityStep[];
  readonly turnedAway: readonly {
    readonly at: string;
    readonly code: string;
    readonly message: string;
    readonly appId: string | null;
    readonly userAgent: string;
  }[];
}

export interface ReceiptPage {
  readonly value: readonly ReceiptSummary[];
  readonly nextLink: string | null;
}

/** A rejected record as a receipt or the quarantine has it. */
export interface RejectedRecord {
  readonly recordIndex: number;
  readonly stixId: string | null;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly payload: unknown;
}

/** What somebody did about a rejected record. */
export interface Settlement {
  readonly how: "stored" | "dismissed";
  readonly requestId: string | null;
  readonly at: string;
  readonly by: string;
}

export interface QuarantinedRecord extends RejectedRecord {
  readonly settled: Settlement | null;
  readonly requestId: string;
  readonly receivedAt: string;
  readonly source: string | null;
  readonly appId: string;
}

export interface QuarantinePage {
  readonly value: readonly QuarantinedRecord[];
  readonly cursor: string | null;
}

/** A record of a request, as it was received. */
export interface RequestRecord {
  readonly recordIndex: number;
  readonly fate: "new" | "changed" | "unchanged" | "stored" | "rejected" | "pending";
  readonly stixId: string | null;
  readonly objectId: string | null;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly settled: Settlement | null;
  readonly text: string;
}

export interface ReplayResult {
  /** Null when nothing was stored. */
  readonly requestId: string | null;
  readonly stored: number;
  readonly rejected: readonly {
    readonly recordIndex: number;
    readonly errorMessages: readonly string[];
  }[];
}

/** A value that would put a fault right; the property goes when it is left out. */
export interface Suggestion {
  readonly text: string;
  readonly pointer: string;
  readonly value?: unknown;
}

interface ImportFault {
  readonly index: number;
  readonly line: number | null;
  readonly stixId: string | null;
  readonly pointer: string;
  readonly message: string;
  readonly suggestion: Suggestion | null;
}

/** What storing a record would do. */
export type RecordStatus = "new" | "changed" | "revoked" | "unchanged" | "dropped" | "invalid";

/** A record of a file that was tried out. */
export interface ImportRecord {
  readonly index: number;
  readonly line: number | null;
  readonly status: RecordStatus;
  readonly stixId: string | null;
  readonly type: string | null;
  readonly title: string | null;
  readonly faults: readonly ImportFault[];
  readonly remarks: readonly string[];
  readonly fixed: boolean;
}

/** A record, and what storing it would change. */
export interface ImportRecordView extends ImportRecord {
  readonly record: unknown;
  readonly current: unknown;
  readonly differences: readonly Difference[] | null;
}

export interface ImportView {
  readonly importId: string;
  readonly order: {
    readonly format: "stix" | "csv";
    readonly source: string;
    readonly fileName: string;
  };
  readonly state: "checking" | "checked" | "storing" | "done" | "failed" | "discarded";
  readonly bytes: number;
  readonly total: number;
  readonly valid: number;
  readonly invalid: number;
  readonly warned: number;
  readonly stored: number;
  readonly counts: Readonly<Record<RecordStatus, number>>;
  readonly progress: { readonly records: number; readonly share: number };
  readonly faults: readonly ImportFault[];
  readonly reason: string | null;
  readonly requests: readonly string[];
  readonly filesUntil: string | null;
  readonly orderedBy: { readonly id: string; readonly name: string };
  readonly orderedAt: string;
  readonly finishedAt: string | null;
}

export type RuleAction =
  | { readonly kind: "addLabels" | "removeLabels"; readonly labels: readonly string[] }
  | { readonly kind: "setConfidence"; readonly value: number }
  | { readonly kind: "extendValidUntil"; readonly days: number }
  | { readonly kind: "setValidUntil"; readonly at: string | null }
  | { readonly kind: "setRevoked"; readonly value: boolean };

/** What a rule says; its name and revision are beside it. */
export interface RuleContent {
  readonly order: number;
  readonly condition?: Condition;
  readonly actions?: readonly RuleAction[];
  readonly drop?: boolean;
}

export interface Rule extends RuleContent {
  readonly name: string;
  readonly enabled: boolean;
  readonly etag: number;
  readonly updatedAt: string;
}

export interface RuleTrial {
  readonly tested: number;
  readonly changed: number;
  readonly dropped: number;
  readonly samples: readonly {
    readonly id: string;
    readonly stixId: string;
    readonly type: string;
    readonly title: string;
    readonly dropped: boolean;
    readonly remarks: readonly string[];
    readonly changes: readonly Difference[];
  }[];
}

export interface RuleEffect {
  readonly name: string;
  readonly changed: number;
  readonly dropped: number;
  readonly leftOut: number;
  readonly lastAt: string | null;
  readonly examples: readonly {
    readonly requestId: string;
    readonly stixId: string | null;
    readonly what: string;
  }[];
}

export interface RuleEffects {
  readonly since: string | null;
  readonly requests: number;
  readonly rules: readonly RuleEffect[];
}
