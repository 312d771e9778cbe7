/**
 * Who is calling our own API: an application by its access token, a script by a person's key, or a page by its session
 * cookie, which has to prove with each change that it was our page that made it.
 */
import type { FastifyRequest } from "fastify";
import {
  type Actor,
  API_KEY_PREFIX,
  csrfTokenFits,
  type People,
  type Session,
} from "../people/index.ts";
import type { Directory, Principal, TokenVerifier } from "../token/index.ts";
import { AppError } from "../wire/index.ts";

/** A verified caller. */
export interface Caller {
  readonly principal: Principal;
  /** For the audit log. */
  readonly actor: Actor;
  /** Null for tokens and keys. */
  readonly session: Session | null;
}

export interface CallerParts {
  readonly verifier: TokenVerifier;
  readonly people: People;
  readonly directory: Directory;
}

/** Name of the session cookie; browsers take the prefix as a promise that it came over TLS from this very host. */
const SESSION_COOKIE: { readonly secure: string; readonly plain: string } = {
  secure: "__Host-stixgate-session",
  plain: "stixgate-session",
};

/** Header in which a page sends what `GET /api/v1/session` gave it. */
const CSRF_HEADER = "x-stixgate-csrf";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** @throws AppError `unauthorized`, `wrong_audience`; `csrf` is refused as `invalid_request` */
export async function identifyCaller(
  request: FastifyRequest,
  { verifier, people, directory }: CallerParts,
): Promise<Caller> {
  const { authorization } = request.headers;
  const key = /^bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  if (key.startsWith(API_KEY_PREFIX)) {
    const { person, principal } = await people.verifyApiKey(key);
    return {
      principal,
      actor: { id: person.personId, name: person.displayName },
      session: null,
    };
  }
  const cookie =
    authorization === undefined
      ? sessionTokenOf(request.headers.cookie, request.protocol)
      : undefined;
  if (cookie !== undefined) {
    const session = await people.verifySession(cookie);
    requireOurPage(request, session);
    const { personId, displayName } = session.person;
    return { principal: session.principal, actor: { id: personId, name: displayName }, session };
  }
  const principal = await verifier.verifyAuthorization(authorization);
  const view = await directory.view();
  const application = view.findPrincipal(principal.tenantId, principal.objectId);
  return {
    principal,
    actor: { id: principal.objectId, name: application?.displayName ?? principal.appId },
    session: null,
  };
}

/** The token in the session cookie, under the name that belongs to the way the request came. */
export function sessionTokenOf(
  cookies: string | undefined,
  protocol: "http" | "https",
): string | undefined {
  return readCookieHeader(cookies, cookieNameOf(protocol));
}

/** A cookie of a request. */
export function readCookieHeader(cookies: string | undefined, wanted: string): string | undefined {
  for (const part of (cookies ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === wanted) {
      return part.slice(at + 1).trim();
    }
  }
  return undefined;
}

/** The `Set-Cookie` of a session, or with an age of 0 of its end. */
export function sessionCookieHeader(
  protocol: "http" | "https",
  token: string,
  maxAgeSeconds: number,
): string {
  const secure = protocol === "https" ? "; Secure" : "";
  return `${cookieNameOf(protocol)}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}

function cookieNameOf(protocol: "http" | "https"): string {
  return protocol === "https" ? SESSION_COOKIE.secure : SESSION_COOKIE.plain;
}

function requireOurPage(request: FastifyRequest, session: Session): void {
  const presented = request.headers[CSRF_HEADER];
  const fits = typeof presented === "string" && csrfTokenFits(session, presented);
  if (!SAFE_METHODS.has(request.method) && !fits) {
    throw new AppError(
      "no_role",
      `A change made by a page needs the header ${CSRF_HEADER} with the token of GET /api/v1/session.`,
      { field: CSRF_HEADER },
    );
  }
}
