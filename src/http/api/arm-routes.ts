/**
 * Routes of Sentinel's own management plane for threat intelligence, as Azure's SDK and the connectors call them. They
 * are on the paths of Azure Resource Manager; a delete here is seen everywhere at once.
 * @see Azure REST API, Microsoft.SecurityInsights, ThreatIntelligence 2025-07-01-preview
 */
import Type from "typebox";
import {
  armIndicatorOf,
  createObject,
  deleteObject,
  editObject,
  type ManageParts,
  OWN_SOURCE,
  objectKeyOf,
  stixPropertiesOf,
  tagObject,
} from "../../manage/index.ts";
import type { ObjectKey, ObjectVersion } from "../../store/index.ts";
import { workspaceScope } from "../../token/index.ts";
import { AppError, isGuid } from "../../wire/index.ts";
import { armQueryRoutes } from "./arm-query-routes.ts";
import { BODY, MAIN, PROVIDER, REPLY, TAG_HEADING } from "./arm-shapes.ts";
import { actingOf, DELETE, READ, TAG, WRITE } from "./object-call.ts";
import { type ApiCall, type ApiReply, type ApiRoute, ok, route } from "./route.ts";

/** Source names that Azure's own clients give to what was made by hand. */
const OWN_NAMES: ReadonlySet<unknown> = new Set([undefined, "", OWN_SOURCE, "Azure Sentinel"]);

/** The routes. */
export function armRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [...armQueryRoutes(parts), ...indicatorRoutes(parts), ...tagRoutes(parts)];
}

function indicatorRoutes(parts: ManageParts): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${MAIN}/createIndicator`,
      operationId: "armCreateIndicator",
      summary: "Make an indicator.",
      tag: TAG_HEADING,
      access: WRITE,
      body: BODY,
      replies: { 201: { description: "As Azure answers.", schema: Type.Unknown() } },
      handle: (call) => create(parts, call, {}),
    }),
    route({
      method: "GET",
      path: `${MAIN}/indicators/{name}`,
      operationId: "armGetIndicator",
      summary: "An indicator.",
      tag: TAG_HEADING,
      access: READ,
      replies: REPLY,
      handle: async (call) => one(call, await requireIndicator(parts, call)),
    }),
    route({
      method: "PUT",
      path: `${MAIN}/indicators/{name}`,
      operationId: "armPutIndicator",
      summary: "Change an indicator, or make one under a GUID.",
      tag: TAG_HEADING,
      access: WRITE,
      body: BODY,
      replies: {
        ...REPLY,
        201: { description: "As Azure answers.", schema: Type.Unknown() },
      },
      async handle(call) {
        const found = await findIndicator(parts, call);
        const name = call.params["name"] ?? "";
        if (found === undefined && isGuid(name)) {
          return create(parts, call, { id: `indicator--${name.toLowerCase()}` });
        }
        const current = found ?? (await requireIndicator(parts, call));
        const wanted = stixPropertiesOf(call.body["properties"]);
        const object = JSON.parse(current.json) as Readonly<Record<string, unknown>>;
        const patch = Object.fromEntries(
          Object.entries(wanted).filter(
            ([property, value]) =>
              !["created", "modified"].includes(property) &&
              JSON.stringify(value ?? null) !== JSON.stringify(object[property] ?? null),
          ),
        );
        const change = { key: current, patch, ifChange: etagOf(call) };
        return one(call, await editObject(parts, actingOf(call), change));
      },
    }),
    ...[`${MAIN}/indicators/{name}`, `${PROVIDER}/{name}`].map((path, at) =>
      route({
        method: "DELETE",
        path,
        operationId: at === 0 ? "armDeleteIndicator" : "armDeleteObject",
        summary: "Delete an object.",
        tag: TAG_HEADING,
        access: DELETE,
        replies: { 200: { description: "Deleted." }, 204: { description: "It was not there." } },
        async handle(call) {
          const found = await findIndicator(parts, call);
          if (found === undefined) {
            return { status: 204 };
          }
          const ifChange = etagOf({ ...call, body: {} });
          await deleteObject(parts, actingOf(call), { key: found, ifChange });
          return { status: 200 };
        },
      }),
    ),
  ];
}

function tagRoutes(parts: ManageParts): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${MAIN}/indicators/{name}/appendTags`,
      operationId: "armAppendTags",
      summary: "Add tags to an indicator.",
      tag: TAG_HEADING,
      access: TAG,
      body: BODY,
      replies: { 200: { description: "Added." } },
      async handle(call) {
        const key = await requireIndicator(parts, call);
        const add = tagsOf(call.body);
        await tagObject(parts, actingOf(call), { key, add, remove: [], ifChange: undefined });
        return { status: 200 };
      },
    }),
    route({
      method: "POST",
      path: `${MAIN}/indicators/{name}/replaceTags`,
      operationId: "armReplaceTags",
      summary: "Put tags in place of those of an indicator.",
      tag: TAG_HEADING,
      access: TAG,
      body: BODY,
      replies: REPLY,
      async handle(call) {
        const key = await requireIndicator(parts, call);
        const add = tagsOf((call.body["properties"] ?? {}) as Readonly<Record<string, unknown>>);
        const change = { key, add, remove: [], replace: true, ifChange: etagOf(call) };
        return one(call, await tagObject(parts, actingOf(call), change));
      },
    }),
  ];
}

