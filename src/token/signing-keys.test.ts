/**
 * Goal: there are always two keys, they rotate in time and stay published as long as their tokens live, all
 * processes on a store agree on them, and nobody without the master key can use them.
 */
import assert from "node:assert/strict";
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { type TestContext, test } from "node:test";
import { REALM_MASTER_KEY, REALM_NOW } from "../../test/support/realm.ts";
import { type IdentityStore, openSqliteIdentityStore } from "../store/index.ts";
import { createSigningKeys } from "./signing-keys.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function open(context: TestContext, store: IdentityStore = openSqliteIdentityStore(":memory:")) {
  context.after(() => store.close());
  const time = { now: REALM_NOW };
  const parts = { store, masterKey: REALM_MASTER_KEY, clock: () => time.now };
  const keys = createSigningKeys(parts);
  const kids = async () => (await keys.published()).map(({ kid }) => kid);
  const pass = (ms: number) => {
    time.now = new Date(time.now.getTime() + ms);
  };
  return { store, time, keys, kids, pass, parts };
}

test("keys are named as in Entra: by the SHA-1 of their certificate", async (context) => {
  const { keys } = open(context);
  const published = await keys.published();
  assert.equal(published.length, 2);
  for (const { kid, x5c, key } of published) {
    const der = Buffer.from(x5c, "base64");
    assert.equal(createHash("sha1").update(der).digest("base64url"), kid);
    assert.ok(new X509Certificate(der).publicKey.equals(key));
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 2048);
  }
});

test("the signing key is the private half of a published one", async (context) => {
  const { keys } = open(context);
  const { kid, privateKey } = await keys.current();
  const found = await keys.find(kid);
  assert.ok(found?.key.equals(createPublicKey(privateKey)));
  assert.equal(await keys.find("nobody"), undefined);
});

test("several questions at once, and several processes, agree on one pair of keys", async (context) => {
  const { keys, kids, parts } = open(context);
  const others = [createSigningKeys(parts), createSigningKeys(parts)];
  const current = await Promise.all([keys, keys, ...others].map((source) => source.current()));
  assert.equal(new Set(current.map(({ kid }) => kid)).size, 1);
  await Promise.all(others.map((source) => source.published()));
  assert.equal((await kids()).length, 2);
});

test("private keys lie encrypted, and another master key is refused", async (context) => {
  const { keys, store, parts } = open(context);
  const { privateKey } = await keys.current();
  const [row] = (await store.snapshot()).signingKeys;
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  assert.ok(row);
  assert.equal(Buffer.from(row.privateKeyEncrypted).includes(pkcs8.subarray(40, 80)), false);
  const wrong = createSigningKeys({ ...parts, masterKey: Buffer.alloc(32, 9) });
  await assert.rejects(wrong.current(), { code: "settings_invalid" });
});

test("a rotation promotes the next key and announces another one", async (context) => {
  const { keys, kids } = open(context);
  const [first, second] = await kids();
  const generation = await keys.generation();
  await keys.rotate();
  const after = await kids();
  assert.deepEqual(after.slice(0, 2), [first, second]);
  assert.equal(after.length, 3);
  assert.equal((await keys.current()).kid, second);
  assert.ok((await keys.generation()) > generation);
});

test("maintenance rotates after six weeks and drops keys whose tokens are over", async (context) => {
  const { keys, kids, pass } = open(context);
  await keys.maintain();
  const [first = "", second = ""] = await kids();
  pass(42 * DAY_MS - 1);
  await keys.maintain();
  assert.equal((await keys.current()).kid, first);
  pass(1);
  await keys.maintain();
  assert.equal((await keys.current()).kid, second);
  assert.equal((await kids()).length, 3);
  pass(25 * HOUR_MS - 1);
  await keys.maintain();
  assert.equal((await kids()).includes(first), true);
  pass(1);
  await keys.maintain();
  assert.deepEqual([(await kids()).includes(first), (await kids()).length], [false, 2]);
});

test("a key signs only after it has been announced for a day", async (context) => {
  const { keys, kids, pass } = open(context);
  const { kid: first } = await keys.current();
  pass(43 * DAY_MS);
  await keys.maintain();
  const [, second = ""] = await kids();
  assert.equal((await keys.current()).kid, first);
  pass(DAY_MS);
  await keys.maintain();
  assert.equal((await keys.current()).kid, second);
});
