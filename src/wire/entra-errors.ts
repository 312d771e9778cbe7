/**
 * Refusals of the token service: one table with the codes and texts that Microsoft Entra sends. Clients read
 * the codes and people search the web for the texts, so both are kept as they are.
 */

/** Body of a refusal, members in this order. */
export interface EntraErrorBody {
  readonly error: EntraErrorName;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly error_uri?: string;
}

/** The OAuth error names in use. @see RFC 6749 §5.2 */
export type EntraErrorName =
  | "invalid_client"
  | "invalid_grant"
  | "invalid_instance"
  | "invalid_request"
  | "invalid_resource"
  | "invalid_scope"
  | "invalid_tenant"
  | "server_error"
  | "temporarily_unavailable"
  | "unauthorized_client"
  | "unsupported_grant_type";

/** Name of a kind of refusal. */
export type EntraErrorId =
  | "bad_secret"
  | "expired_secret"
  | "no_credential"
  | "unknown_app"
  | "invalid_app"
  | "disabled_app"
  | "unknown_tenant"
  | "unknown_tenant_metadata"
  | "malformed_tenant"
  | "unknown_certificate"
  | "bad_assertion_signature"
  | "expired_certificate"
  | "assertion_time"
  | "assertion_audience"
  | "assertion_subject"
  | "assertion_algorithm"
  | "malformed_assertion"
  | "invalid_scope"
  | "unknown_resource"
  | "missing_parameter"
  | "repeated_parameter"
  | "malformed_request"
  | "body_too_large"
  | "unsupported_grant"
  | "wrong_method"
  | "unknown_instance"
  | "too_many_failures"
  | "unavailable"
  | "internal";

/** One kind of refusal. */
export interface EntraErrorFacts {
  readonly error: EntraErrorName;
  /** The number behind AADSTS. */
  readonly code: number;
  /** The text behind the code; `{name}` stands for a value. */
  readonly text: string;
  /** Entra sends these without `error_uri`. */
  readonly withoutUri?: true;
  /** What an operator of this server can do about it; shown at `/error?code=`. */
  readonly advice: string;
}

const PORTAL_HINT =
  "Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id " +
  "'{appId}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine " +
  "the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get" +
  "?view=graph-rest-1.0&tabs=http to build a query request URL, such as " +
  "'https://graph.microsoft.com/beta/applications/{appId}'.";

const UNKNOWN_TENANT =
  "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the " +
  "correct cloud. Check with your subscription administrator, this may happen if there are no active " +
  "subscriptions for the tenant.";

const TENANT_ADVICE =
  "Use a tenant id or domain that `stixgate tenant list` shows, or adfs for the default tenant.";

const SECRET_ADVICE =
  "`stixgate app secret rotate APP` makes a new secret; the newest old one stays valid beside it.";

const ASSERTION_ADVICE =
  "See the application's certificates with `stixgate app cert list APP`, and compare the clocks of client " +
  "and server.";

