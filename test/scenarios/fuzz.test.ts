/** Goal: no request of any kind makes an answer of 500 or above, or stops the server. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import fc from "fast-check";
import { type Answer, type RunningServer, startServer, uploadPath } from "./running-server.ts";

const RUNS = 300;

describe("whatever is sent", () => {
  let server: RunningServer;
  let token: string;
  before(async () => {
    server = await startServer({ args: ["--set", "throttle.mode=off", "--log-level", "error"] });
    token = await server.token();
  });
  after(async () => {
    assert.equal(server.log(), "", "nothing is logged as an error");
    assert.equal(await server.stop(), 0);
  });

  const post = (
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    server.call(uploadPath(server.ready.workspaceId), {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });

  function fine(answer: Answer): void {
    assert.ok(answer.status < 500, `${answer.status} ${answer.body}`);
  }

  test("bodies of any bytes", async () => {
    const encodings = fc.constantFrom("", "gzip", "deflate", "br", "identity", "gzip, br", "x");
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), encodings, async (bytes, encoding) => {
        fine(
          await post(Buffer.from(bytes), encoding === "" ? {} : { "content-encoding": encoding }),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test("records of any JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 6 }), { maxLength: 10 }),
        async (records) => {
          fine(await post(JSON.stringify({ sourcesystem: "fuzz", stixobjects: records })));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("objects with any value in any known property", async () => {
    const names = [
      "type",
      "id",
      "created",
      "modified",
      "spec_version",
      "pattern",
      "pattern_type",
      "valid_from",
      "valid_until",
      "labels",
      "confidence",
      "revoked",
      "lang",
      "external_references",
      "object_marking_refs",
      "granular_markings",
      "kill_chain_phases",
      "extensions",
      "objects",
      "definition",
      "source_ref",
      "__proto__",
      "constructor",
      "toJSON",
    ];
    const type = fc.constantFrom(
      "indicator",
      "identity",
      "relationship",
      "observed-data",
      "marking-definition",
      "language-content",
      "malware",
      "x-custom",
      "bundle",
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.string(),
      fc.constantFrom("2.0", "2.1", "2026-01-01T00:00:00Z", "[a:b = 1]", "indicator--x"),
    );
    const object = fc
      .tuple(type, fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 12 }))
      .map(
        ([name, entries]) =>
          `{"type":${JSON.stringify(name)},"id":"${name}--1"${entries.map(([key, entry]) => `,${JSON.stringify(key)}:${JSON.stringify(entry)}`).join("")}}`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 5 }), async (records) => {
        fine(await post(`{"sourcesystem":"fuzz","stixobjects":[${records.join(",")}]}`));
      }),
      { numRuns: RUNS },
    );
  });

  test("tokens and header values of any text", async () => {
    const visible = fc.string({
      unit: fc
        .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff }))
        .map((code) => String.fromCharCode(code)),
      maxLength: 300,
    });
    const part = fc.oneof(
      fc.base64String(),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
    );
    const jwt = fc.array(part, { maxLength: 5 }).map((parts) => `Bearer ${parts.join(".")}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(visible, jwt), visible, async (authorization, other) => {
        fine(
          await post("{}", {
            authorization,
            "content-type": other,
            "user-agent": other,
            "x-ms-client-request-id": other,
          }),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test("paths and methods of any kind", async () => {
    const segment = fc.oneof(
      fc.webSegment(),
      fc.constantFrom(
        "workspaces",
        "api",
        "v1",
        "requests",
        "oauth2",
        "v2.0",
        "token",
        ".well-known",
        "..",
        "%00",
        "%",
        "threat-intelligence-stix-objects:upload",
        server.ready.workspaceId,
        server.ready.tenantId,
      ),
    );
    const method = fc.constantFrom(
      "GET",
      "POST",
      "PUT",
      "DELETE",
      "PATCH",
      "OPTIONS",
      "HEAD",
      "PROPFIND",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(segment, { maxLength: 6 }),
        fc.webQueryParameters(),
        method,
        async (segments, query, verb) => {
          fine(
            await server.call(`/${segments.join("/")}?${query}`, {
              method: verb,
              headers: { authorization: `Bearer ${token}` },
            }),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("token requests of any form", async () => {
    const name = fc.constantFrom(
      "grant_type",
      "client_id",
      "client_secret",
      "scope",
      "resource",
      "client_assertion",
      "client_assertion_type",
      "claims",
      "x",
    );
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "client_credentials",
        "https://management.azure.com/.default",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        server.ready.clientId,
        "a.b.c",
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, value), { maxLength: 8 }),
        fc.constantFrom("/oauth2/v2.0/token", "/oauth2/token"),
        async (fields, path) => {
          fine(
            await server.call(`/${server.ready.tenantId}${path}`, {
              method: "POST",
              headers: { "content-type": "application/x-www-form-urlencoded" },
              body: new URLSearchParams(fields).toString(),
            }),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("bytes that are no HTTP", async () => {
    const { port } = new URL(server.ready.https);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async (bytes) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const socket = connect({ port: Number(port), host: "127.0.0.1", ca: server.ca }, () =>
          socket.end(bytes),
        );
        socket
          .on("error", () => resolve())
          .on("close", () => resolve())
          .resume();
        await promise;
      }),
      { numRuns: 50 },
    );
    fine(await server.call("/livez"));
  });
});
