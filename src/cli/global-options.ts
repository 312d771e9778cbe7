/** Options that several commands share, and how they become settings. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { type LoadedSettings, loadSettings } from "../app/index.ts";
import { AppError } from "../wire/index.ts";

/** Values of the shared options, as commander collects them. */
export interface GlobalOptions {
  readonly dataDir?: string;
  readonly config?: string;
  readonly host?: string;
  readonly httpsPort?: string;
  readonly httpPort?: string;
  readonly logLevel?: string;
  readonly workers?: string;
  readonly set?: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Name of the settings file that is read from the data directory when no other is named. */
const SETTINGS_FILE = "stixgate.json";

/** Shorthand flags: option name to setting name. */
const SHORTHANDS: readonly (readonly [keyof GlobalOptions, string])[] = [
  ["dataDir", "data.directory"],
  ["host", "https.host"],
  ["httpsPort", "https.port"],
  ["httpPort", "http.port"],
  ["logLevel", "log.level"],
  ["workers", "server.workers"],
];

/** Adds `--data-dir`, `--config` and `--set`. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      "--data-dir <dir>",
      "folder that holds everything the server keeps (default: .stixgate)",
    )
    .option(
      "--config <file>",
      "settings file, JSON (default: stixgate.json in the data directory, if there)",
    )
    .addOption(
      new Option("--set <name=value>", "any setting of docs/reference/settings.md; may be repeated")
        .argParser(collect)
        .default([] as string[], "none"),
    );
}

/** Adds the options of commands that listen. */
export function addServerOptions(command: Command): Command {
  return addDataOptions(command)
    .option("--host <address>", "address that HTTPS listens on (default: 127.0.0.1)")
    .option("--https-port <port>", "port of HTTPS; 0 takes a free one (default: 8443)")
    .option(
      "--http-port <port>",
      'port of plain HTTP on loopback; 0 takes a free one, "off" none (default: 8080)',
    )
    .option(
      "--workers <number>",
      "threads that read and validate uploads (default: 0, none of their own)",
    )
    .option("--log-level <level>", "debug, info, warn or error (default: info)");
}

/** Reads the settings from options, environment and file. @throws AppError `settings_invalid` */
export function settingsOf(
  options: GlobalOptions,
  environment: Environment,
  presets: Readonly<Record<string, unknown>> = {},
): LoadedSettings {
  const flags: Record<string, unknown> = {};
  for (const [option, setting] of SHORTHANDS) {
    if (options[option] !== undefined) {
      flags[setting] = options[option];
    }
  }
  for (const assignment of options.set ?? []) {
    const at = assignment.indexOf("=");
    if (at < 1) {
      throw new AppError("settings_invalid", `--set needs NAME=VALUE, not "${assignment}".`);
    }
    flags[assignment.slice(0, at)] = assignment.slice(at + 1);
  }
  const withoutFile = loadSettings({ environment, flags }).settings;
  const named = options.config ?? environment["STIXGATE_CONFIG"];
  const file = readSettingsFile(
    named ?? join(withoutFile["data.directory"], SETTINGS_FILE),
    named !== undefined,
  );
  const merged = { ...presets, ...(file as object | undefined) };
  return loadSettings({ file: merged, environment, flags });
}

function readSettingsFile(path: string, isNamed: boolean): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!isNamed && (cause as { code?: string }).code === "ENOENT") {
      return undefined;
    }
    throw new AppError(
      "settings_invalid",
      `The settings file ${path} can't be read: ${String(cause)}`,
      { cause },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError(
      "settings_invalid",
      `The settings file ${path} is not JSON: ${String(cause)}`,
      { cause },
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("settings_invalid", `The settings file ${path} must hold one JSON object.`);
  }
  return value;
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
