/**
 * Reads the settings. A value is taken from the first of: flag, environment (`STIXGATE_…`), settings file,
 * default. An unknown name stops the start and names the likely right one.
 */

import { AppError } from "../wire/index.ts";
import {
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  type SettingRow,
  type Settings,
} from "./settings-table.ts";

/** Where a value came from. */
export type SettingOrigin = "default" | "file" | "environment" | "flag";

/** Raw values before reading, by setting name; the later source wins. */
export interface RawSettings {
  /** Parsed settings file: nested objects or dotted names. */
  readonly file?: unknown;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** The settings in force, and where each came from. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingName, SettingOrigin>>;
}

/** Prefix of every environment variable the server reads. */
const ENVIRONMENT_PREFIX = "STIXGATE_";

/** Variables under the prefix that belong to commands, not to the table. */
const OTHER_VARIABLES: readonly string[] = ["STIXGATE_CONFIG", "STIXGATE_ENDPOINT"];

/** Name of a setting's environment variable: `upload.successBody.v3` is `STIXGATE_UPLOAD_SUCCESS_BODY_V3`. */
export function environmentName(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(".", "_");
  return ENVIRONMENT_PREFIX + words.toUpperCase();
}

/**
 * Reads the settings from their sources.
 * @throws AppError `settings_invalid` naming the setting, where it was found, and what it must be
 */
export function loadSettings(raw: RawSettings): LoadedSettings {
  const sources: readonly (readonly [SettingOrigin, Readonly<Record<string, unknown>>])[] = [
    ["file", flattenFile(raw.file)],
    ["environment", fromEnvironment(raw.environment ?? {})],
    ["flag", raw.flags ?? {}],
  ];
  const values: Record<string, unknown> = {};
  const origins: Partial<Record<SettingName, SettingOrigin>> = {};
  for (const name of SETTING_NAMES) {
    values[name] = SETTINGS[name].fallback;
    origins[name] = "default";
  }
  for (const [origin, entries] of sources) {
    for (const [name, value] of Object.entries(entries)) {
      values[name] = readSetting(name, value, origin);
      origins[name as SettingName] = origin;
    }
  }
  return {
    settings: Object.freeze(values) as unknown as Settings,
    origins: origins as Record<SettingName, SettingOrigin>,
  };
}

function readSetting(name: string, value: unknown, origin: SettingOrigin): unknown {
  const row = (SETTINGS as Readonly<Record<string, SettingRow<unknown>>>)[name];
  if (row === undefined) {
    throw new AppError(
      "settings_invalid",
      `Unknown setting "${name}" (${origin}).${suggestion(name)}`,
      {
        field: name,
      },
    );
  }
  try {
    return row.kind.read(value);
  } catch (cause) {
    throw new AppError(
      "settings_invalid",
      `Setting "${name}" (${origin}) ${(cause as Error).message}.`,
      {
        field: name,
        cause,
      },
    );
  }
}

function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const byVariable = new Map(SETTING_NAMES.map((name) => [environmentName(name), name]));
  const entries: Record<string, unknown> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || OTHER_VARIABLES.includes(variable)) {
      continue;
    }
    const name = byVariable.get(variable);
    if (name === undefined) {
      throw new AppError(
        "settings_invalid",
        `Unknown environment variable ${variable}.${suggestion(variable)}`,
        {
          field: variable,
        },
      );
    }
    entries[name] = value ?? "";
  }
  return entries;
}

/** Turns nested objects into dotted names, and leaves the value of a known name alone. */
function flattenFile(file: unknown, prefix = ""): Record<string, unknown> {
  if (file === undefined) {
    return {};
  }
  if (typeof file !== "object" || file === null || Array.isArray(file)) {
    throw new AppError("settings_invalid", "The settings file must hold one JSON object.");
  }
  const entries: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(file)) {
    const name = prefix + key;
    const isGroup =
      !(name in SETTINGS) && typeof value === "object" && value !== null && !Array.isArray(value);
    Object.assign(entries, isGroup ? flattenFile(value, `${name}.`) : { [name]: value });
  }
  return entries;
}

function suggestion(name: string): string {
  const spellings = name.startsWith(ENVIRONMENT_PREFIX)
    ? SETTING_NAMES.map(environmentName)
    : SETTING_NAMES;
  const [best] = spellings
    .map((known) => ({ known, distance: editDistance(name.toLowerCase(), known.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(3, name.length / 3)
    ? ` Did you mean "${best.known}"?`
    : " See --print-settings for the known names.";
}

/** Levenshtein's distance; both texts are short names. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
