/** Routes of signing in and out, and of what a page has to know of who is signed in. */
import Type from "typebox";
import type { Oidc, People, Session, StartedSession } from "../../people/index.ts";
import type { Workspace } from "../../store/index.ts";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";
import { readCookieHeader, sessionCookieHeader, sessionTokenOf } from "../caller.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT, ok, route } from "./route.ts";

export interface SessionRouteOptions {
  readonly people: People;
  /** Null when no identity provider is set up. */
  readonly oidc: Oidc | null;
  /** What a caller may do, workspace by workspace; those that allow nothing are left out. */
  readonly accessOf: (caller: Caller) => Promise<readonly WorkspaceAccess[]>;
  /** Under which clients reach us, where the caller came over plain HTTP. */
  readonly httpsOrigin: () => string;
  readonly now: () => Date;
}

/** A workspace and what its caller may do there. */
export interface WorkspaceAccess {
  readonly workspace: Workspace;
  readonly canRead: boolean;
  readonly canTag: boolean;
  readonly canWrite: boolean;
}

/** Cookie that holds the ticket while the browser is at the identity provider. */
const TICKET_COOKIE = "stixgate-sign-in";

const TICKET_SECONDS = 600;
const MS_PER_SECOND = 1000;
const CODE_LENGTH_MAX = 128;
/** Sealed and in base64, it has to fit into a cookie of 4,096 bytes. */
const PATH_LENGTH_MAX = 1_024;

const SIGN_IN = Type.Object({
  provider: Type.Boolean({ description: "At the organisation's identity provider." }),
});

const SESSION = Type.Object({
  person: Type.Union([
    Type.Null(),
    Type.Object({
      personId: Type.String(),
      displayName: Type.String(),
      email: Type.Union([Type.String(), Type.Null()]),
    }),
  ]),
  actor: Type.Object({ id: Type.String(), name: Type.String() }),
  tenantId: Type.String({ description: "Of the caller; clients sign in under it." }),
  httpsOrigin: Type.String({ description: "Address that clients sign in and upload at." }),
  csrfToken: Type.Union([Type.String(), Type.Null()], {
    description: "To be sent in the header x-stixgate-csrf with every change.",
  }),
  expiresAt: Type.Union([Type.String(), Type.Null()]),
  workspaces: Type.Array(
    Type.Object({
      workspaceId: Type.String(),
      name: Type.String(),
      resourceId: Type.String(),
      canRead: Type.Boolean(),
      canTag: Type.Boolean(),
      canWrite: Type.Boolean(),
    }),
  ),
});

