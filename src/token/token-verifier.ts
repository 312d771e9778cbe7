/**
 * Verification of access tokens, built-in and of trusted Microsoft Entra tenants. The rules run in this
 * order; the first that fails names the reason:
 *
 *  1. form: at most 16 KiB, three parts, alg RS256, no `crit`, a `kid`
 *  2. `iss` is exactly one of the trusted issuers
 *  3. `tid` and `ver` fit that issuer
 *  4. the key of that `kid`, from the issuer's own keys
 *  5. the signature
 *  6. `exp` and `nbf`
 *  7. `aud`
 *  8. `oid` and `appid` (1.0) or `azp` (2.0)
 *  9. application or person
 *
 * A verified token is remembered by its hash for at most five minutes. Roles are never remembered, and
 * whether a built-in application still exists and is enabled is asked every time.
 * @see Microsoft identity platform, "Access tokens", "Claims validation"
 */
import { createHash } from "node:crypto";
import { compactVerify } from "jose";
import { AppError, type AppErrorOptions, isGuid, type Plane } from "../wire/index.ts";
import { type Clock, epochSeconds } from "./clock.ts";
import type { Directory } from "./directory.ts";
import type { DirectoryView } from "./directory-view.ts";
import { type JsonObject, type JwtParts, readJwt } from "./jwt.ts";
import type { VerificationKey } from "./key-source.ts";
import { createLru } from "./lru.ts";
import { checkTokenOptions, type TokenOptions } from "./options.ts";
import type { Principal } from "./principal.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { createTrustTable, type TrustEntry } from "./trust.ts";

/** Turns tokens into principals. */
export interface TokenVerifier {
  /**
   * Verifies the bearer token of an Authorization header, for the management plane unless said otherwise.
   * @throws AppError `unauthorized` or `wrong_audience`; the message is the precise reason, in ASCII
   */
  verifyAuthorization(authorization: string | undefined, plane?: Plane): Promise<Principal>;
  /** Verifies a token by itself. @throws AppError `unauthorized` or `wrong_audience` */
  verifyToken(token: string, plane?: Plane): Promise<Principal>;
}

/** What a verifier is made of. */
export interface TokenVerifierParts {
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly options: TokenOptions;
  readonly clock: Clock;
  /** Fetches the keys of real tenants; the platform's when absent. */
  readonly fetch?: typeof globalThis.fetch;
  /** Told when those keys can't be refreshed. */
  readonly warn?: (message: string, cause: unknown) => void;
}

/** Verified tokens remembered at one time, about 3 MB; each connector has one token an hour. */
const REMEMBERED_MAX = 5_000;
/** How long a removed permission at the issuer may go unnoticed here at most. */
const REMEMBERED_MS = 300_000;
const MS_PER_SECOND = 1_000;

interface Remembered {
  readonly principal: Principal;
  readonly audience: unknown;
  readonly entry: TrustEntry;
  readonly generation: number;
  readonly untilMs: number;
}

/** Under which hash a token is remembered, and what it has to be for. */
interface Place {
  readonly hash: string;
  readonly plane: Plane;
}

/** @throws AppError `settings_invalid` for impossible options or an unusable file of keys */
export function createTokenVerifier(parts: TokenVerifierParts): TokenVerifier {
  const { directory, options, clock } = parts;
  checkTokenOptions(options);
  const trust = createTrustTable({
    options,
    builtinKeys: parts.keys,
    fetch: parts.fetch ?? globalThis.fetch,
    clock,
    warn: parts.warn ?? (() => undefined),
  });
  const remembered = createLru<Remembered>(REMEMBERED_MAX);

  async function recall(hash: string): Promise<Remembered | undefined> {
    const known = remembered.get(hash);
    if (known === undefined) {
      return undefined;
    }
    const isFresh =
      clock().getTime() < known.untilMs &&
      (await known.entry.keys.generation()) === known.generation;
    if (!isFresh) {
      remembered.delete(hash);
    }
    return isFresh ? known : undefined;
  }

  async function verify(token: string, view: DirectoryView, place: Place): Promise<Remembered> {
    const parts = readForm(token);
    const entry = findEntry(parts, (issuer) => trust(issuer, view));
    // The generation is read first: a change of keys in between then costs one more verification.
    const generation = await entry.keys.generation();
    await verifySignature(token, await findKey(parts, entry));
    const expiresMs = requireTimes(parts.payload, clock, options) * MS_PER_SECOND;
    const audience = parts.payload["aud"];
    requireAudience(audience, entry.audiences[place.plane]);
    const principal = readPrincipal(parts.payload, entry, options);
    const untilMs = Math.min(expiresMs, clock().getTime() + REMEMBERED_MS);
    const verified: Remembered = { principal, audience, entry, generation, untilMs };
    remembered.set(place.hash, verified);
    return verified;
  }

  async function verifyToken(token: string, plane: Plane = "management"): Promise<Principal> {
    const view = await directory.view();
    const hash = createHash("sha256").update(token).digest("base64");
    const verified = (await recall(hash)) ?? (await verify(token, view, { hash, plane }));
    requireAudience(verified.audience, verified.entry.audiences[plane]);
    requireActive(view, verified.principal);
    return verified.principal;
  }

  return {
    verifyToken,
    verifyAuthorization: async (authorization, plane) =>
      verifyToken(bearerToken(authorization), plane),
  };
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === "") {
    throw refusal("The Authorization header is missing.", { tokenFault: "missing" });
  }
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
  if (token === undefined) {
    throw refusal("The Authorization header holds no bearer token.");
  }
  return token;
}

