/**
 * The local certificate authority of a data directory: made once, kept with its key encrypted, and the
 * server certificate under it, renewed when it has to be. Knows nothing of sockets.
 */

import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "../../wire/index.ts";
import type { DataDirectory } from "../data-directory.ts";
import { createFileOnce, replaceFile } from "../durable-file.ts";
import { type CertificateName, sameNames } from "./names.ts";
import {
  type KeyedCertificate,
  readSealedCertificate,
  type Seal,
  sealCertificate,
} from "./sealed-certificate.ts";

/** The local CA, ready to sign. */
export interface LocalCa {
  readonly authority: KeyedCertificate;
  /** What clients have to trust. */
  readonly caPem: string;
}

/** Days before its end at which a server certificate is replaced. */
export const RENEWAL_DAYS = 30;

const DAY_MS = 86_400_000;
const SEALED_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/**
 * Reads the CA of a data directory, or makes it. Processes that do so at once agree on one.
 *
 * @throws AppError `settings_invalid` when the CA can't be read, has expired, or can't be written
 */
export async function openLocalCa(dataDirectory: DataDirectory, now: Date): Promise<LocalCa> {
  const seal = authoritySeal(dataDirectory);
  const authority = (await readSealedCertificate(seal)) ?? (await createAuthority(seal, now));
  const certificate = new X509Certificate(authority.certificatePem);
  if (certificate.validToDate <= now) {
    throw new AppError(
      "settings_invalid",
      `The local CA in ${seal.path} expired at ${certificate.validToDate.toISOString()}. Delete the ` +
        "file to get a new CA, which every client then has to trust.",
    );
  }
  await publish(dataDirectory.files.caCertificate, authority.certificatePem);
  return { authority, caPem: authority.certificatePem };
}

/**
 * The server certificate of a data directory: the stored one while it serves, otherwise a new one.
 *
 * It is replaced when the wanted names differ from its own, when fewer than `RENEWAL_DAYS` are left (as
 * far as the CA itself lasts), or when another CA signed it.
 */
export async function openServerCertificate(
  dataDirectory: DataDirectory,
  ca: LocalCa,
  wanted: { readonly names: readonly CertificateName[]; readonly now: Date },
): Promise<KeyedCertificate> {
  const seal = serverSeal(dataDirectory);
  // A certificate that can't be read is no loss: the CA makes another.
  const stored = await readSealedCertificate(seal).catch(() => undefined);
  if (stored !== undefined && serves(stored, ca, wanted)) {
    return stored;
  }
  const { issueServerCertificate } = await import("./issue.ts");
  const issued = await issueServerCertificate(ca.authority, wanted.names, wanted.now);
  await writing(seal.path, () =>
    replaceFile(seal.path, sealCertificate(issued, seal.key), SEALED_MODE),
  );
  return issued;
}

/** The stored CA without making one; undefined when there is none. */
export async function readLocalCa(
  dataDirectory: DataDirectory,
): Promise<KeyedCertificate | undefined> {
  return await readSealedCertificate(authoritySeal(dataDirectory));
}

/** The stored server certificate without making or renewing one; undefined when there is none. */
export async function readServerCertificate(
  dataDirectory: DataDirectory,
): Promise<KeyedCertificate | undefined> {
  return await readSealedCertificate(serverSeal(dataDirectory));
}

/** Whole days from an instant to a certificate's end; negative after it. */
export function daysLeft(certificate: X509Certificate, now: Date): number {
  return Math.floor((certificate.validToDate.getTime() - now.getTime()) / DAY_MS);
}

function serves(
  stored: KeyedCertificate,
  ca: LocalCa,
  wanted: { readonly names: readonly CertificateName[]; readonly now: Date },
): boolean {
  const certificate = new X509Certificate(stored.certificatePem);
  const issuer = new X509Certificate(ca.caPem);
  const isFromThisCa = certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  const started = certificate.validFromDate <= wanted.now;
  const lasts =
    daysLeft(certificate, wanted.now) >= RENEWAL_DAYS ||
    // A new one would end with the CA as well.
    (certificate.validToDate >= issuer.validToDate && certificate.validToDate > wanted.now);
  return isFromThisCa && started && lasts && sameNames(stored.names, wanted.names);
}

async function createAuthority(seal: Seal, now: Date): Promise<KeyedCertificate> {
  const { issueAuthority } = await import("./issue.ts");
  const candidate = sealCertificate(await issueAuthority(now), seal.key);
  await writing(seal.path, () => createFileOnce(seal.path, candidate, SEALED_MODE));
  // Read back rather than kept: another process may have been faster, and then its CA counts.
  const authority = await readSealedCertificate(seal);
  if (authority === undefined) {
    throw new AppError(
      "settings_invalid",
      `${seal.path} vanished while the local CA was created: is something cleaning the directory?`,
    );
  }
  return authority;
}

/** Keeps the readable copy of the CA equal to the sealed file, which is the one that counts. */
async function publish(path: string, pem: string): Promise<void> {
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present !== pem) {
    await writing(path, () => replaceFile(path, Buffer.from(pem), PUBLIC_MODE));
  }
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("settings_invalid", `${path} can't be written: ${reason}.`, {
      cause: error,
    });
  }
}

function authoritySeal(dataDirectory: DataDirectory): Seal {
  return {
    path: dataDirectory.files.caSealed,
    key: dataDirectory.deriveKey("ca"),
    advice:
      "Restore it together with master.key from one backup, or delete it to get a new CA, which " +
      "every client then has to trust.",
  };
}

function serverSeal(dataDirectory: DataDirectory): Seal {
  return {
    path: dataDirectory.files.serverSealed,
    key: dataDirectory.deriveKey("server certificate"),
    advice: "Delete it: the next start makes another.",
  };
}
