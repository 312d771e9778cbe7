/**
 * Goal: every object of an upload is acknowledged once, whatever the service answers, and what became of it
 * is told with its place in the input. The service is a stand-in that speaks as the real one does.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createFakeClock } from "../../test/fake-clock.ts";
import {
  CLIENT_SECRET,
  type FakeReply,
  type FakeService,
  type FakeServiceOptions,
  rejecting,
  SERVER_ERROR,
  startFakeService,
  THROTTLED,
  UNAUTHORIZED,
} from "../../test/fake-service.ts";
import { type Client, createClient } from "./client.ts";
import { ClientError } from "./client-error.ts";
import { openJournal } from "./journal.ts";
import type { ClientNotice, ClientOptions } from "./options.ts";
import type { UploadProgress } from "./upload.ts";
import { uploadObjectsOf } from "./upload-object.ts";

const WORKSPACE_ID = "11111111-2222-3333-4444-555555555555";
const directory = mkdtempSync(join(tmpdir(), "stixgate-upload-"));
after(() => rmSync(directory, { recursive: true }));

interface Bench {
  readonly service: FakeService;
  readonly client: Client;
  readonly notices: ClientNotice[];
}

async function withService(
  { onUpload, onToken, documents }: FakeServiceOptions,
  options: Partial<ClientOptions>,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const service = await startFakeService({
    ...(onUpload ? { onUpload } : {}),
    ...(onToken ? { onToken } : {}),
    ...(documents ? { documents } : {}),
  });
  const notices: ClientNotice[] = [];
  try {
    const client = createClient({
      workspaceId: WORKSPACE_ID,
      endpoint: service.endpoint,
      credential: {
        tenantId: "contoso.onmicrosoft.com",
        clientId: "app",
        clientSecret: CLIENT_SECRET,
        authorityHost: service.endpoint,
      },
      clock: createFakeClock(),
      onNotice: (notice) => notices.push(notice),
      ...options,
    });
    await run({ service, client, notices });
  } finally {
    await service.close();
  }
}

function indicators(count: number): { type: string; id: string }[] {
  return Array.from({ length: count }, (_, place) => ({
    type: "indicator",
    id: `indicator--${place}`,
  }));
}

/** Each id once. */
function assertOnce(service: FakeService, count: number): void {
  assert.equal(service.ledger.size, count);
  assert.deepEqual(
    [...service.ledger].filter(([, times]) => times !== 1),
    [],
  );
}

test("uploads in batches of 100 with the documented address, body and headers", async () => {
  await withService({}, { userAgent: "test/1" }, async ({ service, client }) => {
    const progress: UploadProgress[] = [];
    const result = await client.upload({
      source: "Feed é",
      objects: uploadObjectsOf(indicators(250)),
      onProgress: (figures) => progress.push(figures),
    });
    assert.deepEqual(result, {
      read: 250,
      accepted: 250,
      rejected: 0,
      resumed: 0,
      requests: 3,
      rejections: [],
      rejectionsOmitted: 0,
    });
    assert.deepEqual(progress.at(-1), {
      read: 250,
      accepted: 250,
      rejected: 0,
      resumed: 0,
      requests: 3,
    });
    assertOnce(service, 250);
    assert.deepEqual(service.uploads.map(({ objects }) => objects.length).sort(), [100, 100, 50]);
    assert.deepEqual(
      new Set(
        service.uploads.map((upload) =>
          [
            upload.url,
            upload.authorization,
            upload.contentType,
            upload.userAgent,
            upload.sourcesystem,
          ].join(" "),
        ),
      ),
      new Set([
        `/workspaces/${WORKSPACE_ID}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview Bearer token-1 application/json test/1 Feed é`,
      ]),
    );
    assert.deepEqual(
      service.tokenForms.map((form) => form.toString()),
      [
        "grant_type=client_credentials&client_id=app&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_secret=a-secret-of-the-tests",
      ],
    );
  });
});

test("maps rejections back to the input and keeps the good records", async () => {
  const onUpload = ({ place }: { place: number }): FakeReply | undefined =>
    place === 1 ? rejecting([3, 7]) : undefined;
  await withService({ onUpload }, { concurrencyMax: 1 }, async ({ service, client }) => {
    const result = await client.upload({
      source: "s",
      objects: uploadObjectsOf(indicators(150)),
    });
    assert.equal(result.accepted, 148);
    assert.deepEqual(
      result.rejections.map(({ index, id, recordIndex, messages }) => [
        index,
        id,
        recordIndex,
        messages,
      ]),
      [103, 107].map((index) => [
        index,
        `indicator--${index}`,
        index - 100,
        ["Error for Property=id: Required property is missing. Actual value: NULL."],
      ]),
    );
    assertOnce(service, 148);
  });
});

