/**
 * The directory: tenants, applications with their credentials, workspaces and role assignments. Reading is
 * one call, `view`; each change is checked and made durable as a whole, whichever process makes it.
 */
import type {
  IdentityChange,
  IdentitySnapshot,
  IdentityStore,
  RoleAssignment,
  Tenant,
  Workspace,
} from "../store/index.ts";
import {
  createApplication,
  deleteApplication,
  type NewApplication,
  setApplicationEnabled,
} from "./applications.ts";
import {
  addCertificate,
  type CertificateFacts,
  type NewCertificate,
  removeCertificate,
} from "./certificates.ts";
import type { Clock } from "./clock.ts";
import type { Decision, DeleteOptions, DirectoryContext } from "./directory-change.ts";
import { type AppRegistration, type DirectoryView, viewOf } from "./directory-view.ts";
import { type DerivedKeys, deriveKeys, wrongMasterKey } from "./master-key.ts";
import { assignRole, deleteRoleAssignment, type NewRoleAssignment } from "./role-assignments.ts";
import {
  addSecret,
  type IssuedSecret,
  type NewSecretOptions,
  removeSecret,
  rotateSecret,
} from "./secrets.ts";
import { createTenant, deleteTenant, type NewTenant } from "./tenants.ts";
import {
  createWorkspace,
  deleteWorkspace,
  type NewWorkspace,
  renameWorkspace,
} from "./workspaces.ts";

/** Name of the stored fact that says to which master key the store belongs. */
const FINGERPRINT_FACT = "masterKeyFingerprint";

/**
 * Tenants, applications, credentials, workspaces and roles. `appId` may also be an object id or a unique
 * display name, `workspaceId` a unique name. Every change may be refused with `invalid_request` (naming the
 * field), `not_found`, `conflict` or `store_unavailable`.
 */
export interface Directory {
  /** The present state; the same object while nothing changes. */
  view(): Promise<DirectoryView>;
  createTenant(input: NewTenant): Promise<Tenant>;
  deleteTenant(tenantId: string, options?: DeleteOptions): Promise<void>;
  createApplication(input: NewApplication): Promise<AppRegistration>;
  setApplicationEnabled(appId: string, enabled: boolean): Promise<AppRegistration>;
  deleteApplication(appId: string, options?: DeleteOptions): Promise<void>;
  /** @throws AppError `conflict` when there are two already */
  addSecret(appId: string, options?: NewSecretOptions): Promise<IssuedSecret>;
  /** Adds a secret; of the older ones only the newest stays valid. */
  rotateSecret(appId: string, options?: NewSecretOptions): Promise<IssuedSecret>;
  removeSecret(appId: string, keyId: string): Promise<void>;
  addCertificate(appId: string, input: NewCertificate): Promise<CertificateFacts>;
  removeCertificate(appId: string, keyIdOrThumbprint: string): Promise<void>;
  createWorkspace(input: NewWorkspace): Promise<Workspace>;
  /** The roles assigned at the old path move along. */
  renameWorkspace(workspaceId: string, name: string): Promise<Workspace>;
  deleteWorkspace(workspaceId: string, options?: DeleteOptions): Promise<void>;
  assignRole(input: NewRoleAssignment): Promise<RoleAssignment>;
  deleteRoleAssignment(name: string): Promise<void>;
}

/** What a directory is made of. */
export interface DirectoryParts {
  readonly store: IdentityStore;
  /** 32 bytes; secrets and keys in the store are useless without it. */
  readonly masterKey: Uint8Array;
  readonly clock: Clock;
}

/** @throws AppError `settings_invalid` when the master key has not 32 bytes */
export function createDirectory(parts: DirectoryParts): Directory {
  const context = directoryContext(parts);
  const read = viewReader(parts.store, context.keys);
  return {
    view: read,
    createTenant: async (input) => createTenant(context, input),
    deleteTenant: async (tenantId, options) => deleteTenant(context, tenantId, options),
    createApplication: async (input) => createApplication(context, input),
    setApplicationEnabled: async (appId, enabled) => setApplicationEnabled(context, appId, enabled),
    deleteApplication: async (appId, options) => deleteApplication(context, appId, options),
    addSecret: async (appId, options) => addSecret(context, appId, options),
    rotateSecret: async (appId, options) => rotateSecret(context, appId, options),
    removeSecret: async (appId, keyId) => removeSecret(context, appId, keyId),
    addCertificate: async (appId, input) => addCertificate(context, appId, input),
    removeCertificate: async (appId, key) => removeCertificate(context, appId, key),
    createWorkspace: async (input) => createWorkspace(context, input),
    renameWorkspace: async (workspaceId, name) => renameWorkspace(context, workspaceId, name),
    deleteWorkspace: async (workspaceId, options) => deleteWorkspace(context, workspaceId, options),
    assignRole: async (input) => assignRole(context, input),
    deleteRoleAssignment: async (name) => deleteRoleAssignment(context, name),
  };
}

/** Reads views of a store, indexing each snapshot once. Refuses a store of another master key. */
export function viewReader(store: IdentityStore, keys: DerivedKeys): () => Promise<DirectoryView> {
  let last: { readonly snapshot: IdentitySnapshot; readonly view: DirectoryView } | undefined;
  return async () => {
    const snapshot = await store.snapshot();
    if (last?.snapshot !== snapshot) {
      requireFitting(snapshot, keys);
      last = { snapshot, view: viewOf(snapshot) };
    }
    return last.view;
  };
}

/** What changes need; the first change also notes to which master key the store belongs. */
export function directoryContext({ store, masterKey, clock }: DirectoryParts): DirectoryContext {
  const keys = deriveKeys(masterKey);
  return {
    clock,
    keys,
    async change<Result>(decide: (view: DirectoryView) => Decision<Result>): Promise<Result> {
      let decision: Decision<Result> | undefined;
      await store.update((snapshot) => {
        requireFitting(snapshot, keys);
        decision = decide(viewOf(snapshot));
        return [...fingerprintChange(snapshot, keys), ...decision.changes];
      });
      if (decision === undefined) {
        throw new Error("The identity store didn't ask for a decision.");
      }
      return decision.result;
    },
  };
}

function requireFitting(snapshot: IdentitySnapshot, keys: DerivedKeys): void {
  const stored = snapshot.facts.find(({ name }) => name === FINGERPRINT_FACT);
  if (stored !== undefined && stored.value !== keys.fingerprint) {
    throw wrongMasterKey();
  }
}

function fingerprintChange(
  snapshot: IdentitySnapshot,
  keys: DerivedKeys,
): readonly IdentityChange[] {
  return snapshot.facts.some(({ name }) => name === FINGERPRINT_FACT)
    ? []
    : [
        {
          kind: "put",
          table: "facts",
          row: { name: FINGERPRINT_FACT, value: keys.fingerprint },
        },
      ];
}
