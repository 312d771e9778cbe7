/** Goal: servers that share a PostgreSQL database share identities: one sees what another changes, whole. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type IdentityStore, openPostgresIdentityStore } from "../../src/store/index.ts";
import { createDirectory, createSigningKeys, workspaceScope } from "../../src/token/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";

describe("identities on PostgreSQL", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  let now = 0;
  const open: IdentityStore[] = [];
  const opened = async (connection: string): Promise<IdentityStore> => {
    const store = await openPostgresIdentityStore({ connection, monotonicMs: () => now });
    open.push(store);
    return store;
  };
  before(async () => {
    cluster = await startPostgres();
  });
  after(async () => {
    await Promise.all(open.map((store) => store.close()));
    await cluster.stop();
  });

  test("one server sees what another changes, and rows come back as they were", async () => {
    const address = await cluster.newDatabase();
    const [first, second] = [await opened(address), await opened(address)];
    const masterKey = randomBytes(32);
    const clock = (): Date => new Date("2026-11-22T10:00:00.000Z");
    const here = createDirectory({ store: first, masterKey, clock });
    const there = createDirectory({ store: second, masterKey, clock });
    assert.deepEqual((await there.view()).tenants, []);
    const tenant = await here.createTenant({ displayName: "Ünïcode & Co", domains: ["a.example"] });
    const workspace = await here.createWorkspace({ name: "production" });
    const application = await here.createApplication({ displayName: "connector" });
    const role = await here.assignRole({
      principalId: application.objectId,
      role: "Microsoft Sentinel Contributor",
      scope: workspaceScope(workspace),
    });
    now += 101;
    const seen = await there.view();
    assert.deepEqual(seen.tenants, [tenant]);
    assert.deepEqual(seen.workspaces, [workspace]);
    assert.deepEqual(seen.assignmentsOf(tenant.tenantId, application.objectId), [role]);
    await there.deleteRoleAssignment(role.name);
    now += 101;
    assert.deepEqual((await here.view()).roleAssignments, []);
    const keys = createSigningKeys({ store: first, masterKey, clock });
    const { kid } = await keys.current();
    now += 101;
    const sameKeys = createSigningKeys({ store: second, masterKey, clock });
    assert.equal((await sameKeys.current()).kid, kid, "both sign with one key");
  });

  test("another master key is refused before anything is used with it", async () => {
    const address = await cluster.newDatabase();
    const clock = (): Date => new Date("2026-11-22T10:00:00.000Z");
    const first = createDirectory({
      store: await opened(address),
      masterKey: randomBytes(32),
      clock,
    });
    await first.createTenant({ displayName: "One" });
    const other = createDirectory({
      store: await opened(address),
      masterKey: randomBytes(32),
      clock,
    });
    await assert.rejects(other.view(), { code: "settings_invalid" });
  });

  test("a decision that throws changes nothing, and writers take turns", async () => {
    const address = await cluster.newDatabase();
    const [first, second] = [await opened(address), await opened(address)];
    await assert.rejects(
      first.update(() => {
        throw new RangeError("no");
      }),
    );
    const increment = (store: IdentityStore): Promise<void> =>
      store.update(({ facts }) => {
        const count = Number(facts.find(({ name }) => name === "count")?.value ?? 0);
        return [{ kind: "put", table: "facts", row: { name: "count", value: String(count + 1) } }];
      });
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => increment(index % 2 === 0 ? first : second)),
    );
    now += 101;
    assert.deepEqual((await second.snapshot()).facts, [{ name: "count", value: "40" }]);
  });
});
