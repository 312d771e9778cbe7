/** `stixgate role`: who may do what to which workspace. */
import { type Command, Option } from "commander";
import type { RoleAssignment } from "../store/index.ts";
import {
  type Directory,
  type DirectoryView,
  findRoleDefinition,
  type NewRoleAssignment,
  ROLE_DEFINITIONS,
  requireApplication,
  requireTenant,
  requireWorkspace,
  roleAllows,
  scopeCovers,
  THREAT_INTELLIGENCE_WRITE,
  workspaceScope,
} from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  addJsonOption,
  type JsonOption,
  OFFLINE_HELP,
  type OpenDirectory,
  type Output,
  printRecord,
  printRows,
  withDirectory,
} from "./identity-commands.ts";

interface Selection extends JsonOption {
  readonly app?: string;
  readonly principal?: string;
  readonly workspace?: string;
}

interface AssignOptions extends Selection {
  readonly role: string;
  readonly scope?: string;
  readonly tenant?: string;
}

/** An assignment with the names that people know. */
interface NamedAssignment extends RoleAssignment {
  readonly roleName: string;
  /** Null for a principal of a real Microsoft Entra tenant, which isn't registered here. */
  readonly principalName: string | null;
}

const DEFAULT_ROLE = "Microsoft Sentinel Contributor";

const HELP = `
Examples:
  stixgate role assign --app MISP --workspace soc-prod
  stixgate role assign --principal 00001111-aaaa-2222-bbbb-3333cccc4444 --workspace soc-prod   # a real Entra principal
  stixgate role assign --app MISP --role Owner --scope /
  stixgate role list --workspace soc-prod
${OFFLINE_HELP}`;

/** Adds `role list|assign|delete|definitions`. */
export function registerRoleCommand(program: Command, open: OpenDirectory, out: Output): void {
  const role = program
    .command("role")
    .summary("roles: who may do what to which workspace")
    .description(
      "A role assigned at a workspace, its resource group, its subscription or / lets a principal act " +
        "there and below.",
    )
    .addHelpText("after", HELP);

  registerList(role, open, out);
  registerAssign(role, open, out);
  role
    .command("delete <name>")
    .description("Deletes a role assignment, named by its GUID; it stops counting at once.")
    .action(async (name: string) => {
      await withDirectory(open, (directory) => directory.deleteRoleAssignment(name));
      out.write(`Deleted the role assignment ${name}.\n`);
    });
  addJsonOption(role.command("definitions"))
    .description("Lists the roles that can be assigned.")
    .action(({ json }: JsonOption) => {
      printRows(out, ROLE_DEFINITIONS, {
        json: json === true,
        none: "There is no role.",
        columns: [
          ["ROLE ID", (row) => row.id],
          ["NAME", (row) => row.name],
          ["MAY UPLOAD", (row) => (roleAllows(row, THREAT_INTELLIGENCE_WRITE) ? "yes" : "no")],
          ["DESCRIPTION", (row) => row.description],
        ],
      });
    });
}

function registerList(role: Command, open: OpenDirectory, out: Output): void {
  addSelectionOptions(addJsonOption(role.command("list")))
    .description("Lists role assignments; for a workspace, those inherited from above too.")
    .option("--workspace <workspace>", "only those that count at this workspace (id or name)")
    .action(async (options: Selection) => {
      const rows = await withDirectory(open, (directory) => selectAssignments(directory, options));
      printRows(out, rows, {
        json: options.json === true,
        none: "There is no such role assignment.",
        columns: [
          ["NAME", (row) => row.name],
          ["ROLE", (row) => row.roleName],
          ["PRINCIPAL", (row) => row.principalName ?? row.principalId],
          ["SCOPE", (row) => row.scope],
        ],
      });
    });
}

async function selectAssignments(
  directory: Directory,
  options: Selection,
): Promise<readonly NamedAssignment[]> {
  const view = await directory.view();
  const { workspace: wanted } = options;
  const workspace = wanted === undefined ? undefined : requireWorkspace(view, wanted);
  const principalId = selectPrincipal(view, options);
  return view.roleAssignments
    .filter((row) => principalId === undefined || row.principalId === principalId)
    .filter(
      (row) =>
        workspace === undefined ||
        (row.tenantId === workspace.tenantId && scopeCovers(row.scope, workspaceScope(workspace))),
    )
    .map((row) => withNames(view, row));
}

function registerAssign(role: Command, open: OpenDirectory, out: Output): void {
  addSelectionOptions(addJsonOption(role.command("assign")))
    .description("Assigns a role. Assigning it again changes nothing.")
    .option("--role <role>", "id or name of the role", DEFAULT_ROLE)
    .option("--workspace <workspace>", "assign it at this workspace (id or name)")
    .addOption(
      new Option("--scope <path>", "assign it at this resource path, or / for all").conflicts(
        "workspace",
      ),
    )
    .option("--tenant <tenant>", "tenant of a principal by object id (default: the workspace's)")
    .action(async (options: AssignOptions) => {
      const assigned = await withDirectory(open, async (directory) => {
        const request = assignmentRequest(await directory.view(), options);
        const row = await directory.assignRole(request);
        return withNames(await directory.view(), row);
      });
      printRecord(out, assigned, {
        json: options.json === true,
        lines: [
          ["Name", assigned.name],
          ["Role", assigned.roleName],
          ["Principal", assigned.principalName ?? assigned.principalId],
          ["Scope", assigned.scope],
        ],
      });
    });
}

function assignmentRequest(view: DirectoryView, options: AssignOptions): NewRoleAssignment {
  const { workspace: wanted, scope, role } = options;
  const workspace = wanted === undefined ? undefined : requireWorkspace(view, wanted);
  const place = workspace === undefined ? scope : workspaceScope(workspace);
  if (place === undefined) {
    throw missing("Say where: --workspace WORKSPACE or --scope PATH.");
  }
  const principalId = selectPrincipal(view, options);
  if (principalId === undefined) {
    throw missing("Say who: --app APP or --principal OBJECT-ID.");
  }
  const tenantId = tenantOf(view, options) ?? workspace?.tenantId;
  return { principalId, role, scope: place, ...(tenantId === undefined ? {} : { tenantId }) };
}

/** An application's own tenant counts; a foreign principal's is that of the workspace unless it is named. */
function tenantOf(view: DirectoryView, { app, tenant }: AssignOptions): string | undefined {
  if (tenant !== undefined) {
    return requireTenant(view, tenant).tenantId;
  }
  return app === undefined ? undefined : requireApplication(view, app).tenantId;
}

function addSelectionOptions(command: Command): Command {
  return command
    .option("--app <app>", "an application: client id, object id or name")
    .addOption(
      new Option(
        "--principal <guid>",
        "object id of a principal, also of a real Entra tenant",
      ).conflicts("app"),
    );
}

function selectPrincipal(view: DirectoryView, { app, principal }: Selection): string | undefined {
  return app === undefined ? principal?.toLowerCase() : requireApplication(view, app).objectId;
}

function withNames(view: DirectoryView, row: RoleAssignment): NamedAssignment {
  return {
    ...row,
    roleName: findRoleDefinition(row.roleDefinitionId)?.name ?? row.roleDefinitionId,
    principalName: view.findPrincipal(row.tenantId, row.principalId)?.displayName ?? null,
  };
}

function missing(reason: string): AppError {
  return new AppError("invalid_request", reason);
}
