/** What routes of objects read of a call, and how they show an object. */
import { type Acting, type ObjectView, objectKeyOf, viewOf } from "../../manage/index.ts";
import type { ObjectKey, ObjectVersion } from "../../store/index.ts";
import {
  THREAT_INTELLIGENCE_DELETE,
  THREAT_INTELLIGENCE_READ,
  THREAT_INTELLIGENCE_TAG,
  THREAT_INTELLIGENCE_WRITE,
} from "../../token/index.ts";
import { AppError, isGuid } from "../../wire/index.ts";
import { type ApiAccess, type ApiCall, type ApiReply, ok } from "./route.ts";

/** Path of a workspace. */
export const BASE = "/api/v1/workspaces/{workspaceId}";

/** Who may do what to a workspace's intelligence. */
export const READ: ApiAccess = { kind: "workspace", action: THREAT_INTELLIGENCE_READ };
export const TAG: ApiAccess = { kind: "workspace", action: THREAT_INTELLIGENCE_TAG };
export const WRITE: ApiAccess = { kind: "workspace", action: THREAT_INTELLIGENCE_WRITE };
export const DELETE: ApiAccess = { kind: "workspace", action: THREAT_INTELLIGENCE_DELETE };

export const PAGE_ITEMS_DEFAULT = 50;
export const PAGE_ITEMS_MAX = 1_000;
export const CURSOR_LENGTH_MAX = 8_192;

/** Who acts in a call. */
export function actingOf(
  call: Pick<ApiCall, "caller" | "workspace" | "requestId" | "headers">,
): Acting {
  const { principal, actor } = call.caller;
  const { tenantId, objectId, appId } = principal;
  const userAgent = call.headers["user-agent"] ?? "";
  return {
    workspaceId: call.workspace.workspaceId,
    actor,
    caller: { tenantId, objectId, appId, userAgent },
    requestId: call.requestId,
  };
}

/** The object that the path names. @throws AppError `not_found` */
export function keyOf(call: Pick<ApiCall, "params" | "workspace">): ObjectKey {
  return objectKeyOf(call.workspace.workspaceId, call.params["id"] ?? "");
}

/** A parameter of the path that names something of ours, in lower case. @throws AppError `invalid_request` */
export function guidOf({ params }: Pick<ApiCall, "params">, name: string): string {
  const text = params[name] ?? "";
  if (!isGuid(text)) {
    throw new AppError("invalid_request", `${name} must be a GUID.`, { field: name });
  }
  return text.toLowerCase();
}

/** An object with its ETag. */
export function shown(version: ObjectVersion, now: Date): ApiReply {
  const view: ObjectView = viewOf(version, now);
  return ok(view, { etag: `"${view.change}"` });
}
