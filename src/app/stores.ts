/** Opens the stores that the settings name; the only place that knows which engines there are. */

import { setFlagsFromString } from "node:v8";
import type { Logger } from "pino";
import {
  type DocumentStore,
  type IdentityStore,
  openPostgresDocumentStore,
  openPostgresIdentityStore,
  openPostgresStore,
  openSqliteDocumentStore,
  openSqliteIdentityStore,
  openSqliteStore,
  type Retention,
  type Store,
} from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import type { DataDirectory } from "./data-directory.ts";
import { tellSearchProgress } from "./search-progress.ts";
import type { Settings } from "./settings-table.ts";
import type { Teardown } from "./teardown.ts";

/** Settings that decide where things are kept. */
type StoreSettings = Pick<
  Settings,
  | "store.kind"
  | "store.memory"
  | "store.postgresUrl"
  | "store.postgresReadConnections"
  | "store.postgresLagRequestsMax"
  | "store.pendingRequestsMax"
  | "store.searchLagObjectsMax"
  | "store.rejectedDays"
  | "store.receiptDays"
  | "store.versionDays"
  | "store.versionsMax"
  | "store.tombstoneDays"
>;

/**
 * By default each thread's heap for new values grows to over a hundred megabytes under load; frozen at what it has
 * when a server starts, it costs no measurable time.
 */
const KEEP_YOUNG_HEAP_SMALL = "--semi-space-growth-factor=1";

/** Opens the store of intelligence and receipts. @throws AppError `store_unavailable`, `settings_invalid` */
export function openStore(settings: StoreSettings, dataDirectory: DataDirectory): Promise<Store> {
  if (settings["store.memory"] === "bounded") {
    setFlagsFromString(KEEP_YOUNG_HEAP_SMALL);
  }
  const pendingAppendsMax = settings["store.pendingRequestsMax"];
  return settings["store.kind"] === "postgres"
    ? openPostgresStore({
        connection: postgresUrl(settings),
        pendingAppendsMax,
        retention: retentionOf(settings),
        readConnectionsMax: settings["store.postgresReadConnections"],
        indexLagRequestsMax: settings["store.postgresLagRequestsMax"],
      })
    : openSqliteStore({
        directory: dataDirectory.path,
        memory: settings["store.memory"],
        pendingAppendsMax,
        searchLagObjectsMax: settings["store.searchLagObjectsMax"] || Number.POSITIVE_INFINITY,
        retention: retentionOf(settings),
      });
}

/** The store of a server: its log tells how far searches are behind. @throws AppError as `openStore` */
export async function openServerStore(
  { settings, dataDirectory, log }: ServerStoreParts,
  teardown: Teardown,
): Promise<Store> {
  const store = await openStore(settings, dataDirectory);
  teardown.push(() => store.close());
  tellSearchProgress(store, log, teardown);
  return store;
}

interface ServerStoreParts {
  readonly settings: StoreSettings;
  readonly dataDirectory: DataDirectory;
  readonly log: Logger;
}

/** In the settings 0 means for ever, which the store says by leaving the number out. */
function retentionOf(settings: StoreSettings): Retention {
  const limits: Retention = {
    rejectedDays: settings["store.rejectedDays"],
    receiptDays: settings["store.receiptDays"],
    versionDays: settings["store.versionDays"],
    versionsMax: settings["store.versionsMax"],
    tombstoneDays: settings["store.tombstoneDays"],
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== 0));
}

/** Opens the store of identities. @throws AppError `store_unavailable`, `settings_invalid` */
export async function openIdentityStore(
  settings: StoreSettings,
  dataDirectory: DataDirectory,
): Promise<IdentityStore> {
  return settings["store.kind"] === "postgres"
    ? openPostgresIdentityStore({ connection: postgresUrl(settings) })
    : openSqliteIdentityStore(dataDirectory.files.identity);
}

/** Opens the store of documents and of the audit log. @throws AppError as above */
export async function openDocumentStore(
  settings: StoreSettings,
  dataDirectory: DataDirectory,
  now: () => Date,
): Promise<DocumentStore> {
  return settings["store.kind"] === "postgres"
    ? openPostgresDocumentStore({ connection: postgresUrl(settings), now })
    : openSqliteDocumentStore({ file: dataDirectory.files.documents, now });
}

/** The address of the database. @throws AppError `settings_invalid` when the settings say none */
export function postgresUrl(settings: Pick<Settings, "store.postgresUrl">): string {
  const url = settings["store.postgresUrl"];
  if (url === "") {
    throw new AppError(
      "settings_invalid",
      'Setting "store.kind" is postgres, and "store.postgresUrl" says no address.',
      { field: "store.postgresUrl" },
    );
  }
  return url;
}
