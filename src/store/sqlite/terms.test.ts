/** Goal: a text that recurs has one number, whatever was rolled back. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { TERM_KIND } from "../term.ts";
import { migrate } from "./migrate.ts";
import { createTerms } from "./terms.ts";

test("a text keeps its number; one taken back by a rollback is given again", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "test");
  const terms = createTerms(database);
  const first = terms.idOf(TERM_KIND.source, "a");
  assert.equal(terms.idOf(TERM_KIND.source, "a"), first);
  assert.notEqual(terms.idOf(TERM_KIND.type, "a"), first);
  database.exec("BEGIN");
  terms.idOf(TERM_KIND.source, "b");
  database.exec("ROLLBACK");
  terms.forget();
  assert.equal(terms.idOf(TERM_KIND.source, "a"), first);
  const again = terms.idOf(TERM_KIND.source, "b");
  assert.deepEqual(
    database.prepare("SELECT text FROM term WHERE id = ?").get(again)?.["text"],
    "b",
  );
});
