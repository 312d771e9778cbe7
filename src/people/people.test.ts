/** Goal: people get in by what is theirs, once where it says once, and no longer than they may. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openSqliteDocumentStore, openSqliteIdentityStore } from "../store/index.ts";
import { createDirectory } from "../token/index.ts";
import { createPeople, csrfTokenFits, type People, type Person } from "./index.ts";

const ADMIN = { id: "cli", name: "command line" };

describe("people", () => {
  let now = new Date("2026-11-22T10:00:00.000Z");
  const clock = (): Date => now;
  const documents = openSqliteDocumentStore({ file: ":memory:", now: clock });
  const identity = openSqliteIdentityStore(":memory:");
  const directory = createDirectory({ store: identity, masterKey: new Uint8Array(32), clock });
  const people: People = createPeople({
    documents,
    directory,
    hashKey: new Uint8Array(32).fill(1),
    clock,
    sessionHours: 12,
  });
  let ada: Person;
  before(async () => {
    const tenant = await directory.createTenant({ displayName: "T", isDefault: true });
    ada = await people.add({ tenantId: tenant.tenantId, displayName: " Ada " }, ADMIN);
  });
  after(async () => {
    await documents.close();
    await identity.close();
  });

  test("a link signs in once", async () => {
    const code = await people.issueSignInCode(ada.personId, 10);
    const { token, session } = await people.signInByCode(code);
    assert.equal(session.person.displayName, "Ada");
    assert.equal(session.expiresAt, "2026-11-22T22:00:00.000Z");
    assert.equal(session.principal.objectId, ada.personId);
    await assert.rejects(people.signInByCode(code), { code: "unauthorized" });
    const again = await people.verifySession(token);
    assert.ok(csrfTokenFits(again, session.csrfToken));
    assert.ok(!csrfTokenFits(again, ""));
    assert.ok(!csrfTokenFits(again, `${session.csrfToken.slice(0, -1)}x`));
    await people.signOut(token);
    await assert.rejects(people.verifySession(token), { code: "unauthorized" });
  });

  test("of two browsers with one link only one gets in", async () => {
    const code = await people.issueSignInCode(ada.personId, 10);
    const results = await Promise.allSettled([1, 2, 3].map(() => people.signInByCode(code)));
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
  });

  test("whoever is signed out everywhere is out of every browser, and no link is left", async () => {
    const other = await people.add({ tenantId: ada.tenantId, displayName: "Bea" }, ADMIN);
    const kept = await people.startSession(other);
    const sessions = [await people.startSession(ada), await people.startSession(ada)];
    const code = await people.issueSignInCode(ada.personId, 10);
    const before = (await people.openSessions()).get(ada.personId) ?? 0;
    assert.ok(before >= 2);
    assert.equal(await people.signOutEverywhere(ada.personId, ADMIN), before);
    for (const { token } of sessions) {
      await assert.rejects(people.verifySession(token), { code: "unauthorized" });
    }
    await assert.rejects(people.signInByCode(code), { code: "unauthorized" });
    assert.equal((await people.verifySession(kept.token)).person.personId, other.personId);
    assert.deepEqual([...(await people.openSessions())], [[other.personId, 1]]);
    const { items } = await documents.audit({ workspaceId: "", limit: 1 });
    assert.deepEqual(
      items.map(({ action, target }) => [action, target]),
      [["person.sign-out-everywhere", ada.personId]],
    );
    await people.signOut(kept.token);
  });

  test("links, sessions and keys end, and are then forgotten", async () => {
    const start = now;
    const code = await people.issueSignInCode(ada.personId, 10);
    const late = await people.issueSignInCode(ada.personId, 10);
    const { token } = await people.signInByCode(code);
    const { key, hint, keyId } = await people.addApiKey(ada.personId, {
      displayName: "ci",
      days: 1,
    });
    assert.ok(key.startsWith(`stixgate_${hint}`));
    assert.equal((await people.verifyApiKey(key)).person.personId, ada.personId);
    assert.deepEqual(
      (await people.apiKeys(ada.personId)).map((row) => [row.keyId, row.displayName, "key" in row]),
      [[keyId, "ci", false]],
    );
    now = new Date("2026-11-22T10:10:00.000Z");
    await assert.rejects(people.signInByCode(late), { code: "unauthorized" });
    now = new Date("2026-11-23T10:00:00.000Z");
    await assert.rejects(people.verifySession(token), { code: "unauthorized" });
    await assert.rejects(people.verifyApiKey(key), { code: "unauthorized" });
    assert.ok((await people.forgetExpired()) >= 3);
    assert.deepEqual(await people.apiKeys(ada.personId), []);
    now = start;
  });

  test("a key that was removed, and all of a person who was disabled, stops at once", async () => {
    const first = await people.addApiKey(ada.personId, { displayName: "a", days: 30 });
    const second = await people.addApiKey(ada.personId, { displayName: "b", days: 30 });
    const code = await people.issueSignInCode(ada.personId, 10);
    const { token } = await people.startSession(ada);
    await people.removeApiKey(ada.personId, first.keyId);
    await assert.rejects(people.verifyApiKey(first.key), { code: "unauthorized" });
    await people.verifyApiKey(second.key);
    await people.setEnabled({ personId: ada.personId, enabled: false }, ADMIN);
    await assert.rejects(people.verifyApiKey(second.key), { code: "unauthorized" });
    await assert.rejects(people.verifySession(token), { code: "unauthorized" });
    await assert.rejects(people.signInByCode(code), { code: "unauthorized" });
    await people.setEnabled({ personId: ada.personId, enabled: true }, ADMIN);
    await people.verifySession(token);
  });

  test("what is wrong is refused with the field", async () => {
    const { tenantId } = ada;
    const add = (displayName: string, provider?: { issuer: string; subject: string }) =>
      people.add({ tenantId, displayName, ...(provider === undefined ? {} : { provider }) }, ADMIN);
    await assert.rejects(add(" "), { code: "invalid_request", field: "displayName" });
    await assert.rejects(add("x".repeat(257)), { code: "invalid_request" });
    await assert.rejects(add("a\nb"), { code: "invalid_request" });
    await assert.rejects(people.add({ tenantId: "nowhere", displayName: "x" }, ADMIN), {
      code: "not_found",
      field: "tenantId",
    });
    const provider = { issuer: "https://idp.example", subject: "s1" };
    const grace = await add("Grace", provider);
    await assert.rejects(add("Grace again", provider), { code: "conflict" });
    assert.equal((await people.findByProvider(provider.issuer, "s1"))?.personId, grace.personId);
    await assert.rejects(people.issueSignInCode(ada.personId, 0), { field: "minutes" });
    await assert.rejects(people.issueSignInCode(ada.personId, 1441), { field: "minutes" });
    await assert.rejects(people.addApiKey(ada.personId, { displayName: "x", days: 3651 }), {
      field: "days",
    });
    await assert.rejects(people.addApiKey(tenantId, { displayName: "x", days: 1 }), {
      code: "not_found",
    });
    await assert.rejects(people.removeApiKey(ada.personId, "none"), { field: "keyId" });
  });

  test("nothing that opens a door is stored as it is", async () => {
    const { token } = await people.startSession(ada);
    const { key } = await people.addApiKey(ada.personId, { displayName: "c", days: 1 });
    const code = await people.issueSignInCode(ada.personId, 1);
    const kept = JSON.stringify([
      await documents.everywhere("api-key"),
      await documents.everywhere("web-session"),
      await documents.everywhere("sign-in-code"),
      await documents.audit({ workspaceId: "", limit: 1000 }),
    ]);
    for (const secret of [token, key, code]) {
      assert.ok(!kept.includes(secret));
    }
  });
});
