/** Goal: a stranger gets from a file with a mistake to tagged, related and queried intelligence, as the guide says. */
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { browserMissing, openPage, startBrowser } from "../support/browser.ts";
import { signIn, WALK_STEPS } from "../support/walk.ts";
import { type RunningServer, startServer } from "./running-server.ts";

/** The first query starts the server's parser and engine, and a task works through ten thousand objects. */
const WAIT_MS = 120_000;

describe("the walk of the guide", { skip: browserMissing() }, () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let base = "";
  before(async () => {
    server = await startServer();
    browser = await startBrowser();
    ({ page } = await openPage(browser));
    page.setDefaultTimeout(WAIT_MS);
    base = await signIn(page, server.ready);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const { title, act } of WALK_STEPS) {
    test(title, () => act({ page, base }));
  }
});
