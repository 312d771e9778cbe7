/** `stixgate app cert`: client certificates. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { listCertificates, requireApplication } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  addJsonOption,
  dateOf,
  type JsonOption,
  type OpenDirectory,
  type Output,
  printRecord,
  printRows,
  withDirectory,
} from "./identity-commands.ts";

interface AddOptions extends JsonOption {
  readonly name?: string;
}

/** Adds `app cert list|add|remove`. */
export function registerCertificateCommands(app: Command, open: OpenDirectory, out: Output): void {
  const cert = app
    .command("cert")
    .description("Client certificates: the client signs with its key, which never leaves it.");

  addJsonOption(cert.command("list <app>"))
    .description("Lists an application's certificates.")
    .action(async (reference: string, { json }: JsonOption) => {
      const rows = await withDirectory(open, async (directory) => {
        const view = await directory.view();
        return listCertificates(view, requireApplication(view, reference).appId);
      });
      printRows(out, rows, {
        json: json === true,
        none: "The application has no certificate.",
        columns: [
          ["SHA-1 THUMBPRINT", (row) => row.sha1.toUpperCase()],
          ["SUBJECT", (row) => row.displayName],
          ["START", (row) => dateOf(row.start)],
          ["END", (row) => dateOf(row.end)],
          ["KEY ID", (row) => row.keyId],
        ],
      });
    });

  addJsonOption(cert.command("add <app> <file>"))
    .description("Registers a certificate (PEM or DER, RSA). A private key in the file is ignored.")
    .option("--name <text>", "a name (default: the certificate's subject)")
    .action(async (reference: string, file: string, { name, json }: AddOptions) => {
      const certificate = await readCertificate(file);
      const added = await withDirectory(open, (directory) =>
        directory.addCertificate(reference, {
          certificate,
          ...(name === undefined ? {} : { displayName: name }),
        }),
      );
      printRecord(out, added, {
        json: json === true,
        lines: [
          ["Subject", added.displayName],
          ["SHA-1", added.sha1.toUpperCase()],
          ["SHA-256", added.sha256.toUpperCase()],
          ["Key id", added.keyId],
          ["Ends", dateOf(added.end)],
        ],
      });
    });

  cert
    .command("remove <app> <certificate>")
    .description("Removes a certificate, named by key id or thumbprint.")
    .action(async (reference: string, certificate: string) => {
      await withDirectory(open, (directory) => directory.removeCertificate(reference, certificate));
      out.write(`Removed the certificate ${certificate}.\n`);
    });
}

async function readCertificate(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `certificate: ${reason}`, {
      field: "certificate",
      cause,
    });
  }
}
