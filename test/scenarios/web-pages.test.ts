/** Goal: the pages of an operator open without errors, work by keys alone, and have no fault that axe knows, in light and dark. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type RunningServer, startServer } from "./running-server.ts";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["CHROMIUM_PATH"] ?? BROWSERS.find((path) => existsSync(path));

const skip =
  executablePath === undefined
    ? "no Chromium is installed; set CHROMIUM_PATH"
    : existsSync(new URL("../../dist/web/index.html", import.meta.url))
      ? false
      : "the web page was not built: npm run build";

const PAGES = [
  "overview",
  "ingestion",
  "ingestion?view=activity",
  "ingestion?view=quarantine",
  "import",
  "rules",
  "rules?new=yes",
  "connect",
  "connect?tool=curl",
  "settings",
  "settings?section=people",
  "settings?section=roles",
  "settings?section=keys",
  "settings?section=audit",
] as const;

const HEADINGS: Readonly<Record<string, string>> = {
  overview: "quickstart",
  ingestion: "Ingestion",
  import: "Import",
  rules: "Rules",
  connect: "Connect a tool",
  settings: "Settings",
};

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds; the element of Fluent's that only guards the focus is a known false alarm. */
async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate(
    "axe.run({ exclude: [['[data-tabster-dummy]']] }, { resultTypes: ['violations'] })",
  )) as AxeResult;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
}

function indicator(digit: number, more: object = {}): object {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--00000000-0000-4000-8000-00000000000${digit}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `Example ${digit}`,
    pattern_type: "stix",
    pattern: `[domain-name:value = 'example${digit}.test']`,
    valid_from: "2026-01-01T00:00:00Z",
    ...more,
  };
}

