/** What an operator decides about tokens, and the checks that need more than a value's form. */
import { AppError } from "../wire/index.ts";
import { requireRoleDefinition } from "./role-assignments.ts";

/** Settings of the token service and of token verification. */
export interface TokenOptions {
  /**
   * Origin in the `iss` of tokens issued here, such as `https://stixgate.example:8443`. Asked at each use,
   * because a server on a free port learns its own late.
   */
  readonly canonicalUrl: () => string;
  /** Hosts that metadata may name, as in the Host header; without a port, every port is meant. */
  readonly allowedHosts: readonly string[];
  /** Origins of Microsoft that clients may believe they talk to, when DNS leads them here. */
  readonly takeoverOrigins: readonly string[];
  /** From 60 to 86,400. Clients treat a token as expired 300 seconds early. */
  readonly tokenLifetimeSeconds: number;
  /** Shape of the tokens issued here, whichever route asks. */
  readonly tokenVersion: "1.0" | "2.0";
  /** Tolerance for other clocks, 0 to 3,600. */
  readonly clockSkewSeconds: number;
  /** Whether tokens of people are accepted too. */
  readonly allowDelegated: boolean;
  /** Ids or names of the only roles that may upload; empty: every role whose actions include it. */
  readonly allowedRoles: readonly string[];
  /** Ids of real Microsoft Entra tenants; `usgov/ID` and `china/ID` name those of the other clouds. */
  readonly trustedTenants: readonly string[];
  /** File with the trusted tenants' keys (a JWKS), used instead of asking Microsoft; empty: none. */
  readonly jwksFile: string;
  /** Wrong credentials of one client id from one address until both have to wait, per minute. */
  readonly failedSignInsPerMinuteMax: number;
}

/** Origins that clients without a setting of their own call. */
export const TAKEOVER_ORIGINS: readonly string[] = [
  "https://login.microsoftonline.com",
  "https://login.microsoft.com",
  "https://login.windows.net",
  "https://sts.windows.net",
];

/** The defaults; only `canonicalUrl` has none. */
export const TOKEN_OPTIONS_DEFAULT: Omit<TokenOptions, "canonicalUrl"> = {
  allowedHosts: ["localhost", "127.0.0.1", "[::1]"],
  takeoverOrigins: TAKEOVER_ORIGINS,
  tokenLifetimeSeconds: 3_600,
  tokenVersion: "1.0",
  clockSkewSeconds: 300,
  allowDelegated: false,
  allowedRoles: [],
  trustedTenants: [],
  jwksFile: "",
  // A client with an old secret retries a few times a minute; someone who guesses, thousands of times.
  failedSignInsPerMinuteMax: 20,
};

/** The longest lifetime: verification keys stay published for so long after they stop signing. */
export const TOKEN_LIFETIME_SECONDS_MAX = 86_400;
const TOKEN_LIFETIME_SECONDS_MIN = 60;
export const CLOCK_SKEW_SECONDS_MAX = 3_600;
/** A widespread connector renews its token only after so many seconds, whatever `expires_in` says. */
const COMFORTABLE_LIFETIME_SECONDS = 3_500;
/** Client caches treat a token as expired so many seconds early. */
const CLIENT_MARGIN_SECONDS = 300;
const FAILED_SIGN_INS_MAX = 100_000;

/**
 * Refuses impossible options and returns warnings about unwise ones, for the log.
 * @throws AppError `settings_invalid` with the option as field
 */
export function checkTokenOptions(options: TokenOptions): readonly string[] {
  requireWhole("tokenLifetimeSeconds", options.tokenLifetimeSeconds, [
    TOKEN_LIFETIME_SECONDS_MIN,
    TOKEN_LIFETIME_SECONDS_MAX,
  ]);
  requireWhole("clockSkewSeconds", options.clockSkewSeconds, [0, CLOCK_SKEW_SECONDS_MAX]);
  requireWhole("failedSignInsPerMinuteMax", options.failedSignInsPerMinuteMax, [
    1,
    FAILED_SIGN_INS_MAX,
  ]);
  for (const role of options.allowedRoles) {
    requireKnownRole(role);
  }
  return lifetimeWarnings(options.tokenLifetimeSeconds);
}

function requireWhole(field: string, value: number, [min, max]: readonly [number, number]): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new AppError(
      "settings_invalid",
      `${field}: It must be a whole number from ${min} to ${max}, not ${value}.`,
      { field },
    );
  }
}

function requireKnownRole(role: string): void {
  try {
    requireRoleDefinition(role);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^role: /, "") : "";
    throw new AppError("settings_invalid", `allowedRoles: ${reason}`, {
      field: "allowedRoles",
      cause,
    });
  }
}

function lifetimeWarnings(seconds: number): readonly string[] {
  if (seconds <= CLIENT_MARGIN_SECONDS) {
    return [
      `Tokens live ${seconds} seconds, but clients treat them as expired ${CLIENT_MARGIN_SECONDS} seconds ` +
        "early: they will ask for a new one with every call.",
    ];
  }
  if (seconds < COMFORTABLE_LIFETIME_SECONDS) {
    return [
      `Tokens live ${seconds} seconds, but some connectors (misp2sentinel) renew theirs only after ` +
        `${COMFORTABLE_LIFETIME_SECONDS} seconds and will fail in the middle of a run.`,
    ];
  }
  return [];
}
