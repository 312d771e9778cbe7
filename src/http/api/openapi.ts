/** The OpenAPI 3.1 description of our own API, made from the table of its routes. */
import Type, { type TObject } from "typebox";
import { PROBLEMS } from "../error-table.ts";
import { ACTIONS, DIFFERENCES, OBJECT_VIEW, SORT } from "./object-schemas.ts";
import { type ApiRoute, ok, route } from "./route.ts";

const PROBLEM = {
  type: "object",
  description: "A refusal (RFC 9457).",
  required: ["type", "title", "status", "code", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "What is wrong, for people." },
    field: { type: "string", description: "The offending part of the request." },
    code: { type: "string", enum: Object.keys(PROBLEMS) },
    requestId: { type: "string", format: "uuid" },
  },
};

const SECURITY_SCHEMES = {
  token: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token of the token endpoint, as for uploads.",
  },
  apiKey: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "stixgate_…",
    description: "A person's key for scripts.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-stixgate-session",
    description: "The session of the web page; changes also need the header x-stixgate-csrf.",
  },
};

/** Version of the API, as its paths name it. */
const API_VERSION = "1";

/** The route that serves the description of all of them. */
export function openApiRoute(routes: () => readonly ApiRoute[]): ApiRoute {
  // Anybody may ask for it, and it never changes: it is made once.
  let made: object | undefined;
  return route({
    method: "GET",
    path: "/api/v1/openapi.json",
    operationId: "getOpenApi",
    summary: "This description.",
    tag: "Description",
    access: { kind: "public" },
    replies: { 200: { description: "OpenAPI 3.1.", schema: Type.Object({}) } },
    async handle() {
      made ??= openApiDocument(routes());
      return ok(made);
    },
  });
}

/** Makes the description. */
export function openApiDocument(routes: readonly ApiRoute[]): object {
  const paths: Record<string, Record<string, object>> = {};
  // Sentinel's own management plane is described by Azure.
  for (const each of routes.filter(({ path }) => !path.startsWith("/subscriptions/"))) {
    const operations = paths[each.path] ?? {};
    paths[each.path] = operations;
    operations[each.method.toLowerCase()] = operationOf(each);
  }
  const schemas: Record<string, unknown> = { Problem: PROBLEM };
  const described = withReferences(paths, schemas);
  return {
    openapi: "3.1.0",
    info: {
      title: "Stixgate",
      version: API_VERSION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "Search, edit, relate and curate threat intelligence, and see what was uploaded.",
    },
    paths: described,
    components: { schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

/** Shapes that many operations share: described once, under a name. */
const SHARED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Object: OBJECT_VIEW,
    Actions: ACTIONS,
    Differences: DIFFERENCES,
    Sort: SORT,
  }).map(([name, schema]) => [JSON.stringify(schema), name]),
);

/**
 * The same with references in the place of shared shapes, which are added to the schemas. A shape that contains
 * itself brings its own definitions, with references that mean something else outside of JSON Schema.
 */
function withReferences(value: unknown, schemas: Record<string, unknown>): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const text = JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.map((each) => withReferences(each, schemas));
  }
  const name = SHARED.get(text);
  if (name !== undefined && !Object.hasOwn(schemas, name)) {
    schemas[name] = null;
    schemas[name] = membersWithReferences(value, schemas);
  }
  return name === undefined ? membersWithReferences(value, schemas) : referenceTo(name);
}

function membersWithReferences(value: object, schemas: Record<string, unknown>): unknown {
  const { $defs = {}, ...rest } = value as { readonly $defs?: Readonly<Record<string, object>> };
  for (const [name, definition] of Object.entries($defs)) {
    if (!Object.hasOwn(schemas, name)) {
      schemas[name] = null;
      const { $id: _id, ...described } = definition as { readonly $id?: string };
      schemas[name] = withReferences(described, schemas);
    }
  }
  return Object.fromEntries(
    Object.entries(rest).map(([key, each]) =>
      key === "$ref" && typeof each === "string" && !each.startsWith("#")
        ? ["$ref", referenceTo(each).$ref]
        : [key, withReferences(each, schemas)],
    ),
  );
}

function referenceTo(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

function operationOf(spec: ApiRoute): object {
  const { access } = spec;
  const replies = Object.entries(spec.replies).map(
    ([status, { description, schema, contentType }]) => [
      status,
      {
        description,
        ...(schema === undefined && contentType === undefined
          ? {}
          : { content: { [contentType ?? "application/json"]: { schema: schema ?? {} } } }),
      },
    ],
  );
  return {
    operationId: spec.operationId,
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    tags: [spec.tag],
    ...("action" in access ? { "x-required-action": access.action } : {}),
    security:
      access.kind === "public" ? [] : Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
    parameters: [...pathParameters(spec.path), ...queryParameters(spec.query)],
    ...requestBodyOf(spec),
    responses: {
      ...Object.fromEntries(replies),
      default: {
        description: "Refused.",
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    },
  };
}

function requestBodyOf({ body, streamedBody }: ApiRoute): object {
  const types = streamedBody ?? (body === undefined ? [] : ["application/json"]);
  if (types.length === 0) {
    return {};
  }
  const content = Object.fromEntries(types.map((type) => [type, { schema: body ?? {} }]));
  return { requestBody: { required: true, content } };
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: TObject | undefined): object[] {
  return Object.entries(query?.properties ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schema as { readonly description?: string };
    const required = (query?.required as readonly string[] | undefined)?.includes(name) ?? false;
    return {
      name,
      in: "query",
      required,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}
