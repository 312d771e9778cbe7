/**
 * Where `stixgate upload` gets its settings: flags, then the ready file of a server, then the environment
 * with the names of the Azure SDKs. A value of an earlier place wins, and a credential is taken whole from
 * the first place that has one.
 */
import { readFileSync } from "node:fs";
import {
  apiKeyCredential,
  type CertificateCredential,
  ClientError,
  type ClientOptions,
  type SecretCredential,
} from "../client/index.ts";

/** The flags of the command, as commander gives them. */
export interface UploadFlags {
  readonly workspaceId?: string;
  readonly tenant?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly certificate?: string;
  /** A person's key; only our own API takes one. */
  readonly apiKey?: string;
  readonly assertionAlgorithm?: "PS256" | "RS256";
  readonly authority?: string;
  readonly endpoint?: string;
  readonly scope?: string;
  readonly ca?: string;
  readonly ready?: string;
  readonly source?: string;
  readonly apiVersion?: string;
  readonly batchSize?: number;
  readonly requestsPerMinute?: number;
  readonly concurrency?: number;
  readonly dryRun?: boolean;
  readonly report?: string;
  readonly resume?: boolean;
  readonly journal?: string | false;
  readonly json?: boolean;
}

/** The variables of the process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a ready file says, as far as an upload needs it. */
interface Ready {
  readonly endpoint?: string;
  readonly tenantId?: string;
  readonly workspaceId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly caFile?: string;
}

/** What the client needs to know, and the authority to trust besides the platform's. */
export interface ResolvedSettings {
  readonly client: Omit<ClientOptions, "onNotice" | "userAgent">;
  readonly caFile: string | undefined;
}

/** The ready line of a server is below one kilobyte. */
const READY_BYTES_MAX = 64 * 1024;

/**
 * Puts the settings together.
 *
 * @throws ClientError options_invalid, input_unreadable
 */
export function resolveSettings(flags: UploadFlags, env: Environment): ResolvedSettings {
  const ready = flags.ready === undefined ? {} : readReady(flags.ready);
  const variable = (name: string): string | undefined => env[name] || undefined;
  const workspaceId = workspaceOf(flags, ready, variable);
  const tenantId = flags.tenant ?? ready.tenantId ?? variable("AZURE_TENANT_ID");
  if (tenantId === undefined) {
    throw missing("--tenant", "AZURE_TENANT_ID");
  }
  const clientId = flags.clientId ?? ready.clientId ?? variable("AZURE_CLIENT_ID");
  if (clientId === undefined) {
    throw missing("--client-id", "AZURE_CLIENT_ID");
  }
  const authorityHost = flags.authority ?? ready.endpoint ?? variable("AZURE_AUTHORITY_HOST");
  return {
    caFile: flags.ca ?? ready.caFile,
    client: {
      workspaceId,
      credential: { tenantId, clientId, authorityHost, ...proofOf(flags, ready, variable) },
      endpoint: flags.endpoint ?? ready.endpoint ?? variable("STIXGATE_ENDPOINT"),
      scope: flags.scope,
      apiVersion: flags.apiVersion,
      objectsPerRequestMax: flags.batchSize,
      requestsPerMinuteMax: flags.requestsPerMinute,
      concurrencyMax: flags.concurrency,
    },
  };
}

/**
 * The same for our own API, which also takes a person's key, and which no other service has.
 *
 * @throws ClientError options_invalid, input_unreadable
 */
