/**
 * How soon a browser without a cache shows the first rows of the intelligence, and whether rows are there while one
 * scrolls, on few and on many objects. A real Chromium on the real server through TLS; both servers run at the same
 * time and are visited in turn, so that what else the machine does falls on both.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { browserMissing, startBrowser } from "../test/support/browser.ts";
import { type Filled, fillAndStart } from "./search.ts";
import { percentile, rounded } from "./timing.ts";

/** What bounds a run. */
export interface PageBenchOptions {
  readonly objects: number;
  readonly larger: number;
  /** Cold loads of each. */
  readonly rounds: number;
}

/** The smaller store is the baseline: ratios say how many times longer the larger one takes. */
export type PageBenchResult = Readonly<Record<string, number>>;

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;

interface Load {
  readonly firstRowsMs: number;
  readonly requests: number;
  readonly transferredBytes: number;
  readonly largestAnswerBytes: number;
}

interface Scroll {
  readonly frameMs: readonly number[];
  /** Frames in which a part of the list that was in sight held no row. */
  readonly blankFrames: number;
  readonly rowsSeen: number;
}

const VIEWPORT = { width: 1_920, height: 1_080 };
const ROW = "[role=row]:not(.heading)";
const WAIT_MS_MAX = 60_000;
/** Pixels for each frame: a wheel turned fast, about 1,500 rows in all. */
const SCROLL_PX = 200;
const SCROLL_FRAMES = 300;

/** Runs the measurement; servers and data are gone when it returns. */
export async function benchPage(options: PageBenchOptions): Promise<PageBenchResult> {
  const missing = browserMissing();
  if (missing !== false) {
    throw new Error(missing);
  }
  const directory = await mkdtemp(join(tmpdir(), "stixgate-bench-"));
  const filled: Filled[] = [];
  let browser: Browser | undefined;
  try {
    for (const [at, count] of [options.objects, options.larger].entries()) {
      filled.push(await fillAndStart(join(directory, String(at)), count));
    }
    const [small, large] = filled;
    if (small === undefined || large === undefined) {
      throw new Error("there are two servers");
    }
    browser = await startBrowser();
    return await measure(browser, small, large, options);
  } finally {
    await browser?.close();
    for (const { server, agent } of filled) {
      agent.destroy();
      await server.stop();
    }
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(
  browser: Browser,
  small: Filled,
  large: Filled,
  { objects, larger, rounds }: PageBenchOptions,
): Promise<PageBenchResult> {
  const cookies = [await signIn(browser, small), await signIn(browser, large)] as const;
  const loads: { readonly small: Load[]; readonly large: Load[] } = { small: [], large: [] };
  // The first visit of each warms the server up, not the browser, and isn't counted.
  for (let round = -1; round < rounds; round += 1) {
    const one = await coldLoad(browser, small, cookies[0]);
    const other = await coldLoad(browser, large, cookies[1]);
    if (round >= 0) {
      loads.small.push(one);
      loads.large.push(other);
    }
  }
  const [baseline, scrolled] = [
    await scrollThrough(browser, small, cookies[0]),
    await scrollThrough(browser, large, cookies[1]),
  ];
  const firstRows = (of: readonly Load[], share: number): number =>
    percentile(
      of.map(({ firstRowsMs }) => firstRowsMs),
      share,
    );
  return {
    ...{ objects, larger, rounds },
    baselineFirstRowsP50Ms: firstRows(loads.small, 0.5),
    firstRowsP50Ms: firstRows(loads.large, 0.5),
    firstRowsMaxMs: firstRows(loads.large, 1),
    ratioP50: rounded(firstRows(loads.large, 0.5) / firstRows(loads.small, 0.5), 2),
    requests: Math.max(...loads.large.map(({ requests }) => requests)),
    transferredBytes: Math.max(...loads.large.map(({ transferredBytes }) => transferredBytes)),
    largestAnswerBytes: Math.max(
      ...loads.large.map(({ largestAnswerBytes }) => largestAnswerBytes),
    ),
    baselineFrameP95Ms: percentile(baseline.frameMs, 0.95),
    frameP50Ms: percentile(scrolled.frameMs, 0.5),
    frameP95Ms: percentile(scrolled.frameMs, 0.95),
    rowsScrolled: scrolled.rowsSeen,
    blankFrames: scrolled.blankFrames,
    errors: 0,
  };
}

async function signIn(browser: Browser, { signInUrl }: Filled): Promise<Cookies> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.goto(signInUrl);
    await page.getByRole("navigation").first().waitFor({ timeout: WAIT_MS_MAX });
    return await context.cookies();
  } finally {
    await context.close();
  }
}

