/** Reading a token request: which parameters count, what scope and resource mean, HTTP Basic. */
import type { EntraRefusal } from "../wire/index.ts";
import { refuse } from "./refuse.ts";

/** A token request as it arrived. */
export interface TokenRequest {
  readonly route: "v1" | "v2";
  /** The path's first segment: a GUID, a domain, or `adfs`. */
  readonly tenant: string;
  /** The form of the body. */
  readonly form: URLSearchParams;
  /** The Authorization header. */
  readonly authorization: string | undefined;
  readonly protocol: "http" | "https";
  /** The Host header. */
  readonly host: string;
  /** The client's IP address. */
  readonly address: string;
}

/** What the client proves itself with. */
export type PresentedCredential =
  /** Several readings of one secret, when it isn't clear whether it was form-encoded. */
  | { readonly type: "secret"; readonly readings: readonly string[] }
  | { readonly type: "assertion"; readonly assertion: string };

/** The parameters of a well-formed request. */
export interface TokenParameters {
  readonly clientId: string;
  readonly credential: PresentedCredential | undefined;
  /** The resource, as it will stand in `aud`. */
  readonly audience: string;
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const DEFAULT_SUFFIX = "/.default";

/** Scopes about people, which some libraries add to every request. */
const RESERVED_SCOPES: ReadonlySet<string> = new Set([
  "openid",
  "profile",
  "email",
  "offline_access",
]);

/** Parameters that may stand once only; unknown ones, such as telemetry, are ignored. */
const PARAMETERS: readonly string[] = [
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "scope",
  "resource",
];

/** The parameters, or the first fault in the order in which Entra looks: grant, client, scope. */
export function readTokenRequest(request: TokenRequest): TokenParameters | EntraRefusal {
  const { form } = request;
  const repeated = PARAMETERS.find((parameter) => form.getAll(parameter).length > 1);
  if (repeated !== undefined) {
    return refuse("repeated_parameter", { parameter: repeated });
  }
  const grantType = parameter(form, "grant_type");
  if (grantType === undefined) {
    return refuse("missing_parameter", { parameter: "grant_type" });
  }
  if (grantType !== "client_credentials") {
    return refuse("unsupported_grant", { grantType });
  }
  const client = readClient(request);
  if ("kind" in client) {
    return client;
  }
  const audience = readAudience(request);
  return typeof audience === "string" ? { ...client, audience } : audience;
}

/** An empty parameter counts as absent. @see RFC 6749 §3.2 */
function parameter(form: URLSearchParams, name: string): string | undefined {
  return form.get(name) || undefined;
}

function readClient({
  form,
  authorization,
}: TokenRequest): Omit<TokenParameters, "audience"> | EntraRefusal {
  const basic = readBasic(authorization);
  if (basic === null) {
    return refuse("malformed_request", { reason: "The Authorization header is not HTTP Basic." });
  }
  const clientId = parameter(form, "client_id") ?? basic?.clientId;
  if (clientId === undefined) {
    return refuse("missing_parameter", { parameter: "client_id" });
  }
  if (basic !== undefined && basic.clientId.toLowerCase() !== clientId.toLowerCase()) {
    return refuse("malformed_request", {
      reason: "The Authorization header names another client than client_id.",
    });
  }
  const credential = readCredential(form, basic);
  if (credential !== undefined && "kind" in credential) {
    return credential;
  }
  return { clientId: clientId.toLowerCase(), credential };
}

function readCredential(
  form: URLSearchParams,
  basic: BasicCredential | undefined,
): PresentedCredential | EntraRefusal | undefined {
  const assertion = parameter(form, "client_assertion");
  if (assertion === undefined) {
    const secret = parameter(form, "client_secret");
    const readings = secret === undefined ? (basic?.secretReadings ?? []) : [secret];
    return readings.length === 0 ? undefined : { type: "secret", readings };
  }
  const type = parameter(form, "client_assertion_type");
  if (type === undefined) {
    return refuse("missing_parameter", { parameter: "client_assertion_type" });
  }
  return type === ASSERTION_TYPE
    ? { type: "assertion", assertion }
    : refuse("malformed_assertion", { reason: `The client_assertion_type '${type}' is unknown.` });
}

interface BasicCredential {
  readonly clientId: string;
  readonly secretReadings: readonly string[];
}

/**
 * HTTP Basic with both parts form-encoded, as OAuth wants it; clients such as curl don't encode, so the
 * secret is also taken as it is. Null when the header isn't Basic.
 * @see RFC 6749 §2.3.1
 */
function readBasic(authorization: string | undefined): BasicCredential | undefined | null {
  if (authorization === undefined) {
    return undefined;
  }
  const [, encoded] = /^basic +([A-Za-z0-9+/_=-]+)$/i.exec(authorization.trim()) ?? [];
  if (encoded === undefined) {
    return null;
  }
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) {
    return null;
  }
  const secret = text.slice(colon + 1);
  return {
    clientId: formDecode(text.slice(0, colon)),
    secretReadings: [...new Set([formDecode(secret), secret])].filter((reading) => reading !== ""),
  };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // A stray percent sign: the text wasn't encoded.
    return text;
  }
}

/**
 * The resource that is asked for. On v1 it is `resource` as it stands, or a scope, because clients of the
 * `adfs` alias send one there. A scope is the resource with `/.default` behind it: of
 * `https://management.azure.com//.default` the resource ends with a slash.
 */
function readAudience({ route, form }: TokenRequest): string | EntraRefusal {
  const resource = route === "v1" ? parameter(form, "resource") : undefined;
  if (resource !== undefined) {
    return resource;
  }
  const scope = parameter(form, "scope");
  if (scope === undefined) {
    return refuse("missing_parameter", { parameter: route === "v1" ? "resource" : "scope" });
  }
  const scopes = scope.split(/\s+/).filter((item) => item !== "" && !RESERVED_SCOPES.has(item));
  const [only = ""] = scopes;
  if (scopes.length !== 1 || !only.endsWith(DEFAULT_SUFFIX)) {
    return refuse("invalid_scope", { scope });
  }
  return only.slice(0, -DEFAULT_SUFFIX.length);
}
