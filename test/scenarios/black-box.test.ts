/** Goal: the promises made to scripts hold: one ready line, honoured options, clean stop, clear refusals. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  mainFile,
  projectRoot,
  type Ready,
  startServer,
  temporaryDirectory,
} from "./running-server.ts";

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [mainFile, ...args],
      { cwd: projectRoot, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

test("quickstart --ready-json prints exactly one line with the promised fields and stops with 0", async () => {
  const directory = temporaryDirectory();
  const child = spawn(
    process.execPath,
    [
      mainFile,
      "quickstart",
      "--ready-json",
      "--no-sample",
      "--https-port",
      "0",
      "--http-port",
      "0",
      "--data-dir",
      join(directory.path, "new"),
    ],
    { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const ended = once(child, "exit");
  while (!stdout.includes("\n") && child.exitCode === null) {
    await Promise.race([once(child.stdout, "data"), ended]);
  }
  const ready = JSON.parse(stdout) as Ready;
  assert.deepEqual(Object.keys(ready), [
    "event",
    "https",
    "http",
    "tenantId",
    "workspaceId",
    "workspaceName",
    "clientId",
    "clientSecret",
    "caFile",
    "signInUrl",
    "dataDir",
    "pid",
  ]);
  assert.equal(ready.event, "ready");
  assert.match(ready.https, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.match(String(ready.http), /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(ready.tenantId, GUID);
  assert.match(ready.workspaceId, GUID);
  assert.match(ready.clientId, GUID);
  assert.equal(ready.clientSecret.length, 40);
  assert.equal(ready.dataDir, join(directory.path, "new"));
  assert.equal(ready.pid, child.pid);
  assert.match(readFileSync(ready.caFile, "utf8"), /^-----BEGIN CERTIFICATE-----/);
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  assert.equal(stdout.trim().split("\n").length, 1);
  directory.remove();
});

test("nothing secret is kept in clear, and only the owner may read", {
  skip: process.platform === "win32",
}, async (t) => {
  const directory = temporaryDirectory();
  const server = await startServer({ until: t, dataDir: directory.path });
  await server.token();
  const files = readdirSync(directory.path);
  for (const file of files) {
    const path = join(directory.path, file);
    const content = readFileSync(path);
    assert.ok(!content.includes(server.ready.clientSecret), `${file} holds the secret`);
    assert.ok(!content.includes("PRIVATE KEY"), `${file} holds a private key`);
    const isPublic = file === "ca.pem" || file.startsWith("stixgate.");
    assert.ok(isPublic || (statSync(path).mode & 0o007) === 0, `${file} is open to others`);
  }
  assert.ok(!server.log().includes(server.ready.clientSecret));
  assert.equal(await server.stop(), 0);
  directory.remove();
});

test("identities survive a restart, and the secret is not shown again", async (t) => {
  const directory = temporaryDirectory();
  const first = await startServer({ until: t, dataDir: directory.path });
  assert.equal(await first.stop(), 0);
  const second = await startServer({ until: t, dataDir: directory.path });
  assert.equal(second.ready.workspaceId, first.ready.workspaceId);
  assert.equal(second.ready.clientId, first.ready.clientId);
  assert.equal(second.ready.clientSecret, null);
  assert.equal(second.ca, first.ca);
  assert.equal(await second.stop(), 0);
  directory.remove();
});

test("a second server on one data directory refuses and names the first", async (t) => {
  const server = await startServer({ until: t });
  const second = await runCli([
    "serve",
    "--https-port",
    "0",
    "--http-port",
    "off",
    "--data-dir",
    server.ready.dataDir,
  ]);
  assert.equal(second.code, 2);
  assert.match(
    second.stderr,
    new RegExp(`in use.*${server.ready.pid}|${server.ready.pid}.*in use`, "s"),
  );
  assert.equal(await server.stop(), 0);
});

test("http-port off serves no plain HTTP", async (t) => {
  const directory = temporaryDirectory();
  const server = await startServer({
    until: t,
    dataDir: directory.path,
    command: "serve",
    args: ["--http-port", "off"],
  });
  assert.equal(server.ready.http, null);
  assert.equal(server.ready.tenantId, null);
  assert.equal(await server.stop(), 0);
  directory.remove();
});

test("a taken port is named with its setting", async () => {
  const directory = temporaryDirectory();
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as AddressInfo;
  const result = await runCli([
    "serve",
    "--https-port",
    String(port),
    "--http-port",
    "off",
    "--data-dir",
    directory.path,
  ]);
  assert.equal(result.code, 2);
  assert.match(result.stderr, new RegExp(`127\\.0\\.0\\.1:${port} is in use.*"https\\.port"`, "s"));
  blocker.close();
  directory.remove();
});

test("quickstart takes free ports when the usual ones are taken, and says so", async (t) => {
  const blockers = [8443, 8080].map((port) =>
    createServer()
      .on("error", () => undefined)
      .listen(port, "127.0.0.1"),
  );
  t.after(() => {
    for (const blocker of blockers) {
      blocker.close();
    }
  });
  await setImmediate();
  const directory = temporaryDirectory();
  t.after(() => directory.remove());
  const child = spawn(
    process.execPath,
    [mainFile, "quickstart", "--no-sample", "--data-dir", directory.path],
    { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] },
  );
  t.after(() => child.kill("SIGKILL"));
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    printed += text;
    if (printed.includes("Ctrl-C stops the server.")) {
      break;
    }
  }
  assert.match(
    log,
    /127\.0\.0\.1:8443 is in use by another program.*--https-port.*Taking a free one\./,
  );
  assert.match(
    log,
    /127\.0\.0\.1:8080 is in use by another program.*--http-port.*Taking a free one\./,
  );
  assert.match(printed, /HTTPS +https:\/\/127\.0\.0\.1:\d+\n/);
  assert.doesNotMatch(printed, /:8443|:8080/);
});

const MISTAKES: readonly (readonly [
  string,
  readonly string[],
  Readonly<Record<string, string>>,
  RegExp,
])[] = [
  [
    "an unknown setting",
    ["serve", "--set", "throttle.mod=off"],
    {},
    /Unknown setting "throttle\.mod".*Did you mean "throttle\.mode"/,
  ],
  [
    "a wrong value",
    ["serve", "--set", "throttle.mode=never"],
    {},
    /"throttle\.mode" \(flag\) must be one of documented, off/,
  ],
  [
    "an unknown variable",
    ["serve"],
    { STIXGATE_THROTLE_MODE: "off" },
    /STIXGATE_THROTLE_MODE.*STIXGATE_THROTTLE_MODE/,
  ],
  [
    "a missing settings file",
    ["serve", "--config", "/nowhere/settings.json"],
    {},
    /\/nowhere\/settings\.json can't be read/,
  ],
  ["an unknown command", ["sevre"], {}, /unknown command 'sevre'/],
];

for (const [name, args, env, message] of MISTAKES) {
  test(`a mistake ends with 2 and its reason: ${name}`, async () => {
    const result = await runCli(args, env);
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, message);
    assert.doesNotMatch(result.stderr, /\n\s+at /, "no stack trace");
  });
}

test("--print-settings shows what is in force and from where", async () => {
  const result = await runCli(["serve", "--print-settings", "--https-port", "9443"], {
    STIXGATE_THROTTLE_MODE: "off",
  });
  assert.equal(result.code, 0);
  const settings = JSON.parse(result.stdout) as Record<string, { value: unknown; origin: string }>;
  assert.deepEqual(settings["https.port"], { value: 9443, origin: "flag" });
  assert.deepEqual(settings["throttle.mode"], { value: "off", origin: "environment" });
  assert.deepEqual(settings["upload.successBody.v3"], { value: "empty", origin: "default" });
});

test("every command explains itself", async () => {
  const top = await runCli(["--help"]);
  assert.equal(top.code, 0);
  for (const command of ["quickstart", "serve", "upload", "workspace", "app", "role", "ca"]) {
    assert.match(top.stdout, new RegExp(`^  ${command}\\b`, "m"));
    const help = await runCli([command, "--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: stixgate/);
  }
});

test("ca export prints the certificate that the server hands out", async (t) => {
  const server = await startServer({ until: t });
  const result = await runCli(["ca", "export", "--data-dir", server.ready.dataDir]);
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stdout.trim(), server.ca.trim());
  assert.equal(await server.stop(), 0);
  assert.ok(!existsSync(server.ready.dataDir));
});