describe("pages of the web", { skip }, () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let origin: string;
  const errors: string[] = [];

  const open = async (path: string): Promise<void> => {
    await page.goto(`${origin}/w/${server.ready.workspaceId}/${path}`);
    const [name = ""] = path.split("?", 1);
    await page.getByRole("heading", { level: 1, name: HEADINGS[name] ?? "" }).waitFor();
    const spinners = page.locator("main .fui-Spinner");
    while ((await spinners.count()) > 0) {
      await spinners.first().waitFor({ state: "detached" });
    }
  };

  before(async () => {
    server = await startServer();
    browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ["--no-sandbox"],
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") {
        errors.push(message.text());
      }
    });
    page.on("pageerror", (error) => errors.push(error.message));
    const signInUrl = new URL(server.ready.signInUrl ?? "");
    origin = signInUrl.origin;
    await page.goto(signInUrl.href);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const path of PAGES) {
      test(`${path} in ${colorScheme} opens without errors and passes axe`, async () => {
        errors.length = 0;
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open(path);
        assert.deepEqual(await axe(page), []);
        assert.deepEqual(errors, []);
      });
    }
  }

  test("nothing is wider than a narrow screen", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    try {
      for (const path of PAGES) {
        await open(path);
        const excess = await page.evaluate(
          "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('main'))",
        );
        assert.equal(excess, 0, path);
      }
    } finally {
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

  test("a bundle with a fault is pasted, checked, and its valid part stored, by keys", async () => {
    const objects = [indicator(1), indicator(2, { valid_from: "yesterday" }), indicator(3)];
    const bundle = { type: "bundle", id: "bundle--00000000-0000-4000-8000-000000000009", objects };
    await open("import");
    await page.getByLabel("Or paste it").focus();
    await page.keyboard.insertText(JSON.stringify(bundle, null, 1));
    await page.keyboard.press("Tab");
    await page.keyboard.insertText("Keyboard");
    await page.keyboard.press("Enter");
    await page.getByText("3 found, 2 valid (0 with warnings), 1 invalid").waitFor();
    const fault = page.getByRole("row").filter({ hasText: "/valid_from" });
    assert.match(await fault.innerText(), /indicator--00000000-0000-4000-8000-000000000002/);
    assert.deepEqual(await axe(page), []);
    const all = page.getByRole("button", { name: "Store all or nothing" });
    assert.equal(await all.isDisabled(), true);
    await page.getByRole("button", { name: "Store the 2 valid ones" }).press("Enter");
    await page.getByText("2 records are stored.").waitFor();
    await page.getByRole("link", { name: "See what is there of Keyboard" }).press("Enter");
    await page.waitForURL(/intelligence\?source=Keyboard/);
  });

  test("a rejected record is put right and sent again, by keys", async () => {
    const answer = await server.upload({
      sourcesystem: "Faulty feed",
      stixobjects: [indicator(4), indicator(5, { valid_from: "yesterday" })],
    });
    const requestId = String(answer.headers["x-ms-request-id"]);
    await open(`ingestion?request=${requestId}`);
    await page.getByRole("heading", { name: "Rejected (1)" }).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByRole("button", { name: "Fix record 1" }).press("Enter");
    const editor = page.getByLabel("Record 1 put right");
    await editor.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText("{");
    await page.getByText("No JSON yet", { exact: false }).waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(JSON.stringify(indicator(5), null, 2));
    await page.getByText("Nothing is wrong with it any more", { exact: false }).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Stored by", { exact: false }).waitFor();
  });

  test("a rule is tested and added, and is there again after a reload, by keys", async () => {
    await open("rules");
    await page.getByRole("button", { name: "New rule" }).press("Enter");
    await page.getByRole("textbox", { name: "Name" }).focus();
    await page.keyboard.insertText("Tag all");
    await page.getByLabel("Value of action 1").focus();
    await page.keyboard.insertText("from-rule");
    await page.getByRole("button", { name: "Test on the last 1,000 objects" }).press("Enter");
    await page.getByText(/Of the newest \d+ objects it would have changed [1-9]/).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByRole("button", { name: "Save" }).press("Enter");
    await page.getByRole("link", { name: "Tag all" }).waitFor();
    await page.reload();
    const toggle = page.getByRole("switch", { name: "Tag all is on" });
    await toggle.press("Space");
    await page.reload();
    await page.getByRole("switch", { name: "Tag all is on", checked: false }).waitFor();
    await page.getByRole("button", { name: "Remove Tag all" }).press("Enter");
    await page.getByRole("button", { name: "Remove Tag all: yes" }).press("Enter");
    await page.getByText("There is no rule", { exact: false }).waitFor();
  });

  test("an application is added, its secret shown once, and gets its role, by keys", async () => {
    await open("settings");
    await page.getByLabel("Name of the application").focus();
    await page.keyboard.insertText("Connector");
    await page.keyboard.press("Enter");
    await page.getByText("Client secret of Connector").waitFor();
    assert.deepEqual(await axe(page), []);
    await page
      .getByRole("button", { name: "Let it upload to quickstart: Connector" })
      .press("Enter");
    const card = page.getByRole("article", { name: "Connector" });
    await card.getByText("Microsoft Sentinel Contributor on quickstart").waitFor();
    await page.reload();
    await card.waitFor();
    assert.equal(await page.getByText("Client secret of Connector").count(), 0);
  });

  test("somebody who only reads is told why a part is missing", async () => {
    const csrf = JSON.parse(
      (await page.evaluate("fetch('/api/v1/session').then((answer) => answer.text())")) as string,
    ) as { readonly csrfToken: string; readonly workspaces: { readonly resourceId: string }[] };
    const post = async (path: string, body: object): Promise<Record<string, string>> =>
      (await page.evaluate(
        ([to, text, token]) =>
          fetch(to ?? "", {
            method: "POST",
            headers: { "content-type": "application/json", "x-stixgate-csrf": token ?? "" },
            body: text ?? "",
          }).then((answer) => answer.json()),
        [path, JSON.stringify(body), csrf.csrfToken] as const,
      )) as Record<string, string>;
    const { personId } = await post("/api/v1/people", { displayName: "Reader" });
    await post("/api/v1/roles", {
      principalId: personId,
      role: "Microsoft Sentinel Reader",
      scope: csrf.workspaces[0]?.resourceId,
    });
    const link = await post(`/api/v1/people/${personId}/sign-in-links`, {});
    const { pathname, search } = new URL(link["signInUrl"] ?? "");
    const other = await browser.newContext();
    try {
      const theirs = await other.newPage();
      await theirs.goto(`${origin}${pathname}${search}`);
      await theirs.getByRole("navigation", { name: "Pages" }).waitFor();
      await theirs.goto(`${origin}/w/${server.ready.workspaceId}/settings`);
      await theirs.getByText("Not shown to you").waitFor();
      await theirs.goto(`${origin}/w/${server.ready.workspaceId}/import`);
      await theirs
        .getByText("You can look at imports, and not make any", { exact: false })
        .waitFor();
    } finally {
      await other.close();
    }
  });
});
