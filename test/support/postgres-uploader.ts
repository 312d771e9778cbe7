/**
 * A process that uploads to a PostgreSQL store, for tests that run several or kill one. Each line it prints
 * is written at once, so that none is torn:
 *
 *     stored FROM COUNT      these objects were acknowledged
 *     indexed SEQUENCE       this process heard that the index has got so far
 *
 *     arguments: address, number of the uploader, objects to upload (0: until it is killed),
 *         how long the process that indexes may be silent (ms)
 */
import { writeSync } from "node:fs";
import { openPostgresStore } from "../../src/store/index.ts";
import { uploadOf } from "./postgres-uploads.ts";

const CALLERS = 4;

/** Requests that the log may be ahead of the index, so that tests don't wait for a long way to be made up. */
const AHEAD_MAX = 50;

const [connection = "", number = "0", total = "0", leaseMs = "30000"] = process.argv.slice(2);
const end = Number(total) || Number.POSITIVE_INFINITY;
const store = await openPostgresStore({ connection, indexLeaseMs: Number(leaseMs) });
let next = 0;

async function upload(caller: number): Promise<void> {
  while (next < end) {
    const from = next;
    const count = Math.min(1 + ((from * 7 + caller) % 40), end - from);
    next += count;
    const sequence = await store.append(uploadOf(Number(number), from, count));
    writeSync(1, `stored ${from} ${count}\n`);
    await store.waitIndexed(Math.max(sequence - AHEAD_MAX, 0));
    if (caller === 0) {
      await store.waitIndexed(sequence);
      writeSync(1, `indexed ${sequence}\n`);
    }
  }
}

await Promise.all(Array.from({ length: CALLERS }, (_, caller) => upload(caller)));
await store.close();
