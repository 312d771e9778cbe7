/**
 * Goal: every route lets in exactly who it should: each is called without a credential, with each role, and for a
 * workspace of another tenant. A route that is missing from the table fails the test.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { createHttpServer, openApiDocument } from "../http/index.ts";
import { createImports, createRules, createTurnedAwayLog, startTasks } from "../manage/index.ts";
import { createPeople } from "../people/index.ts";
import {
  createMemoryStore,
  openSqliteDocumentStore,
  openSqliteIdentityStore,
} from "../store/index.ts";
import {
  createDirectory,
  createSigningKeys,
  createTokenVerifier,
  TOKEN_OPTIONS_DEFAULT,
  workspaceScope,
} from "../token/index.ts";
import { createLog } from "./log.ts";
import { type ManagementParts, managementRoutes, registerManagement } from "./management.ts";
import { manageParts } from "./management-parts.ts";
import { serverInfo } from "./server-info.ts";
import { loadSettings } from "./settings.ts";

type Caller = "nobody" | "stranger" | "reader" | "responder" | "contributor" | "owner" | "foreign";

const EVERYBODY: readonly Caller[] = [
  "nobody",
  "stranger",
  "reader",
  "responder",
  "contributor",
  "owner",
  "foreign",
];
const SIGNED_IN = EVERYBODY.filter((caller) => caller !== "nobody");
const READERS: readonly Caller[] = ["reader", "responder", "contributor", "owner"];
const TAGGERS: readonly Caller[] = ["responder", "contributor", "owner"];
const WRITERS: readonly Caller[] = ["contributor", "owner"];
const OWNERS: readonly Caller[] = ["owner"];

/** Who is let in, by operation. */
const LET_IN: Readonly<Record<string, readonly Caller[]>> = {
  signInByLink: EVERYBODY,
  signInByProvider: EVERYBODY,
  getSignIn: EVERYBODY,
  finishSignInByProvider: EVERYBODY,
  getOpenApi: EVERYBODY,
  getSession: SIGNED_IN,
  signOut: SIGNED_IN,
  listKeys: SIGNED_IN,
  addKey: SIGNED_IN,
  removeKey: SIGNED_IN,
  searchObjects: READERS,
  countObjects: READERS,
  listFacet: READERS,
  getObject: READERS,
  listVersions: READERS,
  diffVersions: READERS,
  listRelated: READERS,
  listGraphMembers: READERS,
  findPath: READERS,
  listRelationshipTypes: READERS,
  listObjectTypes: READERS,
  getGraph: READERS,
  listViews: READERS,
  armQuery: READERS,
  armQueryNext: READERS,
  armCount: READERS,
  armQueryIndicators: READERS,
  armQueryIndicatorsNext: READERS,
  armListIndicators: READERS,
  armMetrics: READERS,
  armGetIndicator: READERS,
  armAppendTags: TAGGERS,
  armReplaceTags: TAGGERS,
  armCreateIndicator: WRITERS,
  armPutIndicator: WRITERS,
  armDeleteIndicator: WRITERS,
  armDeleteObject: WRITERS,
  getActivity: READERS,
  listRejected: READERS,
  replayRejected: WRITERS,
  dismissRejected: WRITERS,
  listRequestRecords: READERS,
  getRequestTable: READERS,
  getRequestBody: READERS,
  exportObjects: READERS,
  listImports: READERS,
  getImport: READERS,
  getImportErrors: READERS,
  getImportErrorsAsJson: READERS,
  listImportRecords: READERS,
  getImportRecord: READERS,
  fixImportRecord: WRITERS,
  discardImport: WRITERS,
  receiveImport: WRITERS,
  storeImport: WRITERS,
  listRules: READERS,
  testRule: READERS,
  saveRule: WRITERS,
  removeRule: WRITERS,
  orderRules: WRITERS,
  listRuleEffects: READERS,
  getOverview: READERS,
  getChanges: READERS,
  listTasks: READERS,
  getTask: READERS,
  orderTask: WRITERS,
  cancelTask: WRITERS,
  listAudit: READERS,
  listQueryPack: SIGNED_IN,
  runQuery: READERS,
  listTables: READERS,
  listFunctions: READERS,
  listWatchlists: READERS,
  saveFunction: WRITERS,
  removeFunction: WRITERS,
  saveWatchlist: WRITERS,
  removeWatchlist: WRITERS,
  tagObject: TAGGERS,
  createObject: WRITERS,
  editObject: WRITERS,
  duplicateObject: WRITERS,
  deleteObject: WRITERS,
  relateObject: WRITERS,
  saveView: WRITERS,
  removeView: WRITERS,
  listTenantAudit: OWNERS,
  listPeople: OWNERS,
  addPerson: OWNERS,
  setPersonEnabled: OWNERS,
  addSignInLink: OWNERS,
  listApplications: OWNERS,
  addApplication: OWNERS,
  setApplicationEnabled: OWNERS,
  rotateSecret: OWNERS,
  removeSecret: OWNERS,
  listRoles: OWNERS,
  assignRole: OWNERS,
  removeRole: OWNERS,
  removeApplication: OWNERS,
  addCertificate: OWNERS,
  removeCertificate: OWNERS,
  signOutPerson: OWNERS,
  listWorkspaces: OWNERS,
  addWorkspace: OWNERS,
  renameWorkspace: OWNERS,
  removeWorkspace: OWNERS,
  listSettings: OWNERS,
  getHealth: OWNERS,
  getAbout: SIGNED_IN,
};

