/** Goal: a database is brought to the newest schema step by step, whole steps only, and never backwards. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { MIGRATIONS, migrate } from "./migrate.ts";

const STEPS = ["CREATE TABLE one (a TEXT)", "CREATE TABLE two (a TEXT)"];

function schemaOf(database: DatabaseSync): unknown[] {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  return [version, ...tables.map(({ name }) => name)];
}

test("each earlier schema is brought to the newest, and nothing happens twice", () => {
  for (const from of [0, 1, 2]) {
    using database = new DatabaseSync(":memory:");
    migrate(database, "test", STEPS.slice(0, from));
    migrate(database, "test", STEPS);
    migrate(database, "test", STEPS);
    assert.deepEqual(schemaOf(database), [2, "one", "two"]);
  }
});

test("a step that fails is undone whole, and the next start tries it again", () => {
  using database = new DatabaseSync(":memory:");
  const broken = [STEPS[0] ?? "", `${STEPS[1]}; CREATE TABLE broken (;`];
  assert.throws(() => migrate(database, "test", broken), /syntax error/);
  assert.deepEqual(schemaOf(database), [1, "one"]);
  migrate(database, "test", STEPS);
  assert.deepEqual(schemaOf(database), [2, "one", "two"]);
});

test("connections that open a new database together take turns", () => {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-migrate-"));
  try {
    for (const steps of [1, 2]) {
      const file = join(directory, `${steps}.db`);
      using one = new DatabaseSync(file);
      using other = new DatabaseSync(file);
      const exec = one.exec.bind(one);
      one.exec = (sql) => {
        if (sql.startsWith("BEGIN")) {
          // The other one is a little sooner, by so many steps.
          migrate(other, "test", STEPS.slice(0, steps));
        }
        exec(sql);
      };
      migrate(one, "test", STEPS);
      assert.deepEqual(schemaOf(one), [2, "one", "two"]);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a newer schema is refused and left alone", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "test", STEPS);
  assert.throws(() => migrate(database, "The store in /data", STEPS.slice(0, 1)), {
    code: "store_unavailable",
    message:
      "The store in /data has schema 2, and this version of the program knows schemas up to 1: " +
      "a newer version has opened it. Run that version, or restore a backup.",
  });
  assert.deepEqual(schemaOf(database), [2, "one", "two"]);
});

test("a database of another program is refused and left alone", () => {
  using database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE theirs (a TEXT)");
  assert.throws(() => migrate(database, "The store in /data", STEPS), {
    code: "store_unavailable",
    message: "The store in /data holds tables of another program. Choose another data directory.",
  });
  assert.deepEqual(schemaOf(database), [0, "theirs"]);
});

test("every table of the store is strict", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "test");
  assert.equal(schemaOf(database)[0], MIGRATIONS.length);
  const loose = database.prepare("SELECT name FROM pragma_table_list WHERE strict = 0").all();
  assert.deepEqual(
    loose.map(({ name }) => name).filter((name) => !String(name).startsWith("sqlite_")),
    [],
  );
});
