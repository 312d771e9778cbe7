/**
 * The door of identity storage: tenants, applications, credentials, workspaces, role assignments, signing
 * keys. The whole content is small (thousands of rows), so a reader takes it as one consistent, immutable
 * snapshot, and a writer decides on a snapshot under the store's write lock. What is allowed or valid is
 * decided above; nothing here knows a rule.
 *
 * Instants are RFC 3339 in UTC with milliseconds. GUIDs are lower case.
 */

/** An organisation: the owner of workspaces and of the principals that may use them. */
export interface Tenant {
  readonly tenantId: string;
  readonly displayName: string;
  /** DNS names by which clients may call the tenant, lower case. */
  readonly domains: readonly string[];
  /** The tenant that the alias `adfs` and commands without a tenant mean; at most one. */
  readonly isDefault: boolean;
  readonly createdAt: string;
}

/** A registered application: the holder of credentials. */
export interface Application {
  readonly appId: string;
  readonly displayName: string;
  readonly createdAt: string;
}

/** An application's identity in a tenant: what a token's `oid` names and roles are assigned to. */
export interface ServicePrincipal {
  readonly objectId: string;
  readonly tenantId: string;
  readonly appId: string;
  /** A disabled principal gets no token, and its tokens are refused at once. */
  readonly enabled: boolean;
}

/** A client secret, of which only a keyed hash is kept. */
export interface PasswordCredential {
  readonly keyId: string;
  readonly appId: string;
  readonly displayName: string;
  /** The first three characters, so that people can tell secrets apart. */
  readonly hint: string;
  /** HMAC-SHA-256 of the secret, in hexadecimal. */
  readonly hash: string;
  readonly start: string;
  readonly end: string;
}

/** A client certificate. */
export interface KeyCredential {
  readonly keyId: string;
  readonly appId: string;
  readonly displayName: string;
  readonly certificateDer: Uint8Array;
  /** Thumbprints of the DER form, in lower-case hexadecimal. */
  readonly sha1: string;
  readonly sha256: string;
  /** The certificate's own validity. */
  readonly start: string;
  readonly end: string;
}

/** A workspace, with the parts of its Azure Resource Manager path. */
export interface Workspace {
  readonly workspaceId: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly createdAt: string;
}

/** A role that a principal of a tenant holds at a scope and below it. */
export interface RoleAssignment {
  /** GUID, the assignment's name in Azure's words. */
  readonly name: string;
  readonly tenantId: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  /** `/`, or an Azure Resource Manager path without a trailing slash. */
  readonly scope: string;
  readonly createdAt: string;
}

/** A key pair with which tokens are signed. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly certificateDer: Uint8Array;
  /** PKCS #8, encrypted by the room that uses it. */
  readonly privateKeyEncrypted: Uint8Array;
  readonly createdAt: string;
  /** When it became the key that signs; null while it waits as the next one. */
  readonly activatedAt: string | null;
  /** When it stopped signing; null before that. */
  readonly retiredAt: string | null;
}

/** A single fact about the store itself. */
export interface IdentityFact {
  readonly name: string;
  readonly value: string;
}

/** The tables and the type of their rows. */
export interface IdentityTables {
  readonly tenants: Tenant;
  readonly applications: Application;
  readonly servicePrincipals: ServicePrincipal;
  readonly passwordCredentials: PasswordCredential;
  readonly keyCredentials: KeyCredential;
  readonly workspaces: Workspace;
  readonly roleAssignments: RoleAssignment;
  readonly signingKeys: StoredSigningKey;
  readonly facts: IdentityFact;
}

/** Name of a table. */
export type IdentityTable = keyof IdentityTables;

/** Everything at one instant, each table in the order of creation; the same object while nothing changes. */
export type IdentitySnapshot = {
  readonly [Table in IdentityTable]: readonly IdentityTables[Table][];
};

/** One change: a row put in place of any with the same key, or the row with a key removed. */
export type IdentityChange =
  | {
      readonly [Table in IdentityTable]: {
        readonly kind: "put";
        readonly table: Table;
        readonly row: IdentityTables[Table];
      };
    }[IdentityTable]
  | { readonly kind: "remove"; readonly table: IdentityTable; readonly key: string };

/** Durable storage of identities, safe for several processes at once. */
export interface IdentityStore {
  /**
   * What is stored now, changes of other processes included.
   * @throws AppError `store_unavailable` when the file can't be read; `shutting_down` after `close`
   */
  snapshot(): Promise<IdentitySnapshot>;

  /**
   * Runs `decide` on the current snapshot while no other writer can interfere, and makes its changes
   * durable together. When `decide` throws, nothing changes and its error is passed on.
   * @throws AppError `store_unavailable` when the disk is full or failing, or another writer holds the lock
   *   for too long; `shutting_down` after `close`
   */
  update(decide: (current: IdentitySnapshot) => readonly IdentityChange[]): Promise<void>;

  /** Closes the store; later calls are refused with `shutting_down`. */
  close(): Promise<void>;
}
