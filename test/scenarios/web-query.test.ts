/**
 * Goal: the page Query works by the keyboard on the real server with the sample feed, in light, in dark and narrow,
 * without an error on the console and without a finding of axe.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, browserMissing, openPage, startBrowser } from "../support/browser.ts";
import { projectRoot, type RunningServer, startServer } from "./running-server.ts";

const isBuilt = existsSync(join(projectRoot, "dist/web/index.html"));
const skip = browserMissing() || (!isBuilt && "the web page is not built (tools/build-page.mjs)");

const RECORDS_MAX = 100;
/** The first use of the language service loads 5 MB and starts it, on a busy machine. */
const WAIT_MS = 60_000;
const WARM_UP_TRIES_MAX = 5;

describe("the page Query", { skip }, () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let faults: readonly string[] = [];
  let root = "";

  before(async () => {
    server = await startServer();
    await sendSamples(server);
    browser = await startBrowser();
    ({ page, faults } = await openPage(browser, { width: 1_500 }));
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(server.ready.signInUrl ?? "");
    await page.waitForSelector(".rail");
    root = `${new URL(page.url()).origin}/w/${server.ready.workspaceId}`;
    await warmUp();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(path: string): Promise<void> {
    await page.goto(`${root}/${path}`);
    await page.waitForSelector(".rail");
  }

  /** The first query starts the server's parser, which on a busy machine may take longer than a query is given. */
  async function warmUp(): Promise<void> {
    const headers = await ownHeaders();
    const url = `${origin()}/api/v1/workspaces/${server.ready.workspaceId}/query`;
    const data = { query: "ThreatIntelObjects | count" };
    for (let tries = 0; tries < WARM_UP_TRIES_MAX; tries += 1) {
      const answer = await page.request.post(url, { headers, data, timeout: WAIT_MS });
      if (answer.ok()) {
        return;
      }
    }
    assert.fail("the server answers no query");
  }

  /** What a change needs beside the cookie. */
  async function ownHeaders(): Promise<Readonly<Record<string, string>>> {
    const session = (await (await page.request.get(`${origin()}/api/v1/session`)).json()) as {
      readonly csrfToken: string;
    };
    return { "x-stixgate-csrf": session.csrfToken, origin: origin() };
  }

  const origin = (): string => new URL(root).origin;
  const query = (text: string): string => `query?q=${encodeURIComponent(text)}`;

  test("a query is written and run by keys alone; a cell becomes a filter", async () => {
    await open("overview");
    await page.keyboard.press("g");
    await page.keyboard.press("q");
    await page.waitForSelector(".cm-content");
    await page.keyboard.press("/");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("ThreatIntelObjects | summarize Objects=count() by StixType");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Enter");
    const grid = page.getByRole("grid", { name: "Rows of the answer" });
    await grid.waitFor();
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    const chosen = page.locator("[role=gridcell][aria-selected=true]");
    const type = (await chosen.textContent()) ?? "";
    await page.keyboard.press("f");
    await page.getByText("1 row", { exact: true }).waitFor();
    const text = (await page.locator(".cm-content").innerText()).replaceAll("\u00a0", " ");
    assert.match(text, new RegExp(`\\| where StixType == "${type}"`));
    await page.waitForURL((url) => url.searchParams.get("q")?.includes("where StixType") === true);
  });

  test("a wrong name is underlined, and the server's refusal says where it stands", async () => {
    await open(query("ThreatIntelIndicators\n| where Confidnce > 3"));
    const squiggle = page.locator(".cm-lintRange-error").first();
    await squiggle.waitFor();
    assert.equal(await squiggle.textContent(), "Confidnce");
    const refusal = page.locator(".queryFault");
    await refusal.waitFor();
    assert.match((await refusal.textContent()) ?? "", /Line 2, column 9.*Confidnce/);
  });

  test("completion offers the columns of the server's tables", async () => {
    await open(query("ThreatIntelIndicators | take 1"));
    await page.locator(".kqlTable").first().waitFor();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" | where Obser");
    await page
      .locator(".cm-tooltip-autocomplete li")
      .filter({ hasText: "ObservableKey" })
      .waitFor();
  });

  const CHART = query(
    "ThreatIntelIndicators | summarize Count=count() by ObservableKey | render piechart",
  );

  test("an answer that wants a chart has it, with the rows beside it", async () => {
    await open(CHART);
    await page.getByRole("img", { name: /^Chart \(pie\) of Count by ObservableKey/ }).waitFor();
    await page.locator(".chartCanvas canvas").first().waitFor();
    assert.ok((await page.getByRole("gridcell").count()) > 2);
    await page.getByRole("button", { name: "Hide the chart" }).click();
    await page.waitForURL((url) => url.searchParams.get("show") === "table");
  });

  test("shipped queries run by a click, and stand in the history", async () => {
    await open("query?list=shipped");
    await page.getByRole("button", { name: /^Objects by STIX type/ }).click();
    await page.getByRole("grid", { name: "Rows of the answer" }).waitFor();
    await page.getByRole("tab", { name: "History" }).click();
    await page.locator(".pastQuery").first().waitFor();
  });

  test("what the server refuses is marked before it is run, and not offered", async () => {
    await open(query("ThreatIntelIndicators"));
    await page.locator(".kqlTable").first().waitFor();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" | extend x = series_ff");
    const offered = page.locator(".cm-tooltip-autocomplete li");
    await page.keyboard.press("Backspace");
    await offered.filter({ hasText: "series_fir" }).waitFor();
    assert.equal(await offered.filter({ hasText: "series_fft" }).count(), 0);
    await page.keyboard.press("Escape");
    await page.keyboard.type("ft(dynamic([1]))");
    const squiggle = page.locator(".cm-lintRange-error").filter({ hasText: "series_fft" });
    await squiggle.first().hover();
    await page.getByText("series_fft() is not supported: it is not part of this server").waitFor();
  });

  test("Shift+Alt+F formats, and the selection alone is run", async () => {
    await open(query("print a=1\n\nprint b=2|extend c=3"));
    await page.locator(".kqlQueryOperator").first().waitFor();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Shift+Alt+F");
    await page.locator(".cm-line", { hasText: /^\| extend c = 3/ }).waitFor();
    await page.keyboard.press("Shift+Enter");
    await page.getByRole("columnheader", { name: "c" }).waitFor();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Shift+End");
    await page.keyboard.press("Shift+Enter");
    await page.getByRole("columnheader", { name: "a" }).waitFor();
  });

  test("tabs keep their texts and answers; the link of one opens it", async () => {
    await open(query("print One=1"));
    await page.getByRole("columnheader", { name: "One" }).waitFor();
    await page.getByRole("button", { name: "New query (Ctrl+J)" }).click();
    await page.locator(".cm-content").click();
    await page.keyboard.type("print Two=2");
    await page.keyboard.press("Shift+Enter");
    await page.getByRole("columnheader", { name: "Two" }).waitFor();
    await page.waitForURL((url) => url.searchParams.get("q") === "print Two=2");
    const tabs = page.getByRole("tablist", { name: "Queries" }).getByRole("tab");
    const count = await tabs.count();
    await tabs.nth(count - 2).click();
    await page.getByRole("columnheader", { name: "One" }).waitFor();
    await page.waitForURL((url) => url.searchParams.get("q") === "print One=1");
    await page.reload();
    await page.getByRole("columnheader", { name: "One" }).waitFor();
    assert.equal(await tabs.count(), count);
    await page.getByRole("button", { name: /^Rename/ }).click();
    await page.getByLabel("Name of the query").fill("My first");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "My first" }).waitFor();
    await page.getByRole("button", { name: "Close My first" }).click();
    await page.getByRole("tab", { name: "My first" }).waitFor({ state: "detached" });
  });

  test("the tree of tables works by keys", async () => {
    await open(query("print 1"));
    const tree = page.getByRole("tree", { name: "Tables, functions and watchlists" });
    await tree.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await tree.getByRole("treeitem", { name: /^Confidence/ }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await tree.getByRole("treeitem", { name: /^Confidence/ }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.locator(".cm-line", { hasText: "ThreatIntelIndicators" }).waitFor();
  });

  test("a row leads to its object; a column has its figures and can be hidden", async () => {
    await open(query("ThreatIntelIndicators | project Id, Confidence, Data | take 20"));
    const grid = page.getByRole("grid", { name: "Rows of the answer" });
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("r");
    const pane = page.getByRole("complementary", { name: /^About/ });
    await pane.getByRole("link", { name: "Open the object" }).waitFor();
    await grid.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("s");
    await pane.getByText("Average").waitFor();
    await pane.getByRole("tab", { name: "Value" }).click();
    await page.waitForURL((url) => url.searchParams.get("pane") === "value");
    await page.getByRole("button", { name: "Columns…" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Data" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("columnheader", { name: "Data" }).waitFor({ state: "detached" });
    await page.waitForURL((url) => url.searchParams.get("hide") === "Data");
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Shift+Space");
    await page.locator(".cm-line", { hasText: "where Confidence == " }).waitFor();
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("link", { name: "Open the object" }).first().click();
    await page.waitForURL(/\/intelligence\?.*open=/);
  });

  test("words that are looked for are lit up", async () => {
    await open(
      `${query("print Word=dynamic(['alpha','beta']) | mv-expand Word to typeof(string)")}&find=bet`,
    );
    await page.getByText("1 of 2 rows").waitFor();
    assert.equal(await page.locator(".resultCell mark").textContent(), "bet");
  });

  test("a run gets a star and outlives the others", async () => {
    await open(`${query("print starred=1")}&list=history`);
    await page.getByRole("columnheader", { name: "starred" }).waitFor();
    const star = page.getByRole("button", { name: /^Keep print starred=1/ });
    await star.click();
    await page.getByRole("button", { name: "Forget those without a star" }).click();
    assert.equal(await page.locator(".pastQuery").count(), 1);
    await star.click();
  });

  test("a query can be stopped while it runs", async () => {
    await page.route("**/query", async (route) => {
      await new Promise((resolve) => page.once("close", resolve));
      await route.abort();
    });
    await open(query("print never=1"));
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped.").waitFor();
    await page.unroute("**/query");
  });

  for (const [name, colorScheme, width] of [
    ["light", "light", 1_500],
    ["dark", "dark", 1_500],
    ["narrow", "light", 390],
  ] as const) {
    test(`axe finds nothing: ${name}`, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const pages = [
        [CHART, ".chartCanvas canvas"],
        [query("ThreatIntelIndicators | where Confidnce > 3"), ".queryFault"],
        ["query?list=shipped", ".entry"],
        [`${query("ThreatIntelIndicators | take 3")}&list=tables`, "[role=tree]"],
      ] as const;
      for (const [path, shown] of pages) {
        await open(path);
        await page.locator(shown).first().waitFor();
        await assertAccessible(page, path);
      }
    });
  }

  test("nothing went wrong on the console", () => {
    assert.deepEqual(faults, []);
  });
});

async function sendSamples(server: RunningServer): Promise<void> {
  const feed = JSON.parse(readFileSync(join(projectRoot, "samples/feed.json"), "utf8")) as {
    readonly sourcesystem: string;
    readonly stixobjects: readonly unknown[];
  };
  for (let start = 0; start < feed.stixobjects.length; start += RECORDS_MAX) {
    const stixobjects = feed.stixobjects.slice(start, start + RECORDS_MAX);
    const answer = await server.upload({ sourcesystem: feed.sourcesystem, stixobjects });
    // Some of the sample's records are wrong on purpose.
    assert.ok([200, 400].includes(answer.status), answer.body);
  }
}
