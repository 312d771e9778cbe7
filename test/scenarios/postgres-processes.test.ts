/**
 * Goal: processes that upload to one PostgreSQL at the same time lose nothing for a consumer that follows
 * the change sequence while they do (STIXGATE_TEST_VERSIONS=100000 for the large run), and when one of them
 * is killed the others go on indexing.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { openPostgresStore } from "../../src/store/index.ts";
import { type PostgresCluster, postgresMissing, startPostgres } from "../support/postgres.ts";
import { createTail, numberOf } from "../support/postgres-uploads.ts";

const UPLOADERS = 4;
const VERSIONS = Number(process.env["STIXGATE_TEST_VERSIONS"] ?? 20_000);
/** How long the process that indexes may be silent. */
const LEASE_MS = "2000";

const UPLOADER = join(import.meta.dirname, "../support/postgres-uploader.ts");

interface Uploader {
  readonly process: ChildProcess;
  /** Lines as they come. */
  readonly lines: AsyncIterableIterator<string>;
}

function startUploader(connection: string, number: number, objects: number): Uploader {
  const child = spawn(
    process.execPath,
    [UPLOADER, connection, `${number}`, `${objects}`, LEASE_MS],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

/** The objects of all the lines that are left. */
async function storedNumbers(number: number, lines: AsyncIterable<string>): Promise<number[]> {
  const stored: number[] = [];
  for await (const line of lines) {
    stored.push(...storedBy(number, line));
  }
  return stored;
}

function storedBy(number: number, line: string): number[] {
  const [what, from, count] = line.split(" ");
  const objects = what === "stored" ? Number(count) : 0;
  return Array.from({ length: objects }, (_, at) => numberOf(number, Number(from) + at));
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

describe("processes on one PostgreSQL", { skip: postgresMissing() }, () => {
  let cluster: PostgresCluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.stop());

  test(`a consumer misses none of ${VERSIONS} versions of ${UPLOADERS} processes`, async () => {
    const connection = await cluster.newDatabase();
    const store = await openPostgresStore({ connection });
    const tail = createTail(store);
    const uploaders = Array.from({ length: UPLOADERS }, (_, number) =>
      startUploader(connection, number, Math.floor(VERSIONS / UPLOADERS)),
    );
    let uploading = true;
    const ended = Promise.all(
      uploaders.map(async ({ lines, process: child }, number) => {
        const exited = once(child, "exit");
        const stored = await storedNumbers(number, lines);
        assert.deepEqual(await exited, [0, null]);
        return stored;
      }),
    ).finally(() => {
      uploading = false;
    });
    while (uploading) {
      await tail.readOn();
      await Promise.race([ended, store.waitIndexed(store.position().indexed + 1)]);
    }
    const stored = (await ended).flat();
    const whileUploading = tail.seen.length;
    await store.waitIndexed((await lastSequence(connection)) ?? 0);
    await tail.readOn();
    assert.equal(stored.length, UPLOADERS * Math.floor(VERSIONS / UPLOADERS));
    assert.deepEqual(ascending(tail.seen), ascending(stored), "each once, none lost");
    assert.ok(whileUploading > 0, "the consumer reads while others write");
    await store.close();
  });

  for (const [fault, signal] of [
    ["is killed", "SIGKILL"],
    ["stands still", "SIGSTOP"],
  ] as const) {
    test(`when the process that indexes ${fault} another one goes on`, async () => {
      const connection = await cluster.newDatabase();
      const first = startUploader(connection, 0, 0);
      // It is alone when it says that something was indexed, so it was its own work.
      const stored = [await linesUntilIndexed(first, 0, 5)];
      const second = startUploader(connection, 1, 0);
      try {
        stored.push(await linesUntilIndexed(second, 1, 5));
        first.process.kill(signal);
        stored.push(await linesUntilIndexed(second, 1, 20));
      } finally {
        for (const [number, { process: child, lines }] of [first, second].entries()) {
          child.kill("SIGKILL");
          stored.push(await storedNumbers(number, lines));
        }
      }
      const store = await openPostgresStore({ connection });
      await store.waitIndexed(store.position().appended);
      const tail = createTail(store);
      await tail.readOn();
      const seen = new Set(tail.seen);
      assert.equal(seen.size, tail.seen.length, "none twice");
      assert.deepEqual(
        stored.flat().filter((number) => !seen.has(number)),
        [],
        "all that was acknowledged is there",
      );
      await store.close();
    });
  }

  async function lastSequence(connection: string): Promise<number | undefined> {
    const [row] = await cluster.query(
      "SELECT appended FROM stixgate.log_position",
      new URL(connection).pathname.slice(1),
    );
    return row && Number(row["appended"]);
  }
});

/** Takes lines until so many of them say that something was indexed; returns what they say was stored. */
async function linesUntilIndexed(
  { lines }: Uploader,
  number: number,
  count: number,
): Promise<number[]> {
  const stored: number[] = [];
  for (let indexed = 0; indexed < count; ) {
    const { value, done } = await lines.next();
    assert.ok(!done, "the process still runs");
    stored.push(...storedBy(number, value));
    indexed += value.startsWith("indexed ") ? 1 : 0;
  }
  return stored;
}
