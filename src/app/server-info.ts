/** What a server tells its administrators of itself: settings in force, health, version and licences. */
import { readFileSync } from "node:fs";
import { readdir, stat, statfs } from "node:fs/promises";
import { join, relative } from "node:path";
import type {
  ServerAbout,
  ServerHealth,
  ServerInfoOptions,
  SettingInForce,
} from "../http/index.ts";
import type { Store } from "../store/index.ts";
import type { Directory } from "../token/index.ts";
import { environmentName, type SettingOrigin } from "./settings.ts";
import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from "./settings-table.ts";

/** What it is told from. */
export interface ServerInfoParts {
  readonly settings: Settings;
  /** Left out where nobody has kept them. */
  readonly origins?: Readonly<Record<SettingName, SettingOrigin>> | undefined;
  readonly directory: Directory;
  readonly store: Store;
  /** Path of the data directory. */
  readonly dataPath: string;
  readonly now: () => Date;
}

/** Files that are counted; a data directory has a few dozen. */
const FILES_MAX = 10_000;

/** Longer, a file system is stuck, and what it holds is not told. */
const HEALTH_MS = 5_000;

/** Makes what the routes ask. */
export function serverInfo(parts: ServerInfoParts): ServerInfoOptions {
  const { settings, directory, now } = parts;
  const startedAt = now().toISOString();
  return {
    settings: () => SETTING_NAMES.map((name) => inForce(name, parts)),
    health: () => healthOf(parts, startedAt),
    about: async () => aboutOf(settings),
    ownsServer: async (tenantId) => (await directory.view()).defaultTenant?.tenantId === tenantId,
  };
}

/** A setting's value as it may be shown. */
export function printableSetting(name: SettingName, value: unknown): unknown {
  return SETTINGS[name].secret && value !== "" ? "(not shown)" : value;
}

function inForce(name: SettingName, { settings, origins }: ServerInfoParts): SettingInForce {
  const { fallback, unit = null, meaning, kind } = SETTINGS[name];
  return {
    ...{ name, fallback, unit, meaning },
    value: printableSetting(name, settings[name]),
    origin: origins?.[name] ?? "unknown",
    values: kind.describe,
    environment: environmentName(name),
  };
}

async function healthOf(
  { store, dataPath }: ServerInfoParts,
  startedAt: string,
): Promise<ServerHealth> {
  const fault = await store.checkHealth().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const { appended, indexed, searchable } = store.position();
  return {
    ...{ fault, appended, indexed, searchable, startedAt },
    files: await inTime(filesOf(dataPath), []),
    freeBytes: await inTime(freeBytesOf(dataPath), null),
    memoryBytes: process.memoryUsage.rss(),
  };
}

/** What a file system answers, or something else where it does not answer. */
async function inTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(otherwise), HEALTH_MS);
  try {
    return await Promise.race([work.catch(() => otherwise), promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function freeBytesOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Bytes by part: a folder, or a database with the files beside it. */
async function filesOf(path: string): Promise<ServerHealth["files"]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = new Map<string, number>();
  for (const entry of entries.filter((each) => each.isFile()).slice(0, FILES_MAX)) {
    const file = join(entry.parentPath, entry.name);
    const [first = ""] = relative(path, file).split(/[\\/]/);
    const part = first.replace(/\.db(-wal|-shm)$/, ".db");
    // A file may go while they are counted.
    const bytes = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    sizes.set(part, (sizes.get(part) ?? 0) + bytes);
  }
  return [...sizes]
    .map(([name, bytes]) => ({ name, bytes }))
    .toSorted((one, other) => other.bytes - one.bytes);
}

function aboutOf(settings: Settings): ServerAbout {
  const manifest = JSON.parse(textOf("package.json")) as { readonly version: string };
  return {
    version: manifest.version,
    node: process.version,
    store: settings["store.kind"],
    queries: settings["query.enabled"],
    licences: textOf("THIRD-PARTY.md"),
  };
}

/** A file of the package, which is two folders above this one, compiled or not. */
function textOf(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
}
