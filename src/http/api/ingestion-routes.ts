/** Routes of what connectors send: activity, rejected records, sending them again. */
import Type from "typebox";
import {
  type Activity,
  type ActivityReport,
  type ActivityStep,
  activitySince,
  dismissRejected,
  type ManageParts,
  type QuarantineQuery,
  type RecentReceipts,
  rejectedRecords,
  replayRejected,
  type StixObject,
  type TurnedAway,
  type TurnedAwayLog,
} from "../../manage/index.ts";
import type { ReceiptCaller } from "../../wire/index.ts";
import { nullable } from "./import-shapes.ts";
import { actingOf, BASE, CURSOR_LENGTH_MAX, guidOf, READ, WRITE } from "./object-call.ts";
import { requestRoutes } from "./request-routes.ts";
import { type ApiRoute, ok, route } from "./route.ts";

const HOURS_DEFAULT = 24;
const MS_PER_SECOND = 1_000;
const MS_PER_HOUR = 3_600_000;
const SOURCE_LENGTH_MAX = 256;

const OUTCOMES = {
  accepted: Type.Integer(),
  partly: Type.Integer(),
  rejected: Type.Integer(),
  empty: Type.Integer({ description: "Without a record, or deletions." }),
  throttled: Type.Integer(),
  refused: Type.Integer(),
};

const GAUGE = Type.Object(
  {
    limit: Type.Integer({ description: "Requests a minute." }),
    used: Type.Integer(),
    resetsInSeconds: Type.Integer({ description: "Until the next minute may begin." }),
  },
  { description: "How much of its limit the application has used in this minute." },
);

const ACTIVITY = Type.Object({
  since: Type.String(),
  complete: Type.Boolean({ description: "False: it begins later than asked for." }),
  stepSeconds: Type.Integer(),
  steps: Type.Array(
    Type.Object({
      from: Type.String(),
      ...OUTCOMES,
      turnedAway: Type.Integer({ description: "Not let in: no valid token, or no role." }),
    }),
    { description: "Requests by what became of them, the oldest step first." },
  ),
  applications: Type.Array(
    Type.Object({
      appId: Type.String(),
      objectId: Type.String(),
      name: nullable(Type.String({ description: "As it is registered here." })),
      source: nullable(Type.String()),
      userAgent: Type.String(),
      requests: Type.Integer(),
      outcomes: Type.Object(OUTCOMES),
      throttled: Type.Integer(),
      refused: Type.Integer(),
      records: Type.Integer(),
      accepted: Type.Integer(),
      rejected: Type.Integer(),
      firstAt: Type.String(),
      lastAt: Type.String(),
      throttle: nullable(GAUGE),
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
  turnedAway: Type.Array(
    Type.Object({
      at: Type.String(),
      code: Type.String(),
      message: Type.String(),
      appId: nullable(Type.String()),
      userAgent: Type.String(),
    }),
    { description: "Requests that were not let in, as far as this server remembers them." },
  ),
});

const SETTLEMENT = Type.Object(
  {
    how: Type.Union([Type.Literal("stored"), Type.Literal("dismissed")]),
    requestId: nullable(Type.String({ description: "Request that stored it." })),
    at: Type.String(),
    by: Type.String(),
  },
  { description: "What somebody did about it." },
);

/** What the routes need of others. */
export interface IngestionParts {
  readonly manage: ManageParts;
  readonly recent: RecentReceipts;
  readonly turnedAway: TurnedAwayLog;
  /** Null where nothing is throttled. */
  readonly gaugeOf: (caller: ReceiptCaller) => Promise<ThrottleGauge | null>;
  /** The name of a registered application. */
  readonly nameOf: (caller: ReceiptCaller) => Promise<string | null>;
}

/** How much of its limit an application has used. */
export interface ThrottleGauge {
  readonly limit: number;
  readonly used: number;
  readonly resetsInSeconds: number;
}

const FINDINGS = Type.Array(
  Type.Object({ rule: Type.String(), path: Type.String(), message: Type.String() }),
);

/** The routes. */
export function ingestionRoutes(parts: IngestionParts): readonly ApiRoute[] {
  return [
    activityRoute(parts),
    ...quarantineRoutes(parts.manage),
    dismissRoute(parts.manage),
    ...replayRoutes(parts.manage),
    ...requestRoutes(parts.manage),
  ];
}

const SENDER_QUERY = {
  appId: Type.Optional(Type.String({ maxLength: 64 })),
  source: Type.Optional(Type.String({ maxLength: SOURCE_LENGTH_MAX })),
};

function activityRoute(parts: IngestionParts): ApiRoute {
  return route({
    method: "GET",
    path: `${BASE}/activity`,
    operationId: "getActivity",
    summary:
      "Which application has sent what, how much was rejected and throttled, and what goes in circles.",
    tag: "Ingestion",
    access: READ,
    query: Type.Object({
      hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720 })),
      ...SENDER_QUERY,
    }),
    replies: { 200: { description: "The activity.", schema: ACTIVITY } },
    async handle({ workspace: { workspaceId }, query }) {
      const { hours = HOURS_DEFAULT, ...sender } = query;
      const since = new Date(parts.manage.now().getTime() - hours * MS_PER_HOUR);
      const report = await activitySince(parts.manage, parts.recent, {
        ...{ workspaceId, since },
        ...sender,
      });
      const turnedAway = parts.turnedAway
        .since(workspaceId, report.since)
        .filter(({ appId }) => sender.appId === undefined || appId === sender.appId)
        .filter(() => sender.source === undefined);
      return ok({
        ...report,
        steps: withTurnedAway(report, turnedAway),
        applications: await Promise.all(report.applications.map((each) => named(parts, each))),
        turnedAway: turnedAway.slice(0, TURNED_AWAY_SHOWN_MAX),
      });
    },
  });
}

