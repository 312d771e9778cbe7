/** Goal: people sign in by a link or a real identity provider, and can do what their roles say and nothing else. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import Provider from "oidc-provider";
import {
  type Answer,
  mainFile,
  projectRoot,
  type RunningServer,
  startServer,
  temporaryDirectory,
} from "./running-server.ts";

interface SessionBody {
  readonly person: { readonly personId: string; readonly displayName: string } | null;
  readonly csrfToken: string;
  readonly workspaces: readonly { readonly name: string; readonly canWrite: boolean }[];
}

function stixgate(dataDir: string, ...args: string[]): Record<string, string> {
  const all = [mainFile, ...args, "--json", "--data-dir", dataDir];
  return JSON.parse(
    execFileSync(process.execPath, all, { encoding: "utf8", cwd: projectRoot, stdio: "pipe" }),
  );
}

function cookieOf(answer: Answer, name: string): string {
  const set = (answer.headers["set-cookie"] ?? []).find((each) => each.startsWith(`${name}=`));
  assert.ok(set, `no cookie ${name} in ${JSON.stringify(answer.headers)}`);
  return set.split(";", 1)[0] ?? "";
}

describe("people", () => {
  let server: RunningServer;
  let dataDir: string;
  before(async () => {
    server = await startServer();
    dataDir = server.ready.dataDir;
  });
  after(() => server.stop());

  async function signIn(name: string): Promise<{ cookie: string; session: SessionBody }> {
    const { signInUrl = "" } = stixgate(
      dataDir,
      "person",
      "link",
      name,
      "--origin",
      server.ready.https,
    );
    const { pathname, search } = new URL(signInUrl);
    const answer = await server.call(pathname + search);
    assert.equal(answer.status, 302, answer.body);
    assert.equal(answer.headers.location, "/");
    const cookie = cookieOf(answer, "__Host-stixgate-session");
    const again = await server.call(pathname + search);
    assert.equal(again.status, 401, "a link works once");
    assert.match(again.body, /used already, or has expired/);
    const session = await server.call("/api/v1/session", { headers: { cookie } });
    assert.equal(session.status, 200, session.body);
    return { cookie, session: JSON.parse(session.body) };
  }

  test("a link signs in, the page's changes need its token, and signing out ends it", async () => {
    stixgate(dataDir, "person", "add", "Ada", "--workspace", "quickstart");
    const { cookie, session } = await signIn("Ada");
    assert.equal(session.person?.displayName, "Ada");
    assert.deepEqual(
      session.workspaces.map(({ name, canWrite }) => [name, canWrite]),
      [["quickstart", true]],
    );
    const make = (headers: Record<string, string>) =>
      server.call("/api/v1/session/keys", {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: JSON.stringify({ displayName: "script" }),
      });
    const forged = await make({});
    assert.equal(forged.status, 403);
    assert.equal(JSON.parse(forged.body).field, "x-stixgate-csrf");
    const made = await make({ "x-stixgate-csrf": session.csrfToken });
    assert.equal(made.status, 201, made.body);
    const { key, keyId } = JSON.parse(made.body);
    const byKey = { authorization: `Bearer ${key}` };
    const self = await server.call("/api/v1/session", { headers: byKey });
    assert.equal(JSON.parse(self.body).actor.name, "Ada");
    const anotherKey = await server.call("/api/v1/session/keys", {
      method: "POST",
      headers: { ...byKey, "content-type": "application/json" },
      body: JSON.stringify({ displayName: "heir" }),
    });
    assert.equal(anotherKey.status, 403, "a key makes no keys");
    const receipts = `/api/v1/workspaces/${server.ready.workspaceId}/requests`;
    const removed = await server.call(`/api/v1/session/keys/${keyId}`, {
      method: "DELETE",
      headers: { cookie, "x-stixgate-csrf": session.csrfToken },
    });
    assert.equal(removed.status, 204);
    assert.equal((await server.call(receipts, { headers: byKey })).status, 401);
    const out = await server.call("/api/v1/session", {
      method: "DELETE",
      headers: { cookie, "x-stixgate-csrf": session.csrfToken },
    });
    assert.equal(out.status, 204);
    assert.equal((await server.call("/api/v1/session", { headers: { cookie } })).status, 401);
    assert.ok(!server.log().includes(key), "the key is not in the log");
  });

  test("only an Owner of everything looks after people, applications and roles", async () => {
    stixgate(dataDir, "person", "add", "Root", "--admin");
    stixgate(dataDir, "person", "add", "Nobody");
    const root = await signIn("Root");
    const nobody = await signIn("Nobody");
    const call = (
      who: { cookie: string; session: SessionBody },
      method: string,
      path: string,
      body?: unknown,
    ) =>
      server.call(path, {
        method,
        headers: {
          cookie: who.cookie,
          "x-stixgate-csrf": who.session.csrfToken,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    assert.equal((await call(nobody, "GET", "/api/v1/people")).status, 403);
    const made = await call(root, "POST", "/api/v1/applications", { displayName: "feed" });
    assert.equal(made.status, 201, made.body);
    const { appId, objectId, secret } = JSON.parse(made.body);
    const scope = (
      JSON.parse((await call(root, "GET", "/api/v1/session")).body) as {
        workspaces: { resourceId: string }[];
      }
    ).workspaces[0]?.resourceId;
    const role = await call(root, "POST", "/api/v1/roles", {
      principalId: objectId,
      role: "Microsoft Sentinel Contributor",
      scope,
    });
    assert.equal(role.status, 201, role.body);
    const token = await server.call(`/${server.ready.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: appId,
        client_secret: secret,
        scope: "https://management.azure.com/.default",
      }).toString(),
    });
    assert.equal(token.status, 200, token.body);
    const bearer = `Bearer ${JSON.parse(token.body).access_token}`;
    const path = `/api/v1/workspaces/${server.ready.workspaceId}/audit?limit=1`;
    const audit = await server.call(path, { headers: { authorization: bearer } });
    assert.equal(audit.status, 200, audit.body);
    const wrong = [
      [{ displayName: "" }, "displayName"],
      [{ displayName: "x", colour: "red" }, "colour"],
      [{}, "displayName"],
      [[], "body"],
    ] as const;
    for (const [body, field] of wrong) {
      const answer = await call(root, "POST", "/api/v1/people", body);
      assert.equal(answer.status, 400, answer.body);
      assert.equal(JSON.parse(answer.body).field, field);
    }
    const person = JSON.parse(
      (await call(root, "POST", "/api/v1/people", { displayName: "New" })).body,
    );
    const link = await call(root, "POST", `/api/v1/people/${person.personId}/sign-in-links`, {});
    const url = new URL(JSON.parse(link.body).signInUrl);
    assert.equal((await server.call(url.pathname + url.search)).status, 302);
    const off = await call(root, "PATCH", `/api/v1/people/${nobody.session.person?.personId}`, {
      enabled: false,
    });
    assert.equal(off.status, 200, off.body);
    assert.equal((await call(nobody, "GET", "/api/v1/session")).status, 401);
  });
});

/** The provider's form of a sign-in, or of a consent, as a person sends it. */
function filledForm(page: string, login: string): URLSearchParams {
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? "";
  return new URLSearchParams(prompt === "login" ? { prompt, login, password: "any" } : { prompt });
}

