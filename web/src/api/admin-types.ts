/** What the server's API tells of people, applications, roles and the audit log. @see docs/reference/openapi.json */

export interface Person {
  readonly personId: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly provider: { readonly issuer: string; readonly subject: string } | null;
  readonly enabled: boolean;
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
  readonly secrets: readonly ApplicationSecret[];
}

export interface NewApplication extends Omit<Application, "secrets"> {
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
