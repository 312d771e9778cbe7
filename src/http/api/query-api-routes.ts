/** Routes of our own API about queries: run one, the shipped ones, tables, saved functions, watchlists. */
import Type from "typebox";
import {
  answerBody,
  faultError,
  KQL_VOCABULARY,
  type Queries,
  readQueryPack,
  readTimespan,
  type SavedFunction,
} from "../../query/index.ts";
import {
  FUNCTIONS_WRITE,
  QUERY_READ,
  WATCHLISTS_READ,
  WATCHLISTS_WRITE,
} from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import { Text } from "./parts.ts";
import { type ApiCall, type ApiRoute, NO_CONTENT, ok, route } from "./route.ts";

export interface QueryApiOptions {
  /** @throws AppError `not_found` when the server answers no queries */
  readonly queries: () => Queries;
  readonly now: () => Date;
}

const WORKSPACE = "/api/v1/workspaces/{workspaceId}";
const CAN_QUERY = { kind: "workspace", action: QUERY_READ } as const;
/** A watchlist of 16 MiB, and its punctuation. */
const WATCHLIST_BYTES_MAX: number = 24 * 1_048_576;
const QUERY_TEXT_MAX = 200_000;

const PACK_QUERY = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  tags: Type.Array(Type.String()),
  query: Type.String(),
});

const COLUMN = Type.Object({ name: Type.String(), type: Type.String() });

const TABLE = Type.Object({
  name: Type.String(),
  origin: Type.String({ description: "`intelligence`, `documented` or `custom`." }),
  columns: Type.Array(COLUMN),
});

const Words = Type.Array(Type.String());

const VOCABULARY = Type.Object(
  {
    operators: Words,
    plugins: Words,
    functions: Words,
    aggregates: Words,
    refused: Type.Array(Type.Object({ name: Type.String(), reason: Type.String() })),
  },
  { description: "The words of the language that this server answers; others are refused." },
);

const FUNCTION = Type.Object({
  name: Type.String(),
  parameters: Type.String({ description: "In parentheses, as in a `let`." }),
  body: Type.String(),
  description: Type.String(),
  updatedAt: Type.String(),
  updatedBy: Type.String(),
});

const WATCHLIST = Type.Object({
  alias: Type.String(),
  displayName: Type.String(),
  searchKey: Type.String(),
  columns: Type.Array(Type.String()),
  items: Type.Integer(),
  updatedAt: Type.String(),
  updatedBy: Type.String(),
});

/** The routes. */
export function queryApiRoutes(options: QueryApiOptions): readonly ApiRoute[] {
  return [
    ...runRoutes(options),
    ...catalogueRoutes(options),
    ...functionRoutes(options),
    ...watchlistRoutes(options),
  ];
}

