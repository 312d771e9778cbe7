/** What commands need that work with a server's settings or data. Loading this file loads the server. */

import { openDataDirectory, openOffline, readEnvironment, type Settings } from "../app/index.ts";
import { type GlobalOptions, settingsOf } from "./global-options.ts";
import { processSurroundings, type Surroundings } from "./surroundings.ts";

/** This process, with its environment. */
export const surroundings: Surroundings = processSurroundings(readEnvironment());

/** The settings that the options of a command and the environment give. */
export function settingsNow(options: GlobalOptions): Settings {
  return settingsOf(options, surroundings.environment).settings;
}

/** Opens the identities of the data directory that the acting command names. */
export function openIdentities(acting: () => GlobalOptions): () => ReturnType<typeof openOffline> {
  return () => openOffline(settingsNow(acting()));
}

/** Opens the data directory that options name. */
export function openData(options: GlobalOptions): ReturnType<typeof openDataDirectory> {
  return openDataDirectory(settingsNow(options)["data.directory"]);
}
