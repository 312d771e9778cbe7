/** Routes of what a page shows first. */
import Type, { type TSchema } from "typebox";
import { changesOf, type ManageParts, overviewOf } from "../../manage/index.ts";
import { BASE, READ } from "./object-call.ts";
import { type ApiRoute, ok, route } from "./route.ts";

const VALUE = Type.Union([Type.String(), Type.Null()]);
const FACET = Type.Array(Type.Object({ value: VALUE, count: Type.Integer() }));
const COUNT = {
  count: Type.Integer(),
  exact: Type.Boolean({ description: "False: there are at least so many." }),
};
const COUNTS = Type.Array(Type.Object({ value: VALUE, ...COUNT }));

const FIGURES = {
  requests: Type.Integer(),
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  throttled: Type.Integer(),
};

const INTAKE: TSchema = Type.Object({
  since: Type.String(),
  complete: Type.Boolean({ description: "False: the figures begin at `since`, not a day ago." }),
  day: Type.Object(FIGURES),
  hours: Type.Array(Type.Object({ from: Type.String(), ...FIGURES })),
  faults: Type.Array(Type.Unknown(), {
    description: "Receipts of the newest requests with something rejected or refused.",
  }),
  throttled: Type.Array(
    Type.Object({ appId: Type.String(), times: Type.Integer(), lastAt: Type.String() }),
  ),
  lastSent: Type.Array(Type.Object({ source: Type.String(), at: Type.String() }), {
    description: "Who is missing has sent nothing since `lookedSince`.",
  }),
  lookedSince: Type.String(),
});

/** The routes. */
export function overviewRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/overview`,
      operationId: "getOverview",
      summary: "What there is, by type, source and TLP, and what came in a day, hour by hour.",
      tag: "Overview",
      access: READ,
      replies: {
        200: {
          description: "The overview.",
          schema: Type.Object({
            at: Type.String(),
            total: Type.Integer(),
            types: FACET,
            sources: FACET,
            tlps: FACET,
            intake: INTAKE,
          }),
        },
      },
      handle: async ({ workspace }) => ok(await overviewOf(parts, workspace.workspaceId)),
    }),
    route({
      method: "GET",
      path: `${BASE}/overview/changes`,
      operationId: "getChanges",
      summary:
        "What changed in a day, by type, source and TLP, what is active, and what ends soon.",
      tag: "Overview",
      access: READ,
      replies: {
        200: {
          description: "The changes, since an instant; `ending`: valid until before `until`.",
          schema: Type.Object({
            since: Type.String(),
            until: Type.String(),
            changed: Type.Object(COUNT),
            active: Type.Object(COUNT),
            ending: Type.Object(COUNT),
            types: COUNTS,
            sources: COUNTS,
            tlps: COUNTS,
          }),
        },
      },
      handle: async ({ workspace }) => ok(await changesOf(parts, workspace.workspaceId)),
    }),
  ];
}