/** A new context has nothing in its cache. */
async function open(browser: Browser, cookies: Cookies): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: VIEWPORT });
  await context.addCookies(cookies);
  return context.newPage();
}

function addressOf({ server: { ready } }: Filled): string {
  return new URL(`/w/${ready.workspaceId}/intelligence`, ready.https).href;
}

async function coldLoad(browser: Browser, filled: Filled, cookies: Cookies): Promise<Load> {
  const page = await open(browser, cookies);
  const answers: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    answers.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  try {
    const startMs = performance.now();
    await page.goto(addressOf(filled), { waitUntil: "commit" });
    await page.locator(ROW).first().waitFor({ timeout: WAIT_MS_MAX });
    const firstRowsMs = rounded(performance.now() - startMs, 1);
    await page.waitForLoadState("networkidle");
    const sizes = await Promise.all(answers);
    return {
      firstRowsMs,
      requests: sizes.length,
      transferredBytes: sizes.reduce((sum, size) => sum + size, 0),
      largestAnswerBytes: Math.max(...sizes),
    };
  } finally {
    await page.context().close();
  }
}

async function scrollThrough(browser: Browser, filled: Filled, cookies: Cookies): Promise<Scroll> {
  const page = await open(browser, cookies);
  try {
    await page.goto(addressOf(filled));
    await page.locator(ROW).first().waitFor({ timeout: WAIT_MS_MAX });
    return await page.evaluate(scrollInPage, { px: SCROLL_PX, frames: SCROLL_FRAMES, row: ROW });
  } finally {
    await page.context().close();
  }
}

/** What the measurement in the page uses of it: the types of a browser would be there for the server as well. */
interface Element {
  scrollTop: number;
  readonly clientHeight: number;
  readonly getBoundingClientRect: () => { readonly top: number; readonly bottom: number };
  readonly querySelectorAll: (selector: string) => Iterable<Element>;
}

interface Browsing {
  readonly document: { readonly querySelector: (selector: string) => Element | null };
  readonly requestAnimationFrame: (next: (atMs: number) => void) => void;
}

/** Runs in the page: scrolls a little in each frame and looks whether rows fill the list down to its end. */
async function scrollInPage(options: {
  readonly px: number;
  readonly frames: number;
  readonly row: string;
}): Promise<Scroll> {
  const { document, requestAnimationFrame } = globalThis as unknown as Browsing;
  const grid = document.querySelector("[role=grid]");
  if (grid === null) {
    throw new Error("there is no grid");
  }
  const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const frameMs: number[] = [];
  let blankFrames = 0;
  let rowPx = 1;
  let lastMs = await nextFrame();
  for (let frame = 0; frame < options.frames; frame += 1) {
    grid.scrollTop += options.px;
    const nowMs = await nextFrame();
    frameMs.push(nowMs - lastMs);
    lastMs = nowMs;
    const rows = [...grid.querySelectorAll(options.row)].map((row) => row.getBoundingClientRect());
    const { top, bottom } = grid.getBoundingClientRect();
    const middle = (top + bottom) / 2;
    const isFull =
      rows.some((row) => row.top <= middle && row.bottom >= middle) &&
      rows.some((row) => row.bottom >= bottom - 1);
    blankFrames += isFull ? 0 : 1;
    rowPx = (rows[0]?.bottom ?? 1) - (rows[0]?.top ?? 0);
  }
  return {
    frameMs,
    blankFrames,
    rowsSeen: Math.round((grid.scrollTop + grid.clientHeight) / rowPx),
  };
}
