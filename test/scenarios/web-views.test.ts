/**
 * Goal: in the page's list an analyst keeps questions as views, arranges columns, builds conditions, undoes changes,
 * follows background tasks and goes everywhere by keys; the frame keeps its promises when the server or the session goes.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { Condition } from "../../web/src/api/types.ts";
import { conditionText } from "../../web/src/parts/condition-text.ts";
import { conditionOfTree, treeOf } from "../../web/src/parts/condition-tree.ts";
import { defang } from "../../web/src/parts/defang-text.ts";
import {
  assertAccessible,
  browserMissing,
  openPage,
  startBrowser,
  type WatchedPage,
} from "../support/browser.ts";
import { type RunningServer, startServer } from "./running-server.ts";

const TLP_RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
const FEEDS = ["One feed", "Another feed", "Feed, with a comma"] as const;
const WAIT_MS = 10_000;
const OBJECTS_OF_FEED = 100;

function indicator(feed: number, at: number): Record<string, unknown> {
  const number = String(at).padStart(3, "0");
  return {
    type: "indicator",
    spec_version: "2.1",
    id: `indicator--6d0a9f0e-000${feed}-4000-8000-${String(at).padStart(12, "0")}`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name:
      at === 7 ? "http://evil.example.com/login by admin@evil.example" : `Entry ${feed}-${number}`,
    indicator_types: ["malicious-activity"],
    pattern: `[ipv4-addr:value = '198.51.100.${at}']`,
    pattern_type: "stix",
    valid_from: "2026-01-01T00:00:00Z",
    confidence: at,
    labels: [at % 2 === 0 ? "even" : "odd", ...(at < 10 ? ["early"] : [])],
    ...(at % 4 === 0 ? { object_marking_refs: [TLP_RED] } : {}),
  };
}

const CONDITIONS: readonly (readonly [Condition, string])[] = [
  [{ kind: "and", conditions: [{ kind: "type", anyOf: ["indicator"] }] }, "type is indicator"],
  [
    {
      kind: "or",
      conditions: [
        { kind: "source", anyOf: ["a, b", "c"] },
        {
          kind: "not",
          condition: {
            kind: "and",
            conditions: [
              { kind: "tlp", anyOf: ["white", null] },
              { kind: "confidence", from: 10, to: 90 },
            ],
          },
        },
      ],
    },
    "source is a, b or c or not (TLP is CLEAR or none and confidence is 10 to 90)",
  ],
  [
    {
      kind: "and",
      conditions: [
        { kind: "updated", from: "now-7d" },
        { kind: "valid_until", from: "now", before: "now+30d" },
        { kind: "created", before: "now-365d" },
        { kind: "ingested", from: "2026-01-01T00:00:00Z", before: "2026-02-01T12:00:00Z" },
        { kind: "modified", from: "2026-01-01T00:00:00Z" },
        { kind: "valid_from" },
        { kind: "active", at: "now" },
        { kind: "not", condition: { kind: "revoked", is: true } },
        { kind: "name", startsWith: "Quiet" },
        { kind: "observable", value: "203.0.113.7", key: "ipv4-addr:value" },
        { kind: "text", words: "apt* loader" },
        { kind: "id", anyOf: ["indicator--6d0a9f0e-0000-4000-8000-000000000000"] },
        { kind: "label", anyOf: ["1", "2", "3", "4", "5"] },
      ],
    },
    "updated in the last 7 days and valid until between now and 30 days from now and created before 365 days ago and " +
      "first arrived between 2026-01-01 and 2026-02-01T12:00:00Z and modified since 2026-01-01 and valid from is given " +
      "and active and not revoked and name begins with “Quiet” and value is 203.0.113.7 (ipv4-addr:value) and " +
      "has the words “apt* loader” and STIX id is indicator--6d0a9f0e-0000-4000-8000-000000000000 and tag is one of 5 values",
  ],
];

describe("what the list is made of", () => {
  test("a condition becomes a tree and the same condition again, and is read in words", () => {
    for (const [condition, text] of CONDITIONS) {
      assert.deepEqual(conditionOfTree(treeOf(condition)), condition);
      assert.equal(conditionText(condition), text);
    }
  });

  test("addresses are disarmed wherever they stand, and nothing else", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["http://evil.example/a.php?x=1.2", "hxxp://evil[.]example/a[.]php?x=1.2"],
      [
        "see HTTPS://Evil.Example and ftp://files.example",
        "see HxxPS://Evil[.]Example and fxp://files[.]example",
      ],
      ["203.0.113.7, 2001:db8::1", "203[.]0[.]113[.]7, 2001:db8::1"],
      ["admin@mail.evil.example", "admin[@]mail[.]evil[.]example"],
      ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
      [
        "indicator--6d0a9f0e-0000-4000-8000-000000000000",
        "indicator--6d0a9f0e-0000-4000-8000-000000000000",
      ],
      ["Version 2.1 of the report. It ends", "Version 2.1 of the report. It ends"],
    ];
    for (const [text, expected] of cases) {
      assert.equal(defang(text), expected);
    }
  });
});

describe("the list and the frame", { skip: browserMissing() }, () => {
  let server: RunningServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let base = "";

  before(async () => {
    server = await startServer();
    for (const [feed, sourcesystem] of FEEDS.entries()) {
      const stixobjects = Array.from({ length: OBJECTS_OF_FEED }, (_, at) => indicator(feed, at));
      const answer = await server.upload({ sourcesystem, stixobjects });
      assert.equal(answer.status, 200, answer.body);
    }
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(server.ready.signInUrl ?? "");
    await page.getByRole("heading", { name: "quickstart" }).waitFor();
    base = page.url().replace(/overview.*$/, "");
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  /** Calls the API as the page does. */
  async function api<T>(path: string, method = "GET", body?: unknown): Promise<T> {
    const session = await page.request.get(`${server.ready.http}/api/v1/session`);
    const { csrfToken } = (await session.json()) as { csrfToken: string };
    const answer = await page.request.fetch(`${server.ready.http}${path}`, {
      method,
      headers: { "x-stixgate-csrf": csrfToken },
      ...(body === undefined ? {} : { data: body }),
    });
    assert.ok(answer.ok(), await answer.text());
    return (answer.status() === 204 ? null : await answer.json()) as T;
  }
  const workspacePath = (): string => `/api/v1/workspaces/${server.ready.workspaceId}`;
  const countOf = async (condition: Condition): Promise<number> =>
    (await api<{ count: number }>(`${workspacePath()}/objects/count`, "POST", { condition })).count;
  const showList = async (query = "sort=name&direction=ascending"): Promise<void> => {
    await page.goto(`${base}intelligence?${query}`);
    await page
      .getByRole("checkbox", { name: /^Choose / })
      .nth(1)
      .waitFor();
  };
  /** Waits until the keys are at a row, and the grid says so. */
  const isAt = async (name: string): Promise<void> => {
    const row = page.locator(".row.at").filter({ hasText: name });
    await row.waitFor();
    const id = await row.getAttribute("id");
    await page.locator(`[role=grid][aria-activedescendant="${id}"]`).waitFor();
  };
  const hasFocus = (selector: string): Promise<void> => page.locator(`${selector}:focus`).waitFor();
  const openPalette = async (words: string): Promise<void> => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^A page, a view/ }).fill(words);
  };
  const notice = (text: string | RegExp) =>
    page.locator(".fui-ToastTitle").filter({ hasText: text }).last();

  describe("views", () => {
    test("a question is saved under a name for everybody, changed, renamed, deleted, and brought back", async () => {
      await showList();
      await page.getByRole("button", { name: "Any tag" }).click();
      await page.getByRole("checkbox", { name: /^odd / }).check();
      await page.keyboard.press("Escape");
      await page.getByText("150 objects").waitFor();
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("menuitem", { name: "Save as a view…" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Odd ones");
      await page.getByRole("button", { name: "Save" }).click();
      await notice("Saved as “Odd ones” for everybody here").waitFor();
      await page.waitForURL(/view=Odd/);

      await page.getByRole("button", { name: "Any TLP" }).click();
      await page.getByRole("checkbox", { name: /^none / }).check();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "View: Odd ones *" }).click();
      await page.getByRole("menuitem", { name: "Update “Odd ones”" }).click();
      await notice("Updated “Odd ones”").waitFor();
      await page.getByRole("button", { name: "View: Odd ones", exact: true }).click();
      await page.getByRole("menuitem", { name: "Rename “Odd ones”…" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Odd and unmarked");
      await page.getByRole("button", { name: "Save" }).click();
      await notice("“Odd ones” is “Odd and unmarked” now").waitFor();

      const views = await api<{ value: { name: string; content: unknown }[] }>(
        `${workspacePath()}/views`,
      );
      assert.deepEqual(
        views.value.map(({ name, content }) => [name, content]),
        [
          [
            "Odd and unmarked",
            {
              kind: "intelligence",
              search: { label: "odd", tlp: "none", sort: "name", direction: "ascending" },
            },
          ],
        ],
      );

      await page.getByRole("button", { name: "View: Odd and unmarked" }).click();
      await page.getByRole("menuitem", { name: "Delete “Odd and unmarked”" }).click();
      await notice("Deleted the view “Odd and unmarked”").waitFor();
      await page.getByRole("button", { name: "Undo (z)" }).click();
      await notice("The view “Odd and unmarked” is back").waitFor();
    });

    test("a view of this browser is shared, and somebody else opens it", async () => {
      await showList("text=Entry&sort=name");
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("menuitem", { name: "Save as a view…" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Mine");
      await page.getByLabel("Only me, in this browser").check();
      await page.getByRole("button", { name: "Save" }).click();
      await notice("Saved as “Mine” in this browser").waitFor();
      await page.getByRole("button", { name: "View: Mine" }).click();
      await page.getByRole("menuitem", { name: "Share “Mine” with everybody here" }).click();
      await notice("Everybody in this workspace sees “Mine” now").waitFor();

      const other = await openPage(browser);
      await other.page.context().addCookies(await page.context().cookies());
      await other.page.goto(`${base}intelligence`);
      await other.page.getByText("300 objects").waitFor();
      await other.page.getByRole("button", { name: "Views" }).click();
      await other.page.getByRole("menuitem", { name: "Mine" }).click();
      await other.page.getByText("297 objects").waitFor();
      assert.match(other.page.url(), /text=Entry/);
      assert.match(other.page.url(), /view=Mine/);
      await other.page.context().close();
    });

    test("who comes back finds what was asked last", async () => {
      await showList("label=early&sort=name&direction=ascending");
      await page.getByText("30 objects").waitFor();
      await page.getByRole("link", { name: "Overview" }).click();
      await page.getByRole("heading", { name: "quickstart" }).waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("i");
      await page.getByText("30 objects").waitFor();
      assert.match(page.url(), /label=early/);
      await page.getByRole("button", { name: "Clear all" }).click();
      await page.getByText("300 objects").waitFor();
      await page.goto(`${base}intelligence`);
      await page.getByText("300 objects").waitFor();
    });
  });

  describe("columns", () => {
    const headings = async (): Promise<string[]> => {
      // While a panel is open, the list behind it is hidden from those who can't see.
      await page.getByRole("columnheader", { name: "Name" }).first().waitFor();
      return page
        .getByRole("columnheader")
        .allTextContents()
        .then((texts) =>
          texts.map((text) => text.replace(/[ ↑↓]+$/, "")).filter((text) => text !== ""),
        );
    };
    const widthOf = async (name: string): Promise<number> =>
      Math.round(
        (await page.getByRole("columnheader", { name }).first().boundingBox())?.width ?? 0,
      );

    test("they are chosen, moved and widened, by keys and by the mouse; the browser keeps them", async () => {
      await showList();
      await page.getByRole("button", { name: "Columns" }).click();
      for (const name of ["Threat types", "Pattern", "STIX id", "Created by", "STIX version"]) {
        await page.getByRole("checkbox", { name, exact: true }).check();
      }
      for (const name of ["Values", "Confidence", "State", "Tags", "Valid until", "Updated"]) {
        await page.getByRole("checkbox", { name, exact: true }).uncheck();
      }
      await page.getByRole("checkbox", { name: "STIX version" }).focus();
      await page.keyboard.press("Alt+ArrowUp");
      await page.keyboard.press("Alt+ArrowUp");
      await page.keyboard.press("Escape");
      assert.deepEqual(await headings(), [
        "Name",
        "Type",
        "TLP",
        "Source",
        "Threat types",
        "Pattern",
        "STIX version",
        "STIX id",
        "Created by",
      ]);
      await page.getByText("malicious-activity").first().waitFor();
      const pattern = await widthOf("Pattern");
      await page.getByRole("separator", { name: "Width of Pattern" }).focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await page.waitForURL(/pattern%3A340/);
      assert.equal(await widthOf("Pattern"), pattern + 40);
      const edge = await page.getByRole("separator", { name: "Width of Source" }).boundingBox();
      assert.ok(edge !== null);
      await page.mouse.move(edge.x + 3, edge.y + 5);
      await page.mouse.down();
      await page.mouse.move(edge.x + 63, edge.y + 5, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/source%3A210/);
      assert.equal(await widthOf("Source"), 210);

      await page.goto(`${base}intelligence?sort=name`);
      await page.getByRole("columnheader", { name: "Pattern" }).first().waitFor();
      await page.goto(`${base}intelligence?columns=source,unknown,title:300,source`);
      await page.getByRole("row").nth(2).waitFor();
      assert.deepEqual(await headings(), ["Source", "Name"]);
      assert.equal(await widthOf("Name"), 300);
      await page.getByRole("button", { name: "Columns" }).click();
      await page.getByRole("button", { name: "Reset" }).click();
      await page.keyboard.press("Escape");
      assert.equal((await headings()).length, 10);
    });
  });

  describe("display", () => {
    test("addresses are disarmed and times written as chosen, and the browser remembers", async () => {
      await showList("text=evil&sort=name");
      await page.getByRole("button", { name: "Display" }).click();
      await page.getByRole("menuitemcheckbox", { name: /Disarm addresses/ }).click();
      await page.keyboard.press("Escape");
      await page
        .getByText("hxxp://evil[.]example[.]com/login by admin[@]evil[.]example")
        .first()
        .waitFor();
      await page.getByText("198[.]51[.]100[.]7").first().waitFor();
      await page.getByRole("button", { name: "Display" }).click();
      await page.getByRole("menuitemradio", { name: "UTC" }).click();
      await page.keyboard.press("Escape");
      await page
        .getByText(/^20\d\d-\d\d-\d\d \d\d:\d\dZ$/)
        .first()
        .waitFor();
      await page.reload();
      await page.getByText("hxxp://evil[.]example[.]com/login").first().waitFor();
      await page
        .getByText(/^20\d\d-\d\d-\d\d \d\d:\d\dZ$/)
        .first()
        .waitFor();
      assert.equal(await page.locator('a[href*="evil"]').count(), 0);
      await page.getByRole("button", { name: "Display" }).click();
      await page.getByRole("menuitemradio", { name: "Time here" }).click();
      await page
        .getByText(/^20\d\d-\d\d-\d\d \d\d:\d\d$/)
        .first()
        .waitFor();
      await page.getByRole("menuitemradio", { name: "How long ago" }).click();
      await page.getByRole("menuitemcheckbox", { name: /Disarm addresses/ }).click();
      await page.keyboard.press("Escape");
      await page.getByText("http://evil.example.com/login by admin@evil.example").first().waitFor();
    });
  });

  describe("changes", () => {
    test("tags of a few objects are added and taken off again, exactly", async () => {
      await showList();
      await page.keyboard.press("j");
      await page.keyboard.press("x");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("Shift+X");
      await page.getByText("3 chosen").waitFor();
      await page.keyboard.press("t");
      await page.getByLabel("Tag to add").fill("early");
      await page.keyboard.press("Enter");
      await notice("Nothing to change: 3 objects had it already").waitFor();
      await page.keyboard.press("t");
      await page.getByLabel("Tag to add").fill("by-hand");
      await page.getByLabel("even").check();
      await page.getByRole("button", { name: "Change tags" }).click();
      await notice("Tagged with by-hand: 3 objects").waitFor();
      assert.equal(await countOf({ kind: "label", anyOf: ["by-hand"] }), 3);
      assert.equal(await countOf({ kind: "label", anyOf: ["even"] }), 148);
      await page.keyboard.press("z");
      await notice("by-hand is off again: 3 objects").waitFor();
      assert.equal(await countOf({ kind: "label", anyOf: ["by-hand"] }), 0);
      assert.equal(await countOf({ kind: "label", anyOf: ["even"] }), 150);
      assert.equal(await countOf({ kind: "label", anyOf: ["odd"] }), 150);
    });

    test("a revocation is taken back, and what somebody else has changed since stays", async () => {
      await showList("text=entry&label=early&sort=name&direction=ascending");
      await page.getByRole("checkbox", { name: "Choose Entry 0-003" }).check();
      await page.getByRole("checkbox", { name: "Choose Entry 0-004" }).check();
      await page.getByRole("button", { name: "More…" }).click();
      await page.getByRole("menuitem", { name: "Revoke", exact: true }).click();
      await notice("Revoked: 2 objects").waitFor();
      assert.equal(await countOf({ kind: "revoked", is: true }), 2);
      const id = Buffer.from(FEEDS[0]).toString("base64");
      const path = `${workspacePath()}/objects/${encodeURIComponent(`${id}---${indicator(0, 4)["id"]}`)}`;
      await api(`${path}/tags`, "POST", { add: ["meanwhile"] });
      await page.getByRole("button", { name: "Undo (z)" }).click();
      await notice("Not revoked any more: 1 object. 1 object changed since and stayed").waitFor();
      assert.equal(await countOf({ kind: "revoked", is: true }), 1);
      await api(path, "PATCH", { revoked: false });
      await api(`${path}/tags`, "POST", { remove: ["meanwhile"] });
    });

    test("what did not work is said with the request to ask about", async () => {
      await showList("text=entry&sort=name&direction=descending");
      await page.getByRole("checkbox", { name: "Choose Entry 2-099" }).check();
      const id = Buffer.from(FEEDS[2]).toString("base64");
      await api(
        `${workspacePath()}/objects/${encodeURIComponent(`${id}---${indicator(2, 99)["id"]}`)}`,
        "DELETE",
      );
      await page.keyboard.press("t");
      await page.getByLabel("Tag to add").fill("too-late");
      await page.keyboard.press("Enter");
      await notice("The tags could not be changed").waitFor();
      await page.getByText(/^request [0-9a-f-]{36}$/).waitFor();
    });
  });

  describe("background tasks", () => {
    test("all that match are tagged in the background; undoing is offered where it is exact", async () => {
      await showList("source=One+feed&sort=name&direction=ascending");
      await page.getByText("100 objects", { exact: true }).waitFor();
      await page.getByLabel("Choose all that are shown").check();
      await page.getByRole("button", { name: "Choose all that match" }).click();
      await page.keyboard.press("t");
      await page.getByLabel("Tag to add").fill("fresh");
      await page.keyboard.press("Enter");
      await notice("Add the tag fresh: ordered").waitFor();
      await page.getByRole("button", { name: "Show progress" }).click();
      const drawer = page.getByRole("dialog", { name: "Background tasks" });
      await drawer.getByText("100 changed").waitFor();
      await drawer.getByText("Of: source is One feed").waitFor();
      await drawer.getByRole("button", { name: "Close" }).click();
      await notice("Add the tag fresh: done").waitFor();
      await page.getByRole("button", { name: "Undo (z)" }).click();
      await notice("Remove the tag fresh: done").waitFor();
      assert.equal(await countOf({ kind: "label", anyOf: ["fresh"] }), 0);

      // Some have this one already: taking it off would take theirs.
      await page.keyboard.press("t");
      await page.getByLabel("Tag to add").fill("early");
      await page.keyboard.press("Enter");
      await notice("Add the tag early: done").waitFor();
      await page.getByText("90 changed, 10 left as they were").first().waitFor();
      assert.equal(await page.getByRole("button", { name: "Undo (z)" }).count(), 0);
    });

    test("a deletion says once more what it is about, and can be left", async () => {
      await showList("source=One+feed&label=odd&sort=name&direction=ascending");
      await page.getByLabel("Choose all that are shown").check();
      await page.getByRole("button", { name: "Choose all that match" }).click();
      await page.getByRole("button", { name: "More…" }).click();
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      const dialog = page.getByRole("alertdialog", { name: "Delete all that match?" });
      await dialog.getByText("It is about: source is One feed and tag is odd.").waitFor();
      await dialog.getByRole("button", { name: "Keep" }).click();
      await page.getByText("50 objects", { exact: true }).waitFor();
    });
  });

  describe("questions", () => {
    test("groups in groups are built by keys alone, turned around, and kept in the address", async () => {
      await showList();
      await page.getByRole("button", { name: "Conditions" }).focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Conditions" });
      await dialog.getByLabel("Property").focus();
      await page.keyboard.type("Tag");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.type("odd");
      await page.keyboard.press("Enter");
      await dialog.getByRole("button", { name: "Add a group" }).focus();
      await page.keyboard.press("Enter");
      await page.keyboard.type("Source");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.type("One feed");
      await page.keyboard.press("Enter");
      await page.keyboard.type("Feed, with a comma");
      await page.keyboard.press("Enter");
      await dialog.getByLabel("Not: turn the group of the group at level 2 around").focus();
      await page.keyboard.press("Space");
      await dialog
        .getByText("tag is odd and not source is One feed or Feed, with a comma")
        .waitFor();
      await dialog.getByText("50 objects in the workspace").waitFor();
      await page.keyboard.press("Control+Enter");
      await page.getByText("50 objects", { exact: true }).waitFor();
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await page.getByText("50 objects", { exact: true }).waitFor();
      await page
        .getByText("Where tag is odd and not source is One feed or Feed, with a comma")
        .waitFor();
      await page.getByRole("button", { name: "Conditions (2)" }).click();
      await dialog
        .getByRole("button", { name: "Remove the group of the group at level 2" })
        .click();
      await dialog.getByRole("button", { name: "Search" }).click();
      await page.getByText("149 objects", { exact: true }).waitFor();
    });

    test("several values of a property are chosen, with how many of what is asked each has", async () => {
      await showList("label=odd&sort=name");
      await page.getByRole("button", { name: "Any source" }).click();
      await page.getByRole("checkbox", { name: "One feed 50 of 100" }).check();
      await page.getByRole("checkbox", { name: "Feed, with a comma 49 of 99" }).check();
      await page.keyboard.press("Escape");
      await page.getByText("99 objects", { exact: true }).waitFor();
      assert.match(decodeURIComponent(page.url()), /source=\["One\+?%?.*feed","Feed,/);
      await page.reload();
      await page.getByRole("button", { name: "Source: One feed +1" }).waitFor();
      await page.getByRole("button", { name: "Any TLP" }).click();
      await page.getByRole("checkbox", { name: /^RED / }).check();
      await page.getByText("0 objects", { exact: true }).waitFor();
      await page.getByRole("checkbox", { name: /^none / }).check();
      await page.getByText("99 objects", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
    });

    test("all that match are exported as a table and as a bundle", async () => {
      await showList("source=Another+feed&sort=name");
      const save = async (format: string): Promise<string> => {
        await page.getByRole("button", { name: "Export…" }).click();
        const [file] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("menuitem", { name: format }).click(),
        ]);
        return readFileSync(await file.path(), "utf8");
      };
      const table = await save("CSV table");
      assert.equal(table.trimEnd().split("\r\n").length, 101);
      const bundle = JSON.parse(await save("STIX bundle")) as { type: string; objects: unknown[] };
      assert.equal(bundle.type, "bundle");
      assert.equal(bundle.objects.length, 100);
      await notice(/^Exported all that match: STIX bundle/).waitFor();
    });
  });

  describe("keys", () => {
    test("the list is gone through, opened, closed and chosen from; the focus comes back to the row", async () => {
      await showList();
      const grid = page.getByRole("grid");
      await page.keyboard.press("j");
      await isAt("Entry 0-000");
      await page.keyboard.press("End");
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      await isAt("Entry 0-001");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Entry 0-001" }).waitFor();
      await page.keyboard.press("j");
      await page.getByRole("heading", { name: "Entry 0-002" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { name: "Entry 0-002" }).waitFor({ state: "detached" });
      await hasFocus("[role=grid]");
      await isAt("Entry 0-002");
      await page.keyboard.press("Space");
      await page.keyboard.press("Shift+ArrowDown");
      await page.getByText("2 chosen").waitFor();
      assert.equal(await grid.getByRole("row", { selected: true }).count(), 2);
      await page.keyboard.press("Escape");
      await page.getByText("2 chosen").waitFor({ state: "detached" });
      await page.keyboard.press("e");
      await page.getByRole("tab", { name: "Edit", selected: true }).waitFor();
      assert.match(page.url(), /part=edit/);
      await page.keyboard.press("Escape");
      await page.keyboard.press("/");
      await page.keyboard.type("entry");
      await page.waitForURL(/text=entry/);
      await hasFocus("input[type=search]");
    });

    test("they are all listed, and the palette does everything", async () => {
      await showList();
      await page.keyboard.press("?");
      const help = page.getByRole("dialog", { name: "Keys" });
      for (const label of ["Next object", "Choose the object", "Go to Query", "New object"]) {
        await help.getByText(label, { exact: true }).waitFor();
      }
      await page.keyboard.press("Escape");
      await help.waitFor({ state: "detached" });
      await openPalette("mine");
      await page.getByRole("option", { name: /Mine/ }).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(/view=Mine/);
      await openPalette("dark");
      await page.keyboard.press("Enter");
      await page.locator('html[data-theme="dark"]').waitFor();
      await openPalette("as the system");
      await page.keyboard.press("Enter");
      await page.locator('html[data-theme="light"]').waitFor();
      await openPalette("new object");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").getByLabel("Name").waitFor();
      await page.keyboard.press("Escape");
    });
  });

  describe("the frame", () => {
    test("titles, the skip link and the focus follow the pages", async () => {
      await showList();
      assert.equal(await page.title(), "Intelligence – quickstart – Stixgate");
      await page.keyboard.press("g");
      await page.keyboard.press("r");
      await page.waitForFunction(
        (title) =>
          (globalThis as unknown as { document: { title: string } }).document.title === title,
        "Ingestion – quickstart – Stixgate",
      );
      await hasFocus("#main");
      await page.locator("#main").blur();
      await page.keyboard.press("Tab");
      await page.getByRole("link", { name: "Skip to the content" }).press("Enter");
      await hasFocus("#main");
    });

    test("a workspace is found by typing, and the page stays the same one", async () => {
      for (const name of ["production", "laboratory"]) {
        await api("/api/v1/workspaces", "POST", { name });
      }
      await page.goto(`${base}intelligence?sort=name`);
      await page.getByRole("combobox", { name: "Workspace" }).click();
      await page.keyboard.type("labor");
      await page.getByRole("option", { name: "production" }).waitFor({ state: "detached" });
      await page.getByRole("option", { name: "laboratory" }).click();
      await page.getByText("Nothing has arrived yet.").waitFor();
      assert.equal(await page.title(), "Intelligence – laboratory – Stixgate");
    });

    test("while the server is away the page says so, keeps what it shows, and goes on by itself", async () => {
      await showList();
      await page.context().setOffline(true);
      await page.getByText("The server does not answer.").waitFor();
      await page.getByText("Entry 0-000").waitFor();
      await page.context().setOffline(false);
      await page.getByText("The server does not answer.").waitFor({ state: "detached" });
      await page.getByText("Entry 0-000").waitFor();
    });

    test("an ended session leaves the page as it is and goes on once somebody has signed in", async () => {
      await showList();
      const cookies = await page.context().cookies();
      await page.context().clearCookies();
      await page.getByRole("button", { name: "Any source" }).click();
      const dialog = page.getByRole("alertdialog", { name: "Your session has ended" });
      await dialog.waitFor();
      await page.context().addCookies(cookies);
      await dialog.getByRole("button", { name: "I have signed in" }).click();
      await dialog.waitFor({ state: "detached" });
      await page.getByText("Entry 0-000").waitFor();
    });
  });

  test("the drawer lists what runs and cancels it", async () => {
    for (let request = 0; request < 20; request += 1) {
      const stixobjects = Array.from({ length: 100 }, (_, at) => ({
        ...indicator(9, request * 100 + at),
        pattern: "[ipv4-addr:value = '192.0.2.9']",
        confidence: 50,
      }));
      const answer = await server.upload({ sourcesystem: "Much", stixobjects });
      assert.equal(answer.status, 200, answer.body);
    }
    await showList();
    // They run one after the other: the last still waits when it is cancelled.
    const condition = { kind: "source", anyOf: ["Much"] };
    for (let value = 0; value < 8; value += 1) {
      const actions = [{ kind: "setConfidence", value }];
      await api(`${workspacePath()}/tasks`, "POST", { actions, condition });
    }
    await page.getByRole("button", { name: "Search or go to…" }).click();
    await page.getByRole("combobox", { name: /^A page, a view/ }).fill("background");
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog", { name: "Background tasks" });
    const entry = (text: string) => drawer.getByRole("listitem").filter({ hasText: text });
    const last = entry("Set the confidence to 7");
    await last.getByRole("button", { name: "Cancel" }).click();
    await last.getByText("cancelled").waitFor();
    await entry("Set the confidence to 6").getByText("done").waitFor({ timeout: 60_000 });
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
  });

  test("nothing went wrong behind the page", () => {
    const expected = /40[14]|412|ERR_INTERNET_DISCONNECTED/;
    assert.deepEqual(
      watched.faults.filter((fault) => !expected.test(fault)),
      [],
    );
  });

  for (const [name, options] of [
    ["light", {}],
    ["dark", { dark: true }],
    ["high contrast", {}],
    ["narrow", { width: 390, height: 800 }],
  ] as const) {
    test(`it can be used by everybody: ${name}`, async () => {
      const { page: other, faults } = await openPage(browser, options);
      await other.context().addCookies(await page.context().cookies());
      const check = async (place: string): Promise<void> => {
        // A hint is outside of every landmark, where the component puts it: it goes with the pointer.
        await other.mouse.move(0, 0);
        await other.getByRole("tooltip").waitFor({ state: "hidden" });
        await assertAccessible(other, `${place}, ${name}`);
      };
      if (name === "high contrast") {
        await other.emulateMedia({ forcedColors: "active" });
      }
      await other.goto(`${base}intelligence?label=even&sort=name&direction=ascending`);
      await other.getByText("Entry 0-000").waitFor();
      if (name === "high contrast") {
        await other.locator('html[data-theme="contrast"]').waitFor();
        // The system's own colours hide what the page's colours are: the theme is looked at without them.
        await other.emulateMedia({ forcedColors: "none" });
        await other.getByRole("button", { name: "Display" }).click();
        await other.getByRole("menuitemradio", { name: "High contrast" }).click();
        await other.locator('html[data-theme="contrast"]').waitFor();
        await check("display menu");
        await other.keyboard.press("Escape");
      }
      await other.getByRole("checkbox", { name: "Choose Entry 0-000" }).check();
      await check("list");
      for (const [button, place] of [
        ["Columns", "columns"],
        ["Tag: even", "values"],
        ["Views", "views"],
      ] as const) {
        await other.getByRole("button", { name: button }).click();
        await other
          .getByText(place === "views" ? "Mine" : "early", { exact: true })
          .first()
          .waitFor();
        await check(place);
        await other.keyboard.press("Escape");
      }
      await other.getByRole("button", { name: "Conditions" }).click();
      await other.getByRole("button", { name: "Add a group" }).click();
      await check("conditions");
      await other.keyboard.press("Escape");
      await other.getByRole("button", { name: "Background tasks" }).click();
      await other.getByText("Set the confidence to 7").waitFor();
      await check("tasks");
      await other.keyboard.press("Escape");
      await other.locator("#main").focus();
      await other.keyboard.press("Control+k");
      await other
        .getByRole("option", { name: /Intelligence/ })
        .first()
        .waitFor();
      await check("palette");
      assert.deepEqual(faults, []);
      await other.context().close();
    });
  }
});
