/** Goal: both sockets have the bounds of the settings, so that a slow sender can't hold a connection for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drain, httpsServer, listenHttp } from "./sockets.ts";

test("HTTPS and plain HTTP take the time for one request from the settings", async () => {
  const secure = httpsServer(() => undefined, { requestTimeoutMs: 7_000 });
  assert.equal(secure.requestTimeout, 7_000);
  assert.equal(secure.maxConnections, 16_000);
  const plain = await listenHttp(() => undefined, 0, { requestTimeoutMs: 7_000 });
  assert.equal(plain.requestTimeout, 7_000);
  assert.equal(plain.maxConnections, 16_000);
  await drain(plain, 1_000);
});