/** The figures count them all; the list is for looking at the last ones. */
const TURNED_AWAY_SHOWN_MAX = 50;

function withTurnedAway(
  { steps, stepSeconds }: ActivityReport,
  turnedAway: readonly TurnedAway[],
): readonly (ActivityStep & { readonly turnedAway: number })[] {
  return steps.map((step) => {
    const start = Date.parse(step.from);
    const inStep = turnedAway.filter(({ at }) => {
      const offset = Date.parse(at) - start;
      return offset >= 0 && offset < stepSeconds * MS_PER_SECOND;
    });
    return { ...step, turnedAway: inStep.length };
  });
}

async function named(parts: IngestionParts, activity: Activity): Promise<object> {
  const { caller, ...shown } = activity;
  const [name, throttle] = await Promise.all([parts.nameOf(caller), parts.gaugeOf(caller)]);
  return { ...shown, name, throttle };
}

function quarantineRoutes(parts: ManageParts): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/quarantine`,
      operationId: "listRejected",
      summary: "Rejected records that are still kept, with the reasons.",
      tag: "Ingestion",
      access: READ,
      query: Type.Object({
        settled: Type.Optional(
          Type.Union([Type.Literal("without"), Type.Literal("with"), Type.Literal("only")], {
            description: "Records that somebody has seen to: left out, included, or alone.",
          }),
        ),
        ...SENDER_QUERY,
        cursor: Type.Optional(Type.String({ maxLength: CURSOR_LENGTH_MAX })),
      }),
      replies: {
        200: {
          description:
            "A page, newest request first. It may be empty and have a next one: then there was much to look through.",
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
                settled: nullable(SETTLEMENT),
              }),
            ),
            cursor: nullable(Type.String()),
          }),
        },
      },
      async handle({ workspace, query }) {
        const { workspaceId } = workspace;
        const page = await rejectedRecords(parts, { ...query, workspaceId } as QuarantineQuery);
        return ok({ value: page.items, cursor: page.next });
      },
    }),
  ];
}

function dismissRoute(parts: ManageParts): ApiRoute {
  return route({
    method: "POST",
    path: `${BASE}/quarantine/dismiss`,
    operationId: "dismissRejected",
    summary: "Take rejected records off the list of those to look at, or put them back.",
    tag: "Ingestion",
    access: WRITE,
    body: Type.Object(
      {
        records: Type.Array(
          Type.Object(
            {
              requestId: Type.String({ format: "uuid" }),
              recordIndexes: Type.Optional(
                Type.Array(Type.Integer({ minimum: 0 }), {
                  minItems: 1,
                  maxItems: 1_000,
                  description: "All of the request when left out.",
                }),
              ),
            },
            { additionalProperties: false },
          ),
          { minItems: 1, maxItems: 1_000 },
        ),
        undo: Type.Optional(Type.Boolean({ description: "True puts them back." })),
      },
      { additionalProperties: false },
    ),
    replies: {
      200: {
        description: "How many records it was.",
        schema: Type.Object({ changed: Type.Integer() }),
      },
    },
    async handle(call) {
      const { records, undo = false } = call.body;
      let changed = 0;
      for (const { requestId, recordIndexes } of records) {
        changed += await dismissRejected(parts, actingOf(call), {
          requestId: requestId.toLowerCase(),
          undo,
          ...(recordIndexes === undefined ? {} : { recordIndexes }),
        });
      }
      return ok({ changed });
    },
  });
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
              {
                minItems: 1,
                maxItems: 1_000,
                description: "All that are not settled when left out.",
              },
            ),
          ),
        },
        { additionalProperties: false },
      ),
      replies: {
        200: {
          description: "What became of them.",
          schema: Type.Object({
            requestId: nullable(
              Type.String({
                description: "Null when nothing was stored: then there is no receipt.",
              }),
            ),
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
