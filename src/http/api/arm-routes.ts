/**
 * Routes of Sentinel's own management plane for threat intelligence, as Azure's SDK and the connectors call them. They
 * are on the paths of Azure Resource Manager; a delete here is seen everywhere at once.
 * @see Azure REST API, Microsoft.SecurityInsights, ThreatIntelligence 2025-07-01-preview
 */
import Type from "typebox";
import {
  type ArmResource,
  type Asked,
  armIndicatorOf,
  armObjectOf,
  createObject,
  deleteObject,
  editObject,
  indicatorQuery,
  type ManageParts,
  OWN_SOURCE,
  objectKeyOf,
  objectQuery,
  stixPropertiesOf,
  tagObject,
} from "../../manage/index.ts";
import type { ObjectKey, ObjectVersion, SearchHit } from "../../store/index.ts";
import { workspaceScope } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import { actingOf, DELETE, READ, TAG, WRITE } from "./object-call.ts";
import { type ApiCall, type ApiReply, type ApiRoute, ok, route } from "./route.ts";

/** Path of the provider; workspaces are named by their Azure path here. */
const PROVIDER =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}/providers/Microsoft.SecurityInsights/threatIntelligence";
const MAIN = `${PROVIDER}/main`;

const BODY = Type.Record(Type.String(), Type.Unknown());
const TAG_HEADING = "Azure Resource Manager";
const REPLY = { 200: { description: "As Azure answers.", schema: Type.Unknown() } };

/** Pages of the store that are looked through for one page of an answer. */
const PAGES_LOOKED_AT_MAX = 20;

/** Sources whose objects are counted for the metrics. */
const METRIC_SOURCES_MAX = 20;

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Source names that Azure's own clients give to what was made by hand. */
const OWN_NAMES: ReadonlySet<unknown> = new Set([undefined, "", OWN_SOURCE, "Azure Sentinel"]);

/** The routes. */
export function armRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [...queryRoutes(parts), ...indicatorRoutes(parts), ...tagRoutes(parts)];
}

