/**
 * Calls of the service: a fresh token, a place at the pacer, tries until answered, one renewal of a refused
 * token. What an answer means for an upload or a receipt is decided by the callers; refusals that look the
 * same everywhere become errors here.
 */
import { ClientError } from "./client-error.ts";
import type { CheckedOptions } from "./options.ts";
import { createPacer } from "./pacer.ts";
import { type OutgoingRequest, type Reply, sendOnce } from "./reply.ts";
import { type StopSignals, throwIfStopped, untilAnswered } from "./retry.ts";
import { createTokenSource } from "./token.ts";

/** One call of the service. */
interface ServiceCall {
  /** For messages: "the upload of objects 1-100". */
  readonly name: string;
  readonly method: OutgoingRequest["method"];
  readonly url: string;
  /** JSON text, unless a header says otherwise. */
  readonly body?: string | Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sink?: NonNullable<OutgoingRequest["sink"]>;
  /** A second try could do it a second time: nothing but a throttle is waited out. */
  readonly isOnce?: boolean;
}

/** The service as its callers see it. */
export interface Service {
  /** @throws ClientError authentication_failed, throttled, unavailable, unexpected_reply, aborted */
  call(call: ServiceCall, signals: StopSignals): Promise<Reply>;
}

/** Word of the service for a missing role; another token would not help. */
const NO_ROLE_CODE = "UnauthorizedAccess";

/**
 * Makes the service of a client.
 *
 * @throws ClientError options_invalid
 */
export function createService(options: CheckedOptions): Service {
  const tokens = createTokenSource(options);
  const pacer = createPacer(options);

  async function once(call: ServiceCall, signals: StopSignals): Promise<Reply & { token: string }> {
    const token = await tokens.get(signals);
    // Only uploads are throttled; receipts have no such limit.
    const leave = call.method === "POST" ? await pacer.enter(signals.stop) : () => {};
    try {
      throwIfStopped(signals.stop);
      const reply = await sendOnce(
        {
          url: call.url,
          method: call.method,
          headers: {
            authorization: `Bearer ${token}`,
            accept: "application/json",
            ...(call.body === undefined ? {} : { "content-type": "application/json" }),
            ...call.headers,
          },
          ...(call.body === undefined ? {} : { body: call.body }),
          ...(call.sink === undefined ? {} : { sink: call.sink }),
        },
        options,
        signals.cut,
      );
      return { ...reply, token };
    } finally {
      leave();
    }
  }

  return {
    async call(call, signals) {
      let usedToken = "";
      const attempt = {
        name: call.name,
        onThrottled: (waitMs: number) => pacer.hold(waitMs),
        once: async () => {
          const reply = await once(call, signals);
          usedToken = reply.token;
          return reply;
        },
      };
      const patience = call.isOnce === true ? { ...options, triesMax: 1 } : options;
      const reply = await untilAnswered(attempt, patience, signals);
      if (reply.status !== 401 || reply.code === NO_ROLE_CODE) {
        return reply;
      }
      // The token may have ended early, or its signing key may have been replaced.
      tokens.discard(usedToken);
      options.onNotice({ kind: "token_renewed", waitMs: 0, reason: reply.message || "401" });
      return untilAnswered(attempt, patience, signals);
    },
  };
}

/** What a refused request means, by status; the rest is `refused`. */
const REFUSALS: Readonly<Record<number, ClientError["code"]>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
};

/** What to look at first. */
const HINTS: Partial<Readonly<Record<ClientError["code"], string>>> = {
  unauthorized: "Check tenant, scope and endpoint: the token is not one that this service takes.",
  forbidden: "The application needs the role Microsoft Sentinel Contributor on the workspace.",
  not_found: "Check the workspace id and the endpoint.",
};

/** The error for an answer that refuses a whole request. */
export function refusalOf(reply: Reply, name: string): ClientError {
  const code = reply.code === NO_ROLE_CODE ? "forbidden" : (REFUSALS[reply.status] ?? "refused");
  const redirect = reply.status >= 300 && reply.status < 400;
  const reason = redirect
    ? "The endpoint answers with a redirect, which is not followed."
    : reply.message;
  const text = [`The service refused ${name} (status ${reply.status}).`, reason, HINTS[code] ?? ""];
  return new ClientError(code, text.filter((part) => part !== "").join(" "), {
    status: reply.status,
    requestId: reply.requestId,
  });
}
