/** The first segment of the token service's paths: which tenant it means. */
import type { Tenant } from "../store/index.ts";
import { type EntraRefusal, isGuid } from "../wire/index.ts";
import type { DirectoryView } from "./directory-view.ts";
import { refuse } from "./refuse.ts";
import { isDomainName } from "./tenants.ts";

/** Segments that stand for any tenant; they name documents, but nobody gets a token from them. */
const ANY_TENANT: ReadonlySet<string> = new Set(["common", "organizations"]);

/** The tenant, or why there is none: not found, or not even a possible name. */
export function findTenant(view: DirectoryView, segment: string): Tenant | EntraRefusal {
  const tenant = view.findTenant(segment);
  if (tenant !== undefined) {
    return tenant;
  }
  const name = segment.toLowerCase();
  const isPossible = isGuid(name) || isDomainName(name) || ANY_TENANT.has(name) || name === "adfs";
  return refuse(isPossible ? "unknown_tenant" : "malformed_tenant", { tenant: segment });
}

/** Whether a segment stands for any tenant. */
export function isAnyTenant(segment: string): boolean {
  return ANY_TENANT.has(segment.toLowerCase());
}
