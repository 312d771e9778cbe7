/** Goal: documents in SQLite keep to the suite, are durable, and are shared between processes. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { documentConformance } from "../documents.conformance.ts";
import { openSqliteDocumentStore } from "./document-store.ts";

documentConformance({
  name: "sqlite",
  open: async (now) => openSqliteDocumentStore({ file: ":memory:", now }),
});

test("two stores on one file see each other's changes, and only the owner can read it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-documents-"));
  const file = join(directory, "documents.db");
  const now = (): Date => new Date("2026-11-22T10:00:00.000Z");
  const key = { workspaceId: "w", kind: "view", name: "a" };
  try {
    const first = openSqliteDocumentStore({ file, now });
    const second = openSqliteDocumentStore({ file, now });
    await first.commit([{ kind: "put", key, content: 1 }]);
    await second.commit([{ kind: "put", key, content: 2, ifRevision: 1 }]);
    await first.close();
    await assert.rejects(first.get(key), { code: "shutting_down" });
    assert.equal((await second.get(key))?.revision, 2);
    await second.close();
    assert.equal(statSync(file).mode & 0o077, 0);
    const third = openSqliteDocumentStore({ file, now });
    assert.equal((await third.get(key))?.content, 2);
    await third.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
