/** What the server's API tells of people, applications, roles and the audit log. @see docs/reference/openapi.json */

export interface Person {
  readonly personId: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly provider: { readonly issuer: string; readonly subject: string } | null;
  readonly enabled: boolean;
  readonly createdAt: string;
  /** Browsers that are signed in. */
  readonly sessions: number;
}

interface Certificate {
  readonly keyId: string;
  readonly displayName: string;
  /** Thumbprint. */
  readonly sha1: string;
  readonly start: string;
  readonly end: string;
}

export interface Workspace {
  readonly workspaceId: string;
  readonly name: string;
  readonly resourceId: string;
  readonly createdAt: string;
}

export interface ApplicationSecret {
  readonly keyId: string;
  readonly displayName: string;
  readonly hint: string;
  readonly start: string;
  readonly end: string;
}

export interface Application {
  readonly appId: string;
  readonly objectId: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly createdAt: string;
  /** Null: not seen yet. */
  readonly lastUsedAt: string | null;
  readonly secrets: readonly ApplicationSecret[];
  readonly certificates: readonly Certificate[];
}

export interface NewApplication
  extends Omit<Application, "secrets" | "certificates" | "lastUsedAt"> {
  readonly secret: string;
  readonly secretEnd: string;
}

interface RoleAssignment {
  readonly name: string;
  readonly principalId: string;
  readonly role: string;
  readonly scope: string;
  readonly createdAt: string;
}

export interface Roles {
  readonly definitions: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
  }[];
  readonly assignments: readonly RoleAssignment[];
}

export interface PersonalKey {
  readonly keyId: string;
  readonly displayName: string;
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export interface AuditEntry {
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly actorName: string;
  readonly action: string;
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
}

export interface SettingInForce {
  readonly name: string;
  readonly value: unknown;
  readonly origin: string;
  readonly fallback: unknown;
  readonly unit: string | null;
  readonly meaning: string;
  readonly values: string;
  readonly environment: string;
}

export interface ServerHealth {
  readonly fault: string | null;
  readonly appended: number;
  readonly indexed: number;
  readonly searchable: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly freeBytes: number | null;
  readonly startedAt: string;
  readonly memoryBytes: number;
}

export interface ServerAbout {
  readonly version: string;
  readonly node: string;
  readonly store: string;
  readonly queries: boolean;
  readonly licences: string;
}
