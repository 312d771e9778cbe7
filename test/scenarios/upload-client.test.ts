/**
 * Goal: `stixgate upload` as a process of its own: its exit codes, its words, its files, and that an upload
 * that was killed or stopped in the middle continues without losing or repeating what was acknowledged. The
 * service is a stand-in that speaks as the real one does. Also: the sample feed is what its README says.
 */
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import "reflect-metadata";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import {
  CLIENT_SECRET,
  type FakeService,
  type FakeServiceOptions,
  rejecting,
  startFakeService,
} from "../fake-service.ts";

const WORKSPACE_ID = "11111111-2222-3333-4444-555555555555";
const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "stixgate-upload-cli-"));
after(() => rmSync(directory, { recursive: true }));

/** A program with this one command, which ends as the real one does. */
const PROGRAM = `
import { Command, CommanderError } from "commander";
import { registerUploadCommand } from ${JSON.stringify(new URL("../../src/cli/upload.ts", import.meta.url).href)};
const program = new Command("stixgate").version("1.2.3").exitOverride();
const { env, stdin, stdout, stderr } = process;
registerUploadCommand(program, { env, stdin, stdout, stderr });
for (const command of program.commands) command.exitOverride();
try {
  await program.parseAsync(["node", "stixgate", "upload", ...process.argv.slice(1)]);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
`;

interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM, "--", ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: "pipe",
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve)).then(
    (code) => ({ code, ...texts }),
  );
  return { child, ended };
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: string | Buffer = "",
): Started["ended"] {
  const { child, ended } = start(args, env);
  child.stdin.end(input);
  return ended;
}

function environmentOf(service: FakeService): Readonly<Record<string, string>> {
  return {
    STIXGATE_ENDPOINT: service.endpoint,
    STIXGATE_WORKSPACE_ID: WORKSPACE_ID,
    AZURE_AUTHORITY_HOST: service.endpoint,
    AZURE_TENANT_ID: "contoso.onmicrosoft.com",
    AZURE_CLIENT_ID: "app",
    AZURE_CLIENT_SECRET: CLIENT_SECRET,
  };
}

async function withService(
  options: FakeServiceOptions,
  use: (service: FakeService) => Promise<void>,
): Promise<void> {
  const service = await startFakeService(options);
  try {
    await use(service);
  } finally {
    await service.close();
  }
}

function linesFile(name: string, count: number): string {
  const path = join(directory, name);
  const line = (_: unknown, place: number): string =>
    `${JSON.stringify({ type: "indicator", id: `indicator--${place}` })}\n`;
  writeFileSync(path, Array.from({ length: count }, line).join(""));
  return path;
}

function timesAcknowledged(service: FakeService): Readonly<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const count of service.ledger.values()) {
    times[count] = (times[count] ?? 0) + 1;
  }
  return times;
}

interface Failure {
  readonly name: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly code: number;
  readonly stderr: RegExp;
}

