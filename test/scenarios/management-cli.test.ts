/** Goal: what people do with intelligence can be done from a terminal and from scripts, end to end, with clear faults. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  mainFile,
  projectRoot,
  type RunningServer,
  startServer,
  temporaryDirectory,
} from "./running-server.ts";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function indicator(at: number, more: object = {}): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `loader ${at}`,
    pattern: `[ipv4-addr:value = '203.0.113.${at}']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    confidence: Math.min(at, 90),
    ...more,
  };
}

const ID = String(indicator(7)["id"]);

describe("commands on a server's intelligence", () => {
  const folder = temporaryDirectory();
  let server: RunningServer;
  let ready: string;

  before(async () => {
    server = await startServer();
    ready = join(folder.path, "ready.json");
    writeFileSync(ready, JSON.stringify(server.ready));
    const uploaded = await server.upload({
      sourcesystem: "feed",
      stixobjects: Array.from({ length: 60 }, (_, at) => indicator(at + 1)),
    });
    assert.equal(uploaded.status, 200, uploaded.body);
  });
  after(async () => {
    await server.stop();
    folder.remove();
  });

  function run(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [mainFile, ...args], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject).on("close", (code) => resolve({ code, stdout, stderr }));
    });
  }
  const here = (...args: string[]): Promise<Ended> => run([...args, "--ready", ready]);

  test("search prints a table, or a line of JSON for each object", async () => {
    const table = await here("search", "loader", "--confidence", "50-", "--sort", "confidence");
    assert.equal(table.code, 0, table.stderr);
    const [head, rule, first] = table.stdout.split("\n");
    assert.match(head ?? "", /^TYPE +TITLE +CONFIDENCE +STATE +LABELS +SOURCE +STIX ID$/);
    assert.match(rule ?? "", /^-+ /);
    assert.match(first ?? "", /^indicator +loader 60 +60 +active +feed +indicator--/);
    assert.equal(table.stderr, "");
    const all = await here("search", "--type", "indicator", "--all", "--json");
    assert.equal(all.stdout.trimEnd().split("\n").length, 60);
    const some = await here("search", "--limit", "5");
    assert.match(some.stderr, /^5 of 60; --limit and --all show more\.\n$/);
    const condition = '{"kind":"observable","value":"203.0.113.7"}';
    const one = await here("search", "--condition", condition, "--json");
    assert.equal(JSON.parse(one.stdout).stixId, ID);
    const none = await here("search", "nothing-like-this");
    assert.deepEqual([none.code, none.stdout, none.stderr], [1, "", "Nothing was found.\n"]);
  });

  test("what is wrong is named, and the exit code says whose fault it is", async () => {
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["search", "--condition", "{broken"], 2, /--condition begins like JSON and is none/],
      [["search", "--condition", '{"kind":"colour"}'], 2, /condition/],
      [["search", "--sort", "colour"], 2, /It must be one of created, /],
      [["search", "--confidence", "101"], 2, /number from 0 to 100/],
      [["search", "--tlp", "purple"], 2, /one of white/],
      [["show", "indicator--6d0a9f0e-0001-4000-8000-00000000ffff"], 1, /There is no object/],
      [["tag", ID], 2, /Which labels\?/],
      [["tag", "+x"], 2, /Which objects\?/],
      [["tag", ID, "+x", "--wher", "y"], 2, /There is no option --wher/],
      [["tag", "--where", "loader", "+x"], 2, /There is no terminal to ask on: say --yes/],
      [["revoke", ID, "--label", "x"], 2, /exclude each other/],
      [["import", join(folder.path, "none.json"), "--yes"], 2, /Cannot read/],
      [["import", ready], 2, /say --yes to store, or --dry-run/],
      [["rules", "remove", "none"], 1, /There is no rule 'none'/],
    ];
    const ended = await Promise.all(cases.map(([args]) => here(...args)));
    for (const [at, [args, code, message]] of cases.entries()) {
      assert.equal(ended[at]?.code, code, `${args.join(" ")}: ${ended[at]?.stderr}`);
      assert.match(ended[at]?.stderr ?? "", message, args.join(" "));
    }
    const nowhere = await run(["search", "x", "--workspace-id", server.ready.workspaceId]);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /--endpoint \(or STIXGATE_ENDPOINT, or --ready\) is needed/);
    const stranger = await here("search", "x", "--api-key", "stixgate_no-such-key");
    assert.equal(stranger.code, 3);
    assert.match(stranger.stderr, /status 401.*The key is unknown/);
  });

  test("tag and show: labels, versions, differences", async () => {
    const tagged = await here("tag", ID, "+one", "+two", "--add", "--three");
    assert.equal(tagged.code, 0, tagged.stderr);
    assert.equal(tagged.stdout, `${ID} of feed: labels one, two, --three\n`);
    const again = await here("tag", ID, "-two", "--remove", "--three", "--json");
    assert.deepEqual(JSON.parse(again.stdout).labels, ["one"]);
    const shown = await here("show", ID, "--versions", "--diff");
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^Title +loader 7$/m);
    assert.match(shown.stdout, /^State +active$/m);
    assert.match(shown.stdout, /^~ \/labels.*|^- \/labels/m);
    assert.match(shown.stdout, /\n3 rows\n/);
    const { id, change } = JSON.parse((await here("show", ID, "--json")).stdout);
    const byFullId = JSON.parse((await here("show", id, "--json", "--related")).stdout);
    assert.equal(byFullId.change, change);
    assert.deepEqual(byFullId.related, { outgoing: [], incoming: [] });
  });

  test("a bulk task changes all that match, and tells how it ended", async () => {
    const done = await here("tag", "--where", "loader", "--confidence", "-10", "+low", "--yes");
    assert.equal(done.code, 0, done.stderr);
    assert.match(
      done.stdout,
      /^Task [0-9a-f-]{36} is done: 10 changed, 0 unchanged, 0 failed\.\n$/,
    );
    const revoked = await here("revoke", "--label", "low", "--yes", "--json");
    assert.deepEqual(
      [JSON.parse(revoked.stdout).state, JSON.parse(revoked.stdout).progress.changed],
      ["done", 10],
    );
    const shown = await here("show", ID, "--json");
    assert.equal(JSON.parse(shown.stdout).revoked, true);
    const back = await here("revoke", "--undo", ID);
    assert.equal(back.code, 0, back.stderr);
    const detached = await here("tag", "--everything", "+all", "--yes", "--detach");
    assert.match(detached.stdout, /^Task [0-9a-f-]{36} is ordered\.\n$/);
  });

  test("import shows each fault at its line before it stores, and export gives it back", async () => {
    const file = join(folder.path, "feed.json");
    const objects = [indicator(101), indicator(102, { confidence: 101 }), indicator(103)];
    writeFileSync(file, `[\n${objects.map((each) => JSON.stringify(each)).join(",\n")}\n]\n`);
    const tried = await here("import", file, "--dry-run");
    assert.equal(tried.code, 1);
    assert.match(tried.stderr, /feed\.json:3: \/confidence: /);
    assert.equal(tried.stdout, "3 records: 2 valid (0 with remarks), 1 invalid; nothing stored.\n");
    const nothing = await here("import", file, "--yes");
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /Nothing is stored; --mode valid stores the other records/);
    const stored = await here("import", file, "--mode", "valid", "--yes", "--json");
    assert.deepEqual(
      [JSON.parse(stored.stdout).state, JSON.parse(stored.stdout).stored, stored.code],
      ["done", 2, 1],
    );
    const out = join(folder.path, "out.json");
    const taken = await here("export", "--source", "feed", "--where", "loader", "-o", out);
    assert.equal(taken.code, 0, taken.stderr);
    const bundle = JSON.parse(readFileSync(out, "utf8"));
    assert.equal(bundle.objects.length, 62);
    const packed = join(folder.path, "again.json.gz");
    writeFileSync(packed, gzipSync(readFileSync(out)));
    const again = await here("import", packed, "--yes");
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^62 records: 62 valid .* 62 stored\.\n$/);
    const table = await here("export", "--source", "again", "--format", "csv");
    assert.equal(table.stdout.trimEnd().split("\r\n").length, 63);
    const csv = join(folder.path, "list.csv");
    writeFileSync(csv, "IOC,Notes\n198.51.100.9,x\n");
    const mapped = await here(
      "import",
      csv,
      "--map",
      "value=IOC",
      "--map",
      "description=Notes",
      "--yes",
    );
    assert.equal(mapped.code, 0, mapped.stderr);
    const wrong = await here("import", csv, "--map", "value=Colour", "--yes");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /There is no column 'Colour'/);
  });

  test("rules are saved from a file, tried out, listed and removed", async () => {
    const file = join(folder.path, "rule.json");
    const rule = {
      name: "Low ones",
      order: 10,
      enabled: true,
      condition: { kind: "confidence", to: 20 },
      actions: [{ kind: "addLabels", labels: ["weak"] }],
    };
    writeFileSync(file, JSON.stringify(rule));
    const tried = await here("rules", "test", file);
    assert.match(tried.stdout, /^Low ones: of the newest \d+ objects \d+ would have been changed/);
    assert.equal((await here("rules", "save", file)).stdout, "Low ones is saved.\n");
    const listed = await here("rules", "list", "--json");
    assert.equal(JSON.parse(listed.stdout)[0].name, "Low ones");
    writeFileSync(file, listed.stdout);
    assert.equal((await here("rules", "save", file)).code, 0, "what list prints can be saved");
    assert.equal((await here("rules", "remove", "Low ones")).stdout, "Low ones is removed.\n");
    assert.equal((await here("rules", "list")).stdout, "There is no rule yet.\n");
  });

  test("a person's key from the environment does the same with the person's roles", async () => {
    const offline = ["--json", "--data-dir", server.ready.dataDir];
    const added = await run([
      ...["person", "add", "Ada", "--workspace", "quickstart"],
      ...["--role", "Microsoft Sentinel Reader", ...offline],
    ]);
    assert.equal(added.code, 0, added.stderr);
    const link = await run(["person", "link", "Ada", "--origin", server.ready.https, ...offline]);
    const { pathname, search } = new URL(JSON.parse(link.stdout).signInUrl);
    const signedIn = await server.call(pathname + search);
    const cookie = String(signedIn.headers["set-cookie"]?.[0]).split(";", 1)[0] ?? "";
    const session = await server.call("/api/v1/session", { headers: { cookie } });
    const made = await server.call("/api/v1/session/keys", {
      method: "POST",
      headers: {
        cookie,
        "content-type": "application/json",
        "x-stixgate-csrf": JSON.parse(session.body).csrfToken,
      },
      body: JSON.stringify({ displayName: "script" }),
    });
    const environment = {
      STIXGATE_ENDPOINT: server.ready.https,
      STIXGATE_WORKSPACE_ID: server.ready.workspaceId,
      STIXGATE_API_KEY: JSON.parse(made.body).key,
    };
    const ca = ["--ca", server.ready.caFile];
    const found = await run(["search", "--limit", "1", "--json", ...ca], environment);
    assert.equal(found.code, 0, found.stderr);
    const refused = await run(["revoke", ID, ...ca], environment);
    assert.equal(refused.code, 3, refused.stderr);
    assert.match(refused.stderr, /status 403/);
  });
});
