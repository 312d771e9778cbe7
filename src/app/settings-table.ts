/**
 * The one table of settings: names, defaults, kinds and meanings. Reading, `--print-settings`, environment
 * names and the reference page (docs/reference/settings.md) all come from it.
 */

import { RULES } from "../stix/index.ts";
import {
  type ApplicationLimits,
  applicationLimits,
  choice,
  flag,
  integer,
  listOfText,
  mapOf,
  originUrl,
  portOrOff,
  type SettingKind,
  text,
} from "./setting-kinds.ts";

/** Every setting with its value, frozen at start. */
export interface Settings {
  readonly "data.directory": string;
  readonly "https.host": string;
  readonly "https.port": number;
  readonly "http.port": number | null;
  readonly "tls.names": readonly string[];
  readonly "tls.takeover": boolean;
  readonly "tls.certFile": string;
  readonly "tls.keyFile": string;
  readonly "server.canonicalUrl": string;
  readonly "server.allowedHosts": readonly string[];
  readonly "server.drainSeconds": number;
  readonly "server.requestSeconds": number;
  readonly "server.workers": number;
  readonly "log.level": "debug" | "info" | "warn" | "error";
  readonly "log.format": "json" | "text";
  readonly "token.lifetimeSeconds": number;
  readonly "token.version": "1.0" | "2.0";
  readonly "auth.clockSkewSeconds": number;
  readonly "auth.allowDelegated": boolean;
  readonly "auth.allowedRoles": readonly string[];
  readonly "auth.trustedTenants": readonly string[];
  readonly "auth.jwksFile": string;
  readonly "auth.failedSignInsPerMinuteMax": number;
  readonly "auth.errorStyle": "service" | "arm";
  readonly "auth.noRoleStatus": "401" | "403";
  readonly "people.sessionHours": number;
  readonly "people.auditDays": number;
  readonly "people.oidcIssuer": string;
  readonly "people.oidcClientId": string;
  readonly "people.oidcClientSecret": string;
  readonly "people.oidcTenant": string;
  readonly "people.oidcEmailDomains": readonly string[];
  readonly "throttle.mode": "documented" | "off";
  readonly "throttle.requestsPerMinute": number;
  readonly "throttle.objectsPerRequest": number;
  readonly "throttle.applications": Readonly<Record<string, ApplicationLimits>>;
  readonly "throttle.sharedUrl": string;
  readonly "upload.successBody.v1": "empty" | "errors";
  readonly "upload.successBody.v2": "empty" | "errors";
  readonly "upload.successBody.v3": "empty" | "errors";
  readonly "upload.allInvalidStatus.v1": "200" | "400";
  readonly "upload.allInvalidStatus.v2": "200" | "400";
  readonly "upload.allInvalidStatus.v3": "200" | "400";
  readonly "upload.defaultSpecVersion.v1": "2.0" | "2.1";
  readonly "upload.defaultSpecVersion.v2": "2.0" | "2.1";
  readonly "upload.defaultSpecVersion.v3": "2.0" | "2.1";
  readonly "upload.alsoEmitValidationErrorMessages": boolean;
  readonly "upload.tlpGreenAlias": boolean;
  readonly "upload.patternTypeOn20": "optional" | "required";
  readonly "upload.acceptAnyArrayKey.v3": boolean;
  readonly "upload.unrevoke": "keep-revoked" | "reject" | "allow";
  readonly "upload.coerceNumericStrings": boolean;
  readonly "upload.pathAliases": boolean;
  readonly "upload.timestamps": "lenient" | "strict";
  readonly "upload.supportedTypes": "stix" | "enhanced" | "any";
  readonly "upload.severity": Readonly<Record<string, "error" | "warning" | "off">>;
  readonly "upload.bodyBytesMax": number;
  readonly "upload.decodedBytesMax": number;
  readonly "upload.bodiesInFlightBytesMax": number;
  readonly "upload.depthMax": number;
  readonly "query.enabled": boolean;
  readonly "query.timeoutSeconds": number;
  readonly "query.rowsMax": number;
  readonly "query.bytesMax": number;
  readonly "query.requestsPerMinute": number;
  readonly "query.freshSeconds": number;
  readonly "query.republishDays": number;
  readonly "query.memoryBytesMax": number;
  readonly "query.temporaryBytesMax": number;
  readonly "query.threads": number;
  readonly "query.concurrentMax": number;
  readonly "query.queuedMax": number;
  readonly "logs.bodyBytesMax": number;
  readonly "logs.decodedBytesMax": number;
  readonly "logs.requestsPerMinute": number;
  readonly "logs.retentionDays": number;
  readonly "logs.bytesMax": number;
  readonly "store.kind": "sqlite" | "postgres";
  readonly "store.memory": "tables" | "bounded";
  readonly "store.postgresUrl": string;
  readonly "store.postgresReadConnections": number;
  readonly "store.postgresLagRequestsMax": number;
  readonly "store.pendingRequestsMax": number;
  readonly "store.searchLagObjectsMax": number;
  readonly "store.rejectedDays": number;
  readonly "store.receiptDays": number;
  readonly "store.versionDays": number;
  readonly "store.versionsMax": number;
  readonly "store.tombstoneDays": number;
}

