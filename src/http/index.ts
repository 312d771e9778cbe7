/**
 * HTTP: routes, bodies, request ids, and the one table from refusal to status.
 * @module
 */
export { armRoutes } from "./api/arm-routes.ts";
export { directoryRoutes } from "./api/directory-routes.ts";
export { fileRoutes } from "./api/file-routes.ts";
export {
  type IngestionParts,
  ingestionRoutes,
  type ThrottleGauge,
} from "./api/ingestion-routes.ts";
export { objectRoutes } from "./api/object-routes.ts";
export { openApiDocument, openApiRoute } from "./api/openapi.ts";
export { overviewRoutes } from "./api/overview-routes.ts";
export { peopleRoutes } from "./api/people-routes.ts";
export { type QueryApiOptions, queriesOrRefusal, queryApiRoutes } from "./api/query-api-routes.ts";
export { type ApiOptions, registerApiRoutes } from "./api/register.ts";
export { relationRoutes } from "./api/relation-routes.ts";
export type { ApiRoute } from "./api/route.ts";
export { ruleRoutes } from "./api/rule-routes.ts";
export {
  type ServerAbout,
  type ServerHealth,
  type ServerInfoOptions,
  type SettingInForce,
  serverInfoRoutes,
} from "./api/server-info-routes.ts";
export {
  type SessionRouteOptions,
  sessionRoutes,
  type WorkspaceAccess,
} from "./api/session-routes.ts";
export { taskRoutes } from "./api/task-routes.ts";
export { viewRoutes } from "./api/view-routes.ts";
export { type Caller, type CallerParts, identifyCaller } from "./caller.ts";
export { PROBLEMS, UPLOAD_ERRORS, type UploadErrorRow } from "./error-table.ts";
export {
  type LogsIngestionRouteOptions,
  registerLogsIngestionRoutes,
} from "./logs-ingestion-routes.ts";
export { registerPageRoutes } from "./page-routes.ts";
export { INGESTION_ERRORS, QUERY_ERRORS } from "./query-errors.ts";
export { type QueryRouteOptions, registerQueryRoutes } from "./query-routes.ts";
export { type ReceiptRouteOptions, registerReceiptRoutes } from "./receipt-routes.ts";
export { createHttpServer, type HttpServerOptions } from "./server.ts";
export { registerServerRoutes, type ServerRouteOptions } from "./server-routes.ts";
export { registerTokenRoutes } from "./token-routes.ts";
export {
  registerUploadRoutes,
  type TurnedAwayRequest,
  type UploadRouteOptions,
} from "./upload-routes.ts";
