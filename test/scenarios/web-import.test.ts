/** Goal: files are dropped, pasted and mapped in the page, put right where they are wrong, chosen from, and stored, whatever happens to the page or the server meanwhile. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { assertAccessible, browserMissing, openPage, startBrowser } from "../support/browser.ts";
import { type RunningServer, startServer, temporaryDirectory } from "./running-server.ts";

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

function bundle(objects: readonly object[]): string {
  const id = "bundle--00000000-0000-4000-8000-000000000009";
  return JSON.stringify({ type: "bundle", id, objects }, null, 1);
}

/** A file as it is dropped. */
interface Dropped {
  readonly name: string;
  readonly text: string;
}

describe("imports in the page", { skip }, () => {
  const folder = temporaryDirectory();
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let faults: readonly string[];
  let origin: string;

  const open = async (path: string): Promise<void> => {
    await page.goto(`${origin}/w/${server.ready.workspaceId}/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
  };

  const signIn = async (): Promise<void> => {
    const url = new URL(server.ready.signInUrl ?? "");
    origin = url.origin;
    await page.goto(url.href);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  };

  /** Drops files as a hand would: the page sees a DataTransfer with them. */
  const drop = async (files: readonly Dropped[]): Promise<void> => {
    const transfer = await page.evaluateHandle(
      `(() => {
        const made = new DataTransfer();
        for (const { name, text } of ${JSON.stringify(files)}) {
          made.items.add(new File([text], name));
        }
        return made;
      })()`,
    );
    const zone = page.getByText("Drop files here", { exact: false });
    await zone.dispatchEvent("dragover", { dataTransfer: transfer });
    await zone.dispatchEvent("drop", { dataTransfer: transfer });
    for (const { name } of files) {
      await page.getByRole("list", { name: "Chosen files" }).getByText(name).waitFor();
    }
  };

  const check = async (source: string): Promise<void> => {
    await page.getByRole("textbox", { name: "Source" }).fill(source);
    await page.getByRole("button", { name: "Check" }).click();
  };

  const api = async <T>(path: string): Promise<T> =>
    (await page.evaluate(
      async (url) => (await fetch(url)).json(),
      `/api/v1/workspaces/${server.ready.workspaceId}${path}`,
    )) as T;

  const countOf = async (source: string): Promise<number> =>
    (
      (await page.evaluate(
        async ([url, body]) => {
          const answer = await fetch("/api/v1/session");
          const session = (await answer.json()) as { readonly csrfToken: string };
          const headers = {
            "content-type": "application/json",
            "x-stixgate-csrf": session.csrfToken,
          };
          return (await fetch(url ?? "", { method: "POST", headers, body: body ?? "" })).json();
        },
        [
          `/api/v1/workspaces/${server.ready.workspaceId}/objects/count`,
          JSON.stringify({ condition: { kind: "source", anyOf: [source] } }),
        ],
      )) as { count: number }
    ).count;

  before(async () => {
    server = await startServer({ dataDir: folder.path });
    browser = await startBrowser();
    ({ page, faults } = await openPage(browser));
    await signIn();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    folder.remove();
  });

  test("what can be sent is said before", async () => {
    await open("import");
    await page.getByText("Up to 250 MiB of STIX, or 50 MiB of CSV", { exact: false }).waitFor();
  });

  test("a dropped bundle is tried out: every error at its line, with a fix that is one click away", async () => {
    await open("import");
    const text = bundle([
      indicator(1),
      indicator(2, { confidence: 500, valid_from: "2026-02-03" }),
      indicator(3),
    ]);
    await drop([{ name: "feed.json", text }]);
    await check("Dropped");
    await page.getByText("3 found, 2 valid (0 with warnings), 1 invalid").waitFor();
    const row = page
      .getByRole("row")
      .filter({ hasText: "indicator--00000000-0000-4000-8000-000000000002" });
    const shown = await row.innerText();
    assert.match(shown, /Line 26, \/confidence: /);
    assert.match(shown, /Line 25, \/valid_from: /);
    assert.match(shown, /Write 100/);
    assert.match(page.url(), /import=/);
    await assertAccessible(page, "dry run");

    await page.getByRole("button", { name: "Open record 2" }).click();
    const editor = page.getByLabel("Record 2 put right");
    await editor.waitFor();
    await page
      .getByRole("button", { name: 'Write "2026-02-03T00:00:00.000Z" (/valid_from)' })
      .click();
    await page.getByRole("button", { name: "Write 100 (/confidence)" }).click();
    await page.getByText("Nothing is wrong with it any more", { exact: false }).waitFor();
    await assertAccessible(page, "editor");
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByText("3 found, 3 valid (0 with warnings), 0 invalid").waitFor();
    await page.getByRole("button", { name: "Store all 3" }).click();
    await page.getByText("3 records are stored.").waitFor();
    assert.equal(await countOf("Dropped"), 3);
    await page.getByRole("link", { name: "Receipt 1" }).click();
    await page.getByText("3 received, 3 accepted", { exact: false }).waitFor();
  });

  test("what would change is shown object by object, and what is left out stays as it was", async () => {
    await open("import");
    const text = JSON.stringify([
      indicator(1, { name: "Renamed" }),
      indicator(2, { confidence: 100, valid_from: "2026-02-03T00:00:00.000Z" }),
      indicator(3, { revoked: true }),
      indicator(4),
      indicator(5),
    ]);
    await drop([{ name: "again.json", text }]);
    await check("Dropped");
    await page.getByText("5 found, 5 valid", { exact: false }).waitFor();
    for (const [word, count] of [
      ["new", 2],
      ["changed", 1],
      ["revoked by it", 1],
      ["unchanged", 1],
    ] as const) {
      await page.getByRole("tab", { name: `${word} (${count})`, exact: true }).waitFor();
    }
    await page.getByRole("tab", { name: "changed (1)", exact: true }).click();
    await page.waitForURL(/show=changed/);
    await page.getByRole("button", { name: "Open record 1" }).click();
    const difference = page.getByRole("table", { name: "What storing it would change" });
    assert.match(await difference.innerText(), /"Example 1"\s+"Renamed"/);
    await assertAccessible(page, "differences");
    await page.getByRole("tab", { name: "All (5)" }).click();
    await page.getByRole("checkbox", { name: "Store record 5" }).uncheck();
    await page.getByRole("checkbox", { name: /revoked by it/ }).uncheck();
    await page.getByRole("button", { name: "Store 2 of 5" }).click();
    await page.getByText("2 records are stored.").waitFor();
    assert.equal(await countOf("Dropped"), 4);
  });

  test("a table's columns are mapped, and remembered for its heading", async () => {
    const table = "Wert;Gruppe;Sicherheit\nbad.example;emotet|loader;80\n198.51.100.7;;viel\n";
    await open("import");
    await drop([{ name: "liste.csv", text: table }]);
    await page.getByText("No column holds a pattern or a value yet.").waitFor();
    await page.getByRole("combobox", { name: "Wert" }).selectOption("value");
    await page.getByRole("combobox", { name: "Gruppe" }).selectOption("labels");
    await page.getByRole("combobox", { name: "Sicherheit" }).selectOption("confidence");
    await assertAccessible(page, "mapping");
    await check("Table");
    await page.getByText("2 found, 1 valid (0 with warnings), 1 invalid").waitFor();
    const row = page.getByRole("row").filter({ hasText: "/confidence" });
    assert.match(
      await row.innerText(),
      /Line 3, \/confidence: confidence: 'viel' is no whole number\./,
    );
    await page.getByRole("button", { name: "Store the 1 valid one" }).click();
    await page.getByText("1 record is stored.").waitFor();
    await open("import");
    await drop([{ name: "liste-2.csv", text: table }]);
    assert.equal(await page.getByRole("combobox", { name: "Wert" }).inputValue(), "value");
    await page.getByText("as you chose them last time", { exact: false }).waitFor();
  });

  test("several files are sent in one go, a packed one and a broken one among them", async () => {
    await open("import");
    await page.setInputFiles("input[type=file]", [
      { name: "one.jsonl", mimeType: "", buffer: Buffer.from(JSON.stringify(indicator(11))) },
      {
        name: "two.json.gz",
        mimeType: "application/gzip",
        buffer: gzipSync(JSON.stringify({ sourcesystem: "Named", stixobjects: [indicator(12)] })),
      },
      { name: "three.json", mimeType: "", buffer: Buffer.from('[\n  {"a": 1},\n  {"b" 2}\n]') },
      { name: "book.xlsx", mimeType: "", buffer: Buffer.from("504b03041400", "hex") },
    ]);
    const source = page.getByRole("textbox", { name: "Source" });
    await page.getByRole("list", { name: "Chosen files" }).getByText("book.xlsx").waitFor();
    assert.equal(await source.inputValue(), "Named");
    await page.getByRole("button", { name: "Check" }).click();
    const files = page.getByRole("tablist", { name: "Files of this import" });
    await files.getByRole("tab", { name: "two.json.gz" }).click();
    await page.getByText("1 found, 1 valid", { exact: false }).waitFor();
    await files.getByRole("tab", { name: "three.json" }).click();
    await page.getByText('Line 3, column 8: Not JSON: "2", where a colon belongs.').waitFor();
    await files.getByRole("tab", { name: "book.xlsx" }).click();
    await page.getByText("It is a ZIP archive", { exact: false }).waitFor();
    await assertAccessible(page, "several files");
  });

  test("the errors are saved as a table and as JSON", async () => {
    await open("import");
    await drop([{ name: "bad.json", text: JSON.stringify([indicator(1, { confidence: -1 })]) }]);
    await check("Bad");
    for (const format of ["CSV", "JSON"]) {
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: `Errors as ${format}` }).click();
      const text = await (await (await saved).createReadStream()).toArray();
      assert.match(Buffer.concat(text).toString(), /\/confidence/);
    }
    await page.getByRole("button", { name: "Discard this import" }).click();
    await page
      .getByRole("button", { name: /^(Yes|Discard)/ })
      .first()
      .click();
    await page.getByText("Discarded by", { exact: false }).waitFor();
  });

  test("progress goes on through a reload of the page and a death of the server", async () => {
    const objects = Array.from({ length: 30_000 }, (_, at) => JSON.stringify(indicator(100 + at)));
    await open("import");
    await page.setInputFiles("input[type=file]", {
      name: "large.jsonl",
      mimeType: "",
      buffer: Buffer.from(objects.join("\n")),
    });
    await check("Large");
    const checking = page.getByRole("progressbar", { name: "Progress of the check" });
    await checking.waitFor();
    await page.reload();
    await page.getByText("30,000 found, 30,000 valid", { exact: false }).waitFor();
    const importId = new URL(page.url()).searchParams.get("import")?.replaceAll('"', "") ?? "";
    await page.getByRole("button", { name: "Store all 30,000" }).click();
    await page.getByRole("progressbar", { name: "Progress of storing" }).waitFor();
    const path = `/imports/${importId}`;
    let seen = 0;
    while (seen === 0) {
      const { progress } = await api<{ progress: { records: number } }>(path);
      seen = progress.records;
    }
    assert.ok(seen < 30_000, "it is under way");
    server.process.kill("SIGKILL");
    await new Promise((resolve) => server.process.once("exit", resolve));
    server = await startServer({ dataDir: folder.path });
    await signIn();
    await open(`import?import=${importId}`);
    await page.getByText("30,000 records are stored.").waitFor({ timeout: 120_000 });
    const done = await api<{ requests: readonly string[]; stored: number }>(path);
    assert.deepEqual([done.requests.length, done.stored], [60, 30_000]);
    let created = 0;
    for (const requestId of done.requests) {
      const receipt = await api<{ counts: { created: number } }>(`/requests/${requestId}`);
      created += receipt.counts.created;
    }
    assert.equal(created, 30_000, "every object is new, and none came twice");
  });

  test("earlier imports are listed, the newest first, and nothing is too wide for a telephone", async () => {
    await open("import");
    const rows = page.getByRole("region", { name: "Imports, newest first" }).getByRole("row");
    await rows.nth(1).getByText("large.jsonl").waitFor();
    assert.match(await rows.nth(1).innerText(), /Large\s+stored\s+30,000\s+30,000\s+0/);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["import", page.url().split("/").at(-1) ?? "import"]) {
      await open(path);
      const excess = await page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('main'))",
      );
      assert.equal(excess, 0, path);
    }
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await assertAccessible(page, "narrow and dark");
    const own = faults.filter((each) => !/ERR_CONNECTION|Failed to (?:fetch|load)/.test(each));
    assert.deepEqual(own, []);
  });
});
