/** Goal: a file is tried out with every fault at its line, then stored as asked, and any search can be taken out again. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
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
  RECORD_STATUSES,
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
        [1, 24, indicator(2)["id"], "/confidence"],
        [3, 47, indicator(4)["id"], found.faults[1]?.pointer],
      ],
    );
    assert.match(found.faults[1]?.pointer ?? "", /^\/external_references\/0/);
    assert.equal(await count(), 0);
    const file = await text(await imports.faults(WORKSPACE, found.importId, "csv"));
    assert.equal(file.split("\n").length, 4);
    assert.match(file, /^index,line,id,pointer,message,suggestion\n1,24,indicator--.*Write 100\n/);
  });

  test("all or nothing is nothing with a fault; the valid ones are stored without it", async () => {
    const found = await receive(JSON.stringify([indicator(1), indicator(2, { confidence: -1 })]));
    await assert.rejects(imports.commit(acting, found.importId, { mode: "all" }), {
      code: "conflict",
    });
    assert.equal(await count(), 0);
    const done = await imports.commit(acting, found.importId, { mode: "valid" });
    assert.deepEqual([done.state, done.stored], ["done", 1]);
    assert.equal(await count(), 1);
    await assert.rejects(imports.commit(acting, found.importId, { mode: "valid" }), {
      code: "conflict",
    });
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
      imports.commit(acting, importId, { mode: "all" }),
      imports.commit(acting, importId, { mode: "all" }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
    assert.deepEqual(
      both.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : [])),
      ["conflict"],
    );
  });

  test("what a killed server left in the middle goes on at the next start, and nothing twice", async () => {
    const objects = Array.from({ length: 1201 }, (_, at) => indicator(at + 1));
    const { importId } = await receive(objects.map((each) => JSON.stringify(each)).join("\n"));
    const key = { workspaceId: WORKSPACE, kind: "import", name: importId };
    const elsewhere = { ...key, name: "6d0a9f0e-0009-4000-8000-000000000000" };
    await imports.commit(acting, importId, { mode: "all" });
    const stopped = (await documents.get(key))?.content as { readonly [name: string]: string };
    const left = { ...stopped, state: "storing", stored: 500, batches: 1, finishedAt: null };
    await documents.commit([
      { kind: "put", key, content: left },
      { kind: "put", key: elsewhere, content: { ...left, importId: elsewhere.name } },
    ]);
    const before = store.position().appended;
    const again = createImports({
      ...{ store, documents, validation: UPLOAD_VALIDATION, now: () => NOW, directory },
      rulesOf: async () => [],
    });
    // A new one waits until the old one is taken up.
    await again.receive(
      acting,
      { format: "stix", source: "file", fileName: "y.json" },
      Readable.from([Buffer.from("[]")]),
    );
    while ((await again.get(WORKSPACE, importId)).state === "storing") {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const done = await again.get(WORKSPACE, importId);
    assert.deepEqual([done.state, done.stored, done.requests.length], ["done", 1201, 3]);
    assert.equal(store.position().appended, before);
    const foreign = await again.get(WORKSPACE, elsewhere.name);
    assert.equal(foreign.state, "storing", "another server with the file works on it");
    await again.close();
  });

  test("a step that a stop interrupts is taken up where it was", async () => {
    const objects = Array.from({ length: 2_000 }, (_, at) => JSON.stringify(indicator(at + 1)));
    const begun = await imports.receive(
      acting,
      { format: "stix", source: "file", fileName: "x.json" },
      Readable.from([Buffer.from(objects.join("\n"))]),
      false,
    );
    assert.equal(begun.state, "checking");
    await imports.close();
    imports = createImports({
      ...{ store, documents, validation: UPLOAD_VALIDATION, now: () => NOW, directory },
      rulesOf: async () => [],
    });
    while ((await imports.get(WORKSPACE, begun.importId)).state === "checking") {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const found = await imports.get(WORKSPACE, begun.importId);
    assert.deepEqual([found.state, found.total, found.counts.new], ["checked", 2_000, 2_000]);
  });

  test("what storing would do is known before: new, changed, revoked, unchanged, repeated", async () => {
    const first = await receive(JSON.stringify([1, 2, 3].map((at) => indicator(at))));
    await imports.commit(acting, first.importId, { mode: "all" });
    const found = await receive(
      JSON.stringify([
        indicator(1),
        indicator(2, { name: "Better" }),
        indicator(3, { revoked: true }),
        indicator(4),
        indicator(4, { name: "Once more" }),
      ]),
    );
    assert.deepEqual(found.counts, {
      ...{ new: 2, changed: 1, revoked: 1, unchanged: 1, dropped: 0, invalid: 0 },
    });
    const all = { statuses: RECORD_STATUSES, from: 0, limit: 10 };
    const { items } = await imports.records(WORKSPACE, found.importId, all);
    assert.deepEqual(
      items.map(({ status, remarks }) => [status, ...remarks]),
      [
        ...[["unchanged"], ["changed"], ["revoked"], ["new"]],
        ["new", "Record 4 of the file has the same id; the last one counts."],
      ],
    );
    const { differences } = await imports.record(WORKSPACE, found.importId, 1);
    assert.deepEqual(differences, [
      { kind: "added", path: "/name", before: undefined, after: "Better" },
    ]);
    const some = { mode: "valid", statuses: ["new", "changed"], without: [1] } as const;
    const done = await imports.commit(acting, found.importId, some);
    assert.deepEqual([done.stored, done.requests.length], [2, 1]);
    assert.equal(await count(), 4);
    const [requestId = ""] = done.requests;
    assert.equal((await store.receipt(WORKSPACE, requestId))?.counts.accepted, 2);
  });

  test("records are read in pages of one status", async () => {
    const objects = Array.from({ length: 30 }, (_, at) =>
      indicator(at + 1, at % 3 === 0 ? { confidence: 500 } : {}),
    );
    const { importId } = await receive(JSON.stringify(objects));
    const invalid = { statuses: ["invalid"], limit: 4 } as const;
    const one = await imports.records(WORKSPACE, importId, { ...invalid, from: 0 });
    assert.deepEqual([one.items.map(({ index }) => index), one.next], [[0, 3, 6, 9], 12]);
    const last = await imports.records(WORKSPACE, importId, { ...invalid, from: 24 });
    assert.deepEqual([last.items.map(({ index }) => index), last.next], [[24, 27], null]);
  });

  test("a record is put right in place, tried out again, and stored as it is then", async () => {
    const found = await receive(
      JSON.stringify([indicator(1), indicator(2, { confidence: 101, valid_from: "2026-01-01" })]),
    );
    assert.deepEqual(
      found.faults.map(({ pointer, suggestion }) => [pointer, suggestion]),
      [
        ["/confidence", { text: "Write 100", pointer: "/confidence", value: 100 }],
        [
          "/valid_from",
          {
            text: 'Write "2026-01-01T00:00:00.000Z"',
            pointer: "/valid_from",
            value: "2026-01-01T00:00:00.000Z",
          },
        ],
      ],
    );
    const { importId } = found;
    const still = await imports.fix(acting, importId, 1, indicator(2, { confidence: -5 }));
    assert.deepEqual([still.status, still.fixed, still.faults.length], ["invalid", true, 1]);
    assert.equal((await imports.get(WORKSPACE, importId)).invalid, 1);
    const right = await imports.fix(acting, importId, 1, indicator(2, { confidence: 7 }));
    assert.deepEqual([right.status, right.faults], ["new", []]);
    const now = await imports.get(WORKSPACE, importId);
    assert.deepEqual([now.invalid, now.valid, now.faults, now.counts.new], [0, 2, [], 2]);
    await imports.commit(acting, importId, { mode: "all" });
    const stored = await store.currentObject({
      ...{ workspaceId: WORKSPACE, sourceSystem: "file" },
      stixId: String(indicator(2)["id"]),
    });
    assert.equal(stored?.facts.confidence, 7);
    await assert.rejects(imports.fix(acting, importId, 1, indicator(2)), { code: "conflict" });
    await assert.rejects(imports.record(WORKSPACE, importId, 2), { code: "not_found" });
  });

  test("what is not wanted is thrown away", async () => {
    const { importId } = await receive(JSON.stringify([indicator(1)]));
    const gone = await imports.discard(acting, importId);
    assert.deepEqual(
      [gone.state, gone.reason, gone.filesUntil],
      ["discarded", "Discarded by Ada.", null],
    );
    assert.deepEqual(readdirSync(directory), []);
    await assert.rejects(imports.commit(acting, importId, { mode: "all" }), { code: "conflict" });
    await assert.rejects(imports.discard(acting, importId), { code: "conflict" });
  });

  test("lines of JSON are read one by one: a broken one is one broken record", async () => {
    const lines = [JSON.stringify(indicator(1)), '{"type":}', "", JSON.stringify(indicator(2))];
    const found = await receive(lines.join("\n"));
    assert.deepEqual([found.state, found.total, found.valid], ["checked", 3, 2]);
    assert.deepEqual(
      found.faults.map(({ line, message }) => [line, message]),
      [[2, 'Not JSON: "}", where a value belongs (line 2, column 9).']],
    );
    const done = await imports.commit(acting, found.importId, { mode: "valid" });
    assert.equal(done.stored, 2);
  });

  const UNREADABLE: readonly (readonly [string, Buffer, "csv" | "stix", RegExp])[] = [
    ["an empty file", Buffer.alloc(0), "stix", /^The file is empty\.$/],
    ["white space", Buffer.from(" \n "), "stix", /^The file holds no record\.$/],
    ["an empty list", Buffer.from("[]"), "stix", /^The file holds no record\.$/],
    ["a ZIP archive", Buffer.from("504b0304140000", "hex"), "stix", /^It is a ZIP archive/],
    ["a PDF", Buffer.from("%PDF-1.7"), "stix", /^It is a PDF document/],
    [
      "Latin-1",
      Buffer.from("value,name\nevil.example,Caf\xe9\n", "latin1"),
      "csv",
      /no UTF-8 text: byte 0xE9 at line 2, column 17\. .*CSV UTF-8/,
    ],
    ["UTF-16 without a mark", Buffer.from("[]", "utf16le"), "stix", /zero bytes/],
    ["HTML", Buffer.from("<html>"), "stix", /^Line 1, column 1: .*looks like HTML or XML/],
    ["a table as JSON", Buffer.from("value\n1.2.3.4"), "stix", /import it as CSV/],
    ["JSON as a table", Buffer.from('[{"a":1}]'), "csv", /import it as STIX/],
    [
      "half a gzip",
      gzipSync(Buffer.from("[1,2,3]")).subarray(0, 15),
      "stix",
      /damaged or was cut off/,
    ],
  ];
  for (const [what, bytes, format, expected] of UNREADABLE) {
    test(`${what} is refused by what it is`, async () => {
      const order = { format, source: "file", fileName: "x" } as const;
      const found = await imports.receive(acting, order, Readable.from([bytes]));
      assert.equal(found.state, "failed");
      assert.match(found.reason ?? "", expected);
      assert.deepEqual(readdirSync(directory), []);
    });
  }

  test("packed files, other encodings and other separators are read", async () => {
    const order = { format: "stix", source: "file", fileName: "x" } as const;
    const text = JSON.stringify([indicator(1, { name: "Zoë" })]);
    const forms = [
      gzipSync(text),
      Buffer.from(`\uFEFF${text}`, "utf16le"),
      Buffer.from(`\uFEFF${text}`),
    ];
    for (const bytes of forms) {
      // One byte at a time: no chunk may end where it suits.
      const chunks = [...bytes].map((byte) => Buffer.from([byte]));
      const found = await imports.receive(acting, order, Readable.from(chunks));
      assert.deepEqual([found.state, found.valid, found.reason], ["checked", 1, null]);
    }
    const table = "Wert;Bewertung;Gesehen\n198.51.100.9;80;2026-01-01 10:00\n";
    const mapping = { value: "Wert", confidence: "Bewertung", valid_from: "Gesehen" };
    const { importId } = await receive(table, { format: "csv", mapping });
    const { record } = await imports.record(WORKSPACE, importId, 0);
    const { confidence, valid_from: from } = record as Record<string, unknown>;
    assert.deepEqual([confidence, from], [80, "2026-01-01T10:00:00.000Z"]);
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
    const done = await imports.commit(acting, found.importId, { mode: "all" });
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
    await imports.commit(acting, found.importId, { mode: "valid" });
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
    assert.match(broken.reason ?? "", /^Line 2, column 9: Not JSON: "}", where a value belongs\.$/);
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
    await imports.commit(acting, found.importId, { mode: "all" });
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
