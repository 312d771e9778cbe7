/**
 * Goal: whoever knows what to say and not how STIX writes it can make, change, relate and compare objects in the page, by
 * keys alone, and what is stored is what was said.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { observablesOf, parsePattern } from "../../src/pattern/index.ts";
import { OBJECT_TYPES } from "../../src/stix/index.ts";
import { clashesOf, merged, patchBetween } from "../../web/src/forms/merge.ts";
import { fieldsOf } from "../../web/src/forms/model.ts";
import {
  kindOfValue,
  patternFor,
  VALUE_KINDS,
  valuesOf,
} from "../../web/src/forms/pattern-build.ts";
import {
  assertAccessible,
  browserMissing,
  openPage,
  startBrowser,
  type WatchedPage,
} from "../support/browser.ts";
import { type RunningServer, startServer } from "./running-server.ts";

type Stored = Readonly<Record<string, unknown>>;

const FEED: readonly Stored[] = [
  {
    type: "threat-actor",
    spec_version: "2.1",
    id: "threat-actor--6d0a9f0e-0001-4000-8000-000000000001",
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: "Quiet Ferry",
    labels: ["quiet"],
  },
  {
    type: "identity",
    spec_version: "2.1",
    id: "identity--6d0a9f0e-0001-4000-8000-000000000002",
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: "Harbour Bank",
    identity_class: "organization",
  },
  {
    type: "attack-pattern",
    spec_version: "2.1",
    id: "attack-pattern--6d0a9f0e-0001-4000-8000-000000000003",
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    name: "Letter with a link",
  },
];

const STEPS_MAX = 120;

/** What the element with the focus is called; run in the page. */
const NAME_OF_FOCUSED = `(() => {
  const element = document.activeElement;
  const ids = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter((id) => id !== "");
  const named = ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
  return element.getAttribute("aria-label") ?? (named || labels || element.textContent);
})()`;

/** Presses Tab until what is called so, or begins so where the name ends in a colon, has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const focused = String(await page.evaluate(NAME_OF_FOCUSED));
    const found = focused.replace(/\s*\*$/, "").trim();
    if (found === name || (name.endsWith(":") && found.startsWith(name))) {
      return;
    }
    seen.push(found.slice(0, 40));
    await page.keyboard.press("Tab");
  }
  assert.fail(`no field "${name}" can be reached, only ${[...new Set(seen)].join(" | ")}`);
}

/** Opens the first row of a list by keys. */
async function openFirst(page: Page, name: string): Promise<void> {
  await page.getByRole("gridcell", { name }).first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name }).waitFor();
}

/** Presses Tab until the field, then types; a line break is Enter. */
async function fill(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.type(text.replaceAll("\n", ""));
  if (text.endsWith("\n")) {
    await page.keyboard.press("Enter");
  }
}

