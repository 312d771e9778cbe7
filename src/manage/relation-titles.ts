/**
 * Titles of relationships and sightings: "uses" alone tells nobody anything, so that in lists they are named after
 * what they join.
 */
import type { ObjectVersion } from "../store/index.ts";
import type { ObjectView, StixObject } from "../wire/index.ts";
import type { ManageParts } from "./context.ts";
import { typeOf, versionsOf } from "./neighbours.ts";
import { TITLE_LENGTH_MAX, titleOf, viewOf } from "./object-view.ts";

/** How a type says what it joins: the properties that refer, and the sentence made of their titles. */
const SENTENCES: Readonly<
  Record<
    string,
    {
      readonly refs: readonly string[];
      readonly say: (object: StixObject, titles: readonly string[]) => string;
    }
  >
> = {
  relationship: {
    refs: ["source_ref", "target_ref"],
    say: (object, [source, target]) => `${source} ${object["relationship_type"]} ${target}`,
  },
  sighting: { refs: ["sighting_of_ref"], say: (_object, [seen]) => `Sighting of ${seen}` },
};

/** Shows versions of one workspace as lines of a list; what relationships join is looked up once for all. */
export async function listViewsOf(
  parts: Pick<ManageParts, "store" | "now">,
  workspaceId: string,
  versions: readonly ObjectVersion[],
): Promise<readonly ObjectView[]> {
  const now = parts.now();
  const views = versions.map((version) => viewOf(version, now));
  const ends = await versionsOf(parts, workspaceId, views.flatMap(refsOf));
  return views.map((view) => {
    const sentence = SENTENCES[view.type];
    const refs = refsOf(view);
    if (sentence === undefined || view.object === null || refs.length < sentence.refs.length) {
      return view;
    }
    const titles = refs.map((ref) => titleOfEnd(ref, ends.get(ref)));
    return { ...view, title: sentence.say(view.object, titles).slice(0, TITLE_LENGTH_MAX) };
  });
}

function refsOf({ type, object }: ObjectView): readonly string[] {
  return (SENTENCES[type]?.refs ?? []).flatMap((name) => {
    const ref = object?.[name];
    return typeof ref === "string" ? [ref] : [];
  });
}

/** What isn't stored here, or is gone, is named by its type. */
function titleOfEnd(ref: string, version: ObjectVersion | undefined): string {
  return version === undefined || version.deleted
    ? typeOf(ref)
    : titleOf(JSON.parse(version.json) as StixObject, ref);
}
