/**
 * How identities lie in SQLite: the numbered migrations, and one table that maps each row type to columns.
 * A migration that was released is never edited; a change is a new entry at the end.
 */
import type { IdentityTable } from "../identity.ts";

/** Statements that bring the file from version n to n + 1; the version is SQLite's `user_version`. */
export const IDENTITY_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tenant (
    tenant_id    TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    domains      TEXT NOT NULL,
    is_default   INTEGER NOT NULL,
    created_at   TEXT NOT NULL
  ) STRICT;
  CREATE TABLE application (
    app_id       TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    created_at   TEXT NOT NULL
  ) STRICT;
  CREATE TABLE service_principal (
    object_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenant DEFERRABLE INITIALLY DEFERRED,
    app_id    TEXT NOT NULL REFERENCES application DEFERRABLE INITIALLY DEFERRED,
    enabled   INTEGER NOT NULL,
    UNIQUE (tenant_id, app_id)
  ) STRICT;
  CREATE TABLE password_credential (
    key_id       TEXT PRIMARY KEY,
    app_id       TEXT NOT NULL REFERENCES application DEFERRABLE INITIALLY DEFERRED,
    display_name TEXT NOT NULL,
    hint         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    start_at     TEXT NOT NULL,
    end_at       TEXT NOT NULL
  ) STRICT;
  CREATE TABLE key_credential (
    key_id          TEXT PRIMARY KEY,
    app_id          TEXT NOT NULL REFERENCES application DEFERRABLE INITIALLY DEFERRED,
    display_name    TEXT NOT NULL,
    certificate_der BLOB NOT NULL,
    sha1            TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    start_at        TEXT NOT NULL,
    end_at          TEXT NOT NULL
  ) STRICT;
  CREATE TABLE workspace (
    workspace_id    TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL REFERENCES tenant DEFERRABLE INITIALLY DEFERRED,
    subscription_id TEXT NOT NULL,
    resource_group  TEXT NOT NULL,
    name            TEXT NOT NULL,
    created_at      TEXT NOT NULL
  ) STRICT;
  CREATE TABLE role_assignment (
    name               TEXT PRIMARY KEY,
    tenant_id          TEXT NOT NULL REFERENCES tenant DEFERRABLE INITIALLY DEFERRED,
    principal_id       TEXT NOT NULL,
    role_definition_id TEXT NOT NULL,
    scope              TEXT NOT NULL,
    created_at         TEXT NOT NULL
  ) STRICT;
  CREATE TABLE signing_key (
    kid                   TEXT PRIMARY KEY,
    certificate_der       BLOB NOT NULL,
    private_key_encrypted BLOB NOT NULL,
    created_at            TEXT NOT NULL,
    activated_at          TEXT,
    retired_at            TEXT
  ) STRICT;
  CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
];

/** How a property lies in its column. */
export type ColumnKind = "text" | "blob" | "boolean" | "list";

/** A property of a row and the column that holds it. */
export interface Column {
  readonly property: string;
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table; its first column is the key. */
export interface TableMapping {
  readonly name: string;
  readonly columns: readonly Column[];
}

function column(property: string, kind: ColumnKind = "text", name?: string): Column {
  const snakeCase = property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { property, name: name ?? snakeCase, kind };
}

/** Every table of a snapshot; the columns are named after the properties unless said otherwise. */
export const TABLE_MAPPINGS: Readonly<Record<IdentityTable, TableMapping>> = {
  tenants: {
    name: "tenant",
    columns: [
      column("tenantId"),
      column("displayName"),
      column("domains", "list"),
      column("isDefault", "boolean"),
      column("createdAt"),
    ],
  },
  applications: {
    name: "application",
    columns: [column("appId"), column("displayName"), column("createdAt")],
  },
  servicePrincipals: {
    name: "service_principal",
    columns: [
      column("objectId"),
      column("tenantId"),
      column("appId"),
      column("enabled", "boolean"),
    ],
  },
  passwordCredentials: {
    name: "password_credential",
    columns: [
      column("keyId"),
      column("appId"),
      column("displayName"),
      column("hint"),
      column("hash"),
      column("start", "text", "start_at"),
      column("end", "text", "end_at"),
    ],
  },
  keyCredentials: {
    name: "key_credential",
    columns: [
      column("keyId"),
      column("appId"),
      column("displayName"),
      column("certificateDer", "blob"),
      column("sha1"),
      column("sha256"),
      column("start", "text", "start_at"),
      column("end", "text", "end_at"),
    ],
  },
  workspaces: {
    name: "workspace",
    columns: [
      column("workspaceId"),
      column("tenantId"),
      column("subscriptionId"),
      column("resourceGroup"),
      column("name"),
      column("createdAt"),
    ],
  },
  roleAssignments: {
    name: "role_assignment",
    columns: [
      column("name"),
      column("tenantId"),
      column("principalId"),
      column("roleDefinitionId"),
      column("scope"),
      column("createdAt"),
    ],
  },
  signingKeys: {
    name: "signing_key",
    columns: [
      column("kid"),
      column("certificateDer", "blob"),
      column("privateKeyEncrypted", "blob"),
      column("createdAt"),
      column("activatedAt"),
      column("retiredAt"),
    ],
  },
  facts: { name: "fact", columns: [column("name"), column("value")] },
};
