/** Goal: a bulk task changes every object that matches exactly once, also when the server dies in the middle. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import type { ObjectAction } from "../ingest/index.ts";
import {
  createMemoryStore,
  type DocumentStore,
  openSqliteDocumentStore,
  type Store,
} from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { prepareObjects, settled } from "./context.ts";
import { type Acting, startTasks, type Task, type TaskParts, type Tasks } from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const acting: Acting = {
  workspaceId: WORKSPACE,
  actor: { id: "p1", name: "Ada" },
  caller: { tenantId: "t", objectId: "p1", appId: "p1", userAgent: "test" },
  requestId: "00000000-0000-4000-8000-000000000001",
};

function indicator(at: number): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    pattern: `[ipv4-addr:value = '203.0.113.${at % 256}']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    valid_until: "2027-01-01T00:00:00Z",
    confidence: 10,
  };
}

describe("bulk tasks", () => {
  let store: Store;
  let documents: DocumentStore;
  let now = new Date("2026-11-22T10:00:00.000Z");
  let uploads = 0;
  const running: Tasks[] = [];
  const faults: string[] = [];

  const partsOn = (used: Store): TaskParts => ({
    store: used,
    documents,
    validation: UPLOAD_VALIDATION,
    now: () => now,
    onFault: (message) => faults.push(message),
    lookEveryMs: 20,
  });
  function start(used: Store = store): Tasks {
    const tasks = startTasks(partsOn(used));
    running.push(tasks);
    return tasks;
  }

  async function upload(sourceSystem: string, from: number, to: number): Promise<void> {
    uploads += 1;
    const objects = Array.from({ length: to - from }, (_, at) => indicator(from + at));
    const { prepared, errors } = prepareObjects(partsOn(store), acting, {
      sourceSystem,
      objects,
      notes: [],
      requestId: `00000000-0000-4000-9000-${String(uploads).padStart(12, "0")}`,
    });
    assert.deepEqual(errors, []);
    await settled({ store }, await store.append(prepared));
  }

  async function ended(tasks: Tasks, taskId: string): Promise<Task> {
    for (;;) {
      const task = await tasks.get(WORKSPACE, taskId);
      if (task.state !== "waiting" && task.state !== "running") {
        return task;
      }
      await sleep(5);
    }
  }

  /** How often each object stands in the history with which end of validity. */
  async function ends(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    const { items } = await store.searchObjects({ workspaceId: WORKSPACE, limit: 1000 });
    for (const { facts } of items) {
      counts[facts.validUntil ?? ""] = (counts[facts.validUntil ?? ""] ?? 0) + 1;
    }
    return counts;
  }

  beforeEach(() => {
    store = createMemoryStore();
    documents = openSqliteDocumentStore({ file: ":memory:", now: () => now });
    faults.length = 0;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((tasks) => tasks.close()));
    await store.close();
    await documents.close();
  });

  test("every object of every source that matches is changed, over pages", async () => {
    await upload("one", 0, 600);
    await upload("two", 600, 900);
    const tasks = start();
    const { taskId, progress } = await tasks.order(acting, {
      condition: { kind: "type", anyOf: ["indicator"] },
      actions: [
        { kind: "addLabels", labels: ["bulk"] },
        { kind: "setConfidence", value: 77 },
      ],
    });
    assert.deepEqual(progress.expected, { count: 900, exact: true });
    const task = await ended(tasks, taskId);
    assert.deepEqual([task.state, task.progress.changed, task.progress.seen], ["done", 900, 900]);
    const { items } = await store.searchObjects({
      workspaceId: WORKSPACE,
      condition: { kind: "label", anyOf: ["bulk"] },
      limit: 1000,
    });
    assert.equal(items.length, 900);
    assert.ok(items.every(({ facts }) => facts.confidence === 77));
    const again = await tasks.order(acting, {
      actions: [{ kind: "addLabels", labels: ["bulk"] }],
    });
    const second = await ended(tasks, again.taskId);
    assert.deepEqual([second.progress.changed, second.progress.unchanged], [0, 900]);
  });

  test("an object that matches no more once it is changed is no reason to skip another", async () => {
    await upload("one", 0, 800);
    const tasks = start();
    const { taskId } = await tasks.order(acting, {
      condition: { kind: "confidence", to: 50 },
      actions: [{ kind: "setConfidence", value: 90 }],
    });
    assert.equal((await ended(tasks, taskId)).progress.changed, 800);
  });

  // Each kind of death, at each of the first calls: before the log has it, and after, when nobody learnt of it.
  for (const [name, after] of [
    ["before", false],
    ["after", true],
  ] as const) {
    for (const dyingCall of [1, 2, 3]) {
      test(`a server that dies ${name} its request ${dyingCall} is stored extends nothing twice`, async () => {
        await upload("one", 0, 300);
        await upload("two", 300, 800);
        let calls = 0;
        const dying: Store = {
          ...store,
          append: async (request) => {
            calls += 1;
            if (calls !== dyingCall) {
              return store.append(request);
            }
            if (after) {
              await settled({ store }, await store.append(request));
            }
            throw new AppError("shutting_down", "killed");
          },
        };
        const first = start(dying);
        const { taskId } = await first.order(acting, {
          actions: [{ kind: "extendValidUntil", days: 30 }],
        });
        while (faults.length === 0) {
          await sleep(5);
        }
        await first.close();
        now = new Date(now.getTime() + 60_000);
        const task = await ended(start(), taskId);
        assert.equal(task.state, "done", task.reason ?? "");
        assert.deepEqual(await ends(), { "2027-01-31T00:00:00.000Z": 800 });
        assert.deepEqual([task.progress.seen, task.progress.changed], [800, 800]);
      });
    }
  }

  test("two servers do not do one task twice", async () => {
    await upload("one", 0, 900);
    const [one, other] = [start(), start()];
    const { taskId } = await one.order(acting, {
      actions: [{ kind: "extendValidUntil", days: 30 }],
    });
    assert.equal((await ended(other, taskId)).progress.changed, 900);
    assert.deepEqual(await ends(), { "2027-01-31T00:00:00.000Z": 900 });
  });

  test("a task can delete, and can be cancelled", async () => {
    await upload("one", 0, 700);
    const tasks = start();
    const { taskId } = await tasks.order(acting, { actions: [], delete: true });
    const task = await ended(tasks, taskId);
    assert.deepEqual([task.state, task.progress.changed], ["done", 700]);
    const left = await store.searchObjects({ workspaceId: WORKSPACE, limit: 10 });
    assert.deepEqual(left.items, []);
    const cancelled = await tasks.order(acting, {
      actions: [{ kind: "setRevoked", value: true }],
    });
    await tasks.cancel(acting, cancelled.taskId);
    assert.match((await ended(tasks, cancelled.taskId)).state, /^(cancelled|done)$/);
    await assert.rejects(tasks.cancel(acting, "nothing"), { code: "not_found" });
  });

  test("an upload that comes while a page is changed is not lost", async () => {
    await upload("one", 0, 3);
    let isFirst = true;
    const crowded: Store = {
      ...store,
      async append(request) {
        if (isFirst) {
          isFirst = false;
          const objects = [{ ...indicator(1), name: "renamed by its source" }];
          const requestId = "00000000-0000-4000-9000-00000000ffff";
          const order = { sourceSystem: "one", objects, notes: [], requestId };
          await store.append(prepareObjects(partsOn(store), acting, order).prepared);
        }
        return store.append(request);
      },
    };
    const tasks = start(crowded);
    const { taskId } = await tasks.order(acting, {
      actions: [{ kind: "extendValidUntil", days: 30 }],
    });
    assert.equal((await ended(tasks, taskId)).progress.changed, 3);
    assert.deepEqual(await ends(), { "2027-01-31T00:00:00.000Z": 3 });
    const stixId = String(indicator(1)["id"]);
    const key = { workspaceId: WORKSPACE, sourceSystem: "one", stixId };
    assert.equal((await store.currentObject(key))?.facts.name, "renamed by its source");
  });

  test("of a thousand tasks the one that finished first makes room for another", async () => {
    await upload("one", 0, 1);
    const tasks = start();
    const { taskId } = await tasks.order(acting, {
      actions: [{ kind: "setRevoked", value: true }],
    });
    await ended(tasks, taskId);
    const key = { workspaceId: WORKSPACE, kind: "task", name: taskId };
    const content = (await documents.get(key))?.content as { readonly [name: string]: string };
    const finishedAt = new Date(now.getTime() - 86_400_000).toISOString();
    const others = Array.from({ length: 999 }, (_, at) => `other-${String(at).padStart(3, "0")}`);
    await documents.commit(
      others.map((name, at) => ({
        kind: "put",
        key: { ...key, name },
        content: {
          ...content,
          taskId: name,
          finishedAt: at === 500 ? finishedAt : now.toISOString(),
        },
      })),
    );
    const last = await tasks.order(acting, { actions: [{ kind: "setRevoked", value: false }] });
    assert.equal((await ended(tasks, last.taskId)).state, "done");
    assert.equal((await tasks.list(WORKSPACE)).length, 1_000);
    await assert.rejects(tasks.get(WORKSPACE, "other-500"), { code: "not_found" });
  });

  test("what makes no sense is refused before anything is done", async () => {
    const tasks = start();
    const orders: readonly (readonly [readonly ObjectAction[], boolean])[] = [
      [[], false],
      [[{ kind: "setConfidence", value: 101 }], false],
      [[{ kind: "extendValidUntil", days: 0 }], false],
      [[{ kind: "setValidUntil", at: "tomorrow" }], false],
      [[{ kind: "addLabels", labels: [] }], false],
      [[{ kind: "setRevoked", value: true }], true],
      [Array.from({ length: 21 }, () => ({ kind: "setRevoked", value: true }) as const), false],
    ];
    for (const [actions, isDelete] of orders) {
      await assert.rejects(tasks.order(acting, { actions, delete: isDelete }), {
        code: "invalid_request",
        field: "actions",
      });
    }
    assert.deepEqual(await tasks.list(WORKSPACE), []);
  });
});
