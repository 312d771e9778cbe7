/** Goal: an operator sees what comes in as it comes, who is throttled or not let in, what became of each record, and settles what was rejected. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { assertAccessible, browserMissing, openPage, startBrowser } from "../support/browser.ts";
import { type RunningServer, startServer, uploadPath } from "./running-server.ts";

const skip =
  browserMissing() ||
  (existsSync(new URL("../../dist/web/index.html", import.meta.url))
    ? false
    : "the web page was not built: npm run build");

function indicator(number: number, more: object = {}): object {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `Example ${number}`,
    pattern_type: "stix",
    pattern: `[domain-name:value = 'example${number}.test']`,
    valid_from: "2026-01-01T00:00:00Z",
    ...more,
  };
}

describe("ingestion in the page", { skip }, () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: readonly string[];
  let origin: string;

  const open = async (path: string): Promise<void> => {
    await page.goto(`${origin}/w/${server.ready.workspaceId}/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
  };

  const send = async (sourcesystem: string, stixobjects: readonly object[]): Promise<string> => {
    const answer = await server.upload(
      { sourcesystem, stixobjects },
      { headers: { "user-agent": "connector/1.0", "content-type": "application/json" } },
    );
    return String(answer.headers["x-ms-request-id"]);
  };

  before(async () => {
    server = await startServer();
    browser = await startBrowser();
    ({ page, faults } = await openPage(browser));
    context = page.context();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const url = new URL(server.ready.signInUrl ?? "");
    origin = url.origin;
    await page.goto(url.href);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const requests = () => page.getByRole("region", { name: "Requests, newest first" });

  test("a request appears without a reload, marked as new", async () => {
    await send("Feed A", [indicator(1)]);
    await open("ingestion");
    await requests().getByRole("row").nth(1).getByText("Feed A").waitFor();
    await send("Feed B", [indicator(2), indicator(3, { confidence: 500 })]);
    const newest = requests().getByRole("row").filter({ hasText: "Feed B" });
    await newest.getByText("accepted in part").waitFor();
    await newest.getByText("new", { exact: true }).waitFor();
    assert.match(await newest.innerText(), /connector\/1\.0/);
    await page
      .getByRole("img", { name: /Requests over time: .*1 accepted, 1 accepted in part/ })
      .waitFor();
    await assertAccessible(page, "requests");
  });

  test("requests are chosen by source and outcome, in the address", async () => {
    await open("ingestion");
    await page.getByRole("combobox", { name: "Source" }).selectOption("Feed A");
    await page.waitForURL(/source=/);
    await requests().getByRole("row").filter({ hasText: "Feed B" }).waitFor({ state: "detached" });
    assert.equal(await requests().getByRole("row").count(), 2);
    await page.getByRole("combobox", { name: "Source" }).selectOption("");
    await page.getByRole("button", { name: "accepted in part 1" }).click();
    await page.waitForURL(/outcome=partly_accepted/);
    await requests().getByRole("row").filter({ hasText: "Feed A" }).waitFor({ state: "detached" });
    await page.reload();
    assert.equal(
      await page.getByRole("combobox", { name: "Outcome" }).inputValue(),
      "partly_accepted",
    );
    await requests().getByRole("row").filter({ hasText: "Feed B" }).waitFor();
  });

  test("every record of a request is there as received, with what became of it", async () => {
    const text = `{ "type":"indicator",   "spec_version": "2.1", "id": "indicator--00000000-0000-4000-8000-000000000009",
 "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
 "pattern": "[domain-name:value = 'spaced.test']", "valid_from": "2026-01-01T00:00:00Z", "x_number": 1.10 }`;
    const body = `{"sourcesystem":"Feed A","stixobjects":[${text},${JSON.stringify(indicator(1))}]}`;
    const answer = await server.upload(body, { headers: { "content-type": "application/json" } });
    const requestId = String(answer.headers["x-ms-request-id"]);
    await open(`ingestion?request=${requestId}`);
    const table = page.getByRole("region", { name: "Records of the request" });
    await table.getByRole("row").nth(2).waitFor();
    assert.match(await table.getByRole("row").nth(1).innerText(), /0\s+new/);
    assert.match(await table.getByRole("row").nth(2).innerText(), /1\s+unchanged/);
    await page.getByText("content-type: application/json").waitFor();
    assert.equal(await page.getByText("Bearer", { exact: false }).count(), 0, "no secret is shown");
    await page.getByRole("button", { name: "Show record 0 as received" }).click();
    const received = page.getByRole("region", { name: "Text of record 0" });
    assert.equal(await received.textContent(), text);
    await assertAccessible(page, "receipt");

    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Body" }).click();
    const bytes = await (await (await saved).createReadStream()).toArray();
    const whole = Buffer.concat(bytes).toString();
    assert.ok(whole.includes(text), "the text of the record is what came");
    assert.equal(JSON.parse(whole).stixobjects.length, 2);

    for (const [language, expected] of [
      ["curl", /curl --cacert/],
      ["PowerShell", /Invoke-RestMethod/],
      ["Python", /urllib\.request/],
    ] as const) {
      await page.getByRole("button", { name: "Copy as… the request" }).click();
      await page.getByRole("menuitem", { name: language }).click();
      const copied = await page.evaluate("navigator.clipboard.readText()");
      assert.match(String(copied), expected);
      assert.ok(String(copied).includes(server.ready.workspaceId));
      assert.ok(String(copied).includes(server.ready.clientId));
      assert.ok(String(copied).includes("spaced.test"));
      await page.getByRole("button", { name: "Copied the request" }).waitFor({ state: "detached" });
    }
    await table.getByRole("link").first().click();
    await page.waitForURL(/intelligence\?open=/);
  });

  test("a rejected record is put right: it is settled by its receipt and leaves the list", async () => {
    await open("ingestion?view=quarantine");
    const card = page.getByRole("article", { name: "Record 1" });
    await card.getByText("Expected an integer from 0 to 100", { exact: false }).first().waitFor();
    await assertAccessible(page, "quarantine");
    await card.getByRole("button", { name: "Fix record 1" }).press("Enter");
    const editor = page.getByLabel("Record 1 put right");
    await editor.fill(JSON.stringify(indicator(3)));
    await page.getByText("Nothing is wrong with it any more", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Send again", exact: true }).click();
    await page.getByText("Nothing is rejected. That is good.").waitFor();
    await page.getByRole("combobox", { name: "Which records" }).selectOption("only");
    await card.getByText("Stored by", { exact: false }).waitFor();
    const link = card.getByRole("link", { name: /^request / });
    const by = (await link.innerText()).replace("request ", "");
    await link.click();
    await page.getByText(by, { exact: true }).waitFor();
    await page.getByText("1 received, 1 accepted", { exact: false }).waitFor();
    await page.getByText("sent again", { exact: false }).waitFor();
  });

  test("many rejected records are dismissed at once, and put back", async () => {
    const bad = [10, 11, 12].map((number) => indicator(number, { valid_from: "yesterday" }));
    await send("Feed C", bad);
    await open("ingestion?view=quarantine");
    await page.getByRole("checkbox", { name: "All 3 shown" }).check();
    await page.getByRole("button", { name: "Dismiss the 3 chosen" }).click();
    await page.getByText("Nothing is rejected. That is good.").waitFor();
    await page.getByRole("button", { name: /^Undo/ }).click();
    await page.getByRole("checkbox", { name: "All 3 shown" }).waitFor();
    await page.getByRole("button", { name: "Dismiss record 0" }).click();
    await page.getByRole("checkbox", { name: "All 2 shown" }).waitFor();
  });

  test("who is throttled, and until when, and who was not let in", async () => {
    const token = await server.token();
    const headers = { authorization: `Bearer ${token}` };
    const call = { method: "POST", headers, body: '{"sourcesystem":"Feed D","stixobjects":[]}' };
    const path = uploadPath(server.ready.workspaceId);
    let status = 200;
    for (let at = 0; status === 200 && at < 150; at += 1) {
      ({ status } = await server.call(path, call));
    }
    assert.equal(status, 429);
    const strange = { "user-agent": "stranger/1.0" };
    const refused = await server.call(path, { method: "POST", headers: strange, body: "{}" });
    assert.equal(refused.status, 401);
    await open("ingestion?view=activity");
    await page.getByText(/100 of 100 a minute: throttled, may go on in \d+ s/).waitFor();
    const meter = page.getByRole("meter").first();
    assert.equal(await meter.getAttribute("max"), "100");
    const away = page.getByRole("region", { name: "Requests that were not let in" });
    await away.getByRole("row").filter({ hasText: "stranger/1.0" }).first().waitFor();
    await page
      .getByText("requests were throttled: it sends too fast", { exact: false })
      .first()
      .waitFor();
    await assertAccessible(page, "applications");
    await page.getByRole("button", { name: /^throttled \d+/ }).click();
    await page.waitForURL(/outcome=throttled/);
    await requests()
      .getByRole("row")
      .nth(1)
      .getByText("Rate limit is exceeded", { exact: false })
      .waitFor();
    await requests().getByRole("row").nth(1).getByRole("link").click();
    await page.getByRole("button", { name: "Receipt as JSON" }).waitFor();
    await assertAccessible(page, "receipt of a refusal");
  });

  test("dark and narrow: nothing too wide, nothing that axe knows", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    for (const path of ["ingestion", "ingestion?view=activity", "ingestion?view=quarantine"]) {
      await open(path);
      await page.locator("main .fui-Spinner").first().waitFor({ state: "detached" });
      const excess = await page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('main'))",
      );
      assert.equal(excess, 0, path);
      await assertAccessible(page, path);
    }
    assert.deepEqual(faults, []);
  });
});
