/**
 * Goal: files of identities and of documents that an earlier version of the program has left are opened with
 * everything that is in them. Whoever adds a migration adds the rows that its predecessor may have left.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { DOCUMENT_MIGRATIONS } from "./document-schema.ts";
import { openSqliteDocumentStore } from "./document-store.ts";
import { IDENTITY_MIGRATIONS } from "./identity-schema.ts";
import { openSqliteIdentityStore } from "./identity-store.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-earlier-"));
after(() => rmSync(root, { recursive: true, force: true }));

const AT = "2026-01-02T03:04:05.678Z";

/** Statements that leave the rows below in a file of each schema. */
const IDENTITY_ROWS: readonly string[] = [
  `INSERT INTO tenant VALUES ('t', 'Contoso', '["contoso.example"]', 1, '${AT}');
    INSERT INTO application VALUES ('a', 'MISP', '${AT}');
    INSERT INTO service_principal VALUES ('o', 't', 'a', 1);
    INSERT INTO password_credential VALUES ('p', 'a', 'first', 'abc', '00ff', '${AT}', '${AT}');
    INSERT INTO key_credential VALUES ('k', 'a', 'CN=x', x'0102', 'aa', 'bb', '${AT}', '${AT}');
    INSERT INTO workspace VALUES ('w', 't', 's', 'group', 'name', '${AT}');
    INSERT INTO role_assignment VALUES ('r', 't', 'o', 'd', '/scope', '${AT}');
    INSERT INTO signing_key VALUES ('kid', x'03', x'04', '${AT}', '${AT}', NULL);
    INSERT INTO fact VALUES ('f', 'v')`,
];

const DOCUMENT_ROWS: readonly string[] = [
  `INSERT INTO document VALUES ('w', 'view', 'mine', 7, '${AT}', '{"a":1}');
    UPDATE revision SET last = 7;
    INSERT INTO audit VALUES (3, '${AT}', 'w', 'oid', 'Ann', 'save', 'view mine', 'null', '{"a":1}', 'q')`,
];

/** Makes a file as it was when this schema was the newest. */
function makeEarlier(
  file: string,
  {
    migrations,
    rows,
    schema,
  }: {
    readonly migrations: readonly string[];
    readonly rows: readonly string[];
    readonly schema: number;
  },
): void {
  using database = new DatabaseSync(file);
  for (const step of migrations.slice(0, schema)) {
    database.exec(step);
  }
  database.exec(`PRAGMA user_version = ${schema}; ${rows[schema - 1]}`);
}

function newestOf(file: string): unknown {
  using database = new DatabaseSync(file);
  return database.prepare("PRAGMA user_version").get()?.["user_version"];
}

test("each migration of these files has its rows here", () => {
  assert.equal(IDENTITY_ROWS.length, IDENTITY_MIGRATIONS.length);
  assert.equal(DOCUMENT_ROWS.length, DOCUMENT_MIGRATIONS.length);
});

for (const [at] of IDENTITY_MIGRATIONS.entries()) {
  test(`identities of schema ${at + 1} are all there, and can be changed`, async () => {
    const file = join(root, `identity-${at + 1}.db`);
    makeEarlier(file, { migrations: IDENTITY_MIGRATIONS, rows: IDENTITY_ROWS, schema: at + 1 });
    const store = openSqliteIdentityStore(file);
    const found = await store.snapshot();
    assert.deepEqual(
      [found.tenants, found.applications, found.servicePrincipals],
      [
        [
          {
            ...{ tenantId: "t", displayName: "Contoso", domains: ["contoso.example"] },
            ...{ isDefault: true, createdAt: AT },
          },
        ],
        [{ appId: "a", displayName: "MISP", createdAt: AT }],
        [{ objectId: "o", tenantId: "t", appId: "a", enabled: true }],
      ],
    );
    assert.deepEqual(
      Object.entries(found).map(([table, rows]) => [table, rows.length]),
      Object.keys(found).map((table) => [table, 1]),
      "a row of each kind",
    );
    const row = { appId: "b", displayName: "second", createdAt: AT };
    await store.update(() => [{ kind: "put", table: "applications", row }]);
    assert.equal((await store.snapshot()).applications.length, 2);
    await store.close();
    assert.equal(newestOf(file), IDENTITY_MIGRATIONS.length);
  });
}

for (const [at] of DOCUMENT_MIGRATIONS.entries()) {
  test(`documents of schema ${at + 1} are all there, and numbers go on`, async () => {
    const file = join(root, `documents-${at + 1}.db`);
    makeEarlier(file, { migrations: DOCUMENT_MIGRATIONS, rows: DOCUMENT_ROWS, schema: at + 1 });
    const store = openSqliteDocumentStore({ file, now: () => new Date(AT) });
    const key = { workspaceId: "w", kind: "view", name: "mine" };
    const found = await store.get(key);
    assert.deepEqual([found?.content, found?.revision, found?.updatedAt], [{ a: 1 }, 7, AT]);
    const { items } = await store.audit({ workspaceId: "w", limit: 10 });
    assert.deepEqual(
      items.map(({ position, actorName, action, after: left }) => [
        position,
        actorName,
        action,
        left,
      ]),
      [[3, "Ann", "save", { a: 1 }]],
    );
    const [changed] = await store.commit([{ kind: "put", key, content: 2, ifRevision: 7 }]);
    assert.equal(changed?.revision, 8);
    await store.close();
    assert.equal(newestOf(file), DOCUMENT_MIGRATIONS.length);
  });
}
