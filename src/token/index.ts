/**
 * Identity: tenants, applications, credentials, signing keys, token grants, verification of built-in and
 * real Microsoft Entra tokens, roles on workspaces.
 * @module
 */
export type { NewApplication } from "./applications.ts";
export { requireApplication } from "./applications.ts";
export { type AccessRequest, authorise, authoriseTenant } from "./authorise.ts";
export { type CertificateFacts, listCertificates, type NewCertificate } from "./certificates.ts";
export type { Clock } from "./clock.ts";
export { createDirectory, type Directory, type DirectoryParts } from "./directory.ts";
export type { DeleteOptions } from "./directory-change.ts";
export type { AppRegistration, DirectoryView } from "./directory-view.ts";
export {
  createMetadataService,
  type InstanceRequest,
  type MetadataDocument,
  type MetadataParts,
  type MetadataRequest,
  type MetadataService,
} from "./metadata.ts";
export {
  checkTokenOptions,
  TAKEOVER_ORIGINS,
  TOKEN_OPTIONS_DEFAULT,
  type TokenOptions,
} from "./options.ts";
export { type OriginOptions, type RequestTarget, requestOrigin } from "./origins.ts";
export { type Principal, principalKey } from "./principal.ts";
export type { NewRoleAssignment } from "./role-assignments.ts";
export {
  ACCESS_WRITE,
  FUNCTIONS_WRITE,
  findRoleDefinition,
  QUERY_READ,
  ROLE_DEFINITIONS,
  type RoleDefinition,
  roleAllows,
  TELEMETRY_WRITE,
  THREAT_INTELLIGENCE_DELETE,
  THREAT_INTELLIGENCE_READ,
  THREAT_INTELLIGENCE_TAG,
  THREAT_INTELLIGENCE_WRITE,
  WATCHLISTS_READ,
  WATCHLISTS_WRITE,
} from "./roles.ts";
export { scopeCovers, workspaceScope } from "./scope.ts";
export {
  CHOSEN_SECRET_LENGTH_MIN,
  type IssuedSecret,
  listSecrets,
  type NewSecretOptions,
  SECRET_DAYS_DEFAULT,
  type SecretFacts,
} from "./secrets.ts";
export {
  createSigningKeys,
  type PublishedKey,
  type SigningKey,
  type SigningKeys,
} from "./signing-keys.ts";
export { type NewTenant, requireTenant } from "./tenants.ts";
export type { TokenRequest } from "./token-request.ts";
export {
  createTokenService,
  type IssuedToken,
  type TokenRefusal,
  type TokenService,
  type TokenServiceParts,
} from "./token-service.ts";
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierParts,
} from "./token-verifier.ts";
export { type NewWorkspace, requireWorkspace } from "./workspaces.ts";
