/** A certificate that the operator brings, with its key, as PEM files: read, checked, never changed. */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { AppError } from "../../wire/index.ts";
import { systemErrorCode } from "../durable-file.ts";
import { type CertificateName, parseName } from "./names.ts";

/** An operator's certificate (with its chain, as in the file) and key, both PEM. */
export interface OwnCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly leaf: X509Certificate;
  readonly names: readonly CertificateName[];
}

/** Where the operator's certificate lies. */
export interface OwnCertificateFiles {
  /** Setting `tls.certFile`. PEM: the server's certificate first, then the intermediate ones. */
  readonly certFile: string;
  /** Setting `tls.keyFile`. PEM, not encrypted. */
  readonly keyFile: string;
}

/** A chain of certificates is a few kilobytes; anything this large is the wrong file. */
const FILE_BYTES_MAX = 1_048_576;
/** Entries of a subject alternative name as Node prints them; IP addresses and DNS names matter here. */
const PRINTED_NAME = /(DNS|IP Address):([^,]+)/g;

/**
 * Reads and checks an operator's certificate.
 *
 * @throws AppError `settings_invalid`, naming the file and the reason: unreadable, not PEM, an encrypted
 *   key, a key of another certificate, not yet or no longer valid, no names, or refused by TLS
 */
export async function readOwnCertificate(
  files: OwnCertificateFiles,
  now: Date,
): Promise<OwnCertificate> {
  const certificatePem = await readPem("certificate", files.certFile);
  const privateKeyPem = await readPem("key", files.keyFile);
  const leaf = parseCertificate(certificatePem, files.certFile);
  const key = parseKey(privateKeyPem, files.keyFile);
  if (!leaf.checkPrivateKey(key)) {
    throw refusal(
      `The key ${files.keyFile} doesn't belong to the certificate ${files.certFile} ` +
        `(${oneLine(leaf.subject)}). The server's own certificate has to be the first in its file.`,
    );
  }
  refuseOutsideValidity(leaf, files.certFile, now);
  const names = namesOf(leaf);
  if (names.length === 0) {
    throw refusal(
      `The certificate ${files.certFile} names no host (no subject alternative name), so no client ` +
        "would accept it. Have it issued again with the server's DNS names.",
    );
  }
  refuseUnusable({ cert: certificatePem, key: privateKeyPem }, files.certFile);
  return { certificatePem, privateKeyPem, leaf, names };
}

async function readPem(what: string, path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > FILE_BYTES_MAX) {
      throw refusal(`The TLS ${what} file ${path} is larger than ${FILE_BYTES_MAX} bytes.`);
    }
    return bytes.toString("latin1");
  } catch (error) {
    const code = systemErrorCode(error);
    if (error instanceof AppError || code === undefined) {
      throw error;
    }
    const reason = code === "ENOENT" ? "doesn't exist" : `can't be read (${code})`;
    throw refusal(`The TLS ${what} file ${path} ${reason}.`, error);
  }
}

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    const hint = pem.includes("PRIVATE KEY")
      ? " It holds a private key: are the files swapped?"
      : "";
    throw refusal(`The TLS certificate file ${path} holds no certificate in PEM.${hint}`, error);
  }
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)) {
      throw refusal(
        `The TLS key file ${path} is encrypted. Decrypt it first: openssl pkey -in ${path} -out KEY.pem`,
        error,
      );
    }
    throw refusal(`The TLS key file ${path} holds no private key in PEM.`, error);
  }
}

function refuseOutsideValidity(leaf: X509Certificate, path: string, now: Date): void {
  if (leaf.validToDate <= now) {
    throw refusal(
      `The certificate ${path} (${oneLine(leaf.subject)}) expired at ${leaf.validToDate.toISOString()}.`,
    );
  }
  if (leaf.validFromDate > now) {
    throw refusal(
      `The certificate ${path} (${oneLine(leaf.subject)}) is valid only from ` +
        `${leaf.validFromDate.toISOString()} on. Is this machine's clock right?`,
    );
  }
}

/** Lets the TLS library judge what it knows best, such as keys that are too short. */
function refuseUnusable(pair: { cert: string; key: string }, path: string): void {
  try {
    createSecureContext(pair);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refusal(`The certificate ${path} can't be used for TLS: ${reason}.`, error);
  }
}

function namesOf(leaf: X509Certificate): readonly CertificateName[] {
  const printed = [...(leaf.subjectAltName ?? "").matchAll(PRINTED_NAME)];
  return printed.flatMap(([, , text]) => parseName(text ?? "") ?? []);
}

function oneLine(subject: string | undefined): string {
  return (subject ?? "").replaceAll("\n", ", ") || "no subject";
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError("settings_invalid", message, cause === undefined ? {} : { cause });
}
