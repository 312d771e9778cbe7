/**
 * Goal: a bulk task over 100,000 objects goes on after the server was killed in the middle, and changes every object
 * exactly once: an end of validity that is put a day later twice would show.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import {
  type RunningServer,
  startServer,
  temporaryDirectory,
  uploadPath,
} from "./running-server.ts";

interface Task {
  readonly taskId: string;
  readonly state: string;
  readonly reason: string | null;
  readonly progress: {
    readonly seen: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly failed: number;
  };
}

const OBJECTS = 100_000;
const OBJECTS_PER_REQUEST = 100;
const CONNECTIONS = 8;
const KILL_AFTER = 20_000;
const ENDED_WITHIN_MS = 240_000;
const POLL_MS = 50;
const BEFORE = "2036-01-01T00:00:00.000Z";
const AFTER = "2036-01-02T00:00:00.000Z";

function indicator(at: number): object {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0004-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    pattern: `[domain-name:value = 'host-${at}.example']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    valid_until: BEFORE,
  };
}

async function uploadAll(server: RunningServer, authorization: string): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < OBJECTS) {
      const first = next;
      next += OBJECTS_PER_REQUEST;
      const stixobjects = Array.from({ length: OBJECTS_PER_REQUEST }, (_, at) =>
        indicator(first + at),
      );
      const answer = await server.call(uploadPath(server.ready.workspaceId), {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ sourcesystem: "feed", stixobjects }),
      });
      assert.equal(answer.status, 200, answer.body);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

test("a killed server's task is finished by the next one, and nothing is done twice", async (context) => {
  const directory = temporaryDirectory();
  context.after(() => directory.remove());
  const options = { dataDir: directory.path, args: ["--set", "throttle.mode=off"], until: context };
  const first = await startServer(options);
  const base = `/api/v1/workspaces/${first.ready.workspaceId}`;
  const ask = async <T>(
    server: RunningServer,
    authorization: string,
    path: string,
    body?: object,
  ): Promise<T> => {
    const answer = await server.call(base + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(answer.status < 300, answer.body);
    return JSON.parse(answer.body) as T;
  };
  /** Asks for the task until something holds of it. */
  const until = async (
    server: RunningServer,
    authorization: string,
    taskId: string,
    holds: (task: Task) => boolean,
  ): Promise<Task> => {
    const endMs = performance.now() + ENDED_WITHIN_MS;
    for (;;) {
      const task = await ask<Task>(server, authorization, `/tasks/${taskId}`);
      if (holds(task)) {
        return task;
      }
      assert.ok(performance.now() < endMs, JSON.stringify(task));
      await wait(POLL_MS);
    }
  };

  const token = `Bearer ${await first.token()}`;
  await uploadAll(first, token);
  const { taskId } = await ask<Task>(first, token, "/tasks", {
    condition: { kind: "source", anyOf: ["feed"] },
    actions: [
      { kind: "extendValidUntil", days: 1 },
      { kind: "addLabels", labels: ["extended"] },
    ],
  });
  const killed = await until(first, token, taskId, ({ progress }) => progress.seen >= KILL_AFTER);
  assert.equal(killed.state, "running", "it is in the middle");
  const exited = once(first.process, "exit");
  first.process.kill("SIGKILL");
  await exited;

  const second = await startServer(options);
  const { tenantId, clientId } = first.ready;
  const answer = await second.call(`/${tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: first.ready.clientSecret,
      scope: "https://management.azure.com/.default",
    }).toString(),
  });
  const again = `Bearer ${JSON.parse(answer.body).access_token}`;
  const open = ({ state }: Task): boolean => state === "waiting" || state === "running";
  const ended = await until(second, again, taskId, (task) => !open(task));
  assert.equal(ended.state, "done", ended.reason ?? "");
  assert.deepEqual(ended.progress, {
    ...ended.progress,
    seen: OBJECTS,
    changed: OBJECTS,
    unchanged: 0,
    failed: 0,
  });
  const count = (condition: object): Promise<object> =>
    ask(second, again, "/objects/count", { condition, countMax: OBJECTS });
  const justAfter = new Date(Date.parse(AFTER) + 1).toISOString();
  const exactlyOnce = { kind: "valid_until", from: AFTER, before: justAfter };
  assert.deepEqual(await count({ kind: "not", condition: exactlyOnce }), { count: 0, exact: true });
  const total = await count({ kind: "and", conditions: [] });
  assert.equal((total as { count: number }).count, OBJECTS);
  assert.deepEqual(
    await count({ kind: "not", condition: { kind: "label", anyOf: ["extended"] } }),
    {
      count: 0,
      exact: true,
    },
  );
});
