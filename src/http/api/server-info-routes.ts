/** Routes of what a server says of itself to those who look after it: settings in force, health, version, licences. */
import Type from "typebox";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";
import { DIRECTORY_ACCESS as ACCESS } from "./directory-note.ts";
import { type ApiRoute, ok, route } from "./route.ts";

/** A setting in force. */
export interface SettingInForce {
  readonly name: string;
  /** `(not shown)` where it may hold a password. */
  readonly value: unknown;
  readonly origin: "default" | "file" | "environment" | "flag" | "unknown";
  readonly fallback: unknown;
  readonly unit: string | null;
  readonly meaning: string;
  /** Values that it may have, in words. */
  readonly values: string;
  readonly environment: string;
}

/** How a server is. */
export interface ServerHealth {
  /** Null: it can take uploads; else why not. */
  readonly fault: string | null;
  readonly appended: number;
  readonly indexed: number;
  readonly searchable: number;
  /** Bytes of the data directory by part; empty where the store is elsewhere. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly freeBytes: number | null;
  readonly startedAt: string;
  readonly memoryBytes: number;
}

/** What it is. */
export interface ServerAbout {
  readonly version: string;
  readonly node: string;
  readonly store: string;
  readonly queries: boolean;
  /** Markdown. */
  readonly licences: string;
}

export interface ServerInfoOptions {
  readonly settings: () => readonly SettingInForce[];
  readonly health: () => Promise<ServerHealth>;
  readonly about: () => Promise<ServerAbout>;
  /** Whether a tenant's administrators look after the server itself. */
  readonly ownsServer: (tenantId: string) => Promise<boolean>;
}

const SETTING = Type.Object({
  name: Type.String(),
  value: Type.Unknown(),
  origin: Type.String({ description: "default, file, environment, flag, or unknown." }),
  fallback: Type.Unknown(),
  unit: Type.Union([Type.String(), Type.Null()]),
  meaning: Type.String(),
  values: Type.String(),
  environment: Type.String(),
});

const HEALTH = Type.Object({
  fault: Type.Union([Type.String(), Type.Null()], {
    description: "Why uploads can't be taken; null when they can.",
  }),
  appended: Type.Integer({ description: "Requests in the log." }),
  indexed: Type.Integer(),
  searchable: Type.Integer(),
  files: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer() })),
  freeBytes: Type.Union([Type.Integer(), Type.Null()]),
  startedAt: Type.String(),
  memoryBytes: Type.Integer(),
});

const ABOUT = Type.Object({
  version: Type.String(),
  node: Type.String(),
  store: Type.String(),
  queries: Type.Boolean(),
  licences: Type.String({ description: "Markdown." }),
});

/** The routes. */
export function serverInfoRoutes(options: ServerInfoOptions): readonly ApiRoute[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/server/settings",
      operationId: "listSettings",
      summary: "The settings in force, and where each came from.",
      description: "For administrators of the default tenant. Passwords are not shown.",
      tag: "Server",
      access: ACCESS,
      replies: { 200: { description: "The settings.", schema: Type.Array(SETTING) } },
      async handle({ caller }) {
        await requireOwner(caller, options);
        return ok(options.settings());
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/server/health",
      operationId: "getHealth",
      summary: "Whether the server takes uploads, how far its indexes are, and what it has stored.",
      description: "For administrators of the default tenant.",
      tag: "Server",
      access: ACCESS,
      replies: { 200: { description: "Its health.", schema: HEALTH } },
      async handle({ caller }) {
        await requireOwner(caller, options);
        return ok(await options.health());
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/server/about",
      operationId: "getAbout",
      summary: "Version, parts and licences.",
      tag: "Server",
      access: { kind: "signed-in" },
      replies: { 200: { description: "What the server is.", schema: ABOUT } },
      handle: async () => ok(await options.about()),
    }),
  ];
}

async function requireOwner(
  { principal }: Caller,
  { ownsServer }: ServerInfoOptions,
): Promise<void> {
  if (!(await ownsServer(principal.tenantId))) {
    throw new AppError(
      "no_role",
      "The server itself is looked after by the administrators of its default tenant.",
    );
  }
}
