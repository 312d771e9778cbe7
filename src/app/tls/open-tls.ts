/**
 * The server's TLS identity over its life: from the local CA or from the operator's files, renewed while
 * the server runs. It opens no socket; whoever does takes the context and listens for renewals.
 */

import { X509Certificate } from "node:crypto";
import { AppError } from "../../wire/index.ts";
import type { DataDirectory } from "../data-directory.ts";
import { daysLeft, openLocalCa, openServerCertificate, RENEWAL_DAYS } from "./local-ca.ts";
import { type CertificateName, certificateNames, parseName, TAKEOVER_HOSTS } from "./names.ts";
import { readOwnCertificate } from "./own-certificate.ts";

/** What TLS servers take: certificate chain and key, both PEM. */
export interface TlsKeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Settings of the TLS identity. */
export interface TlsOptions {
  readonly dataDirectory: DataDirectory;
  /** DNS names and IP addresses beside loopback and this machine's name. */
  readonly names: readonly string[];
  /** Also answer to the public hosts that connectors have built in. */
  readonly takeover: boolean;
  /** The operator's own certificate and key in place of the local CA; both, or neither (absent or ""). */
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly now: () => Date;
  /** Told of what the operator should look at: an end that comes near, a file that can't be read again. */
  readonly warn?: (message: string) => void;
  /** In place of this machine's own name. */
  readonly machine?: string;
}

/** The server's TLS identity. */
export interface Tls {
  /** What clients have to trust; undefined with an operator's certificate. */
  readonly caPem: string | undefined;
  /** Names and addresses of the certificate in use. */
  readonly names: readonly string[];
  secureContext(): TlsKeyPair;
  /** Calls a listener after each renewal: the place to call `server.setSecureContext(...)`. */
  onRenewal(listener: () => void): void;
  /**
   * Renews what is due or was replaced on disk, and tells whether the certificate changed. Called daily;
   * a failure becomes a warning, because the certificate in use goes on serving.
   */
  refresh(): Promise<boolean>;
  /** Stops the daily check. */
  close(): void;
}

interface Identity extends TlsKeyPair {
  readonly caPem: string | undefined;
  readonly names: readonly CertificateName[];
}

const CHECK_INTERVAL_MS = 86_400_000;

/**
 * Opens the server's TLS identity and keeps it fresh until `close`.
 *
 * @throws AppError `settings_invalid` for a wrong name, a certificate without its key, or files that
 *   can't be used
 */
export async function openTls(options: TlsOptions): Promise<Tls> {
  const read = identityReader(options);
  let current = await read();
  const listeners: (() => void)[] = [];

  async function refresh(): Promise<boolean> {
    try {
      const next = await read();
      warnAbout(next, options);
      if (next.cert === current.cert && next.key === current.key) {
        return false;
      }
      current = next;
      for (const listener of listeners) {
        listener();
      }
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      options.warn?.(`The TLS certificate could not be renewed: ${reason}`);
      return false;
    }
  }

  warnAbout(current, options);
  const timer = setInterval(() => void refresh(), CHECK_INTERVAL_MS);
  // The check alone shouldn't keep a process alive that has nothing else to do.
  timer.unref();
  return {
    get caPem(): string | undefined {
      return current.caPem;
    },
    get names(): readonly string[] {
      return current.names.map((name) => name.value);
    },
    secureContext: () => ({ cert: current.cert, key: current.key }),
    onRenewal: (listener) => {
      listeners.push(listener);
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

function identityReader(options: TlsOptions): () => Promise<Identity> {
  const { certFile = "", keyFile = "", dataDirectory } = options;
  if (certFile !== "" && keyFile !== "") {
    return async () => {
      const own = await readOwnCertificate({ certFile, keyFile }, options.now());
      return {
        cert: own.certificatePem,
        key: own.privateKeyPem,
        caPem: undefined,
        names: own.names,
      };
    };
  }
  if (certFile !== keyFile) {
    const given = keyFile === "" ? "tls.certFile" : "tls.keyFile";
    const missing = keyFile === "" ? "tls.keyFile" : "tls.certFile";
    throw new AppError(
      "settings_invalid",
      `The setting ${given} needs ${missing}: give both, or neither.`,
      { field: missing },
    );
  }
  const names = certificateNames({
    configured: options.names,
    takeover: options.takeover,
    ...(options.machine === undefined ? {} : { machine: options.machine }),
  });
  return async () => {
    const now = options.now();
    const ca = await openLocalCa(dataDirectory, now);
    const server = await openServerCertificate(dataDirectory, ca, { names, now });
    return { cert: server.certificatePem, key: server.privateKeyPem, caPem: ca.caPem, names };
  };
}

function warnAbout(identity: Identity, options: TlsOptions): void {
  const isOwn = identity.caPem === undefined;
  const certificate = new X509Certificate(identity.caPem ?? identity.cert);
  const days = daysLeft(certificate, options.now());
  if (days < RENEWAL_DAYS) {
    const what = isOwn ? `The TLS certificate ${options.certFile}` : "The local CA";
    options.warn?.(`${what} ends in ${days} days, at ${certificate.validToDate.toISOString()}.`);
  }
  const missing = isOwn ? namesMissing(certificate, options) : [];
  if (missing.length > 0) {
    options.warn?.(
      `The TLS certificate ${options.certFile} doesn't cover ${missing.join(", ")}: clients that use ` +
        "these names will refuse it.",
    );
  }
}

/** Which of the configured names an operator's certificate leaves out. */
function namesMissing(certificate: X509Certificate, options: TlsOptions): string[] {
  return [...options.names, ...(options.takeover ? TAKEOVER_HOSTS : [])].filter((text) => {
    const name = parseName(text);
    return name?.type === "ip"
      ? certificate.checkIP(name.value) === undefined
      : certificate.checkHost(name?.value ?? text) === undefined;
  });
}