/** Every refusal of the token service. */
export const ENTRA_ERRORS: Readonly<Record<EntraErrorId, EntraErrorFacts>> = {
  bad_secret: {
    error: "invalid_client",
    code: 7000215,
    text:
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret " +
      "value, not the client secret ID, for a secret added to app '{appId}'.",
    advice: SECRET_ADVICE,
  },
  expired_secret: {
    error: "invalid_client",
    code: 7000222,
    text:
      "The provided client secret keys for app '{appId}' are expired. Visit the Azure portal to create new " +
      "keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for " +
      "added security: https://aka.ms/certCreds.",
    advice: SECRET_ADVICE,
  },
  no_credential: {
    error: "invalid_client",
    code: 7000216,
    text: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    advice: "Send the client secret, or an assertion signed with a registered certificate.",
  },
  unknown_app: {
    error: "unauthorized_client",
    code: 700016,
    text:
      "Application with identifier '{appId}' was not found in the directory '{tenantName}'. This can happen " +
      "if the application has not been installed by the administrator of the tenant or consented to by any " +
      "user in the tenant. You may have sent your authentication request to the wrong tenant.",
    advice: "Compare the client id and the tenant with `stixgate app list`.",
  },
  invalid_app: {
    error: "unauthorized_client",
    code: 700038,
    text: "{appId} is not a valid application identifier.",
    withoutUri: true,
    advice: "Give the client id that `stixgate app list` shows.",
  },
  disabled_app: {
    error: "unauthorized_client",
    code: 7000112,
    text: "Application '{appId}'({appName}) is disabled.",
    advice: "`stixgate app enable APP` lets it sign in again.",
  },
  unknown_tenant: {
    error: "invalid_request",
    code: 90002,
    text: UNKNOWN_TENANT,
    advice: TENANT_ADVICE,
  },
  unknown_tenant_metadata: {
    error: "invalid_tenant",
    code: 90002,
    text: UNKNOWN_TENANT,
    advice: TENANT_ADVICE,
  },
  malformed_tenant: {
    error: "invalid_request",
    code: 900023,
    text: "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
    advice: TENANT_ADVICE,
  },
  unknown_certificate: {
    error: "invalid_client",
    code: 700027,
    text:
      "The certificate with identifier used to sign the client assertion is not registered on application. " +
      `[Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', ${PORTAL_HINT}]`,
    advice: ASSERTION_ADVICE,
  },
  bad_assertion_signature: {
    error: "invalid_client",
    code: 700027,
    text:
      "Client assertion failed signature validation. [Reason - The provided signature value did not match " +
      "the expected signature value., Thumbprint of key used by client: '{thumbprint}', Found key " +
      "'Start={start}, End={end}']",
    advice: ASSERTION_ADVICE,
  },
  expired_certificate: {
    error: "invalid_client",
    code: 700027,
    text:
      "Client assertion failed signature validation. [Reason - The key used is expired., Thumbprint of key " +
      "used by client: '{thumbprint}', Found key 'Start={start}, End={end}']",
    advice: ASSERTION_ADVICE,
  },
  assertion_time: {
    error: "invalid_client",
    code: 700024,
    text:
      "Client assertion is not within its valid time range. Current time: {now}, assertion valid " +
      "from {from}, expiry time of assertion {until}.",
    advice: ASSERTION_ADVICE,
  },
  assertion_audience: {
    error: "invalid_client",
    code: 700023,
    text: "Client assertion audience claim does not match Realm issuer.",
    advice:
      "The assertion's aud must be the token endpoint as the client calls it; names of this server other " +
      "than those of its certificate belong into the setting server.allowedHosts.",
  },
  assertion_subject: {
    error: "invalid_client",
    code: 700021,
    text: "Client assertion application identifier doesn't match 'client_id' parameter.",
    advice: "The assertion's iss and sub must both be the client id.",
  },
  assertion_algorithm: {
    error: "invalid_client",
    code: 5002738,
    text: "Invalid JWT token. '{algorithm}' is not a supported signature algorithm.",
    advice: "Sign with RS256 or PS256.",
  },
  malformed_assertion: {
    error: "invalid_client",
    code: 50027,
    text: "Invalid JWT token. {reason}",
    advice:
      "The assertion must be a JWT with x5t#S256, x5t or kid in its header, and client_assertion_type " +
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer beside it.",
  },
  invalid_scope: {
    error: "invalid_scope",
    code: 1002012,
    text:
      "The provided value for scope {scope} is not valid. Client credential flows must have a scope value " +
      "with /.default suffixed to the resource identifier (application ID URI).",
    advice: "Ask for the scope https://management.azure.com/.default.",
  },
  unknown_resource: {
    error: "invalid_resource",
    code: 500011,
    text:
      "The resource principal named {resource} was not found in the tenant named {tenantName}. This can " +
      "happen if the application has not been installed by the administrator of the tenant or consented to " +
      "by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
    advice:
      "Ask for https://management.azure.com (v1) or https://management.azure.com/.default (v2).",
  },
  missing_parameter: {
    error: "invalid_request",
    code: 900144,
    text: "The request body must contain the following parameter: '{parameter}'.",
    advice: "Send the fields as application/x-www-form-urlencoded.",
  },
  repeated_parameter: {
    error: "invalid_request",
    code: 9000411,
    text: "The request is not properly formatted. The parameter '{parameter}' is duplicated.",
    advice: "Send each field once.",
  },
  malformed_request: {
    error: "invalid_request",
    code: 9002313,
    text: "Invalid request. Request is malformed or invalid. {reason}",
    advice: "Send the fields as application/x-www-form-urlencoded.",
  },
  body_too_large: {
    error: "invalid_request",
    code: 9002313,
    text: "Invalid request. Request is malformed or invalid. The body is larger than {bytesMax} bytes.",
    advice: "A token request has a few kilobytes.",
  },
  unsupported_grant: {
    error: "unsupported_grant_type",
    code: 70003,
    text: "The app requested an unsupported grant type '{grantType}'.",
    withoutUri: true,
    advice: "Applications sign in with grant_type=client_credentials.",
  },
  wrong_method: {
    error: "invalid_request",
    code: 900561,
    text: "The endpoint only accepts POST requests. Received a {method} request.",
    advice: "POST the token request.",
  },
  unknown_instance: {
    error: "invalid_instance",
    code: 50049,
    text: "Unknown or invalid instance.",
    advice:
      "Names of this server beyond its certificate's belong into the setting server.allowedHosts.",
  },
  too_many_failures: {
    error: "temporarily_unavailable",
    code: 90055,
    text: "Too many failed sign-ins of app '{appId}' from this address. Try again in {seconds} seconds.",
    advice: "Wait, then check the client's secret or certificate before trying again.",
  },
  unavailable: {
    error: "temporarily_unavailable",
    code: 90033,
    text: "A transient error has occurred. Please try again.",
    advice: "The server's log says what failed, under the trace id.",
  },
  internal: {
    error: "server_error",
    code: 50000,
    text: "There was an error issuing a token or an issue with our sign-in service.",
    advice: "The server's log says what failed, under the trace id.",
  },
};

