/**
 * A PostgreSQL server of the test's own: a cluster in a temporary directory, on a free port of the loopback
 * interface, run as another user where the test runs as root, which PostgreSQL refuses. It is flushed to
 * disk as in production. Nothing of a server that runs on the machine is touched.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";

/** A running server. */
export interface PostgresCluster {
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>;
  /** Runs a statement as the owner of everything. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Ends every process of the server at once, as a power cut would. */
  crash(): Promise<void>;
  /** Starts it again after a crash; resolves when it takes connections. */
  start(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

const PASSWORD = "pass:word/ü";
const USER = "stixgate";
const READY = "database system is ready to accept connections";

/** Where the server's programs are; undefined where PostgreSQL isn't installed. */
export function postgresBinaries(): string | undefined {
  const onDebian = globSync("/usr/lib/postgresql/*/bin/initdb").sort();
  const elsewhere = globSync(
    "/{usr,usr/local,opt/homebrew}/{bin,pgsql/bin,opt/postgresql*/bin}/initdb",
  );
  const found = onDebian.at(-1) ?? elsewhere.at(-1);
  return found && dirname(found);
}

/** Why tests that need a server are skipped here; false where they run. */
export function postgresMissing(): string | false {
  return postgresBinaries() === undefined && "no PostgreSQL server is installed";
}

/** Makes a cluster and starts its server. */
export async function startPostgres(): Promise<PostgresCluster> {
  const binaries = postgresBinaries();
  assert(binaries, "PostgreSQL is installed");
  const owner = serverUser();
  const root = mkdtempSync(join(tmpdir(), "stixgate-postgres-"));
  const data = join(root, "data");
  const passwordFile = join(root, "password");
  writeFileSync(passwordFile, PASSWORD);
  chmodSync(root, 0o700);
  for (const path of owner.uid === undefined ? [] : [root, passwordFile]) {
    chownSync(path, owner.uid ?? 0, owner.gid ?? 0);
  }
  const options = ["-D", data, "-U", USER, `--pwfile=${passwordFile}`, "-A", "scram-sha-256"];
  execFileSync(join(binaries, "initdb"), [...options, "-E", "UTF8", "--no-locale", "--no-sync"], {
    ...owner,
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const port = await freePort();
  const address = (database: string): string =>
    `postgresql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | undefined;
  let databases = 0;

  async function query(sql: string, database = "postgres"): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: address(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories="];
    const child = spawn(
      join(binaries ?? "", "postgres"),
      ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
      { ...owner, cwd: root, stdio: ["ignore", "ignore", "pipe"] },
    );
    server = child;
    process.once("exit", () => child.kill("SIGQUIT"));
    const lines = createInterface({ input: child.stderr });
    await new Promise<void>((resolve, reject) => {
      const said: string[] = [];
      lines.on("line", (line) => {
        said.push(line);
        if (line.includes(READY)) {
          resolve();
        }
      });
      child.once("exit", () =>
        reject(new Error(`PostgreSQL ended:\n${said.slice(-20).join("\n")}`)),
      );
    });
  }

  async function end(signal: "SIGINT" | "SIGQUIT"): Promise<void> {
    if (server?.exitCode === null && server.signalCode === null) {
      const exited = once(server, "exit");
      server.kill(signal);
      await exited;
    }
  }

  await start();
  return {
    query,
    start,
    crash: () => end("SIGQUIT"),
    async newDatabase() {
      databases += 1;
      await query(`CREATE DATABASE test_${databases}`);
      return address(`test_${databases}`);
    },
    async stop() {
      await end("SIGINT");
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: another user of the machine takes it over. */
function serverUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const numberOf = (option: string, user: string): number =>
    Number(execFileSync("id", [option, user], { stdio: ["ignore", "pipe", "ignore"] }));
  try {
    return { uid: numberOf("-u", "postgres"), gid: numberOf("-g", "postgres") };
  } catch {
    return { uid: numberOf("-u", "nobody"), gid: numberOf("-g", "nobody") };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  server.close();
  await once(server, "close");
  return address.port;
}