describe("authorisation", () => {
  let app: FastifyInstance;
  let workspaceId = "";
  let resourcePath = "";
  const keys = new Map<Caller, string>();
  const closing: (() => Promise<unknown>)[] = [];
  const routes = managementRoutes(parts());

  function parts(): ManagementParts {
    const now = (): Date => new Date("2026-11-22T10:00:00.000Z");
    const documents = openSqliteDocumentStore({ file: ":memory:", now });
    const identity = openSqliteIdentityStore(":memory:");
    const masterKey = new Uint8Array(32);
    const directory = createDirectory({ store: identity, masterKey, clock: now });
    const store = createMemoryStore();
    const settings = loadSettings({ environment: {}, flags: {} }).settings;
    const manage = manageParts({ settings, store, documents, now });
    const rules = createRules(manage);
    const tasks = startTasks({
      ...manage,
      onFault: () => undefined,
    });
    closing.push(
      () => tasks.close(),
      () => store.close(),
      () => documents.close(),
      () => identity.close(),
    );
    const options = { ...TOKEN_OPTIONS_DEFAULT, canonicalUrl: () => "https://stixgate.example" };
    return {
      settings,
      log: createLog({ level: "error", format: "json", stream: process.stderr }),
      now,
      directory,
      store,
      documents,
      people: createPeople({
        documents,
        directory,
        hashKey: masterKey,
        clock: now,
        sessionHours: 1,
      }),
      oidc: null,
      tasks,
      rules,
      turnedAway: createTurnedAwayLog(),
      imports: createImports({
        ...manage,
        directory: join(tmpdir(), "stixgate-none"),
        rulesOf: rules.of,
      }),
      verifier: createTokenVerifier({
        directory,
        keys: createSigningKeys({ store: identity, masterKey, clock: now }),
        options,
        clock: now,
        warn: () => undefined,
      }),
      uses: { last: async () => new Map() },
      serverInfo: serverInfo({ settings, directory, store, dataPath: tmpdir(), now }),
      originOf: () => "https://stixgate.example",
    };
  }

  before(async () => {
    const used = parts();
    const { directory, people } = used;
    const here = await directory.createTenant({ displayName: "Here", isDefault: true });
    const there = await directory.createTenant({ displayName: "There" });
    const workspace = await directory.createWorkspace({ name: "here", tenantId: here.tenantId });
    workspaceId = workspace.workspaceId;
    const scope = workspaceScope(workspace);
    resourcePath = scope;
    const roles: readonly (readonly [Caller, string, string, string])[] = [
      ["stranger", here.tenantId, "", ""],
      ["reader", here.tenantId, "Microsoft Sentinel Reader", scope],
      ["responder", here.tenantId, "Microsoft Sentinel Responder", scope],
      ["contributor", here.tenantId, "Microsoft Sentinel Contributor", scope],
      ["owner", here.tenantId, "Owner", "/"],
      ["foreign", there.tenantId, "Microsoft Sentinel Contributor", "/subscriptions/x"],
    ];
    for (const [caller, tenantId, role, at] of roles) {
      const person = await people.add({ tenantId, displayName: caller }, { id: "t", name: "t" });
      if (role !== "" && caller !== "foreign") {
        await directory.assignRole({ principalId: person.personId, role, scope: at, tenantId });
      }
      const { key } = await people.addApiKey(person.personId, { displayName: "k", days: 1 });
      keys.set(caller, key);
    }
    app = createHttpServer({
      serverFactory: (handler) => createServer(handler),
      log: used.log,
      noRoleStatus: 401,
      errorStyle: "service",
      originOf: used.originOf,
    });
    registerManagement(app, used);
    await app.ready();
  });
  after(async () => {
    await app.close();
    for (const close of closing) {
      await close();
    }
  });

  test("the table knows every route and no other", () => {
    assert.deepEqual(
      routes.map(({ operationId }) => operationId).toSorted(),
      Object.keys(LET_IN).toSorted(),
    );
  });

  for (const { operationId, method, path } of routes) {
    test(`${method} ${path}`, async () => {
      const url = path
        .replace("{workspaceId}", workspaceId)
        .replace(/^\/subscriptions\/.*\{workspaceName\}/, resourcePath)
        .replaceAll(/\{\w+\}/g, "00000000-0000-4000-8000-000000000000");
      const letIn: Caller[] = [];
      for (const caller of EVERYBODY) {
        const key = keys.get(caller);
        const answer = await app.inject({
          method,
          url,
          headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        });
        assert.ok(answer.statusCode < 500, `${caller}: ${answer.body}`);
        const refused =
          answer.statusCode === 401 ||
          (answer.statusCode === 403 && /"(detail|message)":\s*"The Object ID/.test(answer.body));
        if (!refused || path.startsWith("/sign-in")) {
          letIn.push(caller);
        }
      }
      assert.deepEqual(letIn, LET_IN[operationId]);
    });
  }

  test("an unknown workspace is not told from one of another tenant without a credential", async () => {
    const paths = [workspaceId, "00000000-0000-4000-8000-000000000000"];
    const answers = await Promise.all(
      paths.map((id) => app.inject({ url: `/api/v1/workspaces/${id}/views` })),
    );
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [401, 401],
    );
  });

  test("the log of a tenant tells of its own people and of no others", async () => {
    const answer = await app.inject({
      url: "/api/v1/audit?action=person.add&limit=1000",
      headers: { authorization: `Bearer ${keys.get("owner")}` },
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const { value } = JSON.parse(answer.body) as { value: { after: { displayName: string } }[] };
    assert.deepEqual(value.map(({ after: person }) => person.displayName).toSorted(), [
      "contributor",
      "owner",
      "reader",
      "responder",
      "stranger",
    ]);
  });

  const ask = async (path: string, headers: Record<string, string>, body: string) => {
    const answer = await app.inject({
      method: "POST",
      url: `/api/v1/workspaces/${workspaceId}${path}`,
      headers: { authorization: `Bearer ${keys.get("owner")}`, ...headers },
      payload: body,
    });
    return [answer.statusCode, JSON.parse(answer.body).field];
  };

  test("a body that is nested too deeply is refused, not fallen over", async () => {
    const json = { "content-type": "application/json" };
    const deep = (open: string, close: string): string =>
      `${open.repeat(50_000)}1${close.repeat(50_000)}`;
    const condition = deep('{"kind":"not","condition":', "}");
    assert.deepEqual(await ask("/objects/search", json, `{"condition":${condition}}`), [
      400,
      "body",
    ]);
    assert.deepEqual(await ask("/objects", json, `{"type":${deep("[", "]")}}`), [400, "body"]);
  });

  test("an encoding that every object has as a property is no encoding", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "constructor" };
    assert.deepEqual(await ask("/imports?source=x", headers, "[]"), [415, "Content-Encoding"]);
  });

  test("a name that every object has is no field of a search, and no order", async () => {
    const query = `${resourcePath}/providers/Microsoft.SecurityInsights/threatIntelligence/main/query`;
    const clause = { field: "constructor", operator: "Equals", values: ["x"] };
    const compared = { field: "confidence", operator: "constructor", values: ["1"] };
    const bodies: readonly (readonly [body: object, target: string])[] = [
      [{ condition: { clauses: [clause] } }, "condition.clauses.0.field"],
      [{ condition: { clauses: [compared] } }, "condition.clauses.0.operator"],
      [{ sortBy: { field: "constructor" } }, "sortBy"],
    ];
    for (const [payload, target] of bodies) {
      const answer = await app.inject({
        method: "POST",
        url: query,
        headers: { authorization: `Bearer ${keys.get("owner")}` },
        payload,
      });
      assert.equal(answer.statusCode, 400, answer.body);
      assert.equal(JSON.parse(answer.body).error.target, target);
    }
  });

  test("what a path names is a GUID", async () => {
    const json = { "content-type": "application/json" };
    const evil = encodeURIComponent("../../identity");
    assert.deepEqual(await ask(`/imports/${evil}/store`, json, '{"mode":"valid"}'), [
      400,
      "importId",
    ]);
    assert.deepEqual(await ask(`/tasks/${evil}/cancel`, {}, ""), [400, "taskId"]);
    assert.deepEqual(await ask(`/requests/${evil}/replay`, json, "{}"), [400, "requestId"]);
  });

  test("the description is one of OpenAPI 3.1, with an operation for each route", () => {
    const document = openApiDocument(routes) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    assert.equal(document.openapi, "3.1.0");
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to));
    const { schemas } = (document as unknown as { components: { schemas: object } }).components;
    assert.deepEqual(
      [...references].toSorted(),
      ["Actions", "Condition", "Differences", "Object", "Problem", "Sort"].map(
        (name) => `#/components/schemas/${name}`,
      ),
    );
    assert.equal(Object.keys(schemas).length, references.size);
    const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
    const ours = routes.filter(({ path }) => !path.startsWith("/subscriptions/"));
    assert.equal(operations.length, ours.length);
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, ours.length);
  });
});
