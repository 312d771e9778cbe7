/** Goal: a file is tried out with every fault at its line, then stored as asked, and any search can be taken out again. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, test } from "node:test";
import { UPLOAD_VALIDATION } from "../../test/support/validation.ts";
import {
  createMemoryStore,
  type DocumentStore,
  openSqliteDocumentStore,
  type Store,
} from "../store/index.ts";
import { createRowReader } from "./csv-indicators.ts";
import {
  type Acting,
  createImports,
  exportText,
  type Import,
  type ImportOrder,
  type Imports,
} from "./index.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const NOW = new Date("2026-11-22T10:00:00.000Z");
const acting: Acting = {
  workspaceId: WORKSPACE,
  actor: { id: "p1", name: "Ada" },
  caller: { tenantId: "t", objectId: "p1", appId: "p1", userAgent: "test" },
  requestId: "00000000-0000-4000-8000-000000000001",
};

function indicator(at: number, more: object = {}): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    pattern: "[ipv4-addr:value = '203.0.113.7']",
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    ...more,
  };
}

describe("imports", () => {
  let store: Store;
  let documents: DocumentStore;
  let imports: Imports;
  let directory: string;
  beforeEach(() => {
    store = createMemoryStore();
    documents = openSqliteDocumentStore({ file: ":memory:", now: () => NOW });
    directory = mkdtempSync(join(tmpdir(), "stixgate-imports-"));
    imports = createImports({
      store,
      documents,
      validation: UPLOAD_VALIDATION,
      now: () => NOW,
      directory,
      rulesOf: async () => [],
    });
  });
  afterEach(async () => {
    await imports.close();
    await store.close();
    await documents.close();
    rmSync(directory, { recursive: true });
  });

  const receive = (content: string, order: Partial<ImportOrder> = {}): Promise<Import> =>
    imports.receive(
      acting,
      { format: "stix", source: "file", fileName: "x.json", ...order },
      Readable.from([Buffer.from(content)]),
    );
  const count = async (): Promise<number> =>
    (await store.countMatches({ workspaceId: WORKSPACE })).count;

  test("a bundle is tried out: every fault has its line, and nothing is stored", async () => {
    const bundle = {
      type: "bundle",
      id: "bundle--6d0a9f0e-0001-4000-8000-000000000000",
      objects: [
        indicator(1),
        indicator(2, { confidence: 101 }),
        indicator(3),
        indicator(4, { external_references: [{ url: 5 }] }),
      ],
    };
    const found = await receive(JSON.stringify(bundle, null, 1));
    assert.deepEqual([found.state, found.total, found.valid, found.invalid], ["checked", 4, 2, 2]);
    assert.deepEqual(
      found.faults.map(({ index, line, stixId, pointer }) => [index, line, stixId, pointer]),
      [
        [1, 15, indicator(2)["id"], "/confidence"],
        [3, 36, indicator(4)["id"], found.faults[1]?.pointer],
      ],
    );
    assert.match(found.faults[1]?.pointer ?? "", /^\/external_references\/0/);
    assert.equal(await count(), 0);
    const file = await text(await imports.faults(WORKSPACE, found.importId));
    assert.equal(file.split("\n").length, 4);
    assert.match(file, /^index,line,id,pointer,message\n1,15,indicator--/);
  });

  test("all or nothing is nothing with a fault; the valid ones are stored without it", async () => {
    const found = await receive(JSON.stringify([indicator(1), indicator(2, { confidence: -1 })]));
    await assert.rejects(imports.commit(acting, found.importId, "all"), { code: "conflict" });
    assert.equal(await count(), 0);
    const done = await imports.commit(acting, found.importId, "valid");
    assert.deepEqual([done.state, done.stored], ["done", 1]);
    assert.equal(await count(), 1);
    await assert.rejects(imports.commit(acting, found.importId, "valid"), { code: "conflict" });
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith(".data")),
      [],
    );
    const [version] = (await store.currentObjects({ workspaceId: WORKSPACE, limit: 1 })).items;
    assert.equal(version?.sourceSystem, "file");
  });

  test("of two who store one import at the same time only one does", async () => {
    const { importId } = await receive(JSON.stringify([indicator(1)]));
    const both = await Promise.allSettled([
      imports.commit(acting, importId, "all"),
      imports.commit(acting, importId, "all"),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
    assert.deepEqual(
      both.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : [])),
      ["conflict"],
    );
  });

  test("what a killed server left half done has failed at the next start", async () => {
    const { importId } = await receive(JSON.stringify([indicator(1)]));
    const key = { workspaceId: WORKSPACE, kind: "import", name: importId };
    const elsewhere = { ...key, name: "6d0a9f0e-0009-4000-8000-000000000000" };
    const found = (await documents.get(key))?.content as { readonly [name: string]: string };
    await documents.commit([
      { kind: "put", key, content: { ...found, state: "storing" } },
      {
        kind: "put",
        key: elsewhere,
        content: { ...found, importId: elsewhere.name, state: "storing" },
      },
    ]);
    const again = createImports({
      ...{ store, documents, validation: UPLOAD_VALIDATION, now: () => NOW, directory },
      rulesOf: async () => [],
    });
    const left = await again.get(WORKSPACE, importId);
    assert.deepEqual([left.state, left.finishedAt], ["failed", NOW.toISOString()]);
    assert.match(left.reason ?? "", /send the file again/);
    const foreign = await again.get(WORKSPACE, elsewhere.name);
    assert.equal(foreign.state, "storing", "another server with the file works on it");
    await again.close();
  });

  test("imports are forgotten after thirty days", async () => {
    const { importId } = await receive(JSON.stringify([indicator(1)]));
    const later = createImports({
      ...{ store, documents, validation: UPLOAD_VALIDATION, directory },
      now: () => new Date(NOW.getTime() + 31 * 86_400_000),
      rulesOf: async () => [],
    });
    await later.forgetOld();
    await assert.rejects(later.get(WORKSPACE, importId), { code: "not_found" });
    await later.close();
  });

  test("many records are stored in several requests", async () => {
    const objects = Array.from({ length: 1201 }, (_, at) => indicator(at + 1));
    const found = await receive(objects.map((each) => JSON.stringify(each)).join("\n"));
    assert.equal(found.total, 1201);
    const done = await imports.commit(acting, found.importId, "all");
    assert.equal(done.stored, 1201);
    assert.equal(await count(), 1201);
  });

  test("a table makes indicators of what its columns hold", async () => {
    const table = [
      "Indicator,Tags,Confidence,Description,Valid Until",
      '203.0.113.7,a;b,"80","says ""x"", and more",2027-01-01',
      "evil.example,,,,",
      "https://evil.example/a?b,,x,,",
      "",
      "nonsense value,,,,",
      "d41d8cd98f00b204e9800998ecf8427e,c,,,",
    ].join("\r\n");
    const found = await receive(table, { format: "csv" });
    assert.deepEqual([found.total, found.valid], [5, 3]);
    assert.deepEqual(
      found.faults.map(({ index, line, message }) => [index, line, message.slice(0, 42)]),
      [
        [2, 4, "confidence: 'x' is no whole number."],
        [3, 6, "'nonsense value' is no address, name, URL "],
      ],
    );
    await imports.commit(acting, found.importId, "valid");
    const { items } = await store.searchObjects({
      workspaceId: WORKSPACE,
      sort: { by: "confidence", direction: "descending" },
      limit: 10,
    });
    assert.deepEqual(items.map(({ facts }) => facts.observables[0]?.key).toSorted(), [
      "domain-name:value",
      "file:hashes.MD5",
      "ipv4-addr:value",
    ]);
    const [first] = items;
    assert.deepEqual(
      [first?.facts.labels, first?.facts.confidence, first?.facts.validUntil],
      [["a", "b"], 80, "2027-01-01T00:00:00.000Z"],
    );
  });

  test("a file that can't be read says where and why", async () => {
    const broken = await receive('[{"type":"indicator"},\n{"type":}]');
    assert.equal(broken.state, "failed");
    assert.match(broken.reason ?? "", /line 2/);
    const table = await receive("colour,size\nred,1", { format: "csv" });
    assert.equal(table.state, "failed");
    assert.match(
      table.reason ?? "",
      /No column holds a pattern or a value: there are colour, size/,
    );
    const mapped = await receive("colour,size\nred,1", {
      format: "csv",
      mapping: { value: "shape" },
    });
    assert.match(mapped.reason ?? "", /There is no column 'shape'/);
    for (const source of ["", "Microsoft Sentinel", "x".repeat(257)]) {
      await assert.rejects(receive("[]", { source }), { field: "source" });
    }
  });

  test("what was stored comes out as a bundle that goes in again, and as a table", async () => {
    const objects = [indicator(1, { name: "=1+1" }), indicator(2, { labels: ["x", "y"] })];
    const found = await receive(JSON.stringify(objects));
    await imports.commit(acting, found.importId, "all");
    const take = async (format: "stix" | "csv"): Promise<string> => {
      const pieces: string[] = [];
      const query = { workspaceId: WORKSPACE, format };
      for await (const piece of exportText(store, query, new AbortController().signal)) {
        pieces.push(piece);
      }
      return pieces.join("");
    };
    const bundle = await take("stix");
    assert.deepEqual(JSON.parse(bundle).objects, objects);
    const again = await receive(bundle, { source: "copy" });
    assert.deepEqual([again.total, again.invalid], [2, 0]);
    const [heading, first, second] = (await take("csv")).split("\r\n");
    assert.match(heading ?? "", /^id,type,source,name,/);
    assert.match(first ?? "", /,'=1\+1,/, "a spreadsheet must not run it");
    assert.match(second ?? "", /,x;y,/);
  });

  test("words that every object has as properties are no truth and no type", () => {
    const read = createRowReader(["value", "observable_type", "revoked"], {
      source: "s",
      now: NOW,
    });
    assert.throws(() => read(["192.0.2.1", "", "constructor"]), /is neither true nor false/);
    assert.equal(
      read(["192.0.2.1", "constructor", ""])["pattern"],
      "[ipv4-addr:value = '192.0.2.1']",
    );
  });

  test("a value may hold quotes and backslashes", () => {
    const read = createRowReader(["value", "observable_type"], { source: "s", now: NOW });
    assert.equal(read(["C:\\it's", "filename"])["pattern"], "[file:name = 'C:\\\\it\\'s']");
  });
});
