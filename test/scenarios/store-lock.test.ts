/** Goal: one process per data directory; the second is told whose it is, and a killed holder lets go. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lockDataDirectory } from "../../src/store/index.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-lock-"));
after(() => rmSync(root, { recursive: true, force: true }));

const HOLDER = `
import { lockDataDirectory } from ${JSON.stringify(import.meta.resolve("../../src/store/index.ts"))};
lockDataDirectory(process.argv[1]);
console.log("held");
setInterval(() => undefined, 60_000);`;

async function holderOf(directory: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", HOLDER, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

function lockedBy(pid: number | undefined, directory: string) {
  return {
    code: "data_directory_locked",
    message:
      `The data directory ${directory} is in use by process ${pid}. ` +
      "Stop that process, or give this one another directory.",
  };
}

test("a second process is refused until the first is gone, even if it was killed", async () => {
  const directory = join(root, "processes");
  const holder = await holderOf(directory);
  assert.throws(() => lockDataDirectory(directory), lockedBy(holder.pid, directory));
  const ended = once(holder, "exit");
  holder.kill("SIGKILL");
  await ended;
  const lock = lockDataDirectory(directory);
  assert.throws(() => lockDataDirectory(directory), lockedBy(process.pid, directory));
  lock.release();
  lock.release();
  lockDataDirectory(directory).release();
});

test("directories don't lock each other", () => {
  const locks = ["one", "two"].map((name) => lockDataDirectory(join(root, name)));
  for (const lock of locks) {
    lock.release();
  }
});

test("what can't be a directory is refused with the reason", () => {
  assert.throws(() => lockDataDirectory(import.meta.filename), {
    code: "store_unavailable",
    message: /^Cannot use the data directory .*store-lock\.test\.ts: EEXIST/,
  });
});
