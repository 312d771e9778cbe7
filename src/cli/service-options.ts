/** Options of commands that talk to a service: which one, and with whose credential. Those of `stixgate upload`. */
import { type Command, Option } from "commander";

/** Adds them. */
export function addServiceOptions(command: Command): Command {
  const options = [
    new Option("--workspace-id <guid>", "workspace of a service"),
    new Option("--endpoint <url>", "base address of the service"),
    new Option("--ready <file>", "take everything from what a server printed with --ready-json"),
    new Option("--ca <file>", "trust this authority, too (PEM)"),
    new Option("--tenant <id>", "tenant: its GUID or a domain name of it"),
    new Option("--client-id <id>", "application (client) id"),
    new Option("--certificate <file>", "certificate with its private key (PEM)"),
    new Option("--client-secret <secret>", "better in AZURE_CLIENT_SECRET: others can see a flag"),
    new Option("--authority <url>", "where tokens come from (https://login.microsoftonline.com)"),
    new Option("--scope <scope>", "scope of the token"),
  ];
  for (const option of options) {
    command.addOption(option.helpGroup("The service:"));
  }
  return command;
}
