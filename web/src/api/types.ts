/** What the server's own API sends and takes, as far as the page uses it. @see docs/reference/openapi.json */
import type { ObjectView } from "../../../src/wire/index.ts";

export type {
  ObjectPage as SearchPage,
  ObjectView,
  Receipt,
  ReceiptFinding as Finding,
  ReceiptSummary,
} from "../../../src/wire/index.ts";

export interface WorkspaceAccess {
  readonly workspaceId: string;
  readonly name: string;
  readonly resourceId: string;
  readonly canRead: boolean;
  readonly canTag: boolean;
  readonly canWrite: boolean;
}

export interface SessionInfo {
  readonly person: {
    readonly personId: string;
    readonly displayName: string;
    readonly email: string | null;
  } | null;
  readonly actor: { readonly id: string; readonly name: string };
  readonly tenantId: string;
  /** Where clients sign in and upload. */
  readonly httpsOrigin: string;
  readonly csrfToken: string | null;
  readonly expiresAt: string | null;
  readonly workspaces: readonly WorkspaceAccess[];
}

export type Condition =
  | { readonly kind: "and" | "or"; readonly conditions: readonly Condition[] }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "type" | "source" | "label" | "id"; readonly anyOf: readonly string[] }
  | { readonly kind: "tlp"; readonly anyOf: readonly (string | null)[] }
  | { readonly kind: "confidence"; readonly from?: number; readonly to?: number }
  | {
      readonly kind: "created" | "modified" | "valid_from" | "valid_until" | "ingested" | "updated";
      readonly from?: string;
      readonly before?: string;
    }
  | { readonly kind: "revoked"; readonly is: boolean }
  | { readonly kind: "active"; readonly at: string }
  | { readonly kind: "name"; readonly startsWith: string }
  | { readonly kind: "observable"; readonly value: string; readonly key?: string }
  | { readonly kind: "text"; readonly words: string };

export interface Sort {
  readonly by:
    | "created"
    | "modified"
    | "valid_from"
    | "valid_until"
    | "ingested"
    | "updated"
    | "confidence"
    | "name"
    | "type"
    | "source";
  readonly direction: "ascending" | "descending";
}

export interface MatchCount {
  readonly count: number;
  readonly exact: boolean;
}

export interface FacetValue {
  readonly value: string | null;
  readonly count: number;
}

export interface Page<T> {
  readonly value: readonly T[];
  readonly nextLink: string | null;
}

export interface Difference {
  readonly kind: "added" | "removed" | "changed";
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface GraphNode {
  readonly stixId: string;
  readonly type: string;
  readonly depth: number;
  readonly view: ObjectView | null;
}

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly relation: string;
  readonly relationshipId: string | null;
  readonly objectId: string | null;
  readonly confidence: number | null;
  readonly revoked: boolean;
}

export interface GraphGroup {
  readonly of: string;
  readonly relation: string;
  readonly type: string;
  /** The relation points away from the node. */
  readonly outgoing: boolean;
  readonly count: number;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly GraphGroup[];
  readonly truncated: boolean;
}

export interface GroupPage {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly cursor: string | null;
}

export interface FoundPath {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly bounded: boolean;
}

export interface Task {
  readonly taskId: string;
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  readonly order: unknown;
  readonly progress: {
    readonly expected: MatchCount;
    readonly seen: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly failed: number;
  };
  readonly faults: readonly {
    readonly stixId: string;
    readonly source: string;
    readonly message: string;
  }[];
  readonly reason: string | null;
  readonly orderedBy: { readonly id: string; readonly name: string };
  readonly orderedAt: string;
  readonly finishedAt: string | null;
}
