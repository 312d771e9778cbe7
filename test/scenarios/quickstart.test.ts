/** Goal: what quickstart prints works as it stands: the sample's faults are explained, the lines can be pasted. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { mainFile, projectRoot, temporaryDirectory } from "./running-server.ts";

const LAST_LINE = "Ctrl-C stops the server.";

test("a newcomer pastes the printed lines, then breaks the record and finds out why it is refused", async (t) => {
  const directory = temporaryDirectory();
  t.after(() => directory.remove());
  const child = spawn(
    process.execPath,
    [
      mainFile,
      "quickstart",
      "--https-port",
      "0",
      "--http-port",
      "0",
      "--data-dir",
      join(directory.path, "data"),
    ],
    { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] },
  );
  t.after(() => child.kill("SIGKILL"));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const ended = once(child, "exit");
  while (!printed.includes(LAST_LINE) && child.exitCode === null) {
    await Promise.race([once(child.stdout, "data"), ended]);
  }
  assert.match(printed, /371 objects sent, 365 stored, 6 rejected/);
  assert.match(
    printed,
    /Error for Property=id: Required property is missing\. Actual value: NULL\./,
  );
  assert.match(
    printed,
    /Warning for Property=pattern: The vocabulary spells this hash algorithm 'SHA-1'\. Actual value: SHA1\./,
  );
  const paste = linesToPaste(printed);
  const bash = promisify(execFile);
  const { stdout: accepted } = await bash("bash", ["-c", paste], { cwd: projectRoot });
  assert.match(accepted, /^HTTP\/1\.1 200 OK/);
  assert.match(accepted, /"outcome": "accepted"/);
  assert.match(accepted, /"rows":\[.*\["My feed",1\]/);
  const broken = paste.replace(/^ *"id": .*\n/m, "");
  assert.notEqual(broken, paste);
  const { stdout: refused } = await bash("bash", ["-c", broken], { cwd: projectRoot });
  assert.match(refused, /^HTTP\/1\.1 400 Bad Request/);
  assert.match(
    refused,
    /"errorMessages":\["Error for Property=id: Required property is missing\. Actual value: NULL\."\]/,
  );
  assert.match(refused, /"outcome": "rejected"/);
  assert.match(refused, /"payload": \{\n +"type": "indicator"/);
  child.kill("SIGINT");
  assert.deepEqual(await ended, [0, null]);
});

/** The three blocks that quickstart prints for a shell. */
function linesToPaste(printed: string): string {
  const lines = printed.split("\n");
  const from = lines.findIndex((line) => line.startsWith("TOKEN="));
  const prose = lines.findIndex((line) => line.startsWith("An empty 200"));
  const receipt = lines.findIndex((line) => line.startsWith("ID="));
  const kql = lines.findIndex((line) => line.startsWith("What is stored can be asked"));
  const end = lines.findIndex((line) => line.startsWith(LAST_LINE));
  const blocks = [
    lines.slice(from, prose),
    lines.slice(receipt, kql),
    ["echo"],
    lines.slice(kql + 1, end),
  ];
  return [...blocks.flat(), ""].join("\n");
}
