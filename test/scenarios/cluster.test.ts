/**
 * Goal: two servers on one PostgreSQL and one Valkey behind a plain TCP balancer are one service: killing one
 * under load loses nothing that was acknowledged, and the throttle stays exact.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { Agent } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import type { ReceiptPage } from "../../src/wire/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";
import { type RedisServer, redisMissing, startRedis } from "../support/redis.ts";
import {
  type Answer,
  mainFile,
  type RunningServer,
  send,
  startServer,
  temporaryDirectory,
  uploadPath,
} from "./running-server.ts";

const CALLERS = 8;
const UPLOADS = 400;
/** Client id of an application with a limit of its own. */
const LIMITED_ID = "5b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d";
const LIMIT = 50;

describe("two servers behind a balancer", { skip: postgresMissing() || redisMissing() }, () => {
  const directories = [temporaryDirectory(), temporaryDirectory()];
  const nodes: RunningServer[] = [];
  let postgres: PostgresCluster;
  let redis: RedisServer;
  let balancer: Balancer;
  let agent: Agent;
  let secret: string;
  let args: readonly string[];

  before(async () => {
    postgres = await startPostgres();
    redis = await startRedis();
    const database = await postgres.newDatabase();
    const settings = {
      "store.kind": "postgres",
      "store.postgresUrl": database,
      "throttle.sharedUrl": redis.url,
      "throttle.requestsPerMinute": "100000",
      "throttle.applications": JSON.stringify({ [LIMITED_ID]: { requestsPerMinute: LIMIT } }),
      "server.canonicalUrl": "https://stixgate.example",
      "log.level": "warn",
    };
    args = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    for (const [index, { path }] of directories.entries()) {
      if (index > 0) {
        copyFileSync(join(directories[0]?.path ?? "", "master.key"), join(path, "master.key"));
      }
      nodes.push(await startServer({ dataDir: path, args }));
    }
    secret = nodes[0]?.ready.clientSecret ?? "";
    balancer = await startBalancer(nodes.map((node) => Number(new URL(node.ready.https).port)));
    agent = new Agent({ keepAlive: false, ca: nodes.map((node) => node.ca) });
  });
  after(async () => {
    agent?.destroy();
    balancer?.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await redis?.stop();
    await postgres?.stop();
    for (const directory of directories) {
      directory.remove();
    }
  });

  const through = (path: string, call: Parameters<typeof send>[1]): Promise<Answer> =>
    send(new URL(`https://127.0.0.1:${balancer.port}${path}`), call, agent);

  /** Runs a command as an administrator of the cluster would, on the first server's directory. */
  async function administer(...words: readonly string[]): Promise<string> {
    const all = [mainFile, ...words, "--data-dir", directories[0]?.path ?? "", ...args];
    return (await promisify(execFile)(process.execPath, all)).stdout;
  }

  async function newToken(
    clientId = nodes[0]?.ready.clientId,
    clientSecret = secret,
  ): Promise<string> {
    const ready = nodes[0]?.ready;
    const answer = await through(`/${ready?.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId ?? "",
        client_secret: clientSecret,
        scope: "https://management.azure.com/.default",
      }).toString(),
    });
    return (JSON.parse(answer.body) as { access_token: string }).access_token;
  }

  const workspaceId = (): string => nodes[0]?.ready.workspaceId ?? "";

  const upload = (token: string): Promise<Answer> =>
    through(uploadPath(workspaceId()), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ sourcesystem: "cluster", stixobjects: [indicator(), indicator()] }),
    });

  test("a token of one server is good at the other, and both see one workspace", async () => {
    const token = await newToken();
    const ids = new Set<string>();
    for (let index = 0; index < 4; index++) {
      const answer = await upload(token);
      assert.equal(answer.status, 200, answer.body);
      ids.add(String(answer.headers["x-ms-request-id"]));
    }
    const known = await receiptIds(await newToken());
    assert.deepEqual(
      [...ids].filter((id) => !known.has(id)),
      [],
    );
    assert.ok(
      balancer.served.every((count) => count > 0),
      "both servers were asked",
    );
  });

  async function receiptIds(token: string): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    let next: string | null = `/api/v1/workspaces/${workspaceId()}/requests?limit=1000`;
    while (next !== null) {
      const answer = await through(next, { headers: { authorization: `Bearer ${token}` } });
      const page = JSON.parse(answer.body) as ReceiptPage;
      for (const { requestId } of page.value) {
        assert.ok(!ids.has(requestId), "no receipt is there twice");
        ids.add(requestId);
      }
      next =
        page.nextLink === null
          ? null
          : new URL(page.nextLink).pathname + new URL(page.nextLink).search;
    }
    return ids;
  }

  test("an administrator's change and the throttle hold at both servers", async () => {
    await administer("app", "create", "limited", "--id", LIMITED_ID);
    const { secret: limitedSecret } = JSON.parse(
      await administer("app", "secret", "add", "limited", "--json"),
    ) as { secret: string };
    await administer("role", "assign", "--app", "limited", "--workspace", "quickstart");
    const token = await newToken(LIMITED_ID, limitedSecret);
    const answers = await Promise.all(Array.from({ length: 3 * LIMIT }, () => upload(token)));
    const passed = answers.filter(({ status }) => status === 200).length;
    assert.equal(passed, LIMIT);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 429]);
  });

  test("one server is killed under load: nothing acknowledged is lost", async () => {
    const token = await newToken();
    const acknowledged: string[] = [];
    let sent = 0;
    let broken = 0;
    const callers = Array.from({ length: CALLERS }, async () => {
      while (sent < UPLOADS) {
        sent += 1;
        if (sent === UPLOADS / 2) {
          nodes[0]?.process.kill("SIGKILL");
          balancer.drop(0);
        }
        try {
          const answer = await upload(token);
          if (answer.status === 200) {
            acknowledged.push(String(answer.headers["x-ms-request-id"]));
          } else {
            assert.ok(answer.status >= 500, `${answer.status} ${answer.body}`);
            broken += 1;
          }
        } catch {
          broken += 1;
        }
      }
    });
    await Promise.all(callers);
    assert.ok(
      acknowledged.length >= UPLOADS - CALLERS * 3,
      `${acknowledged.length} acknowledged, ${broken} broken`,
    );
    const known = await receiptIds(await newToken());
    assert.deepEqual(
      acknowledged.filter((id) => !known.has(id)),
      [],
    );
  });
});

function indicator(): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--${randomUUID()}`,
    created: "2026-01-05T08:00:00.000Z",
    modified: "2026-01-05T08:00:00.000Z",
    pattern: "[ipv4-addr:value = '203.0.113.9']",
    pattern_type: "stix",
    valid_from: "2026-01-05T08:00:00Z",
  };
}

interface Balancer {
  readonly port: number;
  /** Connections led to each server. */
  readonly served: number[];
  /** Leads nobody to this server any more. */
  readonly drop: (index: number) => void;
  readonly close: () => void;
}

/** Leads connections to the servers in turn, knowing nothing of what they carry. */
async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const served = ports.map(() => 0);
  const dropped = new Set<number>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server: Server = createServer((incoming) => {
    do {
      turn = (turn + 1) % ports.length;
    } while (dropped.has(turn));
    served[turn] = (served[turn] ?? 0) + 1;
    const outgoing = connect(ports[turn] ?? 0, "127.0.0.1");
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from
        .on("error", () => to.destroy())
        .on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    served,
    drop: (index) => dropped.add(index),
    close: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}