function queryRoutes(parts: ManageParts): ApiRoute[] {
  const { store, now } = parts;
  return [
    route({
      method: "POST",
      path: `${MAIN}/query`,
      operationId: "armQuery",
      summary: "Objects that clauses hold for.",
      tag: TAG_HEADING,
      access: READ,
      body: BODY,
      replies: REPLY,
      handle: (call) => page(parts, call, objectQuery(questionOf(call), now()), armObjectOf),
    }),
    route({
      method: "POST",
      path: `${MAIN}/count`,
      operationId: "armCount",
      summary: "How many objects clauses hold for.",
      tag: TAG_HEADING,
      access: READ,
      body: BODY,
      replies: REPLY,
      async handle({ workspace: { workspaceId }, body }) {
        const { condition } = objectQuery(body, now());
        const counted = await store.countMatches({
          workspaceId,
          ...(condition === undefined ? {} : { condition }),
          countMax: 100_000,
        });
        return ok({ count: counted.count });
      },
    }),
    route({
      method: "POST",
      path: `${MAIN}/queryIndicators`,
      operationId: "armQueryIndicators",
      summary: "Indicators by criteria.",
      tag: TAG_HEADING,
      access: READ,
      body: BODY,
      replies: REPLY,
      handle: (call) => page(parts, call, indicatorQuery(questionOf(call), now()), armIndicatorOf),
    }),
    // The SDK follows a next link by GET, so the link carries the criteria.
    route({
      method: "GET",
      path: `${MAIN}/queryIndicators`,
      operationId: "armQueryIndicatorsNext",
      summary: "The next page of indicators by criteria.",
      tag: TAG_HEADING,
      access: READ,
      replies: REPLY,
      handle: (call) => page(parts, call, indicatorQuery(questionOf(call), now()), armIndicatorOf),
    }),
    route({
      method: "GET",
      path: `${MAIN}/query`,
      operationId: "armQueryNext",
      summary: "The next page of objects that clauses hold for.",
      tag: TAG_HEADING,
      access: READ,
      replies: REPLY,
      handle: (call) => page(parts, call, objectQuery(questionOf(call), now()), armObjectOf),
    }),
    route({
      method: "GET",
      path: `${MAIN}/indicators`,
      operationId: "armListIndicators",
      summary: "All indicators.",
      tag: TAG_HEADING,
      access: READ,
      replies: REPLY,
      async handle(call) {
        const query = new URL(call.url, call.origin).searchParams;
        const filter = query.get("$filter") ?? "";
        if (filter !== "") {
          throw new AppError(
            "invalid_request",
            "$filter is not supported: use queryIndicators, whose criteria say the same.",
            { field: "$filter" },
          );
        }
        const [itemKey = "", sortOrder = "asc"] = (query.get("$orderby") ?? "").split(" ");
        const top = query.get("$top");
        const criteria = {
          ...(itemKey === "" ? {} : { sortBy: [{ itemKey, sortOrder }] }),
          ...(top === null ? {} : { pageSize: Number(top) }),
        };
        const asked = indicatorQuery(questionOf({ ...call, body: criteria }), now());
        return page(parts, call, asked, armIndicatorOf);
      },
    }),
    route({
      method: "GET",
      path: `${MAIN}/metrics`,
      operationId: "armMetrics",
      summary: "How many indicators each source has.",
      description: "Threat types and pattern types are not counted here; their lists are empty.",
      tag: TAG_HEADING,
      access: READ,
      replies: REPLY,
      async handle({ workspace: { workspaceId } }) {
        const sources = await store.facets({
          workspaceId,
          field: "source",
          limit: METRIC_SOURCES_MAX,
        });
        const sourceMetrics = await Promise.all(
          sources.map(async ({ value }) => {
            const { count } = await store.countMatches({
              workspaceId,
              condition: {
                kind: "and",
                conditions: [
                  { kind: "type", anyOf: ["indicator"] },
                  { kind: "source", anyOf: [value ?? ""] },
                ],
              },
              countMax: 100_000,
            });
            return { metricName: value, metricValue: count };
          }),
        );
        const properties = {
          lastUpdatedTimeUtc: now().toISOString(),
          threatTypeMetrics: [],
          patternTypeMetrics: [],
          sourceMetrics: sourceMetrics.filter(({ metricValue }) => metricValue > 0),
        };
        return ok({ value: [{ properties }] });
      },
    }),
  ];
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
        if (found === undefined && GUID.test(name)) {
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
  const stixId = GUID.test(name) ? `indicator--${name.toLowerCase()}` : name;
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

async function page(
  { store }: ManageParts,
  call: ApiCall,
  { keep = () => true, ...asked }: Asked,
  show: (version: SearchHit, scope: string) => ArmResource,
): Promise<ApiReply> {
  const { workspaceId } = call.workspace;
  const scope = workspaceScope(call.workspace);
  const found: SearchHit[] = [];
  let cursor: string | null | undefined = asked.cursor;
  for (let looked = 0; looked < PAGES_LOOKED_AT_MAX && cursor !== null; looked += 1) {
    const next = await store.searchObjects({
      ...asked,
      workspaceId,
      limit: asked.limit - found.length,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...next.items.filter(keep));
    cursor = next.next;
    if (found.length >= asked.limit) {
      break;
    }
  }
  const value = found.map((version) => show(version, scope));
  if (cursor === null || cursor === undefined) {
    return ok({ value });
  }
  return ok({ value, nextLink: nextLink(call, cursor) });
}

/** The link holds the whole question, since it is followed by GET, and one client posts it as a skip token. */
function nextLink(call: ApiCall, cursor: string): string {
  const url = new URL(call.url, call.origin);
  const { skipToken: _token, ...question } = questionOf(call);
  const state = JSON.stringify({ question, cursor });
  url.searchParams.set("$skipToken", Buffer.from(state).toString("base64url"));
  return url.href;
}

/** The question of a call: its body, or what its skip token holds. */
function questionOf({
  url,
  origin,
  body,
}: Pick<ApiCall, "url" | "origin" | "body">): Readonly<Record<string, unknown>> {
  const own = (body ?? {}) as Readonly<Record<string, unknown>>;
  const inUrl = new URL(url, origin).searchParams.get("$skipToken");
  const token =
    typeof own["skipToken"] === "string" && own["skipToken"] !== "" ? own["skipToken"] : inUrl;
  if (token === null) {
    return own;
  }
  const text = URL.canParse(token) ? new URL(token).searchParams.get("$skipToken") : token;
  try {
    const state = JSON.parse(Buffer.from(text ?? "", "base64url").toString()) as {
      readonly question: Readonly<Record<string, unknown>>;
      readonly cursor: string;
    };
    return { ...state.question, ...own, skipToken: state.cursor };
  } catch {
    throw new AppError("invalid_request", "The skip token is not one that this server gave.", {
      field: "skipToken",
    });
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
