/**
 * The token service: an application proves itself with a secret or a signed assertion and gets a token for
 * this API. Steps and refusals follow Entra's order: tenant, grant, client, scope, application, credential,
 * resource. A refusal is data; exceptions mean that the service itself failed.
 */
import type { EntraRefusal, TokenReplyV1, TokenReplyV2 } from "../wire/index.ts";
import { ENTRA_CLOUDS } from "../wire/index.ts";
import { type SignedToken, signToken } from "./claims.ts";
import { judgeAssertion } from "./client-assertion.ts";
import type { Clock } from "./clock.ts";
import type { Directory } from "./directory.ts";
import type { AppRegistration, DirectoryView } from "./directory-view.ts";
import { createFailureLimiter } from "./failure-limiter.ts";
import { deriveKeys } from "./master-key.ts";
import { checkTokenOptions, type TokenOptions } from "./options.ts";
import { assertionOrigins, canonicalOrigin } from "./origins.ts";
import { isRefusal, refuse } from "./refuse.ts";
import { judgeSecret, type SecretVerdict } from "./secrets.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { findTenant } from "./tenant-segment.ts";
import {
  type PresentedCredential,
  readTokenRequest,
  type TokenParameters,
  type TokenRequest,
} from "./token-request.ts";

/** A token that was issued. */
export interface IssuedToken {
  readonly kind: "issued";
  readonly reply: TokenReplyV1 | TokenReplyV2;
  /** For the log. */
  readonly application: AppRegistration;
  readonly credential: "secret" | "certificate";
}

/** A refused request; with `retryAfterSeconds` when waiting helps. */
export interface TokenRefusal extends EntraRefusal {
  readonly retryAfterSeconds?: number;
}

/** Issues tokens to applications. */
export interface TokenService {
  /** @throws AppError `store_unavailable`, `settings_invalid` when the service can't work at all */
  issue(request: TokenRequest): Promise<IssuedToken | TokenRefusal>;
}

/** What the service is made of. */
export interface TokenServiceParts {
  readonly directory: Directory;
  readonly keys: SigningKeys;
  /** 32 bytes, the same as the directory's. */
  readonly masterKey: Uint8Array;
  readonly options: TokenOptions;
  readonly clock: Clock;
}

/** @throws AppError `settings_invalid` for impossible options; `checkTokenOptions` gives the warnings */
export function createTokenService(parts: TokenServiceParts): TokenService {
  const { directory, options, clock } = parts;
  checkTokenOptions(options);
  const { secretPepper } = deriveKeys(parts.masterKey);
  const limiter = createFailureLimiter(options.failedSignInsPerMinuteMax, clock);

  /** Undefined when the credential proves that the client is the application. */
  async function judgeCredential(attempt: Attempt): Promise<TokenRefusal | undefined> {
    const { application, parameters, request } = attempt;
    const { appId } = application;
    if (parameters.credential === undefined) {
      return refuse("no_credential");
    }
    const retryAfterSeconds = limiter.secondsToWait(request.address, appId);
    if (retryAfterSeconds !== undefined) {
      const values = { appId, seconds: String(retryAfterSeconds) };
      return { ...refuse("too_many_failures", values), retryAfterSeconds };
    }
    const refusal = await judgePresented(parameters.credential, attempt);
    if (refusal !== undefined) {
      limiter.fail(request.address, appId);
    }
    return refusal;
  }

  async function judgePresented(
    credential: PresentedCredential,
    { view, application, request }: Attempt,
  ): Promise<EntraRefusal | undefined> {
    const { appId, tenantId } = application;
    if (credential.type === "assertion") {
      return judgeAssertion(credential.assertion, {
        appId,
        certificates: view.certificatesOf(appId),
        origins: assertionOrigins(request, options),
        isTenant: (segment) => view.findTenant(segment)?.tenantId === tenantId,
        clock,
        clockSkewSeconds: options.clockSkewSeconds,
      });
    }
    const secrets = view.secretsOf(appId);
    const verdicts = credential.readings.map((reading) =>
      judgeSecret(secrets, reading, secretPepper, clock),
    );
    return secretRefusal(verdicts, appId);
  }

  async function sign(attempt: Attempt): Promise<IssuedToken> {
    const { application, parameters, request } = attempt;
    const credential = parameters.credential?.type === "assertion" ? "certificate" : "secret";
    const signed = await signToken(
      {
        version: options.tokenVersion,
        issuerOrigin: canonicalOrigin(options),
        audience: parameters.audience,
        application,
        credential,
        issuedAt: clock(),
        lifetimeSeconds: options.tokenLifetimeSeconds,
      },
      await parts.keys.current(),
    );
    const reply =
      request.route === "v1"
        ? replyV1(signed, parameters.audience, options)
        : replyV2(signed, options);
    return { kind: "issued", reply, application, credential };
  }

  return {
    async issue(request) {
      const view = await directory.view();
      const attempt = prepare(view, request);
      if (isRefusal(attempt)) {
        return attempt;
      }
      const refusal = (await judgeCredential(attempt)) ?? judgeResource(attempt);
      return refusal ?? (await sign(attempt));
    },
  };
}

/** A request that is complete, from an application that exists. */
interface Attempt {
  readonly view: DirectoryView;
  readonly request: TokenRequest;
  readonly parameters: TokenParameters;
  readonly application: AppRegistration;
}

const NIL_GUID = "00000000-0000-0000-0000-000000000000";

function prepare(view: DirectoryView, request: TokenRequest): Attempt | EntraRefusal {
  const tenant = findTenant(view, request.tenant);
  if (isRefusal(tenant)) {
    return tenant;
  }
  const parameters = readTokenRequest(request);
  if (isRefusal(parameters)) {
    return parameters;
  }
  const appId = parameters.clientId;
  if (appId === NIL_GUID) {
    return refuse("invalid_app", { appId });
  }
  const application = view.findApplication(tenant.tenantId, appId);
  if (application === undefined) {
    return refuse("unknown_app", { appId, tenantName: tenant.displayName });
  }
  if (!application.enabled) {
    return refuse("disabled_app", { appId, appName: application.displayName });
  }
  return { view, request, parameters, application };
}

function secretRefusal(
  verdicts: readonly SecretVerdict[],
  appId: string,
): EntraRefusal | undefined {
  if (verdicts.includes("right")) {
    return undefined;
  }
  return refuse(verdicts.includes("expired") ? "expired_secret" : "bad_secret", { appId });
}

function judgeResource({ parameters, application }: Attempt): EntraRefusal | undefined {
  const known = Object.values(ENTRA_CLOUDS.public.audiences).flat();
  return known.includes(parameters.audience)
    ? undefined
    : refuse("unknown_resource", {
        resource: parameters.audience,
        tenantName: application.tenant.displayName,
      });
}

/** Entra counts from the second after the issue. */
function expiresIn(options: TokenOptions): number {
  return options.tokenLifetimeSeconds - 1;
}

function replyV2({ token }: SignedToken, options: TokenOptions): TokenReplyV2 {
  return {
    token_type: "Bearer",
    expires_in: expiresIn(options),
    ext_expires_in: expiresIn(options),
    access_token: token,
  };
}

function replyV1(signed: SignedToken, resource: string, options: TokenOptions): TokenReplyV1 {
  return {
    token_type: "Bearer",
    expires_in: String(expiresIn(options)),
    ext_expires_in: String(expiresIn(options)),
    expires_on: String(signed.expiresOn),
    not_before: String(signed.notBefore),
    resource,
    access_token: signed.token,
  };
}
