/** Goal: when an application was last let in is known at once, survives a restart, and nobody else is noted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqliteDocumentStore } from "../store/index.ts";
import type { Principal, TokenVerifier } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import { rememberUses } from "./application-uses.ts";
import { createLog } from "./log.ts";
import { type Teardown, takeDown } from "./teardown.ts";

const PRINCIPAL: Principal = {
  tenantId: "t",
  objectId: "app",
  appId: "client",
  kind: "application",
  tokenVersion: "1.0",
  issuer: "builtin",
};

test("applications that were let in are remembered, people and strangers are not", async () => {
  let now = new Date("2026-11-23T10:00:00.000Z");
  const documents = openSqliteDocumentStore({ file: ":memory:", now: () => now });
  const log = createLog({ level: "error", format: "json", stream: process.stderr });
  const verifier: TokenVerifier = {
    verifyAuthorization: async (header) => {
      if (header === "person") {
        return { ...PRINCIPAL, objectId: "person", kind: "person" };
      }
      throw new AppError("unauthorized", "No.");
    },
    verifyToken: async () => PRINCIPAL,
  };
  const teardown: Teardown = [];
  const uses = rememberUses({ documents, now: () => now, log }, teardown);
  const watched = uses.watching(verifier);
  assert.deepEqual([...(await uses.last())], []);
  await watched.verifyAuthorization("person");
  await assert.rejects(watched.verifyAuthorization("stranger"), { code: "unauthorized" });
  assert.equal(await watched.verifyToken("x"), PRINCIPAL);
  assert.deepEqual([...(await uses.last())], [["app", "2026-11-23T10:00:00.000Z"]]);
  await takeDown(teardown);
  now = new Date("2026-11-23T11:00:00.000Z");
  const later: Teardown = [];
  const again = rememberUses({ documents, now: () => now, log }, later);
  assert.deepEqual([...(await again.last())], [["app", "2026-11-23T10:00:00.000Z"]]);
  await again.watching(verifier).verifyToken("x");
  assert.deepEqual([...(await again.last())], [["app", "2026-11-23T11:00:00.000Z"]]);
  await takeDown(later);
  await documents.close();
});
