/** Goal: calls of our own API carry a key or a token, are tried again only where that is harmless, and fail clearly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiClient, apiKeyCredential, createApiClient } from "./api.ts";

const WORKSPACE = "44444444-4444-4444-8444-444444444444";

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

/** A client whose requests are answered from a list, the last one again and again. */
function clientOf(...answers: readonly (() => Response)[]): { api: ApiClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const api = createApiClient({
    workspaceId: WORKSPACE,
    endpoint: "https://stixgate.example",
    credential: apiKeyCredential("stixgate_key"),
    clock: { now: () => 0, random: () => 0, sleep: async () => undefined },
    fetch: async (url, init) => {
      const headers = new Headers(init?.headers);
      sent.push({ url: String(url), method: init?.method ?? "", headers });
      return (answers[sent.length - 1] ?? answers.at(-1))?.() ?? new Response(null);
    },
  });
  return { api, sent };
}

const json =
  (body: unknown, status = 200) =>
  (): Response =>
    new Response(JSON.stringify(body), { status });

test("a call goes to the workspace with the key, and gives the JSON of the answer", async () => {
  const { api, sent } = clientOf(json({ value: [] }));
  const query = { limit: 5, cursor: undefined };
  assert.deepEqual(await api.call({ name: "the views", method: "GET", path: "/views", query }), {
    value: [],
  });
  const [{ url, method, headers } = { url: "", method: "", headers: new Headers() }] = sent;
  assert.deepEqual(
    [method, url, headers.get("authorization")],
    [
      "GET",
      `https://stixgate.example/api/v1/workspaces/${WORKSPACE}/views?limit=5`,
      "Bearer stixgate_key",
    ],
  );
});

test("an answer without a body is none, and a page that is no JSON is refused", async () => {
  const none = clientOf(() => new Response(null, { status: 204 }));
  const request = { name: "the rule x", method: "DELETE", path: "/rules/x" } as const;
  assert.equal(await none.api.call(request), undefined);
  const page = clientOf(() => new Response("<html>", { status: 200 }));
  await assert.rejects(page.api.call(request), { code: "unexpected_reply" });
});

test("a refusal says what the server says", async () => {
  const { api } = clientOf(json({ detail: "condition: it must be an object." }, 400));
  const request = {
    name: "the search",
    method: "POST",
    path: "/objects/search",
    body: {},
  } as const;
  await assert.rejects(api.call(request), {
    code: "refused",
    status: 400,
    message: "The service refused the search (status 400). condition: it must be an object.",
  });
});

test("what could be done twice is tried once, what is harmless again", async () => {
  const failing = json({ detail: "busy" }, 503);
  const order = { name: "the task", method: "POST", path: "/tasks", body: {} } as const;
  const once = clientOf(failing);
  await assert.rejects(once.api.call({ ...order, isOnce: true }), { code: "unavailable" });
  assert.equal(once.sent.length, 1);
  const again = clientOf(failing, json({ ok: true }));
  assert.deepEqual(await again.api.call(order), { ok: true });
  assert.equal(again.sent.length, 2);
});

test("a download is passed on piece by piece, and never begun anew", async () => {
  const whole = clientOf(() => new Response("abc"));
  const request = { name: "the export", method: "POST", path: "/objects/export" } as const;
  const pieces: string[] = [];
  const sink = async (piece: Uint8Array): Promise<void> => {
    pieces.push(Buffer.from(piece).toString());
  };
  await whole.api.download(request, sink);
  assert.equal(pieces.join(""), "abc");
  const broken = clientOf(() => {
    let isBegun = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isBegun) {
          controller.error(new Error("the line went dead"));
        } else {
          isBegun = true;
          controller.enqueue(Buffer.from("ab"));
        }
      },
    });
    return new Response(body);
  });
  await assert.rejects(broken.api.download(request, sink), {
    code: "unavailable",
    message: /broke off/,
  });
  assert.equal(broken.sent.length, 1);
  const refused = clientOf(json({ detail: "no" }, 403));
  await assert.rejects(refused.api.download(request, sink), { code: "forbidden" });
});
