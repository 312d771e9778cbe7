/**
 * Goal: an operator can set up, look at, rotate and take down identities from the command line, people read
 * tables, scripts read JSON, and whatever is refused says why and leaves the directory closed.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Command } from "commander";
import { makeClientCertificate } from "../../test/support/realm.ts";
import { openSqliteIdentityStore } from "../store/index.ts";
import { createDirectory } from "../token/index.ts";
import { registerAppCommand } from "./app.ts";
import { registerRoleCommand } from "./role.ts";
import { registerTenantCommand } from "./tenant.ts";
import { registerWorkspaceCommand } from "./workspace.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const APP = "22222222-2222-4222-8222-222222222222";
const OBJECT = "33333333-3333-4333-8333-333333333333";
const WORKSPACE = "44444444-4444-4444-8444-444444444444";
const SUBSCRIPTION = "55555555-5555-4555-8555-555555555555";

function openConsole(context: TestContext) {
  const store = openSqliteIdentityStore(":memory:");
  context.after(() => store.close());
  const directory = createDirectory({
    store,
    masterKey: Buffer.alloc(32, 7),
    clock: () => new Date("2026-03-01T12:00:00.000Z"),
  });
  const state = { opened: 0, closed: 0 };
  const open = async () => {
    state.opened += 1;
    return {
      directory,
      close: async () => {
        state.closed += 1;
      },
    };
  };
  /** Runs one command line and returns what it printed. */
  async function run(...words: readonly string[]): Promise<string> {
    const printed: string[] = [];
    const out = { write: (text: string) => printed.push(text) };
    const program = new Command("stixgate").exitOverride();
    registerTenantCommand(program, open, out);
    registerWorkspaceCommand(program, open, out);
    registerAppCommand(program, open, out);
    registerRoleCommand(program, open, out);
    quiet(program);
    await program.parseAsync(["node", "stixgate", ...words]);
    return printed.join("");
  }
  return {
    run,
    state,
    json: async (...words: readonly string[]) => JSON.parse(await run(...words, "--json")),
  };
}

function quiet(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  command.commands.forEach(quiet);
}

async function furnished(context: TestContext) {
  const console = openConsole(context);
  await console.run("tenant", "create", "Contoso", "--id", TENANT, "--domain", "contoso.example");
  await console.run(
    "workspace",
    "create",
    "soc-prod",
    "--id",
    WORKSPACE,
    "--subscription",
    SUBSCRIPTION,
  );
  await console.run("app", "create", "MISP", "--id", APP, "--object-id", OBJECT);
  return console;
}

