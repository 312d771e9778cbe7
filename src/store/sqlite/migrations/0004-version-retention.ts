/** Schema 4: what the retention of versions has to know, so that it never looks at everything. */

/**
 * `log_garbage` has a row for each request whose blob holds records that no version refers to any more. A blob is
 * written anew without them when they are half of it; a request with an empty row has no blob left. The cursors
 * are requests and versions that have been looked at already.
 */
export const VERSION_RETENTION: string = `
CREATE TABLE log_garbage (
  sequence INTEGER PRIMARY KEY,
  records INTEGER NOT NULL, -- in the blob
  dead INTEGER NOT NULL -- of these, without a version
) STRICT;
CREATE INDEX log_garbage_due ON log_garbage (sequence) WHERE dead > 0 AND dead * 2 >= records;
CREATE INDEX log_garbage_empty ON log_garbage (sequence) WHERE records = 0;

CREATE TABLE version_retention (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  counted_sequence INTEGER NOT NULL, -- requests up to it have been looked at for repeated records
  counted_change INTEGER NOT NULL, -- versions up to it: whether their objects have too many
  aged_change INTEGER NOT NULL, -- versions up to it: those that they replaced are gone
  dropped INTEGER NOT NULL, -- versions since the lists of the index were cleaned
  clean_segment INTEGER -- the last segment that was cleaned; null while none is due
) STRICT;
INSERT INTO version_retention (id, counted_sequence, counted_change, aged_change, dropped)
  VALUES (1, 0, 0, 0, 0);

CREATE INDEX object_deleted ON object (change) WHERE workspace < 0;
`;
