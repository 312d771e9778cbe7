/** A real browser for scenarios of the web page: the system's Chromium, driven from here, watched for faults. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where Chromium is; undefined where there is none. */
function chromiumPath(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** Why tests that need a browser are skipped here; false where they run. */
export function browserMissing(): string | false {
  return chromiumPath() === undefined && "no Chromium is installed";
}

/** Starts a browser; the test closes it. */
export function startBrowser(): Promise<Browser> {
  // A test may run as root, where Chromium's own sandbox can't be set up.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: chromiumPath() ?? "", args });
}

/** How a page is opened. */
export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

/** A page, and what went wrong in it so far. */
export interface WatchedPage {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** Opens a page and watches it: errors of its code, of its policy, and answers that failed. */
export async function openPage(
  browser: Browser,
  { width = 1_400, height = 900, dark = false }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") {
      faults.push(message.text());
    }
  });
  return { page, faults };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Asserts that a page can be used by everybody, as far as a machine can tell. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  // The page's policy lets no foreign script in; the browser's own door does.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } }).axe.run({
      // Fluent's keyboard helper puts invisible stops around its parts: a known false alarm.
      exclude: [["[data-tabster-dummy]"]],
    }),
  );
  assert.deepEqual(
    violations.map(({ id, help, nodes }) => [
      where,
      id,
      help,
      nodes.slice(0, 3).map(({ html }) => html),
    ]),
    [],
  );
}