const FAILURES: readonly Failure[] = [
  { name: "no file", args: [], code: 2, stderr: /missing required argument 'file'/ },
  { name: "an unknown flag", args: ["--bogus", "x"], code: 2, stderr: /unknown option '--bogus'/ },
  {
    name: "a batch size in words",
    args: ["--batch-size", "ten", "x"],
    code: 2,
    stderr: /must be a whole number/,
  },
  {
    name: "an absent file",
    args: ["absent.json"],
    code: 2,
    stderr: /Cannot read absent\.json: there is no such file/,
  },
  {
    name: "a bad workspace",
    args: ["--workspace-id", "mine", "-"],
    code: 2,
    stderr: /workspaceId must be a GUID, not "mine"/,
  },
  {
    name: "two credentials",
    args: ["--client-secret", "x", "--certificate", "y", "-"],
    code: 2,
    stderr: /exclude each other/,
  },
  {
    name: "an absent certificate",
    args: ["--certificate", "absent.pem", "-"],
    code: 2,
    stderr: /Cannot read the certificate: .*absent\.pem/,
  },
  {
    name: "an absent authority",
    args: ["--ca", "absent.pem", "-"],
    code: 2,
    stderr: /Cannot use the authority absent\.pem/,
  },
  {
    name: "a ready file of another kind",
    args: ["--ready", "package.json", "-"],
    code: 2,
    stderr: /package\.json is not what a server prints with --ready-json/,
  },
  {
    name: "a report that cannot be written",
    args: ["--report", "/absent/report.json", "-"],
    code: 2,
    stderr: /Cannot write the report/,
  },
  { name: "resuming a pipe", args: ["--resume", "-"], code: 2, stderr: /--resume needs a journal/ },
  {
    name: "the kept source",
    args: ["--source", "Microsoft Sentinel", "-"],
    input: "[]",
    code: 2,
    stderr: /must not be "Microsoft Sentinel"/,
  },
  {
    name: "an endpoint without TLS",
    args: ["--endpoint", "http://example.com", "-"],
    code: 2,
    stderr: /endpoint must be https/,
  },
  {
    name: "malformed JSON",
    args: ["-"],
    input: '[\n{"id":"a"},\n{"id" "b"}]',
    code: 2,
    stderr: /-:3:7: Not JSON: """, where a colon belongs\./,
  },
  {
    name: "a wrong secret",
    args: ["--client-secret", "wrong", "-"],
    input: '{"id":"a"}',
    code: 3,
    stderr: /AADSTS7000215: Invalid client secret/,
  },
];

test("says what is wrong and exits with the documented code", async (t) => {
  await withService({}, async (service) => {
    for (const { name, args, input, code, stderr } of FAILURES) {
      await t.test(name, async () => {
        const result = await run(args, environmentOf(service), input);
        assert.match(result.stderr, stderr);
        assert.equal(result.code, code);
        assert.equal(service.ledger.size, 0);
      });
    }
  });
});

test("names what is missing, one after the other", async () => {
  const env: Record<string, string> = {};
  const rows: readonly (readonly [string, string, RegExp])[] = [
    [
      "STIXGATE_WORKSPACE_ID",
      WORKSPACE_ID,
      /--workspace-id \(or STIXGATE_WORKSPACE_ID\) is needed/,
    ],
    ["AZURE_TENANT_ID", "t", /--tenant \(or AZURE_TENANT_ID\) is needed/],
    ["AZURE_CLIENT_ID", "a", /--client-id \(or AZURE_CLIENT_ID\) is needed/],
    ["AZURE_CLIENT_SECRET", "s", /No credential: set AZURE_CLIENT_SECRET, or --certificate/],
  ];
  for (const [name, value, stderr] of rows) {
    const result = await run(["-"], env);
    assert.match(result.stderr, stderr);
    assert.equal(result.code, 2);
    env[name] = value;
  }
});

test("--help documents the exit codes and gives examples", async () => {
  const { code, stdout } = await run(["--help"]);
  assert.equal(code, 0);
  for (const word of [
    "Exit codes:",
    "130  interrupted",
    "Examples:",
    "--resume",
    "AZURE_TENANT_ID",
  ]) {
    assert.ok(stdout.includes(word), word);
  }
});

test("--dry-run counts and needs neither service nor credential", async () => {
  const plain = await run(["--dry-run", "samples/feed.json"]);
  assert.equal(plain.code, 0);
  assert.match(plain.stdout, /^371 objects in 4 requests, [\d,]+ bytes\. Nothing was sent\.\n/);
  assert.match(plain.stdout, /\n +222 {2}indicator\n/);
  const json = await run(
    ["--dry-run", "--json", "--source", "mine", "samples/feed.json", "-"],
    {},
    "[{}]",
  );
  const { objects, sources, types } = JSON.parse(json.stdout) as Record<string, unknown>;
  assert.equal(objects, 372);
  assert.deepEqual(sources, { mine: 372 });
  assert.equal((types as Record<string, number>)["(none)"], 1);
});

test("uploads the sample feed and explains each rejection", async () => {
  const onUpload: FakeServiceOptions["onUpload"] = ({ objects }) => {
    const faulty = objects.flatMap((object, place) =>
      (object["labels"] as string[] | undefined)?.includes("deliberate-fault") ? [place] : [],
    );
    return faulty.length === 0 ? undefined : rejecting(faulty);
  };
  await withService({ onUpload }, async (service) => {
    const feed = join(directory, "feed.json");
    const report = join(directory, "report.json");
    writeFileSync(feed, readFileSync(join(root, "samples/feed.json")));
    const args = [feed, "--report", report];
    const plain = await run(args, environmentOf(service));
    assert.equal(plain.stderr, "");
    assert.equal(plain.code, 1);
    assert.match(
      plain.stdout,
      /^Rejected by the service:\n {2}\S+feed\.json:\d+:5 object 58, indicator, no id\n {6}Error for Property=id: /,
    );
    assert.match(plain.stdout, /\n365 of 371 objects accepted, 6 rejected, in 4 requests\.\n$/);
    assert.ok(!existsSync(`${feed}.upload-journal`), "the journal of a complete upload is removed");
    const written = JSON.parse(readFileSync(report, "utf8")) as Record<string, unknown>;
    const rejections = written["rejections"] as { index: number; requestId: string }[];
    assert.deepEqual(
      rejections.map(({ index }) => index),
      [57, 98, 143, 181, 226, 262],
    );
    assert.equal(rejections[0]?.requestId, "5f1c3f6e-0000-4000-8000-000000000001");
    assert.deepEqual(
      [
        written["exitCode"],
        written["read"],
        written["accepted"],
        written["rejected"],
        written["error"],
      ],
      [1, 371, 365, 6, null],
    );
    assert.deepEqual(
      [...new Set(service.uploads.map((upload) => `${upload.userAgent} ${upload.sourcesystem}`))],
      ["stixgate-upload/1.2.3 Stixgate sample feed"],
    );
    const json = await run([feed, "--json"], environmentOf(service));
    assert.equal(json.stdout.trimEnd().split("\n").length, 1);
    const printed = JSON.parse(json.stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(printed).sort(), Object.keys(written).sort());
  });
});

test("reads packed objects from a pipe and names sources after files", async () => {
  await withService({}, async (service) => {
    const file = linesFile("my feed.jsonl", 3);
    const input = gzipSync('{"type":"malware","id":"malware--1"}\n');
    const result = await run([file, "-"], environmentOf(service), input);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(
      service.uploads.map(({ sourcesystem, objects }) => [sourcesystem, objects.length]).sort(),
      [
        ["my feed", 3],
        ["stixgate upload", 1],
      ],
    );
  });
});

test("an empty feed is no fault", async () => {
  await withService({}, async (service) => {
    const result = await run(["-"], environmentOf(service), '{"type":"bundle","objects":[]}');
    assert.equal(result.stdout, "0 of 0 objects accepted, 0 rejected, in 0 requests.\n");
    assert.equal(result.code, 0);
  });
});

/** Answers nothing from one upload on, though it stores it, and says when that has begun. */
function stallingFrom(place: number): {
  readonly onUpload: FakeServiceOptions["onUpload"];
  readonly stalled: Promise<void>;
  heal(): void;
} {
  let healed = false;
  let begin = (): void => {};
  const stalled = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return {
    stalled,
    heal: () => {
      healed = true;
    },
    onUpload: (upload) => {
      if (healed || upload.place < place) {
        return undefined;
      }
      begin();
      return { stall: true, stored: true };
    },
  };
}

test("an upload that is killed continues after what was acknowledged", async () => {
  const stall = stallingFrom(7);
  await withService({ onUpload: stall.onUpload }, async (service) => {
    const file = linesFile("killed.jsonl", 2050);
    const args = [file, "--concurrency", "1"];
    const { child, ended } = start(args, environmentOf(service));
    await stall.stalled;
    child.kill("SIGKILL");
    await ended;
    assert.ok(existsSync(`${file}.upload-journal`));
    stall.heal();
    const resumed = await run([...args, "--resume"], environmentOf(service));
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(
      resumed.stdout,
      /^2,050 of 2,050 objects accepted, 0 rejected, in 21 requests, 700 of them in an earlier run\.\n$/,
    );
    assert.deepEqual(
      timesAcknowledged(service),
      { 1: 1950, 2: 100 },
      "the one under way went twice",
    );
    assert.ok(!existsSync(`${file}.upload-journal`));
  });
});

test("killed again and again, with requests side by side, every object arrives", async () => {
  let kill = (): void => {};
  const onUpload: FakeServiceOptions["onUpload"] = ({ place }) => {
    if (place % 6 === 5) {
      kill();
      return { stall: true, stored: true };
    }
    return undefined;
  };
  await withService({ onUpload }, async (service) => {
    const file = linesFile("killed-often.jsonl", 1500);
    const args = [file, "--resume", "--concurrency", "3"];
    let runs = 0;
    for (let code: number | null = null; code !== 0; runs += 1) {
      assert.ok(runs < 20, "each run gets further");
      const { child, ended } = start(args, environmentOf(service));
      kill = () => child.kill("SIGKILL");
      ({ code } = await ended);
    }
    assert.ok(runs > 1);
    assert.equal(service.ledger.size, 1500);
    const repeated = 1500 - (timesAcknowledged(service)["1"] ?? 0);
    assert.ok(repeated <= (runs - 1) * 300, "no more than was under way");
  });
});

test("Ctrl-C stops in order and says how to continue", async () => {
  let interrupt = (): void => {};
  const onUpload: FakeServiceOptions["onUpload"] = ({ place }) => {
    if (place === 2) {
      interrupt();
    }
    return undefined;
  };
  await withService({ onUpload }, async (service) => {
    const file = linesFile("interrupted.jsonl", 950);
    const args = [file, "--concurrency", "1", "--json"];
    const { child, ended } = start(args, environmentOf(service));
    interrupt = () => child.kill("SIGINT");
    const stopped = await ended;
    assert.equal(stopped.code, 130);
    assert.match(
      stopped.stderr,
      /Stopping: .*\nstixgate upload: Stopped before the end\.\nContinue with the same command and --resume/s,
    );
    const report = JSON.parse(stopped.stdout) as { error: { code: string }; accepted: number };
    assert.equal(report.error.code, "aborted");
    assert.equal(report.accepted, service.ledger.size);
    const resumed = await run([...args, "--resume"], environmentOf(service));
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(timesAcknowledged(service), { 1: 950 });
  });
});

test("Ctrl-C while a pipe is silent ends at once", async () => {
  await withService({}, async (service) => {
    const { child, ended } = start(["-"], environmentOf(service));
    const objects = Array.from({ length: 100 }, (_, id) => `{"id":"${id}"}\n`);
    child.stdin.write(`${objects.join("")}{"id":"100"}\n`);
    while (service.ledger.size < 100) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill("SIGINT");
    assert.equal((await ended).code, 130);
  });
});

test("a broken line stops the upload; mended, it continues", async () => {
  await withService({}, async (service) => {
    const file = linesFile("broken.jsonl", 250);
    const whole = readFileSync(file, "utf8");
    writeFileSync(
      file,
      whole.replace('{"type":"indicator","id":"indicator--220"}', '{"type":"indicator""id"}'),
    );
    const broken = await run([file], environmentOf(service));
    assert.equal(broken.code, 2);
    assert.match(
      broken.stderr,
      /broken\.jsonl:221:20: Not JSON: """, where a comma or the closing bracket belongs\./,
    );
    assert.equal(service.ledger.size, 200);
    writeFileSync(file, whole);
    const mended = await run([file, "--resume"], environmentOf(service));
    assert.equal(mended.code, 0, mended.stderr);
    assert.deepEqual(timesAcknowledged(service), { 1: 250 });
  });
});

