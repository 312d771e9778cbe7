/** Goal: a neighbourhood stays readable and whole groups can be paged; ways between objects are the shortest there are. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import {
  createMemoryStore,
  type DocumentStore,
  openSqliteDocumentStore,
  type Store,
} from "../store/index.ts";
import { prepareObjects, settled } from "./context.ts";
import {
  groupMembers,
  type ManageParts,
  neighbourhood,
  type StixObject,
  storedPath,
} from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const NOW = new Date("2026-11-22T10:00:00.000Z");
const TIMES = { created: "2026-01-01T00:00:00.000Z", modified: "2026-01-01T00:00:00.000Z" };

function idOf(type: string, at: number): string {
  return `${type}--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`;
}

const AUTHOR = idOf("identity", 1);

function malware(at: number): StixObject {
  return {
    type: "malware",
    spec_version: "2.1",
    id: idOf("malware", at),
    ...TIMES,
    name: `Malware ${at}`,
    is_family: true,
    created_by_ref: AUTHOR,
  };
}

let relations = 0;

function relation(source: string, relationship_type: string, target: string): StixObject {
  relations += 1;
  return {
    type: "relationship",
    spec_version: "2.1",
    id: idOf("relationship", relations),
    ...TIMES,
    relationship_type,
    source_ref: source,
    target_ref: target,
    created_by_ref: AUTHOR,
  };
}

/** A chain of five, a hub with 150 neighbours of one kind, and an author who joins them all. */
const CHAIN = [1, 2, 3, 4, 5].map((at) => idOf("malware", at));
const HUB = idOf("malware", 6);
const SPOKES = Array.from({ length: 150 }, (_, at) => at + 100);

describe("graphs", () => {
  let store: Store;
  let documents: DocumentStore;
  let parts: ManageParts;
  before(async () => {
    store = createMemoryStore();
    documents = openSqliteDocumentStore({ file: ":memory:", now: () => NOW });
    parts = { store, documents, validation: UPLOAD_VALIDATION, now: () => NOW };
    const acting = {
      workspaceId: WORKSPACE,
      actor: { id: "p1", name: "Ada" },
      caller: { tenantId: "t", objectId: "p1", appId: "p1", userAgent: "test" },
      requestId: "00000000-0000-4000-8000-000000000001",
    };
    const objects = [
      { ...malware(0), id: AUTHOR, type: "identity", identity_class: "organization" },
      ...[1, 2, 3, 4, 5, 6].map(malware),
      ...CHAIN.slice(1).map((id, at) => relation(CHAIN[at] ?? "", "derived-from", id)),
      ...SPOKES.map(malware),
      ...SPOKES.map((at) => relation(idOf("malware", at), "variant-of", HUB)),
    ];
    const { prepared, errors } = prepareObjects(parts, acting, {
      sourceSystem: "feed",
      objects,
      notes: [],
    });
    assert.deepEqual(errors, []);
    await settled(parts, await store.append(prepared));
  });
  after(async () => {
    await store.close();
    await documents.close();
  });

  const around = (stixId: string, depth: number) =>
    neighbourhood(parts, { workspaceId: WORKSPACE, stixId, depth, nodesMax: 500 });

  test("a walk shows the author, and does not go on through it", async () => {
    const { nodes, groups } = await around(CHAIN[0] ?? "", 3);
    assert.deepEqual(
      nodes.map(({ stixId, depth }) => [stixId, depth]),
      [
        [CHAIN[0], 0],
        [CHAIN[1], 1],
        [AUTHOR, 1],
        [CHAIN[2], 2],
        [CHAIN[3], 3],
      ],
    );
    assert.deepEqual(groups, []);
  });

  test("from the author itself everything is shown, without relationships as objects", async () => {
    const { nodes, groups } = await around(AUTHOR, 1);
    assert.deepEqual([...new Set(nodes.map(({ type }) => type))], ["identity", "malware"]);
    assert.deepEqual(groups, [
      { of: AUTHOR, relation: "created_by_ref", type: "malware", outgoing: false, count: 96 },
    ]);
  });

  test("the members of a group come page by page, each once", async () => {
    const { nodes, groups } = await around(HUB, 1);
    const group = { relation: "variant-of", type: "malware", outgoing: false };
    assert.deepEqual(groups, [{ of: HUB, ...group, count: 90 }]);
    assert.equal(nodes.length, 62);
    const found: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof groupMembers>> = await groupMembers(parts, {
        workspaceId: WORKSPACE,
        of: HUB,
        ...group,
        ...(cursor === null ? {} : { cursor }),
      });
      found.push(...page.nodes.map(({ stixId }) => stixId));
      assert.equal(page.edges.length, page.nodes.length);
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== null);
    assert.deepEqual(found.toSorted(), SPOKES.map((at) => idOf("malware", at)).toSorted());
    assert.ok(pages > 1);
  });

  const path = (from: string, to: string, stepsMax = 6) =>
    storedPath(parts, { workspaceId: WORKSPACE, from, to, stepsMax });

  for (const [name, from, to, expected] of [
    ["along the relations", CHAIN[0], CHAIN[4], CHAIN],
    ["against them", CHAIN[4], CHAIN[0], CHAIN.toReversed()],
    [
      "through a hub",
      idOf("malware", 100),
      idOf("malware", 249),
      [idOf("malware", 100), HUB, idOf("malware", 249)],
    ],
    ["to the author, who is an end", CHAIN[0], AUTHOR, [CHAIN[0], AUTHOR]],
    ["to itself", HUB, HUB, [HUB]],
    ["nowhere, since only the author joins them", CHAIN[0], HUB, []],
    ["nowhere, to what is not stored", CHAIN[0], idOf("malware", 999), []],
  ] as const) {
    test(`a way leads ${name}`, async () => {
      const { nodes, edges, bounded } = await path(from ?? "", to ?? "");
      assert.deepEqual(
        nodes.map(({ stixId }) => stixId),
        expected,
      );
      assert.equal(edges.length, Math.max(0, expected.length - 1));
      assert.equal(bounded, false);
    });
  }

  test("a way has at most as many steps as are asked for", async () => {
    assert.equal((await path(CHAIN[0] ?? "", CHAIN[4] ?? "", 3)).nodes.length, 0);
    assert.equal((await path(CHAIN[0] ?? "", CHAIN[4] ?? "", 4)).nodes.length, 5);
  });
});
