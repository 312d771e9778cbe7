/**
 * Goal: the directory keeps its rules whoever changes it, each refusal names the field and the reason, and
 * roles count at their scope and below, at once.
 */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { type TestContext, test } from "node:test";
import { openSqliteIdentityStore } from "../store/index.ts";
import type { AppErrorCode } from "../wire/index.ts";
import { authorise } from "./authorise.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { deriveKeys } from "./master-key.ts";
import type { Principal } from "./principal.ts";
import { findRoleDefinition, roleAllows, THREAT_INTELLIGENCE_WRITE } from "./roles.ts";
import { scopeCovers, workspaceScope } from "./scope.ts";
import { judgeSecret, listSecrets } from "./secrets.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

const MASTER_KEY = Buffer.alloc(32, 7);
const NOW = new Date("2026-03-01T12:00:00.000Z");
const SUBSCRIPTION = "aaaaaaaa-0000-4000-8000-000000000001";
const SENTINEL_CONTRIBUTOR = "Microsoft Sentinel Contributor";
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A certificate with a key on the curve P-256, valid for a century. */
const EC_CERTIFICATE =
  "MIIBcjCCARegAwIBAgIUBxloQ0HaDMslgAZxX5uLd4iNtpkwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCZWMwIBcN" +
  "MjYxMTIyMjE0NzU4WhgPMjEyNjEwMjkyMTQ3NThaMA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0D" +
  "AQcDQgAEn3oI8f3xihnH/930RO6Ru5lXGx3LgM8358kO85g2f2fQDoLESdCJENNRVQs392qklFJqzliX2lp3i7vm" +
  "/ARpMKNTMFEwHQYDVR0OBBYEFIZ3Hn/2raFYHtx0JOdc4F9bLNxAMB8GA1UdIwQYMBaAFIZ3Hn/2raFYHtx0JOdc" +
  "4F9bLNxAMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAI3v6mN9NQ0tQPJAUkwrxFrUWef717ot" +
  "MxUp9gnuJEDYAiEApbDlUX/TG/63cnDPKNdIizMzblI4HG6+YFE29NT4Xi0=";

/** A directory in memory, with a clock that a test may move. */
function openDirectory(context: TestContext): { directory: Directory; time: { now: Date } } {
  const store = openSqliteIdentityStore(":memory:");
  context.after(() => store.close());
  const time = { now: NOW };
  const directory = createDirectory({ store, masterKey: MASTER_KEY, clock: () => time.now });
  return { directory, time };
}

async function furnished(context: TestContext) {
  const { directory, time } = openDirectory(context);
  const tenant = await directory.createTenant({
    displayName: "Contoso",
    domains: ["contoso.example"],
  });
  const workspace = await directory.createWorkspace({
    name: "soc-prod",
    subscriptionId: SUBSCRIPTION,
    resourceGroup: "rg-soc",
  });
  const application = await directory.createApplication({ displayName: "MISP" });
  const principal: Principal = {
    tenantId: tenant.tenantId,
    objectId: application.objectId,
    appId: application.appId,
    kind: "application",
    tokenVersion: "1.0",
    issuer: "builtin",
  };
  return { directory, time, tenant, workspace, application, principal };
}

test("the first tenant is the default and answers to its id, its domains and adfs", async (context) => {
  const { directory } = openDirectory(context);
  const first = await directory.createTenant({
    displayName: " Contoso ",
    domains: ["Contoso.Example", "contoso.example"],
  });
  assert.match(first.tenantId, GUID);
  const second = await directory.createTenant({
    displayName: "Fabrikam",
    domains: ["fabrikam.example"],
  });
  assert.deepEqual(
    [first.isDefault, second.isDefault, first.displayName],
    [true, false, "Contoso"],
  );
  const view = await directory.view();
  for (const segment of [first.tenantId, first.tenantId.toUpperCase(), "contoso.example", "ADFS"]) {
    assert.equal(view.findTenant(segment)?.displayName, "Contoso", segment);
  }
  assert.equal(view.findTenant("FABRIKAM.example")?.displayName, "Fabrikam");
  assert.equal(view.findTenant("nobody.example"), undefined);
  const third = await directory.createTenant({ displayName: "Third", isDefault: true });
  assert.deepEqual((await directory.view()).findTenant("adfs"), third);
  assert.equal((await directory.view()).tenants.filter(({ isDefault }) => isDefault).length, 1);
});

