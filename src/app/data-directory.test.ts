/**
 * Goal: a data directory is created for its owner alone, its master key is made once whoever starts
 * together, its keys never change, and each fault names the path and what to do about it.
 */
import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { AppError } from "../wire/index.ts";
import { DATA_FILES, openDataDirectory } from "./data-directory.ts";

const posix = process.platform === "win32" ? "needs POSIX file modes" : false;

describe("data directory", () => {
  let root = "";
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "stixgate-data-"));
  });
  after(async () => {
    await rm(root, { recursive: true });
  });

  async function withKey(name: string, key: Buffer, mode: number): Promise<string> {
    const path = join(root, name);
    await openDataDirectory(path);
    await writeFile(join(path, "master.key"), key);
    await chmod(join(path, "master.key"), mode);
    return path;
  }

  async function refused(path: string, message: RegExp): Promise<void> {
    await assert.rejects(openDataDirectory(path), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "settings_invalid");
      assert.match(error.message, message);
      return true;
    });
  }

  test("is created with its parents, for the owner alone", { skip: posix }, async () => {
    const directory = await openDataDirectory(join(root, "new/nested"));
    assert.equal(directory.path, join(root, "new/nested"));
    assert.equal((await stat(directory.path)).mode & 0o777, 0o700);
    assert.equal((await stat(directory.files.masterKey)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(directory.path), ["master.key"]);
  });

  test("every file has its own name and lies in the directory", async () => {
    const directory = await openDataDirectory(join(root, "names"));
    assert.equal(new Set(Object.values(DATA_FILES)).size, Object.keys(DATA_FILES).length);
    assert.equal(directory.files.intelligence, join(root, "names/intelligence.db"));
    assert.equal(directory.files.caCertificate, join(root, "names/ca.pem"));
  });

  test("many openers of a new directory agree on one master key", async () => {
    const path = join(root, "race");
    const opened = await Promise.all(Array.from({ length: 16 }, () => openDataDirectory(path)));
    const keys = new Set(opened.map((directory) => directory.deriveKey("race").toString("hex")));
    assert.equal(keys.size, 1);
    assert.deepEqual(await readdir(path), ["master.key"]);
  });

  test("keys depend on the master key and the purpose alone", async () => {
    const path = await withKey("fixed", Buffer.alloc(32, 7), 0o600);
    const directory = await openDataDirectory(path);
    assert.equal(
      directory.deriveKey("ca").toString("hex"),
      "04842a7780401df71b245b723e24041ba994e6c46938a7f1e62d289aa508e092",
    );
    assert.notDeepEqual(directory.deriveKey("ca"), directory.deriveKey("secrets"));
    assert.deepEqual(await readFile(directory.files.masterKey), Buffer.alloc(32, 7));
  });

  test("a master key that everybody can read is refused", { skip: posix }, async () => {
    const path = await withKey("open", Buffer.alloc(32), 0o644);
    await refused(
      path,
      /open\/master\.key is open to every user .*mode 0644.*chmod 600 .*master\.key/,
    );
  });

  test("a master key that a group can read is accepted", { skip: posix }, async () => {
    await openDataDirectory(await withKey("group", Buffer.alloc(32), 0o660));
  });

  for (const size of [0, 31, 33, 4096]) {
    test(`a master key of ${size} bytes is refused`, async () => {
      const path = await withKey(`size-${size}`, Buffer.alloc(size), 0o600);
      await refused(
        path,
        new RegExp(`master\\.key has ${size} bytes instead of 32: it is damaged`),
      );
    });
  }

  test("a path that can't be a directory is refused with advice", async () => {
    await writeFile(join(root, "file"), "");
    await refused(
      join(root, "file"),
      /directory .*file can't be created \(EEXIST\): a file of that/,
    );
    await refused(join(root, "file/below"), /can't be created \(ENOTDIR\): a part of the path/);
    await refused("", /has no usable name/);
    await refused("a\0b", /has no usable name/);
  });
});
