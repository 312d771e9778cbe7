/** Goal: several processes change identities at the same time, none loses a change, and a reader follows. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openSqliteIdentityStore } from "../../src/store/index.ts";
import { createDirectory } from "../../src/token/index.ts";
import { REALM_MASTER_KEY } from "../support/realm.ts";

const WRITERS = ["one", "two", "three"];
const APPLICATIONS_EACH = 25;
const run = promisify(execFile);
const script = fileURLToPath(new URL("../support/identity-writer.ts", import.meta.url));

test("three processes and a reader on one identity store", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "stixgate-processes-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "identity.db");
  const store = openSqliteIdentityStore(file);
  context.after(() => store.close());
  const directory = createDirectory({
    store,
    masterKey: REALM_MASTER_KEY,
    clock: () => new Date(),
  });
  await directory.createTenant({ displayName: "Contoso" });

  const writers = WRITERS.map((name) =>
    run(process.execPath, [script, file, name, String(APPLICATIONS_EACH)]),
  );
  await Promise.all(writers);

  const names = (await directory.view()).applications.map(({ displayName }) => displayName);
  const expected = WRITERS.flatMap((name) =>
    Array.from({ length: APPLICATIONS_EACH }, (_none, place) => `${name} ${place}`),
  );
  assert.deepEqual(names.toSorted(), expected.toSorted());
});
