/** How the rows of the identity tables are named and laid out, the same for every engine. */

import type { IdentityTable } from "./identity.ts";

/** How a property lies in its column. */
export type ColumnKind = "text" | "blob" | "boolean" | "list";

/** A property of a row and the column that holds it. */
export interface Column {
  readonly property: string;
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table; its first column is the key. */
export interface TableMapping {
  readonly name: string;
  readonly columns: readonly Column[];
}

function column(property: string, kind: ColumnKind = "text", name?: string): Column {
  const snakeCase = property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { property, name: name ?? snakeCase, kind };
}

/** Every table of a snapshot; the columns are named after the properties unless said otherwise. */
export const TABLE_MAPPINGS: Readonly<Record<IdentityTable, TableMapping>> = {
  tenants: {
    name: "tenant",
    columns: [
      column("tenantId"),
      column("displayName"),
      column("domains", "list"),
      column("isDefault", "boolean"),
      column("createdAt"),
    ],
  },
  applications: {
    name: "application",
    columns: [column("appId"), column("displayName"), column("createdAt")],
  },
  servicePrincipals: {
    name: "service_principal",
    columns: [
      column("objectId"),
      column("tenantId"),
      column("appId"),
      column("enabled", "boolean"),
    ],
  },
  passwordCredentials: {
    name: "password_credential",
    columns: [
      column("keyId"),
      column("appId"),
      column("displayName"),
      column("hint"),
      column("hash"),
      column("start", "text", "start_at"),
      column("end", "text", "end_at"),
    ],
  },
  keyCredentials: {
    name: "key_credential",
    columns: [
      column("keyId"),
      column("appId"),
      column("displayName"),
      column("certificateDer", "blob"),
      column("sha1"),
      column("sha256"),
      column("start", "text", "start_at"),
      column("end", "text", "end_at"),
    ],
  },
  workspaces: {
    name: "workspace",
    columns: [
      column("workspaceId"),
      column("tenantId"),
      column("subscriptionId"),
      column("resourceGroup"),
      column("name"),
      column("createdAt"),
    ],
  },
  roleAssignments: {
    name: "role_assignment",
    columns: [
      column("name"),
      column("tenantId"),
      column("principalId"),
      column("roleDefinitionId"),
      column("scope"),
      column("createdAt"),
    ],
  },
  signingKeys: {
    name: "signing_key",
    columns: [
      column("kid"),
      column("certificateDer", "blob"),
      column("privateKeyEncrypted", "blob"),
      column("createdAt"),
      column("activatedAt"),
      column("retiredAt"),
    ],
  },
  facts: { name: "fact", columns: [column("name"), column("value")] },
};
