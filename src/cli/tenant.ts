/** `stixgate tenant`: the owners of workspaces and applications. */
import type { Command } from "commander";
import type { Tenant } from "../store/index.ts";
import { requireTenant } from "../token/index.ts";
import {
  addForceOption,
  addJsonOption,
  type ForceOption,
  type JsonOption,
  OFFLINE_HELP,
  type OpenDirectory,
  type Output,
  printRecord,
  printRows,
  withDirectory,
} from "./identity-commands.ts";

interface CreateOptions extends JsonOption {
  readonly id?: string;
  readonly domain?: readonly string[];
  readonly default?: boolean;
}

const HELP = `
Examples:
  stixgate tenant create Contoso --domain contoso.onmicrosoft.com
  stixgate tenant create Contoso --id 00001111-aaaa-2222-bbbb-3333cccc4444   # a real Entra tenant's id
${OFFLINE_HELP}`;

/** Adds `tenant list|create|delete`. */
export function registerTenantCommand(program: Command, open: OpenDirectory, out: Output): void {
  const tenant = program
    .command("tenant")
    .summary("tenants: the owners of workspaces and applications")
    .description(
      "Tenants own workspaces and applications. Clients name theirs in the address they ask for tokens, " +
        "by id or domain, or as adfs for the default one.",
    )
    .addHelpText("after", HELP);

  addJsonOption(tenant.command("list"))
    .description("Lists the tenants; * marks the default one.")
    .action(async ({ json }: JsonOption) => {
      const rows = await withDirectory(open, async (directory) => (await directory.view()).tenants);
      printRows(out, rows, {
        json: json === true,
        none: "There is no tenant yet. Create one: stixgate tenant create NAME",
        columns: [
          ["TENANT ID", (row) => row.tenantId],
          ["NAME", (row) => `${row.displayName}${row.isDefault ? " *" : ""}`],
          ["DOMAINS", (row) => row.domains.join(", ") || "-"],
        ],
      });
    });

  addJsonOption(tenant.command("create <name>"))
    .description("Creates a tenant. The first one is the default.")
    .option("--id <guid>", "its id (default: a new one)")
    .option("--domain <name...>", "DNS names by which clients may call it")
    .option("--default", "make it the default tenant")
    .action(async (name: string, options: CreateOptions) => {
      const created = await withDirectory(open, (directory) =>
        directory.createTenant({
          displayName: name,
          ...(options.id === undefined ? {} : { tenantId: options.id }),
          domains: options.domain ?? [],
          isDefault: options.default === true,
        }),
      );
      printRecord(out, created, { json: options.json === true, lines: linesOf(created) });
    });

  addForceOption(
    tenant.command("delete <tenant>"),
    "its applications, workspaces and role assignments",
  )
    .description("Deletes a tenant, named by id or domain.")
    .action(async (reference: string, { force }: ForceOption) => {
      const name = await withDirectory(open, async (directory) => {
        const { tenantId, displayName } = requireTenant(await directory.view(), reference);
        await directory.deleteTenant(tenantId, { force: force === true });
        return displayName;
      });
      out.write(`Deleted the tenant "${name}".\n`);
    });
}

function linesOf(tenant: Tenant): readonly (readonly [string, string])[] {
  return [
    ["Tenant id", tenant.tenantId],
    ["Name", tenant.displayName],
    ["Domains", tenant.domains.join(", ") || "-"],
    ["Default", tenant.isDefault ? "yes" : "no"],
  ];
}
