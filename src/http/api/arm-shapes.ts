/** What the routes of Sentinel's management plane have in common: paths, shapes, headings. */
import Type, { type TRecord, type TUnknown } from "typebox";

/** Path of the provider; workspaces are named by their Azure path here. */
export const PROVIDER =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}/providers/Microsoft.SecurityInsights/threatIntelligence";
export const MAIN: string = `${PROVIDER}/main`;

export const BODY: TRecord<"^.*$", TUnknown> = Type.Record(Type.String(), Type.Unknown());
export const TAG_HEADING = "Azure Resource Manager";
export const REPLY: {
  readonly 200: { readonly description: string; readonly schema: TUnknown };
} = { 200: { description: "As Azure answers.", schema: Type.Unknown() } };
