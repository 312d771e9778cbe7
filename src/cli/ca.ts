/** `stixgate ca`: hands out and describes the local certificate authority of a data directory. */

import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import {
  type CaDescription,
  type CertificateDescription,
  type DataDirectory,
  describeCa,
  exportCa,
} from "../app/index.ts";
import { AppError } from "../wire/index.ts";
import { addDataOptions, type GlobalOptions } from "./global-options.ts";

/** Opens the data directory that a command's options name. */
export type OpenDataDirectory = (options: GlobalOptions) => Promise<DataDirectory>;

interface ExportOptions extends GlobalOptions {
  readonly out?: string;
}

interface ShowOptions extends GlobalOptions {
  readonly json?: boolean;
}

const EXPORT_HELP = `
Examples:
  stixgate ca export > stixgate-ca.pem
  stixgate ca export --out /usr/local/share/ca-certificates/stixgate.crt

A running server hands out the same certificate at GET /ca.pem. It holds no secret.`;

/** Adds `ca export` and `ca show`. */
export function registerCaCommand(
  program: Command,
  open: OpenDataDirectory,
  out: { write(text: string): unknown },
): void {
  const ca = program
    .command("ca")
    .summary("the certificate authority that clients have to trust")
    .description(
      "The local certificate authority (CA) of a data directory. A server without a certificate of its " +
        "own (settings tls.certFile and tls.keyFile) signs one with it; clients have to trust the CA.",
    );

  addDataOptions(ca.command("export"))
    .summary("print the CA's certificate")
    .description(
      "Prints the CA's certificate in PEM, for clients to trust. Makes the CA when there is none yet, so " +
        "that clients can be prepared before the first start. Safe while the server runs.",
    )
    .option("-o, --out <file>", "write to a file instead of standard output")
    .addHelpText("after", EXPORT_HELP)
    .action(async (options: ExportOptions) => {
      const pem = await exportCa(await open(options), new Date());
      if (options.out === undefined || options.out === "-") {
        out.write(pem);
        return;
      }
      await writeCertificate(options.out, pem);
      out.write(`Wrote the CA's certificate to ${options.out}\n`);
    });

  addDataOptions(ca.command("show"))
    .summary("show names, fingerprints and ends")
    .description(
      "Shows subject, fingerprint and end of the CA and of the server's certificate, and the names that " +
        "the server's certificate covers. Changes nothing; safe while the server runs.",
    )
    .option("--json", "print one JSON object")
    .action(async (options: ShowOptions) => {
      const description = await describeCa(await open(options));
      out.write(
        options.json
          ? `${JSON.stringify(description, null, 2)}\n`
          : formatCa(description, new Date()),
      );
    });
}

/** The description as people read it; `now` is what the days left are counted from. */
export function formatCa(description: CaDescription, now: Date): string {
  const { server } = description;
  const lines = [
    "Local CA",
    ...formatCertificate(description, now),
    `  File         ${description.file}`,
    "",
    "Server certificate",
    ...(server === null
      ? ["  none yet: the first start of the server makes it"]
      : [...formatCertificate(server, now), `  Names        ${server.names.join(", ")}`]),
  ];
  return `${lines.join("\n")}\n`;
}

const DAY_MS = 86_400_000;

function formatCertificate(certificate: CertificateDescription, now: Date): string[] {
  const days = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / DAY_MS);
  const left = days < 0 ? "expired" : `${days} days left`;
  return [
    `  Subject      ${certificate.subject}`,
    `  Fingerprint  ${certificate.fingerprint} (SHA-256)`,
    `  Valid        ${certificate.validFrom.slice(0, 10)} to ${certificate.validTo.slice(0, 10)} (${left})`,
  ];
}

async function writeCertificate(path: string, pem: string): Promise<void> {
  try {
    await writeFile(path, pem, { mode: 0o644 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("settings_invalid", `${path} can't be written: ${reason}.`, {
      cause: error,
      field: "--out",
    });
  }
}
