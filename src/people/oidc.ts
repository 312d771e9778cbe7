/**
 * Signing in at the organisation's own identity provider (OpenID Connect, authorization code with PKCE). Who comes
 * back with a valid id token is the person known by issuer and subject; somebody new is added without any role, so an
 * administrator decides what they may do.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { PeopleParts } from "./context.ts";
import { unauthorized } from "./context.ts";
import { addPerson, findByProvider, type Person } from "./person.ts";
import { type StartedSession, startSession } from "./sessions.ts";
import { openTicket, sealTicket } from "./ticket.ts";

/** A provider to sign in at. */
export interface OidcOptions {
  /** URL whose `/.well-known/openid-configuration` describes the provider. */
  readonly issuer: string;
  readonly clientId: string;
  /** Empty for a public client, which has PKCE alone. */
  readonly clientSecret: string;
  /** Id or domain of the tenant that new people belong to; `adfs` for the default one. */
  readonly tenantId: string;
  /** Only people of these mail domains are let in; empty: everybody whom the provider lets in. */
  readonly emailDomains: readonly string[];
}

/** What stands between leaving for the provider and coming back. */
export interface OidcDeparture {
  /** Where the browser is sent. */
  readonly url: string;
  /** What the browser keeps in a cookie meanwhile; worth nothing to anybody else. */
  readonly ticket: string;
}

/** Signing in at one provider. */
export interface Oidc {
  /** @param redirectUri where the provider sends the browser back to */
  begin(redirectUri: string, returnTo: string): Promise<OidcDeparture>;
  /** @throws AppError `unauthorized` with the reason */
  finish(currentUrl: URL, ticket: string): Promise<StartedSession & { readonly returnTo: string }>;
}

interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly expiresAt: string;
}

/** People find their password within ten minutes, or begin again. */
const PENDING_MS = 600_000;
const SCOPE = "openid profile email";

/** Makes the sign-in of one provider; the provider is asked for its description at the first use. */
export function createOidc(parts: PeopleParts, options: OidcOptions): Oidc {
  let known: Promise<Configuration> | undefined;

  /** A provider that did not answer is asked again next time. */
  function provider(): Promise<Configuration> {
    known ??= discover(options).catch((error: unknown) => {
      known = undefined;
      throw unauthorized(
        `The identity provider ${options.issuer} cannot be used: ${reasonOf(error)}`,
      );
    });
    return known;
  }

  return {
    async begin(redirectUri, returnTo) {
      const configuration = await provider();
      const pending = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
        returnTo,
        expiresAt: new Date(parts.clock().getTime() + PENDING_MS).toISOString(),
      } satisfies Pending;
      const ticket = sealTicket(parts, JSON.stringify(pending));
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, ticket };
    },
    async finish(currentUrl, ticket) {
      const text = openTicket(parts, ticket);
      const pending = text === undefined ? undefined : (JSON.parse(text) as Pending);
      if (pending === undefined || pending.expiresAt <= parts.clock().toISOString()) {
        throw unauthorized("This sign-in was not begun here, or took too long: begin again.");
      }
      const claims = await redeem(await provider(), currentUrl, pending);
      const person = await personOf(parts, options, claims);
      return { ...(await startSession(parts, person)), returnTo: pending.returnTo };
    },
  };
}

function discover({ issuer, clientId, clientSecret }: OidcOptions): Promise<Configuration> {
  const server = new URL(issuer);
  const secret = clientSecret === "" ? undefined : clientSecret;
  // Plain HTTP is for a provider on this machine, in tests and trials.
  const execute =
    server.protocol === "http:" && isLoopback(server.hostname) ? [allowInsecureRequests] : [];
  return discovery(server, clientId, secret, undefined, { execute });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}

interface Claims {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
}

async function redeem(
  configuration: Configuration,
  currentUrl: URL,
  { state, nonce, verifier }: Pending,
): Promise<Claims> {
  try {
    const tokens = await authorizationCodeGrant(configuration, currentUrl, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) {
      throw new Error("there is no id token");
    }
    const email = textOf(claims["email"]);
    return {
      issuer: claims.iss,
      subject: claims.sub,
      name: textOf(claims["name"]) ?? textOf(claims["preferred_username"]) ?? email ?? claims.sub,
      email,
      emailVerified: claims["email_verified"] === true,
    };
  } catch (error) {
    throw unauthorized(`The identity provider did not let you in: ${reasonOf(error)}`);
  }
}

async function personOf(
  parts: PeopleParts,
  options: OidcOptions,
  { issuer, subject, name, email, emailVerified }: Claims,
): Promise<Person> {
  const domain = email?.slice(email.lastIndexOf("@") + 1).toLowerCase() ?? "";
  const { emailDomains } = options;
  if (emailDomains.length > 0 && !(emailVerified && emailDomains.includes(domain))) {
    throw unauthorized(
      `Only people with a confirmed address of ${emailDomains.join(", ")} may sign in here.`,
    );
  }
  const known = await findByProvider(parts, issuer, subject);
  return (
    known ??
    addPerson(
      parts,
      {
        tenantId: options.tenantId,
        displayName: name,
        ...(email === undefined ? {} : { email }),
        provider: { issuer, subject },
      },
      { id: issuer, name: "identity provider" },
    )
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const described = (error as { error_description?: unknown }).error_description;
  return typeof described === "string" ? described : error.message;
}