test("what is refused, and how", async (context) => {
  const { directory, tenant, workspace, application } = await furnished(context);
  const cases: readonly (readonly [string, () => Promise<unknown>, AppErrorCode, RegExp])[] = [
    [
      "empty name",
      () => directory.createTenant({ displayName: " " }),
      "invalid_request",
      /^displayName: It must not be empty/,
    ],
    [
      "long name",
      () => directory.createTenant({ displayName: "x".repeat(257) }),
      "invalid_request",
      /at most 256/,
    ],
    [
      "control character",
      () => directory.createTenant({ displayName: "a\u0000b" }),
      "invalid_request",
      /control/,
    ],
    [
      "tenant id",
      () => directory.createTenant({ displayName: "x", tenantId: "x" }),
      "invalid_request",
      /^tenantId: "x" is not a GUID/,
    ],
    [
      "domain",
      () => directory.createTenant({ displayName: "x", domains: ["localhost"] }),
      "invalid_request",
      /^domains: "localhost"/,
    ],
    [
      "domain taken",
      () => directory.createTenant({ displayName: "x", domains: ["CONTOSO.example"] }),
      "conflict",
      /contoso\.example/,
    ],
    [
      "tenant taken",
      () => directory.createTenant({ displayName: "x", tenantId: tenant.tenantId }),
      "conflict",
      /already/,
    ],
    [
      "tenant in use",
      () => directory.deleteTenant(tenant.tenantId),
      "conflict",
      /1 application\(s\), 1 workspace\(s\)/,
    ],
    [
      "tenant unknown",
      () => directory.deleteTenant("nobody.example"),
      "not_found",
      /nobody\.example/,
    ],
    [
      "app id",
      () => directory.createApplication({ displayName: "x", appId: "x" }),
      "invalid_request",
      /^appId/,
    ],
    [
      "app taken",
      () => directory.createApplication({ displayName: "x", appId: application.appId }),
      "conflict",
      /client id/,
    ],
    [
      "object taken",
      () => directory.createApplication({ displayName: "x", objectId: application.objectId }),
      "conflict",
      /object id/,
    ],
    ["app unknown", () => directory.deleteApplication("nobody"), "not_found", /"nobody"/],
    [
      "workspace name",
      () => directory.createWorkspace({ name: "-x-" }),
      "invalid_request",
      /^name: "-x-" is not allowed/,
    ],
    [
      "group name",
      () => directory.createWorkspace({ name: "good-name", resourceGroup: "rg." }),
      "invalid_request",
      /^resourceGroup/,
    ],
    [
      "workspace id",
      () => directory.createWorkspace({ name: "good-name", workspaceId: "7" }),
      "invalid_request",
      /^workspaceId/,
    ],
    [
      "workspace id taken",
      () => directory.createWorkspace({ name: "other", workspaceId: workspace.workspaceId }),
      "conflict",
      /id/,
    ],
    [
      "workspace path taken",
      () =>
        directory.createWorkspace({
          name: "SOC-prod",
          resourceGroup: "RG-soc",
          subscriptionId: SUBSCRIPTION,
        }),
      "conflict",
      /SOC-prod/,
    ],
    [
      "role unknown",
      () => directory.assignRole({ principalId: application.objectId, role: "King", scope: "/" }),
      "invalid_request",
      /^role: There is no role "King"\. There are "Microsoft Sentinel Contributor"/,
    ],
    [
      "scope malformed",
      () =>
        directory.assignRole({
          principalId: application.objectId,
          role: "Owner",
          scope: "/subscriptions/1",
        }),
      "invalid_request",
      /^scope/,
    ],
    [
      "scope unknown",
      () =>
        directory.assignRole({
          principalId: application.objectId,
          role: "Owner",
          scope: `${workspaceScope(workspace)}x`,
        }),
      "not_found",
      /no workspace at/,
    ],
    [
      "client id for object id",
      () => directory.assignRole({ principalId: application.appId, role: "Owner", scope: "/" }),
      "invalid_request",
      new RegExp(`client id of "MISP".*${application.objectId}`),
    ],
    [
      "assignment unknown",
      () => directory.deleteRoleAssignment(tenant.tenantId),
      "not_found",
      /no role assignment/,
    ],
    [
      "secret short",
      () => directory.addSecret("MISP", { secret: "x".repeat(31) }),
      "invalid_request",
      /^secret: .*32 to 256.*has 31/,
    ],
    [
      "secret with spaces",
      () => directory.addSecret("MISP", { secret: "x ".repeat(20) }),
      "invalid_request",
      /printable/,
    ],
    [
      "secret days",
      () => directory.addSecret("MISP", { days: 0 }),
      "invalid_request",
      /^days: .*1 to 3650/,
    ],
    [
      "secret unknown",
      () => directory.removeSecret("MISP", tenant.tenantId),
      "not_found",
      /no secret/,
    ],
    [
      "certificate text",
      () => directory.addCertificate("MISP", { certificate: "hello" }),
      "invalid_request",
      /neither PEM nor DER/,
    ],
    [
      "private key only",
      () =>
        directory.addCertificate("MISP", {
          certificate: "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----",
        }),
      "invalid_request",
      /no CERTIFICATE block/,
    ],
    [
      "certificate unknown",
      () => directory.removeCertificate("MISP", "00"),
      "not_found",
      /no certificate 00/,
    ],
  ];
  for (const [name, act, code, message] of cases) {
    await assert.rejects(act(), { name: "AppError", code, message }, name);
  }
});

