/**
 * A change is read, computed and stored in steps, and an upload may come in between: its version, which nobody has
 * seen, is then overwritten by one that was made from an older one. Who has stored a change looks back and makes it
 * once more from what it has overwritten, so that neither is lost.
 */
import { isDeepStrictEqual } from "node:util";
import type { ObjectKey, ObjectVersion, Store } from "../store/index.ts";
import type { StixObject } from "../wire/index.ts";

/** How many versions are looked at: ours and what it has replaced. */
const VERSIONS_LOOKED_AT = 2;

/**
 * The version that a request has overwritten without having been made from it; undefined normally. The answer only
 * depends on what is stored, so that it is the same after a crash.
 * @param change what the request does to an object
 */
export async function overwrittenBy(
  store: Pick<Store, "objectVersions">,
  key: ObjectKey,
  { requestId, change }: { requestId: string; change: (object: StixObject) => StixObject },
): Promise<ObjectVersion | undefined> {
  const [ours, before] = await store.objectVersions(key, VERSIONS_LOOKED_AT);
  if (ours?.requestId !== requestId || ours.deleted || before === undefined || before.deleted) {
    // Whatever came since is newer than both and stays.
    return undefined;
  }
  const wanted = change(JSON.parse(before.json) as StixObject);
  return isDeepStrictEqual(wanted, JSON.parse(ours.json)) ? undefined : before;
}
