/** Routes of applications: what signs in by itself, with its secrets and certificates. */
import Type from "typebox";
import {
  type AppRegistration,
  type Directory,
  type DirectoryView,
  listCertificates,
  listSecrets,
} from "../../token/index.ts";
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

/** A PEM text of one certificate has one to four kilobytes; a chain fits, too. */
const CERTIFICATE_LENGTH_MAX = 65_536;

const SECRET = Type.Object({
  keyId: Type.String(),
  appId: Type.String(),
  displayName: Type.String(),
  hint: Type.String(),
  start: Type.String(),
  end: Type.String(),
});

const CERTIFICATE = Type.Object({
  keyId: Type.String(),
  appId: Type.String(),
  displayName: Type.String(),
  sha1: Type.String({ description: "Thumbprint, lower-case hexadecimal." }),
  sha256: Type.String(),
  start: Type.String(),
  end: Type.String(),
});

const FACTS = {
  appId: Type.String({ description: "Client id." }),
  objectId: Type.String({ description: "What roles are assigned to." }),
  displayName: Type.String(),
  enabled: Type.Boolean(),
  createdAt: Type.String(),
};

const APPLICATION = Type.Object({
  ...FACTS,
  lastUsedAt: Type.Union([Type.String(), Type.Null()], {
    description: "When it last called with a valid token, within a minute; null: not seen yet.",
  }),
  secrets: Type.Array(SECRET),
  certificates: Type.Array(CERTIFICATE),
});

const CONFIRM = Type.Object({
  confirm: Type.Optional(Type.String({ maxLength: 256, description: "The name, once more." })),
});

/** The routes. */
export function applicationRoutes(options: DirectoryRouteOptions): ApiRoute[] {
  return [
    ...registrationRoutes(options),
    ...changeRoutes(options),
    ...secretRoutes(options),
    ...certificateRoutes(options),
  ];
}

function registrationRoutes({ directory, note, lastUses }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/applications",
      operationId: "listApplications",
      summary: "Applications of the caller's tenant, with what may be shown of their credentials.",
      tag: "Applications",
      access: ACCESS,
      replies: { 200: { description: "The applications.", schema: Type.Array(APPLICATION) } },
      async handle({ caller }) {
        const view = await directory.view();
        const uses = await lastUses();
        return ok(
          view.applications
            .filter(({ tenantId }) => tenantId === caller.principal.tenantId)
            .map((each) => ({
              ...factsOf(each),
              lastUsedAt: uses.get(each.objectId) ?? null,
              ...credentialsOf(view, each.appId),
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
          schema: Type.Object({ ...FACTS, secret: Type.String(), secretEnd: Type.String() }),
        },
      },
      async handle(call) {
        const { caller, body } = call;
        const { tenantId } = caller.principal;
        const made = await directory.createApplication({ ...body, tenantId });
        const { secret, end } = await directory.addSecret(made.appId);
        const facts = factsOf(made);
        await note(noteOf(call, { action: "application.add", target: made.appId, after: facts }));
        return { status: 201, body: { ...facts, secret, secretEnd: end } };
      },
    }),
  ];
}

function changeRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
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
        const { appId } = await ownApplication(directory, call.caller, call.params["appId"]);
        await directory.setApplicationEnabled(appId, call.body.enabled);
        const action = call.body.enabled ? "application.enable" : "application.disable";
        await note(noteOf(call, { action, target: appId, after: call.body }));
        return NO_CONTENT;
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/applications/{appId}",
      operationId: "removeApplication",
      summary: "Delete an application with its credentials and roles; what it has sent stays.",
      tag: "Applications",
      access: ACCESS,
      query: CONFIRM,
      replies: { 204: { description: "Deleted." } },
      async handle(call) {
        const found = await ownApplication(directory, call.caller, call.params["appId"]);
        requireNamed(call.query.confirm, found.displayName);
        await directory.deleteApplication(found.appId, { force: true });
        const before = factsOf(found);
        await note(noteOf(call, { action: "application.remove", target: found.appId, before }));
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
        {
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
          displayName: Type.Optional(Text("What it is for.")),
          keepAll: Type.Optional(
            Type.Boolean({ description: "Refuse where there are two already, and remove none." }),
          ),
        },
        { additionalProperties: false },
      ),
      replies: {
        201: {
          description: "The secret.",
          schema: Type.Intersect([SECRET, Type.Object({ secret: Type.String() })]),
        },
      },
      async handle(call) {
        const { appId } = await ownApplication(directory, call.caller, call.params["appId"]);
        const { keepAll = false, ...rest } = call.body;
        const { secret, ...facts } = keepAll
          ? await directory.addSecret(appId, rest)
          : await directory.rotateSecret(appId, rest);
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
        const { appId } = await ownApplication(directory, call.caller, call.params["appId"]);
        const keyId = call.params["keyId"] ?? "";
        await directory.removeSecret(appId, keyId);
        await note(noteOf(call, { action: "secret.remove", target: appId, after: { keyId } }));
        return NO_CONTENT;
      },
    }),
  ];
}

function certificateRoutes({ directory, note }: DirectoryRouteOptions): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: "/api/v1/applications/{appId}/certificates",
      operationId: "addCertificate",
      summary: "Let an application prove itself with a certificate of its own.",
      description: "The key has to be RSA. A private key beside the certificate is not kept.",
      tag: "Applications",
      access: ACCESS,
      body: Type.Object(
        {
          certificate: Type.String({
            minLength: 1,
            maxLength: CERTIFICATE_LENGTH_MAX,
            description: "PEM; of several the first counts.",
          }),
          displayName: Type.Optional(Text("Its name; the subject when left out.")),
        },
        { additionalProperties: false },
      ),
      replies: { 201: { description: "The certificate.", schema: CERTIFICATE } },
      async handle(call) {
        const { appId } = await ownApplication(directory, call.caller, call.params["appId"]);
        const facts = await directory.addCertificate(appId, call.body);
        await note(noteOf(call, { action: "certificate.add", target: appId, after: facts }));
        return { status: 201, body: facts };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/applications/{appId}/certificates/{keyId}",
      operationId: "removeCertificate",
      summary: "Remove a certificate, by its key id or thumbprint.",
      tag: "Applications",
      access: ACCESS,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        const { appId } = await ownApplication(directory, call.caller, call.params["appId"]);
        const keyId = call.params["keyId"] ?? "";
        await directory.removeCertificate(appId, keyId);
        await note(noteOf(call, { action: "certificate.remove", target: appId, after: { keyId } }));
        return NO_CONTENT;
      },
    }),
  ];
}

function factsOf({ appId, objectId, displayName, enabled, createdAt }: AppRegistration): object {
  return { appId, objectId, displayName, enabled, createdAt };
}

function credentialsOf(view: DirectoryView, appId: string): object {
  return { secrets: listSecrets(view, appId), certificates: listCertificates(view, appId) };
}

async function ownApplication(
  directory: Directory,
  { principal }: Caller,
  appId = "",
): Promise<AppRegistration> {
  const view = await directory.view();
  const found = view.findApplication(principal.tenantId, appId);
  if (found === undefined) {
    throw new AppError("not_found", `There is no application ${appId}.`, { field: "appId" });
  }
  return found;
}
