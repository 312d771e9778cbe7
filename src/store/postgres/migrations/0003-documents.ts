/** Schema 3: documents that people make, and the audit log. */

import type { Layout } from "../layout.ts";

/** The statements; the tables are small, so Citus keeps a copy of each on every node. */
export function documents(layout: Layout): string {
  return `
CREATE SEQUENCE stixgate.document_revision;
CREATE SEQUENCE stixgate.audit_position;
CREATE TABLE stixgate.document (
  workspace_id text NOT NULL,
  kind text NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  updated_at text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (workspace_id, kind, name)
);
CREATE TABLE stixgate.audit (
  position bigint PRIMARY KEY,
  at text NOT NULL,
  workspace_id text NOT NULL,
  actor text NOT NULL,
  actor_name text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  before text NOT NULL,
  after text NOT NULL,
  request_id text
);
CREATE INDEX audit_by_workspace ON stixgate.audit (workspace_id, position);
CREATE INDEX audit_by_target ON stixgate.audit (workspace_id, target, position);
CREATE INDEX audit_by_time ON stixgate.audit (at);
${layout === "citus" ? "SELECT create_reference_table('stixgate.document');\nSELECT create_reference_table('stixgate.audit');" : ""}
`;
}
