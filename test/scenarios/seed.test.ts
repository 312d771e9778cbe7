/** Goal: the samples of the reference page, byte for byte, are answered as that page prints. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Receipt, ReceiptPage } from "../../src/wire/index.ts";
import { type RunningServer, startServer, uploadPath } from "./running-server.ts";
import { seedIsMissing, seedSample } from "./seed-samples.ts";

const ACCEPTED: readonly (readonly [heading: string, objects: number, warned: number])[] = [
  ["Sample indicator request body", 2, 1],
  ["Sample indicator", 1, 1],
  ["Sample attack pattern", 1, 1],
  ["Sample relationship with threat actor and identity", 3, 3],
];

describe("the samples of the reference page", { skip: seedIsMissing }, () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  for (const [heading, objects, warned] of ACCEPTED) {
    test(`"${heading}" is answered by an empty 200`, async () => {
      const answer = await server.upload(seedSample(heading));
      assert.equal(answer.status, 200);
      assert.equal(answer.body, "");
      assert.equal(answer.headers["content-length"], "0");
      const { counts, outcome } = await newestReceipt(server);
      assert.equal(outcome, "accepted");
      assert.deepEqual([counts.received, counts.accepted, counts.rejected], [objects, objects, 0]);
      assert.equal(counts.warned, warned);
    });
  }

  test("four indicators, the fourth without an id, are answered with the printed errors", async () => {
    const good = JSON.parse(seedSample("Sample indicator request body")) as {
      stixobjects: Record<string, unknown>[];
    };
    const [first, second] = good.stixobjects;
    assert.ok(first !== undefined && second !== undefined);
    const { id: _id, ...withoutId } = second;
    const third = { ...first, id: "indicator--0f5b5b4e-8a5f-4a8f-9d60-7f1f86cf4d11" };
    const answer = await server.upload({
      sourcesystem: "test",
      stixobjects: [first, second, third, withoutId],
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(
      JSON.parse(answer.body),
      JSON.parse(seedSample("Sample response body with validation error")),
    );
  });

  test("the 101st request of a minute gets the printed 429", async () => {
    const token = await server.token();
    const statuses: number[] = [];
    let last = await emptyUpload(server, token);
    while (last.status === 200 && statuses.length < 110) {
      statuses.push(last.status);
      last = await emptyUpload(server, token);
    }
    assert.equal(statuses.length, 100 - 5, "five requests were sent by the tests above");
    assert.equal(last.status, 429);
    const seconds = Number(last.headers["retry-after"]);
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60);
    assert.equal(
      last.body,
      `{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in ${seconds} seconds." }`,
    );
  });
});

function emptyUpload(server: RunningServer, token: string): ReturnType<RunningServer["call"]> {
  return server.call(uploadPath(server.ready.workspaceId), {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: '{"sourcesystem":"test","stixobjects":[]}',
  });
}

async function newestReceipt(server: RunningServer): Promise<Receipt> {
  const headers = { authorization: `Bearer ${await server.token()}` };
  const path = `/api/v1/workspaces/${server.ready.workspaceId}/requests`;
  const page = JSON.parse((await server.call(`${path}?limit=1`, { headers })).body) as ReceiptPage;
  const requestId = page.value[0]?.requestId ?? "";
  return JSON.parse((await server.call(`${path}/${requestId}`, { headers })).body) as Receipt;
}
