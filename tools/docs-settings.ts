/** Prints the reference page of settings from their table. */
import { environmentName, SETTING_NAMES, SETTINGS } from "../src/app/index.ts";

/** The page as Markdown. */
export function settingsPage(): string {
  return [
    "# Settings",
    "",
    "Printed from the table in `src/app/settings-table.ts`; run `npm run docs` after a change there.",
    "",
    "A value is taken from the first of: a flag (`--set NAME=VALUE`, or the shorthand of the command), the",
    "environment, the settings file (`--config FILE`, JSON with nested objects or dotted names), the default.",
    "An unknown name stops the start. `stixgate serve --print-settings` shows what is in force and from where.",
    "",
    "The letters C1 to C18 mark places where the documentation of the upload API contradicts itself or the",
    "behaviour of shipping clients; the default follows the documentation, the setting gives the other side.",
    "",
    ...SETTING_NAMES.flatMap((name) => {
      const row = SETTINGS[name];
      const unit = row.unit === undefined ? "" : ` ${row.unit}`;
      const conflict = row.conflict === undefined ? "" : ` (${row.conflict})`;
      return [
        `## \`${name}\``,
        "",
        `${row.meaning}${conflict}`,
        "",
        `- Default: \`${JSON.stringify(row.fallback)}\`${unit}`,
        `- Values: ${row.kind.describe}`,
        `- Environment: \`${environmentName(name)}\``,
        "",
      ];
    }),
  ].join("\n");
}
