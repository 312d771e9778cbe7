/** Routes of the records of a request: each as it was received, with what became of it. */
import { Readable } from "node:stream";
import Type from "typebox";
import { type ManageParts, requestBody, requestRecords, requestTable } from "../../manage/index.ts";
import { nullable } from "./import-shapes.ts";
import { BASE, guidOf, READ } from "./object-call.ts";
import { type ApiRoute, ok, route } from "./route.ts";

const FINDINGS = Type.Array(
  Type.Object({ rule: Type.String(), path: Type.String(), message: Type.String() }),
);

const FATES = ["new", "changed", "unchanged", "stored", "rejected", "pending"] as const;

const RECORD = Type.Object({
  recordIndex: Type.Integer(),
  fate: Type.Union(FATES.map((fate) => Type.Literal(fate))),
  stixId: nullable(Type.String()),
  objectId: nullable(Type.String({ description: "Of the object, where it is stored." })),
  errors: FINDINGS,
  warnings: FINDINGS,
  settled: Type.Unknown({ description: "What somebody did about a rejected record." }),
  text: Type.String({
    description: "Exactly as received; as stored where an ingestion rule changed it.",
  }),
});

/** The routes. */
export function requestRoutes(parts: ManageParts): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/requests/{requestId}/records`,
      operationId: "listRequestRecords",
      summary: "The records of a request as they were received, each with what became of it.",
      tag: "Ingestion",
      access: READ,
      query: Type.Object({
        only: Type.Optional(Type.Union([Type.Literal("accepted"), Type.Literal("rejected")])),
        from: Type.Optional(Type.Integer({ minimum: 0, description: "From `next`." })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      }),
      replies: {
        200: {
          description: "A page, in the order of the request.",
          schema: Type.Object({ value: Type.Array(RECORD), next: nullable(Type.Integer()) }),
        },
      },
      async handle(call) {
        const { only, from = 0, limit = 100 } = call.query;
        const page = await requestRecords(parts, call.workspace.workspaceId, {
          ...{ requestId: guidOf(call, "requestId"), from, limit },
          ...(only === undefined ? {} : { only: only as "accepted" | "rejected" }),
        });
        return ok({ value: page.items, next: page.next });
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/requests/{requestId}/records.csv`,
      operationId: "getRequestTable",
      summary: "Every record of a request with what became of it, as a table.",
      tag: "Ingestion",
      access: READ,
      replies: { 200: { description: "The table.", contentType: "text/csv" } },
      async handle(call) {
        const requestId = guidOf(call, "requestId");
        const { workspaceId } = call.workspace;
        // Asked for once before the answer begins, so that a request that isn't known is refused.
        await requestRecords(parts, workspaceId, { requestId, from: 0, limit: 1 });
        return {
          status: 200,
          stream: Readable.from(requestTable(parts, workspaceId, requestId)),
          headers: {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": `attachment; filename="request-${requestId}.csv"`,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/requests/{requestId}/body`,
      operationId: "getRequestBody",
      summary: "The body of a request, put together again from its records.",
      description:
        "The text of every record is exactly what was received; the spaces between them, and members of the body beside the source and the records, are not kept.",
      tag: "Ingestion",
      access: READ,
      replies: { 200: { description: "The body.", contentType: "application/json" } },
      async handle(call) {
        const requestId = guidOf(call, "requestId");
        return {
          status: 200,
          stream: await requestBody(parts, call.workspace.workspaceId, requestId),
          headers: {
            "content-type": "application/json; charset=utf-8",
            "content-disposition": `attachment; filename="request-${requestId}.json"`,
          },
        };
      },
    }),
  ];
}
