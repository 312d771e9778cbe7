/** Client certificates: what an application proves itself with in place of a secret. */
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import type { KeyCredential } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { requireApplication } from "./applications.ts";
import { type DirectoryContext, remove } from "./directory-change.ts";
import type { DirectoryView } from "./directory-view.ts";
import { invalidField, requireDisplayName } from "./fields.ts";

/** Enough for several machines and an overlap each. */
const CERTIFICATES_PER_APP_MAX = 20;
/** A certificate has one to four kilobytes; a whole chain with comments fits too. */
const CERTIFICATE_BYTES_MAX = 65_536;
const RSA_BITS_MIN = 2_048;
/** Larger keys make each verification so slow that it becomes a lever. */
const RSA_BITS_MAX = 8_192;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;

/** A certificate to register. */
export interface NewCertificate {
  /** PEM or DER. Of several in a PEM text the first counts; a private key beside it is ignored. */
  readonly certificate: string | Uint8Array;
  readonly displayName?: string;
}

/** A certificate as it may be shown. */
export interface CertificateFacts {
  readonly keyId: string;
  readonly appId: string;
  readonly displayName: string;
  /** Thumbprints, lower-case hexadecimal. */
  readonly sha1: string;
  readonly sha256: string;
  readonly start: string;
  readonly end: string;
}

export function addCertificate(
  context: DirectoryContext,
  appId: string,
  input: NewCertificate,
): Promise<CertificateFacts> {
  const certificate = parseCertificate(input.certificate);
  const now = context.clock();
  if (certificate.validToDate <= now) {
    throw invalidField(
      "certificate",
      `The certificate ended on ${certificate.validToDate.toISOString()}.`,
    );
  }
  const displayName = requireDisplayName(
    "displayName",
    input.displayName ??
      (certificate.subject.replaceAll("\n", ", ").slice(0, 256) || "certificate"),
  );
  const sha1 = thumbprint("sha1", certificate.raw);
  return context.change((view) => {
    const application = requireApplication(view, appId);
    const existing = view.certificatesOf(application.appId);
    if (existing.some((row) => row.sha1 === sha1)) {
      throw new AppError(
        "conflict",
        `The application "${application.displayName}" has the certificate ${sha1} already.`,
      );
    }
    if (existing.length >= CERTIFICATES_PER_APP_MAX) {
      throw new AppError(
        "conflict",
        `The application "${application.displayName}" has ${existing.length} certificates already: ` +
          "remove one first.",
      );
    }
    const row: KeyCredential = {
      keyId: randomUUID(),
      appId: application.appId,
      displayName,
      certificateDer: new Uint8Array(certificate.raw),
      sha1,
      sha256: thumbprint("sha256", certificate.raw),
      start: certificate.validFromDate.toISOString(),
      end: certificate.validToDate.toISOString(),
    };
    return {
      changes: [{ kind: "put", table: "keyCredentials", row }],
      result: factsOf(row),
    };
  });
}

/** Removes a certificate by its key id or either thumbprint. */
export function removeCertificate(
  context: DirectoryContext,
  appId: string,
  keyIdOrThumbprint: string,
): Promise<void> {
  return context.change((view) => {
    const application = requireApplication(view, appId);
    const wanted = keyIdOrThumbprint.toLowerCase();
    const found = view
      .certificatesOf(application.appId)
      .find(({ keyId, sha1, sha256 }) => [keyId, sha1, sha256].includes(wanted));
    if (found === undefined) {
      throw new AppError(
        "not_found",
        `The application "${application.displayName}" has no certificate ${keyIdOrThumbprint}.`,
        { field: "keyId" },
      );
    }
    return { changes: [remove("keyCredentials", found.keyId)], result: undefined };
  });
}

/** What may be shown of an application's certificates. */
export function listCertificates(view: DirectoryView, appId: string): readonly CertificateFacts[] {
  return view.certificatesOf(appId).map(factsOf);
}

function factsOf(row: KeyCredential): CertificateFacts {
  const { keyId, appId, displayName, sha1, sha256, start, end } = row;
  return { keyId, appId, displayName, sha1, sha256, start, end };
}

function thumbprint(algorithm: "sha1" | "sha256", der: Uint8Array): string {
  return createHash(algorithm).update(der).digest("hex");
}

function parseCertificate(input: string | Uint8Array): X509Certificate {
  const bytes = Buffer.from(input);
  if (bytes.length > CERTIFICATE_BYTES_MAX) {
    throw invalidField("certificate", `It must have at most ${CERTIFICATE_BYTES_MAX} bytes.`);
  }
  const text = bytes.toString("latin1");
  const [pem] = PEM_CERTIFICATE.exec(text) ?? [];
  if (pem === undefined && text.includes("-----BEGIN ")) {
    throw invalidField("certificate", "The PEM text holds no CERTIFICATE block.");
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem ?? bytes);
  } catch (cause) {
    throw new AppError(
      "invalid_request",
      "certificate: It is neither PEM nor DER of an X.509 certificate.",
      {
        field: "certificate",
        cause,
      },
    );
  }
  refuseUnusableKey(certificate);
  return certificate;
}

function refuseUnusableKey({ publicKey }: X509Certificate): void {
  if (publicKey.asymmetricKeyType !== "rsa") {
    throw invalidField(
      "certificate",
      `Its key is of type ${publicKey.asymmetricKeyType}; clients sign with RSA keys only.`,
    );
  }
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
    throw invalidField(
      "certificate",
      `Its RSA key has ${bits} bits; ${RSA_BITS_MIN} to ${RSA_BITS_MAX} are accepted.`,
    );
  }
}