test("commands without any tenant say what to do first", async (context) => {
  const { directory } = openDirectory(context);
  await assert.rejects(directory.createApplication({ displayName: "x" }), {
    code: "not_found",
    message: "There is no tenant yet: create one first.",
  });
});

test("generated secrets have Entra's look, are never stored, and end after 180 days", async (context) => {
  const { directory, application } = await furnished(context);
  const issued = await directory.addSecret("MISP");
  assert.match(issued.secret, /^[A-Za-z0-9]{3}[0-9]Q~[A-Za-z0-9_.~-]{34}$/);
  assert.equal(issued.hint, issued.secret.slice(0, 3));
  assert.equal(issued.end, "2026-08-28T12:00:00.000Z");
  const view = await directory.view();
  assert.equal(JSON.stringify(view.secretsOf(application.appId)).includes(issued.secret), false);
  assert.equal("hash" in (listSecrets(view, application.appId)[0] ?? {}), false);
});

test("two secrets overlap, a third is refused, rotation keeps the newest old one", async (context) => {
  const { directory, time, application } = await furnished(context);
  const first = await directory.addSecret("MISP");
  time.now = new Date("2026-03-02T12:00:00.000Z");
  const second = await directory.addSecret("MISP");
  await assert.rejects(directory.addSecret("MISP"), {
    code: "conflict",
    message: /2 secrets already/,
  });
  time.now = new Date("2026-03-03T12:00:00.000Z");
  const third = await directory.rotateSecret(application.appId);
  const verdicts = async (now: string) => {
    const credentials = (await directory.view()).secretsOf(application.appId);
    const pepper = deriveKeys(MASTER_KEY).secretPepper;
    return [first, second, third, { secret: "" }].map(({ secret }) =>
      judgeSecret(credentials, secret, pepper, () => new Date(now)),
    );
  };
  assert.deepEqual(await verdicts("2026-03-04T00:00:00.000Z"), [
    "wrong",
    "right",
    "right",
    "wrong",
  ]);
  assert.deepEqual(await verdicts("2026-08-29T12:00:00.000Z"), [
    "wrong",
    "expired",
    "right",
    "wrong",
  ]);
  await directory.removeSecret("MISP", second.keyId.toUpperCase());
  assert.deepEqual(await verdicts("2026-03-04T00:00:00.000Z"), [
    "wrong",
    "wrong",
    "right",
    "wrong",
  ]);
});

