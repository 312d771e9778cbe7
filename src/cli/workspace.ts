/** `stixgate workspace`: what intelligence is uploaded to. */
import type { Command } from "commander";
import type { Workspace } from "../store/index.ts";
import { requireTenant, requireWorkspace, workspaceScope } from "../token/index.ts";
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

interface ListOptions extends JsonOption {
  readonly tenant?: string;
}

interface CreateOptions extends ListOptions {
  readonly id?: string;
  readonly subscription?: string;
  readonly resourceGroup?: string;
}

const HELP = `
Examples:
  stixgate workspace create soc-prod
  stixgate workspace create soc-prod --id 00001111-aaaa-2222-bbbb-3333cccc4444 --resource-group rg-soc
  stixgate workspace list --json
${OFFLINE_HELP}`;

/** Adds `workspace list|create|delete`. */
export function registerWorkspaceCommand(program: Command, open: OpenDirectory, out: Output): void {
  const workspace = program
    .command("workspace")
    .summary("workspaces: what intelligence is uploaded to")
    .description(
      "Workspaces receive intelligence. Clients name theirs by its id in the upload path; roles are " +
        "assigned at its resource path or above.",
    )
    .addHelpText("after", HELP);

  addJsonOption(workspace.command("list"))
    .description("Lists the workspaces.")
    .option("--tenant <tenant>", "only those of this tenant (id, domain, or adfs for the default)")
    .action(async ({ tenant, json }: ListOptions) => {
      const rows = await withDirectory(open, async (directory) => {
        const view = await directory.view();
        const only = tenant === undefined ? undefined : requireTenant(view, tenant).tenantId;
        return view.workspaces.filter((row) => only === undefined || row.tenantId === only);
      });
      printRows(out, rows.map(withScope), {
        json: json === true,
        none: "There is no workspace yet. Create one: stixgate workspace create NAME",
        columns: [
          ["WORKSPACE ID", (row) => row.workspaceId],
          ["NAME", (row) => row.name],
          ["RESOURCE GROUP", (row) => row.resourceGroup],
          ["SUBSCRIPTION", (row) => row.subscriptionId],
          ["TENANT", (row) => row.tenantId],
        ],
      });
    });

  addJsonOption(workspace.command("create <name>"))
    .description("Creates a workspace.")
    .option("--tenant <tenant>", "its owner: id or domain (default: the default tenant)")
    .option("--id <guid>", "its id, as in the upload path (default: a new one)")
    .option("--subscription <guid>", "its subscription (default: one per tenant)")
    .option("--resource-group <name>", "its resource group (default: stixgate)")
    .action(async (name: string, options: CreateOptions) => {
      const created = await withDirectory(open, (directory) =>
        directory.createWorkspace({ name, ...namedFields(options) }),
      );
      printRecord(out, withScope(created), {
        json: options.json === true,
        lines: [
          ["Workspace id", created.workspaceId],
          ["Name", created.name],
          ["Tenant", created.tenantId],
          ["Resource path", workspaceScope(created)],
        ],
      });
    });

  addForceOption(workspace.command("delete <workspace>"), "the role assignments that refer to it")
    .description(
      "Deletes a workspace, named by id or name. Objects that were uploaded to it stay in the store and " +
        "are there again for a workspace created with the same id.",
    )
    .action(async (reference: string, { force }: ForceOption) => {
      const name = await withDirectory(open, async (directory) => {
        const found = requireWorkspace(await directory.view(), reference);
        await directory.deleteWorkspace(found.workspaceId, { force: force === true });
        return found.name;
      });
      out.write(`Deleted the workspace "${name}".\n`);
    });
}

function namedFields(options: CreateOptions): {
  tenantId?: string;
  workspaceId?: string;
  subscriptionId?: string;
  resourceGroup?: string;
} {
  const { tenant, id, subscription, resourceGroup } = options;
  return {
    ...(tenant === undefined ? {} : { tenantId: tenant }),
    ...(id === undefined ? {} : { workspaceId: id }),
    ...(subscription === undefined ? {} : { subscriptionId: subscription }),
    ...(resourceGroup === undefined ? {} : { resourceGroup }),
  };
}

function withScope(workspace: Workspace): Workspace & { readonly resourcePath: string } {
  return { ...workspace, resourcePath: workspaceScope(workspace) };
}
