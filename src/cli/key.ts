/** `stixgate key`: the keys with which this server signs tokens. */

import type { Command } from "commander";
import type { DirectoryView, SigningKeys } from "../token/index.ts";
import {
  addJsonOption,
  type JsonOption,
  OFFLINE_HELP,
  type Output,
  printRows,
} from "./identity-commands.ts";

/** Opens the signing keys of the data directory that the command line names. */
export type OpenKeys = () => Promise<{
  readonly directory: { readonly view: () => Promise<DirectoryView> };
  readonly keys: SigningKeys;
  readonly close: () => Promise<void>;
}>;

interface KeyRow {
  readonly kid: string;
  readonly state: "signing" | "next" | "retired";
  readonly createdAt: string;
}

const HELP = `
A running server rotates by itself every six weeks and announces the next key a day ahead.
After "rotate", tokens signed before stay valid until they expire.
${OFFLINE_HELP}`;

/** Adds `key list|rotate`. */
export function registerKeyCommand(program: Command, open: OpenKeys, out: Output): void {
  const key = program
    .command("key")
    .summary("signing keys: list, rotate now")
    .description("The keys with which this server signs tokens.")
    .addHelpText("after", HELP);
  addJsonOption(key.command("list"))
    .description(
      "Lists the published keys; one signs, one is announced, retired ones are still trusted.",
    )
    .action(async ({ json }: JsonOption) => {
      await withKeys(open, async (view) => printKeys(out, await view(), json));
    });
  addJsonOption(key.command("rotate"))
    .description("Lets the announced key sign from now on, and announces another.")
    .action(async ({ json }: JsonOption) => {
      await withKeys(open, async (view, keys) => {
        await keys.rotate();
        printKeys(out, await view(), json);
      });
    });
}

async function withKeys(
  open: OpenKeys,
  work: (view: () => Promise<DirectoryView>, keys: SigningKeys) => Promise<void>,
): Promise<void> {
  const { directory, keys, close } = await open();
  try {
    await work(() => directory.view(), keys);
  } finally {
    await close();
  }
}

function printKeys(out: Output, { signingKeys }: DirectoryView, json: boolean | undefined): void {
  const rows = signingKeys.map(
    ({ kid, createdAt, activatedAt, retiredAt }): KeyRow => ({
      kid,
      state: retiredAt !== null ? "retired" : activatedAt !== null ? "signing" : "next",
      createdAt,
    }),
  );
  printRows(out, rows, {
    ...(json === undefined ? {} : { json }),
    none: "There are no signing keys yet; the first start of the server makes them.",
    columns: [
      ["KID", (row) => row.kid],
      ["STATE", (row) => row.state],
      ["CREATED", (row) => row.createdAt],
    ],
  });
}
