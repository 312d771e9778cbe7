/**
 * Durable storage: the intake log, object versions, receipts, identities.
 * The only room with store SQL; it holds no business rule.
 * @module
 */
export {
  type AuditEntry,
  type AuditNote,
  type AuditQuery,
  DOCUMENT_BYTES_MAX,
  type DocumentChange,
  type DocumentKey,
  type DocumentQuery,
  type DocumentStore,
  type JsonValue,
  type StoredDocument,
} from "./documents.ts";
export type {
  Application,
  IdentityChange,
  IdentityFact,
  IdentitySnapshot,
  IdentityStore,
  IdentityTable,
  IdentityTables,
  KeyCredential,
  PasswordCredential,
  RoleAssignment,
  ServicePrincipal,
  StoredSigningKey,
  Tenant,
  Workspace,
} from "./identity.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./memory.ts";
export {
  openPostgresDocumentStore,
  type PostgresDocumentOptions,
} from "./postgres/document-store.ts";
export {
  openPostgresIdentityStore,
  type PostgresIdentityOptions,
} from "./postgres/identity-store.ts";
export {
  inspectPostgresStore,
  type PostgresInspection,
  type PostgresInspectOptions,
  type PostgresReplica,
  type PostgresServerFacts,
} from "./postgres/inspect.ts";
export {
  POSTGRES_STORE_LIMITS,
  type PostgresServer,
  type PostgresStoreLimits,
  type PostgresStoreOptions,
} from "./postgres/options.ts";
export { openPostgresStore } from "./postgres/postgres-store.ts";
export type { Retention } from "./retention-rounds.ts";
export type {
  CountQuery,
  FacetField,
  FacetQuery,
  FacetValue,
  MatchCount,
  RelatedObject,
  RelatedQuery,
  SearchCondition,
  Searches,
  SearchHit,
  SearchPage,
  SearchQuery,
  SearchSort,
  SearchTime,
} from "./search.ts";
export { type ConditionCandidate, conditionTest } from "./search-condition.ts";
export { type ChangeReader, openSqliteChanges } from "./sqlite/change-reader.ts";
export { openSqliteDocumentStore, type SqliteDocumentOptions } from "./sqlite/document-store.ts";
export { openSqliteIdentityStore } from "./sqlite/identity-store.ts";
export {
  checkSqliteDatabase,
  copySqliteDatabase,
  type InspectOptions,
  inspectSqliteStore,
  type StoreInspection,
} from "./sqlite/inspect.ts";
export { inspectSqliteSearch, type SearchInspection } from "./sqlite/inspect-search.ts";
export { type DataDirectoryLock, lockDataDirectory } from "./sqlite/lock.ts";
export {
  openSqliteStore,
  SQLITE_STORE_LIMITS,
  type SqliteStoreLimits,
  type SqliteStoreOptions,
} from "./sqlite/sqlite-store.ts";
export type {
  ChangeSequence,
  DeleteRequest,
  IntakeObject,
  IntakeRejection,
  IntakeRequest,
  ObjectFacts,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  ObservableFact,
  Page,
  PreparedRequest,
  ReceiptQuery,
  ReceivedRecord,
  Sequence,
  Store,
  StorePosition,
} from "./store.ts";
export { prepareRequest } from "./stored-rows.ts";
