/**
 * Making certificates: the local CA's own, and the server's under it. Works on data alone; where they are
 * kept and when a new one is due is decided elsewhere. Loaded only when one is needed, because the
 * libraries behind it take a noticeable part of the start.
 */

import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { CertificateName } from "./names.ts";
import type { KeyedCertificate } from "./sealed-certificate.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
/** Ten years with their leap days: people install it by hand on many machines. */
const AUTHORITY_LIFETIME_MS = 3_653 * DAY_MS;
/** Within the 398 days that the strictest clients take. */
const SERVER_LIFETIME_MS = 397 * DAY_MS;
/** Clients whose clock is behind ours should take a certificate that was made a moment ago. */
const BACKDATED_MS = 3_600_000;
/** RFC 5280 §4.1.2.2 allows 20 octets; 16 random ones are beyond guessing and collision. */
const SERIAL_BYTES = 16;

/** Makes a new CA with a name of its own, so that two of them can be told apart in a trust store. */
export async function issueAuthority(now: Date): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const shortId = randomBytes(3).toString("hex");
  const validity = validityFrom(now, AUTHORITY_LIFETIME_MS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: [{ CN: [`Stixgate local CA ${shortId}`] }],
    ...validity,
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      // Path length 0: it may sign servers, but no further CAs.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    privateKeyPem: await exportKey(keys.privateKey),
    names: [],
  };
}

/** Makes a server certificate under a CA; it never outlives the CA. */
export async function issueServerCertificate(
  authority: KeyedCertificate,
  names: readonly CertificateName[],
  now: Date,
): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(authority.certificatePem);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const validity = validityFrom(now, SERVER_LIFETIME_MS);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: [{ CN: ["Stixgate server"] }],
    issuer: issuer.subjectName,
    notBefore: validity.notBefore,
    notAfter: new Date(Math.min(validity.notAfter.getTime(), issuer.notAfter.getTime())),
    signingAlgorithm: SIGNING,
    signingKey: await importKey(authority.privateKeyPem),
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([...names]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    privateKeyPem: await exportKey(keys.privateKey),
    names,
  };
}

function validityFrom(now: Date, lifetimeMs: number): { notBefore: Date; notAfter: Date } {
  const notBeforeMs = now.getTime() - BACKDATED_MS;
  return { notBefore: new Date(notBeforeMs), notAfter: new Date(notBeforeMs + lifetimeMs) };
}

/** A positive number of full length: the first bit tells the sign, the second keeps the first byte. */
function newSerialNumber(): string {
  const serial = randomBytes(SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString("hex");
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, type: "pkcs8", format: "der" })
    .export({ type: "pkcs8", format: "pem" })
    .toString();
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return await webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}