test("takes a 400 with record errors as the verdict on the whole request", async () => {
  await withService({ onUpload: () => rejecting([0], 400) }, {}, async ({ client }) => {
    const result = await client.upload({ source: "s", objects: uploadObjectsOf(indicators(2)) });
    assert.deepEqual(
      result.rejections.map(({ messages }) => messages[0]),
      [
        "Error for Property=id: Required property is missing. Actual value: NULL.",
        "Not stored: the service refused the request that carried it.",
      ],
    );
  });
});

/** Answers the first requests with these, in order, and accepts the rest. */
function first(...replies: readonly FakeReply[]): FakeServiceOptions["onUpload"] {
  return ({ place }) => replies[place];
}

const TRANSIENT: readonly (readonly [string, readonly FakeReply[], readonly string[]])[] = [
  ["429 with Retry-After", [THROTTLED(57)], ["throttled 57000"]],
  [
    "429 that says its time only in words",
    [{ ...THROTTLED(12), headers: {} }],
    ["throttled 12000"],
  ],
  ["429 without a time", [{ status: 429 }], ["throttled 60000"]],
  ["500 and 503", [SERVER_ERROR, { status: 503 }], ["retry 375", "retry 750"]],
  ["503 with Retry-After", [{ status: 503, headers: { "retry-after": "7" } }], ["retry 7000"]],
  ["408", [{ status: 408 }], ["retry 375"]],
  ["a dropped connection", [{ drop: true }, { drop: true }], ["retry 375", "retry 750"]],
];

for (const [name, replies, expected] of TRANSIENT) {
  test(`tries again after ${name}`, async () => {
    await withService({ onUpload: first(...replies) }, {}, async ({ service, client, notices }) => {
      const result = await client.upload({ source: "s", objects: uploadObjectsOf(indicators(5)) });
      assert.equal(result.accepted, 5);
      assert.deepEqual(
        notices.map(({ kind, waitMs }) => `${kind} ${waitMs}`),
        expected,
      );
      assertOnce(service, 5);
    });
  });
}

test("renews the token once when the service refuses it", async () => {
  await withService({ onUpload: first(UNAUTHORIZED) }, {}, async ({ service, client, notices }) => {
    await client.upload({ source: "s", objects: uploadObjectsOf(indicators(1)) });
    assert.deepEqual(
      service.uploads.map(({ authorization }) => authorization),
      ["Bearer token-1", "Bearer token-2"],
    );
    assert.deepEqual(notices, [
      {
        kind: "token_renewed",
        waitMs: 0,
        reason: "Unauthorized. Access token is missing or invalid.",
      },
    ]);
  });
});

const NO_ROLE: FakeReply = {
  status: 401,
  body: '{"error":{"code":"UnauthorizedAccess","message":"The Object ID [x] does not have required permission to perform this action on the workspace [y].","details":[],"target":null,"additionalInfo":null}}',
};

const FATAL: readonly (readonly [string, FakeReply, RegExp, number])[] = [
  ["401 for every token", UNAUTHORIZED, /^unauthorized: .*Access token is missing or invalid/, 2],
  ["a missing role, told by 401", NO_ROLE, /^forbidden: .*required permission.*Contributor/, 1],
  ["403", { status: 403 }, /^forbidden: /, 1],
  [
    "404",
    { status: 404, body: '{ "statusCode": 404, "message": "Resource not found" }' },
    /^not_found: .*objects 1-3.*\(status 404\). Resource not found Check the workspace id/,
    1,
  ],
  [
    "400 without record errors",
    {
      status: 400,
      body: '{"error":{"code":"x","message":"Body of the request is not in valid JSON format."}}',
    },
    /^refused: .*Body of the request is not in valid JSON format/,
    1,
  ],
  [
    "a redirect",
    { status: 307, headers: { location: "http://elsewhere.example/" } },
    /^refused: .*redirect/,
    1,
  ],
  ["an answer that never comes", { stall: true }, /^unavailable: /, 3],
  [
    "500 for ever",
    SERVER_ERROR,
    /^unavailable: Gave up on the upload of objects 1-3 after 3 tries: status 500: Internal/,
    3,
  ],
  ["a wait of an hour", THROTTLED(3600), /^throttled: .*Try again in 3600 seconds/, 1],
];