export function resolveApiSettings(flags: UploadFlags, env: Environment): ResolvedSettings {
  const ready = flags.ready === undefined ? {} : readReady(flags.ready);
  const variable = (name: string): string | undefined => env[name] || undefined;
  const endpoint = flags.endpoint ?? ready.endpoint ?? variable("STIXGATE_ENDPOINT");
  if (endpoint === undefined) {
    throw missing("--endpoint", "STIXGATE_ENDPOINT, or --ready");
  }
  const isApplicationNamed =
    flags.clientSecret !== undefined ||
    flags.certificate !== undefined ||
    ready.clientSecret !== undefined;
  const apiKey = flags.apiKey ?? (isApplicationNamed ? undefined : variable("STIXGATE_API_KEY"));
  if (apiKey === undefined) {
    const { caFile, client } = resolveSettings(flags, env);
    return { caFile, client: { ...client, endpoint } };
  }
  return {
    caFile: flags.ca ?? ready.caFile,
    client: {
      workspaceId: workspaceOf(flags, ready, variable),
      credential: apiKeyCredential(apiKey),
      endpoint,
    },
  };
}

function workspaceOf(
  flags: UploadFlags,
  ready: Ready,
  variable: (name: string) => string | undefined,
): string {
  const workspaceId = flags.workspaceId ?? ready.workspaceId ?? variable("STIXGATE_WORKSPACE_ID");
  if (workspaceId === undefined) {
    throw missing("--workspace-id", "STIXGATE_WORKSPACE_ID");
  }
  return workspaceId;
}

type Proof =
  | Pick<SecretCredential, "clientSecret">
  | Pick<CertificateCredential, "certificatePem" | "passphrase" | "algorithm">;

function proofOf(
  flags: UploadFlags,
  ready: Ready,
  variable: (name: string) => string | undefined,
): Proof {
  const certificate = (file: string): Proof => ({
    certificatePem: readText(file, "certificate"),
    passphrase: variable("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
    algorithm: flags.assertionAlgorithm,
  });
  if (flags.clientSecret !== undefined && flags.certificate !== undefined) {
    throw new ClientError(
      "options_invalid",
      "--client-secret and --certificate exclude each other.",
      { field: "certificate" },
    );
  }
  if (flags.certificate !== undefined) {
    return certificate(flags.certificate);
  }
  // The order of the Azure SDKs: a secret in the environment goes before a certificate.
  const clientSecret = flags.clientSecret ?? ready.clientSecret ?? variable("AZURE_CLIENT_SECRET");
  if (clientSecret !== undefined) {
    return { clientSecret };
  }
  const file = variable("AZURE_CLIENT_CERTIFICATE_PATH");
  if (file === undefined) {
    throw new ClientError(
      "options_invalid",
      "No credential: set AZURE_CLIENT_SECRET, or --certificate (or AZURE_CLIENT_CERTIFICATE_PATH).",
      { field: "clientSecret" },
    );
  }
  return certificate(file);
}

function missing(flag: string, variable: string): ClientError {
  return new ClientError("options_invalid", `${flag} (or ${variable}) is needed.`, {
    field: flag.replace(/^--/, ""),
  });
}

/**
 * Reads a small text file that an option names.
 *
 * @throws ClientError input_unreadable
 */
function readText(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("input_unreadable", `Cannot read the ${what}: ${reason}`, { cause });
  }
}

/** The line that `serve` and `quickstart` print with `--ready-json`. */
function readReady(file: string): Ready {
  const text = readText(file, "ready file");
  let value: unknown;
  try {
    value = text.length > READY_BYTES_MAX ? undefined : JSON.parse(text);
  } catch {
    value = undefined;
  }
  const fields = value as Readonly<Record<string, unknown>> | null | undefined;
  if (typeof fields !== "object" || fields === null || typeof fields["https"] !== "string") {
    throw new ClientError(
      "options_invalid",
      `${file} is not what a server prints with --ready-json: one line of JSON with https.`,
      { field: "ready" },
    );
  }
  const field = (key: string): string | undefined => {
    const member = fields[key];
    return typeof member === "string" && member !== "" ? member : undefined;
  };
  const found = {
    endpoint: field("https"),
    tenantId: field("tenantId"),
    workspaceId: field("workspaceId"),
    clientId: field("clientId"),
    clientSecret: field("clientSecret"),
    caFile: field("caFile"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, member]) => member !== undefined));
}
