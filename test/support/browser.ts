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
  readonly faults: string[];
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

/** A way in which people look at a page. */
export interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colours: "light" | "dark";
  /** The system's own few colours, as Windows has them for people who need contrast. */
  readonly forced: boolean;
  /** What is chosen under Colours, where it isn't what the system says. */
  readonly theme?: "contrast";
}

/** The ways in which every page is looked at. */
export const LOOKS: readonly Look[] = [
  { name: "light", width: 1_280, height: 900, colours: "light", forced: false },
  { name: "dark", width: 1_280, height: 900, colours: "dark", forced: false },
  {
    name: "high contrast",
    width: 1_280,
    height: 900,
    colours: "dark",
    forced: false,
    theme: "contrast",
  },
  { name: "forced colours", width: 1_280, height: 900, colours: "dark", forced: true },
  { name: "narrow", width: 390, height: 844, colours: "light", forced: false },
  { name: "wide", width: 1_920, height: 1_080, colours: "light", forced: false },
];

/** Makes a page look so; it has to be loaded anew, since a theme is chosen when it starts. */
export async function lookAt(page: Page, look: Look): Promise<void> {
  await page.setViewportSize({ width: look.width, height: look.height });
  await page.emulateMedia({
    colorScheme: look.colours,
    forcedColors: look.forced ? "active" : "none",
    reducedMotion: "reduce",
  });
  await page.evaluate(`localStorage.setItem("stixgate.theme", "${look.theme ?? "system"}")`);
}

/** Waits until nothing on the page is on its way. */
export async function untilSettled(page: Page): Promise<void> {
  const waiting = page.locator("main .fui-Spinner, main .fui-Skeleton");
  await page.locator("main h1, main [role=grid], main .intelligence").first().waitFor();
  await waiting.filter({ hasNotText: "Waiting for" }).first().waitFor({ state: "detached" });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe reports and is none.
 * `[data-tabster-dummy]`: Fluent's keyboard helper puts invisible stops around its parts, hidden from screen readers;
 * they pass the focus on at once, so nobody gets stuck on them.
 */
const FALSE_ALARMS: readonly string[] = ["[data-tabster-dummy]"];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Asserts that a page can be used by everybody, as far as a machine can tell. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  // The page's policy lets no foreign script in; the browser's own door does.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (exclude) =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } }).axe.run({
        exclude,
      }),
    FALSE_ALARMS.map((selector) => [selector]),
  );
  assert.deepEqual(
    violations.map(({ id, help, nodes }) => [
      where,
      id,
      help,
      nodes.slice(0, 3).map(({ html, failureSummary }) => [html.slice(0, 300), failureSummary]),
    ]),
    [],
  );
}

/** A place that the focus comes to. */
export interface FocusPlace {
  readonly name: string;
  /** Whether it looks otherwise than without the focus. */
  readonly isVisible: boolean;
}

/** Runs in the page: how the focused element looks, and how the one before looks now that it has lost the focus. */
const FOCUS_STEP = `(() => {
  const properties = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderBottomColor", "borderLeftColor", "borderRightColor",
    "borderTopStyle", "backgroundColor", "color", "textDecorationLine", "opacity", "transform", "content", "width"];
  const lookOf = (element) => [element, element.parentElement, element.parentElement?.parentElement]
    .flatMap((each) => each ? ["", "::before", "::after"].map((part) => {
      const style = getComputedStyle(each, part || undefined);
      return properties.filter((name) => name !== "width" || part !== "").map((name) => style[name]).join();
    }) : []).join("|");
  const before = globalThis.lastFocus;
  const element = document.activeElement;
  if (before !== undefined && before.element === element) {
    // Within a field of several parts, such as a date.
    return { name: "", isVisible: null };
  }
  const isVisible = before === undefined ? null
    : before.element.hasAttribute("data-tabster-dummy") || lookOf(before.element) !== before.look;
  if (element === null || element === document.body) {
    globalThis.lastFocus = undefined;
    return { name: null, isVisible };
  }
  const isKnown = (globalThis.focused ??= new Set()).has(element);
  globalThis.focused.add(element);
  globalThis.lastFocus = { element, look: lookOf(element) };
  const words = element.getAttribute("aria-label") ?? element.innerText ?? "";
  return { name: isKnown ? null : element.tagName.toLowerCase() + " " + words.trim().slice(0, 60), isVisible };
})()`;

/** More stops than any page has. */
const STOPS_MAX = 500;

/** Presses Tab from the top of a page until the focus comes round; fails where it is caught. */
export async function tabThrough(page: Page): Promise<readonly FocusPlace[]> {
  await page.evaluate(
    "document.activeElement?.blur(); globalThis.focused = undefined; globalThis.lastFocus = undefined;",
  );
  const names: string[] = [];
  const places: FocusPlace[] = [];
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press("Tab");
    const { name, isVisible } = (await page.evaluate(FOCUS_STEP)) as {
      readonly name: string | null;
      readonly isVisible: boolean | null;
    };
    if (isVisible !== null) {
      places.push({ name: names.at(-1) ?? "", isVisible });
    }
    if (name === null) {
      return places;
    }
    if (name !== "") {
      names.push(name);
    }
  }
  return assert.fail(`the focus is caught at ${names.at(-1)}`);
}
