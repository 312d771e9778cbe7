/** Goal: what was acknowledged survives a killed server and a full disk, and a stop loses nothing. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Receipt, ReceiptPage, ReceiptSummary } from "../../src/wire/index.ts";
import {
  mainFile,
  type RunningServer,
  startServer,
  temporaryDirectory,
  uploadPath,
} from "./running-server.ts";

const ROUNDS = 4;
const CALLERS = 8;

function indicator(): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--${randomUUID()}`,
    created: "2026-01-05T08:00:00.000Z",
    modified: "2026-01-05T08:00:00.000Z",
    pattern: `[ipv4-addr:value = '203.0.113.${randomInt(256)}']`,
    pattern_type: "stix",
    valid_from: "2026-01-05T08:00:00Z",
  };
}

async function allReceipts(server: RunningServer, token: string): Promise<ReceiptSummary[]> {
  const receipts: ReceiptSummary[] = [];
  let next: string | null = `/api/v1/workspaces/${server.ready.workspaceId}/requests?limit=1000`;
  while (next !== null) {
    const answer = await server.call(next, { headers: { authorization: `Bearer ${token}` } });
    const page = JSON.parse(answer.body) as ReceiptPage;
    receipts.push(...page.value);
    next = page.nextLink === null ? null : page.nextLink.slice(server.ready.https.length);
  }
  return receipts;
}

/** Token of an application whose secret was shown at the first start only. */
async function tokenBySecret(server: RunningServer, secret: string): Promise<string> {
  const { tenantId, clientId } = server.ready;
  const answer = await server.call(`/${tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${encodeURIComponent(secret)}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default`,
  });
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

test("kill -9 during uploads: every acknowledged request is there after a restart, none twice", async (t) => {
  const directory = temporaryDirectory();
  const acknowledged = new Set<string>();
  let secret = "";
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer({
      until: t,
      dataDir: directory.path,
      args: ["--set", "throttle.mode=off"],
    });
    secret = server.ready.clientSecret ?? secret;
    const token = await tokenBySecret(server, secret);
    const callers = Array.from({ length: CALLERS }, async () => {
      for (;;) {
        const answer = await server.call(uploadPath(server.ready.workspaceId), {
          method: "POST",
          headers: { authorization: `Bearer ${token}` },
          body: JSON.stringify({ sourcesystem: "crash", stixobjects: [indicator(), indicator()] }),
        });
        assert.equal(answer.status, 200, answer.body);
        acknowledged.add(String(answer.headers["x-ms-request-id"]));
      }
    });
    const finished = Promise.allSettled(callers);
    await sleep(randomInt(200, 900));
    server.process.kill("SIGKILL");
    await finished;
    await server.stop();
  }
  const server = await startServer({ until: t, dataDir: directory.path });
  const token = await tokenBySecret(server, secret);
  const receipts = await allReceipts(server, token);
  const ids = receipts.map(({ requestId }) => requestId);
  assert.equal(new Set(ids).size, ids.length, "no request is there twice");
  assert.ok(acknowledged.size > ROUNDS * CALLERS, `${acknowledged.size} were acknowledged`);
  const known = new Set(ids);
  assert.deepEqual(
    [...acknowledged].filter((id) => !known.has(id)),
    [],
  );
  for (const receipt of receipts) {
    assert.deepEqual(
      [receipt.indexed, receipt.counts.accepted, receipt.counts.created],
      [true, 2, 2],
    );
  }
  assert.equal(await server.stop(), 0);
  directory.remove();
});

/** Mounts a small file system in memory, where this user may; gives why not otherwise. */
function smallDisk(path: string, megabytes: number): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path], {
      stdio: "ignore",
    });
    return undefined;
  } catch {
    return "a small file system can't be mounted here";
  }
}

test("a full disk: 500 with the documented body, nothing acknowledged, recovery without a restart", async (t) => {
  const directory = temporaryDirectory();
  const disk = join(directory.path, "disk");
  mkdirSync(disk);
  const reason = smallDisk(disk, 24);
  if (reason !== undefined) {
    directory.remove();
    t.skip(reason);
    return;
  }
  let server: RunningServer | undefined;
  try {
    server = await startServer({ dataDir: disk, args: ["--set", "throttle.mode=off"] });
    await fillAndRecover(server, disk);
    assert.equal(await server.stop(), 0);
  } finally {
    // The file system is busy for as long as the server runs.
    await server?.stop();
    execFileSync("umount", [disk]);
    directory.remove();
  }
});

/** Writes a file until the file system has no room left. */
function fillUp(path: string): void {
  const page = Buffer.alloc(4096);
  const file = openSync(path, "w");
  try {
    for (;;) {
      writeSync(file, page);
    }
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    closeSync(file);
  }
}

