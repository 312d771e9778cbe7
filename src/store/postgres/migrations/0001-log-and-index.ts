/** Schema 1: the intake log with its receipts, and the index that is derived from it. */

import { createSpreadTable, type Layout, type SpreadTable } from "../layout.ts";

/**
 * Texts that clients choose are stored with the escapes of a JSON string (see `escapeText`), since
 * PostgreSQL refuses NUL in a text. They may be longer than an index can hold, so they are looked up by a
 * hash, the first 52 bits of SHA-256, and compared afterwards.
 *
 * The log is only ever added to, by `append_requests` alone. That function takes the next sequences from
 * the one row of `log_position`, whose lock it keeps until its commit: so sequences have no gaps, and
 * whoever sees one sees all before it, whatever number of processes append.
 *
 * The index can be dropped and built again from the log. Its rows lie by `place`, the hash of workspace,
 * source and STIX id. The rows of `observable` and `label` belong to a version: those of an older one stay,
 * and a reader leaves them out by comparing with `object.change`; so the indexer only ever adds.
 */
const SPREAD: readonly SpreadTable[] = [
  {
    name: "stixgate.request",
    by: "workspace",
    columns: `
  workspace bigint NOT NULL, -- hash of workspace_id
  sequence bigint NOT NULL,
  workspace_id text NOT NULL,
  request bigint NOT NULL, -- hash of request_id
  request_id text NOT NULL,
  received_at text NOT NULL,
  appended_at text NOT NULL,
  outcome text NOT NULL,
  source text, -- null when the request named none
  received integer NOT NULL,
  accepted integer NOT NULL,
  rejected integer NOT NULL,
  warned integer NOT NULL,
  objects_bytes integer NOT NULL, -- of the accepted records, decompressed
  rest text NOT NULL, -- JSON: generation, apiVersion, caller, refusal, notes
  PRIMARY KEY (sequence, workspace)
`,
  },
  blobTable("request_objects", "the accepted records"),
  blobTable("quarantine", "JSON: the rejected records"),
  blobTable("request_warnings", "JSON: the warnings of accepted records"),
  {
    name: "stixgate.index_result",
    by: "workspace",
    beside: "stixgate.request",
    columns: `
  workspace bigint NOT NULL,
  sequence bigint NOT NULL,
  created integer NOT NULL,
  updated integer NOT NULL,
  unchanged integer NOT NULL,
  PRIMARY KEY (sequence, workspace)
`,
  },
  {
    name: "stixgate.object",
    by: "place",
    columns: `
  place bigint NOT NULL,
  id bigint NOT NULL,
  workspace bigint NOT NULL, -- term
  source bigint NOT NULL, -- term
  stix_id text NOT NULL,
  type bigint NOT NULL, -- term; as the current version says
  change bigint NOT NULL, -- the current version
  revoked boolean NOT NULL,
  content bytea NOT NULL, -- first 16 bytes of SHA-256 of the current record's text
  PRIMARY KEY (place, id)
`,
  },
  {
    name: "stixgate.version",
    by: "place",
    beside: "stixgate.object",
    columns: `
  change bigint NOT NULL,
  place bigint NOT NULL,
  object bigint NOT NULL,
  sequence bigint NOT NULL,
  record integer NOT NULL, -- place among the accepted records of the request, from 0
  revoked boolean NOT NULL,
  PRIMARY KEY (change, place)
`,
  },
  hashTable("observable", "of workspace and value"),
  hashTable("label", "of workspace and label"),
];

function blobTable(name: string, what: string): SpreadTable {
  return {
    name: `stixgate.${name}`,
    by: "workspace",
    beside: "stixgate.request",
    compressed: "payload",
    columns: `
  workspace bigint NOT NULL,
  sequence bigint NOT NULL,
  codec integer NOT NULL, -- 0 as it is, 1 zstd
  payload bytea NOT NULL, -- ${what}
  PRIMARY KEY (sequence, workspace)
`,
  };
}

function hashTable(name: string, what: string): SpreadTable {
  return {
    name: `stixgate.${name}`,
    by: "place",
    beside: "stixgate.object",
    columns: `
  hash bigint NOT NULL, -- ${what}
  change bigint NOT NULL,
  place bigint NOT NULL,
  PRIMARY KEY (hash, change, place)
`,
  };
}

const INDEXES = `
CREATE INDEX request_by_workspace ON stixgate.request (workspace, sequence);
CREATE INDEX request_by_outcome ON stixgate.request (workspace, outcome, sequence);
CREATE INDEX request_by_id ON stixgate.request (workspace, request);
CREATE INDEX object_by_change ON stixgate.object (workspace, change);
CREATE INDEX object_by_type ON stixgate.object (workspace, type, change);
CREATE INDEX version_by_object ON stixgate.version (place, object, change);
`;

/** Rows that are rewritten with every commit have room beside them for their next state. */
const SMALL_TABLES = `
CREATE TABLE stixgate.log_position (
  id integer PRIMARY KEY CHECK (id = 1),
  appended bigint NOT NULL -- the last sequence given out
) WITH (fillfactor = 10);
INSERT INTO stixgate.log_position (id, appended) VALUES (1, 0);

CREATE TABLE stixgate.index_position (
  id integer PRIMARY KEY CHECK (id = 1),
  sequence bigint NOT NULL, -- the last request in the index
  change bigint NOT NULL, -- the last number given to a version
  object bigint NOT NULL -- the last number given to an object
) WITH (fillfactor = 10);
INSERT INTO stixgate.index_position (id, sequence, change, object) VALUES (1, 0, 0, 0);

CREATE TABLE stixgate.term (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind integer NOT NULL, -- 1 workspace, 2 source, 3 object type
  digest bytea NOT NULL, -- SHA-256 of the text
  text text NOT NULL,
  UNIQUE (kind, digest)
);

CREATE TABLE stixgate.object_count (
  workspace bigint NOT NULL, -- term
  type bigint NOT NULL, -- term
  count bigint NOT NULL,
  PRIMARY KEY (workspace, type)
) WITH (fillfactor = 50);

CREATE TABLE stixgate.health (
  id integer PRIMARY KEY CHECK (id = 1),
  checked_at text NOT NULL
) WITH (fillfactor = 50);
`;

/** One call of this function is one journey to the server, one transaction and one flush to disk. */
const APPEND = `
CREATE FUNCTION stixgate.append_requests(
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
  INSERT INTO stixgate.quarantine (sequence, workspace, codec, payload)
    SELECT before + place, w, c, p FROM unnest(workspaces, rejections_codecs, rejections_payloads)
      WITH ORDINALITY AS given (w, c, p, place) WHERE c IS NOT NULL;
  INSERT INTO stixgate.request_warnings (sequence, workspace, codec, payload)
    SELECT before + place, w, c, p FROM unnest(workspaces, warnings_codecs, warnings_payloads)
      WITH ORDINALITY AS given (w, c, p, place) WHERE c IS NOT NULL;
  PERFORM pg_notify('stixgate_position', 'appended ' || before + cardinality(workspaces));
  RETURN before;
END
$append$;
`;

/** The statements of this step. */
export function logAndIndex(layout: Layout): string {
  const tables = SPREAD.map((table) => createSpreadTable(table, layout)).join("\n");
  return `${tables}${INDEXES}${SMALL_TABLES}${APPEND}`;
}
