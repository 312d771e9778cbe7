/** Routes of workspaces: which there are, making, renaming and deleting them. */
import Type from "typebox";
import type { Workspace } from "../../store/index.ts";
import { type Directory, workspaceScope } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";
import {
  DIRECTORY_ACCESS as ACCESS,
  type DirectoryRouteOptions,
  noteOf,
  requireNamed,
} from "./directory-note.ts";
import { Text } from "./parts.ts";
import { type ApiRoute, NO_CONTENT, ok, route } from "./route.ts";

const WORKSPACE = Type.Object({
  workspaceId: Type.String(),
  name: Type.String(),
  resourceId: Type.String({ description: "Its path under Azure Resource Manager." }),
  createdAt: Type.String(),
});

/** The routes. */
export function workspaceRoutes(options: DirectoryRouteOptions): ApiRoute[] {
  return [...makingRoutes(options), ...changeRoutes(options)];
}

function makingRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/workspaces",
      operationId: "listWorkspaces",
      summary: "Workspaces of the caller's tenant.",
      tag: "Workspaces",
      access: ACCESS,
      replies: { 200: { description: "The workspaces.", schema: Type.Array(WORKSPACE) } },
      async handle({ caller }) {
        const { workspaces } = await directory.view();
        return ok(
          workspaces
            .filter(({ tenantId }) => tenantId === caller.principal.tenantId)
            .toSorted((one, other) => one.name.localeCompare(other.name))
            .map(bodyOf),
        );
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/workspaces",
      operationId: "addWorkspace",
      summary: "Make a workspace.",
      tag: "Workspaces",
      access: ACCESS,
      body: Type.Object({ name: Text("Its name.") }, { additionalProperties: false }),
      replies: { 201: { description: "The workspace.", schema: WORKSPACE } },
      async handle(call) {
        const { tenantId } = call.caller.principal;
        const made = await directory.createWorkspace({ name: call.body.name, tenantId });
        const { workspaceId } = made;
        await note(noteOf(call, { action: "workspace.add", target: workspaceId, after: made }));
        return { status: 201, body: bodyOf(made) };
      },
    }),
  ];
}

function changeRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "PATCH",
      path: "/api/v1/workspaces/{workspaceId}",
      operationId: "renameWorkspace",
      summary: "Give a workspace another name.",
      description:
        "Its id stays, and uploads go on. Its path under Azure Resource Manager changes; roles assigned at the old " +
        "path move along.",
      tag: "Workspaces",
      access: ACCESS,
      body: Type.Object({ name: Text("Its new name.") }, { additionalProperties: false }),
      replies: { 200: { description: "The workspace.", schema: WORKSPACE } },
      async handle(call) {
        const before = await ownWorkspace(directory, call.caller, call.params["workspaceId"]);
        const after = await directory.renameWorkspace(before.workspaceId, call.body.name);
        const target = before.workspaceId;
        await note(noteOf(call, { action: "workspace.rename", target, before, after }));
        return ok(bodyOf(after));
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/workspaces/{workspaceId}",
      operationId: "removeWorkspace",
      summary: "Delete a workspace and the roles on it.",
      description: "Nobody reaches its objects any more, while they stay in the server's files.",
      tag: "Workspaces",
      access: ACCESS,
      query: Type.Object({
        confirm: Type.Optional(
          Type.String({ maxLength: 256, description: "The name, once more." }),
        ),
      }),
      replies: { 204: { description: "Deleted." } },
      async handle(call) {
        const before = await ownWorkspace(directory, call.caller, call.params["workspaceId"]);
        requireNamed(call.query.confirm, before.name);
        await directory.deleteWorkspace(before.workspaceId, { force: true });
        await note(
          noteOf(call, { action: "workspace.remove", target: before.workspaceId, before }),
        );
        return NO_CONTENT;
      },
    }),
  ];
}

function bodyOf(workspace: Workspace): object {
  const { workspaceId, name, createdAt } = workspace;
  return { workspaceId, name, resourceId: workspaceScope(workspace), createdAt };
}

async function ownWorkspace(
  directory: Directory,
  { principal }: Caller,
  workspaceId = "",
): Promise<Workspace> {
  const found = (await directory.view()).findWorkspace(workspaceId);
  if (found === undefined || found.tenantId !== principal.tenantId) {
    throw new AppError("not_found", `There is no workspace ${workspaceId}.`, {
      field: "workspaceId",
    });
  }
  return found;
}
