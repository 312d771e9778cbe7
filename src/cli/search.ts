/** `stixgate search`: objects of a workspace by words and conditions. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { SearchCondition, SearchSort } from "../store/index.ts";
import type { ObjectPage, ObjectView } from "../wire/index.ts";
import {
  API_HELP,
  type ApiRun,
  addApiOptions,
  EXIT,
  flagsOf,
  runApiCommand,
  wholeNumber,
} from "./api-command.ts";
import { countOfObjects, stateOf } from "./api-objects.ts";
import { addFilterOptions, conditionOf, type FilterOptions } from "./object-filter.ts";
import { createOutput } from "./output.ts";
import { tableText } from "./query-output.ts";
import type { Surroundings } from "./surroundings.ts";
import { countOf, numberOf } from "./upload-progress.ts";
import type { UploadFlags } from "./upload-settings.ts";

interface Sort {
  readonly by: SearchSort;
  readonly direction: "ascending" | "descending";
}

interface SearchOptions extends Omit<UploadFlags, "source">, FilterOptions {
  readonly condition?: string;
  readonly sort?: Sort;
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1_000_000;
const PAGE_ITEMS_MAX = 1_000;

const SORTS: readonly SearchSort[] = [
  ...(["created", "modified", "valid_from", "valid_until", "ingested", "updated"] as const),
  ...(["confidence", "name", "type", "source"] as const),
];

/** Sorted from A to Z; the others from new to old and from high to low. */
const ASCENDING: readonly string[] = ["name", "type", "source"];

const HELP = `
Words: all must occur in name, description, labels, pattern or external ids. word is whole, word* a beginning,
"several words" one after the other. Conditions are those of POST /api/v1/…/objects/search (docs/guide/management.md).
${API_HELP}

Examples:
  stixgate search --ready ready.json emotet
  stixgate search 'loader* "parcel service"' --type indicator --confidence 70- --sort confidence
  stixgate search --source "My feed" --active --all --json > mine.ndjson
  stixgate search --condition '{"kind":"observable","value":"203.0.113.77"}'`;

/** Adds the command `search`. */
export function registerSearchCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("search")
    .summary("find objects")
    .description("Finds current objects of a workspace; all that is asked for must hold.")
    .argument("[words...]", "words that must occur");
  addFilterOptions(command)
    .addOption(new Option("--condition <json>", "a condition as JSON").helpGroup("Which objects:"))
    .addOption(
      new Option(
        "--sort <order>",
        `${SORTS.join(", ")}; with :asc or :desc (default: updated:desc)`,
      ).argParser(sortOf),
    )
    .addOption(
      new Option("--limit <n>", "at most so many")
        .argParser(wholeNumber(1, LIMIT_MAX))
        .default(LIMIT_DEFAULT),
    )
    .option("--all", "all of them")
    .option("--json", "print a line of JSON for each, instead of a table");
  addApiOptions(command)
    .addHelpText("after", HELP)
    .action(async (words: readonly string[], options: SearchOptions) => {
      const condition = conditionOfSearch(words, options);
      process.exitCode = await runApiCommand("search", flagsOf(options), surroundings, (run) =>
        search(run, options, condition),
      );
    });
}

function conditionOfSearch(
  words: readonly string[],
  options: SearchOptions,
): SearchCondition | undefined {
  const now = new Date();
  const byWords = conditionOf(options, words.join(" "), now, "words");
  const given = conditionOf({}, options.condition, now, "--condition");
  if (byWords === undefined || given === undefined) {
    return byWords ?? given;
  }
  return { kind: "and", conditions: [byWords, given] };
}

async function search(
  { api, surroundings }: ApiRun,
  options: SearchOptions,
  condition: SearchCondition | undefined,
): Promise<number> {
  const { stdout, stderr } = surroundings;
  const output = createOutput(stdout);
  const wanted = options.all === true ? Number.POSITIVE_INFINITY : options.limit;
  const query = {
    ...(condition === undefined ? {} : { condition }),
    ...(options.sort === undefined ? {} : { sort: options.sort }),
  };
  let cursor: string | null | undefined;
  let shown = 0;
  let behind = 0;
  while (shown < wanted && cursor !== null) {
    const limit = Math.min(PAGE_ITEMS_MAX, wanted - shown);
    const body = { ...query, limit, ...(cursor === undefined ? {} : { cursor }) };
    const request = { name: "the search", method: "POST", path: "/objects/search", body } as const;
    const page = (await api.call(request)) as ObjectPage;
    shown += page.value.length;
    behind = page.behind;
    cursor = page.cursor;
    const isRead = await output.write(
      options.json === true ? lines(page.value) : table(page.value),
    );
    if (!isRead) {
      return EXIT.done;
    }
  }
  if (options.json !== true) {
    await tellRest({ api, surroundings }, { condition, shown, isMore: cursor !== null });
  }
  if (behind > 0) {
    stderr.write(`${countOf(behind, "request")} could not be searched yet: search again soon.\n`);
  }
  return shown === 0 ? EXIT.incomplete : EXIT.done;
}

async function tellRest(
  { api, surroundings }: ApiRun,
  {
    condition,
    shown,
    isMore,
  }: {
    readonly condition: SearchCondition | undefined;
    readonly shown: number;
    readonly isMore: boolean;
  },
): Promise<void> {
  const { stderr } = surroundings;
  if (shown === 0) {
    stderr.write("Nothing was found.\n");
  }
  if (isMore) {
    const { count, exact } = await countOfObjects(api, condition);
    const total = `${exact ? "" : "at least "}${numberOf(count)}`;
    stderr.write(`${numberOf(shown)} of ${total}; --limit and --all show more.\n`);
  }
}

function lines(objects: readonly ObjectView[]): string {
  return objects.map((each) => `${JSON.stringify(each)}\n`).join("");
}

const COLUMNS = [
  { name: "TYPE", type: "string" },
  { name: "TITLE", type: "string" },
  { name: "CONFIDENCE", type: "long" },
  { name: "STATE", type: "string" },
  { name: "LABELS", type: "string" },
  { name: "SOURCE", type: "string" },
  { name: "STIX ID", type: "string" },
] as const;

function table(objects: readonly ObjectView[]): string {
  return objects.length === 0
    ? ""
    : tableText(
        COLUMNS,
        objects.map((each) => [
          ...[each.type, each.title, each.confidence, stateOf(each)],
          ...[each.labels.join(", "), each.source, each.stixId],
        ]),
      );
}

function sortOf(text: string): Sort {
  const [field = "", direction, ...rest] = text.split(":");
  const by = SORTS.find((each) => each === field);
  if (by === undefined) {
    throw new InvalidArgumentError(`It must be one of ${SORTS.join(", ")}.`);
  }
  if (rest.length > 0 || (direction !== undefined && !["asc", "desc"].includes(direction))) {
    throw new InvalidArgumentError("After the colon comes asc or desc.");
  }
  const isAscending = direction === undefined ? ASCENDING.includes(by) : direction === "asc";
  return { by, direction: isAscending ? "ascending" : "descending" };
}
