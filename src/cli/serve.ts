/** `stixgate serve` and `stixgate quickstart`: start the server, say where it is, stop it in order. */

import type { Command } from "commander";
import {
  createLog,
  ensureQuickstart,
  type LoadedSettings,
  printableSetting,
  type QuickstartIdentities,
  quickstartSignIn,
  type RunningServer,
  SETTING_NAMES,
  type SettingName,
  startServer,
} from "../app/index.ts";
import { AppError } from "../wire/index.ts";
import { addServerOptions, type GlobalOptions, settingsOf } from "./global-options.ts";
import type { Surroundings } from "./surroundings.ts";
import { printWelcome, uploadSample } from "./welcome.ts";

interface ServeOptions extends GlobalOptions {
  readonly readyJson?: boolean;
  readonly printSettings?: boolean;
}

interface QuickstartOptions extends ServeOptions {
  readonly sample: boolean;
}

/** Adds `serve` and `quickstart`. */
export function registerServeCommands(program: Command, surroundings: Surroundings): void {
  addServerOptions(program.command("serve"))
    .summary("run the server")
    .description(
      "Runs the server until SIGTERM or Ctrl-C, then lets requests under way finish.\n" +
        "SIGHUP reads the files of your own TLS certificate again.\n" +
        "Make tenants, applications and workspaces with the commands app, workspace and role.",
    )
    .option("--ready-json", "print one line of JSON on standard output once the server answers")
    .option("--print-settings", "print the settings in force, with their origin, and exit")
    .action(async (options: ServeOptions) => {
      await serve(options, surroundings);
    });
  addServerOptions(program.command("quickstart"))
    .summary("run the server with everything a first upload needs")
    .description(
      "Like serve, and makes a tenant, a workspace and an application with a secret where they are\n" +
        "missing, uploads a sample feed through the real API, and prints a ready-to-paste curl.",
    )
    .option("--ready-json", "print one line of JSON on standard output once the server answers")
    .option("--print-settings", "print the settings in force, with their origin, and exit")
    .option("--no-sample", "do not upload the sample feed")
    .action(async (options: QuickstartOptions) => {
      await quickstart(options, surroundings);
    });
}

async function serve(options: ServeOptions, surroundings: Surroundings): Promise<void> {
  const loaded = settingsOf(options, surroundings.environment);
  if (options.printSettings) {
    printSettings(loaded, surroundings);
    return;
  }
  const server = await startServer({
    settings: loaded.settings,
    origins: loaded.origins,
    log: logOf(loaded, surroundings),
  });
  await untilStopped(server, surroundings, async () => {
    const view = await server.directory.view();
    const tenant = view.defaultTenant;
    const workspaces = view.workspaces.filter((row) => row.tenantId === tenant?.tenantId);
    const only = workspaces.length === 1 ? workspaces[0] : undefined;
    if (options.readyJson) {
      printReady(server, surroundings, {
        tenantId: tenant?.tenantId ?? null,
        workspaceId: only?.workspaceId ?? null,
        workspaceName: only?.name ?? null,
        clientId: null,
        clientSecret: null,
        signInUrl: null,
      });
    }
  });
}

async function quickstart(options: QuickstartOptions, surroundings: Surroundings): Promise<void> {
  const presets = options.readyJson ? {} : { "log.format": "text", "log.level": "info" };
  const loaded = settingsOf(options, surroundings.environment, presets);
  if (options.printSettings) {
    printSettings(loaded, surroundings);
    return;
  }
  const log = logOf(loaded, surroundings);
  const level = log.level;
  if (!options.readyJson) {
    // What happens before the welcome is told by a progress bar and a summary.
    log.level = "warn";
  }
  const server = await startOnFreePorts(loaded, log);
  await untilStopped(server, surroundings, async () => {
    const identities = await ensureQuickstart(server.directory);
    const signInUrl = await signInOf(server, identities);
    const sample = options.sample
      ? await uploadSample(server, identities, surroundings)
      : undefined;
    if (options.readyJson) {
      printReady(server, surroundings, { ...readyIdentities(identities), signInUrl });
    } else {
      printWelcome(server, identities, { sample, signInUrl, surroundings });
      log.level = level;
    }
  });
}

/** Ports that a newcomer has not chosen give way to free ones when another program has them. */
const YIELDING_PORTS = ["https.port", "http.port"] as const;

async function startOnFreePorts(loaded: LoadedSettings, log: Log): Promise<RunningServer> {
  let { settings } = loaded;
  for (;;) {
    try {
      return await startServer({ settings, origins: loaded.origins, log });
    } catch (error) {
      const field = error instanceof AppError ? error.field : undefined;
      const taken = YIELDING_PORTS.find((name) => name === field);
      if (taken === undefined || loaded.origins[taken] !== "default" || settings[taken] === 0) {
        throw error;
      }
      log.warn(`${(error as AppError).message} Taking a free one.`);
      settings = { ...settings, [taken]: 0 };
    }
  }
}

function logOf({ settings }: LoadedSettings, surroundings: Surroundings): Log {
  return createLog({
    level: settings["log.level"],
    format: settings["log.format"],
    stream: surroundings.stderr,
  });
}

type Log = ReturnType<typeof createLog>;

/** Runs `whenUp`, then waits for a signal and stops the server; a failure stops it too. */
async function untilStopped(
  server: RunningServer,
  surroundings: Surroundings,
  whenUp: () => Promise<void>,
): Promise<void> {
  const signalled = surroundings.untilSignal();
  surroundings.onHangUp(() => void server.refreshTls());
  try {
    await Promise.race([whenUp(), signalled]);
    await signalled;
  } finally {
    await server.stop();
  }
}

interface ReadyIdentities {
  readonly tenantId: string | null;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly signInUrl: string | null;
}

/** Plain HTTP where there is any: a browser does not know our authority. Null without a page to sign in to. */
async function signInOf(
  server: RunningServer,
  { tenant }: QuickstartIdentities,
): Promise<string | null> {
  const origin = server.httpUrl ?? server.httpsUrl;
  return server.hasPage
    ? quickstartSignIn(server.directory, server.people, { tenantId: tenant.tenantId, origin })
    : null;
}

function readyIdentities(identities: QuickstartIdentities): Omit<ReadyIdentities, "signInUrl"> {
  return {
    tenantId: identities.tenant.tenantId,
    workspaceId: identities.workspace.workspaceId,
    workspaceName: identities.workspace.name,
    clientId: identities.application.appId,
    clientSecret: identities.clientSecret,
  };
}

/** The one line that scripts wait for; its fields are a promise to them. */
function printReady(
  server: RunningServer,
  surroundings: Surroundings,
  identities: ReadyIdentities,
): void {
  const line = {
    event: "ready",
    https: server.httpsUrl,
    http: server.httpUrl,
    tenantId: identities.tenantId,
    workspaceId: identities.workspaceId,
    workspaceName: identities.workspaceName,
    clientId: identities.clientId,
    clientSecret: identities.clientSecret,
    caFile: server.caFile,
    signInUrl: identities.signInUrl,
    dataDir: server.dataDirectory.path,
    pid: process.pid,
  };
  surroundings.stdout.write(`${JSON.stringify(line)}\n`);
}

function printSettings(loaded: LoadedSettings, surroundings: Surroundings): void {
  const rows = SETTING_NAMES.map((name: SettingName) => [
    name,
    { value: printableSetting(name, loaded.settings[name]), origin: loaded.origins[name] },
  ]);
  surroundings.stdout.write(`${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
}
