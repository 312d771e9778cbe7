/** A small world for tests of tokens: one tenant, application and workspace in memory, and a clock to move. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { openSqliteIdentityStore, type Tenant, type Workspace } from "../../src/store/index.ts";
import {
  type AppRegistration,
  createDirectory,
  createMetadataService,
  createSigningKeys,
  createTokenService,
  createTokenVerifier,
  type Directory,
  type MetadataService,
  type SigningKeys,
  TOKEN_OPTIONS_DEFAULT,
  type TokenOptions,
  type TokenService,
  type TokenVerifier,
} from "../../src/token/index.ts";
import { selfSignedCertificate } from "../../src/token/self-signed-certificate.ts";

export const REALM_NOW: Date = new Date("2026-03-01T12:00:00.000Z");
export const REALM_ORIGIN = "https://stixgate.example:8443";
export const REALM_MASTER_KEY: Buffer = Buffer.alloc(32, 7);
export const TENANT_ID = "11111111-1111-4111-8111-111111111111";
export const APP_ID = "22222222-2222-4222-8222-222222222222";
export const OBJECT_ID = "33333333-3333-4333-8333-333333333333";
export const WORKSPACE_ID = "44444444-4444-4444-8444-444444444444";
export const CLIENT_SECRET = "a-secret-for-tests-with-forty-characters";

export interface Realm {
  readonly time: { now: Date };
  readonly options: TokenOptions;
  readonly directory: Directory;
  readonly keys: SigningKeys;
  readonly service: TokenService;
  readonly verifier: TokenVerifier;
  readonly metadata: MetadataService;
  readonly tenant: Tenant;
  readonly application: AppRegistration;
  readonly workspace: Workspace;
}

export interface RealmChoices {
  readonly options?: Partial<TokenOptions>;
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: Date;
}

/** Takes what is to be done afterwards, as a test's context does. */
export interface Afterwards {
  after(work: () => Promise<void>): void;
}

/** Opens a realm that is closed after the test. */
export async function openRealm(context: Afterwards, choices: RealmChoices = {}): Promise<Realm> {
  const store = openSqliteIdentityStore(":memory:");
  context.after(() => store.close());
  const time = { now: choices.now ?? REALM_NOW };
  const options: TokenOptions = {
    ...TOKEN_OPTIONS_DEFAULT,
    canonicalUrl: () => REALM_ORIGIN,
    ...choices.options,
  };
  const parts = { store, masterKey: REALM_MASTER_KEY, clock: () => time.now };
  const directory = createDirectory(parts);
  const keys = createSigningKeys(parts);
  const tenant = await directory.createTenant({
    displayName: "Contoso",
    tenantId: TENANT_ID,
    domains: ["contoso.example", "contoso.onmicrosoft.com"],
  });
  const application = await directory.createApplication({
    displayName: "MISP",
    appId: APP_ID,
    objectId: OBJECT_ID,
  });
  const workspace = await directory.createWorkspace({
    name: "soc-prod",
    workspaceId: WORKSPACE_ID,
  });
  await directory.addSecret(APP_ID, { secret: CLIENT_SECRET });
  const shared = { ...parts, directory, keys, options };
  return {
    time,
    options,
    directory,
    keys,
    service: createTokenService(shared),
    verifier: createTokenVerifier({
      ...shared,
      fetch: choices.fetch ?? refuseToFetch,
    }),
    metadata: createMetadataService(shared),
    tenant,
    application,
    workspace,
  };
}

async function refuseToFetch(): Promise<Response> {
  throw new Error("A test went to the network.");
}

export interface ClientCertificate {
  readonly privateKey: KeyObject;
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
}

/** A self-signed certificate as people make one for a client. */
export async function makeClientCertificate(
  start: Date = new Date("2026-01-01"),
  end: Date = new Date("2036-01-01"),
): Promise<ClientCertificate> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const fields = { commonName: "test client", publicKey, privateKey, start, end };
  const der = Buffer.from(await selfSignedCertificate(fields));
  return {
    privateKey,
    der,
    pem: `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