async function fillAndRecover(server: RunningServer, disk: string): Promise<void> {
  const token = await server.token();
  const padding = Array.from({ length: 40 }, () => randomUUID()).join("");
  const big = (): string =>
    JSON.stringify({
      sourcesystem: "disk",
      stixobjects: Array.from({ length: 100 }, () => ({
        ...indicator(),
        description: padding + randomUUID(),
      })),
    });
  const post = (body: string): ReturnType<RunningServer["call"]> =>
    server.call(uploadPath(server.ready.workspaceId), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body,
    });
  const filler = join(disk, "filler");
  const stored: string[] = [];
  writeFileSync(filler, Buffer.alloc(8 * 1024 * 1024));
  let answer = await post(big());
  while (answer.status === 200 && stored.length < 2000) {
    stored.push(String(answer.headers["x-ms-request-id"]));
    answer = await post(big());
  }
  assert.equal(answer.status, 500);
  assert.match(
    answer.body,
    /^\{ "statusCode": 500, "message": "Internal server error", "activityId": "[0-9a-f-]{36}" \}$/,
  );
  assert.equal(answer.headers["retry-after"], undefined);
  const refused = String(answer.headers["x-ms-request-id"]);
  // A little may still fit into pages that are allocated already; a server is unready when not even that does.
  const small = JSON.stringify({ sourcesystem: "disk", stixobjects: [indicator()] });
  const lastPages = join(disk, "last-pages");
  fillUp(lastPages);
  let ready = await server.call("/readyz");
  for (let attempt = 0; attempt < 2000 && ready.status === 200; attempt++) {
    await post(small);
    ready = await server.call("/readyz");
  }
  assert.equal(ready.status, 503);
  assert.equal((await post(big())).status, 500);
  rmSync(lastPages);
  rmSync(filler);
  let recovered = await post(small);
  for (let attempt = 0; attempt < 50 && recovered.status !== 200; attempt++) {
    await sleep(100);
    recovered = await post(small);
  }
  assert.equal(recovered.status, 200, recovered.body);
  assert.equal((await server.call("/readyz")).status, 200);
  const known = new Set((await allReceipts(server, token)).map(({ requestId }) => requestId));
  assert.deepEqual(
    stored.filter((id) => !known.has(id)),
    [],
  );
  assert.ok(!known.has(refused), "what was refused is not there");
}

test("SIGTERM lets a request under way finish", async (t) => {
  const server = await startServer({ until: t });
  const token = await server.token();
  const body = JSON.stringify({ sourcesystem: "drain", stixobjects: [indicator()] });
  const outgoing = request(server.ready.https + uploadPath(server.ready.workspaceId), {
    method: "POST",
    ca: server.ca,
    headers: { authorization: `Bearer ${token}`, "content-length": Buffer.byteLength(body) },
  });
  outgoing.write(body.slice(0, 10));
  await once(outgoing, "socket");
  // The head must have arrived before the signal does; any later answer on another connection proves it.
  await sleep(200);
  const ended = once(server.process, "exit");
  server.process.kill("SIGTERM");
  await sleep(200);
  outgoing.end(body.slice(10));
  const [incoming] = await once(outgoing, "response");
  assert.equal(incoming.statusCode, 200);
  incoming.resume();
  assert.deepEqual(await ended, [0, null]);
  await server.stop();
});

test("what an administrator changes holds from the next request on", async (t) => {
  const server = await startServer({ until: t });
  const token = await server.token();
  const cli = async (...args: string[]): Promise<string> =>
    (
      await promisify(execFile)(process.execPath, [
        mainFile,
        ...args,
        "--data-dir",
        server.ready.dataDir,
      ])
    ).stdout;
  const post = (): ReturnType<RunningServer["call"]> =>
    server.call(uploadPath(server.ready.workspaceId), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ sourcesystem: "roles", stixobjects: [indicator()] }),
    });
  assert.equal((await post()).status, 200);
  const roles = JSON.parse(await cli("role", "list", "--json")) as {
    name: string;
    principalId: string;
  }[];
  const [role] = roles;
  assert.ok(role !== undefined);
  await cli("role", "delete", role.name);
  const refused = await post();
  assert.equal(refused.status, 401);
  assert.equal(
    refused.body,
    JSON.stringify({
      error: {
        code: "UnauthorizedAccess",
        message: `The Object ID [${role.principalId}] does not have required permission to perform this action on the workspace [${server.ready.workspaceId}].`,
        details: [],
        target: null,
        additionalInfo: null,
      },
    }),
  );
  await cli(
    "role",
    "assign",
    "--app",
    "quickstart",
    "--role",
    "Microsoft Sentinel Reader",
    "--workspace",
    "quickstart",
  );
  assert.equal((await post()).status, 401, "a reader may not upload");
  await cli("role", "assign", "--app", "quickstart", "--scope", "/");
  assert.equal((await post()).status, 200, "a role at the root is inherited");
  assert.equal(await server.stop(), 0);
});

test("a receipt can be read right after the answer, with its counts once indexed", async (t) => {
  const server = await startServer({ until: t });
  const object = indicator();
  await server.upload({ sourcesystem: "counts", stixobjects: [object] });
  await server.upload({
    sourcesystem: "counts",
    stixobjects: [object, { ...object, name: "new" }],
  });
  const last = await server.upload({ sourcesystem: "counts", stixobjects: [object, object] });
  const token = await server.token();
  const path = `/api/v1/workspaces/${server.ready.workspaceId}/requests/${last.headers["x-ms-request-id"]}`;
  let receipt: Receipt | undefined;
  while (receipt?.indexed !== true) {
    receipt = JSON.parse(
      (await server.call(path, { headers: { authorization: `Bearer ${token}` } })).body,
    ) as Receipt;
  }
  const { created, updated, unchanged } = receipt.counts;
  assert.deepEqual({ created, updated, unchanged }, { created: 0, updated: 1, unchanged: 1 });
  assert.equal(await server.stop(), 0);
});
