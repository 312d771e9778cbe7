/**
 * The directory of identities for commands that work on the data directory itself, with or without a server
 * running on it: the identity store takes writers from several processes.
 */

import { createPeople, type People } from "../people/index.ts";
import {
  createDirectory,
  createSigningKeys,
  type Directory,
  type SigningKeys,
} from "../token/index.ts";
import { openDataDirectory } from "./data-directory.ts";
import { peopleParts } from "./management-parts.ts";
import type { Settings } from "./settings-table.ts";
import { openDocumentStore, openIdentityStore } from "./stores.ts";

/** Purpose under which the identity room's key is derived from the master key. */
export const IDENTITY_KEY_PURPOSE = "identity";

/** An opened directory and the way to close it. */
export interface OfflineDirectory {
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly people: People;
  readonly close: () => Promise<void>;
}

/** Opens the identities of a data directory, making it where it is missing. @throws AppError `settings_invalid` */
export async function openOffline(settings: Settings): Promise<OfflineDirectory> {
  const dataDirectory = await openDataDirectory(settings["data.directory"]);
  const store = await openIdentityStore(settings, dataDirectory);
  const parts = {
    store,
    masterKey: dataDirectory.deriveKey(IDENTITY_KEY_PURPOSE),
    clock: () => new Date(),
  };
  const directory = createDirectory(parts);
  const documents = await openDocumentStore(settings, dataDirectory, parts.clock);
  return {
    directory,
    keys: createSigningKeys(parts),
    people: createPeople(
      peopleParts(settings, {
        documents,
        directory,
        clock: parts.clock,
        deriveKey: (purpose) => dataDirectory.deriveKey(purpose),
      }),
    ),
    close: async () => {
      await documents.close();
      await store.close();
    },
  };
}
