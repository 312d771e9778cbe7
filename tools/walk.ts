/**
 * Draws the pictures of the walk through the page (docs/guide/walk.md): starts a server of its own with the sample feed,
 * goes the steps in a real browser, and takes a picture at the end of each.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "../test/scenarios/running-server.ts";
import { browserMissing, openPage, startBrowser } from "../test/support/browser.ts";
import { signIn, WALK_STEPS } from "../test/support/walk.ts";

const folder = fileURLToPath(new URL("../docs/guide/walk", import.meta.url));
const SIZE = { width: 1_280, height: 800 } as const;
const WAIT_MS = 120_000;

const missing = browserMissing();
if (missing !== false) {
  throw new Error(missing);
}
mkdirSync(folder, { recursive: true });
const server = await startServer();
const browser = await startBrowser();
try {
  const { page } = await openPage(browser, SIZE);
  page.setDefaultTimeout(WAIT_MS);
  const base = await signIn(page, server.ready);
  for (const { name, title, act } of WALK_STEPS) {
    process.stderr.write(`${title}\n`);
    await act({ page, base });
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
} finally {
  await browser.close();
  await server.stop();
}