function runRoutes({ queries, now }: QueryApiOptions): readonly ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${WORKSPACE}/query`,
      operationId: "runQuery",
      summary: "Run a KQL query.",
      description:
        "The same as the Log Analytics query API at `/v1/workspaces/{workspaceId}/query`, for callers of this API. A query that is wrong is answered 200 with `error` in place of `tables`.",
      tag: "Queries",
      access: CAN_QUERY,
      body: Type.Object(
        {
          query: Type.String({ minLength: 1, maxLength: QUERY_TEXT_MAX }),
          timespan: Type.Optional(Type.String({ maxLength: 200, description: "ISO 8601." })),
        },
        { additionalProperties: false },
      ),
      replies: {
        200: {
          description: "Tables, statistics and render hints; or an error.",
          schema: Type.Object({
            tables: Type.Optional(Type.Array(Type.Unknown())),
            statistics: Type.Optional(Type.Unknown()),
            render: Type.Optional(Type.Unknown()),
            error: Type.Optional(Type.Unknown()),
          }),
        },
      },
      async handle(call) {
        const at = now();
        const outcome = await queries().run({
          workspaceId: call.workspace.workspaceId,
          query: call.body.query,
          range: readTimespan(call.body.timespan, at),
          now: at,
          signal: call.signal,
        });
        const text =
          outcome.kind === "fault"
            ? JSON.stringify({ error: faultError(outcome.error) })
            : answerBody(outcome, { statistics: true, render: true });
        return {
          status: 200,
          stream: text,
          headers: { "content-type": "application/json; charset=utf-8" },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/query-pack",
      operationId: "listQueryPack",
      summary: "The shipped queries.",
      tag: "Queries",
      access: { kind: "signed-in" },
      replies: {
        200: {
          description: "The queries.",
          schema: Type.Object({ value: Type.Array(PACK_QUERY) }),
        },
      },
      async handle() {
        return ok({ value: readQueryPack() });
      },
    }),
  ];
}

function catalogueRoutes({ queries }: QueryApiOptions): readonly ApiRoute[] {
  return [
    route({
      method: "GET",
      path: `${WORKSPACE}/tables`,
      operationId: "listTables",
      summary:
        "Tables and functions that queries of a workspace can name, and the words of the language.",
      tag: "Queries",
      access: CAN_QUERY,
      replies: {
        200: {
          description: "Tables with their columns, functions, and the language.",
          schema: Type.Object({
            tables: Type.Array(TABLE),
            functions: Type.Array(
              Type.Object({
                name: Type.String(),
                parameters: Type.String(),
                body: Type.String(),
              }),
            ),
            vocabulary: VOCABULARY,
          }),
        },
      },
      async handle(call) {
        const { catalogueOf, logTables } = queries();
        const { tables, functions } = await catalogueOf(call.workspace.workspaceId, "");
        return ok({
          tables: tables
            .filter(({ name }) => !name.startsWith("_"))
            .map(({ name, columns }) => {
              const origin = logTables.find(name)?.origin ?? "intelligence";
              return { name, origin, columns };
            }),
          functions,
          vocabulary: KQL_VOCABULARY,
        });
      },
    }),
  ];
}

function functionRoutes({ queries }: QueryApiOptions): readonly ApiRoute[] {
  const path = `${WORKSPACE}/functions`;
  const canWrite = { kind: "workspace", action: FUNCTIONS_WRITE } as const;
  return [
    route({
      method: "GET",
      path,
      operationId: "listFunctions",
      summary: "Saved functions of a workspace.",
      tag: "Queries",
      access: CAN_QUERY,
      replies: {
        200: {
          description: "The functions.",
          schema: Type.Object({ value: Type.Array(FUNCTION) }),
        },
      },
      async handle(call) {
        return ok({ value: await queries().functions.list(call.workspace.workspaceId) });
      },
    }),
    route({
      method: "PUT",
      path: `${path}/{name}`,
      operationId: "saveFunction",
      summary: "Save a function that queries of the workspace can call.",
      description: "It is bound first; what does not bind is refused with its place in the body.",
      tag: "Queries",
      access: canWrite,
      body: Type.Object(
        {
          parameters: Type.Optional(Type.String({ maxLength: 10_000 })),
          body: Type.String({ minLength: 1, maxLength: QUERY_TEXT_MAX }),
          description: Type.Optional(Type.String({ maxLength: 4_000 })),
        },
        { additionalProperties: false },
      ),
      replies: { 200: { description: "The function.", schema: FUNCTION } },
      async handle(call): Promise<ReturnType<typeof ok>> {
        const saved: SavedFunction = await queries().functions.put({
          ...placeOf(call),
          name: call.params["name"] ?? "",
          ...call.body,
        });
        return ok(saved);
      },
    }),
    route({
      method: "DELETE",
      path: `${path}/{name}`,
      operationId: "removeFunction",
      summary: "Remove a saved function.",
      tag: "Queries",
      access: canWrite,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        await queries().functions.remove(call.workspace.workspaceId, call.params["name"] ?? "");
        return NO_CONTENT;
      },
    }),
  ];
}

function watchlistRoutes({ queries }: QueryApiOptions): readonly ApiRoute[] {
  const path = `${WORKSPACE}/watchlists`;
  const canWrite = { kind: "workspace", action: WATCHLISTS_WRITE } as const;
  return [
    route({
      method: "GET",
      path,
      operationId: "listWatchlists",
      summary: "Watchlists of a workspace.",
      tag: "Queries",
      access: { kind: "workspace", action: WATCHLISTS_READ },
      replies: {
        200: {
          description: "The watchlists.",
          schema: Type.Object({ value: Type.Array(WATCHLIST) }),
        },
      },
      async handle(call) {
        return ok({ value: await queries().watchlists.list(call.workspace.workspaceId) });
      },
    }),
    route({
      method: "PUT",
      path: `${path}/{alias}`,
      operationId: "saveWatchlist",
      summary: "Save a watchlist, in place of what its alias had.",
      tag: "Queries",
      access: canWrite,
      bodyBytesMax: WATCHLIST_BYTES_MAX,
      body: Type.Object(
        {
          displayName: Type.Optional(Text("Its name for people.")),
          searchKey: Type.Optional(Text("The column that look-ups go by; the first by default.")),
          columns: Type.Array(Type.String({ minLength: 1, maxLength: 128 })),
          rows: Type.Array(Type.Array(Type.String()), {
            description: "A text for each column.",
          }),
        },
        { additionalProperties: false },
      ),
      replies: { 200: { description: "The watchlist.", schema: WATCHLIST } },
      async handle(call) {
        const saved = await queries().watchlists.put({
          ...placeOf(call),
          alias: call.params["alias"] ?? "",
          ...call.body,
        });
        return ok(saved);
      },
    }),
    route({
      method: "DELETE",
      path: `${path}/{alias}`,
      operationId: "removeWatchlist",
      summary: "Remove a watchlist.",
      tag: "Queries",
      access: canWrite,
      replies: { 204: { description: "Removed." } },
      async handle(call) {
        await queries().watchlists.remove(call.workspace.workspaceId, call.params["alias"] ?? "");
        return NO_CONTENT;
      },
    }),
  ];
}

function placeOf(call: ApiCall): { readonly workspaceId: string; readonly actor: string } {
  return { workspaceId: call.workspace.workspaceId, actor: call.caller.actor.name };
}

/** The queries, or the refusal of a server that answers none. */
export function queriesOrRefusal(queries: Queries | undefined): Queries {
  if (queries === undefined) {
    throw new AppError("not_found", "This server answers no queries: query.enabled is false.");
  }
  return queries;
}
