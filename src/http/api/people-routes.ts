/** Routes of a person's own keys, of looking after people, and of the audit log. */
import Type from "typebox";
import type { People, Person } from "../../people/index.ts";
import type { AuditEntry, AuditQuery, Page } from "../../store/index.ts";
import { ACCESS_WRITE, THREAT_INTELLIGENCE_READ } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";
import { Instant, PAGE_QUERY, pageOf, pageReply, Text } from "./parts.ts";
import { type ApiRoute, NO_CONTENT, ok, route } from "./route.ts";

export interface PeopleRouteOptions {
  readonly people: People;
  readonly audit: (query: AuditQuery) => Promise<Page<AuditEntry>>;
  /** Ids of the applications and workspaces of a tenant. */
  readonly idsOf: (tenantId: string) => Promise<ReadonlySet<string>>;
}

const KEY = Type.Object({
  keyId: Type.String(),
  personId: Type.String(),
  displayName: Type.String(),
  hint: Type.String({ description: "Its first characters, to tell keys apart." }),
  createdAt: Type.String(),
  expiresAt: Type.String(),
});

const PERSON = Type.Object({
  personId: Type.String({ description: "What roles are assigned to." }),
  tenantId: Type.String(),
  displayName: Type.String(),
  email: Type.Union([Type.String(), Type.Null()]),
  provider: Type.Union([
    Type.Null(),
    Type.Object({ issuer: Type.String(), subject: Type.String() }),
  ]),
  enabled: Type.Boolean(),
  createdAt: Type.String(),
});

const AUDIT_ENTRY = Type.Object({
  position: Type.Integer(),
  at: Type.String(),
  workspaceId: Type.String(),
  actor: Type.String(),
  actorName: Type.String(),
  action: Type.String(),
  target: Type.String(),
  before: Type.Unknown(),
  after: Type.Unknown(),
  requestId: Type.Union([Type.String(), Type.Null()]),
});

const KEY_DAYS_DEFAULT = 90;
const LINK_MINUTES_DEFAULT = 60;
const ACCESS = { kind: "tenant", action: ACCESS_WRITE } as const;

/** The routes. */
export function peopleRoutes(options: PeopleRouteOptions): readonly ApiRoute[] {
  return [
    ...keyRoutes(options.people),
    ...personRoutes(options.people),
    ...admissionRoutes(options.people),
    ...auditRoutes(options),
  ];
}

const AUDIT_QUERY = {
  ...PAGE_QUERY,
  actor: Type.Optional(Text("Only changes of this person or application, by id.")),
  action: Type.Optional(Text("Only changes of this kind, such as `object.edit`.")),
  target: Type.Optional(Text("Only changes of this thing, such as a STIX id.")),
  from: Type.Optional(Instant("Only changes from this instant on.")),
  before: Type.Optional(Instant("Only changes before this instant.")),
};

const AUDIT_ITEMS_DEFAULT = 50;

/** What is asked of the log; its instants are compared as texts, so they are written in one way. */
function auditQueryOf({
  limit = AUDIT_ITEMS_DEFAULT,
  from,
  before,
  ...rest
}: Partial<Omit<AuditQuery, "workspaceId">>): Omit<AuditQuery, "workspaceId"> {
  return {
    ...rest,
    limit,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(before === undefined ? {} : { before: new Date(before).toISOString() }),
  };
}

function auditRoutes({ people, audit, idsOf }: PeopleRouteOptions): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/audit",
      operationId: "listTenantAudit",
      summary:
        "Who changed people, applications, workspaces and roles of the tenant, newest first.",
      description:
        "A page may hold fewer entries than asked for: those of other tenants are left out.",
      tag: "Audit",
      access: ACCESS,
      query: Type.Object(AUDIT_QUERY),
      replies: { 200: pageReply("A page of the log.", AUDIT_ENTRY) },
      async handle(call) {
        const { tenantId } = call.caller.principal;
        const page = await audit({ ...auditQueryOf(call.query), workspaceId: "" });
        const own = new Set([
          ...(await idsOf(tenantId)),
          ...(await people.list())
            .filter((person) => person.tenantId === tenantId)
            .map(({ personId }) => personId),
        ]);
        const items = page.items.filter(({ actor, target }) => own.has(actor) || own.has(target));
        return ok(pageOf(call, { ...page, items }));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/workspaces/{workspaceId}/audit",
      operationId: "listAudit",
      summary: "Who changed what, newest first.",
      tag: "Audit",
      access: { kind: "workspace", action: THREAT_INTELLIGENCE_READ },
      query: Type.Object(AUDIT_QUERY),
      replies: { 200: pageReply("A page of the log.", AUDIT_ENTRY) },
      async handle(call) {
        const { workspaceId } = call.workspace;
        return ok(pageOf(call, await audit({ ...auditQueryOf(call.query), workspaceId })));
      },
    }),
  ];
}

