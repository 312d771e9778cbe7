/** Goal: the list of commands says what the commands themselves say, without loading them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { COMMAND_FILES, nameIn, registerCommands } from "./commands.ts";

const registration = { acting: () => ({}), setExitCode: (): void => {} };

/** How commander shows the commands of a program that are registered with their code. */
function shownBy(program: Command): readonly (readonly [usage: string, summary: string])[] {
  const help = new Command().createHelp();
  return program.commands.map((command) => [help.subcommandTerm(command), command.summary()]);
}

for (const { commands, register } of COMMAND_FILES) {
  test(`${Object.keys(commands).map(nameIn).join(", ")}: name, arguments and summary`, async () => {
    const program = new Command("stixgate");
    await register({ program, ...registration });
    assert.deepEqual(shownBy(program), Object.entries(commands));
  });
}

test("only what is called is registered with its code", async () => {
  const program = new Command("stixgate");
  await registerCommands({ program, ...registration }, "lint");
  const withOptions = program.commands.filter(({ options }) => options.length > 0);
  assert.deepEqual(
    withOptions.map((command) => command.name()),
    ["lint"],
  );
  const names = COMMAND_FILES.flatMap(({ commands }) => Object.keys(commands).map(nameIn));
  assert.deepEqual(
    program.commands.map((command) => command.name()),
    names,
  );
  assert.match(program.helpInformation(), /^ {2}lint \[options\] <file\.\.\.> +check STIX files/m);
});

test("the help of a command with commands of its own names those", async () => {
  const program = new Command("stixgate");
  await registerCommands({ program, ...registration }, "dcr");
  const dcr = program.commands.find((command) => command.name() === "dcr");
  assert.match(dcr?.helpInformation() ?? "", /^ {2}list \[options\] +Lists the rules/m);
});
