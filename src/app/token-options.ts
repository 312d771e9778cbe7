/** How the settings become the options of the token room. */

import { TAKEOVER_ORIGINS, type TokenOptions } from "../token/index.ts";
import type { Settings } from "./settings-table.ts";

/**
 * Options of the token service and of verification.
 * @param certificateNames names that the server's certificate covers: what clients may call it by
 * @param canonicalUrl origin in the tokens issued here, known once the server listens
 */
export function tokenOptions(
  settings: Settings,
  certificateNames: readonly string[],
  canonicalUrl: () => string,
): TokenOptions {
  return {
    canonicalUrl,
    allowedHosts: [
      ...certificateNames.map((name) => (name.includes(":") ? `[${name}]` : name)),
      ...settings["server.allowedHosts"],
    ],
    takeoverOrigins: settings["tls.takeover"] ? TAKEOVER_ORIGINS : [],
    tokenLifetimeSeconds: settings["token.lifetimeSeconds"],
    tokenVersion: settings["token.version"],
    clockSkewSeconds: settings["auth.clockSkewSeconds"],
    allowDelegated: settings["auth.allowDelegated"],
    allowedRoles: settings["auth.allowedRoles"],
    trustedTenants: settings["auth.trustedTenants"],
    jwksFile: settings["auth.jwksFile"],
    failedSignInsPerMinuteMax: settings["auth.failedSignInsPerMinuteMax"],
  };
}
