/** `stixgate tag` and `stixgate revoke`: changes of named objects one by one, or of all that match as a task. */
import { type Command, Option } from "commander";
import { AppError, type ObjectView } from "../wire/index.ts";
import {
  API_HELP,
  type ApiRun,
  addApiOptions,
  EXIT,
  flagsOf,
  runApiCommand,
} from "./api-command.ts";
import { objectsNamed, pathOf, plain } from "./api-objects.ts";
import { runBulkTask } from "./bulk-task.ts";
import { addFilterOptions, conditionOf, type FilterOptions } from "./object-filter.ts";
import type { Surroundings } from "./surroundings.ts";
import type { UploadFlags } from "./upload-settings.ts";

interface ChangeOptions extends Omit<UploadFlags, "source">, FilterOptions {
  readonly where?: string;
  readonly everything?: boolean;
  readonly yes?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly undo?: boolean;
}

/** What is done to objects, in the two ways in which it can be. */
interface Change {
  readonly command: string;
  /** For the question before a task: "Revoke". */
  readonly what: string;
  readonly actions: readonly object[];
  readonly one: (run: ApiRun, object: ObjectView) => Promise<unknown>;
}

const WHICH_HELP = `
Named objects are changed one after the other. With --where or the options beside it, all that match are changed by a
task of the server: it asks first (--yes in scripts), shows how far it is, and goes on if this command is ended.
Ctrl-C cancels the task; what is done stays done.
${API_HELP}`;

const TAG_HELP = `
+LABEL adds a label, -LABEL removes one (or --add and --remove, for labels that look like an option).
${WHICH_HELP}

Examples:
  stixgate tag indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f +reviewed -new
  stixgate tag --where emotet --source "My feed" +emotet --yes
  stixgate tag --where '{"kind":"label","anyOf":["old"]}' --remove old`;

const REVOKE_HELP = `${WHICH_HELP}

Examples:
  stixgate revoke indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f
  stixgate revoke --source "Retired feed" --yes
  stixgate revoke --undo indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f`;

/** Adds the commands `tag` and `revoke`. */
export function registerChangeCommands(program: Command, surroundings: Surroundings): void {
  const tag = program
    .command("tag")
    .summary("add and remove labels")
    .description("Adds labels to objects and removes labels of theirs.")
    .argument("[what...]", "ids, +LABEL and -LABEL")
    .addOption(
      new Option("--add <label>", "the same as +LABEL; may be repeated").argParser(collect),
    )
    .addOption(
      new Option("--remove <label>", "the same as -LABEL; may be repeated").argParser(collect),
    )
    .allowUnknownOption();
  addChangeOptions(tag)
    .addHelpText("after", TAG_HELP)
    .action(async (what: readonly string[], options: ChangeOptions) => {
      const { ids, add, remove } = wordsOf(what, options);
      await run(tagging(add, remove), ids, options, surroundings);
    });
  const revoke = program
    .command("revoke")
    .summary("revoke objects")
    .description("Revokes objects: they stay, and nothing matches them any more.")
    .argument("[id...]", "STIX ids, or base64(source)---id")
    .option("--undo", "take a revocation back");
  addChangeOptions(revoke)
    .addHelpText("after", REVOKE_HELP)
    .action((ids: readonly string[], options: ChangeOptions) =>
      run(revoking(options.undo !== true), ids, options, surroundings),
    );
}

function addChangeOptions(command: Command): Command {
  const which = "Which objects:";
  command.addOption(
    new Option(
      "--where <words or json>",
      "words that must occur, or a condition as JSON",
    ).helpGroup(which),
  );
  addFilterOptions(command)
    .addOption(new Option("--everything", "every object of the workspace").helpGroup(which))
    .option("--yes", "do not ask")
    .option("--detach", "only order the task; the server goes on alone")
    .option("--json", "print the objects, or the task, as lines of JSON");
  return addApiOptions(command);
}

