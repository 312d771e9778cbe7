/** Schema 6: the ids of objects take a third of the room, and one order of objects less is kept. */

const HEX = "[0-9a-f]";

/** A UUID in lower case, as GLOB has it. */
const UUID: string = [8, 4, 4, 4, 12].map((digits) => HEX.repeat(digits)).join("-");

/**
 * The ids of almost all objects are their type, two hyphens and a UUID in lower case: then `stix_id` is the 16 bytes
 * of the UUID. See `stix-id-column.ts`. Objects of all types in the order of their changes are merged from
 * those of each type.
 */
export const PACKED_IDS: string = `
CREATE TABLE packed_object (
  id INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL, -- term
  source INTEGER NOT NULL, -- term
  stix_id ANY NOT NULL, -- bytes of the UUID behind the type, or the whole text
  type INTEGER NOT NULL, -- term; as the current version says
  change INTEGER NOT NULL, -- the current version
  revoked INTEGER NOT NULL,
  content BLOB NOT NULL -- first 16 bytes of SHA-256 of the current record's text
) STRICT;
INSERT INTO packed_object (id, workspace, source, stix_id, type, change, revoked, content)
  SELECT object.id, workspace, source,
    CASE WHEN stix_id = term.text || '--' || substr(stix_id, -36) AND substr(stix_id, -36) GLOB '${UUID}'
      THEN unhex(substr(stix_id, -36), '-') ELSE stix_id END,
    type, change, revoked, content
  FROM object JOIN term ON term.id = object.type ORDER BY object.id;
DROP TABLE object;
ALTER TABLE packed_object RENAME TO object;
CREATE INDEX object_by_type ON object (workspace, type, change);
CREATE INDEX object_revoked ON object (workspace) WHERE revoked = 1;
CREATE INDEX object_deleted ON object (change) WHERE workspace < 0;
`;