/** The routes. */
export function sessionRoutes(options: SessionRouteOptions): readonly ApiRoute[] {
  const { people, oidc, now } = options;
  return [
    waysRoute(oidc !== null),
    route({
      method: "GET",
      path: "/sign-in",
      operationId: "signInByLink",
      summary: "Sign in by a link that works once.",
      tag: "Session",
      access: { kind: "public" },
      query: Type.Object({ code: Type.String({ minLength: 1, maxLength: CODE_LENGTH_MAX }) }),
      replies: { 302: { description: "Signed in; to the page." } },
      handle: async (call) => signedIn(call, await people.signInByCode(call.query.code), "/", now),
    }),
    route({
      method: "GET",
      path: "/sign-in/oidc",
      operationId: "signInByProvider",
      summary: "Sign in at the organisation's identity provider.",
      tag: "Session",
      access: { kind: "public" },
      query: Type.Object({ returnTo: Type.Optional(Type.String({ maxLength: PATH_LENGTH_MAX })) }),
      replies: { 302: { description: "To the identity provider." } },
      async handle(call) {
        const { url, ticket } = await required(oidc).begin(
          `${call.origin}/sign-in/oidc/callback`,
          ownPath(call.query.returnTo),
        );
        return redirect(url, [ticketCookie(call, ticket, TICKET_SECONDS)]);
      },
    }),
    route({
      method: "GET",
      path: "/sign-in/oidc/callback",
      operationId: "finishSignInByProvider",
      summary: "Where the identity provider sends the browser back to.",
      tag: "Session",
      access: { kind: "public" },
      replies: { 302: { description: "Signed in; to the page." } },
      async handle(call) {
        const ticket = readCookieHeader(call.headers.cookie, TICKET_COOKIE) ?? "";
        const url = new URL(call.url, call.origin);
        const { returnTo, ...started } = await required(oidc).finish(url, ticket);
        return signedIn(call, started, returnTo, now);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/session",
      operationId: "getSession",
      summary: "Who is calling, and what they may do where.",
      tag: "Session",
      access: { kind: "signed-in" },
      replies: { 200: { description: "The caller.", schema: SESSION } },
      async handle({ caller, protocol, origin }) {
        const httpsOrigin = protocol === "https" ? origin : options.httpsOrigin();
        return ok({ ...sessionBody(caller, await options.accessOf(caller)), httpsOrigin });
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/session",
      operationId: "signOut",
      summary: "Sign out.",
      tag: "Session",
      access: { kind: "signed-in" },
      replies: { 204: { description: "Signed out." } },
      async handle(call) {
        const token = sessionTokenOf(call.headers.cookie, call.protocol);
        if (call.caller.session !== null && token !== undefined) {
          await people.signOut(token);
        }
        return {
          ...NO_CONTENT,
          headers: { "set-cookie": sessionCookieHeader(call.protocol, "", 0) },
        };
      },
    }),
  ];
}

function waysRoute(hasProvider: boolean): ApiRoute {
  return route({
    method: "GET",
    path: "/api/v1/sign-in",
    operationId: "getSignIn",
    summary: "How people can sign in here.",
    tag: "Session",
    access: { kind: "public" },
    replies: { 200: { description: "The ways beside links, which always work.", schema: SIGN_IN } },
    handle: async () => ok({ provider: hasProvider }),
  });
}

function sessionBody(caller: Caller, access: readonly WorkspaceAccess[]): object {
  const { session, actor } = caller;
  return {
    person: session === null ? null : personBody(session),
    actor,
    tenantId: caller.principal.tenantId,
    csrfToken: session?.csrfToken ?? null,
    expiresAt: session?.expiresAt ?? null,
    workspaces: access.map(({ workspace, ...rights }) => ({
      workspaceId: workspace.workspaceId,
      name: workspace.name,
      resourceId: `/subscriptions/${workspace.subscriptionId}/resourceGroups/${workspace.resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${workspace.name}`,
      ...rights,
    })),
  };
}

function personBody({ person }: Session): object {
  const { personId, displayName, email } = person;
  return { personId, displayName, email };
}

function signedIn(
  call: ApiCall,
  { token, session }: StartedSession,
  path: string,
  now: () => Date,
): ApiReply {
  const seconds = Math.floor((Date.parse(session.expiresAt) - now().getTime()) / MS_PER_SECOND);
  return redirect(path, [
    sessionCookieHeader(call.protocol, token, seconds),
    ticketCookie(call, "", 0),
  ]);
}

function redirect(location: string, cookies: readonly string[]): ApiReply {
  return {
    status: 302,
    headers: { location, "set-cookie": cookies, "referrer-policy": "no-referrer" },
  };
}

function ticketCookie(call: ApiCall, ticket: string, seconds: number): string {
  const secure = call.protocol === "https" ? "; Secure" : "";
  return `${TICKET_COOKIE}=${ticket}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
}

/**
 * Only to our own pages: an address elsewhere would make the sign-in a lure. Read as browsers read it, who leave tabs
 * and line ends out and take backslashes for slashes.
 * @see https://url.spec.whatwg.org/#concept-basic-url-parser
 */
export function ownPath(path: string | undefined): string {
  const here = "https://here.invalid";
  if (path === undefined || !path.startsWith("/") || !URL.canParse(path, here)) {
    return "/";
  }
  const { origin, pathname, search, hash } = new URL(path, here);
  const own = `${pathname}${search}${hash}`;
  // A path such as `/.//elsewhere` is ours, but what is left of it begins like an address.
  const isOurs = origin === here && !own.startsWith("//");
  return isOurs && own.length <= PATH_LENGTH_MAX ? own : "/";
}

function required(oidc: Oidc | null): Oidc {
  if (oidc === null) {
    throw new AppError(
      "not_found",
      "No identity provider is set up here: sign in by a link that an administrator makes.",
    );
  }
  return oidc;
}
