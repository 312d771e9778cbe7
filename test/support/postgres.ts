/**
 * A PostgreSQL server of the test's own: a cluster in a temporary directory, on a free port of the loopback
 * interface, run as another user where the test runs as root, which PostgreSQL refuses. It is flushed to
 * disk as in production. Nothing of a server that runs on the machine is touched.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
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
  /** Starts a copy that follows; from then on a commit is acknowledged when both have it on disk. */
  startStandby(): Promise<PostgresStandby>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** A server that follows another. */
export interface PostgresStandby {
  readonly port: number;
  /** Makes it the one that is written to. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = "pass:word/ü";
const USER = "stixgate";
const READY = /database system is ready to accept (read-only )?connections/;

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
  const place: Place = { binaries, owner, root };
  const passwordFile = join(root, "password");
  writeFileSync(passwordFile, PASSWORD);
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(root, owner.uid, owner.gid);
    chownSync(passwordFile, owner.uid, owner.gid);
  }
  const data = join(root, "data");
  const options = ["-D", data, "-U", USER, `--pwfile=${passwordFile}`, "-A", "scram-sha-256"];
  runTool(place, "initdb", [...options, "-E", "UTF8", "--no-locale", "--no-sync"]);
  const port = await freePort();
  let server = await startServer(place, data, port);
  let databases = 0;
  const query: PostgresCluster["query"] = (sql, database = "postgres") =>
    ask(addressOf(port, database), sql);

  return {
    query,
    async start() {
      server = await startServer(place, data, port);
    },
    crash: () => endServer(server),
    async newDatabase() {
      databases += 1;
      await query(`CREATE DATABASE test_${databases}`);
      return addressOf(port, `test_${databases}`);
    },
    async startStandby() {
      const standby = await startStandby(place, port);
      await query("ALTER SYSTEM SET synchronous_standby_names = '*'");
      await query("SELECT pg_reload_conf()");
      while ((await query(IN_STEP)).length === 0) {
        await sleep(POLL_MS);
      }
      return standby;
    },
    async stop() {
      await endServer(server);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Where a cluster lies, and who runs it. */
interface Place {
  readonly binaries: string;
  readonly owner: Owner;
  readonly root: string;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const IN_STEP = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'";

const POLL_MS = 50;

async function startStandby(place: Place, primary: number): Promise<PostgresStandby> {
  const data = join(place.root, "standby");
  const options = ["-D", data, "-d", addressOf(primary, "postgres"), "-R", "-X", "stream"];
  runTool(place, "pg_basebackup", [...options, "-c", "fast", "--no-sync"]);
  const port = await freePort();
  const server = await startServer(place, data, port);
  return {
    port,
    async promote() {
      await ask(addressOf(port, "postgres"), "SELECT pg_promote()");
      // It follows nobody any more, and nobody follows it: commits must not wait for a second copy.
      await ask(addressOf(port, "postgres"), "ALTER SYSTEM RESET synchronous_standby_names");
      await ask(addressOf(port, "postgres"), "SELECT pg_reload_conf()");
    },
    stop: () => endServer(server),
  };
}

function runTool({ binaries, owner, root }: Place, tool: string, options: string[]): void {
  execFileSync(join(binaries, tool), options, {
    ...owner,
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Resolves when it takes connections. */
async function startServer(
  { binaries, owner, root }: Place,
  data: string,
  port: number,
): Promise<ChildProcess> {
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories="];
  const child = spawn(
    join(binaries, "postgres"),
    ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    { ...owner, cwd: root, stdio: ["ignore", "ignore", "pipe"] },
  );
  const kill = (): unknown => child.kill("SIGQUIT");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (READY.test(line)) {
        resolve();
      }
      said.push(line);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`PostgreSQL ended:\n${said.join("\n")}`)));
  });
  return child;
}

/** Ends it at once, without tidying up: an immediate shutdown. */
async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const exited = once(server, "exit");
    server.kill("SIGQUIT");
    await exited;
  }
}

function addressOf(port: number, database: string): string {
  return `postgresql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
}

async function ask(connection: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: connection });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root: another user of the machine takes it over. */
function serverUser(): Owner {
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
