/**
 * The keys with which this server signs tokens: one that signs, the next one, and retired ones that are
 * still published because tokens they signed may still be valid. Private keys are stored encrypted.
 *
 *     waiting (next) ──rotate──► signing ──rotate──► retired ──after the longest lifetime──► gone
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import type { IdentityChange, StoredSigningKey } from "../store/index.ts";
import { type Clock, plusSeconds } from "./clock.ts";
import { type DirectoryParts, directoryContext, viewReader } from "./directory.ts";
import { type DirectoryContext, remove } from "./directory-change.ts";
import type { DirectoryView } from "./directory-view.ts";
import type { KeySource, VerificationKey } from "./key-source.ts";
import { decrypt, encrypt } from "./master-key.ts";
import { CLOCK_SKEW_SECONDS_MAX, TOKEN_LIFETIME_SECONDS_MAX } from "./options.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

const MODULUS_BITS = 2_048;
/** As long as Entra's; it only names the key. */
const CERTIFICATE_DAYS = 1_826;
const SECONDS_PER_DAY = 86_400;
/** Entra's rhythm of about six weeks. */
const ROTATION_SECONDS = 42 * SECONDS_PER_DAY;
/** Verifiers that read the keys once a day know the next key before it signs. */
const ANNOUNCEMENT_SECONDS = SECONDS_PER_DAY;
const PUBLISHED_AFTER_RETIREMENT_SECONDS = TOKEN_LIFETIME_SECONDS_MAX + CLOCK_SKEW_SECONDS_MAX;

const generateKeyPairAsync = promisify(generateKeyPair);

