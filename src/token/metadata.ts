/**
 * The documents that clients read before they ask for a token: OpenID metadata, keys, instance discovery,
 * webfinger. Only what is announced and works here is usable; the endpoints for people's sign-in are named
 * because clients expect the members, and answer 404.
 */
import { type EntraRefusal, TOKEN_PATHS } from "../wire/index.ts";
import { issuerOf } from "./claims.ts";
import type { Directory } from "./directory.ts";
import { DEFAULT_TENANT_ALIAS } from "./directory-view.ts";
import {
  canonicalOrigin,
  isAllowedHost,
  type OriginOptions,
  type RequestTarget,
  requestOrigin,
} from "./origins.ts";
import { isRefusal, refuse } from "./refuse.ts";
import type { PublishedKey, SigningKeys } from "./signing-keys.ts";
import { findTenant, isAnyTenant } from "./tenant-segment.ts";

/** A document, ready to be written as JSON. */
export interface MetadataDocument {
  readonly kind: "document";
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request for a document of a tenant. */
export interface MetadataRequest extends RequestTarget {
  readonly version: "1.0" | "2.0";
  /** The path's first segment. */
  readonly tenant: string;
}

/** A client's question whether an authority is genuine. */
export interface InstanceRequest extends RequestTarget {
  readonly apiVersion: string | undefined;
  /** Address below the authority in question. */
  readonly authorizationEndpoint: string | undefined;
}

/** Writes the documents. */
export interface MetadataService {
  openIdConfiguration(request: MetadataRequest): Promise<MetadataDocument | EntraRefusal>;
  keys(request: MetadataRequest): Promise<MetadataDocument | EntraRefusal>;
  instanceDiscovery(request: InstanceRequest): MetadataDocument | EntraRefusal;
  webfinger(target: RequestTarget, resource: string | undefined): MetadataDocument;
}

/** What the documents are made from. */
export interface MetadataParts {
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly options: OriginOptions;
}

/** Stands for the tenant in issuers of documents for any tenant. */
const TENANT_TEMPLATE = "{tenantid}";
const API_VERSION_DEFAULT = "1.1";
const TRUSTED_REALM = "http://schemas.microsoft.com/rel/trusted-realm";

export function createMetadataService({
  directory,
  keys,
  options,
}: MetadataParts): MetadataService {
  /** The segment to put into addresses, and the tenant's id for issuers. */
  async function resolve(segment: string): Promise<TenantNames | EntraRefusal> {
    const name = segment.toLowerCase();
    if (isAnyTenant(name)) {
      return { segment: name, tenantId: TENANT_TEMPLATE };
    }
    const tenant = findTenant(await directory.view(), name);
    if (isRefusal(tenant)) {
      const { tenant: value = "" } = tenant.values;
      return tenant.id === "unknown_tenant"
        ? refuse("unknown_tenant_metadata", { tenant: value })
        : tenant;
    }
    const { tenantId } = tenant;
    // Clients that were told adfs go on by that name; others are told the id, as Entra does.
    return { segment: name === DEFAULT_TENANT_ALIAS ? name : tenantId, tenantId };
  }

  return {
    async openIdConfiguration(request) {
      const names = await resolve(request.tenant);
      if (isRefusal(names)) {
        return names;
      }
      const origin = requestOrigin(request, options);
      return { kind: "document", body: openIdConfiguration(origin, names, request.version) };
    },
    async keys(request) {
      const names = await resolve(request.tenant);
      if (isRefusal(names)) {
        return names;
      }
      const issuer = issuerOf(canonicalOrigin(options), TENANT_TEMPLATE, "2.0");
      const issuers = request.version === "2.0" ? { issuer } : {};
      const published = await keys.published();
      return {
        kind: "document",
        body: { keys: published.map((key) => ({ ...jwkOf(key), ...issuers })) },
      };
    },
    instanceDiscovery: (request) => instanceDiscovery(request, options),
    webfinger: (target, resource) => {
      const href = requestOrigin(target, options);
      const links = [{ rel: TRUSTED_REALM, href }];
      return { kind: "document", body: { subject: resource ?? href, links } };
    },
  };
}

interface TenantNames {
  readonly segment: string;
  readonly tenantId: string;
}

function jwkOf({ kid, key, x5c }: PublishedKey): Readonly<Record<string, unknown>> {
  const { n, e } = key.export({ format: "jwk" });
  return { kty: "RSA", use: "sig", kid, x5t: kid, n, e, x5c: [x5c] };
}

function openIdConfiguration(
  origin: string,
  { segment, tenantId }: TenantNames,
  version: "1.0" | "2.0",
): Readonly<Record<string, unknown>> {
  const base = `${origin}/${segment}`;
  const oauth = version === "2.0" ? `${base}/oauth2/v2.0` : `${base}/oauth2`;
  const keysPath = version === "2.0" ? TOKEN_PATHS.keysV2 : TOKEN_PATHS.keysV1;
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: [
      "client_secret_post",
      "private_key_jwt",
      "client_secret_basic",
    ],
    jwks_uri: `${origin}${keysPath.replace(":tenant", segment)}`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: issuerOf(origin, tenantId, version),
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${origin}/oidc/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: [
      "sub",
      "iss",
      "aud",
      "exp",
      "iat",
      "nbf",
      "tid",
      "oid",
      "ver",
      "appid",
      "azp",
    ],
    tenant_region_scope: null,
    cloud_instance_name: new URL(origin).host,
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: "graph.microsoft.com",
    rbac_url: "https://pas.windows.net",
  };
}

/** One client keys its answer by host and port, another by host alone: both entries are there. */
function instanceDiscovery(
  request: InstanceRequest,
  options: OriginOptions,
): MetadataDocument | EntraRefusal {
  const asked = URL.parse(request.authorizationEndpoint ?? "");
  if (asked === null || asked.protocol !== "https:" || !isAllowedHost(asked.host, options)) {
    return refuse("unknown_instance");
  }
  const here = new URL(requestOrigin(request, options));
  const sameMachine = here.hostname === asked.hostname ? [here.host] : [];
  const hosts = [...new Set([asked.host, asked.hostname, ...sameMachine])];
  const [, segment = ""] = asked.pathname.split("/");
  const tenant = segment === "" ? "common" : segment.toLowerCase();
  const path = asked.pathname.includes("/v2.0") ? TOKEN_PATHS.metadataV2 : TOKEN_PATHS.metadataV1;
  const authority = hosts.find((host) => host.includes(":")) ?? asked.host;
  return {
    kind: "document",
    body: {
      tenant_discovery_endpoint: `https://${authority}${path.replace(":tenant", tenant)}`,
      "api-version": request.apiVersion ?? API_VERSION_DEFAULT,
      metadata: hosts.map((host) => ({
        preferred_network: host,
        preferred_cache: host,
        aliases: [host],
      })),
    },
  };
}
