/**
 * Goal: the graph of an object opens step by step on the real server, by mouse and by keys alone: groups are paged,
 * paths are found through what is stored, what is hidden comes back, and everything is in the address.
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

const SOURCE = "Graph feed";
const RECORDS_MAX = 100;
const WAIT_MS = 60_000;
const SPOKES = 130;
const TIMES = { created: "2026-01-01T00:00:00.000Z", modified: "2026-01-01T00:00:00.000Z" };

type Stix = Readonly<Record<string, unknown>>;

function stixId(type: string, at: number): string {
  return `${type}--6d0a9f0e-0007-4000-8000-${String(at).padStart(12, "0")}`;
}

function object(type: string, at: number, more: Stix = {}): Stix {
  return { type, spec_version: "2.1", id: stixId(type, at), ...TIMES, ...more };
}

let relations = 0;

function relate(source: string, relationship_type: string, target: string, more: Stix = {}): Stix {
  relations += 1;
  const ends = { relationship_type, source_ref: source, target_ref: target };
  return object("relationship", relations, { ...ends, ...more });
}

const ACTOR = stixId("threat-actor", 1);
const AUTHOR = stixId("identity", 1);
const CHAIN = [1, 2, 3, 4, 5].map((at) => stixId("malware", at));
const RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";

/** An actor with 130 indicators and a chain of malware that leads away from it; all by one author. */
const OBJECTS: readonly Stix[] = [
  object("identity", 1, { name: "Author", identity_class: "organization" }),
  object("threat-actor", 1, {
    name: "Hub actor",
    threat_actor_types: ["spy"],
    created_by_ref: AUTHOR,
    object_marking_refs: [RED],
  }),
  ...CHAIN.map((_id, at) =>
    object("malware", at + 1, {
      name: `Chain ${at + 1}`,
      is_family: true,
      created_by_ref: AUTHOR,
      confidence: 10 + 20 * at,
      revoked: at === 1,
    }),
  ),
  object("tool", 1, { name: "Only tool", created_by_ref: AUTHOR }),
  ...Array.from({ length: SPOKES }, (_, at) =>
    object("indicator", at, {
      name: `Spoke ${String(at).padStart(3, "0")}`,
      pattern: `[ipv4-addr:value = '198.51.100.${at}']`,
      pattern_type: "stix",
      valid_from: TIMES.created,
    }),
  ),
  relate(ACTOR, "uses", CHAIN[0] ?? ""),
  relate(ACTOR, "uses", stixId("tool", 1), { confidence: 5 }),
  ...CHAIN.slice(1).map((id, at) => relate(CHAIN[at] ?? "", "downloads", id)),
  ...Array.from({ length: SPOKES }, (_, at) => relate(stixId("indicator", at), "indicates", ACTOR)),
];

function idOf(stix: string): string {
  return `${Buffer.from(SOURCE).toString("base64")}---${stix}`;
}

