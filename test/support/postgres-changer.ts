/**
 * A process that changes and deletes the same few objects again and again on a PostgreSQL store that keeps little of
 * that, until it is killed or the server goes away. Each line it prints is written at once, so that none is torn:
 *
 *     send WHAT NUMBER VERSION     this is about to be sent, for NUMBER and the objects after it
 *     done WHAT NUMBER VERSION     it was acknowledged
 *
 * WHAT is `change`, or `delete`, which has a version, too, only to be told from others.
 *
 *     arguments: address, first number of its objects, first version
 */
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { openPostgresStore } from "../../src/store/index.ts";
import { indicators, requestOf, SOURCE, stixIdOf } from "../../src/store/samples.conformance.ts";
import { AppError } from "../../src/wire/index.ts";
import { CHANGED_OBJECTS, CHANGED_WORKSPACE, CHANGES_KEPT } from "./postgres-changes.ts";

const [connection = "", first = "0", version = "0"] = process.argv.slice(2);
const store = await openPostgresStore({ connection, retention: CHANGES_KEPT, indexLeaseMs: 2_000 });
const workspaceId = CHANGED_WORKSPACE;
const caller = { tenantId: "", objectId: "", appId: "", userAgent: "" };
let next = Number(version);

async function change(number: number, count: number): Promise<number> {
  const name = `${next}`;
  const objects = indicators(number, count, {
    name,
    labels: [name],
    observables: [{ key: "url:value", value: name }],
  });
  // Every fourth request brings its objects a second time, which changes nothing.
  const sent = next % 4 === 0 ? [...objects, ...objects] : objects;
  return await store.append(requestOf({ requestId: randomUUID(), workspaceId, objects: sent }));
}

async function remove(number: number, count: number): Promise<number> {
  return await store.deleteObjects({
    ...{ requestId: randomUUID(), workspaceId, caller, sourceSystem: SOURCE },
    receivedAt: new Date().toISOString(),
    stixIds: Array.from({ length: count }, (_, at) => stixIdOf(number + at)),
  });
}

async function tell(
  what: "change" | "delete",
  number: number,
  work: (number: number, count: number) => Promise<number>,
): Promise<void> {
  writeSync(1, `send ${what} ${number} ${next}\n`);
  const sequence = await work(number, CHANGED_OBJECTS);
  writeSync(1, `done ${what} ${number} ${next}\n`);
  next += 1;
  // The index isn't left behind, or nothing would be dropped while this runs.
  await store.waitIndexed(Math.max(sequence - 20, 0));
}

try {
  for (;;) {
    const kept = Number(first);
    const deleted = kept + CHANGED_OBJECTS;
    await tell("change", kept, change);
    await tell("change", deleted, change);
    await tell("change", kept, change);
    await tell("delete", deleted, remove);
  }
} catch (error) {
  // The server went away; whoever started this process starts another.
  process.exit(error instanceof AppError && error.code === "store_unavailable" ? 0 : 1);
}
