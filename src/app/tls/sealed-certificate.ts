/**
 * One file that holds a certificate and its private key together, the key encrypted. Because both are in
 * one file they can't fall apart: whoever reads it has a matching pair.
 *
 * The file is JSON: `{ "version": 1, "names": [...], "certificate": PEM, "sealedKey": base64 }`, where
 * sealedKey is nonce (12 bytes) | tag (16 bytes) | AES-256-GCM of the PKCS #8 key in DER, with the
 * certificate in DER as associated data: a key can't be put beside another certificate.
 */

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "../../wire/index.ts";
import { systemErrorCode } from "../durable-file.ts";
import type { CertificateName } from "./names.ts";

/** A certificate with its private key, both PEM; the key is PKCS #8. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** What it was issued for; empty for a CA. */
  readonly names: readonly CertificateName[];
}

/** How a sealed file is opened, and what to tell people who can't open it. */
export interface Seal {
  readonly path: string;
  /** 32 bytes. */
  readonly key: Buffer;
  /** What to do about a file that can't be opened; a sentence. */
  readonly advice: string;
}

interface SealedFile {
  readonly version: 1;
  readonly names: readonly CertificateName[];
  readonly certificate: string;
  readonly sealedKey: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

/** The content of a sealed file. */
export function sealCertificate(pair: KeyedCertificate, key: Buffer): Buffer {
  const plain = createPrivateKey(pair.privateKeyPem).export({ type: "pkcs8", format: "der" });
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(new X509Certificate(pair.certificatePem).raw);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  const file: SealedFile = {
    version: 1,
    names: pair.names,
    certificate: pair.certificatePem,
    sealedKey: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64"),
  };
  return Buffer.from(`${JSON.stringify(file, null, 2)}\n`);
}

/**
 * Reads a sealed file; undefined when there is none.
 *
 * @throws AppError `settings_invalid` when the file is damaged or was sealed with another key
 */
export async function readSealedCertificate(seal: Seal): Promise<KeyedCertificate | undefined> {
  const text = await readFile(seal.path, "utf8").catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code === "ENOENT") {
      return undefined;
    }
    throw new AppError("settings_invalid", `${seal.path} can't be read (${code}). ${seal.advice}`, {
      cause: error,
    });
  });
  if (text === undefined) {
    return undefined;
  }
  const file = parseSealedFile(text);
  if (file === undefined) {
    throw new AppError("settings_invalid", `${seal.path} is damaged. ${seal.advice}`);
  }
  return {
    certificatePem: file.certificate,
    privateKeyPem: openKey(file, seal),
    names: file.names,
  };
}

function parseSealedFile(text: string): SealedFile | undefined {
  try {
    const file: unknown = JSON.parse(text);
    return isSealedFile(file) && new X509Certificate(file.certificate) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isSealedFile(value: unknown): value is SealedFile {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const file = value as Partial<Record<keyof SealedFile, unknown>>;
  return (
    file.version === 1 &&
    typeof file.certificate === "string" &&
    typeof file.sealedKey === "string" &&
    Array.isArray(file.names) &&
    file.names.every(isName)
  );
}

function isName(value: unknown): value is CertificateName {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const name = value as Partial<Record<keyof CertificateName, unknown>>;
  return (name.type === "dns" || name.type === "ip") && typeof name.value === "string";
}

function openKey(file: SealedFile, seal: Seal): string {
  const sealed = Buffer.from(file.sealedKey, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, seal.key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(new X509Certificate(file.certificate).raw);
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const plain = Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]);
    const key = createPrivateKey({ key: plain, type: "pkcs8", format: "der" });
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  } catch (error) {
    throw new AppError(
      "settings_invalid",
      `The key in ${seal.path} can't be decrypted with this directory's master.key. ${seal.advice}`,
      { cause: error },
    );
  }
}