function readForm(token: string): JwtParts {
  const parts = readJwt(token);
  if (typeof parts === "string") {
    throw refusal(`The token is malformed. ${parts}`);
  }
  const { header } = parts;
  if (header["alg"] !== "RS256") {
    throw refusal(`The token's alg is ${quoted(header["alg"])}; only RS256 is accepted.`);
  }
  if (header["crit"] !== undefined) {
    throw refusal("The token's header has crit, which is not accepted.");
  }
  if (typeof header["kid"] !== "string" || header["kid"] === "") {
    throw refusal("The token's header has no kid.");
  }
  return parts;
}

function findEntry(
  { payload }: JwtParts,
  trust: (issuer: string) => TrustEntry | undefined,
): TrustEntry {
  const issuer = payload["iss"];
  const entry = typeof issuer === "string" ? trust(issuer) : undefined;
  if (entry === undefined) {
    throw refusal(`The token's iss ${quoted(issuer)} is not a trusted issuer.`, {
      tokenFault: "foreign",
    });
  }
  if (payload["tid"] !== entry.tenantId) {
    throw refusal(`The token's tid ${quoted(payload["tid"])} is not the tenant of its iss.`, {
      tokenFault: "foreign",
    });
  }
  if (payload["ver"] !== entry.version) {
    throw refusal(`The token's ver ${quoted(payload["ver"])} doesn't fit its iss.`);
  }
  return entry;
}

async function findKey({ header }: JwtParts, entry: TrustEntry): Promise<VerificationKey> {
  const kid = String(header["kid"]);
  const key = await entry.keys.find(kid);
  if (key === undefined) {
    throw refusal(`The token's kid ${quoted(kid)} is none of the keys of its issuer.`);
  }
  const template = key.issuerTemplate;
  const isForIssuer =
    entry.version === "1.0" ||
    template === null ||
    template.replace("{tenantid}", entry.tenantId) === entry.issuer;
  if (!isForIssuer) {
    throw refusal(`The key ${quoted(kid)} doesn't vouch for the token's issuer.`);
  }
  return key;
}

async function verifySignature(token: string, { key }: VerificationKey): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: ["RS256"] });
  } catch (cause) {
    throw refusal("The token's signature is not valid.", { cause });
  }
}

/** Returns the expiry in seconds since 1970. */
function requireTimes(payload: JsonObject, clock: Clock, options: TokenOptions): number {
  const { exp, nbf } = payload as { readonly exp?: unknown; readonly nbf?: unknown };
  const now = epochSeconds(clock());
  const skew = options.clockSkewSeconds;
  if (typeof exp !== "number" || !Number.isFinite(exp)) {
    throw refusal("The token's exp is not a number.");
  }
  if (typeof nbf !== "number" || !Number.isFinite(nbf)) {
    throw refusal("The token's nbf is not a number.");
  }
  if (now >= exp + skew) {
    throw refusal(`The token expired ${now - exp} seconds ago; ${skew} are tolerated.`, {
      tokenFault: "expired",
    });
  }
  if (now < nbf - skew) {
    throw refusal(`The token is valid only in ${nbf - now} seconds; ${skew} are tolerated.`);
  }
  return exp;
}

function requireAudience(audience: unknown, allowed: readonly string[]): void {
  if (typeof audience !== "string" || !allowed.includes(audience)) {
    throw new AppError(
      "wrong_audience",
      `The token's aud is ${quoted(audience)}; it must be one of ${allowed.join(", ")}.`,
    );
  }
}

function readPrincipal(payload: JsonObject, entry: TrustEntry, options: TokenOptions): Principal {
  const objectId = requireGuidClaim(payload, "oid");
  const appId = requireGuidClaim(payload, entry.version === "1.0" ? "appid" : "azp");
  const identityType = payload["idtyp"];
  const isDelegated =
    payload["scp"] !== undefined || (identityType !== undefined && identityType !== "app");
  if (isDelegated && !options.allowDelegated) {
    throw refusal(
      "The token is a person's (it has scp, or an idtyp other than app); only applications are accepted.",
    );
  }
  return {
    tenantId: entry.tenantId,
    objectId,
    appId,
    kind: isDelegated ? "delegated" : "application",
    tokenVersion: entry.version,
    issuer: entry.kind,
  };
}

function requireGuidClaim(payload: JsonObject, claim: string): string {
  const value = payload[claim];
  if (typeof value !== "string" || !isGuid(value)) {
    throw refusal(`The token's ${claim} ${quoted(value)} is not a GUID.`);
  }
  return value.toLowerCase();
}

function requireActive(view: DirectoryView, principal: Principal): void {
  if (principal.issuer !== "builtin") {
    return;
  }
  const application = view.findPrincipal(principal.tenantId, principal.objectId);
  if (application === undefined || application.appId !== principal.appId) {
    throw refusal("The token's application doesn't exist any more.");
  }
  if (!application.enabled) {
    throw refusal("The token's application is disabled.");
  }
}

function refusal(
  reason: string,
  options: Pick<AppErrorOptions, "cause" | "tokenFault"> = {},
): AppError {
  return new AppError("unauthorized", reason, options);
}

/** Longest part of a token that a reason repeats. */
const QUOTED_LENGTH_MAX = 100;

/**
 * A claim as it may stand in a header value: ASCII, bounded, without quotation marks of its own. Lists and
 * objects are only named, because writing out deeply nested ones would exhaust the stack.
 */
function quoted(value: unknown): string {
  if (value === undefined) {
    return "(absent)";
  }
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "(a list)" : "(an object)";
  }
  const safe = String(value)
    .slice(0, QUOTED_LENGTH_MAX)
    .replaceAll(/[^\x20-\x7e]|["\\]/g, "?");
  return `'${safe}'`;
}
