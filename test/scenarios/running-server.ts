/** The real server for scenarios: started as its users start it, spoken to over real sockets, stopped by id. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The one line that `--ready-json` prints. */
export interface Ready {
  readonly event: string;
  readonly https: string;
  readonly http: string | null;
  readonly tenantId: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caFile: string;
  readonly signInUrl: string | null;
  readonly dataDir: string;
  readonly pid: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RunningServer {
  readonly ready: Ready;
  readonly process: ChildProcess;
  /** Everything the server has logged so far. */
  readonly log: () => string;
  readonly ca: string;
  /** Calls the server over HTTPS; `path` starts with a slash. */
  readonly call: (path: string, call?: Call) => Promise<Answer>;
  readonly token: () => Promise<string>;
  /** Uploads a body to v3 with a token. */
  readonly upload: (body: unknown, call?: Call) => Promise<Answer>;
  /** Ends the server by SIGTERM, waits, and gives its exit code. */
  readonly stop: () => Promise<number | null>;
}

export interface StartOptions {
  /** An existing directory; a new one that goes with the server when left out. */
  readonly dataDir?: string;
  readonly args?: readonly string[];
  readonly command?: "quickstart" | "serve";
  /** The test that the server ends with, whatever becomes of it. */
  readonly until?: { readonly after: (work: () => Promise<unknown>) => void };
}

export const projectRoot: string = fileURLToPath(new URL("../..", import.meta.url));
export const mainFile: string = join(projectRoot, "src/cli/main.ts");

/** A new empty directory and the way to remove it. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "stixgate-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the server and resolves when it answers. */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const own = options.dataDir === undefined ? temporaryDirectory() : undefined;
  const dataDir = options.dataDir ?? own?.path ?? "";
  const command = options.command ?? "quickstart";
  const args = [
    ...[
      mainFile,
      command,
      "--ready-json",
      "--https-port",
      "0",
      "--http-port",
      "0",
      "--data-dir",
      dataDir,
    ],
    ...(command === "quickstart" ? ["--no-sample"] : []),
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: projectRoot,
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const exited = once(child, "exit");
  const line = await Promise.race([
    firstLine(child),
    exited.then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready:\n${log}`);
    }),
  ]);
  const ready = JSON.parse(line) as Ready;
  const ca = readFileSync(ready.caFile, "utf8");
  const agent = new Agent({ keepAlive: true, ca });
  const call = (path: string, options: Call = {}): Promise<Answer> =>
    send(new URL(ready.https + path), options, agent);
  const stop = async (): Promise<number | null> => {
    agent.destroy();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await exited;
    }
    own?.remove();
    return child.exitCode;
  };
  options.until?.after(stop);
  const token = (): Promise<string> => clientToken(ready, call);
  return {
    ready,
    process: child,
    log: () => log,
    ca,
    call,
    token,
    upload: async (body, options = {}) =>
      call(uploadPath(ready.workspaceId), {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...options,
        headers: { authorization: `Bearer ${await token()}`, ...options.headers },
      }),
    stop,
  };
}

/** Path of the v3 upload. */
export function uploadPath(workspaceId: string): string {
  return `/workspaces/${workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`;
}

async function clientToken(
  ready: Ready,
  call: (path: string, options?: Call) => Promise<Answer>,
): Promise<string> {
  const answer = await call(`/${ready.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: ready.clientId,
      client_secret: ready.clientSecret,
      scope: "https://management.azure.com/.default",
    }).toString(),
  });
  const { access_token: accessToken } = JSON.parse(answer.body) as { access_token?: string };
  if (accessToken === undefined) {
    throw new Error(`no token: ${answer.body}`);
  }
  return accessToken;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  for await (const line of lines) {
    return line;
  }
  return new Promise(() => undefined);
}

/** Sends one request and reads the whole answer. */
export function send(url: URL, call: Call, agent?: Agent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = { method: call.method ?? "GET", headers: call.headers ?? {} };
  const outgoing =
    url.protocol === "https:"
      ? httpsRequest(url, { ...options, ...(agent === undefined ? {} : { agent }) })
      : httpRequest(url, options);
  outgoing.on("error", reject);
  outgoing.on("response", (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", reject);
    incoming.on("end", () =>
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      }),
    );
  });
  outgoing.end(call.body);
  return promise;
}
