/** Routes of objects: search, details, versions, changes. */
import Type from "typebox";
import {
  createObject,
  deleteObject,
  duplicateOf,
  editObject,
  listViewsOf,
  type ManageParts,
  requireObject,
  type StixObject,
  tagObject,
} from "../../manage/index.ts";
import { differencesOf } from "../../stix/index.ts";
import type { ObjectKey, ObjectVersion, SearchCondition, SearchQuery } from "../../store/index.ts";
import { AppError } from "../../wire/index.ts";
import {
  actingOf,
  BASE,
  CURSOR_LENGTH_MAX,
  DELETE,
  keyOf,
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  READ,
  shown,
  TAG,
  WRITE,
} from "./object-call.ts";
import { CONDITION, DIFFERENCES, OBJECT_VIEW, SORT } from "./object-schemas.ts";
import { type ApiRoute, ifMatchOf, NO_CONTENT, ok, route } from "./route.ts";

const VERSIONS_DEFAULT = 50;

const STIX_OBJECT = Type.Record(Type.String(), Type.Unknown());
const ONE = {
  description: "The object; its ETag is the number of its version.",
  schema: OBJECT_VIEW,
};

/** The routes. */
export function objectRoutes(parts: ManageParts): readonly ApiRoute[] {
  return [
    ...searchRoutes(parts),
    ...numberRoutes(parts),
    ...readRoutes(parts),
    ...creationRoutes(parts),
    ...changeRoutes(parts),
  ];
}

function searchRoutes(parts: ManageParts): ApiRoute[] {
  const { store } = parts;
  return [
    route({
      method: "POST",
      path: `${BASE}/objects/search`,
      operationId: "searchObjects",
      summary: "Current objects that a condition holds for, page by page.",
      tag: "Objects",
      access: READ,
      body: Type.Object(
        {
          condition: Type.Optional(CONDITION),
          sort: Type.Optional(SORT),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX })),
          cursor: Type.Optional(Type.String({ maxLength: CURSOR_LENGTH_MAX })),
        },
        { additionalProperties: false },
      ),
      replies: {
        200: {
          description:
            "A page. `partial`: the time was up before it was full; go on with `cursor`.",
          schema: Type.Object({
            value: Type.Array(OBJECT_VIEW),
            cursor: Type.Union([Type.String(), Type.Null()]),
            partial: Type.Boolean(),
            behind: Type.Integer({ description: "Requests that could not be searched yet." }),
          }),
        },
      },
      async handle({ workspace, body }) {
        const { workspaceId } = workspace;
        const { limit = PAGE_ITEMS_DEFAULT, ...rest } = body as Partial<SearchQuery>;
        const page = await store.searchObjects({ ...rest, workspaceId, limit });
        const value = await listViewsOf(parts, workspaceId, page.items);
        const { next, partial, behind } = page;
        return ok({ value, cursor: next, partial, behind });
      },
    }),
  ];
}

