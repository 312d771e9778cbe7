/** Prints the OpenAPI description of our own API from the table of its routes. */
import { type ManagementParts, managementRoutes } from "../src/app/management.ts";
import { SETTING_NAMES, SETTINGS } from "../src/app/settings-table.ts";
import { openApiDocument } from "../src/http/index.ts";

/** The description. No route is called here, so they need nothing to stand on but the settings. */
export function openApiPage(): string {
  const settings = Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].fallback]));
  const routes = managementRoutes({ settings } as unknown as ManagementParts);
  return `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
}
