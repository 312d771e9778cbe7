/**
 * Goal: keys of a real issuer are fetched when they are needed and not oftener than Microsoft allows, survive
 * an outage, and change when the issuer changes them.
 */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { KeySource } from "./key-source.ts";
import { createRemoteKeys } from "./remote-keys.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const publicJwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
  format: "jwk",
});
const otherJwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
  format: "jwk",
});

function documentOf(...kids: readonly string[]): Response {
  return Response.json({ keys: kids.map((kid) => ({ ...publicJwk, kid, use: "sig" })) });
}

/** A source whose clock and answers a test sets. */
function open(first: () => Response) {
  const world = {
    nowMs: Date.parse("2026-03-01T00:00:00.000Z"),
    answer: first,
    fetches: 0,
    warnings: [] as string[],
  };
  const source: KeySource = createRemoteKeys({
    url: "https://login.microsoftonline.com/t/discovery/keys",
    clock: () => new Date(world.nowMs),
    fetch: async () => {
      world.fetches += 1;
      return world.answer();
    },
    warn: (message, cause) => world.warnings.push(`${message} ${(cause as Error).message}`),
  });
  const kidsKnown = async (...kids: readonly string[]) =>
    (await Promise.all(kids.map((kid) => source.find(kid)))).map((key) => key !== undefined);
  return { world, source, kidsKnown };
}

function down(): Response {
  throw new TypeError("fetch failed");
}

/** Lets a refresh that runs beside the requests finish. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("keys are fetched once for many questions", async () => {
  const { world, kidsKnown } = open(() => documentOf("a", "b"));
  assert.deepEqual(await kidsKnown("a", "b", "a", "c"), [true, true, true, false]);
  assert.equal(world.fetches, 1);
});

test("an unknown kid fetches again, at most every five minutes", async () => {
  const { world, kidsKnown } = open(() => documentOf("a"));
  await kidsKnown("a");
  world.answer = () => documentOf("a", "b");
  assert.deepEqual(await kidsKnown("b"), [false]);
  world.nowMs += 5 * MINUTE_MS - 1;
  assert.deepEqual(await kidsKnown("b"), [false]);
  assert.equal(world.fetches, 1);
  world.nowMs += 1;
  assert.deepEqual(await kidsKnown("b", "a"), [true, true]);
  assert.equal(world.fetches, 2);
});

test("known keys are refreshed hourly beside the request", async () => {
  const { world, source, kidsKnown } = open(() => documentOf("a"));
  await kidsKnown("a");
  const generation = await source.generation();
  world.answer = () => documentOf("a", "b");
  world.nowMs += HOUR_MS - 1;
  await kidsKnown("a");
  assert.equal(world.fetches, 1);
  world.nowMs += 1;
  assert.deepEqual(await kidsKnown("a"), [true]);
  await settle();
  assert.equal(world.fetches, 2);
  assert.equal(await source.generation(), generation + 1);
  assert.deepEqual(await kidsKnown("b"), [true]);
  assert.equal(world.fetches, 2);
});

test("an unchanged document changes no generation", async () => {
  const { world, source, kidsKnown } = open(() => documentOf("a"));
  await kidsKnown("a");
  world.nowMs += HOUR_MS;
  await kidsKnown("a");
  await settle();
  assert.deepEqual([world.fetches, await source.generation()], [2, 1]);
});

test("the last known good keys stay through an outage of days", async () => {
  const { world, kidsKnown } = open(() => documentOf("a"));
  await kidsKnown("a");
  world.answer = down;
  for (const hours of [1, 24, 72]) {
    world.nowMs += hours * HOUR_MS;
    assert.deepEqual(await kidsKnown("a"), [true]);
    await settle();
  }
  assert.equal(world.fetches, 4);
  assert.deepEqual(
    world.warnings[0],
    "The signing keys at https://login.microsoftonline.com/t/discovery/keys can't be refreshed. fetch failed",
  );
  world.answer = () => documentOf("b");
  world.nowMs += HOUR_MS;
  assert.deepEqual(await kidsKnown("b"), [true]);
});

test("a key that is gone is dropped a day after it was last seen", async () => {
  const { world, kidsKnown } = open(() => documentOf("a", "b"));
  await kidsKnown("a", "b");
  world.answer = () => documentOf("b");
  world.nowMs += 23 * HOUR_MS;
  await kidsKnown("b");
  await settle();
  assert.deepEqual(await kidsKnown("a"), [true]);
  world.nowMs += HOUR_MS;
  await kidsKnown("b");
  await settle();
  assert.deepEqual(await kidsKnown("a", "b"), [false, true]);
});

test("a key that is replaced under the same kid is replaced here", async () => {
  const { world, source, kidsKnown } = open(() => documentOf("a"));
  await kidsKnown("a");
  world.answer = () => Response.json({ keys: [{ ...otherJwk, kid: "a" }] });
  world.nowMs += HOUR_MS;
  await kidsKnown("a");
  await settle();
  assert.deepEqual((await source.find("a"))?.key.export({ format: "jwk" }).n, otherJwk.n);
  assert.equal(await source.generation(), 2);
});

test("without any key the next question tries again soon", async () => {
  const { world, kidsKnown } = open(down);
  assert.deepEqual(await kidsKnown("a"), [false]);
  world.answer = () => documentOf("a");
  world.nowMs += 9_999;
  assert.deepEqual(await kidsKnown("a"), [false]);
  world.nowMs += 1;
  assert.deepEqual(await kidsKnown("a"), [true]);
});

test("only RSA signing keys with a kid count, the first of equal kids", async () => {
  const { kidsKnown, source } = open(() =>
    Response.json({
      keys: [
        { ...publicJwk, kid: "a" },
        { ...otherJwk, kid: "a" },
        { ...publicJwk, kid: "encryption", use: "enc" },
        { ...publicJwk },
        { ...publicJwk, kid: 7 },
        { kty: "EC", kid: "curve", crv: "P-256", x: "AA", y: "AA" },
        { kty: "oct", kid: "symmetric", k: "AA" },
        { kty: "RSA", kid: "weak", n: "AQAB", e: "AQAB" },
        { kty: "RSA", kid: "broken", n: 7, e: null },
        null,
        "text",
      ],
    }),
  );
  assert.deepEqual(await kidsKnown("a", "encryption", "curve", "symmetric", "weak", "broken"), [
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  assert.equal((await source.find("a"))?.key.export({ format: "jwk" }).n, publicJwk.n);
});

test("answers that are no key document are failures, and keep what is known", async () => {
  const { world, kidsKnown } = open(() => documentOf("a"));
  await kidsKnown("a");
  const huge = new Response("x".repeat(4_194_305));
  const cases: readonly (readonly [() => Response, RegExp])[] = [
    [() => new Response("nope", { status: 503 }), /status 503/],
    [() => new Response("<html>"), /Unexpected token|not valid JSON/],
    [() => Response.json({}), /holds no RSA signing key/],
    [() => Response.json({ keys: {} }), /holds no RSA signing key/],
    [() => Response.json(null), /holds no RSA signing key/],
    [() => huge, /larger than 4194304 bytes/],
  ];
  for (const [answer, warning] of cases) {
    world.answer = answer;
    world.nowMs += HOUR_MS;
    assert.deepEqual(await kidsKnown("unknown", "a"), [false, true]);
    assert.match(world.warnings.at(-1) ?? "", warning);
  }
});
