/**
 * Puts the routes of our own API on the server: who calls is identified, allowed, and understood before the route's
 * own code runs. Refusals come in the order 401, 404, role, body, so that strangers learn nothing.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { Workspace } from "../../store/index.ts";
import type { RequestTarget } from "../../token/index.ts";
import { AppError } from "../../wire/index.ts";
import type { Caller } from "../caller.ts";
import { COMPRESSION, withCompression } from "../compression.ts";
import type { ApiCall, ApiReply, ApiRoute } from "./route.ts";

export interface ApiOptions {
  /** @throws AppError `unauthorized`, `wrong_audience` */
  readonly identify: (request: FastifyRequest) => Promise<Caller>;
  readonly findWorkspace: (workspaceId: string) => Promise<Workspace | undefined>;
  /** By the path of Azure Resource Manager, in whatever case. */
  readonly findWorkspaceByPath: (path: string) => Promise<Workspace | undefined>;
  /** @throws AppError `no_role` */
  readonly authorise: (caller: Caller, workspace: Workspace, action: string) => Promise<void>;
  /** @throws AppError `no_role` */
  readonly authoriseTenant: (caller: Caller, action: string) => Promise<void>;
  readonly originOf: (target: RequestTarget) => string;
}

/** Largest JSON body of a route that doesn't say otherwise: a rule, a view, one object. */
const API_BODY_BYTES_MAX = 2 * 1_048_576;

/** Deepest JSON: far above any STIX object or condition, and far below what exhausts the stack of whoever walks it. */
const BODY_DEPTH_MAX = 128;

/** Adds the routes, in a scope of their own whose bodies are JSON. */
export function registerApiRoutes(
  app: FastifyInstance,
  routes: readonly ApiRoute[],
  options: ApiOptions,
): void {
  withCompression(app, (scope) => {
    for (const each of routes) {
      addRoute(scope, each, options);
    }
  });
}

function addRoute(scope: FastifyInstance, spec: ApiRoute, options: ApiOptions): void {
  const checkQuery = checker("query", spec.query);
  const checkBody = checker("body", spec.body);
  const add = (target: FastifyInstance): void => {
    target.route({
      method: spec.method,
      url: spec.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      bodyLimit: spec.bodyBytesMax ?? API_BODY_BYTES_MAX,
      compress: spec.access.kind === "workspace" ? COMPRESSION : false,
      // The caller is known before the first byte of a body is read.
      onRequest: async (request) => {
        admitted.set(request, await admit(request, spec, options));
      },
      handler: async (request, reply) => {
        const { caller, workspace } = admitted.get(request) ?? { caller: null, workspace: null };
        const query = checkQuery(numbersRead(request.query, spec.query));
        const body = spec.streamedBody === undefined ? checkBody(request.body) : undefined;
        const call = callOf(request, reply, { caller, workspace, query, body, options });
        return sendReply(reply, await spec.handle(call));
      },
    });
  };
  if (spec.streamedBody === undefined) {
    add(scope);
  } else {
    void scope.register((inner, _options, done) => {
      inner.removeAllContentTypeParsers();
      inner.addContentTypeParser("*", (_request, payload, parsed) => parsed(null, payload));
      add(inner);
      done();
    });
  }
}

interface Admitted {
  readonly caller: Caller | null;
  readonly workspace: Workspace | null;
}

const admitted = new WeakMap<FastifyRequest, Admitted>();

async function admit(
  request: FastifyRequest,
  { access }: ApiRoute,
  options: ApiOptions,
): Promise<Admitted> {
  if (access.kind === "public") {
    return { caller: null, workspace: null };
  }
  const caller = await options.identify(request);
  if (access.kind === "tenant") {
    await options.authoriseTenant(caller, access.action);
  }
  if (access.kind !== "workspace") {
    return { caller, workspace: null };
  }
  const workspace = await namedWorkspace(request, options);
  await options.authorise(caller, workspace, access.action);
  return { caller, workspace };
}