type ArmCall = ApiCall<unknown, Readonly<Record<string, unknown>>>;
type AnyCall = Pick<ApiCall, "workspace" | "params">;

async function create(
  parts: ManageParts,
  call: ArmCall,
  identity: Readonly<Record<string, unknown>>,
): Promise<ApiReply> {
  const properties = call.body["properties"];
  const source = (properties as { readonly source?: unknown } | undefined)?.source;
  if (!OWN_NAMES.has(source)) {
    throw new AppError(
      "invalid_request",
      `source: what is made here has the source "${OWN_SOURCE}"; intelligence of other sources is uploaded.`,
      { field: "source" },
    );
  }
  const given = Object.entries(stixPropertiesOf(properties)).filter(([, value]) => value !== null);
  const object = { type: "indicator", ...Object.fromEntries(given), ...identity };
  const made = await createObject(parts, actingOf(call), object);
  return { ...one(call, made), status: 201 };
}

function one(call: Pick<ApiCall, "workspace">, version: ObjectVersion): ApiReply {
  const resource = armIndicatorOf(version, workspaceScope(call.workspace));
  return ok(resource, { etag: resource.etag });
}

/** The object that a path names: by the name that we gave it, by its STIX id, or by the GUID in it. */
async function findIndicator(
  { store }: ManageParts,
  { workspace, params }: AnyCall,
): Promise<ObjectVersion | undefined> {
  const { workspaceId } = workspace;
  const name = params["name"] ?? "";
  const key = keyOrNull(workspaceId, name);
  if (key !== null) {
    return store.currentObject(key);
  }
  const stixId = isGuid(name) ? `indicator--${name.toLowerCase()}` : name;
  const { items } = await store.searchObjects({
    workspaceId,
    condition: { kind: "id", anyOf: [stixId] },
    limit: 2,
  });
  const own = items.find(({ sourceSystem }) => sourceSystem === OWN_SOURCE);
  return own ?? items[0];
}

async function requireIndicator(parts: ManageParts, call: AnyCall): Promise<ObjectVersion> {
  const found = await findIndicator(parts, call);
  if (found === undefined) {
    throw new AppError("not_found", `Threat intelligence '${call.params["name"]}' was not found.`);
  }
  return found;
}

function keyOrNull(workspaceId: string, name: string): ObjectKey | null {
  try {
    return objectKeyOf(workspaceId, name);
  } catch {
    return null;
  }
}

function etagOf({ headers, body }: Pick<ArmCall, "headers" | "body">): number | undefined {
  const etag = headers["if-match"] ?? body["etag"];
  if (typeof etag !== "string" || etag === "" || etag === "*") {
    return undefined;
  }
  const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(etag)?.[1];
  // An etag that we never gave is that of no version.
  return digits === undefined ? 0 : Number(digits);
}

function tagsOf(body: Readonly<Record<string, unknown>>): readonly string[] {
  const tags = body["threatIntelligenceTags"];
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== "string")) {
    throw new AppError("invalid_request", "threatIntelligenceTags must be a list of texts.", {
      field: "threatIntelligenceTags",
    });
  }
  return tags;
}
