/** Questions of Sentinel's management plane: by clauses, by criteria, everything, and numbers; and their next pages. */
import {
  type ArmResource,
  type Asked,
  armIndicatorOf,
  armObjectOf,
  indicatorQuery,
  type ManageParts,
  objectQuery,
} from "../../manage/index.ts";
import type { SearchHit } from "../../store/index.ts";
import { workspaceScope } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import { BODY, MAIN, REPLY, TAG_HEADING } from "./arm-shapes.ts";
import { READ } from "./object-call.ts";
import { type ApiCall, type ApiReply, type ApiRoute, ok, route } from "./route.ts";

/** Pages of the store that are looked through for one page of an answer. */
const PAGES_LOOKED_AT_MAX = 20;

/** Sources whose objects are counted for the metrics. */
const METRIC_SOURCES_MAX = 20;

/** The routes. */
export function armQueryRoutes(parts: ManageParts): ApiRoute[] {
  return [...questionRoutes(parts), ...listRoutes(parts), ...metricRoutes(parts)];
}

function questionRoutes(parts: ManageParts): ApiRoute[] {
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
  ];
}

function listRoutes(parts: ManageParts): ApiRoute[] {
  const { now } = parts;
  return [
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
  ];
}

function metricRoutes({ store, now }: ManageParts): ApiRoute[] {
  return [
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
