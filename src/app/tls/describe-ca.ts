/** What there is to say about the local CA and the server's certificate, for people and scripts. */

import { X509Certificate } from "node:crypto";
import { AppError } from "../../wire/index.ts";
import type { DataDirectory } from "../data-directory.ts";
import { openLocalCa, readLocalCa, readServerCertificate } from "./local-ca.ts";

/** One certificate in words. */
export interface CertificateDescription {
  /** Such as `CN=Stixgate local CA 3f9c2a`. */
  readonly subject: string;
  /** SHA-256 over the certificate, hexadecimal pairs with colons, as browsers and openssl show it. */
  readonly fingerprint: string;
  /** RFC 3339, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
}

/** The local CA of a data directory. */
export interface CaDescription extends CertificateDescription {
  /** Where the certificate lies for clients to trust. */
  readonly file: string;
  /** The server's certificate; null before the first start. */
  readonly server: (CertificateDescription & { readonly names: readonly string[] }) | null;
}

/**
 * The certificate of the local CA in PEM; makes the CA when there is none yet, so that clients can be
 * prepared before the first start.
 *
 * @throws AppError `settings_invalid` when the CA can't be read or written
 */
export async function exportCa(dataDirectory: DataDirectory, now: Date): Promise<string> {
  return (await openLocalCa(dataDirectory, now)).caPem;
}

/**
 * Describes the local CA and the server certificate under it, changing nothing.
 *
 * @throws AppError `not_found` when there is no CA; `settings_invalid` when it can't be read
 */
export async function describeCa(dataDirectory: DataDirectory): Promise<CaDescription> {
  const authority = await readLocalCa(dataDirectory);
  if (authority === undefined) {
    throw new AppError(
      "not_found",
      `There is no local CA in ${dataDirectory.path} yet. The first start makes it, or: stixgate ca export`,
    );
  }
  const server = await readServerCertificate(dataDirectory);
  return {
    ...describe(authority.certificatePem),
    file: dataDirectory.files.caCertificate,
    server:
      server === undefined
        ? null
        : { ...describe(server.certificatePem), names: server.names.map((name) => name.value) },
  };
}

function describe(pem: string): CertificateDescription {
  const certificate = new X509Certificate(pem);
  return {
    subject: certificate.subject,
    fingerprint: certificate.fingerprint256,
    validFrom: certificate.validFromDate.toISOString(),
    validTo: certificate.validToDate.toISOString(),
  };
}
