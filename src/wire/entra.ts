/**
 * The token service as it crosses the network: paths, reply types, clouds, audiences. Its refusals have a
 * table of their own.
 */

/** What this API's tokens are for: exactly these, case-sensitively. @see Upload API, "Acquire an access token" */
export const AUDIENCES: readonly string[] = [
  "https://management.core.windows.net/",
  "https://management.core.windows.net",
  "https://management.azure.com/",
  "https://management.azure.com",
];

/**
 * What a token may be for: `management` is the upload API and everything beside it, `query` the Log Analytics query
 * API, `ingestion` the Logs Ingestion API. A token of one plane is worth nothing on another, as in Azure.
 */
export type Plane = "management" | "query" | "ingestion";

/** Paths of the token service; `:tenant` is a GUID, a domain, `adfs`, or for documents `common`. */
export const TOKEN_PATHS = {
  metadataV2: "/:tenant/v2.0/.well-known/openid-configuration",
  metadataV1: "/:tenant/.well-known/openid-configuration",
  keysV2: "/:tenant/discovery/v2.0/keys",
  keysV1: "/:tenant/discovery/keys",
  tokenV2: "/:tenant/oauth2/v2.0/token",
  tokenV1: "/:tenant/oauth2/token",
  instanceDiscovery: "/common/discovery/instance",
  webfinger: "/.well-known/webfinger",
  error: "/error",
} as const;

/** A part of Azure with issuers and resources of its own. */
export type EntraCloud = "public" | "usgov" | "china";

/** Where a cloud's tokens come from and what they are for; `{tid}` stands for the tenant. */
export interface EntraCloudFacts {
  readonly issuerV1: string;
  readonly issuerV2: string;
  readonly keysV1: string;
  readonly keysV2: string;
  /** Accepted `aud` values, case-sensitively. */
  readonly audiences: Readonly<Record<Plane, readonly string[]>>;
}

function withAndWithoutSlash(...urls: readonly string[]): readonly string[] {
  return urls.flatMap((url) => [`${url}/`, url]);
}

/** The clouds. The documentation names the audiences of the public one; the others follow its pattern. */
export const ENTRA_CLOUDS: Readonly<Record<EntraCloud, EntraCloudFacts>> = {
  public: {
    issuerV1: "https://sts.windows.net/{tid}/",
    issuerV2: "https://login.microsoftonline.com/{tid}/v2.0",
    keysV1: "https://login.microsoftonline.com/{tid}/discovery/keys",
    keysV2: "https://login.microsoftonline.com/{tid}/discovery/v2.0/keys",
    audiences: {
      management: AUDIENCES,
      query: withAndWithoutSlash(
        "https://api.loganalytics.io",
        "https://api.loganalytics.azure.com",
      ),
      ingestion: withAndWithoutSlash("https://monitor.azure.com"),
    },
  },
  usgov: {
    issuerV1: "https://sts.windows.net/{tid}/",
    issuerV2: "https://login.microsoftonline.us/{tid}/v2.0",
    keysV1: "https://login.microsoftonline.us/{tid}/discovery/keys",
    keysV2: "https://login.microsoftonline.us/{tid}/discovery/v2.0/keys",
    audiences: {
      management: withAndWithoutSlash(
        "https://management.core.usgovcloudapi.net",
        "https://management.usgovcloudapi.net",
      ),
      query: withAndWithoutSlash("https://api.loganalytics.us"),
      ingestion: withAndWithoutSlash("https://monitor.azure.us"),
    },
  },
  china: {
    issuerV1: "https://sts.chinacloudapi.cn/{tid}/",
    issuerV2: "https://login.partner.microsoftonline.cn/{tid}/v2.0",
    keysV1: "https://login.partner.microsoftonline.cn/{tid}/discovery/keys",
    keysV2: "https://login.partner.microsoftonline.cn/{tid}/discovery/v2.0/keys",
    audiences: {
      management: withAndWithoutSlash(
        "https://management.core.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
      ),
      query: withAndWithoutSlash("https://api.loganalytics.azure.cn"),
      ingestion: withAndWithoutSlash("https://monitor.azure.cn"),
    },
  },
};

/** Reply of the v2 token route: exactly these members, numbers as numbers. */
export interface TokenReplyV2 {
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
}

/** Reply of the v1 token route: every member is a string. */
export interface TokenReplyV1 {
  readonly token_type: "Bearer";
  readonly expires_in: string;
  readonly ext_expires_in: string;
  readonly expires_on: string;
  readonly not_before: string;
  readonly resource: string;
  readonly access_token: string;
}
