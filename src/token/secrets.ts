/**
 * Client secrets. Only a keyed hash and the first three characters are kept, so a secret is shown once. Two
 * may be valid at a time, so that a client can change over without a gap.
 */
import { randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import type { PasswordCredential } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { requireApplication } from "./applications.ts";
import { type Clock, plusSeconds } from "./clock.ts";
import { type DirectoryContext, remove } from "./directory-change.ts";
import type { DirectoryView } from "./directory-view.ts";
import { invalidField, requireDisplayName } from "./fields.ts";
import { hashSecret } from "./master-key.ts";

/** The old one and the new one. */
const SECRETS_PER_APP_MAX = 2;
/** What the Azure portal recommends. */
export const SECRET_DAYS_DEFAULT = 180;
/** Ten years: longer is a mistake in the unit. */
const SECRET_DAYS_MAX = 3_650;
/** A secret that a person chose is guessed faster than one drawn by lot, so it has to be long. */
export const CHOSEN_SECRET_LENGTH_MIN = 32;
const CHOSEN_SECRET_LENGTH_MAX = 256;

const SECRET_TAIL_LENGTH = 34;
const HINT_LENGTH = 3;
const SECONDS_PER_DAY = 86_400;
const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TAIL_ALPHABET = `${LETTERS_AND_DIGITS}_.~-`;

/** How to make a secret. */
export interface NewSecretOptions {
  readonly displayName?: string;
  /** Chosen by the operator, 32 to 256 printable ASCII characters; generated when absent. */
  readonly secret?: string;
  /** Days until it ends, 1 to 3,650. */
  readonly days?: number;
}

/** A secret as it may be shown: without its hash. */
export interface SecretFacts {
  readonly keyId: string;
  readonly appId: string;
  readonly displayName: string;
  readonly hint: string;
  readonly start: string;
  readonly end: string;
}

/** A new secret, with the text that is shown this once. */
export interface IssuedSecret extends SecretFacts {
  readonly secret: string;
}

export function addSecret(
  context: DirectoryContext,
  appId: string,
  options: NewSecretOptions = {},
): Promise<IssuedSecret> {
  const make = prepareSecret(context, options);
  return context.change((view) => {
    const application = requireApplication(view, appId);
    if (view.secretsOf(application.appId).length >= SECRETS_PER_APP_MAX) {
      throw new AppError(
        "conflict",
        `The application "${application.displayName}" has ${SECRETS_PER_APP_MAX} secrets already: ` +
          "remove one, or rotate.",
      );
    }
    const { row, issued } = make(application.appId);
    return { changes: [{ kind: "put", table: "passwordCredentials", row }], result: issued };
  });
}

/** Adds a secret and keeps, of the older ones, only the newest, so that clients can change over. */
export function rotateSecret(
  context: DirectoryContext,
  appId: string,
  options: NewSecretOptions = {},
): Promise<IssuedSecret> {
  const make = prepareSecret(context, options);
  return context.change((view) => {
    const application = requireApplication(view, appId);
    const newestFirst = view
      .secretsOf(application.appId)
      .toSorted((one, other) => other.start.localeCompare(one.start));
    const { row, issued } = make(application.appId);
    return {
      changes: [
        ...newestFirst
          .slice(SECRETS_PER_APP_MAX - 1)
          .map(({ keyId }) => remove("passwordCredentials", keyId)),
        { kind: "put", table: "passwordCredentials", row },
      ],
      result: issued,
    };
  });
}

export function removeSecret(
  context: DirectoryContext,
  appId: string,
  keyId: string,
): Promise<void> {
  return context.change((view) => {
    const application = requireApplication(view, appId);
    const wanted = keyId.toLowerCase();
    if (!view.secretsOf(application.appId).some((row) => row.keyId === wanted)) {
      throw new AppError(
        "not_found",
        `The application "${application.displayName}" has no secret ${keyId}.`,
        { field: "keyId" },
      );
    }
    return { changes: [remove("passwordCredentials", wanted)], result: undefined };
  });
}

/** What may be shown of an application's secrets. */
export function listSecrets(view: DirectoryView, appId: string): readonly SecretFacts[] {
  return view.secretsOf(appId).map(factsOf);
}

/** How a presented secret compares with those of an application. */
export type SecretVerdict = "right" | "expired" | "wrong";

/** Compares in a time that doesn't depend on where texts differ. */
export function judgeSecret(
  credentials: readonly PasswordCredential[],
  presented: string,
  pepper: Uint8Array,
  clock: Clock,
): SecretVerdict {
  const hash = hashSecret(presented, pepper);
  const now = clock().toISOString();
  const matching = credentials.filter((row) => timingSafeEqual(Buffer.from(row.hash, "hex"), hash));
  if (matching.length === 0) {
    return "wrong";
  }
  return matching.some(({ start, end }) => start <= now && now < end) ? "right" : "expired";
}

/** Checks the options at once and returns what makes the secret of an application. */
function prepareSecret(
  context: DirectoryContext,
  options: NewSecretOptions,
): (appId: string) => { readonly row: PasswordCredential; readonly issued: IssuedSecret } {
  const days = options.days ?? SECRET_DAYS_DEFAULT;
  if (!Number.isInteger(days) || days < 1 || days > SECRET_DAYS_MAX) {
    throw invalidField("days", `It must be a whole number from 1 to ${SECRET_DAYS_MAX}.`);
  }
  const displayName =
    options.displayName === undefined ? "" : requireDisplayName("displayName", options.displayName);
  const secret = options.secret === undefined ? generateSecret() : requireStrong(options.secret);
  const start = context.clock();
  return (appId) => {
    const row: PasswordCredential = {
      keyId: randomUUID(),
      appId,
      displayName,
      hint: secret.slice(0, HINT_LENGTH),
      hash: hashSecret(secret, context.keys.secretPepper).toString("hex"),
      start: start.toISOString(),
      end: plusSeconds(start, days * SECONDS_PER_DAY).toISOString(),
    };
    return { row, issued: { ...factsOf(row), secret } };
  };
}

function factsOf({ keyId, appId, displayName, hint, start, end }: PasswordCredential): SecretFacts {
  return { keyId, appId, displayName, hint, start, end };
}

/** Forty characters in the look of Entra's, so that scanners for leaked secrets recognise ours too. */
function generateSecret(): string {
  const digit = draw("0123456789", 1);
  return `${draw(LETTERS_AND_DIGITS, HINT_LENGTH)}${digit}Q~${draw(TAIL_ALPHABET, SECRET_TAIL_LENGTH)}`;
}

function draw(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

function requireStrong(secret: string): string {
  if (secret.length < CHOSEN_SECRET_LENGTH_MIN || secret.length > CHOSEN_SECRET_LENGTH_MAX) {
    throw invalidField(
      "secret",
      `A secret of your own must have ${CHOSEN_SECRET_LENGTH_MIN} to ${CHOSEN_SECRET_LENGTH_MAX} ` +
        `characters; this one has ${secret.length}. Without one, a strong secret is generated.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    throw invalidField("secret", "It may contain only printable ASCII characters without spaces.");
  }
  return secret;
}
