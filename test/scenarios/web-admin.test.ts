/**
 * Goal: the pages of an administrator on a real server, by keys: the overview's figures are those of their lists, rules
 * are ordered, tried and watched, everything that can be administered is, and a tool is connected by the lines shown.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import type { Browser, Locator, Page } from "playwright-core";
import { selfSignedCertificate } from "../../src/token/self-signed-certificate.ts";
import {
  assertAccessible,
  browserMissing,
  openPage,
  startBrowser,
  untilSettled,
  type WatchedPage,
} from "../support/browser.ts";
import {
  projectRoot,
  type RunningServer,
  startServer,
  temporaryDirectory,
} from "./running-server.ts";

const run = promisify(execFile);

const skip =
  browserMissing() ||
  (existsSync(join(projectRoot, "dist/web/index.html"))
    ? false
    : "the web page was not built: npm run build");

const BUNDLE = join(projectRoot, "../shared/data/mobile-attack-17.0.json");
const MARKINGS = {
  green: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
  red: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
};

/** Real objects where they are at hand; objects of our own come along in any case. */
function realObjects(): readonly object[] {
  return existsSync(BUNDLE)
    ? (
        JSON.parse(readFileSync(BUNDLE, "utf8")) as { readonly objects: readonly object[] }
      ).objects.slice(0, 300)
    : [];
}

function indicator(at: number, more: object = {}): object {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `Example ${at}`,
    pattern_type: "stix",
    pattern: `[domain-name:value = 'example${at}.test']`,
    valid_from: "2026-01-01T00:00:00Z",
    ...more,
  };
}

