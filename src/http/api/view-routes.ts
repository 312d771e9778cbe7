/** Routes of saved views. */
import Type from "typebox";
import { listViews, removeView, saveView } from "../../manage/index.ts";
import type { DocumentStore, JsonValue } from "../../store/index.ts";
import { actingOf, BASE, READ, WRITE } from "./object-call.ts";
import { PAGE_QUERY, pageOf, pageReply } from "./parts.ts";
import { type ApiRoute, ifMatchOf, NO_CONTENT, ok, route } from "./route.ts";

const VIEW = Type.Object({
  name: Type.String(),
  etag: Type.Integer(),
  updatedAt: Type.String(),
  content: Type.Unknown(),
});

const PATH = `${BASE}/views`;

/** The routes. */
export function viewRoutes(documents: DocumentStore): readonly ApiRoute[] {
  return [
    route({
      method: "GET",
      path: PATH,
      operationId: "listViews",
      summary: "Saved views of a workspace, by name.",
      tag: "Views",
      access: READ,
      query: Type.Object(PAGE_QUERY),
      replies: { 200: pageReply("A page of views.", VIEW) },
      async handle(call) {
        const { workspaceId } = call.workspace;
        const { limit = 50, ...rest } = call.query;
        return ok(pageOf(call, await listViews(documents, { ...rest, workspaceId, limit })));
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/{name}`,
      operationId: "saveView",
      summary: "Save a view for everybody who may read the workspace.",
      tag: "Views",
      access: WRITE,
      body: Type.Object({ content: Type.Unknown() }, { additionalProperties: false }),
      replies: { 200: { description: "The view.", schema: VIEW } },
      async handle(call) {
        const view = await saveView(documents, actingOf(call), {
          name: call.params["name"] ?? "",
          content: call.body.content as JsonValue,
          ifEtag: ifMatchOf(call.headers),
        });
        return ok(view, { etag: `"${view.etag}"` });
      },
    }),
    route({
      method: "DELETE",
      path: `${PATH}/{name}`,
      operationId: "removeView",
      summary: "Remove a saved view.",
      tag: "Views",
      access: WRITE,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        const name = call.params["name"] ?? "";
        await removeView(documents, actingOf(call), { name, ifEtag: ifMatchOf(call.headers) });
        return NO_CONTENT;
      },
    }),
  ];
}