function tagging(add: readonly string[], remove: readonly string[]): Change {
  if (add.length === 0 && remove.length === 0) {
    throw new AppError("invalid_request", "Which labels? +LABEL adds one, -LABEL removes one.");
  }
  const words = [
    ...add.map((label) => `+${plain(label)}`),
    ...remove.map((label) => `-${plain(label)}`),
  ];
  return {
    command: "tag",
    what: `Change labels (${words.join(" ")}) of`,
    actions: [
      ...(add.length === 0 ? [] : [{ kind: "addLabels", labels: add }]),
      ...(remove.length === 0 ? [] : [{ kind: "removeLabels", labels: remove }]),
    ],
    one: ({ api }, { id }) =>
      api.call({
        name: `the labels of ${id}`,
        method: "POST",
        path: `${pathOf(id)}/tags`,
        body: { add, remove },
      }),
  };
}

function revoking(value: boolean): Change {
  return {
    command: "revoke",
    what: value ? "Revoke" : "Take back the revocation of",
    actions: [{ kind: "setRevoked", value }],
    one: ({ api }, { id }) =>
      api.call({
        name: `the change of ${id}`,
        method: "PATCH",
        path: pathOf(id),
        body: { revoked: value },
      }),
  };
}

async function run(
  change: Change,
  ids: readonly string[],
  options: ChangeOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { command } = change;
  const condition = conditionOf(options, options.where, new Date());
  const isBulk = condition !== undefined || options.everything === true;
  if (isBulk === ids.length > 0 || (condition !== undefined && options.everything === true)) {
    throw new AppError(
      "invalid_request",
      ids.length > 0
        ? "Ids and conditions exclude each other."
        : "Which objects? Give ids, or --where, --type, --source, --label, --tlp, --confidence, --active, or --everything alone.",
    );
  }
  process.exitCode = await runApiCommand(command, flagsOf(options), surroundings, (at) =>
    isBulk
      ? runBulkTask(at, {
          ...{ command, condition, what: change.what, actions: change.actions },
          isAgreed: options.yes === true,
          isDetached: options.detach === true,
          json: options.json === true,
        })
      : changeNamed(at, change, { ids, json: options.json === true }),
  );
}

async function changeNamed(
  at: ApiRun,
  { command, one }: Change,
  { ids, json }: { readonly ids: readonly string[]; readonly json: boolean },
): Promise<number> {
  const { stdout, stderr } = at.surroundings;
  let missing = 0;
  for (const name of ids) {
    const found = await objectsNamed(at.api, name);
    if (found.length === 0) {
      missing += 1;
      stderr.write(`stixgate ${command}: There is no object ${plain(name)}.\n`);
    }
    for (const object of found) {
      const changed = (await one(at, object)) as ObjectView;
      stdout.write(json ? `${JSON.stringify(changed)}\n` : `${lineOf(changed)}\n`);
    }
  }
  return missing === 0 ? EXIT.done : EXIT.incomplete;
}

function lineOf({ stixId, source, labels, revoked }: ObjectView): string {
  const state = revoked ? "revoked, " : "";
  return plain(`${stixId} of ${source}: ${state}labels ${labels.join(", ") || "none"}`);
}

/** Sorts what was given into ids and labels; a word with two dashes is a misspelled option. */
function wordsOf(
  what: readonly string[],
  options: ChangeOptions,
): { readonly ids: string[]; readonly add: string[]; readonly remove: string[] } {
  const unknown = what.find((word) => word.startsWith("--"));
  if (unknown !== undefined) {
    throw new AppError("invalid_request", `There is no option ${unknown} (see --help).`);
  }
  const signed = (sign: string): string[] =>
    what.filter((word) => word.startsWith(sign) && word.length > 1).map((word) => word.slice(1));
  return {
    ids: what.filter((word) => !/^[+-]/.test(word)),
    add: [...signed("+"), ...(options.add ?? [])],
    remove: [...signed("-"), ...(options.remove ?? [])],
  };
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}