for (const [name, reply, expected, tries] of FATAL) {
  test(`gives up after ${name}`, async () => {
    await withService({ onUpload: () => reply }, { triesMax: 3, timeoutMs: 500 }, async (bench) => {
      await assert.rejects(
        bench.client.upload({ source: "s", objects: uploadObjectsOf(indicators(3)) }),
        (error: unknown) => {
          assert.ok(error instanceof ClientError);
          assert.match(`${error.code}: ${error.message}`, expected);
          return true;
        },
      );
      assert.equal(bench.service.uploads.length, tries);
    });
  });
}

const STRANGE: readonly (readonly [string, RegExp])[] = [
  ["<html>Sign in</html>", /a body that no upload API gives/],
  ["[]", /a body that no upload API gives/],
  ['{"errors":[{"recordIndex":9}]}', /an error for record 9, which was not sent/],
];

for (const [body, expected] of STRANGE) {
  test(`does not take ${body} for a success`, async () => {
    // The stand-in's ledger is of no interest here, so the reply bypasses it.
    await withService({}, { fetch: fetchWithBody(body) }, async ({ client }) => {
      await assert.rejects(
        client.upload({ source: "s", objects: uploadObjectsOf(indicators(3)) }),
        (error: unknown) => {
          assert.ok(error instanceof ClientError);
          assert.equal(error.code, "unexpected_reply");
          assert.match(error.message, expected);
          return true;
        },
      );
    });
  });
}

function fetchWithBody(body: string): typeof fetch {
  return (input, init) =>
    String(input).endsWith("/token")
      ? fetch(input, init)
      : Promise.resolve(new Response(body, { status: 200 }));
}

for (const body of ['{"errors":[]}', "{}", " \n", '{"errors":null}']) {
  test(`takes ${JSON.stringify(body)} for a success`, async () => {
    await withService({}, { fetch: fetchWithBody(body) }, async ({ client }) => {
      const result = await client.upload({ source: "s", objects: uploadObjectsOf(indicators(3)) });
      assert.equal(result.accepted, 3);
    });
  });
}

test("cuts a request in half when the service finds it too large", async () => {
  const onUpload: FakeServiceOptions["onUpload"] = ({ objects }) =>
    objects.length > 1 || objects[0]?.["id"] === "indicator--2" ? { status: 413 } : undefined;
  await withService({ onUpload }, {}, async ({ service, client }) => {
    const result = await client.upload({ source: "s", objects: uploadObjectsOf(indicators(5)) });
    assert.equal(result.accepted, 4);
    assert.equal(result.requests, 1);
    assert.deepEqual(
      result.rejections.map(({ index, messages }) => [index, messages]),
      [[2, ["The service finds the object too large."]]],
    );
    assertOnce(service, 4);
  });
});

test("keeps requests below the byte limit, and sends a larger object alone", async () => {
  const large = { type: "note", id: "note--1", content: "x".repeat(3000) };
  await withService({}, { bodyBytesMax: 1024, concurrencyMax: 1 }, async ({ service, client }) => {
    await client.upload({
      source: "s",
      objects: uploadObjectsOf([...indicators(30), large, ...indicators(2)]),
    });
    assert.deepEqual(
      service.uploads.map(({ objects }) => objects.length),
      [23, 7, 1, 2],
    );
  });
});

test("sends the text as it came", async () => {
  const text = '{"id":"x","big":12345678901234567890,"n":1.0,"a":1,"a":2}';
  let sent = "";
  const spy: typeof fetch = (input, init) => {
    sent = String(init?.body);
    return fetch(input, init);
  };
  await withService({}, { fetch: spy }, async ({ client }) => {
    await client.upload({ source: 'a"b', objects: [{ text, id: "x", type: undefined }] });
    assert.equal(sent, `{"sourcesystem":"a\\"b","stixobjects":[${text}]}`);
  });
});

test("objects of an upload body keep its source, in requests of their own", async () => {
  const [a, b, c] = [...uploadObjectsOf(indicators(3))];
  assert.ok(a && b && c);
  await withService({}, { concurrencyMax: 1 }, async ({ service, client }) => {
    await client.upload({ source: "s", objects: [a, { ...b, source: "own" }, c] });
    assert.deepEqual(
      service.uploads.map(({ sourcesystem }) => sourcesystem),
      ["s", "own", "s"],
    );
  });
});

