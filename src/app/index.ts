/**
 * The composition root: settings, data directory, TLS, log, start and stop.
 * @module
 */
export { type BackupFile, type BackupManifest, backUp, restore } from "./backup.ts";
export { DATA_FILES, type DataDirectory, openDataDirectory } from "./data-directory.ts";
export { type ExamineOptions, examine } from "./doctor.ts";
export type { Check, CheckStatus } from "./doctor-checks.ts";
export { readEnvironment } from "./environment.ts";
export { createLog, type LogOptions } from "./log.ts";
export { type OfflineDirectory, openOffline } from "./offline.ts";
export {
  type OfflineQueries,
  openOfflineQueries,
  openQueryAdmin,
  type QueryAdmin,
} from "./offline-queries.ts";
export { type EmptyQueries, openEmptyQueries, type QuerySettings } from "./query-parts.ts";
export { ensureQuickstart, type QuickstartIdentities, quickstartSignIn } from "./quickstart.ts";
export { type RebuiltMirror, rebuildMirror } from "./rebuild-mirror.ts";
export { printableSetting } from "./server-info.ts";
export {
  environmentName,
  type LoadedSettings,
  loadSettings,
  type RawSettings,
  type SettingOrigin,
} from "./settings.ts";
export {
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  type SettingRow,
  type Settings,
} from "./settings-table.ts";
export { type RunningServer, startServer } from "./start-server.ts";
export { postgresUrl } from "./stores.ts";
export {
  type CaDescription,
  type CertificateDescription,
  describeCa,
  exportCa,
} from "./tls/describe-ca.ts";