/** Types into a search, waits for what it offers, and takes the first. */
async function pick(page: Page, name: string, text: string, title: string): Promise<void> {
  await fill(page, name, text);
  await page.locator(".suggestions .option:first-child", { hasText: title }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Take ${title} away` }).waitFor();
}

async function openForm(page: Page, base: string, type: string): Promise<void> {
  await page.goto(`${base}intelligence`);
  await page.getByRole("row").nth(1).waitFor();
  await page.keyboard.press("n");
  await page.getByRole("dialog").waitFor();
  await page.getByRole("option", { name: type, exact: true }).waitFor({ state: "attached" });
  await tabTo(page, "Type");
  await page.keyboard.type(type);
  await page.locator("select", { hasText: "indicator" }).first().waitFor();
  assert.equal(await page.getByLabel("Type", { exact: true }).inputValue(), type);
}

/** Stores the form by Enter on its button, and gives what is stored, without what the server made up. */
async function stored(page: Page): Promise<Stored> {
  await tabTo(page, "Add");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForURL(/open=/);
  const object = await storedObject(page);
  const { id, created, modified, ...rest } = object;
  assert.match(String(id), new RegExp(`^${rest["type"]}--[0-9a-f-]{36}$`));
  if (modified !== undefined) {
    assert.equal(created, modified);
  }
  return rest;
}

/** The object that is open, as the API has it. */
async function storedObject(page: Page): Promise<Stored> {
  const url = new URL(page.url());
  const workspace = url.pathname.split("/")[2];
  const id = encodeURIComponent(url.searchParams.get("open") ?? "");
  const view = await page.evaluate(
    async (path) => (await (await fetch(path)).json()) as { object: Stored },
    `/api/v1/workspaces/${workspace}/objects/${id}`,
  );
  return view.object;
}

describe("forms of objects", { skip: browserMissing() }, () => {
  let server: RunningServer;
  let browser: Browser;
  let watched: WatchedPage;
  let base = "";
  before(async () => {
    server = await startServer();
    const answer = await server.upload({ sourcesystem: "A feed", stixobjects: FEED });
    assert.equal(answer.status, 200, answer.body);
    browser = await startBrowser();
    watched = await openPage(browser);
    watched.page.setDefaultTimeout(10_000);
    await watched.page.goto(server.ready.signInUrl ?? "");
    await watched.page.getByRole("heading", { name: "quickstart" }).waitFor();
    base = watched.page.url().replace(/overview.*$/, "");
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  test("texts, choices, lists, times, numbers, rows, references and markings by keys", async () => {
    const { page } = watched;
    await openForm(page, base, "malware");
    await fill(page, "Is family", "Yes");
    await fill(page, "Name", "Salt Worm");
    await fill(page, "Description", "Eats salt.");
    await fill(page, "Malware types", "ransom");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.type("salt-eater\n");
    await fill(page, "Aliases", "NaCl, Brine");
    await tabTo(page, "Add a row");
    await page.keyboard.press("Enter");
    await fill(page, "Kill chain name", "mitre-attack");
    await fill(page, "Phase name", "impact");
    await fill(page, "First seen", "2026-03-01 12:30");
    await fill(page, "Confidence", "80");
    await fill(page, "Tags", "qui");
    await page.locator(".suggestions .option", { hasText: "quiet" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await fill(page, "Marking", "TLP:AMBER+");
    await tabTo(page, "Add a row");
    await page.keyboard.press("Enter");
    await fill(page, "Source name", "cve");
    await fill(page, "External ID", "CVE-2026-1234");
    await tabTo(page, "More:");
    await page.keyboard.press("Enter");
    await pick(page, "Created by", "harb", "Harbour Bank");
    await fill(page, "Language", "en");
    assert.deepEqual(await stored(page), {
      type: "malware",
      spec_version: "2.1",
      created_by_ref: "identity--6d0a9f0e-0001-4000-8000-000000000002",
      labels: ["quiet"],
      confidence: 80,
      lang: "en",
      external_references: [{ source_name: "cve", external_id: "CVE-2026-1234" }],
      object_marking_refs: ["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"],
      name: "Salt Worm",
      description: "Eats salt.",
      malware_types: ["ransomware", "salt-eater"],
      is_family: true,
      aliases: ["NaCl", "Brine"],
      kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: "impact" }],
      first_seen: "2026-03-01T12:30:00Z",
    });
  });

  test("hashes, and the id that a file has everywhere", async () => {
    const { page } = watched;
    await openForm(page, base, "file");
    await fill(page, "Name", "salt.exe");
    await tabTo(page, "Add a digest");
    await page.keyboard.press("Enter");
    await fill(page, "Hashes: digest of row 1", "d41d8cd98f00b204e9800998ecf8427e");
    await fill(page, "Size", "4096");
    await tabTo(page, "More:");
    await page.keyboard.press("Enter");
    await fill(page, "Add an extension of the standard", "ntfs-ext");
    await fill(page, "SID", "1234567");
    await fill(page, "Other extensions as JSON", "{");
    await page.getByText("Not JSON yet:").waitFor();
    await page.getByText("unreadable: Expected an object.").waitFor();
    await tabTo(page, "Other extensions as JSON");
    await page.keyboard.press("Backspace");
    assert.deepEqual(await stored(page), {
      type: "file",
      spec_version: "2.1",
      hashes: { MD5: "d41d8cd98f00b204e9800998ecf8427e" },
      extensions: { "ntfs-ext": { sid: "1234567" } },
      size: 4096,
      name: "salt.exe",
    });
    assert.equal(
      (await storedObject(page))["id"],
      // The standard's rule: a UUID of version 5 over the properties that count.
      "file--d99b6897-d0f0-54a8-aba6-b9a25d22e5eb",
    );
  });

  test("closed choices, several references, fractions, JSON and statements", async () => {
    const { page } = watched;
    await openForm(page, base, "opinion");
    await fill(page, "Opinion", "strongly-agree");
    await pick(page, "Objects", "ferry", "Quiet Ferry");
    await pick(page, "Objects", "letter", "Letter with a link");
    assert.deepEqual(await stored(page), {
      type: "opinion",
      spec_version: "2.1",
      opinion: "strongly-agree",
      object_refs: [
        "threat-actor--6d0a9f0e-0001-4000-8000-000000000001",
        "attack-pattern--6d0a9f0e-0001-4000-8000-000000000003",
      ],
    });
    await openForm(page, base, "location");
    await fill(page, "Latitude", "53.5");
    await fill(page, "Longitude", "-9.25");
    assert.deepEqual(await stored(page), {
      type: "location",
      spec_version: "2.1",
      latitude: 53.5,
      longitude: -9.25,
    });
    await openForm(page, base, "process");
    await fill(page, "Command line", "salt.exe --eat");
    await tabTo(page, "More:");
    await page.keyboard.press("Enter");
    await fill(page, "Environment variables", '{"HOME": "/root"}');
    assert.deepEqual(await stored(page), {
      type: "process",
      spec_version: "2.1",
      command_line: "salt.exe --eat",
      environment_variables: { HOME: "/root" },
    });
    await openForm(page, base, "marking-definition");
    await fill(page, "Definition type", "statement");
    await page.keyboard.press("Escape");
    await fill(page, "Definition", "For members only.");
    assert.deepEqual(await stored(page), {
      type: "marking-definition",
      spec_version: "2.1",
      definition_type: "statement",
      definition: { statement: "For members only." },
    });
  });

  test("a pattern is written from values, explained, and the next indicator keeps what they share", async () => {
    const { page } = watched;
    await openForm(page, base, "indicator");
    const dialog = page.getByRole("dialog");
    await tabTo(page, "Write it from values");
    await page.keyboard.press("Enter");
    await page.keyboard.type("hxxps://evil[.]example/x");
    await page.keyboard.press("Enter");
    await page.keyboard.type("203.0.113.7");
    await tabTo(page, "Use this pattern");
    await page.keyboard.press("Enter");
    await dialog
      .getByText('whose value is "https://evil.example/x"')
      .or(dialog.getByText('url:value is "https://evil.example/x"'))
      .waitFor();
    await fill(page, "Name", "First");
    await fill(page, "Confidence", "55");
    await tabTo(page, "Add and duplicate");
    await page.keyboard.press("Enter");
    await dialog.getByText("Added First. Now the next one.").waitFor();
    await fill(page, "Pattern", "[domain-name:value = 'evil.example']");
    await fill(page, "Name", "Second");
    const { valid_from, ...rest } = await stored(page);
    assert.match(String(valid_from), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(rest, {
      type: "indicator",
      spec_version: "2.1",
      confidence: 55,
      name: "Second",
      pattern: "[domain-name:value = 'evil.example']",
      pattern_type: "stix",
    });
  });

  test("what is wrong is said at its field, and nothing is stored", async () => {
    const { page } = watched;
    await openForm(page, base, "indicator");
    const dialog = page.getByRole("dialog");
    await fill(page, "Pattern", "[domain-name:value = 'evil.example'");
    const at = (property: string) => dialog.locator(`[data-path="${property}"]`);
    await at("pattern").getByText('Expected "]" at column 36').waitFor();
    await fill(page, "Confidence", "101");
    await at("confidence").getByText("Expected an integer from 0 to 100.").waitFor();
    await fill(page, "Valid until", "2026-13-01");
    await at("valid_until").getByText("Expected a real date and time.").waitFor();
    await tabTo(page, "Add");
    await page.keyboard.press("Enter");
    await dialog.locator('[data-path="pattern"]:focus-within').waitFor();
    await page.keyboard.press("Escape");
    await dialog.getByText("What you have filled in is not stored yet.").waitFor();
    await tabTo(page, "Throw it away");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await openForm(page, base, "location");
    await tabTo(page, "Add");
    await page.keyboard.press("Enter");
    await dialog
      .getByText("At least one of region, country, latitude with longitude must be present.")
      .waitFor();
  });

  test("relationships are read as sentences, made at once, and seen", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?type=threat-actor`);
    await openFirst(page, "Quiet Ferry");
    await page.getByRole("button", { name: "Relate", exact: true }).click();
    const builder = page.getByRole("form", { name: "Relate it to others" });
    const add = async (text: string, title: string): Promise<void> => {
      await builder.getByRole("combobox", { name: "To what" }).fill(text);
      await page.locator(".suggestions .option", { hasText: title }).click();
    };
    await add("letter", "Letter with a link");
    assert.equal(
      await builder.getByLabel("Relationship type with Letter with a link").inputValue(),
      "uses",
    );
    await add("harbour", "Harbour Bank");
    await builder.getByLabel("Relationship type with Harbour Bank").selectOption("targets");
    await builder.getByRole("button", { name: "Swap the direction with Harbour Bank" }).click();
    assert.equal(
      await builder.getByLabel("Relationship type with Harbour Bank").inputValue(),
      "derived-from",
    );
    await builder.getByRole("button", { name: "Swap the direction with Harbour Bank" }).click();
    await builder.getByLabel("Relationship type with Harbour Bank").selectOption("targets");
    await builder.getByRole("button", { name: "Store 2 relationships" }).click();
    await builder.getByText("Stored: Quiet Ferry uses Letter with a link").waitFor();
    await builder.getByText("Stored: Quiet Ferry targets Harbour Bank").waitFor();
    await page
      .getByRole("region", { name: "targets →" })
      .getByRole("button", { name: "Harbour Bank" })
      .click();
    await page.getByRole("heading", { name: "Harbour Bank" }).waitFor();
    // The part that is shown stays when another object is opened, and stands in the address.
    await page.getByRole("region", { name: "← targets" }).waitFor();
    assert.match(page.url(), /part=relate/);
  });

  test("two people change one object: what each changed stays, where both did one chooses", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?type=malware`);
    await openFirst(page, "Salt Worm");
    await page.getByRole("tab", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Description" }).first().fill("Eats salt and iron.");
    await page.getByRole("textbox", { name: "Confidence" }).fill("90");
    const { page: other } = await openPage(browser);
    await other.context().addCookies(await page.context().cookies());
    await other.goto(page.url());
    await other.getByRole("textbox", { name: "Confidence" }).fill("20");
    await other.getByRole("textbox", { name: "Name", exact: true }).fill("Salt Worm II");
    await other.getByRole("button", { name: "Save" }).click();
    await other.getByRole("heading", { name: "Salt Worm II" }).waitFor();
    await other.context().close();
    await page.getByRole("button", { name: "Save" }).click();
    const conflict = page.getByRole("region", { name: "Changed meanwhile" });
    await conflict.getByText("Where both of you changed something, choose.").waitFor();
    const confidence = conflict.getByRole("group", { name: "confidence" });
    await confidence.getByLabel("Theirs: 20").check();
    await conflict.getByRole("group", { name: "name" }).getByText("They made it").waitFor();
    await conflict.getByRole("button", { name: "Put my changes on top" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved as a new version").first().waitFor();
    const { name, description, confidence: now } = await storedObject(page);
    assert.deepEqual([name, description, now], ["Salt Worm II", "Eats salt and iron.", 20]);
  });

  test("any two versions are compared", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?type=malware`);
    await openFirst(page, "Salt Worm II");
    await page.getByRole("tab", { name: "History" }).click();
    const changed = page.getByRole("region", { name: "What changed" });
    await changed.getByRole("rowheader", { name: "/description" }).waitFor();
    assert.equal(await changed.getByRole("rowheader", { name: "/name" }).count(), 0);
    await page
      .getByRole("radio", { name: /^Compare from/ })
      .last()
      .check();
    await changed.getByRole("rowheader", { name: "/name" }).waitFor();
    const row = changed.getByRole("row", { name: /confidence/ });
    assert.deepEqual(await row.getByRole("cell").allTextContents(), ["80", "20"]);
  });

  test("of another's object only its use is changed; it is seen, revoked and taken back at once", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?type=threat-actor`);
    await openFirst(page, "Quiet Ferry");
    await page.getByRole("tab", { name: "Edit" }).click();
    await page.getByText("It belongs to A feed").waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Name" }).count(), 0);
    await page.getByRole("textbox", { name: "Confidence" }).fill("33");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("confidence 33").waitFor();
    await page.getByRole("button", { name: "Seen", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Count").fill("7");
    await dialog.getByRole("button", { name: "Store the sighting" }).click();
    await page.getByText("The sighting is stored").first().waitFor();
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByText("Revoked: 1 object").first().waitFor();
    await page.getByRole("button", { name: "Undo" }).first().click();
    await page.getByText("Not revoked any more").first().waitFor();
    await page.getByRole("tab", { name: "Related" }).click();
    await page.getByRole("region", { name: "← sighting of" }).waitFor();
  });

  test("a copy begins with what the original says, and becomes an object of its own", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?type=attack-pattern`);
    await openFirst(page, "Letter with a link");
    await page.getByRole("button", { name: "Duplicate" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Letter with a file");
    await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { name: "Letter with a file" }).waitFor();
    const { id, ...copy } = await storedObject(page);
    assert.notEqual(id, "attack-pattern--6d0a9f0e-0001-4000-8000-000000000003");
    assert.equal(copy["name"], "Letter with a file");
  });

  test("an object has an address of its own, and its values lead to others that have them", async () => {
    const { page } = watched;
    await page.goto(`${base}intelligence?text=Second`);
    await openFirst(page, "Second");
    await page.getByRole("link", { name: "Open on a page of its own" }).click();
    await page.waitForURL(/objects\//);
    await page.reload();
    await page.getByRole("heading", { name: "Second" }).waitFor();
    await page.getByText('a domain-name was seen whose value is "evil.example"').waitFor();
    await page.getByRole("link", { name: "Find others with evil.example" }).click();
    await page.waitForURL(/where=/);
    await page.getByRole("gridcell", { name: "Second" }).first().waitFor();
  });

  test("nothing went wrong behind the page", () => {
    // The refused edit is noted by the browser as the 412 that it is.
    const unexpected = watched.faults.filter((fault) => !fault.includes("412"));
    assert.deepEqual(unexpected, []);
  });

  for (const [name, options] of [
    ["light", {}],
    ["dark", { dark: true }],
    ["narrow", { width: 390, height: 800 }],
  ] as const) {
    test(`it can be used by everybody: ${name}`, async () => {
      const { page } = await openPage(browser, options);
      await page.context().addCookies(await watched.page.context().cookies());
      await openForm(page, base, "malware");
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: /^More/ }).click();
      await dialog.getByRole("button", { name: "Add a row" }).first().click();
      await dialog.getByRole("button", { name: "Add", exact: true }).click();
      await dialog.getByText("Required property is missing.").first().waitFor();
      await assertAccessible(page, `form of malware, ${name}`);
      await dialog.getByLabel("Type", { exact: true }).selectOption("indicator");
      await dialog.getByRole("button", { name: "Write it from values" }).click();
      await dialog.getByLabel("Values").fill("203.0.113.7");
      await dialog.getByRole("combobox", { name: "Tags" }).click();
      await assertAccessible(page, `form of an indicator, ${name}`);
      for (const part of ["fields", "relate", "history", "json", "edit"]) {
        await page.goto(`${base}intelligence?type=malware&part=${part}`);
        await openFirst(page, "Salt Worm II");
        await page.getByRole("button", { name: "Seen", exact: true }).waitFor();
        await page.locator(".details > :last-child:not(.center)").waitFor();
        await assertAccessible(page, `${part} of an object, ${name}`);
      }
      await page.context().close();
    });
  }
});

