/**
 * Client assertions: a JWT that the client signs with the key of a registered certificate.
 *
 * The claims are checked here rather than by a library, because shipping clients bend the rules: numbers
 * come as strings or with a fraction, thumbprints with padding or in hexadecimal, and one assertion is used
 * again until it expires. What the assertion says about its own certificate (`x5c`) is never trusted.
 * @see RFC 7523 §3; Microsoft identity platform, "Certificate credentials"
 */
import { X509Certificate } from "node:crypto";
import { compactVerify } from "jose";
import type { KeyCredential } from "../store/index.ts";
import type { EntraRefusal } from "../wire/index.ts";
import { type Clock, epochSeconds } from "./clock.ts";
import { type JsonObject, type JwtParts, readJwt } from "./jwt.ts";
import { refuse } from "./refuse.ts";

/** What an assertion is measured against. */
export interface AssertionContext {
  readonly appId: string;
  readonly certificates: readonly KeyCredential[];
  /** Origins under which the client may know this server. */
  readonly origins: readonly string[];
  /** Whether a path segment names the tenant that is asked. */
  readonly isTenant: (segment: string) => boolean;
  readonly clock: Clock;
  readonly clockSkewSeconds: number;
}

const ALGORITHMS: readonly string[] = ["RS256", "PS256"];

/** What may follow the tenant in an audience. */
const AUDIENCE_RESTS: ReadonlySet<string> = new Set([
  "oauth2/v2.0/token",
  "oauth2/token",
  "v2.0",
  "",
]);

/** The reason to refuse the assertion; undefined when it proves that the client is the application. */
export async function judgeAssertion(
  assertion: string,
  context: AssertionContext,
): Promise<EntraRefusal | undefined> {
  const parts = readJwt(assertion);
  if (typeof parts === "string") {
    return refuse("malformed_assertion", { reason: parts });
  }
  return (
    (await judgeSignature(assertion, parts, context)) ??
    judgeSubject(parts.payload, context) ??
    judgeTime(parts.payload, context) ??
    judgeAudience(parts.payload, context)
  );
}

async function judgeSignature(
  assertion: string,
  { header }: JwtParts,
  context: AssertionContext,
): Promise<EntraRefusal | undefined> {
  const algorithm = header["alg"];
  if (typeof algorithm !== "string" || !ALGORITHMS.includes(algorithm)) {
    const name = typeof algorithm === "string" ? algorithm : typeof algorithm;
    return refuse("assertion_algorithm", { algorithm: name });
  }
  const thumbprints = thumbprintsOf(header);
  const [firstThumbprint] = thumbprints;
  if (firstThumbprint === undefined) {
    return refuse("malformed_assertion", {
      reason: "No certificate thumbprint specified in token header.",
    });
  }
  const certificate = context.certificates.find(
    ({ sha1, sha256 }) => thumbprints.includes(sha1) || thumbprints.includes(sha256),
  );
  const thumbprint = firstThumbprint.toUpperCase();
  if (certificate === undefined) {
    return refuse("unknown_certificate", { thumbprint, appId: context.appId });
  }
  const { start, end } = certificate;
  const now = context.clock().toISOString();
  if (now < start || end <= now) {
    return refuse("expired_certificate", { thumbprint, start, end });
  }
  const { publicKey } = new X509Certificate(certificate.certificateDer);
  try {
    await compactVerify(assertion, publicKey, { algorithms: [algorithm] });
    return undefined;
  } catch {
    // The library's reasons (signature, crit, encoding) all mean that nothing was proved.
    return refuse("bad_assertion_signature", { thumbprint, start, end });
  }
}

/** Every thumbprint that the header names, in lower-case hexadecimal: x5t#S256, x5t, or kid in either form. */
function thumbprintsOf(header: JsonObject): readonly string[] {
  return ["x5t#S256", "x5t", "kid"].flatMap((name) => {
    const value = header[name];
    if (typeof value !== "string" || value === "") {
      return [];
    }
    return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(value)
      ? [value.toLowerCase()]
      : [Buffer.from(value, "base64url").toString("hex")];
  });
}

function judgeSubject(payload: JsonObject, context: AssertionContext): EntraRefusal | undefined {
  const issuer = payload["iss"];
  const subject = payload["sub"] ?? issuer;
  const isClient = (claim: unknown): boolean =>
    typeof claim === "string" && claim.toLowerCase() === context.appId;
  return isClient(issuer) && isClient(subject) ? undefined : refuse("assertion_subject");
}

function judgeTime(payload: JsonObject, context: AssertionContext): EntraRefusal | undefined {
  const expiry = numericDate(payload["exp"]);
  const start = numericDate(payload["nbf"] ?? payload["iat"] ?? 0);
  if (expiry === undefined || start === undefined) {
    return refuse("malformed_assertion", {
      reason: "The claims exp and, if present, nbf and iat must be numbers of seconds.",
    });
  }
  const now = epochSeconds(context.clock());
  const skew = context.clockSkewSeconds;
  return start - skew <= now && now < expiry + skew
    ? undefined
    : refuse("assertion_time", {
        now: instantText(now),
        from: instantText(start),
        until: instantText(expiry),
      });
}

/** Some libraries write the number as a string, others with a fraction. */
function numericDate(claim: unknown): number | undefined {
  const isNumber = typeof claim === "number" && Number.isFinite(claim);
  const isText = typeof claim === "string" && /^\d{1,15}(?:\.\d{1,9})?$/.test(claim);
  return isNumber || isText ? Number(claim) : undefined;
}

/** The last second that a JavaScript date can hold. */
const LAST_SECOND = 8_640_000_000_000;

function instantText(seconds: number): string {
  const bounded = Math.min(Math.max(seconds, -LAST_SECOND), LAST_SECOND);
  return new Date(bounded * 1_000).toISOString();
}

function judgeAudience(payload: JsonObject, context: AssertionContext): EntraRefusal | undefined {
  const claim = payload["aud"];
  const audiences: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return audiences.some((audience) => isOurs(audience, context))
    ? undefined
    : refuse("assertion_audience");
}

function isOurs(audience: unknown, { origins, isTenant }: AssertionContext): boolean {
  const url = typeof audience === "string" ? URL.parse(audience) : null;
  if (url === null || url.search !== "" || url.hash !== "" || !origins.includes(url.origin)) {
    return false;
  }
  const [, tenant = "", ...rest] = url.pathname.split("/");
  return isTenant(tenant) && AUDIENCE_RESTS.has(rest.join("/"));
}
