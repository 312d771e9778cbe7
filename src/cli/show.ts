/** `stixgate show`: one object with what is known of it, its versions, differences and neighbours. */
import { type Command, InvalidArgumentError } from "commander";
import { AppError, type ObjectView } from "../wire/index.ts";
import { API_HELP, type ApiRun, addApiOptions, EXIT, runApiCommand } from "./api-command.ts";
import { objectsNamed, pathOf, plain, stateOf } from "./api-objects.ts";
import { createOutput } from "./output.ts";
import { tableText } from "./query-output.ts";
import type { Surroundings } from "./surroundings.ts";
import type { UploadFlags } from "./upload-settings.ts";

interface Span {
  readonly from: number;
  readonly to: number;
}

interface ShowOptions extends UploadFlags {
  readonly versions?: boolean;
  readonly diff?: Span | true;
  readonly related?: boolean;
  readonly json?: boolean;
}

interface Difference {
  readonly kind: "added" | "removed" | "changed";
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

interface Related {
  readonly property: string;
  readonly stixId: string;
  readonly view: ObjectView | null;
}

/** A screen of neighbours; `--json` has no more, the API goes on with pages. */
const RELATED_MAX = 200;
const VERSIONS_MAX = 200;

const HELP = `
An id is that of the STIX object (then the object of each source is shown) or base64(source)---id, as in Sentinel's
tables and as stixgate search --json prints it.
${API_HELP}

Examples:
  stixgate show indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f
  stixgate show indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f --versions --related
  stixgate show indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f --diff 12..40`;

/** Adds the command `show`. */
export function registerShowCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("show")
    .summary("show an object")
    .description("Shows an object: what is known of it, and the STIX itself.")
    .argument("<id>", "STIX id, or base64(source)---id")
    .option("--versions", "list its versions, newest first")
    .option(
      "--diff [from..to]",
      "what one version has that another had not (default: the last two)",
      spanOf,
    )
    .option("--related", "list the objects that it refers to and that refer to it")
    .option("--json", "print one line of JSON for each object");
  addApiOptions(command)
    .addHelpText("after", HELP)
    .action(async (id: string, options: ShowOptions) => {
      process.exitCode = await runApiCommand("show", options, surroundings, (run) =>
        show(run, id, options),
      );
    });
}

async function show(run: ApiRun, id: string, options: ShowOptions): Promise<number> {
  const { stdout, stderr } = run.surroundings;
  const found = await objectsNamed(run.api, id);
  if (found.length === 0) {
    stderr.write(`stixgate show: There is no object ${plain(id)}.\n`);
    return EXIT.incomplete;
  }
  const output = createOutput(stdout);
  for (const object of found) {
    const more = await moreOf(run, object, options);
    await output.write(
      options.json === true
        ? `${JSON.stringify({ ...object, ...more })}\n`
        : `${[details(object), ...sections(more)].join("\n")}\n`,
    );
  }
  return EXIT.done;
}

interface More {
  readonly versions?: readonly ObjectView[];
  readonly diff?: readonly Difference[];
  readonly related?: {
    readonly outgoing: readonly Related[];
    readonly incoming: readonly Related[];
  };
}

async function moreOf(run: ApiRun, object: ObjectView, options: ShowOptions): Promise<More> {
  const path = pathOf(object.id);
  const versions = (limit: number): Promise<unknown> =>
    run.api.call({
      name: "the versions",
      method: "GET",
      path: `${path}/versions`,
      query: { limit },
    });
  const related = async (direction: string): Promise<readonly Related[]> => {
    const page = await run.api.call({
      name: "the neighbours",
      method: "GET",
      path: `${path}/related`,
      query: { direction, limit: RELATED_MAX },
    });
    return (page as { value: readonly Related[] }).value;
  };
  const diff = async (): Promise<readonly Difference[]> => {
    const span =
      options.diff === true || options.diff === undefined
        ? lastTwo((await versions(2)) as readonly ObjectView[])
        : options.diff;
    const query = { from: span.from, to: span.to };
    const request = {
      name: "the differences",
      method: "GET",
      path: `${path}/diff`,
      query,
    } as const;
    return (await run.api.call(request)) as readonly Difference[];
  };
  return {
    ...(options.versions === true
      ? { versions: (await versions(VERSIONS_MAX)) as readonly ObjectView[] }
      : {}),
    ...(options.diff === undefined ? {} : { diff: await diff() }),
    ...(options.related === true
      ? { related: { outgoing: await related("outgoing"), incoming: await related("incoming") } }
      : {}),
  };
}

