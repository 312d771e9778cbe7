/** Routes of relationships: neighbours, the builder, the graph and the ways through it. */
import Type from "typebox";
import {
  GRAPH_DEPTH_MAX,
  GRAPH_NODES_MAX,
  type GraphNode,
  groupMembers,
  type ManageParts,
  makeableTypes,
  type NewRelationship,
  neighbourhood,
  type ObjectView,
  PATH_STEPS_DEFAULT,
  PATH_STEPS_MAX,
  relateObject,
  storedPath,
  viewOf,
} from "../../manage/index.ts";
import { allowedRelationships } from "../../stix/index.ts";
import {
  actingOf,
  BASE,
  CURSOR_LENGTH_MAX,
  keyOf,
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  READ,
  WRITE,
} from "./object-call.ts";
import {
  GRAPH,
  GROUP_PAGE,
  GROUP_QUERY,
  NEW_RELATIONSHIPS,
  OBJECT_VIEW,
  PATH,
} from "./object-schemas.ts";
import { Text } from "./parts.ts";
import { type ApiRoute, ok, route } from "./route.ts";

/** The routes. */
export function relationRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [...neighbourRoutes(parts), ...graphRoutes(parts), ...builderRoutes(parts)];
}

function neighbourRoutes({ store, now }: ManageParts): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/related`,
      operationId: "listRelated",
      summary: "Objects that refer to an object, or that it refers to.",
      tag: "Relationships",
      access: READ,
      query: Type.Object({
        direction: Type.Union([Type.Literal("incoming"), Type.Literal("outgoing")]),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX })),
        cursor: Type.Optional(Type.String({ maxLength: CURSOR_LENGTH_MAX })),
      }),
      replies: {
        200: {
          description: "A page.",
          schema: Type.Object({
            value: Type.Array(
              Type.Object({
                property: Type.String(),
                stixId: Type.String(),
                view: Type.Union([OBJECT_VIEW, Type.Null()]),
              }),
            ),
            cursor: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      async handle(call) {
        const { workspaceId, stixId } = keyOf(call);
        const { limit = PAGE_ITEMS_DEFAULT, ...rest } = call.query;
        const page = await store.relatedObjects({ ...rest, workspaceId, stixId, limit });
        const value = page.items.map(({ property, stixId: other, object }) => ({
          property,
          stixId: other,
          view: object === null ? null : viewOf(object, now()),
        }));
        return ok({ value, cursor: page.next });
      },
    }),
  ];
}

function graphRoutes(parts: ManageParts): ApiRoute[] {
  const shown = (nodes: readonly GraphNode[]): readonly object[] =>
    nodes.map(({ version, ...node }): object & { view: ObjectView | null } => ({
      ...node,
      view: version === null ? null : viewOf(version, parts.now()),
    }));
  return [
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/graph`,
      operationId: "getGraph",
      summary: "The neighbourhood of an object, bounded and grouped.",
      description:
        "Authors and markings are part of it; the walk does not go on through them, since they join everything.",
      tag: "Relationships",
      access: READ,
      query: Type.Object({
        depth: Type.Optional(Type.Integer({ minimum: 1, maximum: GRAPH_DEPTH_MAX })),
        nodes: Type.Optional(Type.Integer({ minimum: 1, maximum: GRAPH_NODES_MAX })),
      }),
      replies: { 200: { description: "The neighbourhood.", schema: GRAPH } },
      async handle(call) {
        const { workspaceId, stixId } = keyOf(call);
        const { depth = 1, nodes: nodesMax = GRAPH_NODES_MAX } = call.query;
        const graph = await neighbourhood(parts, { workspaceId, stixId, depth, nodesMax });
        return ok({ ...graph, nodes: shown(graph.nodes) });
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/graph/members`,
      operationId: "listGraphMembers",
      summary: "Alike neighbours of an object, page by page: what a group of the graph stands for.",
      tag: "Relationships",
      access: READ,
      query: GROUP_QUERY,
      replies: { 200: { description: "A page.", schema: GROUP_PAGE } },
      async handle(call) {
        const { workspaceId, stixId: of } = keyOf(call);
        const page = await groupMembers(parts, { ...call.query, workspaceId, of });
        return ok({ ...page, nodes: shown(page.nodes) });
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/path`,
      operationId: "findPath",
      summary: "The shortest way from an object to another through everything that is stored.",
      description:
        "Whichever way the relations point. Authors and markings count only where they are an end.",
      tag: "Relationships",
      access: READ,
      query: Type.Object({
        to: Text("STIX id of the other end."),
        steps: Type.Optional(Type.Integer({ minimum: 1, maximum: PATH_STEPS_MAX })),
      }),
      replies: { 200: { description: "The way.", schema: PATH } },
      async handle(call) {
        const { workspaceId, stixId: from } = keyOf(call);
        const { to, steps: stepsMax = PATH_STEPS_DEFAULT } = call.query;
        const path = await storedPath(parts, { workspaceId, from, to, stepsMax });
        return ok({ ...path, nodes: shown(path.nodes) });
      },
    }),
  ];
}

function builderRoutes(parts: ManageParts): ApiRoute[] {
  const { now } = parts;
  return [
    route({
      method: "POST",
      path: `${BASE}/objects/{id}/relationships`,
      operationId: "relateObject",
      summary: "Make up to twenty relationships of an object, all or none.",
      tag: "Relationships",
      access: WRITE,
      body: NEW_RELATIONSHIPS,
      replies: { 201: { description: "The relationships.", schema: Type.Array(OBJECT_VIEW) } },
      async handle(call) {
        const { relationships } = call.body as { relationships: readonly NewRelationship[] };
        const made = await relateObject(parts, actingOf(call), { key: keyOf(call), relationships });
        return { status: 201, body: made.map((version) => viewOf(version, now())) };
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/relationship-types`,
      operationId: "listRelationshipTypes",
      summary: "Relationship types that the standard allows between two types of objects.",
      tag: "Relationships",
      access: READ,
      query: Type.Object({
        source: Text("Type of the source."),
        target: Text("Type of the target."),
      }),
      replies: { 200: { description: "The types.", schema: Type.Array(Type.String()) } },
      handle: async ({ query }) => ok(allowedRelationships(query.source, query.target)),
    }),
    route({
      method: "GET",
      path: `${BASE}/object-types`,
      operationId: "listObjectTypes",
      summary: "Types of objects that can be made by hand on this server.",
      tag: "Objects",
      access: READ,
      replies: { 200: { description: "The types.", schema: Type.Array(Type.String()) } },
      handle: async () => ok(makeableTypes(parts)),
    }),
  ];
}