function keyRoutes(people: People): ApiRoute[] {
  const access = { kind: "signed-in" } as const;
  return [
    route({
      method: "GET",
      path: "/api/v1/session/keys",
      operationId: "listKeys",
      summary: "The caller's keys for scripts.",
      tag: "Session",
      access,
      replies: { 200: { description: "The keys.", schema: Type.Array(KEY) } },
      handle: async ({ caller }) =>
        ok(await people.apiKeys((await personOf(caller, people)).personId)),
    }),
    route({
      method: "POST",
      path: "/api/v1/session/keys",
      operationId: "addKey",
      summary: "Make a key for scripts, with the caller's own roles; its text is shown this once.",
      tag: "Session",
      access,
      body: Type.Object(
        {
          displayName: Text("What it is for."),
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
        },
        { additionalProperties: false },
      ),
      replies: {
        201: {
          description: "The key.",
          schema: Type.Intersect([KEY, Type.Object({ key: Type.String() })]),
        },
      },
      async handle({ caller, body }) {
        const { displayName, days = KEY_DAYS_DEFAULT } = body;
        // A key must not outlive by another key whatever let its holder in.
        if (caller.session === null) {
          throw new AppError(
            "no_role",
            "Keys are made by somebody who has signed in, not by a key.",
          );
        }
        const { personId } = caller.session.person;
        return { status: 201, body: await people.addApiKey(personId, { displayName, days }) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/session/keys/{keyId}",
      operationId: "removeKey",
      summary: "Remove a key of the caller; it stops working at once.",
      tag: "Session",
      access,
      replies: { 204: { description: "Removed." } },
      async handle({ caller, params }) {
        const { personId } = await personOf(caller, people);
        await people.removeApiKey(personId, params["keyId"] ?? "");
        return NO_CONTENT;
      },
    }),
  ];
}

function personRoutes(people: People): ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/people",
      operationId: "listPeople",
      summary: "People of the caller's tenant.",
      tag: "People",
      access: ACCESS,
      replies: {
        200: {
          description: "The people.",
          schema: Type.Array(
            Type.Intersect([
              PERSON,
              Type.Object({ sessions: Type.Integer({ description: "Browsers signed in now." }) }),
            ]),
          ),
        },
      },
      async handle({ caller }) {
        const sessions = await people.openSessions();
        return ok(
          (await people.list())
            .filter(({ tenantId }) => tenantId === caller.principal.tenantId)
            .map((person) => ({ ...person, sessions: sessions.get(person.personId) ?? 0 })),
        );
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/people",
      operationId: "addPerson",
      summary: "Add a person, who then needs a role and a link to sign in by.",
      tag: "People",
      access: ACCESS,
      body: Type.Object(
        { displayName: Text("Name."), email: Type.Optional(Text("Mail address.")) },
        { additionalProperties: false },
      ),
      replies: { 201: { description: "The person.", schema: PERSON } },
      async handle({ caller, body }) {
        const { tenantId } = caller.principal;
        return { status: 201, body: await people.add({ ...body, tenantId }, caller.actor) };
      },
    }),
    route({
      method: "PATCH",
      path: "/api/v1/people/{personId}",
      operationId: "setPersonEnabled",
      summary: "Let a person in, or keep out; who is kept out is signed out at once.",
      tag: "People",
      access: ACCESS,
      body: Type.Object({ enabled: Type.Boolean() }, { additionalProperties: false }),
      replies: { 200: { description: "The person.", schema: PERSON } },
      async handle({ caller, params, body }) {
        const { personId } = await ofTenant(people, caller, params["personId"]);
        return ok(await people.setEnabled({ personId, enabled: body.enabled }, caller.actor));
      },
    }),
  ];
}

function admissionRoutes(people: People): ApiRoute[] {
  return [
    route({
      method: "DELETE",
      path: "/api/v1/people/{personId}/sessions",
      operationId: "signOutPerson",
      summary:
        "Sign a person out of every browser; links that were not used yet stop working, too.",
      tag: "People",
      access: ACCESS,
      replies: {
        200: {
          description: "How many sessions ended.",
          schema: Type.Object({ sessions: Type.Integer() }),
        },
      },
      async handle({ caller, params }) {
        const { personId } = await ofTenant(people, caller, params["personId"]);
        return ok({ sessions: await people.signOutEverywhere(personId, caller.actor) });
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/people/{personId}/sign-in-links",
      operationId: "addSignInLink",
      summary: "Make a link by which a person signs in, once.",
      tag: "People",
      access: ACCESS,
      body: Type.Object(
        { minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440 })) },
        { additionalProperties: false },
      ),
      replies: {
        201: { description: "The link.", schema: Type.Object({ signInUrl: Type.String() }) },
      },
      async handle({ caller, params, body, origin }) {
        const { personId } = await ofTenant(people, caller, params["personId"]);
        const code = await people.issueSignInCode(personId, body.minutes ?? LINK_MINUTES_DEFAULT);
        return { status: 201, body: { signInUrl: `${origin}/sign-in?code=${code}` } };
      },
    }),
  ];
}

async function personOf({ principal }: Caller, people: People): Promise<Person> {
  const person = principal.kind === "person" ? await people.find(principal.objectId) : undefined;
  if (person === undefined) {
    throw new AppError("no_role", "Keys belong to people; an application has its own secrets.");
  }
  return person;
}

async function ofTenant(
  people: People,
  { principal }: Caller,
  personId: string | undefined,
): Promise<Person> {
  const person = await people.find(personId ?? "");
  if (person === undefined || person.tenantId !== principal.tenantId) {
    throw new AppError("not_found", `There is no person ${personId}.`, { field: "personId" });
  }
  return person;
}