const SCOPE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/stixgate/providers/Microsoft.OperationalInsights/workspaces/soc-prod`;

test("a new directory says what to do first", async (context) => {
  const { run } = openConsole(context);
  assert.equal(
    await run("tenant", "list"),
    "There is no tenant yet. Create one: stixgate tenant create NAME\n",
  );
  assert.equal(
    await run("workspace", "list"),
    "There is no workspace yet. Create one: stixgate workspace create NAME\n",
  );
  assert.equal(
    await run("app", "list"),
    "There is no application yet. Create one: stixgate app create NAME --secret\n",
  );
  assert.equal(await run("role", "list"), "There is no such role assignment.\n");
  assert.deepEqual(JSON.parse(await run("app", "list", "--json")), []);
});

test("what is created is listed, for people and for scripts", async (context) => {
  const { run, json } = await furnished(context);
  assert.equal(
    await run("tenant", "list"),
    `TENANT ID                             NAME       DOMAINS\n${TENANT}  Contoso *  contoso.example\n`,
  );
  assert.equal(
    await run("workspace", "list", "--tenant", "adfs"),
    `${"WORKSPACE ID".padEnd(36)}  NAME      RESOURCE GROUP  ${"SUBSCRIPTION".padEnd(36)}  TENANT\n` +
      `${WORKSPACE}  soc-prod  stixgate        ${SUBSCRIPTION}  ${TENANT}\n`,
  );
  assert.equal((await json("workspace", "list"))[0].resourcePath, SCOPE);
  assert.equal(
    await run("app", "list"),
    `${"CLIENT ID".padEnd(36)}  NAME  ${"OBJECT ID".padEnd(36)}  SECRETS END  CERTS END\n` +
      `${APP}  MISP  ${OBJECT}  -            -\n`,
  );
  assert.deepEqual(await json("app", "list"), [
    {
      appId: APP,
      displayName: "MISP",
      createdAt: "2026-03-01T12:00:00.000Z",
      objectId: OBJECT,
      tenantId: TENANT,
      enabled: true,
      secrets: [],
      certificates: [],
    },
  ]);
});

test("an application with its secret in one command", async (context) => {
  const { run, json } = await furnished(context);
  const text = await run("app", "create", "OpenCTI", "--secret");
  assert.match(
    text,
    /^Client id {4}[0-9a-f-]{36}\n[\s\S]*Secret {7}\S{40} {3}\(shown this once\)\nSecret ends {2}2026-08-28\n$/,
  );
  const created = await json("app", "create", "VMRay", "--secret", "--tenant", "contoso.example");
  assert.match(created.secret.secret, /^\S{40}$/);
});

test("secrets: add, list, rotate, remove", async (context) => {
  const { run, json } = await furnished(context);
  const first = await json("app", "secret", "add", "MISP", "--name", "first", "--days", "30");
  assert.equal(first.end, "2026-03-31T12:00:00.000Z");
  const second = await json("app", "secret", "rotate", APP);
  await assert.rejects(run("app", "secret", "add", "MISP"), { code: "conflict" });
  await run("app", "rotate", "MISP");
  const listed = await json("app", "secret", "list", "MISP");
  assert.equal(listed.length, 2);
  assert.equal(JSON.stringify(listed).includes(second.secret), false);
  assert.match(await run("app", "secret", "list", "MISP"), /^KEY ID +BEGINS +NAME +START +END\n/);
  assert.equal(
    await run("app", "secret", "remove", "MISP", listed[0].keyId),
    `Removed the secret ${listed[0].keyId}.\n`,
  );
  await assert.rejects(run("app", "secret", "add", "MISP", "--days", "soon"), {
    code: "commander.invalidArgument",
  });
});

test("a secret of one's own comes from a file", async (context) => {
  const { run, json } = await furnished(context);
  const directory = mkdtempSync(join(tmpdir(), "stixgate-cli-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "secret.txt");
  writeFileSync(file, "my-own-secret-of-more-than-32-characters\n");
  const issued = await json("app", "secret", "add", "MISP", "--value-file", file);
  assert.equal(issued.secret, "my-own-secret-of-more-than-32-characters");
  writeFileSync(file, "short");
  await assert.rejects(run("app", "rotate", "MISP", "--value-file", file), { field: "secret" });
  await assert.rejects(run("app", "rotate", "MISP", "--value-file", `${file}x`), {
    code: "invalid_request",
    message: /^--value-file: ENOENT/,
  });
});

test("certificates: add, list, remove", async (context) => {
  const { run, json } = await furnished(context);
  const directory = mkdtempSync(join(tmpdir(), "stixgate-cli-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const { pem } = await makeClientCertificate();
  const file = join(directory, "client.pem");
  writeFileSync(file, pem);
  const added = await json("app", "cert", "add", "MISP", file);
  assert.equal(added.displayName, "CN=test client");
  assert.match(
    await run("app", "cert", "list", "MISP"),
    new RegExp(`\n${added.sha1.toUpperCase()}  CN=test client`),
  );
  assert.match(await run("app", "list"), /2036-01-01\n$/);
  await run("app", "cert", "remove", "MISP", added.sha1);
  assert.equal(await run("app", "cert", "list", "MISP"), "The application has no certificate.\n");
  await assert.rejects(run("app", "cert", "add", "MISP", `${file}x`), { field: "certificate" });
});

test("roles: assign by name, again without effect, inherited ones are listed, delete", async (context) => {
  const { run, json } = await furnished(context);
  const assigned = await json("role", "assign", "--app", "MISP", "--workspace", "soc-prod");
  assert.deepEqual(
    [assigned.roleName, assigned.principalName, assigned.scope],
    ["Microsoft Sentinel Contributor", "MISP", SCOPE],
  );
  assert.deepEqual(
    await json("role", "assign", "--app", OBJECT, "--workspace", WORKSPACE),
    assigned,
  );
  await run("role", "assign", "--app", "MISP", "--role", "owner", "--scope", "/");
  await run("role", "assign", "--principal", SUBSCRIPTION, "--workspace", "soc-prod");
  assert.deepEqual(
    (await json("role", "list", "--workspace", "soc-prod")).map(
      (row: { roleName: string; principalName: string }) => [row.roleName, row.principalName],
    ),
    [
      ["Microsoft Sentinel Contributor", "MISP"],
      ["Owner", "MISP"],
      ["Microsoft Sentinel Contributor", null],
    ],
  );
  assert.equal((await json("role", "list", "--principal", SUBSCRIPTION.toUpperCase())).length, 1);
  assert.match(await run("role", "list", "--app", "MISP"), /^NAME +ROLE +PRINCIPAL +SCOPE\n/);
  assert.equal(
    await run("role", "delete", assigned.name),
    `Deleted the role assignment ${assigned.name}.\n`,
  );
  await assert.rejects(run("role", "assign", "--app", "MISP"), { message: /^Say where/ });
  await assert.rejects(run("role", "assign", "--scope", "/"), { message: /^Say who/ });
  await assert.rejects(
    run("role", "assign", "--app", "MISP", "--scope", "/", "--workspace", "soc-prod"),
    {
      code: "commander.conflictingOption",
    },
  );
});

test("role definitions tell which may upload", async (context) => {
  const { run, json, state } = openConsole(context);
  assert.match(await run("role", "definitions"), /Microsoft Sentinel Contributor +yes /);
  assert.match(await run("role", "definitions"), /Microsoft Sentinel Reader +no /);
  assert.equal((await json("role", "definitions")).length, 9);
  assert.equal(state.opened, 0);
});

test("deleting what is in use needs --force", async (context) => {
  const { run } = await furnished(context);
  await run("role", "assign", "--app", "MISP", "--workspace", "soc-prod");
  await assert.rejects(run("app", "delete", "MISP"), { code: "conflict" });
  await assert.rejects(run("workspace", "delete", "soc-prod"), { code: "conflict" });
  await assert.rejects(run("tenant", "delete", "contoso.example"), { code: "conflict" });
  assert.equal(
    await run("workspace", "delete", "soc-prod", "--force"),
    'Deleted the workspace "soc-prod".\n',
  );
  assert.equal(await run("app", "delete", "MISP"), 'Deleted the application "MISP".\n');
  assert.equal(await run("tenant", "delete", TENANT), 'Deleted the tenant "Contoso".\n');
});

test("applications are switched off and on", async (context) => {
  const { run } = await furnished(context);
  assert.equal(await run("app", "disable", "MISP"), 'The application "MISP" is disabled.\n');
  assert.match(await run("app", "list"), /MISP \(disabled\)/);
  assert.equal(await run("app", "enable", "MISP"), 'The application "MISP" is enabled.\n');
});

test("the directory is closed after each command, refused or not", async (context) => {
  const { run, state } = await furnished(context);
  await assert.rejects(run("app", "delete", "nobody"), { code: "not_found" });
  assert.equal(state.opened, 4);
  assert.equal(state.closed, 4);
});