test("an operator's own secret works", async (context) => {
  const { directory, application } = await furnished(context);
  const chosen = "a-secret-of-the-operator-with-40-letters";
  await directory.addSecret("MISP", { secret: chosen, days: 1 });
  const credentials = (await directory.view()).secretsOf(application.appId);
  const pepper = deriveKeys(MASTER_KEY).secretPepper;
  assert.equal(
    judgeSecret(credentials, chosen, pepper, () => NOW),
    "right",
  );
});

test("certificates come as PEM, as PEM with a key, or as DER, and only once", async (context) => {
  const { directory, application } = await furnished(context);
  const [one, two] = await Promise.all([certificateDer(), certificateDer()]);
  const pem = `-----BEGIN CERTIFICATE-----\n${one.toString("base64")}\n-----END CERTIFICATE-----\n`;
  const withKey = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${pem}`;
  const added = await directory.addCertificate("MISP", { certificate: withKey });
  assert.equal(added.displayName, "CN=test");
  assert.match(added.sha1, /^[0-9a-f]{40}$/);
  assert.match(added.sha256, /^[0-9a-f]{64}$/);
  await assert.rejects(directory.addCertificate("MISP", { certificate: one }), {
    code: "conflict",
  });
  await directory.addCertificate("MISP", { certificate: two, displayName: "second" });
  await directory.removeCertificate("MISP", added.sha1.toUpperCase());
  const left = (await directory.view()).certificatesOf(application.appId);
  assert.deepEqual(
    left.map(({ displayName }) => displayName),
    ["second"],
  );
});

test("certificates that no client could use are refused with the reason", async (context) => {
  const { directory } = await furnished(context);
  const ended = await certificateDer({
    start: new Date("2020-01-01"),
    end: new Date("2021-01-01"),
  });
  await assert.rejects(directory.addCertificate("MISP", { certificate: ended }), {
    code: "invalid_request",
    message: /^certificate: The certificate ended on 2021-01-01/,
  });
  const weak = await certificateDer({ modulusLength: 1024 });
  await assert.rejects(directory.addCertificate("MISP", { certificate: weak }), {
    code: "invalid_request",
    message: /1024 bits; 2048 to 8192/,
  });
  const curve = Buffer.from(EC_CERTIFICATE, "base64");
  await assert.rejects(directory.addCertificate("MISP", { certificate: curve }), {
    code: "invalid_request",
    message: "certificate: Its key is of type ec; clients sign with RSA keys only.",
  });
});

test("deleting what is in use needs force, and force leaves nothing behind", async (context) => {
  const { directory, application, workspace, tenant } = await furnished(context);
  const scope = workspaceScope(workspace);
  const role = { principalId: application.objectId, role: "owner", scope };
  await directory.assignRole(role);
  await directory.addSecret("MISP");
  await assert.rejects(directory.deleteApplication("MISP"), { code: "conflict" });
  await assert.rejects(directory.deleteWorkspace("soc-prod"), { code: "conflict" });
  await directory.deleteWorkspace("soc-prod", { force: true });
  assert.deepEqual((await directory.view()).roleAssignments, []);
  await directory.assignRole({ ...role, scope: "/" });
  await directory.deleteApplication(application.objectId, { force: true });
  assert.deepEqual((await directory.view()).secretsOf(application.appId), []);
  await directory.createApplication({ displayName: "again", appId: application.appId });
  await directory.deleteTenant(tenant.tenantId, { force: true });
  const { tenants, applications, workspaces, roleAssignments } = await directory.view();
  assert.deepEqual([tenants, applications, workspaces, roleAssignments], [[], [], [], []]);
});

test("a workspace keeps its id and roles when it gets another name", async (context) => {
  const { directory, application, workspace } = await furnished(context);
  const scope = workspaceScope(workspace);
  await directory.assignRole({ principalId: application.objectId, role: "owner", scope });
  const { subscriptionId, resourceGroup } = workspace;
  await directory.createWorkspace({ name: "taken", subscriptionId, resourceGroup });
  await assert.rejects(directory.renameWorkspace(workspace.workspaceId, "Taken"), {
    code: "conflict",
  });
  await assert.rejects(directory.renameWorkspace(workspace.workspaceId, "-"), {
    code: "invalid_request",
    field: "name",
  });
  const renamed = await directory.renameWorkspace(workspace.workspaceId, "soc-new");
  assert.deepEqual(renamed, { ...workspace, name: "soc-new" });
  const view = await directory.view();
  assert.deepEqual(
    view.roleAssignments.map((row) => row.scope),
    [scope.replace("soc-prod", "soc-new")],
  );
  assert.equal(view.findWorkspace(workspace.workspaceId)?.name, "soc-new");
  // Another spelling of the same name is not taken by itself.
  assert.equal((await directory.renameWorkspace(workspace.workspaceId, "SOC-new")).name, "SOC-new");
});

test("a name that several have must be said by id", async (context) => {
  const { directory } = await furnished(context);
  await directory.createApplication({ displayName: "MISP" });
  await assert.rejects(directory.addSecret("MISP"), {
    code: "invalid_request",
    message: '2 applications are called "MISP": name one by its client id.',
  });
});

test("assigning a role again gives the same assignment", async (context) => {
  const { directory, application, workspace } = await furnished(context);
  const scope = workspaceScope(workspace);
  const role = { principalId: application.objectId, role: SENTINEL_CONTRIBUTOR, scope };
  const first = await directory.assignRole(role);
  const again = await directory.assignRole({ ...role, scope: `${scope.toUpperCase()}/` });
  assert.deepEqual(again, first);
  assert.equal((await directory.view()).roleAssignments.length, 1);
});

test("roles that allow an upload", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["ab8e14d6-4a74-4a29-9ba8-549422addade", true],
    ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635", true],
    ["b24988ac-6180-42a0-ab88-20f7382dd24c", true],
    ["8d289c81-5878-46d4-8554-54e1e3d8b5cb", false],
    ["3e150937-b8fe-4cfb-8069-0eaf05ecd056", false],
    ["f4c81013-99ee-4d62-a7ee-b3f1f648599a", false],
  ];
  for (const [id, allowed] of cases) {
    const role = findRoleDefinition(id);
    assert.ok(role, id);
    assert.equal(roleAllows(role, THREAT_INTELLIGENCE_WRITE), allowed, role.name);
    assert.equal(roleAllows(role, "MICROSOFT.securityinsights/threatintelligence/WRITE"), allowed);
  }
});

test("notActions take away what a star gives", () => {
  const contributor = findRoleDefinition("Contributor");
  const sentinel = findRoleDefinition(SENTINEL_CONTRIBUTOR);
  assert.ok(contributor && sentinel);
  const cases: readonly (readonly [typeof contributor, string, boolean])[] = [
    [contributor, "Microsoft.Authorization/roleAssignments/write", false],
    [contributor, "Microsoft.Authorization/roleAssignments/read", true],
    [sentinel, "Microsoft.SecurityInsights/ConfidentialWatchlists/read", false],
    [sentinel, "Microsoft.OperationalInsights/workspaces/a/b/read", true],
    [sentinel, "Microsoft.OperationalInsights/workspaces/write", false],
    [sentinel, "Microsoft.SecurityInsightsX/write", false],
  ];
  for (const [role, action, allowed] of cases) {
    assert.equal(roleAllows(role, action), allowed, action);
  }
});

test("a scope covers itself and what lies below, on segment boundaries", () => {
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["/", group, true],
    [`/subscriptions/${SUBSCRIPTION}`, group, true],
    [group, group.toUpperCase(), true],
    [group, `${group}2`, false],
    [`${group}/x`, group, false],
  ];
  for (const [scope, other, covers] of cases) {
    assert.equal(scopeCovers(scope, other), covers, `${scope} over ${other}`);
  }
});

test("roles count at the workspace and above, for the tenant's own principals, at once", async (context) => {
  const { directory, workspace, application, principal } = await furnished(context);
  const may = () =>
    authorise(directory, principal, { workspace, action: THREAT_INTELLIGENCE_WRITE });
  const refused = {
    code: "no_role",
    message:
      `The Object ID [${application.objectId}] does not have required permission to perform this action ` +
      `on the workspace [${workspace.workspaceId}].`,
  };
  await assert.rejects(may(), refused);
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG-SOC`;
  const scopes = [workspaceScope(workspace), group, `/subscriptions/${SUBSCRIPTION}`, "/"];
  for (const scope of scopes) {
    const { name } = await directory.assignRole({
      principalId: application.objectId,
      role: SENTINEL_CONTRIBUTOR,
      scope,
    });
    await may();
    await directory.deleteRoleAssignment(name);
    await assert.rejects(may(), refused, scope);
  }
  for (const scope of [
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-so`,
    "/subscriptions/aaaaaaaa-0000-4000-8000-000000000002",
  ]) {
    await directory.assignRole({ principalId: application.objectId, role: "Owner", scope });
    await assert.rejects(may(), refused, scope);
  }
});

test("the list of allowed roles narrows, and a foreign tenant never passes", async (context) => {
  const { directory, workspace, application, principal } = await furnished(context);
  await directory.assignRole({ principalId: application.objectId, role: "Owner", scope: "/" });
  const request = { workspace, action: THREAT_INTELLIGENCE_WRITE };
  await authorise(directory, principal, request);
  await authorise(directory, principal, { ...request, allowedRoles: ["owner"] });
  await assert.rejects(
    authorise(directory, principal, { ...request, allowedRoles: [SENTINEL_CONTRIBUTOR] }),
    { code: "no_role", detail: /held at .*: Owner$/ },
  );
  const stranger = { ...principal, tenantId: "99999999-0000-4000-8000-000000000000" };
  await assert.rejects(authorise(directory, stranger, request), { code: "no_role" });
});

test("another master key is refused before anything is read or written", async (context) => {
  const store = openSqliteIdentityStore(":memory:");
  context.after(() => store.close());
  const clock = () => NOW;
  const right = createDirectory({ store, masterKey: MASTER_KEY, clock });
  await right.createTenant({ displayName: "Contoso" });
  const wrong = createDirectory({ store, masterKey: Buffer.alloc(32, 8), clock });
  const refusal = { code: "settings_invalid", message: /master key doesn't belong/ };
  await assert.rejects(wrong.view(), refusal);
  await assert.rejects(wrong.createTenant({ displayName: "Fabrikam" }), refusal);
  assert.throws(() => createDirectory({ store, masterKey: Buffer.alloc(31), clock }), {
    code: "settings_invalid",
  });
});

async function certificateDer(
  options: { start?: Date; end?: Date; modulusLength?: number } = {},
): Promise<Buffer> {
  const keys = generateKeyPairSync("rsa", { modulusLength: options.modulusLength ?? 2048 });
  const der = await selfSignedCertificate({
    commonName: "test",
    publicKey: keys.publicKey,
    privateKey: keys.privateKey,
    start: options.start ?? new Date("2026-01-01"),
    end: options.end ?? new Date("2036-01-01"),
  });
  return Buffer.from(der);
}