describe("the page of the graph", { skip }, () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let faults: readonly string[] = [];
  let root = "";

  before(async () => {
    server = await startServer();
    for (let start = 0; start < OBJECTS.length; start += RECORDS_MAX) {
      const stixobjects = OBJECTS.slice(start, start + RECORDS_MAX);
      const answer = await server.upload({ sourcesystem: SOURCE, stixobjects });
      assert.equal(answer.status, 200, answer.body);
    }
    browser = await startBrowser();
    ({ page, faults } = await openPage(browser, { width: 1_500 }));
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(server.ready.signInUrl ?? "");
    await page.waitForSelector(".rail");
    root = `${new URL(page.url()).origin}/w/${server.ready.workspaceId}`;
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const graph = (of: string, more: Readonly<Record<string, string>> = {}): string =>
    `${root}/graph?${new URLSearchParams({ of: idOf(of), ...more })}`;
  const list = () => page.getByRole("listbox", { name: "Objects of the graph" });
  const titled = (title: string | RegExp) =>
    page.locator(".twinText > span:first-child").filter({ hasText: title });
  const option = (title: string | RegExp) =>
    list()
      .getByRole("option")
      .filter({ has: titled(title) });
  const asked = (name: string) => (url: URL) => url.searchParams.has(name);

  async function open(address: string): Promise<void> {
    await page.goto(address);
    await list().waitFor();
    await page.locator(".graphCanvas canvas").first().waitFor();
  }

  /** Puts the list's mark on an object by keys. */
  async function choose(name: string): Promise<void> {
    await page.keyboard.press("/");
    await page.keyboard.type(name);
    await page.waitForURL(asked("find"));
    await option(name).first().waitFor();
    await list().focus();
    await page.keyboard.press("Home");
    await list()
      .getByRole("option", { selected: true })
      .filter({ has: titled(name) })
      .waitFor();
    await page.getByLabel("Find in the graph").fill("");
    await page.waitForURL((url) => !url.searchParams.has("find"));
    await list().focus();
  }

  test("a search finds where to begin", async () => {
    await page.goto(`${root}/graph`);
    await page.getByText("A graph begins with an object.").waitFor();
    await page.getByLabel("Find an object by its name").fill("Hub");
    await page.getByRole("link", { name: "Hub actor" }).click();
    await page.getByRole("heading", { name: "Hub actor" }).waitFor();
    await page.waitForURL(asked("of"));
  });

  test("alike leaves are one node; it opens, and more of it comes from the server", async () => {
    await open(graph(ACTOR));
    await choose("indicator (130)");
    await page.keyboard.press("e");
    await option("Spoke 000").waitFor();
    assert.equal(
      await list()
        .getByRole("option", { name: /^Spoke/ })
        .count(),
      60,
    );
    await choose("indicator (70 more)");
    await page.keyboard.press("e");
    await page.waitForURL(asked("pages"));
    await list()
      .getByRole("option", { name: /^Spoke/ })
      .nth(129)
      .waitFor({ state: "attached" });
    await option(/more\)/).waitFor({ state: "detached" });
    await page.reload();
    await list()
      .getByRole("option", { name: /^Spoke/ })
      .nth(129)
      .waitFor({ state: "attached" });
  });

  test("an object is expanded and taken together again by keys", async () => {
    await open(graph(ACTOR));
    await choose("Chain 1");
    await page.keyboard.press("e");
    await option("Chain 2").waitFor();
    await option("Chain 2").filter({ hasText: "malware, revoked" }).waitFor();
    await page.keyboard.press("c");
    await option("Chain 2").waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).searchParams.get("expanded"), null);
  });

  test("types and relations are hidden and shown by the legend; nothing is left hanging", async () => {
    await open(graph(ACTOR, { expanded: encodeURIComponent(idOf(CHAIN[0] ?? "")) }));
    await option("Chain 2").waitFor();
    await page.keyboard.press("Shift+G");
    const malware = page.getByRole("button", { name: /malware 2/ });
    await malware.focus();
    await page.keyboard.press("Enter");
    await option("Chain 1").waitFor({ state: "detached" });
    await option("Chain 2").waitFor({ state: "detached" });
    await page.waitForURL(asked("hide"));
    await malware.click();
    await option("Chain 2").waitFor();
    await page.getByRole("button", { name: /downloads 1/ }).click();
    await option("Chain 2").waitFor({ state: "detached" });
    await page.getByText("1 object is not drawn, being connected by what is hidden.").waitFor();
  });

  test("an object is hidden by a key and comes back", async () => {
    await open(graph(ACTOR));
    await choose("Only tool");
    await page.keyboard.press("h");
    await option("Only tool").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Show 1 hidden" }).click();
    await option("Only tool").waitFor();
  });

  test("a path to an object that is not in the picture is found through what is stored", async () => {
    await open(graph(ACTOR));
    await choose("Hub actor");
    await page.keyboard.press("p");
    await page.getByLabel("Other end of the path").fill("Chain 5");
    await page
      .getByRole("option", { name: /Chain 5/ })
      .first()
      .click();
    await page
      .getByText("Shortest path, 5 steps, through what is stored: Hub actor – Chain 1 –")
      .waitFor();
    await option("Chain 5").waitFor();
    await page.reload();
    await page.getByText(/^Shortest path, 5 steps/).waitFor();
    await page.keyboard.press("Escape");
    await option("Chain 5").waitFor({ state: "detached" });
  });

  test("a path in the picture needs no other object", async () => {
    await open(graph(ACTOR));
    await choose("Chain 1");
    await page.keyboard.press("p");
    await choose("Only tool");
    await page.keyboard.press("p");
    await page
      .getByText("Shortest path, 2 steps: Chain 1 – Hub actor – Only tool", { exact: true })
      .waitFor();
  });

  test("the menu opens by Shift+F10 in the list and by a right click in the picture", async () => {
    await open(graph(ACTOR));
    await choose("Chain 1");
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: /Select its neighbours/ }).click();
    await page.getByRole("button", { name: "Deselect 2" }).waitFor();
    await page.locator(".graphCanvas").click({ button: "right", position: { x: 6, y: 6 } });
    await page.getByRole("menuitem", { name: /Arrange again/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: /Arrange again/ }).waitFor({ state: "detached" });
  });

  test("a node stays where it was put, until the graph is arranged again", async () => {
    await open(graph(ACTOR, { layout: "rings" }));
    const box = await page.locator(".graphCanvas").boundingBox();
    assert.ok(box);
    // The start stands in the middle; the rest is a ring around it.
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y - 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => localStorage.getItem("stixgate.graph.places") !== null);
    const saved = await page.evaluate(() => localStorage.getItem("stixgate.graph.places"));
    assert.match(saved ?? "", new RegExp(ACTOR));
    await page.keyboard.press("l");
    await page.waitForFunction(() => localStorage.getItem("stixgate.graph.places") === "{}");
  });

  test("a frame selects what is inside", async () => {
    await open(graph(ACTOR));
    await page.getByRole("button", { name: "Frame" }).click();
    const box = await page.locator(".graphCanvas").boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 4, box.y + 4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4);
    await page.mouse.up();
    await page.waitForURL(asked("pick"));
    await page.getByRole("button", { name: /^Deselect/ }).click();
    await page.waitForURL((url) => !url.searchParams.has("pick"));
  });

  test("relations are listed, and Enter opens the one that is chosen", async () => {
    await open(graph(ACTOR));
    await page.getByRole("tab", { name: /^Relations/ }).click();
    const relationsList = page.getByRole("listbox", { name: "Relations of the graph" });
    await relationsList.focus();
    await page.keyboard.press("Home");
    const first = relationsList.getByRole("option", { selected: true });
    await first.waitFor();
    assert.match((await first.textContent()) ?? "", /^Hub actor uses → /);
    await page.keyboard.press("Enter");
    await page
      .getByRole("complementary", { name: "Object" })
      .getByText("relationship")
      .first()
      .waitFor();
  });

  test("what is shown is saved as a picture, a drawing and a bundle", async () => {
    await open(graph(ACTOR));
    for (const [item, name, check] of [
      [/PNG/, "graph-Hub-actor.png", (text: string) => text.startsWith("\u0089PNG")],
      [/SVG/, "graph-Hub-actor.svg", (text: string) => text.includes("Hub actor</text>")],
      [/STIX/, "graph-Hub-actor.json", isWholeBundle],
    ] as const) {
      await page.getByRole("button", { name: "Export…" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: item }).click(),
      ]);
      assert.equal(download.suggestedFilename(), name);
      assert.ok(check(readFileSync(await download.path(), "latin1")), name);
    }
  });

  test("layouts and the table stand in the address", async () => {
    await open(graph(ACTOR));
    await page.getByLabel("Layout").selectOption("rings");
    await page.waitForURL((url) => url.searchParams.get("layout") === "rings");
    await page.getByRole("button", { name: "Table" }).click();
    const tables = page.getByRole("region", { name: "Tables of the graph" });
    await tables.getByRole("button", { name: "Chain 1" }).click();
    await page
      .getByRole("complementary", { name: "Object" })
      .getByText("Chain 1")
      .first()
      .waitFor();
    await page.waitForURL(asked("open"));
  });

  for (const [name, options] of [
    ["light", {}],
    ["dark", { dark: true }],
    ["narrow", { width: 390, height: 800 }],
  ] as const) {
    test(`it can be used by everybody: ${name}`, async () => {
      const other = await openPage(browser, options);
      await other.page.context().addCookies(await page.context().cookies());
      for (const [address, shown] of [
        [graph(ACTOR), ".graphCanvas canvas"],
        [graph(ACTOR, { view: "table" }), ".graphTables"],
        [graph(ACTOR, { list: "relations", from: ACTOR }), ".pathEnd"],
        [graph(ACTOR, { open: idOf(ACTOR) }), ".pane"],
        [`${root}/graph`, ".beginning li"],
      ] as const) {
        await other.page.goto(address);
        await other.page.locator(shown).first().waitFor();
        await assertAccessible(other.page, `${address}, ${name}`);
      }
      assert.deepEqual(other.faults, []);
      await other.page.context().close();
    });
  }

  test("nothing went wrong on the console", () => {
    assert.deepEqual(faults, []);
  });
});

/** Group members are not drawn; the objects that are, and the relationships between them. */
function isWholeBundle(text: string): boolean {
  const { type, objects } = JSON.parse(text) as { type: string; objects: readonly Stix[] };
  const types = objects.map((each) => each["type"]).sort();
  assert.deepEqual(types, [
    "identity",
    "malware",
    "relationship",
    "relationship",
    "threat-actor",
    "tool",
  ]);
  return type === "bundle";
}
