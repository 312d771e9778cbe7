/** Goal: the batch command, with nothing but a file, answers each line in the notation of the guide, and ends with 0. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { mainFile, projectRoot, temporaryDirectory } from "./running-server.ts";

const LINES = [
  JSON.stringify({
    id: "types",
    query:
      'print a = 1, b = 1d + 2h, c = datetime(2026-01-02 03:04:05.5), d = dynamic({"k":[1,null]}), e = decimal(1.5), f = true, g = guid(0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0), h = 0.5, i = "ä", j = int(null)',
  }),
  "{broken",
  JSON.stringify({ id: "fault", query: "print x = nope" }),
  JSON.stringify({ id: "empty", query: "DnsEvents | where Name has 'x' | project Name, EventId" }),
  JSON.stringify({ id: 5, query: "datatable(A:long, B:string)[1,'x', 2,'y'] | summarize sum(A)" }),
];

test("a file of queries without a server or data", async (t) => {
  const directory = temporaryDirectory();
  t.after(() => directory.remove());
  const file = join(directory.path, "queries.jsonl");
  writeFileSync(file, LINES.join("\n"));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [mainFile, "query", "--batch", file],
    { cwd: projectRoot },
  );
  assert.deepEqual(stdout.split("\n"), [
    '{"id":"types","columns":[{"name":"a","type":"long"},{"name":"b","type":"timespan"},{"name":"c","type":"datetime"},{"name":"d","type":"dynamic"},{"name":"e","type":"decimal"},{"name":"f","type":"bool"},{"name":"g","type":"guid"},{"name":"h","type":"real"},{"name":"i","type":"string"},{"name":"j","type":"int"}],"rows":[[1,"1.02:00:00","2026-01-02T03:04:05.5000000Z",{"k":[1,null]},1.5,true,"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",0.5,"ä",null]]}',
    '{"id":null,"error":{"code":"invalid_line","message":"The line is not JSON: Expected property name or \'}\' in JSON at position 1 (line 1 column 2)","position":null}}',
    '{"id":"fault","error":{"code":"KS142","message":"The name \'nope\' does not refer to any known column, table, variable or function.","position":{"start":10,"length":4,"line":1,"column":11}}}',
    '{"id":"empty","columns":[{"name":"Name","type":"string"},{"name":"EventId","type":"int"}],"rows":[]}',
    '{"id":5,"columns":[{"name":"sum_A","type":"long"}],"rows":[[3]]}',
    "",
  ]);
});
