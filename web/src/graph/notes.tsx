/** What has to be said of the picture: why it is empty, what is missing, the path. */
import type { ReactNode } from "react";
import type { Graph } from "../api/types.ts";
import type { GraphState } from "./address.ts";
import type { Picture } from "./model.ts";
import type { StoredPath } from "./use-graph.ts";
import type { Way } from "./walks.ts";

/** The notes. */
export function Notes({
  graph,
  picture,
  state,
  path,
  stored,
  errors,
  isFetching,
}: {
  readonly graph: Graph;
  readonly picture: Picture;
  readonly state: GraphState;
  readonly path: Way | null;
  readonly stored: StoredPath;
  readonly errors: readonly Error[];
  readonly isFetching: boolean;
}): ReactNode {
  const { left, behind } = picture;
  const notes = [
    ...errors.map(({ message }) => `Something did not come: ${message}`),
    ...(isFetching ? ["Looking for more…"] : []),
    ...emptyNote(graph, picture),
    ...pathNote(state, { path, stored, picture }),
    ...(graph.truncated
      ? ["There is more than one answer holds: expand single objects to see it."]
      : []),
    ...(left > 0 ? [`${counted(left)} not drawn, since there is no room: hide a type.`] : []),
    ...(behind > 0 ? [`${counted(behind)} not drawn, being connected by what is hidden.`] : []),
  ];
  return (
    <div className="graphNotes" role="status">
      {notes.map((note) => (
        <span key={note}>{note}</span>
      ))}
    </div>
  );
}

function counted(count: number): string {
  return count === 1 ? "1 object is" : `${count.toLocaleString("en")} objects are`;
}

function emptyNote(graph: Graph, picture: Picture): readonly string[] {
  if (graph.edges.length === 0) {
    return ["Nothing refers to this object, it refers to nothing, and no relationship names it."];
  }
  return picture.nodes.length === 1
    ? ["All that it is related to is hidden: show a type or a relation again."]
    : [];
}

function pathNote(
  { from, to }: GraphState,
  {
    path,
    stored,
    picture,
  }: { readonly path: Way | null; readonly stored: StoredPath; readonly picture: Picture },
): readonly string[] {
  const labels = new Map(picture.nodes.map(({ id, label }) => [id, label]));
  if (from === undefined || to === undefined) {
    return [];
  }
  if (path !== null) {
    const steps = path.edges.length;
    const names = path.nodes.map((id) => labels.get(id) ?? id).join(" – ");
    const where = stored.kind === "found" ? ", through what is stored" : "";
    return [`Shortest path, ${steps} ${steps === 1 ? "step" : "steps"}${where}: ${names}`];
  }
  return [STORED_NOTES[stored.kind]];
}

const STORED_NOTES: Readonly<Record<StoredPath["kind"], string>> = {
  none: "No path between the two.",
  failed: "The search for a path failed. Choose the ends again to repeat it.",
  searching: "No path in the picture; looking through everything that is stored…",
  found: "There is a path, but it is hidden: show types, relations or objects again.",
  missing: "No path of up to six steps between the two, in all that is stored.",
  bounded: "No path found; the search ended at its bound before it had seen everything.",
};
