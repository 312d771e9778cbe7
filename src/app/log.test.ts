/** Goal: a log line a person reads says when, what and why, and leaves out what everybody knows. */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { createLog } from "./log.ts";

function written(
  format: "json" | "text",
  act: (log: ReturnType<typeof createLog>) => void,
): string[] {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString("utf8"));
      done();
    },
  });
  act(createLog({ level: "info", format, stream }));
  return lines;
}

test("text names the time, the level where it matters, and the facts", () => {
  const [info, warn, failed, ...rest] = written("text", (log) => {
    log.info({ requestId: "r", workspaceId: "w", received: 3 }, "upload");
    log.warn({ reason: "The token expired." }, "request refused");
    log.error({ err: new Error("disk full") }, "request failed");
    log.debug("not shown");
  });
  assert.match(info ?? "", /^\d\d:\d\d:\d\d {2}upload {2}requestId=r {2}received=3\n$/);
  assert.match(
    warn ?? "",
    /^\d\d:\d\d:\d\d WARN {2}request refused {2}reason="The token expired\."\n$/,
  );
  assert.match(failed ?? "", /^\d\d:\d\d:\d\d ERROR {2}request failed {2}err="disk full"\n$/);
  assert.deepEqual(rest, []);
});

test("JSON lines carry level and time as words", () => {
  const [line] = written("json", (log) => log.info({ requestId: "r" }, "upload"));
  const entry = JSON.parse(line ?? "") as Record<string, unknown>;
  assert.deepEqual([entry["level"], entry["msg"], entry["requestId"]], ["info", "upload", "r"]);
  assert.match(String(entry["time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
