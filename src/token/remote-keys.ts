/**
 * The keys of a real Microsoft Entra issuer, by Microsoft's rules for key rollover: kept by kid, refreshed
 * hourly beside the requests, at once for an unknown kid but not more often than every five minutes, and the
 * last known good ones stay in use while Microsoft can't be reached. There are no timers: a request that
 * finds the keys old starts the refresh.
 *
 * A key that a successful refresh no longer shows is dropped 24 hours after it was last seen.
 * @see Microsoft identity platform, "Signing key rollover"
 */
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "./clock.ts";
import { type KeySource, keysOfDocument, type VerificationKey } from "./key-source.ts";

/** What a source of remote keys needs. */
export interface RemoteKeysOptions {
  /** Address of the JWKS document. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Told of each failed refresh; the keys stay as they were. */
  readonly warn: (message: string, cause: unknown) => void;
}

const REFRESH_INTERVAL_MS = 3_600_000;
const UNKNOWN_KID_INTERVAL_MS = 300_000;
/** While there is no key at all, every token is refused, so trying again soon matters more. */
const FIRST_FETCH_INTERVAL_MS = 10_000;
const KEY_RETENTION_MS = 86_400_000;
const FETCH_TIMEOUT_MS = 5_000;
/** A thousand keys with certificates, the most that Microsoft announces, are about 3 MB. */
const DOCUMENT_BYTES_MAX = 4_194_304;

interface SeenKey extends VerificationKey {
  readonly lastSeenMs: number;
}

/** Makes a source that fetches at the first question. */
export function createRemoteKeys(options: RemoteKeysOptions): KeySource {
  let keys: ReadonlyMap<string, SeenKey> = new Map();
  let generation = 0;
  let attemptedMs = Number.NEGATIVE_INFINITY;
  let refreshedMs = Number.NEGATIVE_INFINITY;
  let inFlight: Promise<void> | undefined;

  const nowMs = (): number => options.clock().getTime();

  async function refresh(): Promise<void> {
    attemptedMs = nowMs();
    try {
      const fresh = keysOfDocument(await fetchDocument(options));
      if (fresh.length === 0) {
        throw new Error("The document holds no RSA signing key.");
      }
      refreshedMs = nowMs();
      const merged = merge(keys, fresh, refreshedMs);
      generation += sameKeys(keys, merged) ? 0 : 1;
      keys = merged;
    } catch (cause) {
      options.warn(`The signing keys at ${options.url} can't be refreshed.`, cause);
    }
  }

  function refreshOnce(): Promise<void> {
    inFlight ??= refresh().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  return {
    async find(kid) {
      const known = keys.get(kid);
      const attemptAgeMs = nowMs() - attemptedMs;
      if (known !== undefined) {
        const isDue = nowMs() - refreshedMs >= REFRESH_INTERVAL_MS;
        if (isDue && attemptAgeMs >= UNKNOWN_KID_INTERVAL_MS) {
          void refreshOnce();
        }
        return known;
      }
      const intervalMs = keys.size === 0 ? FIRST_FETCH_INTERVAL_MS : UNKNOWN_KID_INTERVAL_MS;
      if (inFlight !== undefined || attemptAgeMs >= intervalMs) {
        await refreshOnce();
      }
      return keys.get(kid);
    },
    generation: async () => generation,
  };
}

async function fetchDocument({ url, fetch }: RemoteKeysOptions): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new Error(`The answer has the status ${response.status}.`);
  }
  return JSON.parse(await boundedText(response));
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > DOCUMENT_BYTES_MAX) {
      throw new Error(`The answer is larger than ${DOCUMENT_BYTES_MAX} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function merge(
  known: ReadonlyMap<string, SeenKey>,
  fresh: readonly VerificationKey[],
  nowMs: number,
): ReadonlyMap<string, SeenKey> {
  const merged = new Map([...known].filter(([, key]) => nowMs - key.lastSeenMs < KEY_RETENTION_MS));
  for (const key of fresh) {
    merged.set(key.kid, { ...key, lastSeenMs: nowMs });
  }
  return merged;
}

function sameKeys(one: ReadonlyMap<string, SeenKey>, other: ReadonlyMap<string, SeenKey>): boolean {
  return isDeepStrictEqual(facts(one), facts(other));
}

function facts(keys: ReadonlyMap<string, SeenKey>): readonly unknown[] {
  return [...keys.values()]
    .map(({ kid, key, issuerTemplate }) => [kid, issuerTemplate, key.export({ format: "jwk" })])
    .toSorted(([one], [other]) => String(one).localeCompare(String(other)));
}