/** A refusal with the values of its text. */
export interface EntraRefusal {
  readonly kind: "refused";
  readonly id: EntraErrorId;
  readonly values: Readonly<Record<string, string>>;
}

/** Longest value that a text repeats back to its sender. */
const VALUE_LENGTH_MAX = 200;

/** The refusal's text with its values filled in, each cut to a bounded length. */
export function entraErrorText({ id, values }: EntraRefusal): string {
  return ENTRA_ERRORS[id].text.replaceAll(/\{(\w+)\}/g, (_hole, name: string) =>
    (values[name] ?? "").slice(0, VALUE_LENGTH_MAX),
  );
}

/** An instant as Entra writes it: `2026-08-13 21:24:29Z`. */
function entraTimestamp(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** What names a request in its reply. */
export interface EntraErrorContext {
  readonly now: Date;
  readonly traceId: string;
  readonly correlationId: string;
  /** Origin of this server as the client sees it, without a slash at the end. */
  readonly origin: string;
}

/** The body of a refusal, member by member as Entra sends it. */
export function entraErrorBody(refusal: EntraRefusal, context: EntraErrorContext): EntraErrorBody {
  const facts = ENTRA_ERRORS[refusal.id];
  const timestamp = entraTimestamp(context.now);
  const description =
    `AADSTS${facts.code}: ${entraErrorText(refusal)} Trace ID: ${context.traceId} ` +
    `Correlation ID: ${context.correlationId} Timestamp: ${timestamp}`;
  return {
    error: facts.error,
    error_description: description,
    error_codes: [facts.code],
    timestamp,
    trace_id: context.traceId,
    correlation_id: context.correlationId,
    ...(facts.withoutUri ? {} : { error_uri: `${context.origin}/error?code=${facts.code}` }),
  };
}
