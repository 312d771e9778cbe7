/** Routes of applications with their secrets, workspaces and roles: what an administrator looks after in a page. */
import Type from "typebox";
import type { AuditNote, JsonValue } from "../../store/index.ts";
import {
  ACCESS_WRITE,
  type Directory,
  findRoleDefinition,
  listSecrets,
  ROLE_DEFINITIONS,
  workspaceScope,
} from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";
import { Text } from "./parts.ts";
import { type ApiCall, type ApiRoute, NO_CONTENT, ok, route } from "./route.ts";

export interface DirectoryRouteOptions {
  readonly directory: Directory;
  /** Keeps what was changed. */
  readonly note: (note: AuditNote) => Promise<void>;
}

const ACCESS = { kind: "tenant", action: ACCESS_WRITE } as const;

const SECRET = Type.Object({
  keyId: Type.String(),
  appId: Type.String(),
  displayName: Type.String(),
  hint: Type.String(),
  start: Type.String(),
  end: Type.String(),
});

const APPLICATION = Type.Object({
  appId: Type.String({ description: "Client id." }),
  objectId: Type.String({ description: "What roles are assigned to." }),
  displayName: Type.String(),
  enabled: Type.Boolean(),
  createdAt: Type.String(),
  secrets: Type.Array(SECRET),
});

const ASSIGNMENT = Type.Object({
  name: Type.String(),
  principalId: Type.String(),
  role: Type.String(),
  scope: Type.String(),
  createdAt: Type.String(),
});

const WORKSPACE = Type.Object({
  workspaceId: Type.String(),
  name: Type.String(),
  resourceId: Type.String(),
  createdAt: Type.String(),
});

/** The routes. */
export function directoryRoutes(options: DirectoryRouteOptions): readonly ApiRoute[] {
  return [
    ...applicationRoutes(options),
    ...secretRoutes(options),
    ...roleRoutes(options),
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
        const { caller, body } = call;
        const { tenantId } = caller.principal;
        const made = await options.directory.createWorkspace({ name: body.name, tenantId });
        await options.note(
          noteOf(call, { action: "workspace.add", target: made.workspaceId, after: made }),
        );
        const { workspaceId, name, createdAt } = made;
        return {
          status: 201,
          body: { workspaceId, name, createdAt, resourceId: workspaceScope(made) },
        };
      },
    }),
  ];
}

function applicationRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/applications",
      operationId: "listApplications",
      summary: "Applications of the caller's tenant, with what may be shown of their secrets.",
      tag: "Applications",
      access: ACCESS,
      replies: { 200: { description: "The applications.", schema: Type.Array(APPLICATION) } },
      async handle({ caller }) {
        const view = await directory.view();
        return ok(
          view.applications
            .filter(({ tenantId }) => tenantId === caller.principal.tenantId)
            .map(({ appId, objectId, displayName, enabled, createdAt }) => ({
              ...{ appId, objectId, displayName, enabled, createdAt },
              secrets: listSecrets(view, appId),
            })),
        );
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/applications",
      operationId: "addApplication",
      summary: "Register an application, with a secret that is shown this once.",
      tag: "Applications",
      access: ACCESS,
      body: Type.Object({ displayName: Text("Its name.") }, { additionalProperties: false }),
      replies: {
        201: {
          description: "The application and its secret.",
          schema: Type.Intersect([
            Type.Omit(APPLICATION, ["secrets"]),
            Type.Object({ secret: Type.String(), secretEnd: Type.String() }),
          ]),
        },
      },
      async handle(call) {
        const { caller, body } = call;
        const { tenantId } = caller.principal;
        const made = await directory.createApplication({ ...body, tenantId });
        const { secret, end } = await directory.addSecret(made.appId);
        const { appId, objectId, displayName, enabled, createdAt } = made;
        const facts = { appId, objectId, displayName, enabled, createdAt };
        await note(noteOf(call, { action: "application.add", target: appId, after: facts }));
        return { status: 201, body: { ...facts, secret, secretEnd: end } };
      },
    }),
    route({
      method: "PATCH",
      path: "/api/v1/applications/{appId}",
      operationId: "setApplicationEnabled",
      summary: "Let an application in, or keep it out; its tokens stop working at once.",
      tag: "Applications",
      access: ACCESS,
      body: Type.Object({ enabled: Type.Boolean() }, { additionalProperties: false }),
      replies: { 204: { description: "Done." } },
      async handle(call) {
        const { caller, params, body } = call;
        const appId = await ownApplication(directory, caller, params["appId"]);
        await directory.setApplicationEnabled(appId, body.enabled);
        const action = body.enabled ? "application.enable" : "application.disable";
        await note(noteOf(call, { action, target: appId, after: body }));
        return NO_CONTENT;
      },
    }),
  ];
}

function secretRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/applications/{appId}/secrets",
      operationId: "rotateSecret",
      summary: "Add a secret, shown this once; of the older ones only the newest stays valid.",
      tag: "Applications",
      access: ACCESS,
      body: Type.Object(
        { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })) },
        { additionalProperties: false },
      ),
      replies: {
        201: {
          description: "The secret.",
          schema: Type.Intersect([SECRET, Type.Object({ secret: Type.String() })]),
        },
      },
      async handle(call) {
        const { caller, params, body } = call;
        const appId = await ownApplication(directory, caller, params["appId"]);
        const { secret, ...facts } = await directory.rotateSecret(appId, body);
        await note(noteOf(call, { action: "secret.add", target: appId, after: facts }));
        return { status: 201, body: { ...facts, secret } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/applications/{appId}/secrets/{keyId}",
      operationId: "removeSecret",
      summary: "Remove a secret; no token is given for it any more.",
      tag: "Applications",
      access: ACCESS,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        const { caller, params } = call;
        const appId = await ownApplication(directory, caller, params["appId"]);
        const keyId = params["keyId"] ?? "";
        await directory.removeSecret(appId, keyId);
        await note(noteOf(call, { action: "secret.remove", target: appId, after: { keyId } }));
        return NO_CONTENT;
      },
    }),
  ];
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
          noteOf(call, { action: "role.remove", target: found.principalId, after: found }),
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

async function ownApplication(
  directory: Directory,
  { principal }: Caller,
  appId = "",
): Promise<string> {
  const view = await directory.view();
  const found = view.findApplication(principal.tenantId, appId);
  if (found === undefined) {
    throw new AppError("not_found", `There is no application ${appId}.`, { field: "appId" });
  }
  return found.appId;
}

function noteOf(
  { caller, requestId }: ApiCall,
  { action, target, after }: { action: string; target: string; after: object },
): AuditNote {
  return {
    workspaceId: "",
    actor: caller.actor.id,
    actorName: caller.actor.name,
    action,
    target,
    before: null,
    after: after as unknown as JsonValue,
    requestId,
  };
}
