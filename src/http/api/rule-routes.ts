/** Routes of ingestion rules. */
import Type from "typebox";
import type { IngestionRule } from "../../ingest/index.ts";
import type { Rules } from "../../manage/index.ts";
import { actingOf, BASE, READ, WRITE } from "./object-call.ts";
import { ACTIONS, CONDITION } from "./object-schemas.ts";
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

const closed = { additionalProperties: false } as const;

/** The routes. */
export function ruleRoutes(rules: Rules): readonly ApiRoute[] {
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
      path: `${BASE}/rules/test`,
      operationId: "testRule",
      summary: "What a rule would have done to the newest thousand objects; nothing is changed.",
      tag: "Rules",
      access: READ,
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
                dropped: Type.Boolean(),
                remarks: Type.Array(Type.String()),
              }),
            ),
          }),
        },
      },
      async handle({ workspace, body }) {
        const rule = { actions: [], ...body, name: "test" } as unknown as IngestionRule;
        return ok(await rules.test(workspace.workspaceId, rule));
      },
    }),
  ];
}
