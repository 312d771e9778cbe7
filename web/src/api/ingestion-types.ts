/** What the server's API tells of requests, rejected records, imports and rules. @see docs/reference/openapi.json */
import type { Condition, Finding, ReceiptSummary } from "./types.ts";

export interface Activity {
  readonly appId: string;
  readonly objectId: string;
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

interface QuarantinedRecord extends RejectedRecord {
  readonly requestId: string;
  readonly receivedAt: string;
  readonly source: string | null;
  readonly appId: string;
}

export interface QuarantinePage {
  readonly value: readonly QuarantinedRecord[];
  readonly cursor: string | null;
}

export interface ReplayResult {
  readonly requestId: string;
  readonly stored: number;
  readonly rejected: readonly {
    readonly recordIndex: number;
    readonly errorMessages: readonly string[];
  }[];
}

interface ImportFault {
  readonly index: number;
  readonly line: number | null;
  readonly stixId: string | null;
  readonly pointer: string;
  readonly message: string;
}

export interface ImportView {
  readonly importId: string;
  readonly order: {
    readonly format: "stix" | "csv";
    readonly source: string;
    readonly fileName: string;
  };
  readonly state: "checking" | "checked" | "storing" | "done" | "failed";
  readonly bytes: number;
  readonly total: number;
  readonly valid: number;
  readonly invalid: number;
  readonly warned: number;
  readonly stored: number;
  readonly faults: readonly ImportFault[];
  readonly reason: string | null;
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
    readonly dropped: boolean;
    readonly remarks: readonly string[];
  }[];
}
