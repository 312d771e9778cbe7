/** `stixgate app`: applications that may ask for tokens. Their secrets and certificates have files of their own. */
import type { Command } from "commander";
import {
  type AppRegistration,
  type Directory,
  type IssuedSecret,
  listCertificates,
  listSecrets,
  requireApplication,
  requireTenant,
} from "../token/index.ts";
import { registerCertificateCommands } from "./app-certificate.ts";
import { registerRotateCommand, registerSecretCommands } from "./app-secret.ts";
import {
  addForceOption,
  addJsonOption,
  dateOf,
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
  readonly objectId?: string;
  readonly secret?: boolean;
}

const HELP = `
APP is a client id, an object id, or a name that only one application has.

Examples:
  stixgate app create MISP --secret
  stixgate role assign --app MISP --role "Microsoft Sentinel Contributor" --workspace soc-prod
  stixgate app cert add MISP client.pem
  stixgate app rotate MISP
${OFFLINE_HELP}`;

/** Adds `app list|create|enable|disable|delete`, `app secret …`, `app cert …` and `app rotate`. */
export function registerAppCommand(program: Command, open: OpenDirectory, out: Output): void {
  const app = program
    .command("app")
    .summary("applications: the clients that may ask for tokens")
    .description("Applications prove themselves with a secret or a certificate and get tokens.")
    .addHelpText("after", HELP);

  registerList(app, open, out);
  registerCreate(app, open, out);
  registerSwitch(app, open, out);
  addForceOption(app.command("delete <app>"), "its role assignments")
    .description(
      "Deletes an application with its secrets and certificates; its tokens end at once.",
    )
    .action(async (reference: string, { force }: ForceOption) => {
      const name = await withDirectory(open, async (directory) => {
        const { appId, displayName } = requireApplication(await directory.view(), reference);
        await directory.deleteApplication(appId, { force: force === true });
        return displayName;
      });
      out.write(`Deleted the application "${name}".\n`);
    });
  registerSecretCommands(app, open, out);
  registerRotateCommand(app, open, out);
  registerCertificateCommands(app, open, out);
}

function registerList(app: Command, open: OpenDirectory, out: Output): void {
  addJsonOption(app.command("list"))
    .description("Lists the applications with the ends of their credentials.")
    .option("--tenant <tenant>", "only those of this tenant (id, domain, or adfs for the default)")
    .action(async ({ tenant, json }: ListOptions) => {
      const rows = await withDirectory(open, (directory) =>
        describeApplications(directory, tenant),
      );
      printRows(out, rows, {
        json: json === true,
        none: "There is no application yet. Create one: stixgate app create NAME --secret",
        columns: [
          ["CLIENT ID", (row) => row.appId],
          ["NAME", (row) => `${row.displayName}${row.enabled ? "" : " (disabled)"}`],
          ["OBJECT ID", (row) => row.objectId],
          ["SECRETS END", (row) => row.secrets.map(({ end }) => dateOf(end)).join(", ") || "-"],
          ["CERTS END", (row) => row.certificates.map(({ end }) => dateOf(end)).join(", ") || "-"],
        ],
      });
    });
}

async function describeApplications(directory: Directory, tenant: string | undefined) {
  const view = await directory.view();
  const only = tenant === undefined ? undefined : requireTenant(view, tenant).tenantId;
  return view.applications
    .filter((row) => only === undefined || row.tenantId === only)
    .map((row) => ({
      ...plain(row),
      secrets: listSecrets(view, row.appId),
      certificates: listCertificates(view, row.appId),
    }));
}

function registerCreate(app: Command, open: OpenDirectory, out: Output): void {
  addJsonOption(app.command("create <name>"))
    .description("Registers an application. Without a secret or a certificate it can't sign in.")
    .option("--tenant <tenant>", "its tenant: id or domain (default: the default tenant)")
    .option("--id <guid>", "its client id (default: a new one)")
    .option("--object-id <guid>", "its service principal's object id (default: a new one)")
    .option("--secret", "also make a secret and print it, this once")
    .action(async (name: string, options: CreateOptions) => {
      const { tenant, id, objectId } = options;
      const { created, issued } = await withDirectory(open, async (directory) => {
        const application = await directory.createApplication({
          displayName: name,
          ...(tenant === undefined ? {} : { tenantId: tenant }),
          ...(id === undefined ? {} : { appId: id }),
          ...(objectId === undefined ? {} : { objectId }),
        });
        const secret = options.secret ? await directory.addSecret(application.appId) : undefined;
        return { created: application, issued: secret };
      });
      const record = { ...plain(created), ...(issued === undefined ? {} : { secret: issued }) };
      printRecord(out, record, { json: options.json === true, lines: linesOf(created, issued) });
    });
}

function registerSwitch(app: Command, open: OpenDirectory, out: Output): void {
  const states = [
    ["enable", true, "Lets a disabled application sign in and act again."],
    ["disable", false, "Stops an application at once, the tokens it holds included."],
  ] as const;
  for (const [name, enabled, description] of states) {
    app
      .command(`${name} <app>`)
      .description(description)
      .action(async (reference: string) => {
        const { displayName } = await withDirectory(open, (directory) =>
          directory.setApplicationEnabled(reference, enabled),
        );
        out.write(`The application "${displayName}" is ${enabled ? "enabled" : "disabled"}.\n`);
      });
  }
}

function plain({ tenant: _tenant, ...row }: AppRegistration): Omit<AppRegistration, "tenant"> {
  return row;
}

function linesOf(
  application: AppRegistration,
  issued: IssuedSecret | undefined,
): readonly (readonly [string, string])[] {
  const secret: readonly (readonly [string, string])[] =
    issued === undefined
      ? []
      : [
          ["Secret", `${issued.secret}   (shown this once)`],
          ["Secret ends", dateOf(issued.end)],
        ];
  return [
    ["Client id", application.appId],
    ["Object id", application.objectId],
    ["Tenant id", application.tenantId],
    ["Name", application.displayName],
    ...secret,
  ];
}