/** The key that signs. */
export interface SigningKey {
  /** base64url of the SHA-1 of the certificate, as in Entra; also the x5t. */
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** A published key, as a JWKS document shows it. */
export interface PublishedKey extends VerificationKey {
  /** base64 of the certificate's DER form. */
  readonly x5c: string;
}

/** The signing keys, shared by all processes on a store. */
export interface SigningKeys extends KeySource {
  /** The key that signs now; made first when there is none. */
  current(): Promise<SigningKey>;
  /** Signing, next and retired keys; at least two. */
  published(): Promise<readonly PublishedKey[]>;
  /** Makes the keys that are missing, rotates when it is time, drops what is over. Call it daily or oftener. */
  maintain(): Promise<void>;
  /** Lets the next key sign from now on and makes another next one. */
  rotate(): Promise<void>;
}

/** Makes the signing keys of a store; nothing is generated before the first question. */
export function createSigningKeys(parts: DirectoryParts): SigningKeys {
  const context = directoryContext(parts);
  const read = viewReader(parts.store, context.keys);
  const privateKeys = new Map<string, KeyObject>();
  const publicKeys = new Map<string, PublishedKey>();
  let published: readonly PublishedKey[] = [];
  let publishedOf: DirectoryView | undefined;
  let generation = 0;

  const ensureCurrent = singleFlight(() => addMissing(context, read, isSigning));
  const ensureNext = singleFlight(() => addMissing(context, read, isWaiting));

  async function publishedNow(): Promise<readonly PublishedKey[]> {
    const view = await read();
    if (view !== publishedOf) {
      const before = published.map(({ kid }) => kid).join();
      published = view.signingKeys.map((row) => cachedKey(publicKeys, row));
      publishedOf = view;
      generation += published.map(({ kid }) => kid).join() === before ? 0 : 1;
    }
    return published;
  }

  return {
    async current() {
      const row = (await read()).signingKeys.find(isSigning) ?? (await ensureCurrent());
      const privateKey = privateKeys.get(row.kid) ?? openPrivateKey(row, context);
      privateKeys.set(row.kid, privateKey);
      return { kid: row.kid, privateKey };
    },
    async published() {
      await ensureCurrent();
      await ensureNext();
      return publishedNow();
    },
    async find(kid) {
      return (await publishedNow()).find((key) => key.kid === kid);
    },
    async generation() {
      await publishedNow();
      return generation;
    },
    async maintain() {
      await ensureCurrent();
      await ensureNext();
      await context.change((view) => ({ changes: dueChanges(view, context.clock), result: null }));
      await ensureNext();
    },
    async rotate() {
      await ensureCurrent();
      await ensureNext();
      await context.change((view) => ({ changes: rotation(view, context.clock), result: null }));
      await ensureNext();
    },
  };
}

function isSigning(row: StoredSigningKey): boolean {
  return row.activatedAt !== null && row.retiredAt === null;
}

function isWaiting(row: StoredSigningKey): boolean {
  return row.activatedAt === null;
}

/** Generates a key of the wanted kind unless there is one, also when another process is quicker. */
async function addMissing(
  context: DirectoryContext,
  read: () => Promise<DirectoryView>,
  isWanted: (row: StoredSigningKey) => boolean,
): Promise<StoredSigningKey> {
  const existing = (await read()).signingKeys.find(isWanted);
  if (existing !== undefined) {
    return existing;
  }
  const generated = await generateSigningKey(context);
  const row = isWanted(generated) ? generated : { ...generated, activatedAt: generated.createdAt };
  return context.change((view) => {
    const quicker = view.signingKeys.find(isWanted);
    return quicker === undefined
      ? { changes: [putKey(row)], result: row }
      : { changes: [], result: quicker };
  });
}

async function generateSigningKey(context: DirectoryContext): Promise<StoredSigningKey> {
  const { publicKey, privateKey } = await generateKeyPairAsync("rsa", {
    modulusLength: MODULUS_BITS,
  });
  const now = context.clock();
  const certificateDer = await selfSignedCertificate({
    commonName: "stixgate token signing",
    publicKey,
    privateKey,
    start: now,
    end: plusSeconds(now, CERTIFICATE_DAYS * SECONDS_PER_DAY),
  });
  const kid = createHash("sha1").update(certificateDer).digest("base64url");
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  return {
    kid,
    certificateDer,
    privateKeyEncrypted: encrypt(pkcs8, context.keys.privateKeyCipher, kid),
    createdAt: now.toISOString(),
    activatedAt: null,
    retiredAt: null,
  };
}

function openPrivateKey(row: StoredSigningKey, { keys }: DirectoryContext): KeyObject {
  const pkcs8 = decrypt(row.privateKeyEncrypted, keys.privateKeyCipher, row.kid);
  return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
}

function cachedKey(cache: Map<string, PublishedKey>, row: StoredSigningKey): PublishedKey {
  const known = cache.get(row.kid);
  if (known !== undefined) {
    return known;
  }
  const key: PublishedKey = {
    kid: row.kid,
    key: new X509Certificate(row.certificateDer).publicKey,
    issuerTemplate: null,
    x5c: Buffer.from(row.certificateDer).toString("base64"),
  };
  cache.set(row.kid, key);
  return key;
}

function putKey(row: StoredSigningKey): IdentityChange {
  return { kind: "put", table: "signingKeys", row };
}

/** What time alone changes: rotation when the signing key is old, removal of keys that vouch for nothing. */
function dueChanges(view: DirectoryView, clock: Clock): readonly IdentityChange[] {
  const now = clock();
  const isOlder = (instant: string | undefined | null, seconds: number): boolean =>
    typeof instant === "string" && instant <= plusSeconds(now, -seconds).toISOString();
  const over = view.signingKeys
    .filter(({ retiredAt }) => isOlder(retiredAt, PUBLISHED_AFTER_RETIREMENT_SECONDS))
    .map(({ kid }) => remove("signingKeys", kid));
  const signing = view.signingKeys.find(isSigning);
  const next = view.signingKeys.find(isWaiting);
  const isDue =
    isOlder(signing?.activatedAt, ROTATION_SECONDS) &&
    isOlder(next?.createdAt, ANNOUNCEMENT_SECONDS);
  return isDue ? [...over, ...rotation(view, clock)] : over;
}

function rotation(view: DirectoryView, clock: Clock): readonly IdentityChange[] {
  const next = view.signingKeys.find(isWaiting);
  if (next === undefined) {
    return [];
  }
  const now = clock().toISOString();
  return [
    ...view.signingKeys.filter(isSigning).map((row) => putKey({ ...row, retiredAt: now })),
    putKey({ ...next, activatedAt: now }),
  ];
}

function singleFlight<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let inFlight: Promise<Result> | undefined;
  return () => {
    inFlight ??= work().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
}