function numberRoutes({ store }: ManageParts): ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${BASE}/objects/count`,
      operationId: "countObjects",
      summary: "How many objects a condition holds for: exactly up to a bound.",
      tag: "Objects",
      access: READ,
      body: Type.Object(
        {
          condition: Type.Optional(CONDITION),
          countMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
        },
        { additionalProperties: false },
      ),
      replies: {
        200: {
          description: "The number; when it is not exact, there are at least so many.",
          schema: Type.Object({ count: Type.Integer(), exact: Type.Boolean() }),
        },
      },
      handle: async ({ workspace: { workspaceId }, body }) =>
        ok(
          await store.countMatches({
            ...(body as { condition?: SearchCondition; countMax?: number }),
            workspaceId,
          }),
        ),
    }),
    route({
      method: "GET",
      path: `${BASE}/facets/{field}`,
      operationId: "listFacet",
      summary: "Values of a field among the current objects, the most frequent first.",
      description:
        "Fields: type, source, label, tlp, revoked. `prefix` completes what is being typed.",
      tag: "Objects",
      access: READ,
      query: Type.Object({
        prefix: Type.Optional(Type.String({ maxLength: 256 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX })),
      }),
      replies: {
        200: {
          description: "The values and how many objects have each.",
          schema: Type.Array(
            Type.Object({
              value: Type.Union([Type.String(), Type.Null()]),
              count: Type.Integer(),
            }),
          ),
        },
      },
      async handle({ workspace: { workspaceId }, params, query }) {
        const field = facetOf(params["field"]);
        const { limit = PAGE_ITEMS_DEFAULT, ...rest } = query;
        return ok(await store.facets({ ...rest, workspaceId, field, limit }));
      },
    }),
  ];
}

function readRoutes(parts: ManageParts): ApiRoute[] {
  const { store } = parts;
  return [
    route({
      method: "GET",
      path: `${BASE}/objects/{id}`,
      operationId: "getObject",
      summary: "An object.",
      tag: "Objects",
      access: READ,
      replies: { 200: ONE },
      async handle(call) {
        const { workspaceId } = call.workspace;
        const version = await requireObject(parts, keyOf(call));
        const [view] = await listViewsOf(parts, workspaceId, [version]);
        return ok(view, { etag: `"${version.change}"` });
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/versions`,
      operationId: "listVersions",
      summary: "Versions of an object, newest first, deletions among them.",
      tag: "Objects",
      access: READ,
      query: Type.Object({
        before: Type.Optional(Type.Integer({ minimum: 1 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX })),
      }),
      replies: { 200: { description: "The versions.", schema: Type.Array(OBJECT_VIEW) } },
      async handle(call) {
        const { before, limit = VERSIONS_DEFAULT } = call.query;
        const versions = await store.objectVersions(keyOf(call), limit, before);
        return ok(await listViewsOf(parts, call.workspace.workspaceId, versions));
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/objects/{id}/diff`,
      operationId: "diffVersions",
      summary: "What one version has that another had not.",
      tag: "Objects",
      access: READ,
      query: Type.Object({
        from: Type.Integer({ minimum: 1, description: "Number of the earlier version." }),
        to: Type.Integer({ minimum: 1, description: "Number of the later version." }),
      }),
      replies: { 200: { description: "The differences.", schema: DIFFERENCES } },
      async handle(call) {
        const key = keyOf(call);
        const [from, to] = [
          await requireVersion(parts, key, call.query.from),
          await requireVersion(parts, key, call.query.to),
        ];
        return ok(differencesOf(contentOf(from), contentOf(to)));
      },
    }),
  ];
}

function creationRoutes(parts: ManageParts): ApiRoute[] {
  const { now } = parts;
  return [
    route({
      method: "POST",
      path: `${BASE}/objects`,
      operationId: "createObject",
      summary: "Make an object of one's own; id, times and version are filled in.",
      tag: "Objects",
      access: WRITE,
      body: STIX_OBJECT,
      replies: { 201: ONE },
      async handle(call) {
        const made = await createObject(parts, actingOf(call), call.body as StixObject);
        return { ...shown(made, now()), status: 201 };
      },
    }),
    route({
      method: "POST",
      path: `${BASE}/objects/{id}/duplicate`,
      operationId: "duplicateObject",
      summary: "Make a copy of one's own under a new id, with other properties where given.",
      tag: "Objects",
      access: WRITE,
      body: STIX_OBJECT,
      replies: { 201: ONE },
      async handle(call) {
        const original = await requireObject(parts, keyOf(call));
        const copy = duplicateOf(original, call.body as StixObject, now());
        const made = await createObject(parts, actingOf(call), copy);
        return { ...shown(made, now()), status: 201 };
      },
    }),
  ];
}

function changeRoutes(parts: ManageParts): ApiRoute[] {
  const { now } = parts;
  return [
    route({
      method: "PATCH",
      path: `${BASE}/objects/{id}`,
      operationId: "editObject",
      summary: "Set properties of an object; null removes one (RFC 7396).",
      description:
        "With `If-Match` an edit of a version that is no longer current is refused with 412, which tells what changed.",
      tag: "Objects",
      access: WRITE,
      body: STIX_OBJECT,
      replies: { 200: ONE },
      async handle(call) {
        const patch = call.body as StixObject;
        const change = { key: keyOf(call), patch, ifChange: ifMatchOf(call.headers) };
        return shown(await editObject(parts, actingOf(call), change), now());
      },
    }),
    route({
      method: "POST",
      path: `${BASE}/objects/{id}/tags`,
      operationId: "tagObject",
      summary: "Add and remove labels.",
      tag: "Objects",
      access: TAG,
      body: Type.Object(
        {
          add: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
          remove: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
        },
        { additionalProperties: false },
      ),
      replies: { 200: ONE },
      async handle(call) {
        const { add = [], remove = [] } = call.body;
        const change = { key: keyOf(call), add, remove, ifChange: ifMatchOf(call.headers) };
        return shown(await tagObject(parts, actingOf(call), change), now());
      },
    }),
    route({
      method: "DELETE",
      path: `${BASE}/objects/{id}`,
      operationId: "deleteObject",
      summary:
        "Delete an object; it is gone everywhere at once, and its history stays for a while.",
      tag: "Objects",
      access: DELETE,
      replies: { 204: { description: "Deleted." } },
      async handle(call) {
        const ifChange = ifMatchOf(call.headers);
        await deleteObject(parts, actingOf(call), { key: keyOf(call), ifChange });
        return NO_CONTENT;
      },
    }),
  ];
}

async function requireVersion(
  { store }: ManageParts,
  key: ObjectKey,
  change: number,
): Promise<ObjectVersion> {
  const version = await store.objectVersion(key, change);
  if (version === undefined) {
    throw new AppError("not_found", `There is no version ${change}, or not any more.`, {
      field: "from",
    });
  }
  return version;
}

function contentOf(version: ObjectVersion): unknown {
  return version.deleted ? {} : JSON.parse(version.json);
}

const FACETS = ["type", "source", "label", "tlp", "revoked"] as const;

function facetOf(name: string | undefined): (typeof FACETS)[number] {
  const field = FACETS.find((each) => each === name);
  if (field === undefined) {
    throw new AppError(
      "not_found",
      `There is no facet '${name}': there are ${FACETS.join(", ")}.`,
      {
        field: "field",
      },
    );
  }
  return field;
}
