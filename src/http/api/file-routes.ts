/** Routes of files: imports, and exports of any search. */
import { Readable } from "node:stream";
import Type from "typebox";
import { exportText, type Imports, type ManageParts } from "../../manage/index.ts";
import type { SearchCondition } from "../../store/index.ts";
import { importRoutes } from "./import-routes.ts";
import { BASE, READ } from "./object-call.ts";
import { CONDITION } from "./object-schemas.ts";
import { type ApiRoute, route } from "./route.ts";

/** The routes. */
export function fileRoutes(parts: ManageParts, imports: Imports): readonly ApiRoute[] {
  return [
    ...importRoutes(imports),
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
