/** Steps that the tests of retention have in common. */

import type { Retention } from "./retention-rounds.ts";
import { objectOf, requestOf, SOURCE, stixIdOf } from "./samples.conformance.ts";
import { keyOf } from "./steps.conformance.ts";
import type { ObjectVersion, Store } from "./store.ts";

/** Where a store lies that is opened several times, one after the other. */
export interface RetentionPlace {
  open(options: { readonly clock?: () => Date; readonly retention?: Retention }): Promise<Store>;
  /** What is wrong with it; asked while it is closed. */
  faults(): Promise<readonly string[]>;
  /** Bytes of accepted records that the log holds, and requests that have any. */
  logSize(): Promise<{ readonly bytes: number; readonly requests: number }>;
}

/** Where all of it happens. */
export const WORKSPACE = "w";
const CALLER = { tenantId: "", objectId: "", appId: "", userAgent: "" };

/** Rounds follow one another as fast as they may. */
export const AT_ONCE: Retention = { roundMs: 1 };

/** Opens the store, and closes it when the work is done. */
export async function withStore<T>(
  place: RetentionPlace,
  options: Parameters<RetentionPlace["open"]>[0],
  run: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await place.open(options);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** Asks again until the answer is this one; the test's own time limit ends it otherwise. */
export async function until<T>(expected: T, ask: () => Promise<T>): Promise<void> {
  while (JSON.stringify(await ask()) !== JSON.stringify(expected)) {
    await new Promise(setImmediate);
  }
}

/** Uploads indicators with these names, and waits until they can be read. */
export async function upload(
  store: Store,
  requestId: string,
  names: Readonly<Record<number, string>>,
): Promise<void> {
  const objects = Object.entries(names).map(([number, name]) =>
    objectOf({
      stixId: stixIdOf(Number(number)),
      name,
      labels: [name],
      observables: [{ key: "url:value", value: `https://${name}.example` }],
    }),
  );
  const request = requestOf({ workspaceId: WORKSPACE, requestId, objects });
  await store.waitIndexed(await store.append(request));
}

/** Deletes objects, and waits until that can be read. */
export async function remove(store: Store, numbers: readonly number[], now: Date): Promise<void> {
  const sequence = await store.deleteObjects({
    ...{ requestId: "d", workspaceId: WORKSPACE, sourceSystem: SOURCE, caller: CALLER },
    receivedAt: now.toISOString(),
    stixIds: numbers.map(stixIdOf),
  });
  await store.waitIndexed(sequence);
}

/** The name that tells versions apart. */
export function nameOf({ facts: { name }, deleted }: ObjectVersion): unknown {
  return deleted ? "deleted" : name;
}

/** The versions of an object, newest first. */
export async function namesOf(store: Store, number: number): Promise<unknown[]> {
  return (await store.objectVersions(keyOf(WORKSPACE, stixIdOf(number)), 100)).map(nameOf);
}

/** The receipts that are kept, newest first. */
export async function receiptsOf(store: Store): Promise<string[]> {
  const { items } = await store.receipts({ workspaceId: WORKSPACE, limit: 100 });
  return items.map(({ requestId }) => requestId);
}