function lastTwo([newest, earlier]: readonly ObjectView[]): Span {
  if (newest === undefined || earlier === undefined) {
    throw new AppError("invalid_request", "The object has only one version that is still kept.", {
      field: "--diff",
    });
  }
  return { from: earlier.change, to: newest.change };
}

function details(object: ObjectView): string {
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["Title", object.title],
    ["Type", object.type],
    ["STIX id", object.stixId],
    ["Source", `${object.source} (${object.provenance})`],
    ["Id", object.id],
    ["State", stateOf(object)],
    ["Confidence", String(object.confidence ?? "")],
    ["TLP", object.tlp ?? ""],
    ["Labels", object.labels.join(", ")],
    ["Observables", object.observables.map(({ key, value }) => `${key} = ${value}`).join(", ")],
    ["Valid", [object.validFrom ?? "", object.validUntil ?? ""].join(" to ")],
    ["Created", object.created ?? ""],
    ["Modified", object.modified ?? ""],
    ["Ingested", object.ingestedAt],
    ["Version", String(object.change)],
    ["Request", object.requestId],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows
    .filter(([, value]) => value !== "" && value !== " to ")
    .map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`);
  // JSON escapes what could disturb a terminal, but for the C1 controls.
  const json = JSON.stringify(object.object, null, 2).replaceAll(/[\u007f-\u009f]/g, "?");
  return `${lines.join("\n")}\n\n${json}\n`;
}

function sections({ versions, diff, related }: More): string[] {
  return [
    ...(versions === undefined ? [] : [`Versions\n${versionTable(versions)}`]),
    ...(diff === undefined ? [] : [`Differences\n${diffLines(diff)}`]),
    ...(related === undefined
      ? []
      : [
          `It refers to\n${relatedTable(related.outgoing)}`,
          `Refer to it\n${relatedTable(related.incoming)}`,
        ]),
  ];
}

const text = (name: string) => ({ name, type: "string" }) as const;

function versionTable(versions: readonly ObjectView[]): string {
  return tableText(
    ["VERSION", "INGESTED", "MODIFIED", "STATE", "CONFIDENCE", "LABELS"].map(text),
    versions.map((each) => [
      ...[String(each.change), each.ingestedAt, each.modified, stateOf(each)],
      ...[String(each.confidence ?? ""), each.labels.join(", ")],
    ]),
  );
}

function relatedTable(related: readonly Related[]): string {
  return tableText(
    ["PROPERTY", "TYPE", "TITLE", "STIX ID"].map(text),
    related.map(({ property, stixId, view }) => [
      ...[property, view?.type ?? "", view?.title ?? "(not stored)", stixId],
    ]),
  );
}

function diffLines(differences: readonly Difference[]): string {
  const value = (of: unknown): string => plain(JSON.stringify(of) ?? "");
  const words: Readonly<Record<Difference["kind"], (each: Difference) => string>> = {
    added: (each) => `+ ${plain(each.path)}: ${value(each.after)}`,
    removed: (each) => `- ${plain(each.path)}: ${value(each.before)}`,
    changed: (each) => `~ ${plain(each.path)}: ${value(each.before)} -> ${value(each.after)}`,
  };
  return differences.length === 0
    ? "none\n"
    : differences.map((each) => `${words[each.kind](each)}\n`).join("");
}

function spanOf(span: string): Span {
  const [, from, to] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(span) ?? [];
  if (from === undefined || to === undefined) {
    throw new InvalidArgumentError("It must be two numbers of versions: FROM..TO.");
  }
  return { from: Number(from), to: Number(to) };
}
