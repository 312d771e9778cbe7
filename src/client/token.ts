/**
 * Tokens for the requests: asked for once, kept until shortly before they end, renewed on demand. Many
 * requests that need one at the same time share one token request.
 */
import { abortedError, ClientError, reasonOf } from "./client-error.ts";
import { type Credential, grantOf, type TokenCredential, type TokenGrant } from "./credential.ts";
import type { CheckedOptions } from "./options.ts";
import { jsonOf, memberOf, oneLine, sendOnce } from "./reply.ts";
import { type StopSignals, untilAnswered } from "./retry.ts";

/** A token is not used in its last five minutes: the clocks of the two sides may differ that much. */
const MARGIN_MS = 300_000;

/** A token source with a memory. */
export interface TokenSource {
  /** A token that is good for some minutes. */
  get(signals: StopSignals): Promise<string>;
  /** Forgets the token that the service refused, unless it was replaced meanwhile. */
  discard(token: string): void;
}

interface HeldToken {
  readonly token: string;
  /** Instant from which another one is asked for. */
  readonly staleAtMs: number;
}

/**
 * Makes the token source of a client.
 *
 * @throws ClientError options_invalid
 */
export function createTokenSource(options: CheckedOptions): TokenSource {
  const ask = askerOf(options.credential, options);
  let held: HeldToken | undefined;
  let asking: Promise<HeldToken> | undefined;
  return {
    async get(signals) {
      if (held !== undefined && options.clock.now() < held.staleAtMs) {
        return held.token;
      }
      const mine = asking === undefined;
      asking ??= ask(signals).finally(() => {
        asking = undefined;
      });
      try {
        held = await asking;
        return held.token;
      } catch (error) {
        // Whoever asked was stopped; whoever only waited along asks again.
        if (!mine && error instanceof ClientError && error.code === "aborted") {
          return this.get(signals);
        }
        throw error;
      }
    },
    discard(token) {
      if (held?.token === token) {
        held = undefined;
      }
    },
  };
}

type Asker = (signals: StopSignals) => Promise<HeldToken>;

function askerOf(credential: Credential, options: CheckedOptions): Asker {
  if ("getToken" in credential) {
    return (signals) => askCredential(credential, options, signals);
  }
  const grant = grantOf(credential);
  return (signals) => askTokenService(grant, options, signals);
}

async function askCredential(
  credential: TokenCredential,
  options: CheckedOptions,
  signals: StopSignals,
): Promise<HeldToken> {
  const answer = await credential
    .getToken(options.scope, { abortSignal: signals.cut })
    .catch((cause: unknown) => {
      throw signals.cut.aborted
        ? abortedError(signals.stop)
        : new ClientError("authentication_failed", oneLine(reasonOf(cause)), { cause });
    });
  if (answer === null) {
    throw new ClientError("authentication_failed", "The credential gave no token.");
  }
  return heldToken(answer.token, answer.expiresOnTimestamp, options.clock.now());
}

/** RFC 6749 §4.4.2; an assertion takes the secret's place by RFC 7523 §2.2. */
async function askTokenService(
  grant: TokenGrant,
  options: CheckedOptions,
  signals: StopSignals,
): Promise<HeldToken> {
  const once = async () => {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: grant.clientId,
      scope: options.scope,
      ...(await grant.proof(options.clock.now())),
    });
    return sendOnce(
      {
        url: grant.tokenEndpoint,
        method: "POST",
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: form.toString(),
      },
      options,
      signals.cut,
    );
  };
  const reply = await untilAnswered({ name: "the token request", once }, options, signals);
  const body = jsonOf(reply.text);
  const token = memberOf(body, "access_token");
  if (reply.status === 200 && typeof token === "string" && token !== "") {
    const nowMs = options.clock.now();
    // The older path answers with a string.
    const lifetimeSeconds = Number(memberOf(body, "expires_in") ?? 0);
    return heldToken(token, nowMs + (lifetimeSeconds || 0) * 1000, nowMs);
  }
  const description = memberOf(body, "error_description") ?? memberOf(body, "error");
  const reason =
    typeof description === "string"
      ? serviceReason(description)
      : `an answer that no token service gives (status ${reply.status})`;
  throw new ClientError(
    "authentication_failed",
    `The token service at ${new URL(grant.tokenEndpoint).host} gave no token: ${reason}`,
    { status: reply.status, requestId: reply.requestId },
  );
}

/** Without the trace that Entra appends to each description. */
function serviceReason(description: string): string {
  return oneLine(description.split(/\s*Trace ID:/, 1)[0] ?? description);
}

/** A token that lives shorter than twice the margin is used for half of its life. */
function heldToken(token: string, expiresOnMs: number, nowMs: number): HeldToken {
  const lifetimeMs = Math.max(0, expiresOnMs - nowMs);
  return { token, staleAtMs: expiresOnMs - Math.min(MARGIN_MS, lifetimeMs / 2) };
}
