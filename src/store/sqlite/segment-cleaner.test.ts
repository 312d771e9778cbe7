/** Goal: entries of versions that were dropped leave the lists, and no other does. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { createEntryReader } from "./entry-reader.ts";
import { createEntryTables, ENTRY_KIND } from "./entry-tables.ts";
import { migrate } from "./migrate.ts";
import { createSegmentCleaner } from "./segment-cleaner.ts";

test("a cleaning begins when enough was dropped, and leaves what is there", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "test");
  const limits = { runsPerLevel: 2, sweepEntriesMin: 10, segmentEntriesMax: 20 };
  const tables = createEntryTables(database, limits);
  const changes = Array.from({ length: 200 }, (_, at) => at + 1);
  const kinds = [ENTRY_KIND.identity, ENTRY_KIND.observable, ENTRY_KIND.label];
  for (const kind of kinds) {
    tables.add(
      kind,
      changes.map((change) => [(change * 7919) % 101, change]),
    );
  }
  while (tables.tidy(1_000)) {
    // Until everything lies in segments.
  }
  const insert = database.prepare(
    "INSERT INTO version (change, object, sequence, record, revoked) VALUES (?, 1, 1, 0, 0)",
  );
  const isKept = (change: number): boolean => change % 3 === 0 || change > 150;
  for (const change of changes.filter(isKept)) {
    insert.run(change);
  }
  const clean = createSegmentCleaner(database, 10);
  assert.equal(clean(), 0, "nothing was dropped yet");
  database.exec("UPDATE version_retention SET dropped = 100");
  while (clean() > 0) {
    // A segment at a time.
  }
  const refsOf = (kind: (typeof kinds)[number]): number[] => {
    const refs = [...createEntryReader(database).all(kind)].flatMap((list) =>
      [...list].filter((_, at) => at % 2 === 1),
    );
    return refs.sort((a, b) => a - b);
  };
  assert.deepEqual(refsOf(ENTRY_KIND.identity), changes, "identities lead to objects");
  assert.deepEqual(refsOf(ENTRY_KIND.observable), changes.filter(isKept));
  assert.deepEqual(refsOf(ENTRY_KIND.label), changes.filter(isKept));
  assert.equal(clean(), 0);
});
