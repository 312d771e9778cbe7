/** Schema 1: the intake log with its receipts, and the index that is derived from it. */

/**
 * A text that recurs is a number here (`term`). Texts that clients choose are stored with the escapes of a
 * JSON string (see `escapeText`), since SQLite's own functions end a text at its first NUL.
 *
 * The log is only ever added to. `quarantine` and `request_warnings` are tables of their own, with the
 * time beside each row, so that retention can drop them long before the request itself.
 *
 * The index can be dropped and built again from the log. `change` numbers versions in the order of commits
 * and is never used twice. The rows of `observable` and `label` belong to a version: those of an older one
 * stay, and a reader leaves them out by comparing with `object.change`; so the indexer only ever adds.
 * A hash is the first 52 bits of SHA-256, which a JavaScript number holds exactly; a reader compares the
 * text it stands for, too.
 */
export const LOG_AND_INDEX: string = `
CREATE TABLE term (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL, -- 1 workspace, 2 source, 3 object type, 4 observable key
  text TEXT NOT NULL,
  UNIQUE (kind, text)
) STRICT;

CREATE TABLE request (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace INTEGER NOT NULL, -- term
  request_id TEXT NOT NULL,
  received_at TEXT NOT NULL,
  appended_at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  source INTEGER, -- term; null when the request named none
  received INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  warned INTEGER NOT NULL,
  rest TEXT NOT NULL -- JSON: generation, apiVersion, caller, refusal, notes
) STRICT;
CREATE INDEX request_by_workspace ON request (workspace);
CREATE INDEX request_by_outcome ON request (workspace, outcome);
CREATE INDEX request_by_id ON request (workspace, request_id);
CREATE INDEX request_by_time ON request (received_at);

CREATE TABLE request_objects (
  sequence INTEGER PRIMARY KEY,
  codec INTEGER NOT NULL, -- 0 as it is, 1 zstd
  payload BLOB NOT NULL
) STRICT;

CREATE TABLE quarantine (
  sequence INTEGER PRIMARY KEY,
  received_at TEXT NOT NULL,
  codec INTEGER NOT NULL,
  payload BLOB NOT NULL -- JSON: the rejected records
) STRICT;
CREATE INDEX quarantine_by_time ON quarantine (received_at);

CREATE TABLE request_warnings (
  sequence INTEGER PRIMARY KEY,
  received_at TEXT NOT NULL,
  codec INTEGER NOT NULL,
  payload BLOB NOT NULL -- JSON: the warnings of accepted records
) STRICT;
CREATE INDEX request_warnings_by_time ON request_warnings (received_at);

CREATE TABLE health (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  checked_at TEXT NOT NULL
) STRICT;

CREATE TABLE index_position (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence INTEGER NOT NULL, -- the last request in the index
  change INTEGER NOT NULL, -- the last number given to a version
  object INTEGER NOT NULL -- the last number given to an object
) STRICT;
INSERT INTO index_position (id, sequence, change, object) VALUES (1, 0, 0, 0);

CREATE TABLE index_result (
  sequence INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL
) STRICT;

CREATE TABLE object (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL, -- term
  source INTEGER NOT NULL, -- term
  stix_id TEXT NOT NULL,
  type INTEGER NOT NULL, -- term; as the current version says
  change INTEGER NOT NULL, -- the current version
  revoked INTEGER NOT NULL,
  content BLOB NOT NULL -- first 16 bytes of SHA-256 of the current record's text
) STRICT;
CREATE INDEX object_by_change ON object (workspace, change);
CREATE INDEX object_by_type ON object (workspace, type, change);

CREATE TABLE identity (
  hash INTEGER NOT NULL, -- of workspace, source and STIX id
  object INTEGER NOT NULL,
  PRIMARY KEY (hash, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
  change INTEGER PRIMARY KEY,
  object INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  record INTEGER NOT NULL, -- place among the accepted records of the request, from 0
  revoked INTEGER NOT NULL
) STRICT;
CREATE INDEX version_by_object ON version (object, change);

CREATE TABLE observable (
  hash INTEGER NOT NULL, -- of workspace and value
  change INTEGER NOT NULL,
  key INTEGER NOT NULL, -- term
  PRIMARY KEY (hash, change, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE label (
  hash INTEGER NOT NULL, -- of workspace and label
  change INTEGER NOT NULL,
  PRIMARY KEY (hash, change)
) STRICT, WITHOUT ROWID;

CREATE TABLE object_count (
  workspace INTEGER NOT NULL, -- term
  type INTEGER NOT NULL, -- term
  count INTEGER NOT NULL,
  PRIMARY KEY (workspace, type)
) STRICT, WITHOUT ROWID;
`;
