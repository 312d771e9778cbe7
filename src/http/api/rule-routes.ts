/** Routes of ingestion rules. */
import Type from "typebox";
import type { IngestionRule } from "../../ingest/index.ts";
import type { Rules } from "../../manage/index.ts";
import { actingOf, BASE, READ, WRITE } from "./object-call.ts";
import { ACTIONS, CONDITION, DIFFERENCES } from "./object-schemas.ts";
import { Text } from "./parts.ts";
import { type ApiRoute, ifMatchOf, NO_CONTENT, ok, route } from "./route.ts";

const PROPERTIES = {
  order: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower numbers first." }),
  condition: Type.Optional(CONDITION),
  actions: Type.Optional(ACTIONS),
  drop: Type.Optional(Type.Boolean({ description: "Do not store records that match." })),
};

const RULE = Type.Object({
  name: Type.String(),
  enabled: Type.Boolean(),
  ...PROPERTIES,
  etag: Type.Integer(),
  updatedAt: Type.String(),
});

/** A server keeps no more rules in a workspace. */
const RULES_MAX = 100;

const EFFECTS = Type.Object({
  since: Type.Union([Type.String(), Type.Null()], {
    description: "When the oldest request that was looked at came.",
  }),
  requests: Type.Integer({ description: "Requests that were looked at." }),
  rules: Type.Array(
    Type.Object({
      name: Type.String(),
      changed: Type.Integer({ description: "Records that it has changed." }),
      dropped: Type.Integer(),
      leftOut: Type.Integer({ description: "Records that it would have made invalid." }),
      lastAt: Type.Union([Type.String(), Type.Null()]),
      examples: Type.Array(
        Type.Object({
          requestId: Type.String(),
          stixId: Type.Union([Type.String(), Type.Null()]),
          what: Type.String(),
        }),
      ),
    }),
  ),
});

const closed = { additionalProperties: false } as const;

/** The routes. */
export function ruleRoutes(rules: Rules): readonly ApiRoute[] {
  return [...keptRoutes(rules), ...triedRoutes(rules)];
}

function keptRoutes(rules: Rules): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/rules`,
      operationId: "listRules",
      summary: "Ingestion rules in the order in which they are applied.",
      tag: "Rules",
      access: READ,
      replies: { 200: { description: "The rules.", schema: Type.Array(RULE) } },
      handle: async ({ workspace }) => ok(await rules.list(workspace.workspaceId)),
    }),
    route({
      method: "PUT",
      path: `${BASE}/rules/{name}`,
      operationId: "saveRule",
      summary: "Save an ingestion rule; uploads and imports meet it within a second.",
      tag: "Rules",
      access: WRITE,
      body: Type.Object({ enabled: Type.Boolean(), ...PROPERTIES }, closed),
      replies: { 200: { description: "The rule.", schema: RULE } },
      async handle(call) {
        const name = call.params["name"] ?? "";
        const rule = { actions: [], ...call.body, name } as unknown as IngestionRule;
        const saved = await rules.save(actingOf(call), rule, ifMatchOf(call.headers));
        return ok(saved, { etag: `"${saved.etag}"` });
      },
    }),
    route({
      method: "DELETE",
      path: `${BASE}/rules/{name}`,
      operationId: "removeRule",
      summary: "Remove an ingestion rule.",
      tag: "Rules",
      access: WRITE,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        await rules.remove(actingOf(call), call.params["name"] ?? "", ifMatchOf(call.headers));
        return NO_CONTENT;
      },
    }),
    route({
      method: "POST",
      path: `${BASE}/rules/order`,
      operationId: "orderRules",
      summary: "Put the ingestion rules in another order.",
      tag: "Rules",
      access: WRITE,
      body: Type.Object(
        {
          names: Type.Array(Text("Name of a rule."), {
            maxItems: RULES_MAX,
            description: "Of all rules, the first to be applied first.",
          }),
        },
        closed,
      ),
      replies: { 200: { description: "The rules.", schema: Type.Array(RULE) } },
      handle: async (call) => ok(await rules.reorder(actingOf(call), call.body.names)),
    }),
  ];
}

function triedRoutes(rules: Rules): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/rules/effects`,
      operationId: "listRuleEffects",
      summary: "What the ingestion rules did lately.",
      description: "Told from the receipts of the newest requests: no more than 200.",
      tag: "Rules",
      access: READ,
      replies: { 200: { description: "What they did.", schema: EFFECTS } },
      handle: async ({ workspace }) => ok(await rules.effects(workspace.workspaceId)),
    }),
    route({
      method: "POST",
      path: `${BASE}/rules/test`,
      operationId: "testRule",
      summary: "What a rule would have done to the newest objects; nothing is changed.",
      tag: "Rules",
      access: READ,
      query: Type.Object({
        items: Type.Optional(
          Type.Integer({ minimum: 1, maximum: 1_000, description: "Objects to look at; 1,000." }),
        ),
      }),
      body: Type.Object(PROPERTIES, closed),
      replies: {
        200: {
          description: "The trial.",
          schema: Type.Object({
            tested: Type.Integer(),
            changed: Type.Integer(),
            dropped: Type.Integer(),
            samples: Type.Array(
              Type.Object({
                id: Type.String(),
                stixId: Type.String(),
                type: Type.String(),
                title: Type.String(),
                dropped: Type.Boolean(),
                remarks: Type.Array(Type.String()),
                changes: DIFFERENCES,
              }),
            ),
          }),
        },
      },
      async handle({ workspace, query, body }) {
        const rule = { actions: [], ...body, name: "test" } as unknown as IngestionRule;
        return ok(await rules.test(workspace.workspaceId, rule, query.items));
      },
    }),
  ];
}
