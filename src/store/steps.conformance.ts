/** Steps that the tests of stores have in common. */

import assert from "node:assert/strict";
import { AppError, type AppErrorCode } from "../wire/index.ts";
import { requestOf, SOURCE } from "./samples.conformance.ts";
import type {
  IntakeRejection,
  IntakeRequest,
  ObjectKey,
  ObjectVersion,
  Page,
  Store,
} from "./store.ts";

/** One test; it works in workspaces of its own. */
export type StoreTest = (store: Store) => Promise<void>;

/** A rejected record about which nothing special is known. */
export function rejectionOf(rest: Partial<IntakeRejection>): IntakeRejection {
  return { recordIndex: 0, json: "{}", stixId: null, errors: [], warnings: [], ...rest };
}

/** Appends requests one after the other and waits until they can be read. */
export async function take(
  store: Store,
  workspaceId: string,
  ...requests: Partial<IntakeRequest>[]
): Promise<number[]> {
  const sequences: number[] = [];
  for (const request of requests) {
    sequences.push(await store.append(requestOf({ workspaceId, ...request })));
  }
  await store.waitIndexed(sequences.at(-1) ?? 0);
  return sequences;
}

/** The key of an object of the samples' source. */
export function keyOf(
  workspaceId: string,
  stixId: string,
  sourceSystem: string = SOURCE,
): ObjectKey {
  return { workspaceId, sourceSystem, stixId };
}

/** Reads a list to its end, page by page. */
export async function pagesOf<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    pages.push([...page.items]);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

/** The STIX ids of versions. */
export function ids(versions: readonly ObjectVersion[]): string[] {
  return versions.map(({ facts }) => facts.stixId);
}

/** Expects a call to be refused with this code. */
export async function refusedWith(code: AppErrorCode, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => error instanceof AppError && error.code === code);
}

/** The last versions of a store; empty when it has none. */
export async function lastChanges(store: Store): Promise<readonly ObjectVersion[]> {
  let last: readonly ObjectVersion[] = [];
  for (;;) {
    const next = await store.changes(last.at(-1)?.change ?? 0, 10_000);
    if (next.length === 0) {
      return last;
    }
    last = next;
  }
}
