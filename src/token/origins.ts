/**
 * The names under which clients know this server. Documents follow the Host header of the request, because
 * clients compare them with the address they called, but only for hosts that the operator allows: anything
 * else falls back to the canonical address.
 */
import { AppError, ENTRA_CLOUDS } from "../wire/index.ts";
import { TAKEOVER_ORIGINS, type TokenOptions } from "./options.ts";

/** The part of the options that says who we are. */
export type OriginOptions = Pick<TokenOptions, "canonicalUrl" | "allowedHosts" | "takeoverOrigins">;

/** How a request reached the server. */
export interface RequestTarget {
  readonly protocol: "http" | "https";
  /** The Host header, with its port if it has one. */
  readonly host: string;
}

/** The origin that documents for this request name; the canonical one for a host that isn't allowed. */
export function requestOrigin(target: RequestTarget, options: OriginOptions): string {
  return isAllowedHost(target.host, options)
    ? originOf(`${target.protocol}://${target.host}`)
    : canonicalOrigin(options);
}

/** Whether documents may name this host, given as in a Host header. */
export function isAllowedHost(host: string, options: OriginOptions): boolean {
  const url = URL.parse(`https://${host}`);
  if (url === null || url.href !== `https://${url.host}/` || host === "") {
    return false;
  }
  const canonical = new URL(canonicalOrigin(options));
  const takeoverHosts = options.takeoverOrigins.map((origin) => new URL(origin).host);
  const allowed = [canonical.host, canonical.hostname, ...takeoverHosts, ...options.allowedHosts];
  // An entry without a port allows every port: the same machine behind a forwarded one.
  return allowed.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted === url.host || wanted === url.hostname;
  });
}

/** The origin in the `iss` of our tokens. @throws AppError `settings_invalid` when it is Microsoft's */
export function canonicalOrigin(options: OriginOptions): string {
  const origin = originOf(options.canonicalUrl());
  if (MICROSOFT_ORIGINS.has(origin)) {
    throw new AppError(
      "settings_invalid",
      `canonicalUrl: Tokens issued here must not claim to come from ${origin}.`,
      { field: "canonicalUrl" },
    );
  }
  return origin;
}

/** Origins that a client may name as the audience of an assertion sent in this request. */
export function assertionOrigins(target: RequestTarget, options: OriginOptions): readonly string[] {
  const { host } = new URL(requestOrigin(target, options));
  return [
    canonicalOrigin(options),
    originOf(`https://${host}`),
    originOf(`http://${host}`),
    ...options.takeoverOrigins.map(originOf),
  ];
}

const MICROSOFT_ORIGINS: ReadonlySet<string> = new Set([
  ...TAKEOVER_ORIGINS,
  ...Object.values(ENTRA_CLOUDS).flatMap(({ issuerV1, issuerV2 }) =>
    [issuerV1, issuerV2].map((issuer) => new URL(issuer).origin),
  ),
]);

function originOf(url: string): string {
  return new URL(url).origin;
}