describe("pages of an administrator", { skip }, () => {
  let server: RunningServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let origin = "";

  const open = async (path: string): Promise<void> => {
    await page.goto(`${origin}/w/${server.ready.workspaceId}/${path}`);
    await untilSettled(page);
  };
  const send = async (sourcesystem: string, stixobjects: readonly object[]): Promise<void> => {
    for (let from = 0; from < stixobjects.length; from += 100) {
      const body = { sourcesystem, stixobjects: stixobjects.slice(from, from + 100) };
      assert.equal((await server.upload(body)).status, 200);
    }
  };
  /** Types into a field as somebody without a mouse does. */
  const type = async (field: Locator, text: string): Promise<void> => {
    await field.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
  };

  before(async () => {
    server = await startServer();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    const signInUrl = new URL(server.ready.signInUrl ?? "");
    origin = signInUrl.origin;
    await page.goto(signInUrl.href);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("an empty workspace shows lines to paste, which work, and then what they brought", async () => {
    await open("overview");
    await page.getByRole("heading", { name: "Nothing has arrived yet" }).waitFor();
    await assertAccessible(page, "empty overview");
    const lines = await page.getByRole("region", { name: "curl" }).innerText();
    const folder = temporaryDirectory();
    try {
      const shell = run("bash", ["-euo", "pipefail", "-c", lines], {
        cwd: folder.path,
        timeout: 60_000,
      });
      shell.child.stdin?.end(`${server.ready.clientSecret}\n`);
      assert.match((await shell).stdout, /HTTP\/[\d.]+ 200/);
    } finally {
      folder.remove();
    }
    await page.getByRole("link", { name: "Objects: 1", exact: true }).waitFor();
  });

  test("each figure of the overview is the number of the list that it leads to", async () => {
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await send("Mobile", realObjects());
    await send("Own feed", [
      indicator(1, { object_marking_refs: [MARKINGS.green] }),
      indicator(2, { object_marking_refs: [MARKINGS.red], valid_until: soon }),
      indicator(3, { revoked: true }),
      indicator(4, { valid_from: "yesterday" }),
    ]);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await open("overview");
    await page.getByRole("link", { name: /^Changed in 24 hours: \d/ }).waitFor();
    await page.getByText("Example 2").waitFor();
    // The frame asks for tasks, whatever the page.
    const own = asked.filter((path) => path.includes("/workspaces/") && !path.endsWith("/tasks"));
    assert.deepEqual(
      own.map((path) => path.split("/").slice(5).join("/")).toSorted(),
      ["objects/search", "overview", "overview/changes"],
      "three requests make the page",
    );
    await assertAccessible(page, "overview");
    const links = await page.locator("main a[href*='/intelligence']").evaluateAll((found) =>
      (found as { href: string; innerText: string; parentElement: { innerText: string } }[]).map(
        ({ href, innerText, parentElement }) => ({
          href,
          text: `${innerText} ${parentElement.innerText}`,
        }),
      ),
    );
    const figures = links.filter(({ href }) => !/[?&]open=/.test(href));
    assert.ok(figures.length > 15, `${figures.length} figures`);
    for (const { href, text } of figures) {
      const figure = /(\d[\d,]*)\s*$/.exec(text)?.[1];
      if (figure !== undefined) {
        await page.goto(href);
        await page
          .locator("main [role=status]")
          .filter({ hasText: new RegExp(`^${figure} object`) })
          .first()
          .waitFor({ timeout: 10_000 })
          .catch(() => assert.fail(`${text}: another number at ${href}`));
      }
    }
  });

  test("errors and rejections lead to where they are put right", async () => {
    await open("overview");
    const faults = page.getByRole("region", { name: "Errors of the last 24 hours" });
    await faults.getByRole("link", { name: "Own feed" }).press("Enter");
    await page.getByRole("heading", { name: "Rejected (1)" }).waitFor();
    await open("overview");
    await page.getByRole("link", { name: "Rejected in 24 hours: " }).press("Enter");
    await page.waitForURL(/view=activity/);
  });

  test("a rule is tried object by object, added, moved by keys and by dragging, and watched", async () => {
    await open("rules");
    await page.keyboard.press("n");
    await type(page.getByRole("textbox", { name: "Name" }), "Tag all");
    await type(page.getByLabel("Value of action 1"), "from-rule");
    await page.getByRole("button", { name: "Test on the last 1,000 objects" }).press("Enter");
    await page.getByText(/Of the newest \d+ objects it would have changed [1-9]/).waitFor();
    const row = page.getByRole("row").filter({ hasText: "Example 1" });
    assert.match(await row.innerText(), /labels\s+–\s+\["from-rule"\]/);
    await assertAccessible(page, "rule form");
    await page.getByRole("button", { name: "Save" }).press("Enter");
    await page.getByRole("link", { name: "Tag all" }).waitFor();
    for (const name of ["Second", "Third"]) {
      await page.keyboard.press("n");
      await type(page.getByRole("textbox", { name: "Name" }), name);
      await page.getByRole("radio", { name: "It is not stored" }).press("Space");
      await page.getByText("The condition as JSON").press("Enter");
      await type(
        page.getByLabel("Condition", { exact: true }),
        '{"kind":"source","anyOf":["Nobody"]}',
      );
      await page.getByRole("button", { name: "Save" }).press("Enter");
      await page.getByRole("link", { name, exact: true }).waitFor();
    }
    const names = (): Promise<string[]> =>
      page.getByRole("list", { name: "Rules in their order" }).getByRole("link").allInnerTexts();
    assert.deepEqual(await names(), ["Tag all", "Second", "Third"]);
    await page.getByRole("button", { name: /^Move Third: rule 3 of 3/ }).press("ArrowUp");
    const moved = page.getByRole("button", { name: /^Move Third: rule 2 of 3/ });
    await moved.waitFor();
    assert.deepEqual(await names(), ["Tag all", "Third", "Second"]);
    // The focus has gone along, so that the next press moves it on.
    await page.waitForFunction("document.activeElement?.dataset.handle === 'Third'");
    await page.keyboard.press("ArrowUp");
    await page.getByRole("button", { name: /^Move Third: rule 1 of 3/ }).waitFor();
    const items = page.getByRole("list", { name: "Rules in their order" }).getByRole("listitem");
    await items.nth(0).dragTo(items.nth(2));
    await page.getByRole("button", { name: /^Move Third: rule 3 of 3/ }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Third" }).waitFor();
    assert.deepEqual(await names(), ["Tag all", "Second", "Third"]);
    await assertAccessible(page, "rules");
    await send("Ruled", [indicator(31), indicator(32)]);
    await page.reload();
    await page.getByText(/Lately changed 2; last/).press("Enter");
    await page.getByText("changed labels.").first().waitFor();
    const toggle = page.getByRole("switch", { name: "Tag all is on" });
    await toggle.press("Space");
    await page.getByRole("switch", { name: "Tag all is on", checked: false }).waitFor();
    for (const name of ["Tag all", "Second", "Third"]) {
      await page.getByRole("button", { name: `Remove ${name}`, exact: true }).press("Enter");
      await page.getByRole("button", { name: `Remove ${name}: yes` }).press("Enter");
      await page.getByRole("link", { name }).waitFor({ state: "detached" });
    }
    await page.getByText("There is no rule", { exact: false }).waitFor();
  });

  test("a workspace is made, renamed, and deleted once its name is typed", async () => {
    await open("settings?section=workspaces");
    await type(page.getByLabel(/^Name of the workspace/), "second");
    await page.keyboard.press("Enter");
    const card = page.getByRole("article", { name: "second" });
    await card.getByRole("button", { name: "Rename second" }).press("Enter");
    await type(page.getByLabel("New name of second"), "third");
    await page.keyboard.press("Enter");
    const renamed = page.getByRole("article", { name: "third" });
    await renamed.getByRole("button", { name: "Delete third" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await assertAccessible(page, "deleting a workspace");
    assert.equal(await dialog.getByRole("button", { name: "Delete" }).isDisabled(), true);
    await type(dialog.getByLabel("Type its name: third"), "third");
    await page.keyboard.press("Enter");
    await renamed.waitFor({ state: "detached" });
    const here = page.getByRole("article", { name: "quickstart" });
    assert.equal(
      await here.getByRole("button", { name: /^Delete/ }).getAttribute("aria-disabled"),
      "true",
      "the one that is open can't be deleted under one's feet",
    );
  });

  test("an application gets two secrets, a certificate and a role, is used, kept out and deleted", async () => {
    await open("settings");
    await type(page.getByLabel("Name of the application"), "Connector");
    await page.keyboard.press("Enter");
    await page.getByText("Client secret of Connector").waitFor();
    const first = await page.locator("code.strong").innerText();
    await page.getByRole("button", { name: "I have kept it" }).press("Enter");
    await page
      .getByRole("button", { name: "Let it upload to quickstart: Connector" })
      .press("Enter");
    const card = page.getByRole("article", { name: "Connector" });
    await card.getByText("Microsoft Sentinel Contributor on quickstart").waitFor();
    await card.getByText("not seen yet").waitFor();
    await card.getByRole("button", { name: "New secret for Connector" }).press("Enter");
    await type(card.getByLabel("What it is for"), "Blue team");
    await type(card.getByLabel("Days until it ends"), "20");
    await page.keyboard.press("Enter");
    await page.getByText("Client secret of Connector").waitFor();
    await card.getByText("Blue team").waitFor();
    await card.getByText("soon", { exact: true }).waitFor();
    await assertAccessible(page, "an application with two secrets");
    await card.getByLabel("Certificate file for Connector").setInputFiles({
      name: "connector.cer",
      mimeType: "application/x-x509-ca-cert",
      buffer: await certificateFile(),
    });
    await card.getByRole("button", { name: /^Remove the certificate/ }).waitFor();
    const appId = await card.locator(".mono").first().innerText();
    const upload = await server.upload(
      { sourcesystem: "Connector", stixobjects: [indicator(50)] },
      { headers: { authorization: `Bearer ${await tokenOf(server, appId, first)}` } },
    );
    assert.equal(upload.status, 200);
    await page.reload();
    await card
      .getByText(/^(now|\d+ seconds? ago)/)
      .first()
      .waitFor();
    assert.equal(await page.getByText("Client secret of Connector").count(), 0, "shown once");
    await card.getByRole("button", { name: "Disable Connector" }).press("Enter");
    await card.getByRole("button", { name: "Disable Connector: yes" }).press("Enter");
    await card.getByText("kept out", { exact: true }).waitFor();
    await card.getByRole("button", { name: "Delete Connector" }).press("Enter");
    await type(page.getByLabel("Type its name: Connector"), "Connector");
    await page.keyboard.press("Enter");
    await card.waitFor({ state: "detached" });
    await assert.rejects(tokenOf(server, appId, first), /no token/);
  });

  test("somebody is invited, sees what is not theirs to change and why, and is signed out everywhere", async () => {
    await open("settings?section=people");
    await type(page.getByLabel("Name of the person"), "Reader");
    await page.keyboard.press("Enter");
    await page.getByText("Sign-in link of Reader").waitFor();
    const link = new URL(await page.locator("code.strong").innerText());
    const theirs = await openPage(browser);
    const other = theirs.page;
    await other.goto(`${origin}${link.pathname}${link.search}`);
    await other.getByRole("navigation", { name: "Pages" }).waitFor();
    for (const section of ["applications", "workspaces", "people", "roles"]) {
      await other.goto(`${origin}/w/${server.ready.workspaceId}/settings?section=${section}`);
      await other.getByText("Not shown to you").waitFor();
      await assertAccessible(other, `${section} of a reader`);
    }
    await other.goto(`${origin}/w/${server.ready.workspaceId}/rules`);
    await other.getByText("To change them you need a role", { exact: false }).waitFor();
    assert.equal(
      await other.getByRole("button", { name: "New rule" }).getAttribute("aria-disabled"),
      "true",
    );
    await other.goto(`${origin}/w/${server.ready.workspaceId}/import`);
    await other.getByText("You can look at imports", { exact: false }).waitFor();
    await page.reload();
    const row = page.getByRole("row").filter({ hasText: "Reader" }).last();
    await row.getByText("in one browser").waitFor();
    await row.getByText("Microsoft Sentinel Reader on quickstart").waitFor();
    await row.getByRole("button", { name: "Sign out everywhere: Reader" }).press("Enter");
    await row.getByRole("button", { name: "Sign out everywhere: Reader: yes" }).press("Enter");
    await row.getByText("nowhere").waitFor();
    await other.reload();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.context().close();
    await open("settings?section=roles");
    await page.getByLabel("Show the roles on").selectOption({ label: "everything" });
    await page.getByRole("cell", { name: "Reader", exact: true }).waitFor({ state: "detached" });
    await page.getByLabel("Show the roles on").selectOption({ label: "workspace quickstart" });
    await page.getByRole("cell", { name: "Reader", exact: true }).waitFor();
  });

  test("the log of the tenant is filtered and paged in the address", async () => {
    await open("settings?section=audit&log=tenant");
    await page.getByRole("cell", { name: "person.sign-out-everywhere" }).waitFor();
    await type(page.getByLabel("Kind of change"), "workspace.rename");
    await page.waitForURL(/action=workspace\.rename/);
    await page
      .getByRole("cell", { name: "person.sign-out-everywhere" })
      .waitFor({ state: "detached" });
    assert.equal(await page.getByRole("row").count(), 2);
    await page.getByText("before and after").press("Enter");
    await page.getByText('"name": "third"', { exact: false }).waitFor();
    await page.getByLabel("From").fill("2020-01-01T00:00");
    await page.waitForURL(/from=2020/);
    await page.getByLabel("Before").fill("2020-01-02T00:00");
    await page.getByText("No such change.").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).press("Enter");
    await page.getByRole("cell", { name: "person.sign-out-everywhere" }).waitFor();
    await page.getByRole("tab", { name: "This workspace" }).press("Enter");
    await page.getByRole("cell", { name: "rule.order" }).first().waitFor();
    await page.getByLabel("Object (id or name)").fill("Second");
    await page.waitForURL(/target=Second/);
    await page.getByRole("cell", { name: "rule.order" }).first().waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "rule.remove" }).waitFor();
    assert.deepEqual((await page.locator("tbody tr td:nth-child(3)").allInnerTexts()).toSorted(), [
      "rule.remove",
      "rule.save",
    ]);
  });

  test("the server tells its health, the settings in force and its version", async () => {
    await open("settings?section=server");
    await page.getByText("taken", { exact: true }).waitFor();
    await page.getByText("in step").first().waitFor();
    await type(page.getByLabel("Find a setting"), "https.port");
    const row = page.getByRole("row").filter({ hasText: "https.port" });
    assert.match(await row.innerText(), /https\.port\s+0\s+flag\s+Port of HTTPS/);
    await page.waitForURL(/setting=https\.port/);
    await page.getByText("Licences of what the page is built from").press("Enter");
    await page.getByText("@fluentui/react-components", { exact: false }).waitFor();
    await assertAccessible(page, "server");
  });

  test("every tool's settings hold one's own ids, and an upload is seen when it comes", async () => {
    const { tenantId, clientId, workspaceId, https } = server.ready;
    for (const tool of [
      "misp",
      "opencti",
      "stixgate",
      "curl",
      "powershell",
      "python",
      "azure-identity",
      "msal",
      "http",
    ]) {
      await open(`connect?tool=${tool}&server=${encodeURIComponent(https)}`);
      const text = (await page.locator("section.code").allInnerTexts()).join("\n");
      assert.ok(text.includes(clientId), tool);
      assert.ok(text.includes(workspaceId) || tool === "msal", tool);
      assert.ok(text.includes(tenantId) || tool === "azure-identity", tool);
    }
    await open("connect?tool=curl");
    await page.getByText("Waiting for another upload…").waitFor();
    await send("Tool", [indicator(61), indicator(62), indicator(63)]);
    await page.getByText(/Received 3 objects at \d\d:\d\d:\d\d/).waitFor();
    await page.getByText("The tool is connected.").waitFor();
    await assertAccessible(page, "a connected tool");
    assert.deepEqual(watched.faults, []);
  });
});

/** A certificate in DER, as Windows saves it. */
async function certificateFile(): Promise<Buffer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const start = new Date();
  const end = new Date(start.getTime() + 86_400_000);
  const fields = { commonName: "connector", publicKey, privateKey, start, end };
  return Buffer.from(await selfSignedCertificate(fields));
}

async function tokenOf(server: RunningServer, clientId: string, secret: string): Promise<string> {
  const answer = await server.call(`/${server.ready.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
      scope: "https://management.azure.com/.default",
    }).toString(),
  });
  const { access_token: token } = JSON.parse(answer.body) as { readonly access_token?: string };
  assert.ok(token !== undefined, `no token: ${answer.body}`);
  return token;
}
