/** Schema 2: identities, as JSON rows and a number that counts their changes. */

import type { Layout } from "../layout.ts";

/** The statements; the tables are small, so Citus keeps a copy of each on every node. */
export function identities(layout: Layout): string {
  return `
CREATE TABLE stixgate.identity_row (
  kind text NOT NULL,
  key text NOT NULL,
  content jsonb NOT NULL,
  place bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (kind, key)
);
CREATE TABLE stixgate.identity_version (
  id integer PRIMARY KEY CHECK (id = 1),
  version bigint NOT NULL
);
INSERT INTO stixgate.identity_version (id, version) VALUES (1, 0);
${layout === "citus" ? "SELECT create_reference_table('stixgate.identity_row');\nSELECT create_reference_table('stixgate.identity_version');" : ""}
`;
}