const LOOKS: readonly (readonly [value: string, path: string | undefined])[] = [
  ["203.0.113.7", "ipv4-addr:value"],
  ["203.0.113.0/24", "ipv4-addr:value"],
  ["2001:db8::7", "ipv6-addr:value"],
  ["00:00:5e:00:53:07", "mac-addr:value"],
  ["evil.example", "domain-name:value"],
  ["https://evil.example/x?y=1", "url:value"],
  ["mallory@evil.example", "email-addr:value"],
  ["d41d8cd98f00b204e9800998ecf8427e", "file:hashes.MD5"],
  ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "file:hashes.'SHA-1'"],
  ["invoice.exe", "file:name"],
  ["HKEY_CURRENT_USER\\Software\\Evil", "windows-registry-key:key"],
  ["something else", undefined],
];

test("a form has every property that the standard gives its type", () => {
  const automatic = ["type", "spec_version", "id", "created", "modified", "objects"];
  for (const { name, properties } of OBJECT_TYPES.values()) {
    const { required, open, more } = fieldsOf(name);
    const asked = [...required, ...open, ...more].map((field) => field.name);
    const known = properties.filter(({ in21 }) => in21 !== "absent").map((each) => each.name);
    const expected = known.filter((each) => !automatic.includes(each));
    assert.deepEqual(new Set(asked), new Set(expected), name);
  }
  assert.deepEqual(
    fieldsOf("indicator").required.map(({ name, label, help }) => [name, label, help]),
    [
      ["pattern", "Pattern", "What to look for, in the language that the pattern type names."],
      ["pattern_type", "Pattern type", "The language of the pattern."],
      ["valid_from", "Valid from", "From when on a match means something."],
    ],
  );
});

