/** Goal: what people change by hand is valid, theirs to change, noted, and never lost to another editor. */

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import {
  createMemoryStore,
  type DocumentStore,
  openSqliteDocumentStore,
  type Store,
} from "../store/index.ts";
import { prepareObjects, settled } from "./context.ts";
import {
  type Acting,
  createObject,
  deleteObject,
  duplicateOf,
  editObject,
  type ManageParts,
  makeableTypes,
  neighbourhood,
  objectIdOf,
  objectKeyOf,
  relateObject,
  requireObject,
  type StixObject,
  tagObject,
  viewOf,
} from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const NOW = new Date("2026-11-22T10:00:00.000Z");
const INDICATOR: StixObject = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--6d0a9f0e-0001-4000-8000-000000000001",
  created: "2026-01-01T00:00:00.000Z",
  modified: "2026-01-01T00:00:00.000Z",
  name: "bad address",
  pattern: "[ipv4-addr:value = '203.0.113.7']",
  pattern_type: "stix",
  valid_from: "2026-01-01T00:00:00Z",
  labels: ["one"],
};

describe("management", () => {
  let store: Store;
  let documents: DocumentStore;
  let parts: ManageParts;
  let count = 0;
  const opened: { close(): Promise<void> }[] = [];
  const acting = (): Acting => {
    count += 1;
    return {
      workspaceId: WORKSPACE,
      actor: { id: "p1", name: "Ada" },
      caller: { tenantId: "t", objectId: "p1", appId: "p1", userAgent: "test" },
      requestId: `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`,
    };
  };
  beforeEach(() => {
    store = createMemoryStore();
    documents = openSqliteDocumentStore({ file: ":memory:", now: () => NOW });
    opened.push(store, documents);
    parts = { store, documents, validation: UPLOAD_VALIDATION, now: () => NOW };
  });
  after(() => Promise.all(opened.map((each) => each.close())));

  /** As a connector would, under a source of its own. */
  async function upload(...objects: readonly StixObject[]): Promise<void> {
    const { prepared, errors } = prepareObjects(parts, acting(), {
      sourceSystem: "feed",
      objects,
      notes: [],
    });
    assert.deepEqual(errors, []);
    await settled(parts, await store.append(prepared));
  }

  const sourced = objectKeyOf(
    WORKSPACE,
    objectIdOf({ sourceSystem: "feed", stixId: String(INDICATOR["id"]) }),
  );

  test("names of objects are those of Sentinel's tables, in either kind of base64", () => {
    const key = { sourceSystem: "Ünï? feed", stixId: "indicator--x" };
    assert.equal(objectIdOf(key), "w5xuw68/IGZlZWQ=---indicator--x");
    for (const id of ["w5xuw68/IGZlZWQ=---indicator--x", "w5xuw68_IGZlZWQ---indicator--x"]) {
      assert.deepEqual(objectKeyOf("w", id), { ...key, workspaceId: "w" });
    }
    for (const id of ["", "indicator--x", "---indicator--x", "w5xu---", "%%%---indicator--x"]) {
      assert.throws(() => objectKeyOf("w", id), { code: "not_found" });
    }
  });

  test("an object made here is completed, valid, and whole", async () => {
    const made = await createObject(parts, acting(), {
      type: "indicator",
      name: "mine",
      pattern: "[domain-name:value = 'evil.example']",
    });
    const view = viewOf(made, NOW);
    assert.equal(view.source, "Microsoft Sentinel");
    assert.equal(view.provenance, "own");
    assert.equal(view.active, true);
    assert.equal(view.title, "mine");
    assert.deepEqual(view.observables, [{ key: "domain-name:value", value: "evil.example" }]);
    assert.equal(view.object?.["valid_from"], "2026-11-22T10:00:00.000Z");
    await assert.rejects(createObject(parts, acting(), view.object ?? {}), { code: "conflict" });
    await assert.rejects(createObject(parts, acting(), { type: "indicator", name: "x" }), {
      code: "invalid_request",
      field: "object",
    });
    await assert.rejects(createObject(parts, acting(), {}), { field: "type" });
  });

  test("observables and markings are completed by their own tables", async () => {
    const address = await createObject(parts, acting(), {
      type: "ipv4-addr",
      value: "203.0.113.7",
    });
    assert.deepEqual(viewOf(address, NOW).object, {
      type: "ipv4-addr",
      spec_version: "2.1",
      id: "ipv4-addr--9ddd739e-87b1-587d-83f2-62ef1130af2f",
      value: "203.0.113.7",
    });
    const again = createObject(parts, acting(), { type: "ipv4-addr", value: "203.0.113.7" });
    await assert.rejects(again, { code: "conflict", field: "id" });
    const marking = await createObject(parts, acting(), {
      type: "marking-definition",
      id: "marking-definition--6d0a9f0e-0001-4000-8000-000000000009",
      definition_type: "statement",
      definition: { statement: "For members only." },
    });
    assert.deepEqual(viewOf(marking, NOW).object, {
      type: "marking-definition",
      spec_version: "2.1",
      id: "marking-definition--6d0a9f0e-0001-4000-8000-000000000009",
      created: "2026-11-22T10:00:00.000Z",
      definition_type: "statement",
      definition: { statement: "For members only." },
    });
  });

  test("what can be made is what the server takes, and observables", () => {
    const types = makeableTypes(parts);
    assert.equal(types.length, 42);
    assert.equal(types.includes("bundle"), false);
    const enhanced = { validation: { ...UPLOAD_VALIDATION, supportedTypes: "enhanced" } } as const;
    assert.deepEqual(makeableTypes(enhanced), [
      "attack-pattern",
      "identity",
      "indicator",
      "threat-actor",
      "relationship",
    ]);
  });

  test("of a sourced object only what says how it is used can be changed", async () => {
    await upload(INDICATOR);
    const patch = { confidence: 80, valid_until: "2026-12-01T00:00:00Z", labels: ["two"] };
    const changed = await editObject(parts, acting(), { key: sourced, patch, ifChange: undefined });
    const object = viewOf(changed, NOW).object ?? {};
    assert.equal(object["confidence"], 80);
    assert.equal(
      object["modified"],
      "2026-01-01T00:00:00.000Z",
      "the source's own version counts on",
    );
    for (const name of ["name", "pattern", "id", "created_by_ref"]) {
      await assert.rejects(
        editObject(parts, acting(), { key: sourced, patch: { [name]: "x" }, ifChange: undefined }),
        { code: "invalid_request", field: name },
      );
    }
    await assert.rejects(
      editObject(parts, acting(), {
        key: sourced,
        patch: { confidence: 101 },
        ifChange: undefined,
      }),
      { code: "invalid_request" },
    );
  });

  test("a revocation by hand can be taken back by hand", async () => {
    await upload(INDICATOR);
    const edit = (revoked: boolean) =>
      editObject(parts, acting(), { key: sourced, patch: { revoked }, ifChange: undefined });
    assert.equal((await edit(true)).revoked, true);
    assert.equal((await edit(false)).revoked, false);
  });

  test("the second of two editors of one version learns what the first changed", async () => {
    await upload(INDICATOR);
    const { change: ifChange } = await requireObject(parts, sourced);
    await editObject(parts, acting(), { key: sourced, patch: { confidence: 10 }, ifChange });
    await assert.rejects(
      editObject(parts, acting(), { key: sourced, patch: { confidence: 20 }, ifChange }),
      (error: { code: string; facts: { changes: unknown } }) => {
        assert.equal(error.code, "precondition_failed");
        assert.deepEqual(error.facts.changes, [
          { kind: "added", path: "/confidence", before: undefined, after: 10 },
        ]);
        return true;
      },
    );
    const race = [30, 40, 50].map(async (confidence) =>
      editObject(parts, acting(), {
        key: sourced,
        patch: { confidence },
        ifChange: (await requireObject(parts, sourced)).change,
      }),
    );
    const settledRace = await Promise.allSettled(race);
    assert.equal(settledRace.filter(({ status }) => status === "fulfilled").length, 1);
  });

  test("an upload that comes while an edit is made is not lost", async () => {
    await upload(INDICATOR);
    let isFirst = true;
    const crowded: ManageParts = {
      ...parts,
      store: {
        ...store,
        async append(request) {
          if (isFirst) {
            isFirst = false;
            await upload({ ...INDICATOR, name: "renamed by its source" });
          }
          return store.append(request);
        },
      },
    };
    const change = { key: sourced, patch: { confidence: 61 }, ifChange: undefined };
    const edited = await editObject(crowded, acting(), change);
    assert.deepEqual([edited.facts.name, edited.facts.confidence], ["renamed by its source", 61]);
  });

  test("a change that is not valid keeps nobody from trying again", async () => {
    await upload(INDICATOR);
    const edit = (confidence: number) =>
      editObject(parts, acting(), { key: sourced, patch: { confidence }, ifChange: undefined });
    await assert.rejects(edit(101), { code: "invalid_request" });
    assert.equal((await edit(100)).facts.confidence, 100);
  });

  test("an edit and a deletion of one version exclude each other", async () => {
    await upload(INDICATOR);
    const { change } = await requireObject(parts, sourced);
    const both = await Promise.allSettled([
      editObject(parts, acting(), { key: sourced, patch: { confidence: 5 }, ifChange: change }),
      deleteObject(parts, acting(), { key: sourced, ifChange: change }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  });

  test("an own object changes with a new modified, and keeps its identity", async () => {
    const made = await createObject(parts, acting(), {
      ...INDICATOR,
      created: "2026-01-01T00:00:00.000Z",
    });
    const changed = await editObject(parts, acting(), {
      key: made,
      patch: { name: "renamed", labels: null },
      ifChange: made.change,
    });
    const object = viewOf(changed, NOW).object ?? {};
    assert.deepEqual(
      [object["name"], object["modified"], "labels" in object],
      ["renamed", "2026-11-22T10:00:00.000Z", false],
    );
    await assert.rejects(
      editObject(parts, acting(), { key: made, patch: { type: "malware" }, ifChange: undefined }),
      { field: "type" },
    );
  });

  test("labels are added, removed and replaced; nothing is stored when nothing changes", async () => {
    await upload(INDICATOR);
    const tag = (add: string[], remove: string[], replace = false) =>
      tagObject(parts, acting(), { key: sourced, add, remove, replace, ifChange: undefined });
    const first = await tag(["two", "one"], []);
    assert.deepEqual(first.facts.labels, ["one", "two"]);
    assert.equal((await tag(["two"], ["three"])).change, first.change);
    assert.deepEqual((await tag([], ["one"])).facts.labels, ["two"]);
    assert.deepEqual((await tag(["new"], [], true)).facts.labels, ["new"]);
    await assert.rejects(tag([" "], []), { field: "tags" });
  });

  test("a copy has its own identity; a deletion leaves history and can be noticed", async () => {
    await upload(INDICATOR);
    const copy = duplicateOf(await requireObject(parts, sourced), { name: "copy" }, NOW);
    assert.notEqual(copy["id"], INDICATOR["id"]);
    assert.deepEqual([copy["name"], copy["labels"]], ["copy", ["one"]]);
    await createObject(parts, acting(), copy);
    await deleteObject(parts, acting(), { key: sourced, ifChange: undefined });
    await assert.rejects(requireObject(parts, sourced), { code: "not_found" });
    const [tombstone, earlier] = await store.objectVersions(sourced, 10);
    assert.deepEqual([tombstone?.deleted, earlier?.deleted], [true, false]);
    assert.ok(tombstone && viewOf(tombstone, NOW).object === null);
  });

  test("relationships join what is here, in ways the standard knows", async () => {
    const actor = { type: "threat-actor", name: "Eve", threat_actor_types: ["spy"] };
    const made = await createObject(parts, acting(), actor);
    await upload(INDICATOR);
    const relate = (relationshipType: string, targetRef: string) =>
      relateObject(parts, acting(), {
        key: sourced,
        relationships: [{ relationshipType, targetRef }],
      });
    const [relationship] = await relate("indicates", made.stixId);
    assert.equal(relationship?.facts.type, "relationship");
    await assert.rejects(relate("uses", made.stixId), (error: Error) => {
      assert.match(error.message, /There are indicates, derived-from, duplicate-of, related-to\./);
      return true;
    });
    const missing = "threat-actor--6d0a9f0e-0001-4000-8000-00000000ffff";
    await assert.rejects(relate("indicates", missing), { code: "not_found" });
    const graph = await neighbourhood(parts, {
      workspaceId: WORKSPACE,
      stixId: made.stixId,
      depth: 2,
      nodesMax: 10,
    });
    assert.deepEqual(
      graph.nodes.map(({ type, depth, version }) => [type, depth, version !== null]),
      [
        ["threat-actor", 0, true],
        ["indicator", 1, true],
      ],
    );
    assert.deepEqual(graph.edges, [
      {
        source: INDICATOR["id"],
        target: made.stixId,
        relation: "indicates",
        relationshipId: relationship?.stixId,
        objectId: relationship && objectIdOf(relationship),
        confidence: null,
        revoked: false,
      },
    ]);
  });

  test("of many alike neighbours sixty are shown, and the rest is a group", async () => {
    const actor = await createObject(parts, acting(), { type: "threat-actor", name: "Hub" });
    const indicators = Array.from({ length: 80 }, (_, at) => ({
      ...INDICATOR,
      id: `indicator--6d0a9f0e-0002-4000-8000-${String(at).padStart(12, "0")}`,
    }));
    const relationships = indicators.map(({ id }, at) => ({
      type: "relationship",
      spec_version: "2.1",
      id: `relationship--6d0a9f0e-0003-4000-8000-${String(at).padStart(12, "0")}`,
      created: INDICATOR["created"],
      modified: INDICATOR["modified"],
      relationship_type: "indicates",
      source_ref: id,
      target_ref: actor.stixId,
    }));
    await upload(...indicators, ...relationships);
    const ask = (nodesMax: number) =>
      neighbourhood(parts, { workspaceId: WORKSPACE, stixId: actor.stixId, depth: 1, nodesMax });
    const graph = await ask(500);
    assert.equal(graph.nodes.length, 61);
    assert.deepEqual(graph.groups, [
      { of: actor.stixId, relation: "indicates", type: "indicator", outgoing: false, count: 20 },
    ]);
    assert.equal(graph.truncated, false);
    const small = await ask(10);
    assert.deepEqual([small.nodes.length, small.truncated], [10, true]);
  });

  test("every change is noted with what it was and what it became", async () => {
    await upload(INDICATOR);
    const edit = acting();
    await editObject(parts, edit, { key: sourced, patch: { confidence: 5 }, ifChange: undefined });
    await deleteObject(parts, acting(), { key: sourced, ifChange: undefined });
    const { items } = await documents.audit({ workspaceId: WORKSPACE, limit: 10 });
    assert.deepEqual(
      items.map(({ action, actorName, target, after: became }) => [
        action,
        actorName,
        target,
        became,
      ]),
      [
        ["object.delete", "Ada", objectIdOf(sourced), null],
        ["object.edit", "Ada", objectIdOf(sourced), { "/confidence": 5 }],
      ],
    );
    assert.equal(items[1]?.requestId, edit.requestId);
  });
});
