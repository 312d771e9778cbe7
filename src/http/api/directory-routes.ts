/** Routes of what an administrator looks after in a page: applications, workspaces, and here who has which role. */
import Type from "typebox";
import { findRoleDefinition, ROLE_DEFINITIONS } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import { applicationRoutes } from "./application-routes.ts";
import {
  DIRECTORY_ACCESS as ACCESS,
  type DirectoryRouteOptions,
  noteOf,
} from "./directory-note.ts";
import { Text } from "./parts.ts";
import { type ApiRoute, NO_CONTENT, ok, route } from "./route.ts";
import { workspaceRoutes } from "./workspace-routes.ts";

const ASSIGNMENT = Type.Object({
  name: Type.String(),
  principalId: Type.String(),
  role: Type.String(),
  scope: Type.String(),
  createdAt: Type.String(),
});

/** The routes. */
export function directoryRoutes(options: DirectoryRouteOptions): readonly ApiRoute[] {
  return [...applicationRoutes(options), ...roleRoutes(options), ...workspaceRoutes(options)];
}

function roleRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/roles",
      operationId: "listRoles",
      summary: "Who has which role where, and the roles there are.",
      tag: "Roles",
      access: ACCESS,
      replies: {
        200: {
          description: "Definitions and assignments.",
          schema: Type.Object({
            definitions: Type.Array(
              Type.Object({
                id: Type.String(),
                name: Type.String(),
                description: Type.String(),
              }),
            ),
            assignments: Type.Array(ASSIGNMENT),
          }),
        },
      },
      async handle({ caller }) {
        const view = await directory.view();
        return ok({
          definitions: ROLE_DEFINITIONS.map(({ id, name, description }) => ({
            ...{ id, name, description },
          })),
          assignments: view.roleAssignments
            .filter(({ tenantId }) => tenantId === caller.principal.tenantId)
            .map(assignmentBody),
        });
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/roles",
      operationId: "assignRole",
      summary: "Assign a role to a person or an application.",
      tag: "Roles",
      access: ACCESS,
      body: Type.Object(
        {
          principalId: Text("Object id of an application, or id of a person."),
          role: Text("Name or id of a role definition."),
          scope: Text("`/`, or the resource id of a workspace or of something above it."),
        },
        { additionalProperties: false },
      ),
      replies: { 201: { description: "The assignment.", schema: ASSIGNMENT } },
      async handle(call) {
        const { caller, body } = call;
        const { tenantId } = caller.principal;
        const made = await directory.assignRole({ ...body, tenantId });
        await note(noteOf(call, { action: "role.assign", target: made.principalId, after: made }));
        return { status: 201, body: assignmentBody(made) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/roles/{name}",
      operationId: "removeRole",
      summary: "Take a role away; the next request is refused.",
      tag: "Roles",
      access: ACCESS,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        const { caller, params } = call;
        const name = params["name"] ?? "";
        const view = await directory.view();
        const found = view.roleAssignments.find((row) => row.name === name.toLowerCase());
        if (found === undefined || found.tenantId !== caller.principal.tenantId) {
          throw new AppError("not_found", `There is no role assignment ${name}.`, {
            field: "name",
          });
        }
        await directory.deleteRoleAssignment(found.name);
        await note(
          noteOf(call, { action: "role.remove", target: found.principalId, before: found }),
        );
        return NO_CONTENT;
      },
    }),
  ];
}

function assignmentBody(row: {
  readonly name: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly scope: string;
  readonly createdAt: string;
}): object {
  const { name, principalId, roleDefinitionId, scope, createdAt } = row;
  const role = findRoleDefinition(roleDefinitionId)?.name ?? roleDefinitionId;
  return { name, principalId, role, scope, createdAt };
}
