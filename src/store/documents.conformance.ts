/** What every store of documents must do, as one suite that each of them runs. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "../wire/index.ts";
import type { AuditNote, DocumentKey, DocumentStore } from "./documents.ts";

/** How a store takes part. */
export interface DocumentConformanceOptions {
  readonly name: string;
  /** Opens an empty store whose clock reads what it is given. */
  readonly open: (now: () => Date) => Promise<DocumentStore>;
}

const view = (name: string, workspaceId = "w1"): DocumentKey => ({
  workspaceId,
  kind: "view",
  name,
});

const note = (action: string, target: string, workspaceId = "w1"): AuditNote => ({
  workspaceId,
  actor: "person-1",
  actorName: "Ada",
  action,
  target,
  before: null,
  after: { labels: ["ä", 1, null] },
  requestId: "r1",
});

function refusal(code: string): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}

/** Runs the suite on one store. */
export function documentConformance({ name, open }: DocumentConformanceOptions): void {
  describe(`document store conformance: ${name}`, () => {
    let store: DocumentStore;
    let now = "2026-11-22T10:00:00.000Z";
    before(async () => {
      store = await open(() => new Date(now));
    });
    after(() => store.close());

    test("a document comes back as it was put, with a revision that grows", async () => {
      const key = view("höt");
      const [first] = await store.commit([{ kind: "put", key, content: { a: [1, "ü"] } }]);
      assert.deepEqual(await store.get(key), {
        ...key,
        revision: first?.revision,
        updatedAt: "2026-11-22T10:00:00.000Z",
        content: { a: [1, "ü"] },
      });
      const [second] = await store.commit([{ kind: "put", key, content: null }]);
      assert.ok((second?.revision ?? 0) > (first?.revision ?? 0));
      assert.equal((await store.get(key))?.content, null);
      await store.commit([{ kind: "remove", key }]);
      assert.equal(await store.get(key), undefined);
      const [third] = await store.commit([{ kind: "put", key, content: 1 }]);
      assert.ok((third?.revision ?? 0) > (second?.revision ?? 0), "a revision is never used twice");
      await store.commit([{ kind: "remove", key }]);
    });

    test("a change on another revision is refused, and nothing of its commit is kept", async () => {
      const key = view("guarded");
      const [made] = await store.commit([{ kind: "put", key, content: 1, ifRevision: 0 }]);
      const changes = [
        { kind: "put", key, content: 2, ifRevision: 0 },
        { kind: "put", key, content: 2, ifRevision: (made?.revision ?? 0) + 1 },
        { kind: "remove", key, ifRevision: (made?.revision ?? 0) + 1 },
        { kind: "put", key: view("missing"), content: 2, ifRevision: 5 },
      ] as const;
      for (const change of changes) {
        await assert.rejects(
          store.commit(
            [{ kind: "put", key: view("companion"), content: 1 }, change],
            [note("refused", "x")],
          ),
          refusal("precondition_failed"),
        );
      }
      assert.equal(await store.get(view("companion")), undefined);
      assert.equal((await store.get(key))?.content, 1);
      assert.deepEqual(
        (await store.audit({ workspaceId: "w1", action: "refused", limit: 10 })).items,
        [],
      );
      await store.commit([
        { kind: "put", key, content: 3, ifRevision: made?.revision ?? 0 },
        { kind: "remove", key },
      ]);
    });

    test("lists are in the order of names, page by page, of one workspace and kind", async () => {
      const names = ["b", "a", "ä", "c c", "Z"];
      await store.commit([
        ...names.map((each) => ({ kind: "put", key: view(each, "w2"), content: each }) as const),
        { kind: "put", key: view("a", "w3"), content: "other" },
        { kind: "put", key: { workspaceId: "w2", kind: "rule", name: "a" }, content: "other" },
      ]);
      const read: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.list({
          workspaceId: "w2",
          kind: "view",
          limit: 2,
          ...(cursor === undefined ? {} : { cursor }),
        });
        read.push(...page.items.map(({ content }) => content));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(read, ["Z", "a", "b", "c c", "ä"]);
      assert.equal((await store.everywhere("view")).length, 6);
      await assert.rejects(
        store.list({ workspaceId: "w2", kind: "view", limit: 0 }),
        refusal("invalid_request"),
      );
      await assert.rejects(
        store.list({ workspaceId: "w2", kind: "view", limit: 1, cursor: "%" }),
        refusal("invalid_request"),
      );
    });

    test("a document of more than 16 MiB is refused", async () => {
      const content = "x".repeat(16 * 1_048_576);
      await assert.rejects(
        store.commit([{ kind: "put", key: view("huge"), content }]),
        refusal("body_too_large"),
      );
    });

    test("notes come back newest first, filtered, and old ones can be forgotten", async () => {
      now = "2026-11-22T11:00:00.000Z";
      await store.commit([], [note("edit", "one", "w4"), note("delete", "two", "w4")]);
      now = "2026-11-22T12:00:00.000Z";
      await store.commit([], [{ ...note("edit", "two", "w4"), requestId: null, actor: "p2" }]);
      const page = await store.audit({ workspaceId: "w4", limit: 2 });
      assert.deepEqual(
        page.items.map(({ action, target, at }) => [action, target, at]),
        [
          ["edit", "two", "2026-11-22T12:00:00.000Z"],
          ["delete", "two", "2026-11-22T11:00:00.000Z"],
        ],
      );
      const last = await store.audit({ workspaceId: "w4", limit: 2, cursor: page.next ?? "" });
      assert.deepEqual(
        last.items.map(({ target }) => target),
        ["one"],
      );
      assert.equal(last.next, null);
      assert.deepEqual(last.items[0]?.after, { labels: ["ä", 1, null] });
      const asked = [
        [{ actor: "p2" }, ["two"]],
        [{ action: "edit" }, ["two", "one"]],
        [{ target: "two", action: "delete" }, ["two"]],
        [{ from: "2026-11-22T12:00:00.000Z" }, ["two"]],
        [{ before: "2026-11-22T12:00:00.000Z", action: "edit" }, ["one"]],
      ] as const;
      for (const [filter, targets] of asked) {
        const found = await store.audit({ workspaceId: "w4", limit: 10, ...filter });
        assert.deepEqual(
          found.items.map(({ target }) => target),
          targets,
        );
      }
      assert.equal(await store.forgetAuditBefore("2026-11-22T11:30:00.000Z"), 2);
      assert.equal((await store.audit({ workspaceId: "w4", limit: 10 })).items.length, 1);
    });
  });
}
