/** Schema 5: what retention has to know and to find, so that it never looks at everything. */

import { createSpreadTable, type Layout } from "../layout.ts";

/**
 * Rejected records and warnings have the time of their request beside them, so that they go long before it does.
 * `log_garbage` has a row for each request whose blob holds records that no version refers to any more; one with no
 * records left has no blob left. The one row of `retention_position` says which requests and versions have been
 * looked at already.
 */
export function retention(layout: Layout): string {
  const garbage = createSpreadTable(
    {
      name: "stixgate.log_garbage",
      by: "workspace",
      beside: "stixgate.request",
      columns: `
  workspace bigint NOT NULL,
  sequence bigint NOT NULL,
  records integer NOT NULL, -- in the blob
  dead integer NOT NULL, -- of these, without a version
  PRIMARY KEY (sequence, workspace)
`,
    },
    layout,
  );
  return `${["quarantine", "request_warnings"].map(withTime).join("")}
CREATE INDEX request_without_objects ON stixgate.request ((received_at COLLATE "C")) WHERE accepted = 0;
CREATE INDEX version_by_sequence ON stixgate.version (sequence);
CREATE INDEX object_deleted ON stixgate.object (change) WHERE workspace < 0;

${garbage}
CREATE INDEX log_garbage_due ON stixgate.log_garbage (sequence) WHERE dead > 0 AND dead * 2 >= records;
CREATE INDEX log_garbage_empty ON stixgate.log_garbage (sequence) WHERE records = 0;

CREATE TABLE stixgate.retention_position (
  id integer PRIMARY KEY CHECK (id = 1),
  counted_sequence bigint NOT NULL, -- requests up to it have been looked at for repeated records
  counted_change bigint NOT NULL, -- versions up to it: whether their objects have too many
  aged_change bigint NOT NULL, -- versions up to it: those that they replaced are gone
  dropped bigint NOT NULL, -- versions since their values were taken out of the index
  clean_table integer, -- where that is: 0 observable, 1 label; null while none is due
  clean_until bigint NOT NULL, -- the last version when it began
  clean_hash bigint NOT NULL, -- the last row that was looked at
  clean_change bigint NOT NULL,
  clean_place bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO stixgate.retention_position (id, counted_sequence, counted_change, aged_change, dropped,
    clean_until, clean_hash, clean_change, clean_place)
  VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0);
${APPEND}`;
}

function withTime(table: string): string {
  return `
ALTER TABLE stixgate.${table} ADD COLUMN received_at text COLLATE "C";
UPDATE stixgate.${table} SET received_at = request.received_at FROM stixgate.request
  WHERE request.workspace = ${table}.workspace AND request.sequence = ${table}.sequence;
ALTER TABLE stixgate.${table} ALTER COLUMN received_at SET NOT NULL;
CREATE INDEX ${table}_by_time ON stixgate.${table} (received_at);
`;
}

/** As in schema 1, with the time; servers of the version before go on calling it as they did. */
const APPEND = `
CREATE OR REPLACE FUNCTION stixgate.append_requests(
  workspaces bigint[], workspace_ids text[], requests bigint[], request_ids text[],
  received_ats text[], appended_ats text[], outcomes text[], sources text[],
  receiveds integer[], accepteds integer[], rejecteds integer[], warneds integer[],
  objects_bytess integer[], rests text[],
  objects_codecs integer[], objects_payloads bytea[],
  rejections_codecs integer[], rejections_payloads bytea[],
  warnings_codecs integer[], warnings_payloads bytea[]
) RETURNS bigint LANGUAGE plpgsql AS $append$
DECLARE
  before bigint;
BEGIN
  UPDATE stixgate.log_position SET appended = appended + cardinality(workspaces) WHERE id = 1
    RETURNING appended - cardinality(workspaces) INTO STRICT before;
  INSERT INTO stixgate.request (sequence, workspace, workspace_id, request, request_id, received_at,
      appended_at, outcome, source, received, accepted, rejected, warned, objects_bytes, rest)
    SELECT before + place, w, wi, r, ri, ra, aa, o, s, rd, ac, rj, wd, ob, rest
    FROM unnest(workspaces, workspace_ids, requests, request_ids, received_ats, appended_ats, outcomes,
      sources, receiveds, accepteds, rejecteds, warneds, objects_bytess, rests)
      WITH ORDINALITY AS given (w, wi, r, ri, ra, aa, o, s, rd, ac, rj, wd, ob, rest, place);
  INSERT INTO stixgate.request_objects (sequence, workspace, codec, payload)
    SELECT before + place, w, c, p FROM unnest(workspaces, objects_codecs, objects_payloads)
      WITH ORDINALITY AS given (w, c, p, place) WHERE c IS NOT NULL;
  INSERT INTO stixgate.quarantine (sequence, workspace, received_at, codec, payload)
    SELECT before + place, w, ra, c, p
    FROM unnest(workspaces, received_ats, rejections_codecs, rejections_payloads)
      WITH ORDINALITY AS given (w, ra, c, p, place) WHERE c IS NOT NULL;
  INSERT INTO stixgate.request_warnings (sequence, workspace, received_at, codec, payload)
    SELECT before + place, w, ra, c, p
    FROM unnest(workspaces, received_ats, warnings_codecs, warnings_payloads)
      WITH ORDINALITY AS given (w, ra, c, p, place) WHERE c IS NOT NULL;
  PERFORM pg_notify('stixgate_position', 'appended ' || before + cardinality(workspaces));
  RETURN before;
END
$append$;
`;
