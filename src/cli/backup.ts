/** `stixgate backup` and `stixgate restore`: copies of a data directory, and data directories of copies. */

import type { Command } from "commander";
import { type BackupManifest, backUp, restore, type Settings } from "../app/index.ts";
import { AppError } from "../wire/index.ts";
import { addDataOptions, type GlobalOptions } from "./global-options.ts";

/** The settings that a command's options give. */
export type SettingsOf = (options: GlobalOptions) => Settings;

interface BackupOptions extends GlobalOptions {
  readonly json?: boolean;
}

const BACKUP_HELP = `
Examples:
  stixgate backup /backups/stixgate-2026-11-22
  stixgate restore /backups/stixgate-2026-11-22 --data-dir /var/lib/stixgate

A backup holds the master key: keep it as safe as the data directory itself.`;

/** Adds `backup` and `restore`. */
export function registerBackupCommands(
  program: Command,
  settingsOf: SettingsOf,
  out: { write(text: string): unknown },
): void {
  addDataOptions(program.command("backup"))
    .summary("copy everything the server keeps into a new folder")
    .description(
      "Copies both databases, each as it is at one moment, and the key files into a new folder, with a " +
        "manifest of checksums. Safe while the server runs. Overwrites nothing.",
    )
    .argument("<folder>", "a folder that doesn't exist yet, or is empty")
    .option("--json", "print one JSON object")
    .addHelpText("after", BACKUP_HELP)
    .action(async (folder: string, options: BackupOptions) => {
      const manifest = await backUp(embedded(settingsOf(options)), folder, new Date());
      print(manifest, { options, out, done: `Backed up into ${folder}` });
    });

  addDataOptions(program.command("restore"))
    .summary("make a data directory from a backup")
    .description(
      "Checks a backup and copies it into a data directory that doesn't exist yet, or is empty. " +
        "Overwrites nothing.",
    )
    .argument("<folder>", "a folder that stixgate backup has written")
    .option("--json", "print one JSON object")
    .addHelpText("after", BACKUP_HELP)
    .action(async (folder: string, options: BackupOptions) => {
      const directory = embedded(settingsOf(options));
      const manifest = await restore(folder, directory);
      print(manifest, { options, out, done: `Restored into ${directory}` });
    });
}

function embedded(settings: Settings): string {
  if (settings["store.kind"] === "postgres") {
    throw new AppError(
      "settings_invalid",
      "The store is a PostgreSQL database: back it up and restore it with its own tools, pg_dump and " +
        "pg_restore, and keep a copy of the data directory's key files beside it.",
      { field: "store.kind" },
    );
  }
  return settings["data.directory"];
}

function print(
  manifest: BackupManifest,
  {
    options,
    out,
    done,
  }: { options: BackupOptions; out: { write(text: string): unknown }; done: string },
): void {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const counts = `${manifest.requests} requests, ${manifest.objects} objects`;
  out.write(
    options.json
      ? `${JSON.stringify(manifest)}\n`
      : `${done}: ${counts}, ${manifest.files.length} files, ${bytes} bytes, as of ${manifest.createdAt}\n`,
  );
}
