/** Routes of what connectors send: activity, rejected records, sending them again. */
import Type from "typebox";
import {
  activitySince,
  type ManageParts,
  rejectedRecords,
  replayRejected,
  type StixObject,
} from "../../manage/index.ts";
import { actingOf, BASE, CURSOR_LENGTH_MAX, guidOf, READ, WRITE } from "./object-call.ts";
import { type ApiRoute, ok, route } from "./route.ts";

const HOURS_DEFAULT = 24;
const MS_PER_HOUR = 3_600_000;

const nullable = (schema: Parameters<typeof Type.Union>[0][number]) =>
  Type.Union([schema, Type.Null()]);

const ACTIVITY = Type.Object({
  since: Type.String(),
  complete: Type.Boolean({ description: "False: it begins later than asked for." }),
  applications: Type.Array(
    Type.Object({
      appId: Type.String(),
      objectId: Type.String(),
      source: nullable(Type.String()),
      userAgent: Type.String(),
      requests: Type.Integer(),
      throttled: Type.Integer(),
      refused: Type.Integer(),
      records: Type.Integer(),
      accepted: Type.Integer(),
      rejected: Type.Integer(),
      firstAt: Type.String(),
      lastAt: Type.String(),
      loop: nullable(
        Type.Object(
          {
            times: Type.Integer(),
            since: Type.String(),
            until: Type.String(),
            requestId: Type.String(),
          },
          { description: "The same batch again and again, without effect." },
        ),
      ),
    }),
  ),
});

const FINDINGS = Type.Array(
  Type.Object({ rule: Type.String(), path: Type.String(), message: Type.String() }),
);

/** The routes. */
export function ingestionRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [...sendingRoutes(parts), ...replayRoutes(parts)];
}

function sendingRoutes(parts: ManageParts): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/activity`,
      operationId: "getActivity",
      summary:
        "Which application has sent what, how much was rejected and throttled, and what goes in circles.",
      tag: "Ingestion",
      access: READ,
      query: Type.Object({
        hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720 })),
      }),
      replies: { 200: { description: "The activity.", schema: ACTIVITY } },
      async handle({ workspace, query }) {
        const ms = (query.hours ?? HOURS_DEFAULT) * MS_PER_HOUR;
        const since = new Date(parts.now().getTime() - ms);
        return ok(await activitySince(parts, workspace.workspaceId, since));
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/quarantine`,
      operationId: "listRejected",
      summary: "Rejected records that are still kept, with the reasons.",
      tag: "Ingestion",
      access: READ,
      query: Type.Object({
        cursor: Type.Optional(Type.String({ maxLength: CURSOR_LENGTH_MAX })),
      }),
      replies: {
        200: {
          description:
            "A page: first of requests that were accepted in part, then of those rejected whole.",
          schema: Type.Object({
            value: Type.Array(
              Type.Object({
                requestId: Type.String(),
                receivedAt: Type.String(),
                source: nullable(Type.String()),
                appId: Type.String(),
                recordIndex: Type.Integer(),
                stixId: nullable(Type.String()),
                errors: FINDINGS,
                warnings: FINDINGS,
                payload: Type.Unknown(),
              }),
            ),
            cursor: nullable(Type.String()),
          }),
        },
      },
      async handle({ workspace, query }) {
        const page = await rejectedRecords(parts, workspace.workspaceId, query.cursor);
        return ok({ value: page.items, cursor: page.next });
      },
    }),
  ];
}

function replayRoutes(parts: ManageParts): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${BASE}/requests/{requestId}/replay`,
      operationId: "replayRejected",
      summary: "Send rejected records of a request again, as they are or put right.",
      tag: "Ingestion",
      access: WRITE,
      body: Type.Object(
        {
          records: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  recordIndex: Type.Integer({ minimum: 0 }),
                  object: Type.Optional(
                    Type.Record(Type.String(), Type.Unknown(), {
                      description: "The record put right; as it was when left out.",
                    }),
                  ),
                },
                { additionalProperties: false },
              ),
              { minItems: 1, maxItems: 1_000, description: "All of them when left out." },
            ),
          ),
        },
        { additionalProperties: false },
      ),
      replies: {
        200: {
          description: "What became of them.",
          schema: Type.Object({
            requestId: Type.String(),
            stored: Type.Integer(),
            rejected: Type.Array(
              Type.Object({
                recordIndex: Type.Integer(),
                errorMessages: Type.Array(Type.String()),
              }),
            ),
          }),
        },
      },
      async handle(call) {
        const { records } = call.body;
        const fixed = new Map(
          (records ?? []).flatMap(({ recordIndex, object }) =>
            object === undefined ? [] : [[recordIndex, object as StixObject] as const],
          ),
        );
        const recordIndexes = records?.map(({ recordIndex }) => recordIndex);
        const result = await replayRejected(parts, actingOf(call), {
          requestId: guidOf(call, "requestId"),
          fixed,
          ...(recordIndexes === undefined ? {} : { recordIndexes }),
        });
        return ok(result);
      },
    }),
  ];
}
