/**
 * Goal: every page opens without errors and has no fault that axe knows, however it is looked at: light, dark, in high
 * contrast, in forced colours, narrow and wide; the focus reaches everything, is seen there, and is caught nowhere.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import {
  assertAccessible,
  browserMissing,
  LOOKS,
  lookAt,
  openPage,
  startBrowser,
  tabThrough,
  untilSettled,
  type WatchedPage,
} from "../support/browser.ts";
import { type RunningServer, startServer } from "./running-server.ts";

const skip =
  browserMissing() ||
  (existsSync(new URL("../../dist/web/index.html", import.meta.url))
    ? false
    : "the web page was not built: npm run build");

/** Every page and every part of one that has an address of its own. */
const PAGES = [
  "overview",
  "intelligence",
  "query",
  "graph",
  "ingestion",
  "ingestion?view=activity",
  "ingestion?view=quarantine",
  "import",
  "rules",
  "rules?new=yes",
  "connect",
  "connect?tool=curl",
  "connect?tool=http",
  "settings",
  "settings?section=workspaces",
  "settings?section=people",
  "settings?section=roles",
  "settings?section=keys",
  "settings?section=audit",
  "settings?section=audit&log=tenant",
  "settings?section=server",
] as const;

/** The second of the two keys that lead to a page. */
const KEYS_TO: Readonly<Record<string, string>> = {
  overview: "o",
  intelligence: "i",
  query: "q",
  graph: "g",
  ingestion: "r",
  import: "m",
  rules: "u",
  connect: "c",
  settings: "s",
};

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
  let watched: WatchedPage;
  let origin = "";

  const open = async (path: string): Promise<void> => {
    await watched.page.goto(`${origin}/w/${server.ready.workspaceId}/${path}`);
    await untilSettled(watched.page);
  };

  before(async () => {
    server = await startServer();
    await server.upload({
      sourcesystem: "Feed with an error",
      stixobjects: [indicator(1), indicator(2, { valid_from: "yesterday" }), indicator(3)],
    });
    browser = await startBrowser();
    watched = await openPage(browser);
    const signInUrl = new URL(server.ready.signInUrl ?? "");
    origin = signInUrl.origin;
    await watched.page.goto(signInUrl.href);
    await watched.page.getByRole("navigation", { name: "Pages" }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const look of LOOKS) {
    describe(look.name, () => {
      before(() => lookAt(watched.page, look));
      for (const path of PAGES) {
        test(path, async () => {
          watched.faults.length = 0;
          await open(path);
          await assertAccessible(watched.page, path);
          assert.deepEqual(watched.faults, []);
          const excess = await watched.page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('main'))",
          );
          assert.equal(excess, 0, "nothing is wider than the page");
        });
      }
    });
  }

  describe("by keys", () => {
    before(() => lookAt(watched.page, LOOKS[0] ?? assert.fail("no look")));
    for (const path of PAGES) {
      test(`${path}: the focus is seen everywhere and caught nowhere`, async () => {
        await open(path);
        const places = await tabThrough(watched.page);
        assert.ok(places.length > 10, `${places.length} places`);
        assert.deepEqual(
          places.filter(({ isVisible }) => !isVisible).map(({ name }) => name),
          [],
        );
      });
    }

    test("two keys lead to each page", async () => {
      await open("overview");
      for (const [name, key] of Object.entries(KEYS_TO).toReversed()) {
        await watched.page.keyboard.press("Escape");
        await watched.page.evaluate("document.activeElement?.blur()");
        await watched.page.keyboard.press("g");
        await watched.page.keyboard.press(key);
        await watched.page.waitForURL(new RegExp(`/${name}(\\?|$)`));
        await untilSettled(watched.page);
      }
    });
  });
});
