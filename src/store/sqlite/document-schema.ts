/**
 * How documents and the audit log lie in SQLite: the numbered migrations. A migration that was released is never
 * edited; a change is a new entry at the end.
 */

/** Statements that bring the file from schema n to n + 1; the number is SQLite's `user_version`. */
export const DOCUMENT_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE document (
    workspace_id TEXT NOT NULL,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    updated_at   TEXT NOT NULL,
    content      TEXT NOT NULL,
    PRIMARY KEY (workspace_id, kind, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE revision (last INTEGER NOT NULL) STRICT;
  INSERT INTO revision VALUES (0);
  CREATE TABLE audit (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    at           TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    actor        TEXT NOT NULL,
    actor_name   TEXT NOT NULL,
    action       TEXT NOT NULL,
    target       TEXT NOT NULL,
    before       TEXT NOT NULL,
    after        TEXT NOT NULL,
    request_id   TEXT
  ) STRICT;
  CREATE INDEX audit_by_workspace ON audit (workspace_id, position);
  CREATE INDEX audit_by_target ON audit (workspace_id, target, position);
  CREATE INDEX audit_by_time ON audit (at);
  `,
];
