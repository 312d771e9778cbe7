/**
 * HTTP: routes, bodies, request ids, and the one table from refusal to status.
 * @module
 */
export { PROBLEMS, UPLOAD_ERRORS, type UploadErrorRow } from "./error-table.ts";
export { type ReceiptRouteOptions, registerReceiptRoutes } from "./receipt-routes.ts";
export { createHttpServer, type HttpServerOptions } from "./server.ts";
export { registerServerRoutes, type ServerRouteOptions } from "./server-routes.ts";
export { registerTokenRoutes } from "./token-routes.ts";
export { registerUploadRoutes, type UploadRouteOptions } from "./upload-routes.ts";
