/** One page of a bulk task: what it consists of, and doing it once, whatever happens in between. */
import { hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { applyActions } from "../ingest/index.ts";
import type { SearchHit } from "../store/index.ts";
import { guidFromDigest, type StixObject } from "../wire/index.ts";
import { type Acting, type ManageParts, prepareObjects, settled } from "./context.ts";
import { overwrittenBy } from "./overwritten.ts";
import type { KeptTask, PlannedRequest, TaskFault } from "./task.ts";

/** Faults that a task remembers. */
const FAULTS_MAX = 100;

/**
 * What a page consists of: a request for each source. An object that this very task has changed already may come again,
 * since a change can move it behind the place where the search was; it is left out.
 */
export function planOf(
  taskId: string,
  page: number,
  items: readonly SearchHit[],
): PlannedRequest[] {
  const family = requestFamily(taskId);
  const fresh = items.filter(({ requestId }) => !requestId.startsWith(family));
  const bySource = Map.groupBy(fresh, ({ sourceSystem }) => sourceSystem);
  return [...bySource].map(([sourceSystem, members]) => ({
    requestId: requestIdOf(family, `${page} ${sourceSystem}`),
    sourceSystem,
    stixIds: members.map(({ stixId }) => stixId),
  }));
}

/** Beginning of the ids of all requests of a task, up to the third hyphen of a GUID. */
const FAMILY_CHARACTERS = 19;

function requestFamily(taskId: string): string {
  return guidOf(taskId).slice(0, FAMILY_CHARACTERS);
}

/** A GUID of a family, the same whenever it is made from the same text. */
function requestIdOf(family: string, text: string): string {
  return family + guidOf(text).slice(FAMILY_CHARACTERS);
}

function guidOf(text: string): string {
  return guidFromDigest(hash("sha256", text), 8);
}

/** Does what a plan says and was not done yet; gives the task with its progress. */
export async function carryOut(
  parts: ManageParts,
  kept: KeptTask,
  plan: readonly PlannedRequest[],
): Promise<KeptTask> {
  let { changed, unchanged, failed, seen } = kept.progress;
  const faults: TaskFault[] = [...kept.faults];
  for (const request of plan) {
    const done = await carryOutRequest(parts, kept, request);
    seen += request.stixIds.length;
    changed += done.changed;
    unchanged += request.stixIds.length - done.changed - done.faults.length;
    failed += done.faults.length;
    faults.push(...done.faults.slice(0, FAULTS_MAX - faults.length));
  }
  const progress = { ...kept.progress, seen, changed, unchanged, failed };
  return { ...kept, plan: null, progress, faults };
}

interface Done {
  readonly changed: number;
  readonly faults: readonly TaskFault[];
}

async function carryOutRequest(
  parts: ManageParts,
  kept: KeptTask,
  request: PlannedRequest,
): Promise<Done> {
  const { workspaceId } = kept;
  const receipt = await parts.store.receipt(workspaceId, request.requestId);
  if (receipt !== undefined) {
    await changeOverwritten(parts, kept, request);
    // It was done before a crash; what could not be changed then is in its receipt.
    const faults = receipt.rejections.map(({ stixId, errors }) => ({
      stixId: stixId ?? "",
      source: request.sourceSystem,
      message: errors[0]?.message ?? "",
    }));
    return { changed: receipt.counts.accepted, faults };
  }
  return kept.order.delete === true
    ? deletePage(parts, kept, request)
    : changePage(parts, kept, request);
}

async function deletePage(
  parts: ManageParts,
  { workspaceId, caller, taskId }: KeptTask,
  { requestId, sourceSystem, stixIds }: PlannedRequest,
): Promise<Done> {
  const sequence = await parts.store.deleteObjects({
    ...{ requestId, workspaceId, caller, sourceSystem, stixIds },
    receivedAt: parts.now().toISOString(),
    notes: [`bulk task ${taskId}`],
  });
  await settled(parts, sequence);
  return { changed: stixIds.length, faults: [] };
}

async function changePage(
  parts: ManageParts,
  kept: KeptTask,
  request: PlannedRequest,
): Promise<Done> {
  const { workspaceId, caller, taskId, order, orderedBy } = kept;
  const { requestId, sourceSystem, stixIds } = request;
  const { appended } = parts.store.position();
  const versions = await Promise.all(
    stixIds.map((stixId) => parts.store.currentObject({ workspaceId, sourceSystem, stixId })),
  );
  const objects = versions.flatMap((version) => {
    if (version === undefined) {
      return [];
    }
    const before = JSON.parse(version.json) as StixObject;
    const after = applyActions(before, order.actions);
    return isDeepStrictEqual(before, after) ? [] : [after];
  });
  if (objects.length === 0) {
    return { changed: 0, faults: [] };
  }
  const acting: Acting = { workspaceId, actor: orderedBy, caller, requestId };
  const notes = [`bulk task ${taskId}`];
  const { prepared, errors } = prepareObjects(parts, acting, { sourceSystem, objects, notes });
  const sequence = await parts.store.append(prepared);
  await settled(parts, sequence);
  if (sequence !== appended + 1) {
    await changeOverwritten(parts, kept, request);
  }
  const faults = errors.map(({ recordIndex, errorMessages }) => ({
    stixId: String(objects[recordIndex]?.["id"]),
    source: sourceSystem,
    message: errorMessages[0] ?? "",
  }));
  return { changed: objects.length - faults.length, faults };
}

/** Makes the change from uploads, too, that came while a request was made: once, whenever it is asked for. */
async function changeOverwritten(
  parts: ManageParts,
  { workspaceId, caller, taskId, order, orderedBy }: KeptTask,
  { requestId: overwriting, sourceSystem, stixIds }: PlannedRequest,
): Promise<void> {
  const requestId = requestIdOf(requestFamily(taskId), `${overwriting} again`);
  const isDone = (await parts.store.receipt(workspaceId, requestId)) !== undefined;
  if (order.delete === true || isDone) {
    return;
  }
  const change = (object: StixObject): StixObject => applyActions(object, order.actions);
  const versions = await Promise.all(
    stixIds.map((stixId) => {
      const key = { workspaceId, sourceSystem, stixId };
      return overwrittenBy(parts.store, key, { requestId: overwriting, change });
    }),
  );
  const objects = versions.flatMap((version) =>
    version === undefined ? [] : [change(JSON.parse(version.json) as StixObject)],
  );
  if (objects.length > 0) {
    const acting: Acting = { workspaceId, actor: orderedBy, caller, requestId };
    const notes = [`bulk task ${taskId}, from uploads that came during request ${overwriting}`];
    const { prepared } = prepareObjects(parts, acting, { sourceSystem, objects, notes });
    await settled(parts, await parts.store.append(prepared));
  }
}
