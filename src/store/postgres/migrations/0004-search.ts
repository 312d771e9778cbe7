/** Schema 4: the search index, which is filled in the background from what is stored. */

import { createSpreadTable, type Layout } from "../layout.ts";

/**
 * `found` has a row for each current object; `change` is that of its current version. Instants are milliseconds
 * from the year 1, 0 where there is none; a confidence of -1 is none. `facets` are the numbers of the values
 * that the object counts for, so that they can be taken back. A search is within one workspace, so the rows lie
 * by workspace. Values may be longer than an index can hold, so they are found by a digest.
 */
export function search(layout: Layout): string {
  const found = createSpreadTable(
    {
      name: "stixgate.found",
      by: "workspace",
      columns: `
  workspace bigint NOT NULL, -- term
  change bigint NOT NULL,
  object bigint NOT NULL,
  updated bigint NOT NULL,
  ingested bigint NOT NULL,
  created bigint NOT NULL,
  modified bigint NOT NULL,
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  confidence double precision NOT NULL,
  revoked integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  facets text NOT NULL,
  tokens tsvector NOT NULL,
  PRIMARY KEY (workspace, change)
`,
    },
    layout,
  );
  return `${found}
CREATE INDEX found_by_object ON stixgate.found (workspace, object, change);
CREATE INDEX found_by_created ON stixgate.found (workspace, created, change);
CREATE INDEX found_by_modified ON stixgate.found (workspace, modified, change);
CREATE INDEX found_by_valid_from ON stixgate.found (workspace, valid_from, change);
CREATE INDEX found_by_valid_until ON stixgate.found (workspace, valid_until, change);
CREATE INDEX found_by_confidence ON stixgate.found (workspace, confidence, change);
CREATE INDEX found_by_name ON stixgate.found (workspace, name, change);
CREATE INDEX found_by_token ON stixgate.found USING gin (tokens);

CREATE TABLE stixgate.facet (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace bigint NOT NULL, -- term
  field integer NOT NULL, -- 1 type, 2 source, 3 label, 4 tlp, 5 revoked
  digest bytea NOT NULL, -- SHA-256 of the value
  value text COLLATE "C" NOT NULL,
  count bigint NOT NULL,
  UNIQUE (workspace, field, digest)
) WITH (fillfactor = 50);
CREATE INDEX facet_by_count ON stixgate.facet (workspace, field, count);

CREATE TABLE stixgate.search_position (
  id integer PRIMARY KEY CHECK (id = 1),
  sequence bigint NOT NULL, -- up to this request everything can be searched
  change bigint NOT NULL -- the last version that was looked at
) WITH (fillfactor = 10);
INSERT INTO stixgate.search_position (id, sequence, change) VALUES (1, 0, 0);
`;
}
