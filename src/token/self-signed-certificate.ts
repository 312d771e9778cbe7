/** Makes the self-signed certificates that name signing keys: clients find a key by its thumbprint. */
import "reflect-metadata";
import type { KeyObject } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

const SIGNATURE = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** What goes into a certificate. */
export interface CertificateFields {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly start: Date;
  readonly end: Date;
}

/** The certificate in DER. */
export async function selfSignedCertificate(fields: CertificateFields): Promise<Uint8Array> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${fields.commonName}`,
    notBefore: fields.start,
    notAfter: fields.end,
    signingAlgorithm: SIGNATURE,
    keys: {
      publicKey: fields.publicKey.toCryptoKey(SIGNATURE, true, ["verify"]),
      privateKey: fields.privateKey.toCryptoKey(SIGNATURE, false, ["sign"]),
    },
  });
  return new Uint8Array(certificate.rawData);
}
