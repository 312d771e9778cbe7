/** Routes of files: imports, tried out before they are stored, and exports of any search. */
import { type Duplex, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import Type from "typebox";
import {
  CSV_PROPERTIES,
  type CsvMapping,
  exportText,
  IMPORT_BYTES_MAX,
  type Imports,
  type ManageParts,
} from "../../manage/index.ts";
import type { SearchCondition } from "../../store/index.ts";
import { AppError } from "../../wire/index.ts";
import { actingOf, BASE, guidOf, READ, WRITE } from "./object-call.ts";
import { CONDITION } from "./object-schemas.ts";
import { PAGE_QUERY, pageOf, pageReply, Text } from "./parts.ts";
import { type ApiCall, type ApiRoute, ok, route } from "./route.ts";

const FAULT = Type.Object({
  index: Type.Integer(),
  line: Type.Union([Type.Integer(), Type.Null()]),
  stixId: Type.Union([Type.String(), Type.Null()]),
  pointer: Type.String(),
  message: Type.String(),
});

const IMPORT = Type.Object({
  importId: Type.String(),
  workspaceId: Type.String(),
  order: Type.Unknown(),
  state: Type.Union(
    ["checking", "checked", "storing", "done", "failed"].map((state) => Type.Literal(state)),
  ),
  bytes: Type.Integer(),
  total: Type.Integer(),
  valid: Type.Integer(),
  invalid: Type.Integer(),
  warned: Type.Integer(),
  stored: Type.Integer(),
  faults: Type.Array(FAULT, { description: "The first thousand." }),
  reason: Type.Union([Type.String(), Type.Null()]),
  orderedBy: Type.Object({ id: Type.String(), name: Type.String() }),
  orderedAt: Type.String(),
  finishedAt: Type.Union([Type.String(), Type.Null()]),
});

const MAPPING_LENGTH_MAX = 4_096;

/** The routes. */
export function fileRoutes(parts: ManageParts, imports: Imports): readonly ApiRoute[] {
  return [
    ...importRoutes(imports),
    ...receivedRoutes(imports),
    route({
      method: "POST",
      path: `${BASE}/objects/export`,
      operationId: "exportObjects",
      summary: "All objects that a condition holds for, as a STIX bundle or a table.",
      tag: "Files",
      access: READ,
      body: Type.Object(
        {
          condition: Type.Optional(CONDITION),
          format: Type.Optional(Type.Union([Type.Literal("stix"), Type.Literal("csv")])),
        },
        { additionalProperties: false },
      ),
      replies: { 200: { description: "The file.", contentType: "application/stix+json" } },
      async handle(call) {
        const { workspaceId } = call.workspace;
        const { condition, format = "stix" } = call.body as {
          condition?: SearchCondition;
          format?: "stix" | "csv";
        };
        const query = { workspaceId, format, ...(condition === undefined ? {} : { condition }) };
        const [type, extension] =
          format === "csv"
            ? ["text/csv; charset=utf-8", "csv"]
            : ["application/stix+json; charset=utf-8", "json"];
        return {
          status: 200,
          stream: Readable.from(exportText(parts.store, query, call.signal)),
          headers: {
            "content-type": type,
            "content-disposition": `attachment; filename="intelligence.${extension}"`,
          },
        };
      },
    }),
  ];
}

function importRoutes(imports: Imports): ApiRoute[] {
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
            description: `Only for CSV: JSON of column names by property: ${CSV_PROPERTIES.join(", ")}.`,
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
        return { status: 201, body: await imports.receive(actingOf(call), order, decoded(call)) };
      },
    }),
    route({
      method: "POST",
      path: `${BASE}/imports/{importId}/store`,
      operationId: "storeImport",
      summary: "Store what was received: the valid records, or all or nothing.",
      tag: "Files",
      access: WRITE,
      body: Type.Object(
        { mode: Type.Union([Type.Literal("valid"), Type.Literal("all")]) },
        { additionalProperties: false },
      ),
      replies: { 200: { description: "The import.", schema: IMPORT } },
      handle: async (call) =>
        ok(
          await imports.commit(
            actingOf(call),
            guidOf(call, "importId"),
            call.body.mode as "valid" | "all",
          ),
        ),
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
    route({
      method: "GET",
      path: `${BASE}/imports/{importId}/errors.csv`,
      operationId: "getImportErrors",
      summary: "Everything that is wrong with the records of an import, as a table.",
      tag: "Files",
      access: READ,
      replies: { 200: { description: "The table.", contentType: "text/csv" } },
      async handle(call) {
        return {
          status: 200,
          stream: await imports.faults(call.workspace.workspaceId, guidOf(call, "importId")),
          headers: {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": 'attachment; filename="errors.csv"',
          },
        };
      },
    }),
  ];
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