test("a journal is not taken for another input, and not lost unsaid", async () => {
  await withService(
    { onUpload: ({ place }) => (place === 1 ? { status: 403 } : undefined) },
    async (service) => {
      const file = linesFile("changed.jsonl", 250);
      const args = [file, "--concurrency", "1"];
      const refused = await run(args, environmentOf(service));
      assert.equal(refused.code, 3);
      assert.match(
        refused.stderr,
        /refused the upload of objects 101-200 \(from \S+changed\.jsonl:101\) \(status 403\)/,
      );
      writeFileSync(file, readFileSync(file, "utf8").replace("indicator--50", "indicator--x"));
      const changed = await run([...args, "--resume"], environmentOf(service));
      assert.equal(changed.code, 2);
      assert.match(
        changed.stderr,
        /The input or its source changed since the upload was interrupted/,
      );
      const over = await run(args, environmentOf(service));
      assert.match(
        over.stderr,
        /starting over; --resume would have continued the upload in \S+changed\.jsonl\.upload-journal/,
      );
      assert.equal(over.code, 0);
    },
  );
});

async function selfSigned(): Promise<{ cert: string; key: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=127.0.0.1",
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString("base64")}\n-----END PRIVATE KEY-----\n`;
  return { cert: certificate.toString("pem"), key };
}

test("one ready file configures everything, its authority included", async () => {
  const tls = await selfSigned();
  await withService({ tls }, async (service) => {
    const caFile = join(directory, "ca.pem");
    const readyFile = join(directory, "ready.json");
    writeFileSync(caFile, tls.cert);
    const ready = {
      event: "ready",
      https: service.endpoint,
      http: null,
      tenantId: "6f0e5a4c-0000-4000-8000-000000000000",
      workspaceId: WORKSPACE_ID,
      workspaceName: "quickstart",
      clientId: "app",
      clientSecret: CLIENT_SECRET,
      caFile,
      signInUrl: null,
      dataDir: directory,
      pid: 1,
    };
    writeFileSync(readyFile, `${JSON.stringify(ready)}\n`);
    // The environment names a service that does not exist: the ready file wins.
    const env = {
      STIXGATE_ENDPOINT: "https://127.0.0.1:9",
      AZURE_AUTHORITY_HOST: "https://127.0.0.1:9",
    };
    const trusted = await run(["--ready", readyFile, "-"], env, '{"id":"a"}');
    assert.equal(trusted.code, 0, trusted.stderr);
    assert.equal(service.ledger.size, 1);
    writeFileSync(readyFile, JSON.stringify({ ...ready, caFile: null }));
    const untrusted = await run(["--ready", readyFile, "-"], env, '{"id":"b"}');
    assert.equal(untrusted.code, 3);
    assert.match(
      untrusted.stderr,
      /The certificate of 127\.0\.0\.1:\d+ does not verify: .*self-signed certificate/,
    );
    assert.equal(service.ledger.size, 1);
  });
});

interface FeedObject {
  readonly id?: string;
  readonly name?: string;
  readonly type: string;
}

test("the sample feed is up to date and as its README says", async () => {
  const check = spawn(process.execPath, ["tools/make-sample-feed.ts", "--check"], {
    cwd: root,
    stdio: "inherit",
  });
  assert.equal(await new Promise((resolve) => check.on("close", resolve)), 0);

  const text = readFileSync(join(root, "samples/feed.json"), "utf8");
  const objects = (JSON.parse(text) as { stixobjects: FeedObject[] }).stixobjects;
  const readme = readFileSync(join(root, "samples/README.md"), "utf8");
  const counts = new Map<string, number>();
  for (const { type } of objects) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const described = [...readme.matchAll(/^\| ([a-z-]+) \| (\d+) \|/gm)].map(([, type, count]) => [
    type,
    Number(count),
  ]);
  assert.deepEqual(described.sort(), [...counts].sort());
  const faults = objects.flatMap(({ name = "" }, place) =>
    name.startsWith("Deliberate fault") ? [place] : [],
  );
  const listed = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, place]) => Number(place));
  assert.deepEqual(faults, listed);

  const ids = new Set(objects.map(({ id }) => id));
  const references = [...text.matchAll(/"(?:source_ref|target_ref|created_by_ref)": "([^"]+)"/g)];
  const dangling = references.filter(([, id]) => !ids.has(id)).map(([line]) => line);
  assert.deepEqual(dangling, []);
});
