/**
 * Keys derived from the server's master key (HKDF-SHA-256, one label per purpose), and what is done with
 * them: hashing secrets, encrypting private keys, recognising a master key that doesn't fit the store.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { AppError } from "../wire/index.ts";

const MASTER_KEY_BYTES = 32;
const DERIVED_KEY_BYTES = 32;
const GCM_NONCE_BYTES = 12;
const GCM_TAG_BYTES = 16;

/** The derived keys, by purpose. Changing a label makes stored hashes and keys unreadable. */
export interface DerivedKeys {
  /** Key of the hashes of client secrets. */
  readonly secretPepper: Buffer;
  /** Key that encrypts private keys. */
  readonly privateKeyCipher: Buffer;
  /** Says, stored beside the data, to which master key they belong; reveals nothing about it. */
  readonly fingerprint: string;
}

/** @throws AppError `settings_invalid` unless the master key has 32 bytes */
export function deriveKeys(masterKey: Uint8Array): DerivedKeys {
  if (masterKey.byteLength !== MASTER_KEY_BYTES) {
    throw new AppError(
      "settings_invalid",
      `The master key has ${masterKey.byteLength} bytes instead of ${MASTER_KEY_BYTES}.`,
    );
  }
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync("sha256", masterKey, "stixgate", purpose, DERIVED_KEY_BYTES));
  return {
    secretPepper: derive("client secret pepper v1"),
    privateKeyCipher: derive("signing key encryption v1"),
    fingerprint: derive("identity store fingerprint v1").toString("hex"),
  };
}

/** HMAC-SHA-256 of a client secret. Generated secrets have 200 bits, so a slow hash would add nothing. */
export function hashSecret(secret: string, pepper: Uint8Array): Buffer {
  return createHmac("sha256", pepper).update(secret, "utf8").digest();
}

/** AES-256-GCM: nonce, tag, ciphertext. The label is authenticated: a text can't pass for another one. */
export function encrypt(plaintext: Uint8Array, key: Uint8Array, label: string): Buffer {
  const nonce = randomBytes(GCM_NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(label));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** @throws AppError `settings_invalid` when the key or the label isn't the one it was encrypted with */
export function decrypt(sealed: Uint8Array, key: Uint8Array, label: string): Buffer {
  const nonce = sealed.subarray(0, GCM_NONCE_BYTES);
  const tag = sealed.subarray(GCM_NONCE_BYTES, GCM_NONCE_BYTES + GCM_TAG_BYTES);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce)
      .setAAD(Buffer.from(label))
      .setAuthTag(tag);
    const ciphertext = sealed.subarray(GCM_NONCE_BYTES + GCM_TAG_BYTES);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch (cause) {
    throw wrongMasterKey(cause);
  }
}

/** The refusal of a master key that doesn't belong to the data. */
export function wrongMasterKey(cause?: unknown): AppError {
  return new AppError(
    "settings_invalid",
    "The master key doesn't belong to this identity store: was one of the two restored or replaced " +
      "without the other?",
    { cause },
  );
}
