/**
 * Goal: identities survive a restart, writers of several processes never lose each other's changes, and a
 * reader sees a foreign commit at its next call.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { AppError } from "../../wire/index.ts";
import type { IdentityChange, IdentityStore, Tenant } from "../identity.ts";
import { openSqliteIdentityStore } from "./identity-store.ts";

const CREATED_AT = "2026-01-02T03:04:05.678Z";
const CONTOSO: Tenant = {
  tenantId: "11111111-1111-4111-8111-111111111111",
  displayName: "Contoso",
  domains: ["contoso.example", "contoso.onmicrosoft.com"],
  isDefault: true,
  createdAt: CREATED_AT,
};

/** One row of every table, with each kind of column. */
const ONE_OF_EACH: readonly IdentityChange[] = [
  { kind: "put", table: "tenants", row: CONTOSO },
  {
    kind: "put",
    table: "applications",
    row: { appId: "app-1", displayName: "MISP", createdAt: CREATED_AT },
  },
  {
    kind: "put",
    table: "servicePrincipals",
    row: { objectId: "oid-1", tenantId: CONTOSO.tenantId, appId: "app-1", enabled: false },
  },
  {
    kind: "put",
    table: "passwordCredentials",
    row: {
      keyId: "secret-1",
      appId: "app-1",
      displayName: "",
      hint: "abc",
      hash: "00ff",
      start: CREATED_AT,
      end: CREATED_AT,
    },
  },
  {
    kind: "put",
    table: "keyCredentials",
    row: {
      keyId: "cert-1",
      appId: "app-1",
      displayName: "CN=x",
      certificateDer: new Uint8Array([1, 2, 255]),
      sha1: "aa",
      sha256: "bb",
      start: CREATED_AT,
      end: CREATED_AT,
    },
  },
  {
    kind: "put",
    table: "workspaces",
    row: {
      workspaceId: "ws-1",
      tenantId: CONTOSO.tenantId,
      subscriptionId: "sub-1",
      resourceGroup: "rg",
      name: "soc",
      createdAt: CREATED_AT,
    },
  },
  {
    kind: "put",
    table: "roleAssignments",
    row: {
      name: "ra-1",
      tenantId: CONTOSO.tenantId,
      principalId: "oid-1",
      roleDefinitionId: "role-1",
      scope: "/",
      createdAt: CREATED_AT,
    },
  },
  {
    kind: "put",
    table: "signingKeys",
    row: {
      kid: "kid-1",
      certificateDer: new Uint8Array([3]),
      privateKeyEncrypted: new Uint8Array([4]),
      createdAt: CREATED_AT,
      activatedAt: null,
      retiredAt: null,
    },
  },
  { kind: "put", table: "facts", row: { name: "n", value: "v" } },
];

function temporaryFile(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "stixgate-identity-"));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, "identity.db");
}

function open(context: TestContext, file: string): IdentityStore {
  const store = openSqliteIdentityStore(file);
  context.after(() => store.close());
  return store;
}

function renamed(displayName: string): readonly IdentityChange[] {
  return [{ kind: "put", table: "tenants", row: { ...CONTOSO, displayName } }];
}

test("every kind of row survives a restart as it was", async (context) => {
  const file = temporaryFile(context);
  const first = openSqliteIdentityStore(file);
  await first.update(() => ONE_OF_EACH);
  await first.close();
  const snapshot = await open(context, file).snapshot();
  for (const change of ONE_OF_EACH) {
    assert.ok(change.kind === "put");
    assert.deepEqual(JSON.stringify(snapshot[change.table]), JSON.stringify([change.row]));
  }
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("a snapshot stays the same object until something changes", async (context) => {
  const store = open(context, ":memory:");
  await store.update(() => ONE_OF_EACH);
  const before = await store.snapshot();
  assert.equal(await store.snapshot(), before);
  await store.update(() => renamed("Contoso Ltd"));
  assert.equal(before.tenants[0]?.displayName, "Contoso");
  assert.equal((await store.snapshot()).tenants[0]?.displayName, "Contoso Ltd");
});

test("a commit of another connection is seen at the next call", async (context) => {
  const file = temporaryFile(context);
  const server = open(context, file);
  const command = open(context, file);
  await command.update(() => ONE_OF_EACH);
  assert.equal((await server.snapshot()).tenants[0]?.displayName, "Contoso");
  await command.update(() => renamed("Fabrikam"));
  assert.equal((await server.snapshot()).tenants[0]?.displayName, "Fabrikam");
});

test("opening and reading a file is no change to those who have it open", async (context) => {
  const file = temporaryFile(context);
  const server = open(context, file);
  await server.update(() => ONE_OF_EACH);
  const before = await server.snapshot();
  await open(context, file).snapshot();
  assert.equal(await server.snapshot(), before);
});

test("a writer decides on what another one has just committed", async (context) => {
  const file = temporaryFile(context);
  const server = open(context, file);
  await server.snapshot();
  const command = open(context, file);
  await command.update(() => ONE_OF_EACH);
  await server.update((current) => renamed(`${current.tenants[0]?.displayName} again`));
  assert.equal((await command.snapshot()).tenants[0]?.displayName, "Contoso again");
});

test("when the decision throws, nothing changes and the error is passed on", async (context) => {
  const store = open(context, ":memory:");
  const refusal = new AppError("conflict", "no");
  await assert.rejects(
    store.update(() => {
      throw refusal;
    }),
    refusal,
  );
  await store.update(() => ONE_OF_EACH);
  assert.equal((await store.snapshot()).tenants.length, 1);
});

test("changes are made together or not at all", async (context) => {
  const store = open(context, ":memory:");
  const orphan: IdentityChange = {
    kind: "put",
    table: "workspaces",
    row: {
      workspaceId: "w",
      tenantId: "nobody",
      subscriptionId: "s",
      resourceGroup: "g",
      name: "n",
      createdAt: CREATED_AT,
    },
  };
  await assert.rejects(
    store.update(() => [...ONE_OF_EACH, orphan]),
    { name: "AppError", code: "store_unavailable" },
  );
  assert.deepEqual((await store.snapshot()).tenants, []);
});

test("a row is removed by its key", async (context) => {
  const store = open(context, ":memory:");
  await store.update(() => ONE_OF_EACH);
  await store.update(() => [{ kind: "remove", table: "roleAssignments", key: "ra-1" }]);
  assert.deepEqual((await store.snapshot()).roleAssignments, []);
});

test("a file that is not ours, or newer, is refused by name", async (context) => {
  const foreign = temporaryFile(context);
  writeFileSync(foreign, "this is not a database at all, only some text that is long enough");
  assert.throws(() => openSqliteIdentityStore(foreign), {
    code: "store_unavailable",
    message: /^Cannot open the identity store .*identity\.db: file is not a database$/,
  });
  const newer = temporaryFile(context);
  const database = new DatabaseSync(newer);
  database.exec("PRAGMA user_version = 99");
  database.close();
  assert.throws(() => openSqliteIdentityStore(newer), {
    code: "store_unavailable",
    message: /identity\.db has schema 99.*newer version/,
  });
  assert.throws(() => openSqliteIdentityStore(join(tmpdir(), "no-such-directory", "x.db")), {
    code: "store_unavailable",
  });
});

test("a closed store refuses and may be closed twice", async () => {
  const store = openSqliteIdentityStore(":memory:");
  await store.close();
  await store.close();
  await assert.rejects(store.snapshot(), { code: "shutting_down" });
  await assert.rejects(
    store.update(() => []),
    { code: "shutting_down" },
  );
});