/** One request of a browser, which keeps the cookies that it gets. */
async function browse(
  url: string,
  form: URLSearchParams | undefined,
  jar: Map<string, string>,
): Promise<Response> {
  const answer = await fetch(url, {
    redirect: "manual",
    headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
    ...(form === undefined ? {} : { method: "POST", body: form }),
  });
  for (const set of answer.headers.getSetCookie()) {
    const [name = "", value = ""] = set.split(";", 1)[0]?.split("=") ?? [];
    jar.set(name, value);
  }
  return answer;
}

test("people sign in at a real OpenID Connect provider, and get no role by that", async (context) => {
  const directory = temporaryDirectory();
  context.after(() => directory.remove());
  let accountName = "Grace Hopper";
  const socket = createServer();
  socket.listen(0, "127.0.0.1");
  await once(socket, "listening");
  context.after(() => socket.close());
  const issuer = `http://127.0.0.1:${(socket.address() as AddressInfo).port}`;
  const clients: Record<string, unknown>[] = [];
  const environment = {
    STIXGATE_PEOPLE_OIDC_ISSUER: issuer,
    STIXGATE_PEOPLE_OIDC_CLIENT_ID: "stixgate",
    STIXGATE_PEOPLE_OIDC_CLIENT_SECRET: "a-secret-between-the-two-servers",
    STIXGATE_PEOPLE_OIDC_EMAIL_DOMAINS: "navy.example",
  };
  Object.assign(process.env, environment);
  const server = await startServer({ dataDir: directory.path, until: context });
  for (const name of Object.keys(environment)) {
    delete process.env[name];
  }
  clients.push({
    client_id: "stixgate",
    client_secret: "a-secret-between-the-two-servers",
    redirect_uris: [`${server.ready.https}/sign-in/oidc/callback`],
  });
  const provider = new Provider(issuer, {
    clients: clients as never,
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: accountName,
        email: id.includes("@") ? id : `${id}@navy.example`,
        email_verified: true,
      }),
    }),
  });
  socket.on("request", provider.callback());

  /** Follows the provider's own pages as a browser would, with the name typed into its form. */
  async function signInAs(login: string): Promise<Answer> {
    const begun = await server.call("/sign-in/oidc?returnTo=/overview");
    assert.equal(begun.status, 302, begun.body);
    const ticket = cookieOf(begun, "stixgate-sign-in");
    const jar = new Map<string, string>();
    let url = begun.headers.location ?? "";
    let form: URLSearchParams | undefined;
    for (let hop = 0; hop < 15 && !url.startsWith(server.ready.https); hop += 1) {
      const answer = await browse(url, form, jar);
      const location = answer.headers.get("location");
      const page = location === null ? await answer.text() : "";
      form = location === null ? filledForm(page, login) : undefined;
      url =
        location === null
          ? (/action="([^"]+)"/.exec(page)?.[1] ?? url)
          : new URL(location, url).href;
    }
    const { pathname, search } = new URL(url);
    assert.equal(pathname, "/sign-in/oidc/callback", url);
    const stolen = await server.call(pathname + search);
    assert.equal(
      stolen.status,
      401,
      "without the cookie of the browser that began, nobody gets in",
    );
    return server.call(pathname + search, { headers: { cookie: ticket } });
  }

  const done = await signInAs("grace");
  assert.equal(done.status, 302, done.body);
  assert.equal(done.headers.location, "/overview");
  const cookie = cookieOf(done, "__Host-stixgate-session");
  const session = JSON.parse((await server.call("/api/v1/session", { headers: { cookie } })).body);
  assert.equal(session.person.displayName, "Grace Hopper");
  assert.equal(session.person.email, "grace@navy.example");
  assert.deepEqual(session.workspaces, []);
  accountName = "G. Hopper";
  const again = await signInAs("grace");
  const second = JSON.parse(
    (
      await server.call("/api/v1/session", {
        headers: { cookie: cookieOf(again, "__Host-stixgate-session") },
      })
    ).body,
  );
  assert.equal(second.person.personId, session.person.personId, "it is the same person");
  const stranger = await signInAs("eve@elsewhere.example");
  assert.equal(stranger.status, 401);
  assert.match(stranger.body, /confirmed address of navy\.example/);
});
