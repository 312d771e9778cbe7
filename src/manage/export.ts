/** Any search as a file: a STIX bundle, or a table of what the lists show. Written page by page, however long. */
import { randomUUID } from "node:crypto";
import type { SearchCondition, SearchHit, Store } from "../store/index.ts";
import { objectIdOf } from "./object-id.ts";

/** What is exported, and how. */
export interface ExportQuery {
  readonly workspaceId: string;
  readonly condition?: SearchCondition;
  readonly format: "stix" | "csv";
}

const PAGE_ITEMS = 500;

/** Columns of the table. */
const COLUMNS: readonly (readonly [heading: string, cell: (hit: SearchHit) => string])[] = [
  ["id", ({ stixId }) => stixId],
  ["type", ({ facts }) => facts.type],
  ["source", ({ sourceSystem }) => sourceSystem],
  ["name", ({ facts }) => facts.name ?? ""],
  ["observables", ({ facts }) => facts.observables.map(({ value }) => value).join(";")],
  ["pattern", ({ json }) => String(JSON.parse(json)["pattern"] ?? "")],
  ["confidence", ({ facts }) => String(facts.confidence ?? "")],
  ["tlp", ({ facts }) => facts.tlp ?? ""],
  ["labels", ({ facts }) => facts.labels.join(";")],
  ["revoked", ({ revoked }) => String(revoked)],
  ["valid_from", ({ facts }) => facts.validFrom ?? ""],
  ["valid_until", ({ facts }) => facts.validUntil ?? ""],
  ["created", ({ facts }) => facts.created ?? ""],
  ["modified", ({ facts }) => facts.modified ?? ""],
  ["ingested", ({ ingestedAt }) => ingestedAt],
  ["object", (hit) => objectIdOf(hit)],
];

/** The text of the file in pieces. Of an object that two sources have sent, both versions are in it. */
export async function* exportText(
  store: Store,
  query: ExportQuery,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { format } = query;
  if (format === "csv") {
    yield `${COLUMNS.map(([heading]) => heading).join(",")}\r\n`;
  } else {
    yield `{"type":"bundle","id":"bundle--${randomUUID()}","objects":[`;
  }
  let isFirst = true;
  for await (const hits of pagesOf(store, query, signal)) {
    const texts = hits.map((hit) => (format === "csv" ? `${rowOf(hit)}\r\n` : hit.json));
    if (format === "csv") {
      yield texts.join("");
    } else if (texts.length > 0) {
      yield `${isFirst ? "\n" : ",\n"}${texts.join(",\n")}`;
      isFirst = false;
    }
  }
  if (format === "stix") {
    yield "\n]}\n";
  }
}

async function* pagesOf(
  store: Store,
  { workspaceId, condition }: ExportQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly SearchHit[]> {
  let cursor: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const page = await store.searchObjects({
      workspaceId,
      sort: { by: "ingested", direction: "ascending" },
      limit: PAGE_ITEMS,
      ...(condition === undefined ? {} : { condition }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield page.items;
    if (page.next === null) {
      return;
    }
    cursor = page.next;
  }
}

function rowOf(hit: SearchHit): string {
  return COLUMNS.map(([, cell]) => csvCell(cell(hit))).join(",");
}

/** A cell; one that begins like a formula is given an apostrophe, so that a spreadsheet doesn't run it. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