/** The workspace that the path names, by its id or by its Azure path. @throws AppError `workspace_not_found` */
async function namedWorkspace(request: FastifyRequest, options: ApiOptions): Promise<Workspace> {
  const params = request.params as Readonly<Record<string, string | undefined>>;
  const { workspaceId, subscriptionId, resourceGroup, workspaceName } = params;
  const path = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${workspaceName}`;
  const workspace =
    workspaceId === undefined
      ? await options.findWorkspaceByPath(path)
      : await options.findWorkspace(workspaceId);
  if (workspace === undefined) {
    throw new AppError(
      "workspace_not_found",
      `Workspace '${workspaceId ?? workspaceName}' does not exist.`,
      { field: "workspaceId" },
    );
  }
  return workspace;
}

function callOf(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Admitted & {
    readonly query: unknown;
    readonly body: unknown;
    readonly options: ApiOptions;
  },
): ApiCall {
  const { caller, workspace, query, body, options } = parts;
  const aborted = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) {
      aborted.abort();
    }
  });
  return {
    params: request.params as Readonly<Record<string, string>>,
    query,
    body,
    stream: request.raw,
    headers: request.headers,
    protocol: request.protocol,
    url: request.url,
    origin: options.originOf({ protocol: request.protocol, host: request.host }),
    requestId: request.id,
    signal: aborted.signal,
    callerOrNull: caller,
    workspaceOrNull: workspace,
    get caller() {
      return present(caller, "caller");
    },
    get workspace() {
      return present(workspace, "workspace");
    },
  };
}

function present<T>(value: T | null, name: string): T {
  if (value === null) {
    throw new AppError("internal", `This route has no ${name}.`);
  }
  return value;
}

function sendReply(reply: FastifyReply, answer: ApiReply): FastifyReply {
  reply.code(answer.status).header("cache-control", "no-store");
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    reply.header(name, value);
  }
  if (answer.stream !== undefined) {
    return reply.send(answer.stream);
  }
  if (answer.body === undefined) {
    return reply.send();
  }
  return reply
    .type("application/json; charset=utf-8")
    .send(`${JSON.stringify(answer.body, null, 2)}\n`);
}

/** Checks a part of the request; says which field is wrong and why. */
function checker(part: "query" | "body", schema: TSchema | undefined): (value: unknown) => unknown {
  if (schema === undefined) {
    return () => undefined;
  }
  const compiled = Compile(schema);
  return (value) => {
    if (!isWithinDepth(value, BODY_DEPTH_MAX)) {
      throw new AppError(
        "malformed_body",
        `The body is nested over ${BODY_DEPTH_MAX} levels deep.`,
        {
          field: part,
        },
      );
    }
    if (compiled.Check(value)) {
      return value;
    }
    throw faultOf(part, value, compiled.Errors(value));
  };
}

function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  return depth > 0 && Object.values(value).every((each) => isWithinDepth(each, depth - 1));
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** Says of the first fault what is wrong, in the words of the reader; alternatives are named. */
function faultOf(part: "query" | "body", value: unknown, errors: readonly SchemaError[]): AppError {
  const unknownField = errors.find(({ keyword }) => keyword === "boolean");
  const first = unknownField ?? errors[0];
  const pointer = first?.instancePath ?? "";
  const field = pointer === "" ? part : pointer.slice(1).replaceAll("/", ".");
  if (value === undefined) {
    return new AppError("invalid_request", "The request needs a JSON body.", { field: "body" });
  }
  const literals = errors.flatMap(({ keyword, instancePath, params }) =>
    keyword === "const" && instancePath === pointer && "allowedValue" in params
      ? [JSON.stringify(params.allowedValue)]
      : [],
  );
  const reason =
    unknownField !== undefined
      ? "there is no such property"
      : literals.length > 0
        ? `it must be one of ${literals.join(", ")}`
        : `it ${first?.message ?? "is not valid"}`;
  const missing = first?.keyword === "required" ? missingOf(first.params) : undefined;
  return missing === undefined
    ? new AppError("invalid_request", `${field}: ${reason}.`, { field })
    : new AppError("invalid_request", `${missing} is missing.`, { field: missing });
}

function missingOf(params: object): string | undefined {
  const { requiredProperties } = params as { readonly requiredProperties?: readonly string[] };
  return requiredProperties?.[0];
}

/** Everything in a query is text; what the schema calls a number, a truth or a list is read as one. */
function numbersRead(raw: unknown, schema: ApiRoute["query"]): unknown {
  if (schema === undefined) {
    return raw;
  }
  const properties = schema.properties as Readonly<
    Record<string, { readonly type?: string } | undefined>
  >;
  const entries = Object.entries((raw ?? {}) as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, READ[properties[name]?.type ?? ""]?.(value) ?? value]),
  );
}

const READ: Readonly<Record<string, (value: unknown) => unknown>> = {
  integer: (value) => (/^-?\d{1,15}$/.test(String(value)) ? Number(value) : value),
  number: (value) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(String(value)) ? Number(value) : value),
  boolean: (value) => ({ true: true, false: false })[String(value)] ?? value,
  array: (value) => (Array.isArray(value) ? value : [value]),
};
