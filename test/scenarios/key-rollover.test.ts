/** Goal: signing keys roll over under a running server: old tokens go on working, new ones are signed anew. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { mainFile, startServer, uploadPath } from "./running-server.ts";

interface Key {
  readonly kid: string;
  readonly state: string;
}

test("after a rotation by command both the old and the new token upload", async (t) => {
  const server = await startServer({ until: t });
  const keys = async (verb: string): Promise<readonly Key[]> => {
    const args = [mainFile, "key", verb, "--json", "--data-dir", server.ready.dataDir];
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as readonly Key[];
  };
  const kidOf = (token: string): string =>
    (JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as { kid: string })
      .kid;
  const before = await server.token();
  const [signing, next] = await keys("list");
  assert.deepEqual([signing?.state, next?.state], ["signing", "next"]);
  assert.equal(kidOf(before), signing?.kid);
  const rotated = await keys("rotate");
  assert.deepEqual(rotated.map(({ state }) => state).sort(), ["next", "retired", "signing"]);
  const after = await server.token();
  assert.equal(kidOf(after), next?.kid, "the announced key signs now");
  const jwks = JSON.parse(
    (await server.call(`/${server.ready.tenantId}/discovery/v2.0/keys`)).body,
  ) as { keys: Key[] };
  assert.deepEqual(jwks.keys.map(({ kid }) => kid).sort(), rotated.map(({ kid }) => kid).sort());
  for (const token of [before, after]) {
    const answer = await server.call(uploadPath(server.ready.workspaceId), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: '{"sourcesystem":"keys","stixobjects":[]}',
    });
    assert.equal(answer.status, 200, answer.body);
  }
});
