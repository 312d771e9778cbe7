/** Goal: an analyst finds, reads, tags, makes and changes intelligence in the page, by mouse or by keys alone. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import {
  assertAccessible,
  browserMissing,
  openPage,
  startBrowser,
  type WatchedPage,
} from "../support/browser.ts";
import { type RunningServer, startServer } from "./running-server.ts";

function indicator(at: number): Record<string, unknown> {
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-0001-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: `Entry ${String(at).padStart(3, "0")}`,
    pattern: `[ipv4-addr:value = '198.51.100.${at % 256}']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    confidence: at % 101,
    labels: [at % 2 === 0 ? "even" : "odd"],
  };
}

describe("the page of the intelligence", { skip: browserMissing() }, () => {
  let server: RunningServer;
  let browser: Browser;
  let watched: WatchedPage;
  let base = "";
  before(async () => {
    server = await startServer();
    const sources = ["One feed", "Another feed"];
    for (const [at, sourcesystem] of sources.entries()) {
      const objects = Array.from({ length: 100 }, (_, index) => indicator(at * 100 + index));
      const answer = await server.upload({ sourcesystem, stixobjects: objects });
      assert.equal(answer.status, 200, answer.body);
    }
    browser = await startBrowser();
    watched = await openPage(browser);
    await watched.page.goto(server.ready.signInUrl ?? "");
    await watched.page.getByRole("heading", { name: "quickstart" }).waitFor();
    base = watched.page.url().replace(/overview.*$/, "");
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  test("the overview tells how much there is, and leads to it", async () => {
    const { page } = watched;
    await page.getByText("200", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: "Another feed" }).first().click();
    await page.getByText("100 objects").waitFor();
    assert.match(page.url(), /source=Another\+feed|source=Another%20feed/);
  });

  test("words, types, tags and conditions narrow the list, and the address keeps them", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?sort=updated`);
    await page.getByText("200 objects").waitFor();
    await page.getByRole("button", { name: "Any tag" }).click();
    await page.getByRole("checkbox", { name: /^odd / }).check();
    await page.keyboard.press("Escape");
    await page.getByText("100 objects").waitFor();
    await page.getByLabel("Search the intelligence").fill("198.51.100.7");
    await page.getByText("1 object", { exact: true }).waitFor();
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await page.getByText("Entry 007").waitFor();
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.getByText("200 objects").waitFor();
    await page.getByRole("button", { name: "Conditions" }).click();
    await page.getByLabel("Property").selectOption("confidence");
    await page.getByLabel("Value", { exact: true }).fill("90");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByText("20 objects").waitFor();
  });

  test("everything can be scrolled to, and only what is in sight is in the document", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?sort=name&direction=ascending`);
    await page.getByText("Entry 000").waitFor();
    const grid = page.getByRole("grid");
    const lastName = page.getByText("Entry 199");
    for (let step = 0; step < 60 && (await lastName.count()) === 0; step += 1) {
      await grid.evaluate((element) => {
        element.scrollTop += 2_000;
      });
      await page.waitForTimeout(50);
    }
    await lastName.waitFor();
    assert.ok((await page.getByRole("row").count()) < 80);
  });

  test("an object is opened, read and tagged by keys alone", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?sort=name&direction=ascending`);
    await page.getByText("Entry 000").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Entry 000" }).waitFor();
    await page.keyboard.press("j");
    await page.getByRole("heading", { name: "Entry 001" }).waitFor();
    await page.keyboard.press("k");
    await page.getByRole("heading", { name: "Entry 000" }).waitFor();
    await page.getByLabel("Add a tag").focus();
    await page.keyboard.type("by-keys");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "by-keys" }).waitFor();
    await page.getByRole("tab", { name: "History" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "What changed" }).first().click();
    await page.getByRole("rowheader", { name: "/labels/1" }).waitFor();
  });

  test("an object is made in a form that says what is wrong, edited, and deleted", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?sort=updated`);
    await page.getByText("Updated").first().waitFor();
    await page.keyboard.press("n");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("My finding");
    const pattern = dialog.getByRole("textbox", { name: "Pattern", exact: true });
    await pattern.fill("[domain-name:value = 'evil.example'");
    await dialog.getByText('Expected "]" at column 36').waitFor();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.getByText('Expected "]" at column 36').waitFor();
    await pattern.fill("[domain-name:value = 'evil.example']");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { name: "My finding" }).waitFor();
    await page.getByRole("tab", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("My finding, checked");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "My finding, checked" }).waitFor();
    await page.getByRole("tab", { name: "Edit" }).click();
    await page.getByRole("button", { name: "Delete My finding, checked" }).click();
    await page.getByRole("button", { name: "Delete My finding, checked: yes" }).click();
    await page.getByText("This object is not here").waitFor();
    await page.getByRole("row", { name: /My finding, checked/ }).waitFor({ state: "detached" });
  });

  test("all that match are tagged in the background, with progress", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?source=One+feed`);
    await page.getByText("100 objects").waitFor();
    await page.getByLabel("Choose all that are shown").check();
    await page.getByRole("button", { name: "Choose all that match" }).click();
    await page.keyboard.press("t");
    await page.getByLabel("Tag to add").fill("bulk");
    await page.getByRole("button", { name: "Add tag" }).click();
    await page.getByText("Add the tag bulk: done", { exact: true }).waitFor();
    await page.getByText("100 changed", { exact: true }).waitFor();
    await page.goto(`${base}intelligence?label=bulk`);
    await page.getByText("100 objects").waitFor();
  });

  test("nothing went wrong behind the page", () => {
    // The deletion above asks once more for what is gone; the browser notes the 404.
    const unexpected = watched.faults.filter((fault) => !fault.includes("404"));
    assert.deepEqual(unexpected, []);
  });

  for (const [name, options] of [
    ["light", {}],
    ["dark", { dark: true }],
    ["narrow", { width: 390, height: 800 }],
  ] as const) {
    test(`it can be used by everybody: ${name}`, async () => {
      const { page } = await openPage(browser, options);
      const link = await server.call(`/api/v1/session`);
      assert.equal(link.status, 401);
      await page.context().addCookies(await watched.page.context().cookies());
      await page.goto(`${base}overview`);
      await page.getByRole("heading", { name: "quickstart" }).waitFor();
      await page.getByText("One feed").first().waitFor();
      await assertAccessible(page, `overview, ${name}`);
      await page.goto(`${base}intelligence?sort=name&direction=ascending`);
      await page.getByText("Entry 000").waitFor();
      await assertAccessible(page, `list, ${name}`);
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Entry 000" }).waitFor();
      await assertAccessible(page, `details, ${name}`);
      await page.context().close();
    });
  }
});
