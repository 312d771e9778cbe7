/**
 * The options of a client: their meaning, their defaults with the reason, and the checks. Reads neither
 * environment nor files; whoever builds the options does.
 */
import { GENERATIONS, isGuid } from "../wire/index.ts";
import { checkAddress, invalid } from "./address.ts";
import type { Credential } from "./credential.ts";

/** What a client is built from; everything but workspace and credential has a default. */
export interface ClientOptions {
  /** The workspace's GUID, not its name. */
  readonly workspaceId: string;
  readonly credential: Credential;
  /** Base address of the upload API; https, or http on a loopback address. */
  readonly endpoint?: string | undefined;
  readonly apiVersion?: string | undefined;
  /** Scope that tokens are asked for. */
  readonly scope?: string | undefined;
  /** Objects in one request, 1-10,000; the service takes 100. */
  readonly objectsPerRequestMax?: number | undefined;
  /** Bytes of one request body, from 1,024; a larger object goes alone. */
  readonly bodyBytesMax?: number | undefined;
  /** Requests that are started in any minute, 1-1,000,000, tries included. */
  readonly requestsPerMinuteMax?: number | undefined;
  /** Requests under way at once, 1-64. */
  readonly concurrencyMax?: number | undefined;
  /** Tries of one request before the client gives up, 1-100; throttled ones don't count. */
  readonly triesMax?: number | undefined;
  /** Longest wait for one answer, 1-3,600,000. */
  readonly timeoutMs?: number | undefined;
  readonly userAgent?: string | undefined;
  /** Called with a notice before each wait: a throttle, a retry. */
  readonly onNotice?: ((notice: ClientNotice) => void) | undefined;
  /** Stands in for the platform's clock and chance in tests. */
  readonly clock?: ClientClock | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Why a request waits. */
export interface ClientNotice {
  /** `paced`: the client holds itself back; `throttled`: the service told it to. */
  readonly kind: "retry" | "paced" | "throttled" | "token_renewed";
  /** Of the wait; 0 for a renewed token. */
  readonly waitMs: number;
  readonly reason: string;
}

/** Time and chance, as the client uses them. */
export interface ClientClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends after the time, or rejects when the signal fires. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

/** The options after the checks, with the defaults filled in. */
export interface CheckedOptions {
  readonly workspaceId: string;
  readonly credential: Credential;
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly apiVersion: string;
  readonly scope: string;
  readonly objectsPerRequestMax: number;
  readonly bodyBytesMax: number;
  readonly requestsPerMinuteMax: number;
  readonly concurrencyMax: number;
  readonly triesMax: number;
  readonly timeoutMs: number;
  readonly userAgent: string;
  readonly onNotice: (notice: ClientNotice) => void;
  readonly clock: ClientClock;
  readonly fetch: typeof fetch;
}

/** The real service in the public cloud (Upload API, "Request URI"). */
export const DEFAULT_ENDPOINT = "https://api.ti.sentinel.azure.com";

/** Upload API, "Acquire an access token". */
export const DEFAULT_SCOPE = "https://management.azure.com/.default";

/** Upload API, "Throttling limits for the API". */
export const DEFAULT_OBJECTS_PER_REQUEST_MAX = 100;
/** Upload API, "Throttling limits for the API". */
export const DEFAULT_REQUESTS_PER_MINUTE_MAX = 100;

/** Far above 100 usual objects (0.2 MB), and below what gateways take without being asked. */
export const DEFAULT_BODY_BYTES_MAX: number = 4 * 1024 * 1024;
/** Four requests hide the way to a distant service; more would only reach the throttle sooner. */
const DEFAULT_CONCURRENCY_MAX = 4;
/** With the back-off of retry.ts, eight tries bridge about a minute of outage. */
const DEFAULT_TRIES_MAX = 8;
/** Above the 60 s after which gateways give up, so that their answer is seen. */
const DEFAULT_TIMEOUT_MS = 100_000;

/** Printable ASCII: what a header and a query can carry. */
const PRINTABLE = /^[\x20-\x7e]{1,256}$/;

const platformClock: ClientClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      if (signal?.aborted) {
        stop();
      }
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ClientError options_invalid
 */
export function checkOptions(options: ClientOptions): CheckedOptions {
  if (!isGuid(options.workspaceId)) {
    throw invalid("workspaceId", `must be a GUID, not ${JSON.stringify(options.workspaceId)}`);
  }
  return {
    workspaceId: options.workspaceId,
    credential: options.credential,
    endpoint: checkAddress("endpoint", options.endpoint ?? DEFAULT_ENDPOINT),
    apiVersion: printable("apiVersion", options.apiVersion ?? GENERATIONS.v3.apiVersion),
    scope: printable("scope", options.scope ?? DEFAULT_SCOPE),
    objectsPerRequestMax: within("objectsPerRequestMax", options.objectsPerRequestMax, {
      default: DEFAULT_OBJECTS_PER_REQUEST_MAX,
      min: 1,
      max: 10_000,
    }),
    bodyBytesMax: within("bodyBytesMax", options.bodyBytesMax, {
      default: DEFAULT_BODY_BYTES_MAX,
      min: 1024,
      max: 256 * 1024 * 1024,
    }),
    requestsPerMinuteMax: within("requestsPerMinuteMax", options.requestsPerMinuteMax, {
      default: DEFAULT_REQUESTS_PER_MINUTE_MAX,
      min: 1,
      max: 1_000_000,
    }),
    concurrencyMax: within("concurrencyMax", options.concurrencyMax, {
      default: DEFAULT_CONCURRENCY_MAX,
      min: 1,
      max: 64,
    }),
    triesMax: within("triesMax", options.triesMax, {
      default: DEFAULT_TRIES_MAX,
      min: 1,
      max: 100,
    }),
    timeoutMs: within("timeoutMs", options.timeoutMs, {
      default: DEFAULT_TIMEOUT_MS,
      min: 1,
      max: 3_600_000,
    }),
    userAgent: printable("userAgent", options.userAgent ?? "stixgate-client"),
    onNotice: options.onNotice ?? (() => {}),
    clock: options.clock ?? platformClock,
    fetch: options.fetch ?? fetch,
  };
}

function printable(field: string, value: string): string {
  if (!PRINTABLE.test(value)) {
    throw invalid(field, "must be 1-256 printable ASCII characters");
  }
  return value;
}

interface Range {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

function within(field: string, value: number | undefined, range: Range): number {
  const number = value ?? range.default;
  if (!Number.isInteger(number) || number < range.min || number > range.max) {
    throw invalid(field, `must be a whole number from ${range.min} to ${range.max}`);
  }
  return number;
}
