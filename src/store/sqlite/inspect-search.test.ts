/** Goal: what is wrong with a search index is told, and what is made anew by itself is told apart from it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { indicators, requestOf } from "../samples.conformance.ts";
import { inspectSqliteSearch } from "./inspect-search.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-inspect-search-"));
after(() => rmSync(root, { recursive: true, force: true }));

async function filled(name: string): Promise<string> {
  const directory = join(root, name);
  const store = await openSqliteStore({ directory });
  await store.append(requestOf({ objects: indicators(1, 300, { name: "one", labels: ["a"] }) }));
  await store.waitSearchable(1);
  await store.close();
  return directory;
}

function alter(directory: string, file: string, sql: string): void {
  using database = new DatabaseSync(join(directory, file));
  database.exec(sql);
}

test("an index in step is sound, and one behind says by how much", async () => {
  const directory = await filled("sound");
  for (const quick of [false, true]) {
    const { state, objects, behindRequests, faults } = inspectSqliteSearch(directory, { quick });
    assert.deepEqual([state, objects, behindRequests, faults], ["own", 300, 0, []]);
  }
  alter(directory, "intelligence.db", "UPDATE index_position SET sequence = 5");
  const { behindRequests, faults } = inspectSqliteSearch(directory, { quick: false });
  assert.deepEqual([behindRequests, faults], [4, []]);
  alter(directory, "intelligence.db", "UPDATE index_position SET sequence = 0");
  assert.deepEqual(inspectSqliteSearch(directory, { quick: false }).faults, [
    "it is 1 requests ahead of the log",
  ]);
});

test("an index that the next start makes anew is no fault", async () => {
  const directory = await filled("anew");
  const stateOf = () => {
    const { state, faults } = inspectSqliteSearch(directory, { quick: false });
    return [state, faults];
  };
  alter(directory, "intelligence.db", "UPDATE entry_seed SET lower = lower + 1");
  assert.deepEqual(stateOf(), ["foreign", []]);
  alter(directory, "search.db", "PRAGMA user_version = 1");
  assert.deepEqual(stateOf(), ["outdated", []]);
  rmSync(join(directory, "search.db"));
  assert.deepEqual(stateOf(), ["missing", []]);
});

test("an index that lacks objects, has damaged pages or is no database is told as it is", async () => {
  const directory = await filled("damaged");
  const file = join(directory, "search.db");
  const faultsOf = (): string => inspectSqliteSearch(directory, { quick: false }).faults.join("; ");
  alter(directory, "search.db", "DELETE FROM found WHERE change = 7");
  assert.match(faultsOf(), /300 objects are stored, and it knows 299/);
  assert.match(faultsOf(), /its runs of words have 1 objects too many/);
  const { size } = statSync(file);
  const handle = await open(file, "r+");
  await handle.write(Buffer.alloc(size - 8192, 0xa5), 0, size - 8192, 8192);
  await handle.close();
  assert.notEqual(faultsOf(), "");
  writeFileSync(file, "no database at all, but some text that is long enough to be looked at");
  const { state, faults } = inspectSqliteSearch(directory, { quick: true });
  assert.deepEqual([state, faults], ["damaged", ["file is not a database"]]);
});
