/** Where the keys come from that vouch for one issuer. Each issuer has its own: a key of one never vouches
 * for another. */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

/** A key that verifies tokens. */
export interface VerificationKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** The only `iss` it vouches for, with `{tenantid}` for the tenant; null when the key set doesn't say. */
  readonly issuerTemplate: string | null;
}

/** The keys of one issuer. */
export interface KeySource {
  find(kid: string): Promise<VerificationKey | undefined>;
  /** Counts up whenever a key is added, replaced or dropped. */
  generation(): Promise<number>;
}

const RSA_BITS_MIN = 2_048;

/** The RSA signing keys of a JWKS document; anything else in it is left out, the first of equal kids counts. */
export function keysOfDocument(document: unknown): readonly VerificationKey[] {
  const keys = isObject(document) ? document["keys"] : undefined;
  if (!Array.isArray(keys)) {
    return [];
  }
  const usable = keys.filter(isObject).flatMap((jwk) => verificationKey(jwk) ?? []);
  const kids = new Set<string>();
  return usable.filter(({ kid }) => !kids.has(kid) && kids.add(kid));
}

/** A source whose keys never change. */
export function fixedKeys(keys: readonly VerificationKey[]): KeySource {
  const byKid = new Map(keys.map((key) => [key.kid, key]));
  return {
    find: async (kid) => byKid.get(kid),
    generation: async () => 0,
  };
}

function verificationKey(jwk: Readonly<Record<string, unknown>>): VerificationKey | undefined {
  const { kty, use, kid, issuer } = jwk as Readonly<{
    kty?: unknown;
    use?: unknown;
    kid?: unknown;
    issuer?: unknown;
  }>;
  if (kty !== "RSA" || (use !== undefined && use !== "sig") || typeof kid !== "string") {
    return undefined;
  }
  const key = importKey(jwk);
  return key === undefined
    ? undefined
    : { kid, key, issuerTemplate: typeof issuer === "string" ? issuer : null };
}

function importKey(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    const { n, e } = jwk as JsonWebKey;
    const key = createPublicKey({ key: { kty: "RSA", n, e } as JsonWebKey, format: "jwk" });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= RSA_BITS_MIN ? key : undefined;
  } catch {
    // A key that can't be read is as good as one that isn't there.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
