/** `stixgate person`: who may sign in to the web page. */
import { type Command, InvalidArgumentError } from "commander";
import type { People, Person } from "../people/index.ts";
import { type Directory, requireTenant, requireWorkspace, workspaceScope } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import {
  addJsonOption,
  dateOf,
  type JsonOption,
  OFFLINE_HELP,
  type Output,
  printRecord,
  printRows,
} from "./identity-commands.ts";

/** Opens the people of the data directory that the command line names. */
export type OpenPeople = () => Promise<{
  readonly directory: Directory;
  readonly people: People;
  readonly close: () => Promise<void>;
}>;

interface AddOptions extends JsonOption {
  readonly email?: string;
  readonly tenant: string;
  readonly role: string;
  readonly workspace?: string;
  readonly admin?: boolean;
}

interface LinkOptions extends JsonOption {
  readonly minutes: number;
  readonly origin: string;
}

const HELP = `
Examples:
  stixgate person add "Ada Lovelace" --workspace soc-prod
  stixgate person add "Grace Hopper" --admin
  stixgate person link "Ada Lovelace"
  stixgate role assign --principal PERSON-ID --role "Microsoft Sentinel Reader" --workspace soc-prod
${OFFLINE_HELP}`;

const DEFAULT_ROLE = "Microsoft Sentinel Contributor";
const LINK_MINUTES_DEFAULT = 60;
const ACTOR = { id: "cli", name: "command line" };

/** Adds `person list|add|link|disable|enable`. */
export function registerPersonCommand(program: Command, open: OpenPeople, out: Output): void {
  const person = program
    .command("person")
    .summary("people: who may sign in to the web page")
    .description(
      "People sign in by a link that works once, or by the identity provider of the settings people.oidc…. " +
        "What they may do is said by roles, as for applications.",
    )
    .addHelpText("after", HELP);
  registerList(person, open, out);
  registerAdd(person, open, out);
  registerLink(person, open, out);
  registerSwitch(person, open, out);
}

function registerList(person: Command, open: OpenPeople, out: Output): void {
  addJsonOption(person.command("list"))
    .description("Lists the people.")
    .action(async ({ json }: JsonOption) => {
      const rows = await withPeople(open, ({ people }) => people.list());
      printRows(out, rows, {
        json: json === true,
        none: "There is nobody yet. Add somebody: stixgate person add NAME --workspace WORKSPACE",
        columns: [
          ["PERSON ID", (row) => row.personId],
          ["NAME", (row) => row.displayName],
          ["MAIL", (row) => row.email ?? ""],
          ["SIGNS IN AT", (row) => row.provider?.issuer ?? "link"],
          ["STATE", (row) => (row.enabled ? "enabled" : "disabled")],
          ["SINCE", (row) => dateOf(row.createdAt)],
        ],
      });
    });
}

function registerAdd(person: Command, open: OpenPeople, out: Output): void {
  addJsonOption(person.command("add <name>"))
    .description("Adds a person, with a role where a workspace is named.")
    .option("--email <address>", "mail address, for telling people apart")
    .option("--tenant <tenant>", "tenant: id, domain, or adfs for the default", "adfs")
    .option("--workspace <workspace>", "assign a role at this workspace (id or name)")
    .option("--role <role>", "id or name of that role", DEFAULT_ROLE)
    .option("--admin", "make the person an Owner of everything in the tenant")
    .action(async (name: string, options: AddOptions) => {
      const added = await withPeople(open, async ({ directory, people }) => {
        const view = await directory.view();
        const { tenantId } = requireTenant(view, options.tenant);
        const scope =
          options.workspace === undefined
            ? undefined
            : workspaceScope(requireWorkspace(view, options.workspace));
        const { email, role } = options;
        const row = await people.add(
          { tenantId, displayName: name, ...(email === undefined ? {} : { email }) },
          ACTOR,
        );
        const { personId: principalId } = row;
        if (scope !== undefined) {
          await directory.assignRole({ principalId, role, scope, tenantId });
        }
        if (options.admin === true) {
          await directory.assignRole({ principalId, role: "Owner", scope: "/", tenantId });
        }
        return row;
      });
      printRecord(out, added, {
        json: options.json === true,
        lines: [
          ["Person id", added.personId],
          ["Name", added.displayName],
          ["Next", `stixgate person link "${added.displayName}"`],
        ],
      });
    });
}

function registerLink(person: Command, open: OpenPeople, out: Output): void {
  addJsonOption(person.command("link <person>"))
    .description("Makes a link by which a person (id or name) signs in, once.")
    .option("--minutes <n>", "how long it works", wholeNumber, LINK_MINUTES_DEFAULT)
    .option("--origin <url>", "address of the web page", "https://127.0.0.1:8443")
    .action(async (reference: string, options: LinkOptions) => {
      const code = await withPeople(open, async ({ people }) => {
        const { personId } = await requirePerson(people, reference);
        return people.issueSignInCode(personId, options.minutes);
      });
      const signInUrl = new URL(`/sign-in?code=${code}`, options.origin).href;
      printRecord(
        out,
        { signInUrl },
        {
          json: options.json === true,
          lines: [["Sign in", signInUrl]],
        },
      );
    });
}

function registerSwitch(person: Command, open: OpenPeople, out: Output): void {
  const switches = [
    ["disable", false, "Keeps a person (id or name) out; sessions and keys stop working at once."],
    ["enable", true, "Lets a person (id or name) in again."],
  ] as const;
  for (const [name, enabled, description] of switches) {
    person
      .command(`${name} <person>`)
      .description(description)
      .action(async (reference: string) => {
        const changed = await withPeople(open, async ({ people }) => {
          const { personId } = await requirePerson(people, reference);
          return people.setEnabled({ personId, enabled }, ACTOR);
        });
        out.write(`${changed.displayName} is ${enabled ? "enabled" : "disabled"}.\n`);
      });
  }
}

async function withPeople<T>(
  open: OpenPeople,
  work: (parts: { readonly directory: Directory; readonly people: People }) => Promise<T>,
): Promise<T> {
  const { close, ...parts } = await open();
  try {
    return await work(parts);
  } finally {
    await close();
  }
}

async function requirePerson(people: People, reference: string): Promise<Person> {
  const all = await people.list();
  const found = all.filter(
    ({ personId, displayName }) =>
      personId === reference.toLowerCase() || displayName === reference,
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    const reason = only === undefined ? "There is nobody" : "There are several people";
    throw new AppError("not_found", `${reason} called "${reference}": see stixgate person list.`, {
      field: "person",
    });
  }
  return only;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number.");
  }
  return Number(text);
}
