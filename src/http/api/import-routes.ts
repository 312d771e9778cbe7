/** Routes of imports: a file is received, tried out, put right record by record, and stored. */
import type { Duplex, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import Type from "typebox";
import {
  CSV_PROPERTIES,
  type CsvMapping,
  IMPORT_BYTES_MAX,
  type ImportChoice,
  type Imports,
  RECORD_STATUSES,
  type RecordStatus,
  type StixObject,
} from "../../manage/index.ts";
import { AppError } from "../../wire/index.ts";
import { IMPORT, nullable, RECORD, RECORD_VIEW, STATUS } from "./import-shapes.ts";
import { actingOf, BASE, guidOf, READ, WRITE } from "./object-call.ts";
import { PAGE_QUERY, pageOf, pageReply, Text } from "./parts.ts";
import { type ApiCall, type ApiRoute, ok, route } from "./route.ts";

/** Records that can be left out one by one: what somebody ticks by hand. */
const WITHOUT_MAX = 10_000;

const MAPPING_LENGTH_MAX = 4_096;

/** The routes. */
export function importRoutes(imports: Imports): readonly ApiRoute[] {
  return [
    ...receivingRoutes(imports),
    ...storingRoutes(imports),
    ...receivedRoutes(imports),
    ...recordRoutes(imports),
  ];
}

function receivingRoutes(imports: Imports): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${BASE}/imports`,
      operationId: "receiveImport",
      summary: "Send a file and learn what is wrong with it; nothing is stored yet.",
      description:
        "STIX JSON (a bundle, an array, objects one after the other) up to 250 MiB, or CSV up to 50 MiB. The file waits for a day to be stored.",
      tag: "Files",
      access: WRITE,
      query: Type.Object({
        source: Text("Source of the objects."),
        format: Type.Optional(Type.Union([Type.Literal("stix"), Type.Literal("csv")])),
        fileName: Type.Optional(Text("For people.")),
        mapping: Type.Optional(
          Type.String({
            maxLength: MAPPING_LENGTH_MAX,
            description: `Only for CSV: JSON of column names by property, an empty name for a property that is not to be read: ${CSV_PROPERTIES.join(", ")}.`,
          }),
        ),
        wait: Type.Optional(
          Type.Boolean({
            description:
              "False: answers when the file is here, and tries it out in the background. True when left out.",
          }),
        ),
      }),
      streamedBody: ["application/json", "application/stix+json", "text/csv"],
      bodyBytesMax: IMPORT_BYTES_MAX.stix + 1,
      replies: { 201: { description: "What was found.", schema: IMPORT } },
      async handle(call) {
        const { source, format = "stix", fileName = "file", mapping } = call.query;
        const order = {
          source,
          format: format as "stix" | "csv",
          fileName,
          ...(mapping === undefined ? {} : { mapping: mappingOf(mapping) }),
        };
        const { wait = true } = call.query;
        return {
          status: 201,
          body: await imports.receive(actingOf(call), order, decoded(call), wait),
        };
      },
    }),
  ];
}

function storingRoutes(imports: Imports): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${BASE}/imports/{importId}/store`,
      operationId: "storeImport",
      summary: "Store what was received: the valid records, or all or nothing.",
      tag: "Files",
      access: WRITE,
      body: Type.Object(
        {
          mode: Type.Union([Type.Literal("valid"), Type.Literal("all")]),
          statuses: Type.Optional(
            Type.Array(STATUS, {
              maxItems: RECORD_STATUSES.length,
              description: "Only records of these; all that can be stored when left out.",
            }),
          ),
          without: Type.Optional(
            Type.Array(Type.Integer({ minimum: 0 }), {
              maxItems: WITHOUT_MAX,
              description: "Places of records that are left out.",
            }),
          ),
          wait: Type.Optional(
            Type.Boolean({ description: "False: stores in the background. True when left out." }),
          ),
        },
        { additionalProperties: false },
      ),
      replies: { 200: { description: "The import.", schema: IMPORT } },
      async handle(call) {
        const { wait = true, ...choice } = call.body;
        const importId = guidOf(call, "importId");
        return ok(await imports.commit(actingOf(call), importId, choice as ImportChoice, wait));
      },
    }),
    route({
      method: "DELETE",
      path: `${BASE}/imports/{importId}`,
      operationId: "discardImport",
      summary: "Throw away what was received and is not wanted; what is stored stays.",
      tag: "Files",
      access: WRITE,
      replies: { 200: { description: "The import.", schema: IMPORT } },
      handle: async (call) => ok(await imports.discard(actingOf(call), guidOf(call, "importId"))),
    }),
  ];
}

