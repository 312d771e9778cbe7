/** Who is calling, as a verified token says it; what use cases receive in place of a token. */

/** A verified caller. GUIDs are lower case. */
export interface Principal {
  readonly tenantId: string;
  /** The `oid`: for an application, the object id of its service principal. */
  readonly objectId: string;
  /** The `appid` or `azp`. */
  readonly appId: string;
  readonly kind: "application" | "delegated" | "person";
  /** The `ver`. */
  readonly tokenVersion: "1.0" | "2.0";
  /** Whose token it is: this server's, or a trusted Microsoft Entra tenant's. */
  readonly issuer: "builtin" | "entra";
}

/** What throttles and roles count by: `tid/oid`. Several tenants may share an application id, so it isn't that. */
export function principalKey(principal: Pick<Principal, "tenantId" | "objectId">): string {
  return `${principal.tenantId}/${principal.objectId}`.toLowerCase();
}
