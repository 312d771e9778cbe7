/** Routes of relationships: neighbours, the builder, the graph. */
import Type from "typebox";
import {
  allowedRelationships,
  GRAPH_DEPTH_MAX,
  GRAPH_NODES_MAX,
  type ManageParts,
  type NewRelationship,
  neighbourhood,
  relateObject,
  viewOf,
} from "../../manage/index.ts";
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
import { GRAPH, NEW_RELATIONSHIPS, OBJECT_VIEW } from "./object-schemas.ts";
import { Text } from "./parts.ts";
import { type ApiRoute, ok, route } from "./route.ts";

/** The routes. */
export function relationRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [...neighbourRoutes(parts), ...builderRoutes(parts)];
}

function neighbourRoutes(parts: ManageParts): ApiRoute[] {
  const { store, now } = parts;
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
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/graph`,
      operationId: "getGraph",
      summary: "The neighbourhood of an object, bounded and grouped.",
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
        const nodes = graph.nodes.map(({ version, ...node }) => ({
          ...node,
          view: version === null ? null : viewOf(version, now()),
        }));
        return ok({ ...graph, nodes });
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
  ];
}
