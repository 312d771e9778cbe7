/** What is shown as a STIX bundle: the objects, and the relationships between them. */
import { call } from "../api/client.ts";
import type { Graph, ObjectView, SearchPage } from "../api/types.ts";
import { newUuid } from "../parts/uuid.ts";
import type { Picture } from "./model.ts";

type StixObject = Readonly<Record<string, unknown>>;

/** Relationships that are asked for at once. */
const IDS_PER_REQUEST = 200;

/** The relationship objects between what is drawn. */
export function shownRelationships(graph: Graph, picture: Picture): readonly string[] {
  const drawn = new Set(picture.nodes.map(({ id }) => id));
  const relations = new Set(picture.edges.map(({ relation }) => relation));
  return graph.edges.flatMap(({ source, target, relation, relationshipId }) =>
    relationshipId !== null && drawn.has(source) && drawn.has(target) && relations.has(relation)
      ? [relationshipId]
      : [],
  );
}

/** The bundle's text; each object is in it once. */
export function bundleText(objects: readonly StixObject[], uuid: string): string {
  const unique = new Map(objects.map((object) => [String(object["id"]), object]));
  const bundle = { type: "bundle", id: `bundle--${uuid}`, objects: [...unique.values()] };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

/** Gathers the bundle. Members of closed groups are not shown, so they are not in it. @throws ApiError */
export async function bundleOf(base: string, graph: Graph, picture: Picture): Promise<string> {
  const ids = shownRelationships(graph, picture);
  const found = [...objectsOf(picture.nodes.map(({ view }) => view))];
  for (let at = 0; at < ids.length; at += IDS_PER_REQUEST) {
    const { value } = await call<SearchPage>(`${base}/objects/search`, {
      method: "POST",
      body: {
        condition: { kind: "id", anyOf: ids.slice(at, at + IDS_PER_REQUEST) },
        limit: 2 * IDS_PER_REQUEST,
      },
    });
    found.push(...objectsOf(value));
  }
  return bundleText(found, newUuid());
}

function objectsOf(views: readonly (ObjectView | null)[]): readonly StixObject[] {
  return views.flatMap((view) =>
    view === null || view.object === null ? [] : [view.object as StixObject],
  );
}
