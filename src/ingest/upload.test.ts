/** Goal: who may upload is decided in the documented order, and each record meets the fate its receipt tells. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ValidationOptions } from "../stix/index.ts";
import { createMemoryStore, type Store } from "../store/index.ts";
import type { Principal } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import { processRecords, type RecordOptions } from "./records.ts";
import { createThrottle } from "./throttle.ts";
import { createUploads, type UploadContext, type UploadOptions, type Uploads } from "./upload.ts";

const WORKSPACE_ID = "7d3f6a52-9c1e-4b8a-a1f4-2e5d6c7b8a90";
const PRINCIPAL: Principal = {
  tenantId: "0a1b2c3d-0000-4000-8000-000000000001",
  objectId: "0a1b2c3d-0000-4000-8000-000000000002",
  appId: "0a1b2c3d-0000-4000-8000-000000000003",
  kind: "application",
  tokenVersion: "1.0",
  issuer: "builtin",
};
const CONTEXT: UploadContext = {
  requestId: "0a1b2c3d-0000-4000-8000-000000000009",
  generation: "v3",
  apiVersion: "2024-02-01-preview",
  workspaceId: WORKSPACE_ID,
  principal: PRINCIPAL,
  userAgent: "test",
};
const VALIDATION: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};
const RECORDS: RecordOptions = {
  validation: { v1: { ...VALIDATION, onlyType: "indicator" }, v2: VALIDATION, v3: VALIDATION },
  unrevoke: "keep-revoked",
  acceptAnyArrayKeyV3: false,
  depthMax: 256,
};
const INDICATOR = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
  created: "2026-01-05T08:00:00.000Z",
  modified: "2026-01-05T08:00:00.000Z",
  pattern: "[ipv4-addr:value = '192.0.2.10']",
  pattern_type: "stix",
  valid_from: "2026-01-05T08:00:00Z",
};

interface Bench {
  readonly uploads: Uploads;
  readonly store: Store;
  readonly lost: unknown[];
}

function bench(options: Partial<UploadOptions> = {}, hasRole = true): Bench {
  const store = createMemoryStore();
  const lost: unknown[] = [];
  const workspace = {
    workspaceId: WORKSPACE_ID,
    tenantId: PRINCIPAL.tenantId,
    subscriptionId: "0a1b2c3d-0000-4000-8000-000000000004",
    resourceGroup: "group",
    name: "workspace",
    createdAt: "2026-01-01T00:00:00.000Z",
  };
  const uploads = createUploads(
    {
      store,
      process: async (job) =>
        processRecords(job, { ...RECORDS, unrevoke: options.unrevoke ?? "keep-revoked" }),
      findWorkspace: async (id) => (id.toLowerCase() === WORKSPACE_ID ? workspace : undefined),
      authorise: async () => {
        if (!hasRole) {
          throw new AppError("no_role", "no role");
        }
      },
      now: () => new Date("2026-11-22T10:00:00.000Z"),
      monotonicMs: () => 0,
      onReceiptLost: (_id, cause) => lost.push(cause),
    },
    {
      unrevoke: "keep-revoked",
      throttle: createThrottle(),
      limitsOf: () => ({ requestsPerMinute: 2, objectsPerRequest: 100 }),
      ...options,
    },
  );
  return { uploads, store, lost };
}

function body(...objects: readonly unknown[]): string {
  return JSON.stringify({ sourcesystem: "test", stixobjects: objects });
}

async function accept(
  { uploads }: Bench,
  text: string,
  requestId = CONTEXT.requestId,
): ReturnType<Uploads["accept"]> {
  return uploads.accept({ ...CONTEXT, requestId }, text, []);
}

test("refusals come in the order: workspace, role, throttle", async () => {
  const refusal = async (run: Bench, workspaceId: string): Promise<string> => {
    try {
      await run.uploads.admit({ ...CONTEXT, workspaceId });
      return "admitted";
    } catch (error) {
      return (error as AppError).code;
    }
  };
  const stranger = bench(
    { limitsOf: () => ({ requestsPerMinute: 1, objectsPerRequest: 1 }) },
    false,
  );
  assert.equal(await refusal(stranger, "no-guid"), "invalid_workspace_id");
  assert.equal(await refusal(stranger, PRINCIPAL.tenantId), "workspace_not_found");
  assert.equal(await refusal(stranger, WORKSPACE_ID), "no_role");
  assert.equal(
    await refusal(stranger, WORKSPACE_ID),
    "no_role",
    "a refused role counts for nothing",
  );
  const friend = bench();
  assert.equal(await refusal(friend, WORKSPACE_ID.toUpperCase()), "admitted");
  assert.equal(await refusal(friend, WORKSPACE_ID), "admitted");
  assert.equal(await refusal(friend, WORKSPACE_ID), "throttled");
});

test("a throttled request leaves a receipt that names the limit", async () => {
  const run = bench();
  await run.uploads.admit(CONTEXT);
  await run.uploads.admit(CONTEXT);
  await assert.rejects(run.uploads.admit(CONTEXT), {
    code: "throttled",
    message: "Rate limit is exceeded. Try again in 60 seconds.",
    retryAfterSeconds: 60,
  });
  const receipt = await run.store.receipt(WORKSPACE_ID, CONTEXT.requestId);
  assert.equal(receipt?.outcome, "refused");
  assert.deepEqual(receipt?.refusal, {
    code: "throttled",
    message: "Rate limit is exceeded. Try again in 60 seconds. (more than 2 requests in a minute)",
  });
  assert.deepEqual(run.lost, []);
});

test("an application's own limit replaces the general one", async () => {
  const run = bench({
    limitsOf: (appId) => ({
      requestsPerMinute: appId === PRINCIPAL.appId ? 3 : 1,
      objectsPerRequest: 1,
    }),
  });
  await run.uploads.admit(CONTEXT);
  await run.uploads.admit(CONTEXT);
  await run.uploads.admit(CONTEXT);
  await assert.rejects(run.uploads.admit(CONTEXT), { code: "throttled" });
  await assert.rejects(accept(run, body(INDICATOR, INDICATOR)), { code: "invalid_request" });
});

test("without a throttle nobody waits", async () => {
  const run = bench({ throttle: undefined });
  for (let index = 0; index < 500; index++) {
    await run.uploads.admit(CONTEXT);
  }
});

const { id: _id, ...NO_ID } = INDICATOR;
const OUTCOMES: readonly (readonly [string, readonly unknown[], string, readonly number[]])[] = [
  ["all good", [INDICATOR], "accepted", []],
  ["some good", [NO_ID, INDICATOR, 5], "partly_accepted", [0, 2]],
  ["none good", [NO_ID, null], "rejected", [0, 1]],
  ["nothing", [], "empty", []],
];

for (const [name, objects, outcome, rejected] of OUTCOMES) {
  test(`outcome: ${name}`, async () => {
    const run = bench();
    const result = await accept(run, body(...objects));
    assert.equal(result.outcome, outcome);
    assert.equal(result.received, objects.length);
    assert.deepEqual(
      result.errors.map((error) => error.recordIndex),
      rejected,
    );
    const receipt = await run.store.receipt(WORKSPACE_ID, CONTEXT.requestId);
    assert.equal(receipt?.outcome, outcome);
    assert.equal(receipt?.sourceSystem, "test");
    assert.deepEqual(
      receipt?.rejections.map((rejection) => rejection.payload),
      rejected.map((index) => objects[index]),
    );
  });
}

test("the documented message stands in the reply", async () => {
  const result = await accept(bench(), body(INDICATOR, INDICATOR, INDICATOR, NO_ID));
  assert.deepEqual(result.errors, [
    {
      recordIndex: 3,
      errorMessages: ["Error for Property=id: Required property is missing. Actual value: NULL."],
    },
  ]);
});

test("what is stored is the text that was sent", async () => {
  const run = bench();
  const text = `{ "type":"indicator", "spec_version":"2.1","id":"${INDICATOR.id}","created":"2026-01-05T08:00:00.000Z","modified":"2026-01-05T08:00:00.000Z","pattern":"[ipv4-addr:value = '192.0.2.10']","pattern_type":"stix","valid_from":"2026-01-05T08:00:00Z","x_big":12345678901234567890 }`;
  await accept(run, `{"sourcesystem":"test","stixobjects":[${text}]}`);
  const stored = await run.store.currentObject({
    workspaceId: WORKSPACE_ID,
    sourceSystem: "test",
    stixId: INDICATOR.id,
  });
  assert.equal(stored?.json, text);
  assert.deepEqual(stored?.facts.observables, [{ key: "ipv4-addr:value", value: "192.0.2.10" }]);
});

const REVOKED = { ...INDICATOR, revoked: true };
const UNREVOKE: readonly (readonly [UploadOptions["unrevoke"], string, boolean])[] = [
  ["keep-revoked", "accepted", true],
  ["reject", "rejected", true],
  ["allow", "accepted", false],
];

for (const [unrevoke, outcome, revoked] of UNREVOKE) {
  test(`an upload that would undo a revocation, with ${unrevoke}`, async () => {
    const run = bench({ unrevoke });
    assert.equal((await accept(run, body(REVOKED))).outcome, "accepted");
    assert.equal(
      (await accept(run, body(REVOKED), "0a1b2c3d-0000-4000-8000-00000000000a")).outcome,
      "accepted",
    );
    const requestId = "0a1b2c3d-0000-4000-8000-00000000000b";
    const result = await accept(run, body({ ...INDICATOR, name: "back" }), requestId);
    assert.equal(result.outcome, outcome);
    const key = { workspaceId: WORKSPACE_ID, sourceSystem: "test", stixId: INDICATOR.id };
    assert.equal((await run.store.currentObject(key))?.revoked, revoked);
    const receipt = await run.store.receipt(WORKSPACE_ID, requestId);
    const rules = [
      ...(receipt?.warnings ?? []).flatMap((row) => row.warnings),
      ...(receipt?.rejections ?? []).flatMap((row) => row.errors),
    ].map((finding) => finding.rule);
    assert.deepEqual(rules, unrevoke === "allow" ? [] : ["state.revoked"]);
  });
}

test("the older generations take indicators only", async () => {
  const run = bench();
  const malware = {
    ...INDICATOR,
    type: "malware",
    id: "malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
    name: "M",
    is_family: false,
  };
  const text = JSON.stringify({ sourcesystem: "test", value: [malware, INDICATOR] });
  const result = await run.uploads.accept({ ...CONTEXT, generation: "v1" }, text, []);
  assert.deepEqual(
    result.errors.map((error) => error.recordIndex),
    [0],
  );
  assert.match(result.errors[0]?.errorMessages[0] ?? "", /^Error for Property=type: /);
});

test("the receipt of a body that could not be used says why", async () => {
  const run = bench();
  await run.uploads.keepRefusal(CONTEXT, new AppError("body_too_large", "The body is too large."));
  const receipt = await run.store.receipt(WORKSPACE_ID, CONTEXT.requestId);
  assert.deepEqual(receipt?.refusal, { code: "body_too_large", message: "The body is too large." });
  assert.equal(receipt?.counts.received, 0);
});
