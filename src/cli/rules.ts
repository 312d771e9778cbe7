/** `stixgate rules`: what is done to records as they arrive. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { AppError } from "../wire/index.ts";
import { API_HELP, type ApiRun, addApiOptions, EXIT, runApiCommand } from "./api-command.ts";
import { plain } from "./api-objects.ts";
import { addJsonOption, printRows } from "./identity-commands.ts";
import type { Surroundings } from "./surroundings.ts";
import type { UploadFlags } from "./upload-settings.ts";

interface Rule {
  readonly name: string;
  readonly order: number;
  readonly enabled: boolean;
  readonly condition?: object;
  readonly actions?: readonly { readonly kind: string }[];
  readonly drop?: boolean;
  readonly etag?: number;
  readonly updatedAt?: string;
}

interface Trial {
  readonly tested: number;
  readonly changed: number;
  readonly dropped: number;
  readonly samples: readonly {
    readonly stixId: string;
    readonly dropped: boolean;
    readonly remarks: readonly string[];
  }[];
}

/** A hundred rules of a few hundred bytes, and room. */
const FILE_BYTES_MAX = 1_048_576;

const HELP = `
A rule file holds one rule, or a list of them as "rules list --json" prints it:
  {"name": "Trusted feed", "order": 10, "enabled": true,
   "condition": {"kind": "source", "anyOf": ["My feed"]},
   "actions": [{"kind": "setConfidence", "value": 90}, {"kind": "addLabels", "labels": ["trusted"]}]}
Instead of actions, "drop": true keeps records out. docs/guide/management.md has all conditions and actions.
${API_HELP}

Examples:
  stixgate rules list
  stixgate rules test rule.json
  stixgate rules save rule.json
  stixgate rules remove "Trusted feed"`;

/** Adds the command `rules`. */
export function registerRulesCommand(program: Command, surroundings: Surroundings): void {
  const rules = program
    .command("rules")
    .summary("ingestion rules: what is done to records as they arrive")
    .description("Rules of a workspace that change or drop records as they arrive, in their order.")
    .addHelpText("after", HELP);
  const leaf = (usage: string, description: string): Command =>
    addApiOptions(addJsonOption(rules.command(usage).description(description)));
  const run = async (
    options: UploadFlags,
    work: (at: ApiRun) => Promise<number>,
  ): Promise<void> => {
    process.exitCode = await runApiCommand("rules", options, surroundings, work);
  };
  leaf("list", "Lists the rules in the order in which they are applied.").action(
    (options: UploadFlags) => run(options, (at) => list(at, options)),
  );
  leaf("save <file>", "Saves the rules of a file, each in place of the one of its name.").action(
    (file: string, options: UploadFlags) => run(options, (at) => save(at, rulesOf(file), options)),
  );
  leaf("remove <name>", "Removes a rule.").action((name: string, options: UploadFlags) =>
    run(options, async ({ api, surroundings: { stdout } }) => {
      await api.call({ name: `the rule ${name}`, method: "DELETE", path: pathOf(name) });
      stdout.write(options.json === true ? "{}\n" : `${plain(name)} is removed.\n`);
      return EXIT.done;
    }),
  );
  leaf("test <file>", "Tells what a rule would have done to the newest thousand objects.").action(
    (file: string, options: UploadFlags) => run(options, (at) => test(at, rulesOf(file), options)),
  );
}

async function list({ api, surroundings }: ApiRun, { json }: UploadFlags): Promise<number> {
  const rows = (await api.call({ name: "the rules", method: "GET", path: "/rules" })) as Rule[];
  printRows(surroundings.stdout, rows, {
    json: json === true,
    none: "There is no rule yet.",
    columns: [
      ["ORDER", (rule) => String(rule.order)],
      ["RULE", (rule) => plain(rule.name)],
      ["ON", (rule) => (rule.enabled ? "yes" : "no")],
      ["WHEN", (rule) => plain(JSON.stringify(rule.condition ?? "always"))],
      ["DOES", doesOf],
    ],
  });
  return EXIT.done;
}

function doesOf({ drop, actions = [] }: Rule): string {
  return drop === true ? "drop" : plain(actions.map(({ kind }) => kind).join(", "));
}

async function save(
  { api, surroundings }: ApiRun,
  rules: readonly Rule[],
  { json }: UploadFlags,
): Promise<number> {
  for (const { name, etag: _etag, updatedAt: _updatedAt, ...body } of rules) {
    const path = pathOf(name);
    const saved = await api.call({ name: `the rule ${name}`, method: "PUT", path, body });
    surroundings.stdout.write(
      json === true ? `${JSON.stringify(saved)}\n` : `${plain(name)} is saved.\n`,
    );
  }
  return EXIT.done;
}

async function test(
  { api, surroundings: { stdout } }: ApiRun,
  rules: readonly Rule[],
  { json }: UploadFlags,
): Promise<number> {
  for (const { name, order, condition, actions, drop } of rules) {
    const body = Object.fromEntries(
      Object.entries({ order, condition, actions, drop }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    const request = {
      name: `the rule ${name}`,
      method: "POST",
      path: "/rules/test",
      body,
    } as const;
    const trial = (await api.call(request)) as Trial;
    stdout.write(json === true ? `${JSON.stringify(trial)}\n` : trialText(name, trial));
  }
  return EXIT.done;
}

function trialText(name: string, { tested, changed, dropped, samples }: Trial): string {
  const lines = samples.map(
    ({ stixId, dropped: isDropped, remarks }) =>
      `  ${plain(stixId)}: ${isDropped ? "dropped" : plain(remarks.join(" "))}\n`,
  );
  return `${plain(name)}: of the newest ${tested} objects ${changed} would have been changed, ${dropped} dropped\n${lines.join("")}`;
}

function pathOf(name: string): string {
  return `/rules/${encodeURIComponent(name)}`;
}

function rulesOf(file: string): readonly Rule[] {
  const value = readJson(file);
  const rules = Array.isArray(value) ? value : [value];
  const nameless = rules.findIndex(
    (rule) =>
      typeof rule !== "object" ||
      rule === null ||
      typeof rule.name !== "string" ||
      rule.name === "",
  );
  if (nameless >= 0) {
    throw new AppError("invalid_request", `${file}: rule ${nameless + 1} has no name.`, {
      field: "name",
    });
  }
  return rules as readonly Rule[];
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `Cannot read ${file}: ${reason}`, { cause });
  }
  try {
    return JSON.parse(text.slice(0, FILE_BYTES_MAX));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", `${file} is no JSON: ${reason}`, { cause });
  }
}
