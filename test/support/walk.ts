/**
 * A stranger's walk through the page: what is done in each step, in words and by a real browser. The page of the guide,
 * its pictures, and the test that the walk can be gone are made from this one table.
 */
import type { Page } from "playwright-core";
import { BAD_LINE, WALK_INDICATORS, walkBundle } from "./walk-bundle.ts";

/** Where the walk is. */
export interface Walk {
  readonly page: Page;
  /** Address of the workspace, ending in a slash. */
  readonly base: string;
}

/** A step. */
export interface WalkStep {
  /** Name of its picture, without the ending. */
  readonly name: string;
  readonly title: string;
  /** What the reader does and sees, in Markdown. */
  readonly text: string;
  /** Does it; what is drawn when it ends is the picture. */
  readonly act: (walk: Walk) => Promise<void>;
}

const TAG = "campaign:kite";

/** Words for numbers of the text. */
const COUNT = WALK_INDICATORS.toLocaleString("en");

/** The steps, in order. */
export const WALK_STEPS: readonly WalkStep[] = [
  {
    name: "1-import",
    title: "Import a bundle",
    text: `Press \`g m\` or choose **Import**, and drop the file on the page. Say under which name the objects are kept, the
**Source**, and press **Check**. Nothing is stored yet: every record is validated, and compared with what is there.`,
    async act({ page, base }) {
      await page.goto(`${base}import`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const transfer = await page.evaluateHandle(
        `(() => {
          const made = new DataTransfer();
          made.items.add(new File([${JSON.stringify(walkBundle())}], "stray-kite.json"));
          return made;
        })()`,
      );
      const zone = page.getByText("Drop files here", { exact: false });
      await zone.dispatchEvent("drop", { dataTransfer: transfer });
      await page.getByRole("list", { name: "Chosen files" }).getByText("stray-kite.json").waitFor();
      await page.getByRole("textbox", { name: "Source" }).fill("Kite watch");
    },
  },
  {
    name: "2-bad-record",
    title: "Find the bad record",
    text: `Of all the records one is wrong: the table says on which line of the file it stands
(${BAD_LINE.toLocaleString("en")}), which property it is, and why.`,
    async act({ page }) {
      await page.getByRole("button", { name: "Check" }).click();
      await page.getByText("1 invalid", { exact: false }).waitFor();
      await page.getByRole("row").filter({ hasText: "valid_until" }).waitFor();
    },
  },
  {
    name: "3-fix",
    title: "Fix it",
    text: `Open the record, put the date right, and watch the message go: what you type is checked by the very code that checks
uploads. **Check again** takes it back into the import.`,
    async act({ page }) {
      await page.getByRole("button", { name: /^Open record/ }).click();
      const editor = page.getByLabel("put right");
      const text = await editor.inputValue();
      await editor.fill(text.replace("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
      await page.getByText("Nothing is wrong with it any more", { exact: false }).waitFor();
      await page.getByRole("button", { name: "Check again" }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "4-store",
    title: "Store all of it",
    text: `Now all records are valid. While they are stored the page counts along, even after it was closed and opened again; at
the end each part of it has its receipt.`,
    async act({ page }) {
      await page.getByRole("button", { name: "Check again" }).click();
      await page.getByText(", 0 invalid", { exact: false }).waitFor();
      await page.getByRole("button", { name: /^Store all/ }).click();
      await page.getByText(/records are stored\./).waitFor();
    },
  },
  {
    name: "5-relate",
    title: "Relate two objects",
    text: `In **Intelligence** search for \`Stray Kite\`, open it, and choose **Relate**. Begin to type \`Paperlantern\`, choose it, and
the builder offers what the standard allows between the two: *Stray Kite uses Paperlantern*.`,
    async act({ page, base }) {
      await page.goto(`${base}intelligence?type=threat-actor&text=kite`);
      await page.getByRole("gridcell", { name: "Stray Kite", exact: true }).click();
      await page.getByRole("heading", { name: "Stray Kite" }).waitFor();
      await page.getByRole("button", { name: "Relate", exact: true }).click();
      const builder = page.getByRole("form", { name: "Relate it to others" });
      await builder.getByRole("combobox", { name: "To what" }).fill("Paperlantern");
      await page.locator(".suggestions .option", { hasText: "Paperlantern" }).click();
      await builder.getByLabel("Relationship type with Paperlantern").selectOption("uses");
      await builder.getByRole("button", { name: "Store the relationship" }).click();
      await builder.getByText("Stored: Stray Kite uses Paperlantern").waitFor();
      await page.getByRole("region", { name: "uses →" }).waitFor();
    },
  },
  {
    name: "6-graph",
    title: "See the graph",
    text: `**Show as a graph** draws what the object is related to. \`e\` expands a node, \`p\` looks for a path to another object, \`?\`
lists the other keys. The list beside it holds the same for screen readers.`,
    async act({ page }) {
      await page.getByRole("link", { name: "Show as a graph" }).click();
      await page.getByRole("heading", { name: "Stray Kite" }).waitFor();
      await page.locator(".graphCanvas canvas").first().waitFor();
      await page.getByRole("option", { name: /^Paperlantern/ }).waitFor();
      await page.getByLabel("Steps").selectOption("2");
      await page.getByRole("option", { name: /^Kite relay/ }).waitFor();
    },
  },
  {
    name: "7-query",
    title: "Ask for it in KQL",
    text: `Press \`g q\`, write a query over Sentinel's own tables, and run it by \`Shift+Enter\`. A cell becomes a filter by \`f\`; the
address of the page holds the query, so that it can be sent to somebody.`,
    async act({ page, base }) {
      const query = [
        "ThreatIntelIndicators",
        '| where SourceSystem == "Kite watch" and IsActive',
        "| summarize Indicators = count() by bin(Confidence, 10)",
        "| order by Confidence asc",
        "| render columnchart",
      ].join("\n");
      await page.goto(`${base}query?q=${encodeURIComponent(query)}`);
      await page.locator(".cm-content").click();
      await page.keyboard.press("Shift+Enter");
      await page
        .getByRole("grid", { name: "Rows of the answer" })
        .or(page.locator("canvas").first())
        .first()
        .waitFor();
    },
  },
  {
    name: "8-tag",
    title: `Tag ${COUNT} objects`,
    text: `Back in **Intelligence**, narrow the list to the indicators of the source, choose the first by \`x\`, press **Choose all that
match**, then **Tag…**. A task works on them in the background, survives a restart of the server, and says when it is done; **Show progress**
lists it with the others, and **Undo** takes the tag from those that got it.`,
    async act({ page, base }) {
      await page.goto(`${base}intelligence?type=indicator&source=Kite%20watch`);
      await page.getByText(`${COUNT} objects`).waitFor();
      await page
        .getByRole("checkbox", { name: /^Choose Delivery host/ })
        .first()
        .click();
      await page.getByRole("button", { name: "Choose all that match" }).click();
      await page.getByRole("button", { name: "Tag… (t)" }).click();
      await page.getByRole("dialog").getByRole("combobox").fill(TAG);
      await page.getByRole("button", { name: "Add tag" }).click();
      await page.getByText(`Add the tag ${TAG}: done`, { exact: true }).waitFor();
    },
  },
];

/** Signs in by the link that a server prints, and gives the address of its workspace. */
export async function signIn(
  page: Page,
  { signInUrl, workspaceId }: { readonly signInUrl: string | null; readonly workspaceId: string },
): Promise<string> {
  const url = new URL(signInUrl ?? "");
  await page.goto(url.href);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  return `${url.origin}/w/${workspaceId}/`;
}

/** The page of the guide. */
export function walkPage(): string {
  const steps = WALK_STEPS.flatMap(({ name, title, text }, at) => [
    `## ${at + 1}. ${title}`,
    "",
    text,
    "",
    `![${title}](walk/${name}.png)`,
    "",
  ]);
  return [
    "# A walk through the page",
    "",
    "Printed from the steps of `test/support/walk.ts`, which a test goes in a real browser; `npm run walk` draws the",
    `pictures anew. The file is a made-up bundle of ${COUNT} hosts of an invented group, with one mistake in it.`,
    "",
    ...steps,
  ].join("\n");
}