test("what two people changed is put together", () => {
  const before = { name: "a", confidence: 1, labels: ["x"], lang: "en" };
  const theirs = { name: "b", confidence: 2, labels: ["x"], lang: "en" };
  const mine = { name: "c", confidence: 1, labels: ["x", "y"] };
  const clashes = clashesOf(before, theirs, mine);
  assert.deepEqual(
    clashes.map(({ name, by }) => [name, by]),
    [
      ["name", "both"],
      ["confidence", "them"],
      ["labels", "me"],
      ["lang", "me"],
    ],
  );
  assert.deepEqual(merged(theirs, clashes, new Set(["name"])), {
    name: "c",
    confidence: 2,
    labels: ["x", "y"],
  });
  assert.deepEqual(merged(theirs, clashes, new Set()), {
    name: "b",
    confidence: 2,
    labels: ["x", "y"],
  });
  assert.deepEqual(patchBetween(theirs, mine), {
    name: "c",
    confidence: 1,
    labels: ["x", "y"],
    lang: null,
  });
});

test("a value's kind is told by its looks", () => {
  assert.deepEqual(
    LOOKS.map(([value]) => [value, kindOfValue(value)?.path]),
    LOOKS,
  );
});

test("values are made whole again, joined by OR, and escaped", () => {
  const values = valuesOf("hxxps://evil[.]example/x\n\n 203.0.113[.]7 \n203.0.113.7");
  const known = values.flatMap((value) => {
    const kind = kindOfValue(value);
    return kind === undefined ? [] : [{ value, kind }];
  });
  assert.equal(
    patternFor(known),
    "[url:value = 'https://evil.example/x' OR ipv4-addr:value = '203.0.113.7']",
  );
  for (const kind of VALUE_KINDS) {
    const value = kind.isNumber === true ? "64496" : "it's a \\ value";
    const result = parsePattern(patternFor([{ value, kind }]));
    assert.ok(result.ok, kind.path);
    assert.deepEqual(
      observablesOf(result.pattern).map(({ written }) => written),
      [value],
    );
  }
});