export type SettingName = keyof Settings;

/** One row of the table. */
export interface SettingRow<T> {
  readonly kind: SettingKind<T>;
  readonly fallback: T;
  readonly unit?: string;
  /** One or two sentences: what it does, and why the default is what it is. */
  readonly meaning: string;
  /** Row of the list of contradictions between the documentation and other evidence. */
  readonly conflict?: string;
  /** The value may hold a password: it is never printed or logged. */
  readonly secret?: true;
}

const MIB = 1024 * 1024;
const successBody = choice("empty", "errors");
const okOrBad = choice("200", "400");
const specVersion = choice("2.0", "2.1");

/** The table. Order is the order of the reference page. */
export const SETTINGS: { readonly [K in SettingName]: SettingRow<Settings[K]> } = {
  "data.directory": {
    kind: text(),
    fallback: ".stixgate",
    meaning: "Folder that holds everything the server keeps: databases, keys, the local CA.",
  },
  "https.host": {
    kind: text(255),
    fallback: "127.0.0.1",
    meaning: "Address that HTTPS listens on. Loopback until an operator decides otherwise.",
  },
  "https.port": {
    kind: integer(0, 65_535),
    fallback: 8443,
    meaning: "Port of HTTPS; 0 takes any free port.",
  },
  "http.port": {
    kind: portOrOff,
    fallback: 8080,
    meaning:
      "Port of plain HTTP, always on 127.0.0.1 only: Azure's clients refuse it, curl and a browser are glad of it.",
  },
  "tls.names": {
    kind: listOfText(100),
    fallback: [],
    meaning: "Further DNS names and IP addresses that the server's own certificate covers.",
  },
  "tls.takeover": {
    kind: flag,
    fallback: true,
    meaning:
      "Whether the certificate also covers api.ti.sentinel.azure.com, sentinelus.azure-api.net, login.microsoftonline.com and management.azure.com, for clients with hard-coded hosts that a hosts file leads here.",
  },
  "tls.certFile": {
    kind: text(),
    fallback: "",
    meaning: "PEM file of your own certificate chain; replaces the local CA. Needs tls.keyFile.",
  },
  "tls.keyFile": {
    kind: text(),
    fallback: "",
    meaning: "PEM file of the private key of tls.certFile.",
  },
  "server.canonicalUrl": {
    kind: originUrl,
    fallback: "",
    meaning:
      "Origin under which this server issues tokens. Empty: https://HOST:PORT as it listens. Set it when the port may change, or tokens end with a restart.",
  },
  "server.allowedHosts": {
    kind: listOfText(100),
    fallback: [],
    meaning:
      "Further Host values (with port where it isn't 443) that token metadata may name; the certificate's names are allowed already.",
  },
  "server.drainSeconds": {
    kind: integer(1, 600),
    fallback: 25,
    unit: "seconds",
    meaning:
      "How long requests under way may take to finish after SIGTERM; below the 30 seconds that orchestrators wait.",
  },
  "server.requestSeconds": {
    kind: integer(5, 3600),
    fallback: 120,
    unit: "seconds",
    meaning: "How long a client may take to send one whole request.",
  },
  "server.workers": {
    kind: integer(0, 64),
    fallback: 0,
    unit: "threads",
    meaning:
      "Threads that read and validate uploads beside the one that speaks HTTP. 0: that one does it itself, which is best on one or two cores; on larger machines a few threads take more uploads.",
  },
  "log.level": {
    kind: choice("debug", "info", "warn", "error"),
    fallback: "info",
    meaning: "Least severe log lines to write, on standard error.",
  },
  "log.format": {
    kind: choice("json", "text"),
    fallback: "json",
    meaning: "Shape of log lines: JSON for machines, or readable text, which quickstart uses.",
  },
  "token.lifetimeSeconds": {
    kind: integer(60, 86_400),
    fallback: 3600,
    unit: "seconds",
    meaning:
      "Lifetime of tokens issued here. Some connectors renew only after 3,500 seconds: a shorter lifetime makes them fail in the middle of a run.",
  },
  "token.version": {
    kind: choice("1.0", "2.0"),
    fallback: "1.0",
    meaning: "Shape of tokens issued here. The real resource issues 1.0, from both endpoints.",
  },
  "auth.clockSkewSeconds": {
    kind: integer(0, 3600),
    fallback: 300,
    unit: "seconds",
    meaning: "Tolerance for the clocks of token issuers and of clients that sign assertions.",
  },
  "auth.allowDelegated": {
    kind: flag,
    fallback: false,
    meaning: "Whether tokens of people (with scp) may upload, as with az CLI.",
    conflict: "C15",
  },
  "auth.allowedRoles": {
    kind: listOfText(100),
    fallback: [],
    meaning:
      "Ids or names of the only roles that may upload. Empty: every role whose actions include Microsoft.SecurityInsights/threatIntelligence/write.",
    conflict: "C16",
  },
  "auth.trustedTenants": {
    kind: listOfText(100),
    fallback: [],
    meaning:
      "Ids of real Microsoft Entra tenants whose tokens are accepted beside the built-in ones.",
  },
  "auth.jwksFile": {
    kind: text(),
    fallback: "",
    meaning:
      "File with the signing keys of the trusted tenants (a JWKS), for places without a way to Microsoft. Empty: fetched and refreshed.",
  },
  "auth.failedSignInsPerMinuteMax": {
    kind: integer(1, 100_000),
    fallback: 20,
    unit: "attempts",
    meaning:
      "Wrong credentials of one client id from one address in a minute until both have to wait: room for a client with an old secret, none for guessing.",
  },
  "auth.errorStyle": {
    kind: choice("service", "arm"),
    fallback: "service",
    meaning:
      "Bodies of 401 and 403: as the upload service sends them, or verbose as Azure Resource Manager does.",
  },
  "auth.noRoleStatus": {
    kind: choice("401", "403"),
    fallback: "401",
    meaning: "Status when the application has no role on the workspace.",
    conflict: "C5",
  },
  "people.sessionHours": {
    kind: integer(1, 8_760),
    fallback: 12,
    unit: "hours",
    meaning: "How long somebody who signed in to the web page stays signed in: a working day.",
  },
  "people.auditDays": {
    kind: integer(0, 36_500),
    fallback: 400,
    unit: "days",
    meaning: "How long the audit log is kept: a year and the time to look at it. 0: for ever.",
  },
  "people.oidcIssuer": {
    kind: text(),
    fallback: "",
    meaning:
      "Address of the OpenID Connect provider at which people sign in, such as https://login.microsoftonline.com/{tenant}/v2.0. Empty: only by links that work once. Register {origin}/sign-in/oidc/callback there.",
  },
  "people.oidcClientId": {
    kind: text(),
    fallback: "",
    meaning: "Client id that the provider knows this server by.",
  },
  "people.oidcClientSecret": {
    kind: text(),
    fallback: "",
    secret: true,
    meaning: "Client secret at the provider; empty for a public client, which PKCE protects alone.",
  },
  "people.oidcTenant": {
    kind: text(),
    fallback: "adfs",
    meaning:
      "Id or domain of the tenant that people who sign in for the first time belong to; adfs is the default tenant. They get no role by that.",
  },
  "people.oidcEmailDomains": {
    kind: listOfText(100),
    fallback: [],
    meaning:
      "Only people with a confirmed address of these domains may sign in. Empty: whoever the provider lets in.",
  },
  "throttle.mode": {
    kind: choice("documented", "off"),
    fallback: "documented",
    meaning: "Whether callers meet the documented wall of requests a minute.",
  },
  "throttle.requestsPerMinute": {
    kind: integer(1, 1_000_000),
    fallback: 100,
    unit: "requests",
    meaning: "Requests that one principal may send in a minute.",
    conflict: "C14",
  },
  "throttle.objectsPerRequest": {
    kind: integer(1, 100_000),
    fallback: 100,
    unit: "objects",
    meaning: "Objects that one request may hold.",
    conflict: "C14",
  },
  "throttle.applications": {
    kind: mapOf(applicationLimits),
    fallback: {},
    meaning: "Limits of single applications, by client id, where they differ from the two above.",
  },
  "throttle.sharedUrl": {
    kind: text(),
    fallback: "",
    secret: true,
    meaning:
      "Address of a Valkey or Redis server, such as redis://host:6379, by which several servers share their windows. Empty: each counts for itself; so it does while that server can't be reached.",
  },
  "upload.successBody.v1": {
    kind: successBody,
    fallback: "errors",
    meaning:
      'Reply of v1 when every record is stored: nothing, or {"errors":[]}, which v1 connectors need.',
    conflict: "C1",
  },
  "upload.successBody.v2": {
    kind: successBody,
    fallback: "errors",
    meaning: "The same for v2.",
    conflict: "C1",
  },
  "upload.successBody.v3": {
    kind: successBody,
    fallback: "empty",
    meaning: "The same for v3, whose documentation promises an empty body.",
    conflict: "C1",
  },
  "upload.allInvalidStatus.v1": {
    kind: okOrBad,
    fallback: "200",
    meaning: "Status of v1 when every record is rejected; 400 makes v1 connectors stop.",
    conflict: "C2",
  },
  "upload.allInvalidStatus.v2": {
    kind: okOrBad,
    fallback: "200",
    meaning: "The same for v2.",
    conflict: "C2",
  },
  "upload.allInvalidStatus.v3": {
    kind: okOrBad,
    fallback: "400",
    meaning: "The same for v3, which promises 200 only when at least one object was published.",
    conflict: "C2",
  },
  "upload.defaultSpecVersion.v1": {
    kind: specVersion,
    fallback: "2.1",
    meaning: "STIX version of v1 objects without spec_version.",
    conflict: "C3",
  },
  "upload.defaultSpecVersion.v2": {
    kind: specVersion,
    fallback: "2.1",
    meaning: "STIX version of v2 objects without spec_version.",
    conflict: "C3",
  },
  "upload.defaultSpecVersion.v3": {
    kind: specVersion,
    fallback: "2.0",
    meaning: "STIX version of v3 objects without spec_version.",
    conflict: "C3",
  },
  "upload.alsoEmitValidationErrorMessages": {
    kind: flag,
    fallback: false,
    meaning:
      "Whether rejected records also carry validationErrorMessages, the name in the swagger files.",
    conflict: "C4",
  },
  "upload.tlpGreenAlias": {
    kind: flag,
    fallback: true,
    meaning:
      "Whether marking-definition--089a6ecb-cc15-43cc-9494-767639779123 counts as TLP green.",
    conflict: "C6",
  },
  "upload.patternTypeOn20": {
    kind: choice("optional", "required"),
    fallback: "optional",
    meaning: "Whether STIX 2.0 indicators need pattern_type; without it they count as stix.",
    conflict: "C7",
  },
  "upload.acceptAnyArrayKey.v3": {
    kind: flag,
    fallback: false,
    meaning: "Whether v3 also takes the array under value or indicators.",
    conflict: "C8",
  },
  "upload.unrevoke": {
    kind: choice("keep-revoked", "reject", "allow"),
    fallback: "keep-revoked",
    meaning:
      "What an upload without revoked does to a revoked object: it stays revoked, the record is rejected, or it comes back.",
    conflict: "C9",
  },
  "upload.coerceNumericStrings": {
    kind: flag,
    fallback: false,
    meaning: 'Whether a confidence such as "95" counts as the number 95.',
    conflict: "C10",
  },
  "upload.pathAliases": {
    kind: flag,
    fallback: true,
    meaning:
      "Whether known misspellings of the upload paths work; otherwise a 404 names the right path.",
    conflict: "C12",
  },
  "upload.timestamps": {
    kind: choice("lenient", "strict"),
    fallback: "lenient",
    meaning: "Whether timestamps without a zone are read as UTC, with a warning, or rejected.",
    conflict: "C17",
  },
  "upload.supportedTypes": {
    kind: choice("stix", "enhanced", "any"),
    fallback: "stix",
    meaning:
      "Object types that are stored: those that STIX defines, only the five with enhanced support, or any.",
    conflict: "C18",
  },
  "upload.severity": {
    kind: mapOf(choice("error", "warning", "off"), {
      known: (name) => Object.hasOwn(RULES, name),
      missing: "is no rule; docs/reference/stix-rules.md lists them",
    }),
    fallback: {},
    meaning:
      "Severity of single validation rules, by rule name, where it differs from the default.",
  },
  "upload.bodyBytesMax": {
    kind: integer(1024, 1024 * MIB),
    fallback: 32 * MIB,
    unit: "bytes",
    meaning: "Largest request body as sent: a hundred objects of 300 KB.",
  },
  "upload.decodedBytesMax": {
    kind: integer(1024, 1024 * MIB),
    fallback: 64 * MIB,
    unit: "bytes",
    meaning: "Largest request body after decompression.",
  },
  "upload.bodiesInFlightBytesMax": {
    kind: integer(1024, 65_536 * MIB),
    fallback: 512 * MIB,
    unit: "bytes",
    meaning: "Bytes of request bodies held at one time; beyond it requests are put off with 503.",
  },
  "upload.depthMax": {
    kind: integer(8, 1000),
    fallback: 256,
    unit: "levels",
    meaning: "Deepest nesting of a request body.",
  },
  "query.enabled": {
    kind: flag,
    fallback: true,
    meaning:
      "Whether KQL queries are answered and logs taken in. The engine is a process of its own with the memory below, and the parser a thread of 300 MB; both start with the server and the first query.",
  },
  "query.timeoutSeconds": {
    kind: integer(1, 3600),
    fallback: 180,
    unit: "seconds",
    meaning:
      "Longest time that the engine works on one query; a request's Prefer: wait can only shorten it. Log Analytics allows 3 minutes where nothing is said.",
  },
  "query.rowsMax": {
    kind: integer(1, 10_000_000),
    fallback: 500_000,
    meaning: "Rows of an answer; what is beyond is cut off and said so, as in Log Analytics.",
  },
  "query.bytesMax": {
    kind: integer(65_536, 2_147_483_647),
    fallback: 100 * MIB,
    unit: "bytes",
    meaning: "Bytes of an answer's rows; what is beyond is cut off and said so.",
  },
  "query.requestsPerMinute": {
    kind: integer(1, 1_000_000),
    fallback: 400,
    meaning:
      "Queries a minute for each principal, each of a batch counted. Log Analytics allows 200 in 30 seconds.",
  },
  "query.freshSeconds": {
    kind: integer(0, 60),
    fallback: 5,
    unit: "seconds",
    meaning:
      "How long a query over threat intelligence waits for uploads that are stored and not yet in its tables. A query that waited in vain reads what is there.",
  },
  "query.republishDays": {
    kind: integer(0, 365),
    fallback: 7,
    unit: "days",
    meaning:
      "Days after which an unexpired object appears again in the tables, with a new TimeGenerated and LastUpdateMethod LogARepublisher, so that rules with a look-back of 14 days see it. Sentinel does so every 7 to 10 days. 0: never.",
  },
  "query.memoryBytesMax": {
    kind: integer(128 * MIB, 1_099_511_627_776),
    fallback: 1024 * MIB,
    unit: "bytes",
    meaning: "Memory of the query engine; what needs more is put aside on disk.",
  },
  "query.temporaryBytesMax": {
    kind: integer(0, 17_592_186_044_416),
    fallback: 10_240 * MIB,
    unit: "bytes",
    meaning: "Bytes that queries may put aside on disk altogether.",
  },
  "query.threads": {
    kind: integer(0, 256),
    fallback: 0,
    meaning: "Threads of the query engine, whose process has a low priority; 0: one per processor.",
  },
  "query.concurrentMax": {
    kind: integer(1, 64),
    fallback: 4,
    meaning: "Queries that run at one time.",
  },
  "query.queuedMax": {
    kind: integer(0, 10_000),
    fallback: 64,
    meaning: "Queries that may wait for their turn; further ones are answered 429.",
  },
  "logs.bodyBytesMax": {
    kind: integer(1024, 1_073_741_824),
    fallback: MIB,
    unit: "bytes",
    meaning: "Largest body of the Logs Ingestion API as sent; Azure's limit is the same.",
  },
  "logs.decodedBytesMax": {
    kind: integer(1024, 2_147_483_647),
    fallback: 16 * MIB,
    unit: "bytes",
    meaning: "Largest body of the Logs Ingestion API after decompression.",
  },
  "logs.requestsPerMinute": {
    kind: integer(1, 1_000_000),
    fallback: 12_000,
    meaning:
      "Requests a minute of the Logs Ingestion API for each principal; Azure allows as many.",
  },
  "logs.retentionDays": {
    kind: integer(0, 36_500),
    fallback: 90,
    unit: "days",
    meaning:
      "How long uploaded logs are kept, by TimeGenerated; 0 keeps them for ever. Sentinel keeps them 90 days without charge.",
  },
  "logs.bytesMax": {
    kind: integer(0, 1_125_899_906_842_624),
    fallback: 20_480 * MIB,
    unit: "bytes",
    meaning:
      "Size of the file of uploaded logs; beyond it the oldest rows of the largest table go first. 0: no bound.",
  },
  "store.kind": {
    kind: choice("sqlite", "postgres"),
    fallback: "sqlite",
    meaning:
      "Where intelligence and identities are kept: in files of the data directory, or in a PostgreSQL database that several servers may share. Such servers need the same master.key and the same server.canonicalUrl.",
  },
  "store.memory": {
    kind: choice("tables", "bounded"),
    fallback: "tables",
    meaning:
      "What the embedded store keeps in memory: tables of all objects, 20 bytes each, so that objects which are sent again are found at once; or a filter, two bytes each, with smaller caches, for machines with little memory.",
  },
  "store.postgresUrl": {
    kind: text(),
    fallback: "",
    secret: true,
    meaning:
      "Address of the database, such as postgresql://user:password@host:5432/stixgate; only with store.kind = postgres.",
  },
  "store.postgresReadConnections": {
    kind: integer(1, 1_000),
    fallback: 4,
    unit: "connections",
    meaning:
      "Connections that a process keeps for reads; six more are for uploads, probes, searches and the indexes, up to three more in the process that indexes, and one now and then for retention. PostgreSQL allows 100 unless told otherwise, so nine processes fit.",
  },
  "store.postgresLagRequestsMax": {
    kind: integer(1, 10_000_000),
    fallback: 50_000,
    unit: "requests",
    meaning:
      "Uploads that the index on PostgreSQL may be behind before further ones are put off with 503; from 2,000 on each waits up to half a second for the index.",
  },
  "store.pendingRequestsMax": {
    kind: integer(1, 100_000),
    fallback: 1000,
    unit: "requests",
    meaning:
      "Requests that may wait for the disk at one time; beyond it requests are put off with 503.",
  },
  "store.searchLagObjectsMax": {
    kind: integer(0, 1_000_000_000),
    fallback: 10_000_000,
    unit: "objects",
    meaning:
      "Objects that searches of the embedded store may fall behind before each upload waits for them, up to a second. They fall behind while more than some 25,000 objects a second come for a long time, not by an index that is built anew; 0 sets no limit.",
  },
  "store.rejectedDays": {
    kind: integer(0, 36_500),
    fallback: 30,
    unit: "days",
    meaning:
      "How long rejected records and warnings are kept, for people to look at; 0 keeps them for ever. Receipts go on telling their numbers.",
  },
  "store.receiptDays": {
    kind: integer(0, 36_500),
    fallback: 90,
    unit: "days",
    meaning:
      "How long receipts are kept of requests that brought no object (refused, empty, or rejected whole) or of which no object is left; 0 keeps them for ever. Receipts with objects are kept as long as these.",
  },
  "store.versionDays": {
    kind: integer(0, 36_500),
    fallback: 90,
    unit: "days",
    meaning:
      "How long a version is kept after a newer one has replaced it, so that a quarter can be looked back on; 0 keeps versions for ever. Current versions are never dropped.",
  },
  "store.versionsMax": {
    kind: integer(0, 1_000_000),
    fallback: 100,
    unit: "versions",
    meaning:
      "Versions of one object that are kept, the newest first, however young the others are: a feed that sends every object anew each hour would otherwise fill the disk; 0 sets no limit.",
  },
  "store.tombstoneDays": {
    kind: integer(0, 36_500),
    fallback: 90,
    unit: "days",
    meaning:
      "How long a deleted object is kept with its history. Whoever follows the changes must not be further behind, or never hears of the deletion; 0 keeps them for ever.",
  },
};

export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS) as SettingName[];