test("never has the same id under way twice, so that the last version wins", async () => {
  const versions = Array.from({ length: 12 }, (_, version) => ({ id: "indicator--same", version }));
  let underWay = 0;
  let most = 0;
  const onUpload: FakeServiceOptions["onUpload"] = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return undefined;
  };
  await withService({ onUpload }, { objectsPerRequestMax: 2, concurrencyMax: 8 }, async (bench) => {
    await bench.client.upload({ source: "s", objects: uploadObjectsOf(versions) });
    assert.equal(most, 1);
    assert.deepEqual(
      bench.service.uploads.flatMap(({ objects }) => objects.map((object) => object["version"])),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    );
  });
});

test("keeps no more requests under way than allowed", async () => {
  let underWay = 0;
  let most = 0;
  const onUpload: FakeServiceOptions["onUpload"] = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay -= 1;
    return undefined;
  };
  await withService({ onUpload }, { objectsPerRequestMax: 1, concurrencyMax: 3 }, async (bench) => {
    await bench.client.upload({ source: "s", objects: uploadObjectsOf(indicators(20)) });
    assert.equal(most, 3);
    assertOnce(bench.service, 20);
  });
});

test("paces itself to the throttle and is never refused", async () => {
  await withService({}, { objectsPerRequestMax: 1, concurrencyMax: 1 }, async (bench) => {
    await bench.client.upload({ source: "s", objects: uploadObjectsOf(indicators(201)) });
    assert.equal(bench.service.uploads.length, 201);
    // Without answers that take time on this clock, two windows are waited out.
    assert.deepEqual(
      bench.notices.map(({ kind, waitMs }) => `${kind} ${waitMs}`),
      ["paced 60250", "paced 60250"],
    );
  });
});

const BAD_SOURCES: readonly (readonly [string, RegExp])[] = [
  ["", /source must have 1-256 characters/],
  ["x".repeat(257), /source must have 1-256 characters/],
  ["microsoft sentinel ", /source must not be "Microsoft Sentinel"/],
];

for (const [source, expected] of BAD_SOURCES) {
  test(`refuses the source ${JSON.stringify(source.slice(0, 20))}`, async () => {
    await withService({}, {}, async ({ service, client }) => {
      await assert.rejects(
        client.upload({ source, objects: uploadObjectsOf(indicators(1)) }),
        expected,
      );
      assert.equal(service.uploads.length, 0);
    });
  });
}

test("what was read before a broken input is acknowledged", async () => {
  async function* broken() {
    yield* uploadObjectsOf(indicators(150));
    throw new ClientError("input_invalid", "Not JSON.");
  }
  await withService({}, {}, async ({ service, client }) => {
    await assert.rejects(client.upload({ source: "s", objects: broken() }), {
      code: "input_invalid",
    });
    assertOnce(service, 100);
  });
});

test("a stop ends the wait for input, lets the request under way finish, and sends nothing new", async () => {
  const stop = new AbortController();
  async function* endless() {
    yield* uploadObjectsOf(indicators(100));
    await new Promise(() => {});
  }
  const onUpload: FakeServiceOptions["onUpload"] = () => {
    stop.abort();
    return undefined;
  };
  await withService(
    { onUpload },
    { objectsPerRequestMax: 50, concurrencyMax: 1 },
    async (bench) => {
      const progress: UploadProgress[] = [];
      await assert.rejects(
        bench.client.upload({
          source: "s",
          objects: endless(),
          signal: stop.signal,
          onProgress: (figures) => progress.push(figures),
        }),
        { code: "aborted" },
      );
      assertOnce(bench.service, 50);
      assert.equal(progress.at(-1)?.accepted, 50);
    },
  );
});

test("a stop ends a wait for the throttle", async () => {
  const stop = new AbortController();
  await withService(
    { onUpload: () => THROTTLED(60) },
    { onNotice: () => stop.abort() },
    async ({ service, client }) => {
      await assert.rejects(
        client.upload({
          source: "s",
          objects: uploadObjectsOf(indicators(1)),
          signal: stop.signal,
        }),
        { code: "aborted" },
      );
      assert.equal(service.uploads.length, 1);
    },
  );
});

