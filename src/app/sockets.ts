/**
 * Listening sockets around one HTTP application: HTTPS where the operator says, plain HTTP on loopback only,
 * and an orderly end of both.
 */

import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { AppError } from "../wire/index.ts";

/** Connections at one time; more wait in the kernel's queue. Sixteen thousand fit the usual file limits. */
const CONNECTIONS_MAX = 16_000;

/** How long an idle connection is kept: above the 60 seconds at which common balancers give up theirs. */
const KEEP_ALIVE_MS = 65_000;

/** How long a client may take to send the head of a request. */
const HEADERS_MS = 20_000;

/** The address that plain HTTP is bound to; not a setting, because tokens must not cross a network in clear. */
const LOOPBACK = "127.0.0.1";

/** How a socket is bounded. */
interface SocketOptions {
  /** How long a client may take to send one whole request. */
  readonly requestTimeoutMs: number;
}

/** Certificate and key of HTTPS; they may be set later, before it listens. */
interface HttpsOptions extends SocketOptions {
  readonly cert?: string;
  readonly key?: string;
}

/** Makes an HTTPS server that is not listening yet. */
export function httpsServer(
  handler: RequestListener,
  { requestTimeoutMs, ...pair }: HttpsOptions,
): HttpsServer {
  const server = createHttpsServer({ ...pair, minVersion: "TLSv1.2" }, handler);
  return bounded(server, requestTimeoutMs);
}

/** Makes a plain HTTP server and binds it to loopback. @throws AppError `settings_invalid` if the port is taken */
export async function listenHttp(
  handler: RequestListener,
  port: number,
  { requestTimeoutMs }: SocketOptions,
): Promise<Server> {
  const server = bounded(createHttpServer(handler), requestTimeoutMs);
  server.listen({ host: LOOPBACK, port });
  await listening(server, "http.port");
  return server;
}

/** Resolves when a server listens. @throws AppError `settings_invalid` naming the setting of its port */
export async function listening(server: Server, setting: string): Promise<void> {
  try {
    await once(server, "listening");
  } catch (cause) {
    throw portError(cause, setting);
  }
}

/** Turns the failure to listen into a refusal that names the setting. */
function portError(cause: unknown, setting: string): AppError {
  const { code, address, port } = cause as { code?: string; address?: string; port?: number };
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "is in use by another program",
    EACCES: "needs a privilege that this user lacks",
    EADDRNOTAVAIL: "is not an address of this machine",
  };
  const reason = reasons[code ?? ""] ?? `cannot be listened on (${code ?? String(cause)})`;
  return new AppError(
    "settings_invalid",
    `${address ?? "the address"}:${port ?? ""} ${reason}; choose another with --${setting.replace(".", "-")} (setting "${setting}").`,
    { field: setting, cause },
  );
}

/** The port that a listening server was given. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Stops accepting, lets requests under way finish, and cuts what remains after `drainMs`. */
export async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}

function bounded<T extends Server>(server: T, requestTimeoutMs: number): T {
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = CONNECTIONS_MAX;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  return server;
}
