/**
 * The tokens that this server issues: the claims of Entra's app-only tokens, in the shape of version 1.0 or
 * 2.0. The `iss` is always our own. Times are Entra's too: valid from five minutes before the issue.
 */
import { randomBytes } from "node:crypto";
import { CompactSign } from "jose";
import { epochSeconds } from "./clock.ts";
import type { AppRegistration } from "./directory-view.ts";
import type { SigningKey } from "./signing-keys.ts";

/** What a token says. */
export interface TokenFacts {
  readonly version: "1.0" | "2.0";
  /** Our canonical origin. */
  readonly issuerOrigin: string;
  readonly audience: string;
  readonly application: AppRegistration;
  readonly credential: "secret" | "certificate";
  readonly issuedAt: Date;
  readonly lifetimeSeconds: number;
}

/** A signed token with its time range in seconds since 1970. */
export interface SignedToken {
  readonly token: string;
  readonly notBefore: number;
  readonly expiresOn: number;
}

/** Clocks that are a little slow accept a token at once when it is dated back. */
const BACKDATED_SECONDS = 300;

/** How the client proved itself, as `appidacr` and `azpacr` say it. */
const CREDENTIAL_CLASS = { secret: "1", certificate: "2" } as const;

/** The issuer of a tenant's tokens. */
export function issuerOf(origin: string, tenantId: string, version: "1.0" | "2.0"): string {
  return version === "1.0" ? `${origin}/${tenantId}/` : `${origin}/${tenantId}/v2.0`;
}

/** Signs a token. */
export async function signToken(facts: TokenFacts, key: SigningKey): Promise<SignedToken> {
  const now = epochSeconds(facts.issuedAt);
  const notBefore = now - BACKDATED_SECONDS;
  const expiresOn = now + facts.lifetimeSeconds;
  const times = { iat: notBefore, nbf: notBefore, exp: expiresOn };
  const claims = facts.version === "1.0" ? claimsV1(facts, times) : claimsV2(facts, times);
  const thumbprint = facts.version === "1.0" ? { x5t: key.kid } : {};
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ typ: "JWT", alg: "RS256", ...thumbprint, kid: key.kid })
    .sign(key.privateKey);
  return { token, notBefore, expiresOn };
}

interface Times {
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
}

function claimsV1(facts: TokenFacts, times: Times): Readonly<Record<string, unknown>> {
  const { application, audience } = facts;
  const { tenantId, objectId, appId, displayName, tenant } = application;
  const issuer = issuerOf(facts.issuerOrigin, tenantId, "1.0");
  return {
    aud: audience,
    iss: issuer,
    ...times,
    aio: opaque(36),
    app_displayname: displayName,
    appid: appId,
    appidacr: CREDENTIAL_CLASS[facts.credential],
    idp: issuer,
    idtyp: "app",
    oid: objectId,
    rh: `1.${opaque(24)}.`,
    sub: objectId,
    tid: tenantId,
    uti: opaque(16),
    ver: "1.0",
    xms_tcdt: epochSeconds(new Date(tenant.createdAt)),
  };
}

function claimsV2(facts: TokenFacts, times: Times): Readonly<Record<string, unknown>> {
  const { application, audience } = facts;
  const { tenantId, objectId, appId } = application;
  return {
    aud: audience,
    iss: issuerOf(facts.issuerOrigin, tenantId, "2.0"),
    ...times,
    aio: opaque(36),
    azp: appId,
    azpacr: CREDENTIAL_CLASS[facts.credential],
    oid: objectId,
    rh: `1.${opaque(24)}.`,
    sub: objectId,
    tid: tenantId,
    uti: opaque(16),
    ver: "2.0",
    xms_ftd: opaque(32),
  };
}

/** Claims whose content only Microsoft knows; clients must not read them, some expect them to be there. */
function opaque(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
