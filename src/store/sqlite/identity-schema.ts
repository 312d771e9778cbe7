/**
 * How identities lie in SQLite: the numbered migrations; `identity-columns.ts` maps each row type to columns.
 * A migration that was released is never edited; a change is a new entry at the end.
 */
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
