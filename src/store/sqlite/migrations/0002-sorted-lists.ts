/** Schema 2: what an identity, a value or a label leads to is kept in sorted lists instead of rows. */

/**
 * A row for each value in the order of its hash is a random page for each value: from a million objects on
 * the disk did nothing else. Now a batch of the index writes one sorted list of each kind (`entry_run`),
 * lists of a level are merged into one of the next, and large ones in passing into `entry_segment`, whose
 * lists follow one another in the order of the hash. See `entry-tables.ts`.
 *
 * The index is derived from the log: it is emptied here and built again by the next start.
 */
export const SORTED_LISTS: string = `
DROP TABLE identity;
DROP TABLE observable;
DROP TABLE label;
DELETE FROM object;
DELETE FROM version;
DELETE FROM index_result;
DELETE FROM object_count;
UPDATE index_position SET sequence = 0, change = 0, object = 0;

CREATE TABLE entry_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind INTEGER NOT NULL, -- 1 identity to object, 2 observable value to change, 3 label to change
  level INTEGER NOT NULL, -- 0 as a batch wrote it, one more with each merge
  entries BLOB NOT NULL
) STRICT;

CREATE TABLE entry_segment (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  hash INTEGER NOT NULL, -- of the first entry, as is the next
  ref INTEGER NOT NULL,
  entries BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entry_segment_by_first ON entry_segment (kind, hash, ref);

-- Of the hash (see key-hash.ts): another one in each database.
CREATE TABLE entry_seed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  lower INTEGER NOT NULL,
  upper INTEGER NOT NULL
) STRICT;
INSERT INTO entry_seed (id, lower, upper)
  VALUES (1, random() & 0xffffffff, random() & 0xffffffff);

-- Small, and read once at start: uploads are compared with it in memory.
CREATE INDEX object_revoked ON object (workspace) WHERE revoked = 1;
`;
