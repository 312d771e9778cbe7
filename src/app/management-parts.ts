/** Builds what the management plane works with: people, bulk tasks, ingestion rules, imports. */
import { join } from "node:path";
import type { Logger } from "pino";
import {
  createImports,
  createRules,
  createTurnedAwayLog,
  type Imports,
  type ManageParts,
  type Rules,
  startTasks,
  type Tasks,
  type TurnedAwayLog,
} from "../manage/index.ts";
import {
  createOidc,
  createPeople,
  type Oidc,
  type People,
  type PeopleParts,
} from "../people/index.ts";
import type { DocumentStore, Store } from "../store/index.ts";
import type { Directory } from "../token/index.ts";
import { AppError } from "../wire/index.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { Settings } from "./settings-table.ts";
import type { Teardown } from "./teardown.ts";
import { validationOptions } from "./validation-options.ts";

/** What it works with. */
export interface Management {
  readonly people: People;
  /** Null when no identity provider is set up. */
  readonly oidc: Oidc | null;
  readonly tasks: Tasks;
  readonly rules: Rules;
  readonly imports: Imports;
  /** Requests that were not let in. */
  readonly turnedAway: TurnedAwayLog;
}

interface Parts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly now: () => Date;
  readonly dataDirectory: DataDirectory;
  readonly directory: Directory;
  readonly store: Store;
  readonly documents: DocumentStore;
}

/** Purpose of the key that hashes codes, sessions and keys. */
const PEOPLE_KEY_PURPOSE = "people v1";

/** Folder of the data directory where files wait to be stored. */
const IMPORTS_FOLDER = "imports";

/** Builds it, and starts what an earlier run has left. @throws AppError `settings_invalid` */
export function openManagement(parts: Parts, teardown: Teardown): Management {
  const { settings, log, now, dataDirectory, directory, documents } = parts;
  const { people, oidc } = openPeople(
    settings,
    peopleParts(settings, {
      documents,
      directory,
      clock: now,
      deriveKey: (purpose) => dataDirectory.deriveKey(purpose),
    }),
  );
  const manage = manageParts(parts);
  const rules = createRules(manage);
  const tasks = startTasks({
    ...manage,
    onFault: (message, cause) => log.error({ err: cause }, message),
  });
  teardown.push(() => tasks.close());
  const imports = createImports({
    ...manage,
    directory: join(dataDirectory.path, IMPORTS_FOLDER),
    rulesOf: (workspaceId) => rules.of(workspaceId),
  });
  teardown.push(() => imports.close());
  return { people, oidc, tasks, rules, imports, turnedAway: createTurnedAwayLog() };
}

/** What management is made of on this server. */
export function manageParts({
  settings,
  store,
  documents,
  now,
}: Pick<Parts, "settings" | "store" | "documents" | "now">): ManageParts {
  return { store, documents, validation: validationOptions(settings).v3, now };
}

/** What people are made of on this server. */
export function peopleParts(
  settings: Pick<Settings, "people.sessionHours">,
  parts: Omit<PeopleParts, "hashKey" | "sessionHours"> & {
    readonly deriveKey: (purpose: string) => Uint8Array;
  },
): PeopleParts {
  const { deriveKey, ...rest } = parts;
  return {
    ...rest,
    hashKey: deriveKey(PEOPLE_KEY_PURPOSE),
    sessionHours: settings["people.sessionHours"],
  };
}

/** People, and the way in by an identity provider where one is set up. @throws AppError `settings_invalid` */
function openPeople(
  settings: Settings,
  parts: PeopleParts,
): { readonly people: People; readonly oidc: Oidc | null } {
  const issuer = settings["people.oidcIssuer"];
  if (issuer !== "" && (!isProviderUrl(issuer) || settings["people.oidcClientId"] === "")) {
    throw new AppError(
      "settings_invalid",
      'An identity provider needs "people.oidcIssuer" to be an https URL (http only on this machine), and "people.oidcClientId".',
      { field: isProviderUrl(issuer) ? "people.oidcClientId" : "people.oidcIssuer" },
    );
  }
  const oidc =
    issuer === ""
      ? null
      : createOidc(parts, {
          issuer,
          clientId: settings["people.oidcClientId"],
          clientSecret: settings["people.oidcClientSecret"],
          tenantId: settings["people.oidcTenant"],
          emailDomains: settings["people.oidcEmailDomains"].map((domain) => domain.toLowerCase()),
        });
  return { people: createPeople(parts), oidc };
}

/** Where secrets and codes are sent to; never in the clear over a network. */
function isProviderUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, hostname } = new URL(text);
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "https:" || (protocol === "http:" && isHere);
}