function receivedRoutes(imports: Imports): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/imports`,
      operationId: "listImports",
      summary: "Imports of a workspace, without their faults; they are kept for thirty days.",
      tag: "Files",
      access: READ,
      query: Type.Object(PAGE_QUERY),
      replies: { 200: pageReply("A page of imports.", IMPORT) },
      async handle(call) {
        const { limit = 50, cursor } = call.query;
        return ok(pageOf(call, await imports.list(call.workspace.workspaceId, limit, cursor)));
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/imports/{importId}`,
      operationId: "getImport",
      summary: "An import and what is wrong with its records.",
      tag: "Files",
      access: READ,
      replies: { 200: { description: "The import.", schema: IMPORT } },
      handle: async (call) =>
        ok(await imports.get(call.workspace.workspaceId, guidOf(call, "importId"))),
    }),
    ...(["csv", "json"] as const).map((format) =>
      route({
        method: "GET",
        path: `${BASE}/imports/{importId}/errors.${format}`,
        operationId: format === "csv" ? "getImportErrors" : "getImportErrorsAsJson",
        summary:
          format === "csv"
            ? "Everything that is wrong with the records of an import, as a table; for a day."
            : "The invalid records of an import with everything that is wrong with each; for a day.",
        tag: "Files",
        access: READ,
        replies: { 200: { description: "The file.", contentType: ERROR_FILE_TYPES[format] } },
        async handle(call) {
          const { workspaceId } = call.workspace;
          return {
            status: 200,
            stream: await imports.faults(workspaceId, guidOf(call, "importId"), format),
            headers: {
              "content-type": `${ERROR_FILE_TYPES[format]}; charset=utf-8`,
              "content-disposition": `attachment; filename="errors.${format}"`,
            },
          };
        },
      }),
    ),
  ];
}

const ERROR_FILE_TYPES = { csv: "text/csv", json: "application/json" } as const;

function recordRoutes(imports: Imports): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${BASE}/imports/{importId}/records`,
      operationId: "listImportRecords",
      summary: "Records of a file that was tried out: what storing each would do, what is wrong.",
      tag: "Files",
      access: READ,
      query: Type.Object({
        status: Type.Optional(Type.Array(STATUS, { maxItems: RECORD_STATUSES.length })),
        from: Type.Optional(
          Type.Integer({ minimum: 0, description: "Place of the first record; from `next`." }),
        ),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      }),
      replies: {
        200: {
          description: "A page, in the order of the file.",
          schema: Type.Object({
            value: Type.Array(RECORD),
            next: nullable(Type.Integer()),
          }),
        },
      },
      async handle(call) {
        const { status = RECORD_STATUSES, from = 0, limit = 50 } = call.query;
        const { items, next } = await imports.records(
          call.workspace.workspaceId,
          guidOf(call, "importId"),
          { statuses: status as readonly RecordStatus[], from, limit },
        );
        return ok({ value: items, next });
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/imports/{importId}/records/{index}`,
      operationId: "getImportRecord",
      summary: "A record of a file, and what storing it would change.",
      tag: "Files",
      access: READ,
      replies: { 200: { description: "The record.", schema: RECORD_VIEW } },
      handle: async (call) =>
        ok(
          await imports.record(call.workspace.workspaceId, guidOf(call, "importId"), placeOf(call)),
        ),
    }),
    route({
      method: "PUT",
      path: `${BASE}/imports/{importId}/records/{index}`,
      operationId: "fixImportRecord",
      summary: "Write another object in the place of a record, and try it out again.",
      tag: "Files",
      access: WRITE,
      body: Type.Object(
        { object: Type.Record(Type.String(), Type.Unknown()) },
        { additionalProperties: false },
      ),
      replies: { 200: { description: "The record as it is now.", schema: RECORD_VIEW } },
      async handle(call) {
        const importId = guidOf(call, "importId");
        const object = call.body.object as StixObject;
        return ok(await imports.fix(actingOf(call), importId, placeOf(call), object));
      },
    }),
  ];
}

/** The place of a record that the path names. @throws AppError `invalid_request` */
function placeOf({ params }: Pick<ApiCall, "params">): number {
  const { index = "" } = params;
  if (!/^\d{1,9}$/.test(index)) {
    throw new AppError("invalid_request", "index must be the place of a record, from 0.", {
      field: "index",
    });
  }
  return Number(index);
}

/** The body without its compression; what is counted against the limit is what comes out. */
function decoded({ stream, headers }: Pick<ApiCall, "stream" | "headers">): Readable {
  const encoding = (headers["content-encoding"] ?? "identity").toLowerCase();
  const decoder = DECODERS.get(encoding)?.();
  if (encoding !== "identity" && decoder === undefined) {
    throw new AppError("unsupported_encoding", `Content-Encoding '${encoding}' is not supported.`, {
      field: "Content-Encoding",
    });
  }
  if (decoder === undefined) {
    return stream;
  }
  stream.once("error", (error) => decoder.destroy(error));
  return stream.pipe(decoder);
}

const DECODERS: ReadonlyMap<string, () => Duplex> = new Map<string, () => Duplex>([
  ["gzip", () => createGunzip()],
  ["deflate", () => createInflate()],
  ["br", () => createBrotliDecompress()],
]);

function mappingOf(text: string): CsvMapping {
  try {
    const value: unknown = JSON.parse(text);
    const isMapping =
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((column) => typeof column === "string");
    if (isMapping) {
      return value as CsvMapping;
    }
  } catch {
    // Said below.
  }
  throw new AppError("invalid_request", "mapping must be a JSON object of column names.", {
    field: "mapping",
  });
}
