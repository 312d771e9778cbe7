/**
 * The three ways in which a client proves who it is. What travels to the token service is built here; the
 * request itself is made in token.ts.
 */
import { createPrivateKey, type KeyObject, randomUUID, X509Certificate } from "node:crypto";
import { SignJWT } from "jose";
import { checkAddress, invalid } from "./address.ts";

/** A client secret of an application (Upload API, "Acquire an access token"). */
export interface SecretCredential {
  /** The tenant's GUID or a domain name of it. */
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authorityHost?: string | undefined;
}

/** A certificate of an application, as the upload API's own sample uses one. */
export interface CertificateCredential {
  readonly tenantId: string;
  readonly clientId: string;
  /** PEM text with the certificate and its RSA private key, in any order. */
  readonly certificatePem: string;
  /** Of an encrypted key. */
  readonly passphrase?: string | undefined;
  /** PS256 names the certificate by `x5t#S256`, RS256 by the older `x5t`. PS256 by default. */
  readonly algorithm?: "PS256" | "RS256" | undefined;
  readonly authorityHost?: string | undefined;
}

/** Whatever gives tokens, such as every credential of `@azure/identity`. */
export interface TokenCredential {
  getToken(
    scopes: string | string[],
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** How a client proves who it is. */
export type Credential = SecretCredential | CertificateCredential | TokenCredential;

/** Where tokens of the public cloud come from. */
export const DEFAULT_AUTHORITY_HOST = "https://login.microsoftonline.com";

/** The services take an assertion for at most this long; msal asks for the same. */
const ASSERTION_LIFETIME_SECONDS = 600;

/** A GUID, a domain name, or `adfs`: what can stand in the path without being escaped. */
const TENANT = /^[0-9A-Za-z](?:[0-9A-Za-z.-]{0,251}[0-9A-Za-z])?$/;

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;
const KEY_BLOCK = /-----BEGIN ((?:RSA |ENCRYPTED )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/;

/** A token request without its transport. */
export interface TokenGrant {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** The form fields by which the application proves who it is, made anew for every request. */
  proof(nowMs: number): Promise<Readonly<Record<string, string>>>;
}

/**
 * Checks a credential of an application and prepares its token requests.
 *
 * @throws ClientError options_invalid
 */
export function grantOf(credential: SecretCredential | CertificateCredential): TokenGrant {
  if (!TENANT.test(credential.tenantId)) {
    throw invalid("tenantId", `must be a GUID or a domain name, not "${credential.tenantId}"`);
  }
  if (credential.clientId === "") {
    throw invalid("clientId", "must not be empty");
  }
  const { clientId } = credential;
  const tokenEndpoint = tokenEndpointOf(credential.authorityHost, credential.tenantId);
  if ("clientSecret" in credential) {
    const { clientSecret } = credential;
    if (clientSecret === "") {
      throw invalid("clientSecret", "must not be empty");
    }
    return {
      tokenEndpoint,
      clientId,
      proof: () => Promise.resolve({ client_secret: clientSecret }),
    };
  }
  const sign = assertionSigner(credential, tokenEndpoint);
  return {
    tokenEndpoint,
    clientId,
    proof: async (nowMs) => ({
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await sign(nowMs),
    }),
  };
}

/** The name `adfs` stands for a directory that only knows the older path, as in the Azure SDKs. */
function tokenEndpointOf(authorityHost: string | undefined, tenantId: string): string {
  const host = checkAddress("authorityHost", authorityHost ?? DEFAULT_AUTHORITY_HOST);
  return tenantId.toLowerCase() === "adfs"
    ? `${host}/${tenantId}/oauth2/token`
    : `${host}/${tenantId}/oauth2/v2.0/token`;
}

/** RFC 7523 §3, with the header by which Entra finds the certificate. */
function assertionSigner(
  credential: CertificateCredential,
  audience: string,
): (nowMs: number) => Promise<string> {
  const certificate = certificateOf(credential.certificatePem);
  const key = keyOf(credential);
  if (!certificate.checkPrivateKey(key)) {
    throw invalid("certificatePem", "holds a private key that does not belong to its certificate");
  }
  const thumbprint = (fingerprint: string): string =>
    Buffer.from(fingerprint.replaceAll(":", ""), "hex").toString("base64url");
  const header =
    credential.algorithm === "RS256"
      ? { alg: "RS256", typ: "JWT", x5t: thumbprint(certificate.fingerprint) }
      : { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint(certificate.fingerprint256) };
  return (nowMs) => {
    const nowSeconds = Math.floor(nowMs / 1000);
    return new SignJWT()
      .setProtectedHeader(header)
      .setIssuer(credential.clientId)
      .setSubject(credential.clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setExpirationTime(nowSeconds + ASSERTION_LIFETIME_SECONDS)
      .sign(key);
  };
}

function certificateOf(pem: string): X509Certificate {
  const block = CERTIFICATE_BLOCK.exec(pem)?.[0];
  if (block === undefined) {
    throw invalid("certificatePem", "holds no certificate in PEM form");
  }
  try {
    return new X509Certificate(block);
  } catch (cause) {
    throw invalid("certificatePem", `holds a broken certificate (${String(cause)})`);
  }
}

function keyOf({ certificatePem, passphrase }: CertificateCredential): KeyObject {
  const block = KEY_BLOCK.exec(certificatePem)?.[0];
  if (block === undefined) {
    throw invalid("certificatePem", "holds no private key in PEM form");
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: block, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // The reason is left out: it may repeat parts of the key.
    throw invalid("certificatePem", "holds a private key that is broken or needs its passphrase");
  }
  if (key.asymmetricKeyType !== "rsa") {
    throw invalid("certificatePem", "must hold an RSA key: the token service takes no other");
  }
  return key;
}
