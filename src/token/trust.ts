/**
 * Which issuers are trusted. Each entry names the exact `iss`, the tenant, the token version, the audiences
 * and the only keys that vouch for it: a built-in key never vouches for a Microsoft issuer, nor the reverse.
 */
import { readFileSync } from "node:fs";
import {
  AppError,
  ENTRA_CLOUDS,
  type EntraCloud,
  type EntraCloudFacts,
  isGuid,
} from "../wire/index.ts";
import { issuerOf } from "./claims.ts";
import type { Clock } from "./clock.ts";
import type { DirectoryView } from "./directory-view.ts";
import { fixedKeys, type KeySource, keysOfDocument } from "./key-source.ts";
import type { TokenOptions } from "./options.ts";
import { canonicalOrigin } from "./origins.ts";
import { createRemoteKeys } from "./remote-keys.ts";

/** A trusted issuer. */
export interface TrustEntry {
  readonly issuer: string;
  readonly kind: "builtin" | "entra";
  readonly tenantId: string;
  readonly version: "1.0" | "2.0";
  readonly audiences: EntraCloudFacts["audiences"];
  readonly keys: KeySource;
}

/** Finds the entry of an `iss`. */
export type TrustTable = (issuer: string, view: DirectoryView) => TrustEntry | undefined;

/** What the table is made from. */
export interface TrustParts {
  readonly options: TokenOptions;
  readonly builtinKeys: KeySource;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly warn: (message: string, cause: unknown) => void;
}

const VERSIONS: readonly ("1.0" | "2.0")[] = ["1.0", "2.0"];

/** Each trusted tenant has two sets of keys in memory, and who trusts more than this has made a mistake. */
const TRUSTED_TENANTS_MAX = 1_000;

/** @throws AppError `settings_invalid` for a malformed tenant or an unusable file of keys */
export function createTrustTable(parts: TrustParts): TrustTable {
  const { options, builtinKeys } = parts;
  const entra = new Map(entraEntries(parts).map((entry) => [entry.issuer, entry]));
  let builtin: ReadonlyMap<string, TrustEntry> = new Map();
  let builtFor: { readonly view: DirectoryView; readonly origin: string } | undefined;
  return (issuer, view) => {
    const origin = canonicalOrigin(options);
    if (builtFor?.view !== view || builtFor.origin !== origin) {
      builtin = builtinEntries(view, origin, builtinKeys);
      builtFor = { view, origin };
    }
    return entra.get(issuer) ?? builtin.get(issuer);
  };
}

function builtinEntries(
  view: DirectoryView,
  origin: string,
  keys: KeySource,
): ReadonlyMap<string, TrustEntry> {
  const entries = view.tenants.flatMap(({ tenantId }) =>
    VERSIONS.map((version): TrustEntry => {
      const issuer = issuerOf(origin, tenantId, version);
      const { audiences } = ENTRA_CLOUDS.public;
      return { issuer, kind: "builtin", tenantId, version, audiences, keys };
    }),
  );
  return new Map(entries.map((entry) => [entry.issuer, entry]));
}

function entraEntries(parts: TrustParts): readonly TrustEntry[] {
  const { trustedTenants, jwksFile } = parts.options;
  if (trustedTenants.length > TRUSTED_TENANTS_MAX) {
    throw invalidOption("trustedTenants", `At most ${TRUSTED_TENANTS_MAX} tenants can be trusted.`);
  }
  const pinned = jwksFile === "" ? undefined : readPinnedKeys(jwksFile);
  const tenants = trustedTenants.map(parseTrustedTenant);
  const ids = tenants.map(({ tenantId }) => tenantId);
  const repeated = ids.find((id, place) => ids.indexOf(id) !== place);
  if (repeated !== undefined) {
    throw invalidOption("trustedTenants", `The tenant ${repeated} is named twice.`);
  }
  return tenants.flatMap(({ cloud, tenantId }) => {
    const facts = ENTRA_CLOUDS[cloud];
    const entry = (version: "1.0" | "2.0", issuer: string, url: string): TrustEntry => ({
      issuer: issuer.replace("{tid}", tenantId),
      kind: "entra",
      tenantId,
      version,
      audiences: facts.audiences,
      keys: pinned ?? createRemoteKeys({ ...parts, url: url.replace("{tid}", tenantId) }),
    });
    return [entry("1.0", facts.issuerV1, facts.keysV1), entry("2.0", facts.issuerV2, facts.keysV2)];
  });
}

/** `GUID` means the public cloud, `usgov/GUID` and `china/GUID` the others. */
function parseTrustedTenant(text: string): { cloud: EntraCloud; tenantId: string } {
  const [, cloud = "public", tenantId = ""] = /^(?:(public|usgov|china)\/)?(.+)$/.exec(text) ?? [];
  if (!isGuid(tenantId)) {
    throw invalidOption(
      "trustedTenants",
      `"${text}" is not the id (a GUID) of a Microsoft Entra tenant; usgov/GUID and china/GUID name ` +
        "tenants of those clouds.",
    );
  }
  return { cloud: cloud as EntraCloud, tenantId: tenantId.toLowerCase() };
}

function readPinnedKeys(file: string): KeySource {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "";
    throw invalidOption("jwksFile", `${file} can't be read as JSON: ${reason}`, cause);
  }
  const keys = keysOfDocument(document);
  if (keys.length === 0) {
    throw invalidOption("jwksFile", `${file} holds no RSA signing key with a kid.`);
  }
  return fixedKeys(keys);
}

function invalidOption(field: string, reason: string, cause?: unknown): AppError {
  return new AppError("settings_invalid", `${field}: ${reason}`, { field, cause });
}
