/** Goal: the connections have the settings on which durability rests, and the reader can't write. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openReaderConnection, openWriterConnection } from "./connection.ts";

test("the writer commits to disk, the reader reads only", () => {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-connection-"));
  try {
    using writer = openWriterConnection({ directory, cacheBytesMax: 1_048_576 });
    const expected = {
      journal_mode: "wal",
      synchronous: 2,
      wal_autocheckpoint: 2_000,
      foreign_keys: 0,
      cache_size: -1_024,
    };
    for (const [pragma, value] of Object.entries(expected)) {
      const row = writer.prepare(`PRAGMA ${pragma}`).get() ?? {};
      assert.deepEqual(Object.values(row), [value], pragma);
    }
    writer.exec("CREATE TABLE one (a TEXT) STRICT");
    using reader = openReaderConnection({ directory, cacheBytesMax: 1_048_576 });
    assert.deepEqual(reader.prepare("SELECT * FROM one").all(), []);
    assert.throws(() => reader.exec("INSERT INTO one VALUES ('x')"), /readonly/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