test("an interrupted upload continues after what was acknowledged", async () => {
  const path = join(directory, "resumed.journal");
  const onUpload: FakeServiceOptions["onUpload"] = ({ objects, place }) => {
    const isThird = objects[0]?.["id"] === "indicator--20";
    return place < 3 && isThird ? { status: 403 } : place === 0 ? rejecting([1]) : undefined;
  };
  const options = { objectsPerRequestMax: 10, concurrencyMax: 1 };
  await withService({ onUpload }, options, async ({ service, client }) => {
    const identity = { endpoint: service.endpoint, workspaceId: WORKSPACE_ID };
    const objects = () => uploadObjectsOf(indicators(45));
    const broken = await openJournal(path, identity, false);
    await assert.rejects(client.upload({ source: "s", objects: objects(), journal: broken }));
    await broken.close();
    // As if the process had died while it wrote.
    writeFileSync(path, `${readFileSync(path, "utf8")}{"from":20,"cou`);

    const journal = await openJournal(path, identity, true);
    await client.upload({ source: "s", objects: objects(), journal }).then(async (result) => {
      await journal.close();
      assert.deepEqual(
        { ...result, rejections: result.rejections.map(({ index }) => index) },
        {
          read: 45,
          accepted: 44,
          rejected: 1,
          resumed: 20,
          requests: 3,
          rejections: [1],
          rejectionsOmitted: 0,
        },
      );
    });
    assertOnce(service, 44);

    const done = await openJournal(path, identity, true);
    const again = await client.upload({ source: "s", objects: objects(), journal: done });
    assert.equal(again.resumed, 45);
    assert.equal(again.requests, 0);

    const changed = [...indicators(44), { type: "x", id: "other" }];
    const mismatches: readonly (readonly [string, Parameters<Client["upload"]>[0]])[] = [
      ["changed", { source: "s", objects: uploadObjectsOf(changed), journal: done }],
      ["shorter", { source: "s", objects: uploadObjectsOf(indicators(44)), journal: done }],
      ["another source", { source: "t", objects: objects(), journal: done }],
    ];
    for (const [name, request] of mismatches) {
      await assert.rejects(client.upload(request), { code: "journal_mismatch" }, name);
    }
    await done.remove();
  });
});

const JOURNALS: readonly (readonly [string, string, RegExp])[] = [
  ["no journal", "hello\n", /is no journal/],
  ["another version", '{"journal":"stixgate-upload","version":2}\n', /no journal of this version/],
  [
    "another workspace",
    '{"journal":"stixgate-upload","version":1,"endpoint":"https://x","workspaceId":"w"}\n',
    /belongs to an upload to https:\/\/x, workspace w/,
  ],
  [
    "a strange line",
    '{"journal":"stixgate-upload","version":1,"endpoint":"e","workspaceId":"W"}\n{"from":-1}\n',
    /a line that is none of a journal/,
  ],
  [
    "two writers",
    '{"journal":"stixgate-upload","version":1,"endpoint":"e","workspaceId":"W"}\n{"from":0,"count":9,"digest":"","rejections":[]}\n{"from":5,"count":9,"digest":"","rejections":[]}\n',
    /was written by two uploads at once/,
  ],
];

for (const [name, content, expected] of JOURNALS) {
  test(`refuses the journal of ${name}`, async () => {
    const path = join(directory, "strange.journal");
    writeFileSync(path, content);
    await assert.rejects(openJournal(path, { endpoint: "e", workspaceId: "w" }, true), expected);
    assert.equal(readFileSync(path, "utf8"), content, "and leaves it as it is");
  });
}

test("reads receipts over pages, and only from its own host", async () => {
  const base = `/api/v1/workspaces/${WORKSPACE_ID}/requests`;
  const documents: Record<string, unknown> = {
    [`${base}/r1`]: { requestId: "r1", outcome: "accepted" },
    [`${base}?limit=200`]: {
      value: [{ requestId: "r1" }, { requestId: "r2" }],
      nextLink: `${base}?cursor=c`,
    },
    [`${base}?cursor=c`]: { value: [{ requestId: "r3" }], nextLink: "https://elsewhere.example/" },
    [`${base}?limit=3`]: { value: [{ requestId: "r1" }], nextLink: `${base}?cursor=c` },
    [`${base}?limit=200&outcome=rejected`]: { value: [], nextLink: null },
  };
  await withService({ documents }, {}, async ({ client }) => {
    assert.equal((await client.getReceipt("r1")).outcome, "accepted");
    await assert.rejects(client.getReceipt("r9"), { code: "not_found" });
    const seen: string[] = [];
    const all = async () => {
      for await (const { requestId } of client.listReceipts()) {
        seen[seen.length] = requestId;
      }
    };
    await assert.rejects(all, { code: "unexpected_reply" });
    assert.deepEqual(seen, ["r1", "r2", "r3"]);
    for await (const receipt of client.listReceipts({ outcome: "rejected" })) {
      assert.fail(`found ${receipt.requestId}`);
    }
  });
});
